"""What makes an ordinary user root of their own private host (user_namespaces(7))."""

from __future__ import annotations

import os
import struct

from ..linux.syscalls import CLONE_NEWUSER, filter_system_calls, has_cap_sys_admin, unshare
from .refusal import step
from .users import map_ids, subordinate_ranges

TYPE_CHECKING = False  # typing takes long to import
if TYPE_CHECKING:
    from typing import NoReturn

_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _RETURN_ZERO = 0x7FFF0000, 0x00050000
# AUDIT_ARCH_... of linux/audit.h and the number of setgroups(2), by machine.
_SETGROUPS = {"x86_64": (0xC000003E, 116), "aarch64": (0xC00000B7, 159)}


def become_root() -> bool:
    """Become root in a user namespace of our own, unless we may make namespaces as we are.

    Real root gets no user namespace: a lab then isolates network and mounts, not privileges.

    Returns
    -------
    bool
        Whether a user namespace was made.

    Raises
    ------
    RefusedError
        The machine does not let this user make a user namespace.
    """
    if has_cap_sys_admin():
        return False
    uid, gid = os.getuid(), os.getgid()
    ranges = subordinate_ranges()
    made, mapped = (os.pipe(), os.pipe()) if ranges else ((-1, -1), (-1, -1))
    if ranges and os.fork() == 0:
        _map_ids_of_parent(made, mapped, ranges)
    with step("user namespace"):
        unshare(CLONE_NEWUSER)
    if ranges and _is_mapped(made, mapped):
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        return True
    with step("user namespace mapping"):
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    return True


def _map_ids_of_parent(made: tuple[int, int], mapped: tuple[int, int], ranges: tuple[str, str]) -> NoReturn:
    """Map, from outside the user namespace that our parent makes, as only newuidmap(1) may; then end."""
    status = 1
    try:
        os.close(made[1])
        if os.read(made[0], 1) and map_ids(os.getppid(), ranges):
            os.write(mapped[1], b"!")
            status = 0
    finally:
        os._exit(status)


def _is_mapped(made: tuple[int, int], mapped: tuple[int, int]) -> bool:
    os.close(mapped[1])
    os.write(made[1], b"!")
    answer = os.read(mapped[0], 1)
    for descriptor in (*made, mapped[0]):
        os.close(descriptor)
    os.wait()
    return bool(answer)


def tolerate_setgroups() -> None:
    """Make setgroups(2) a call that does nothing, where the user namespace denies it.

    tcpdump and dnsmasq insist on dropping their groups even when told to stay root, and give
    up when the kernel denies it. Nothing is lost: there is no group that they could drop.
    """
    machine = _SETGROUPS.get(os.uname().machine)
    if machine is None or not _setgroups_is_denied():
        return
    architecture, number = machine
    filter_system_calls(
        _instruction(_LOAD, 4)  # seccomp_data.arch
        + _instruction(_JUMP_IF_EQUAL, architecture, 0, 3)
        + _instruction(_LOAD, 0)  # seccomp_data.nr
        + _instruction(_JUMP_IF_EQUAL, number, 0, 1)
        + _instruction(_RETURN, _RETURN_ZERO)
        + _instruction(_RETURN, _ALLOW)
    )


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One ``struct sock_filter``."""
    return struct.pack("HBBI", code, if_true, if_false, value)


def _setgroups_is_denied() -> bool:
    with open("/proc/self/setgroups") as file:
        return file.read().strip() == "deny"
