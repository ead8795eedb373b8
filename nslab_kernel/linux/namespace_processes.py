"""What is in a namespace beyond its network: processes that run in it, and its own files."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import time
from collections import defaultdict

from ..core.model.network import Network
from ..core.operations.actions import DeleteFiles, EndProcesses
from ..core.operations.plans import Remains
from . import node_handles, nodes
from .namespaces import NAMES
from .netlink.handles import Doors

FILES = "/etc/netns"
_PATIENCE = 2.0  # seconds for killed processes to be gone


def remains(network: Network) -> dict[str, Remains]:
    """What each namespace holds that would outlive it, by the namespace's name."""
    running = _processes()
    files = with_files()
    found = {
        namespace.name: Remains(tuple(running.get(namespace.inode, ())), namespace.name in files)
        for namespace in network.namespaces
    }
    return found | {name: Remains(files=True) for name in files - found.keys()}


def with_files() -> set[str]:
    """The names of the namespaces that have files of their own, whether they are there or not."""
    return (set(os.listdir(FILES)) if os.path.isdir(FILES) else set()) | node_handles.present()


def delete_files(action: DeleteFiles, doors: Doors) -> None:
    nodes.remove(action.name)
    path = f"{FILES}/{action.name}"
    with contextlib.suppress(FileNotFoundError):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.unlink(path)  # somebody's file in place of a folder


def end_processes(action: EndProcesses, doors: Doors) -> None:
    handles = []
    try:
        for pid, _ in action.processes:
            handle = _handle(pid, action.namespace)
            if handle is not None:
                handles.append(handle)
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        _await_end(handles)
    finally:
        for handle in handles:
            os.close(handle)


def _processes() -> dict[int, list[tuple[int, str]]]:
    """The processes (pid and name) in each network namespace, by its inode; without this one."""
    found = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                inode = os.stat(f"/proc/{entry}/ns/net").st_ino
                with open(f"/proc/{entry}/comm") as comm:
                    found[inode].append((int(entry), comm.read().strip()))
            except OSError:
                continue  # it ended meanwhile, or is somebody else's
    return found


def _handle(pid: int, namespace: str) -> int | None:
    """A handle of a process that is still the one meant: its number may have gone to another."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    try:
        if os.path.samefile(f"/proc/{pid}/ns/net", f"{NAMES}/{namespace}"):
            return handle
    except FileNotFoundError:
        if not os.path.exists(f"{NAMES}/{namespace}"):
            return handle  # a namespace without a name, known by its process
    os.close(handle)
    return None


def _await_end(handles: list[int]) -> None:
    """Wait until processes are gone, so that their namespace can go."""
    deadline = time.monotonic() + _PATIENCE
    for handle in handles:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
