"""Who is at the other end of a TCP connection: the user that the kernel lists for its socket."""

from __future__ import annotations

import os
import socket
import struct

_ESTABLISHED = "01"  # TCP_ESTABLISHED of linux/tcp_states.h
_TABLES = {"/proc/self/net/tcp": socket.AF_INET, "/proc/self/net/tcp6": socket.AF_INET6}


def may_connect(connection: socket.socket) -> bool:
    """Whether a connection comes from this user or from root, or from another machine that was invited.

    A peer on this machine has a socket in the kernel's table. One that hasn't is elsewhere, which
    a listener on the loopback interface can't mean: there, no socket means no right.
    """
    user = owner(connection)
    if user is None:
        return not _is_loopback(connection.getsockname()[0])
    return user in (os.getuid(), 0)


def owner(connection: socket.socket) -> int | None:
    """The user id of the process at the other end; None when that isn't in this network namespace, or is gone."""
    ends = f"{_address(connection.getpeername())} {_address(connection.getsockname())}"
    for table, family in _TABLES.items():
        user = _look_up(table, ends if family == connection.family else _mapped(ends))
        if user is not None:
            return user
    return None


def _look_up(table: str, ends: str) -> int | None:
    """Find an open socket in a table of proc_pid_net(5) by ``local remote``.

    A socket that its process has closed stays in the table for a while, as root's: it has no inode.
    """
    try:
        with open(table) as rows:
            for row in rows:
                if ends in row:
                    fields = row.split()
                    if fields[3] == _ESTABLISHED and fields[9] != "0":
                        return int(fields[7])
    except FileNotFoundError:
        pass  # a machine without IPv6 has no table for it
    return None


def _address(name: tuple[str, int]) -> str:
    """An address as those tables write it: words in the machine's byte order, then the port."""
    family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
    packed = socket.inet_pton(family, name[0].partition("%")[0])
    return "".join(f"{word:08X}" for word in struct.unpack(f"={len(packed) // 4}I", packed)) + f":{name[1]:04X}"


def _mapped(ends: str) -> str:
    """Both ends as an IPv6 socket has them that speaks IPv4 (RFC 4291, 2.5.5.2)."""
    prefix = "".join(
        f"{word:08X}" for word in struct.unpack("=3I", socket.inet_pton(socket.AF_INET6, "::ffff:0:0")[:12])
    )
    return " ".join(prefix + end for end in ends.split())


def _is_loopback(address: str) -> bool:
    return address.startswith("127.") or address == "::1"
