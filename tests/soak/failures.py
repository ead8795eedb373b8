"""Make every operation fail at each of its requests to the kernel in turn: the state is as before, or as after.

Run ``nslab run -- python -m tests.soak.failures [OPERATION...]`` from the checkout. One message of a batch is replaced
by one that the kernel refuses, or one call of nft fails; everything else is the real thing.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from nslab_kernel.core.errors import NslabError
from nslab_kernel.lab import Lab
from nslab_kernel.linux import nft, processes
from nslab_kernel.linux.netlink.dump import HEADER
from nslab_kernel.linux.netlink.socket import RouteSocket

from .interrupts import Operation, difference
from .operations import OPERATIONS, settled

_NO_SUCH_TYPE = 0x7FF0  # the kernel answers EOPNOTSUPP


class Failing:
    """Counts requests, and has one fail.

    Parameters
    ----------
    target
        Which one, from 1; 0 for none.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.seen = 0

    def due(self) -> bool:
        """Whether the request that comes now is the one."""
        self.seen += 1
        return self.seen == self.target


@contextmanager
def failing(target: int) -> Iterator[Failing]:
    """Have the request with this number fail in this block."""
    counter = Failing(target)
    send, output_of = RouteSocket.send, processes.output_of

    def refused(self: RouteSocket, messages: Sequence[bytes], **options: Any) -> None:
        spoilt = [
            HEADER.pack(HEADER.size, _NO_SUCH_TYPE, 0, 0, 0) if counter.due() else message for message in messages
        ]
        send(self, spoilt, **options)

    def failed(*command: str, **options: Any) -> str:
        if command[:2] == ("nft", "-f") and counter.due():
            raise NslabError("`nft -f -` failed: this is a test.")
        return output_of(*command, **options)

    RouteSocket.send = refused  # type: ignore[method-assign]
    nft.processes.output_of = failed  # type: ignore[assignment]
    try:
        yield counter
    finally:
        RouteSocket.send = send  # type: ignore[method-assign]
        nft.processes.output_of = output_of


def failed_at(operation: Operation, point: int) -> str:
    """Do an operation with one failure, and say how that went; empty when it has no request of this number."""
    lab = Lab("en")
    operation.prepare(lab)
    if (begun := settled(lab, operation.before)) != operation.before:
        return f"WRONG start: {difference(begun, operation.before)}"
    error: Exception | None = None
    with failing(point) as counter:
        try:
            operation.act(lab)
        except Exception as failure:
            error = failure
    lab.close()
    if counter.seen < point:
        return ""
    fresh = Lab("en")
    now = settled(fresh, operation.before, operation.after)
    fresh.close()
    if now not in (operation.before, operation.after):
        return f"WRONG state: {difference(now, operation.before)} ({error})"
    if error is None:
        return "done all the same" if now == operation.after else "WRONG: no error, and nothing done"
    if not isinstance(error, NslabError):
        return f"WRONG error {type(error).__name__}: {error}"
    if "Nothing was changed." in str(error) and now != operation.before:
        return f"WRONG sentence: {error}"
    return "taken back" if now == operation.before else "done, with an error"


def soak(names: Sequence[str]) -> Counter[str]:
    """Let each operation fail at every point; print and count how it went."""
    total = Counter[str]()
    for name in names:
        operation, counted, point = Operation(name), Counter[str](), 1
        while how := failed_at(operation, point):
            counted["WRONG" if how.startswith("WRONG") else how] += 1
            if how.startswith("WRONG"):
                print(f"  {name} at request {point}: {how}"[:600], flush=True)
            point += 1
        print(f"{name:16} {point - 1:3} requests  {dict(counted)}", flush=True)
        total += counted
    return total


def main(*names: str) -> int:
    """Print a line for each operation and the sum; 1 when anything was wrong."""
    total = soak(names or [name for name in OPERATIONS if name != "break_"])
    print(f"{sum(total.values())} failures: {dict(total)}")
    return 1 if total["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
