"""Which namespace a number means: the ids by which one namespace knows others (ip-netns(8), RTM_GETNSID)."""

from __future__ import annotations

import errno
import struct

from .dumps import NLM_F_ACK, AskingSocket, attribute, attributes

_RTM_NEWNSID, _RTM_GETNSID = 88, 90
_NSID, _FD, _TARGET, _CURRENT = 1, 3, 4, 5
_S32 = struct.Struct("=i")
_GENERAL = bytes(4)  # struct rtgenmsg
HOST_ID = 1 << 20
"""The host's id in its own table, far from those that the kernel gives, so `ip netns` shows what it always shows."""


def assigned(asking: AskingSocket, file: int, *, host: bool = False) -> int:
    """The id that the asking namespace has for the namespace of an open file; it gets one if it has none.

    Only namespaces with an id are heard from by a socket that listens to all of them.
    """
    found = _ask(asking, file)
    if found < 0:
        wanted = HOST_ID if host else -1
        body = _GENERAL + attribute(_FD, _S32.pack(file)) + attribute(_NSID, _S32.pack(wanted))
        try:
            asking.ask(_RTM_NEWNSID, body, flags=NLM_F_ACK)
        except OSError as error:
            if error.errno != errno.EEXIST:  # somebody else was quicker
                raise
        found = _ask(asking, file)
    return found


def table_of(asking: AskingSocket, nsid: int) -> dict[int, int]:
    """The table of the namespace known as ``nsid``: for each of its ids, the asking namespace's id of the same."""
    answers = asking.dump(_RTM_GETNSID, _GENERAL + attribute(_TARGET, _S32.pack(nsid)))
    found = {}
    for _, body in answers:
        known = attributes(body, 4)
        if _CURRENT in known:
            found[_S32.unpack(known[_NSID])[0]] = _S32.unpack(known[_CURRENT])[0]
    return found


def _ask(asking: AskingSocket, file: int) -> int:
    ((_, body),) = asking.ask(_RTM_GETNSID, _GENERAL + attribute(_FD, _S32.pack(file)))
    return int(_S32.unpack(attributes(body, 4)[_NSID])[0])
