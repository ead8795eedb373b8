"""The interfaces of a network namespace as files in /sys (sysfs(5))."""

from __future__ import annotations

import errno

from . import syscalls

_FLAGS = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC


def show_devices() -> None:
    """Let /sys show this namespace's interfaces: brctl and ethtool look there."""
    for flags in (_FLAGS, _FLAGS | syscalls.MS_RDONLY):  # a read-only /sys can only be covered by a read-only one
        try:
            syscalls.mount("sysfs", "/sys", "sysfs", flags)
        except OSError as error:
            if error.errno == errno.EBUSY:
                return  # it shows them already: the host's own namespace has a name
            if error.errno not in (errno.EPERM, errno.EACCES):
                raise
        else:
            return
