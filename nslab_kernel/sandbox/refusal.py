"""A step of making a private host that this machine refused."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager


class RefusedError(Exception):
    """This machine refused one step of making a private host.

    Parameters
    ----------
    step
        Which step, one of the names that ``linux.refusals.explain`` knows.
    number
        Its errno.
    detail
        The failing call in words.
    """

    def __init__(self, step: str, number: int, detail: str) -> None:
        super().__init__(f"{step}: {detail}")
        self.step = step
        self.number = number
        self.detail = detail

    def is_absent(self) -> bool:
        """Whether what was asked for isn't there, rather than not permitted."""
        return self.number == errno.ENOENT

    def encode(self) -> bytes:
        """Bytes for the pipe between the host's pid 1 and the launcher."""
        return json.dumps([self.step, self.number, self.detail]).encode()

    @classmethod
    def decode(cls, data: bytes) -> RefusedError:
        """The inverse of ``encode``."""
        return cls(*json.loads(data))


@contextmanager
def step(name: str) -> Iterator[None]:
    """Turn an OSError of the block into a RefusedError that names the step."""
    try:
        yield
    except OSError as error:
        raise RefusedError(name, error.errno or errno.EIO, error.strerror or os.strerror(errno.EIO)) from error
