"""System calls that the oldest Python we support has no name for, each raising OSError when it fails."""

from __future__ import annotations

import ctypes
import os
import struct

CLONE_FS = 0x00000200
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_SLAVE = 0x80000
MS_SHARED = 0x100000

INITIAL_USER_NAMESPACE = 0xEFFFFFFD  # PROC_USER_INIT_INO of the kernel's proc_ns.h

_AT_RECURSIVE = 0x8000
_AT_FDCWD = -100
_MOUNT_ATTR_RDONLY = 1
_MOUNT_SETATTR = 442  # the same number on every machine, as all system calls since Linux 5.1
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "s390x": 217, "ppc64le": 203, "armv7l": 218}
_MNT_DETACH = 2
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_SECCOMP_MODE_FILTER = 2
_CAP_SYS_ADMIN = 21

_libc = ctypes.CDLL(None, use_errno=True)


class _FilterProgram(ctypes.Structure):
    """``struct sock_fprog`` of seccomp(2)."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _check(result: int, doing: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{doing}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Move this process, or its children for pid, into new namespaces; unshare(2)."""
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def setns(descriptor: int, flags: int) -> None:
    """Join the namespaces ``flags`` of a pidfd, or the one namespace of its file; setns(2)."""
    _check(_libc.setns(descriptor, flags), f"setns({flags:#x})")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount ``source`` on ``target``; mount(2).

    Parameters
    ----------
    source
        What to mount: a path for a bind, otherwise a name that /proc/mounts will show.
    target
        The directory or file to mount on.
    kind
        The file system's type, such as ``tmpfs``; empty for a bind or a change of propagation.
    flags
        ``MS_...`` values or-ed together.
    options
        The file system's own options, such as ``mode=0755``.
    """
    words = [os.fsencode(word) if word else None for word in (source, target, kind)]
    data = options.encode() if options else None
    _check(_libc.mount(*words, ctypes.c_ulong(flags), data), f"mount {kind or source} on {target}")


def detach(target: str) -> None:
    """Take a mount out of the tree while those who use it keep it; umount2(2) with MNT_DETACH."""
    _check(_libc.umount2(os.fsencode(target), _MNT_DETACH), f"umount {target}")


def set_read_only(target: str, *, below: bool = True) -> None:
    """Make the mount at ``target``, and those ``below`` it, read-only; mount_setattr(2)."""
    attributes = struct.pack("QQQQ", _MOUNT_ATTR_RDONLY, 0, 0, 0)
    scope = _AT_RECURSIVE if below else 0
    call = (_MOUNT_SETATTR, _AT_FDCWD, target.encode(), scope, attributes, ctypes.c_size_t(len(attributes)))
    _check(_libc.syscall(*call), f"mount_setattr {target}")


def pivot_root(directory: str) -> None:
    """Make ``directory``, a mount point, the root of this mount namespace, and let the old root go; pivot_root(2)."""
    os.chdir(directory)
    # The old root goes on top of the new one, from where it is taken away: no directory of its own is needed.
    _check(_libc.syscall(_PIVOT_ROOT.get(os.uname().machine, -1), b".", b"."), f"pivot_root {directory}")
    detach(".")
    os.chdir("/")


def set_parent_death_signal(number: int) -> None:
    """Have the kernel send this process signal ``number`` when its parent's thread ends; PR_SET_PDEATHSIG(2const)."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(number), 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def adopt_orphans(adopt: bool) -> None:
    """Whether children left by a dying child become ours instead of init's; PR_SET_CHILD_SUBREAPER(2const)."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(adopt), 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


def filter_system_calls(instructions: bytes) -> None:
    """Have every later system call of this process and its children judged by a BPF program; seccomp(2)."""
    program = _FilterProgram(len(instructions) // 8, instructions)
    _check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0), "prctl(PR_SET_SECCOMP)")


def in_user_namespace() -> bool:
    """Whether this process's root is an ordinary user of the machine."""
    return os.stat("/proc/self/ns/user").st_ino != INITIAL_USER_NAMESPACE


def has_cap_sys_admin() -> bool:
    """Whether this process may make namespaces and mounts without a user namespace; capabilities(7)."""
    with open("/proc/self/status") as status:
        effective = next(line for line in status if line.startswith("CapEff:"))
    return bool(int(effective.split()[1], 16) >> _CAP_SYS_ADMIN & 1)
