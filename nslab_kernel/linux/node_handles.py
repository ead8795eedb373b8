"""Where the mount and UTS namespaces of a lab's nodes are to be found (see `nodes`)."""

from __future__ import annotations

import os

from . import syscalls

HANDLES = "/run/nslab/nodes"
PROGRAMS = "/run/nslab/bin"
"""The first folder on a lab's PATH: there is an ``ip`` as soon as there are nodes (see `sandbox.environment`)."""


def handle(name: str, kind: str) -> str:
    """The link to a node's namespace of a kind, ``mnt`` or ``uts``."""
    return f"{HANDLES}/{name}.{kind}"


def join(name: str) -> bool:
    """Move this thread into a node's files and hostname; False where the namespace is no node."""
    try:
        mounts = os.open(handle(name, "mnt"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    hostname = os.open(handle(name, "uts"), os.O_RDONLY | os.O_CLOEXEC)
    try:
        syscalls.setns(hostname, syscalls.CLONE_NEWUTS)
        syscalls.setns(mounts, syscalls.CLONE_NEWNS)
    finally:
        os.close(mounts)
        os.close(hostname)
    return True


def present() -> frozenset[str]:
    """The names of the nodes."""
    try:
        return frozenset(name.removesuffix(".mnt") for name in os.listdir(HANDLES) if name.endswith(".mnt"))
    except FileNotFoundError:
        return frozenset()
