"""Ask the lab's launcher, which is outside, for the real uplink."""

from __future__ import annotations

import json
import socket

from ..core.errors import NslabError
from ..core.operations.pasta_command import REQUESTS
from ..core.operations.uplink import JoinMachine
from ..core.translation import _
from .netlink.handles import Doors


def join_machine(action: JoinMachine, doors: Doors) -> None:
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(REQUESTS)
            told = b"".join(iter(lambda: asking.recv(4096), b""))
        except OSError as error:
            raise NslabError(
                _("Nobody outside this lab can join it to the machine's network: {strerror}.", strerror=error.strerror),
                _("Open a notebook with the kernel nslab, or start the lab by `nslab run`."),
            ) from None
    refusal = json.loads(told) if told else ["The launcher ended meanwhile.", ""]
    if refusal:
        raise NslabError(*refusal)
