"""Why a machine refuses a private host, and what an administrator can do about it.

Sources: unshare(2) and user_namespaces(7) for what each errno can mean, the kernel's
sysctl/user.rst, Debian's and Ubuntu's own sysctls, Docker's documentation of its seccomp profile.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

from ..core.errors import NslabError
from ..core.translation import Message, _

_DENIED = (errno.EPERM, errno.EACCES)
# The sysctl that limits each kind of namespace, by the step that makes one.
_LIMITS = {
    "user namespace": "max_user_namespaces",
    "process namespace": "max_pid_namespaces",
    "mount namespace": "max_mnt_namespaces",
    "network namespace": "max_net_namespaces",
    "hostname namespace": "max_uts_namespaces",
    "message queue namespace": "max_ipc_namespaces",
}
_CONTAINER_CURE = _(
    "start the container with: docker run --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined ..."
)


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine says about its limits.

    Parameters
    ----------
    limits
        The values of /proc/sys/user, by name; a name that isn't there is left out.
    unprivileged_userns_clone
        Debian's switch: whether ordinary users may make user namespaces.
    apparmor_restricts
        Ubuntu's switch: whether AppArmor leaves such a namespace without privileges.
    seccomp
        Whether a filter judges this process's system calls.
    container
        Whether this looks like the inside of a container.
    chroot
        Whether this process is in a chroot, as far as that can be seen.
    """

    limits: dict[str, int]
    unprivileged_userns_clone: bool = True
    apparmor_restricts: bool = False
    seccomp: bool = False
    container: bool = False
    chroot: bool = False


def read_machine() -> Machine:
    """What this machine says about its limits now."""
    limits = {name: _number(f"/proc/sys/user/{name}") for name in _LIMITS.values()}
    status = _text("/proc/self/status") or ""
    return Machine(
        limits={name: value for name, value in limits.items() if value is not None},
        unprivileged_userns_clone=_number("/proc/sys/kernel/unprivileged_userns_clone") != 0,
        apparmor_restricts=_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1,
        seccomp="Seccomp:\t2" in status,
        container="container" in os.environ or any(map(os.path.exists, ("/.dockerenv", "/run/.containerenv"))),
        chroot=_in_chroot(),
    )


def explain(step: str, number: int, detail: str, machine: Machine) -> NslabError:
    """Why a step of making a private host was refused, and the fix.

    Parameters
    ----------
    step
        The step that failed, such as ``user namespace``, ``/proc`` or ``command``.
    number
        Its errno.
    detail
        The call that failed, in words.
    machine
        What the machine says about its limits.
    """
    if step == "limits":
        return NslabError(
            _("{setting} is no limit.", setting=detail),
            _("NSLAB_MAX_PROCESSES and NSLAB_MAX_NAMESPACES are numbers, NSLAB_MAX_FILES is a size such as 64m."),
        )
    if step == "command":
        if number == errno.ENOENT:
            return NslabError(_("{command}: command not found", command=detail))
        return NslabError(f"{detail}: {os.strerror(number)}")
    reason, cure = _cause(step, number, machine)
    reason = reason or detail
    return NslabError(
        _(
            "This machine does not permit a private network host: its {step} was refused, {reason}.",
            step=step,
            reason=reason,
        ),
        cure,
    )


def _cause(step: str, number: int, machine: Machine) -> tuple[str, str]:
    """Reason and fix; an empty reason where the machine gives no hint."""
    if number == errno.ENOSPC and step in _LIMITS:
        return _limit(_LIMITS[step], machine)
    if machine.chroot and number in (*_DENIED, errno.EINVAL):
        # unshare(2): no user namespace in a chroot; mount(2): no propagation where the root is no mount point.
        return _("by the chroot that this runs in"), _(
            "Run nslab outside of the chroot, or in a container or a virtual machine made from it."
        )
    if number in (errno.EINVAL, errno.ENOSYS):
        return _("as this kernel is built without it"), _("use the virtual machine, or a distribution's own kernel")
    if number in _DENIED:
        return _denial(machine)
    return "", _("nslab check shows what this machine permits")


def _limit(name: str, machine: Machine) -> tuple[str, str]:
    limit = machine.limits.get(name)
    cure = _permitted_by(f"user.{name}=15000")
    if limit:
        return _("as {setting} is {limit} and so many are in use", setting=f"user.{name}", limit=limit), cure
    return _as_it_is(f"user.{name}", 0), cure


def _denial(machine: Machine) -> tuple[str, str]:
    if not machine.unprivileged_userns_clone:
        setting = "kernel.unprivileged_userns_clone"
        return _as_it_is(setting, 0), _permitted_by(f"{setting}=1")
    if machine.container:
        return _("by the container that this runs in"), _CONTAINER_CURE
    if machine.apparmor_restricts:
        setting = "kernel.apparmor_restrict_unprivileged_userns"
        return _as_it_is(setting, 1), _permitted_by(f"{setting}=0")
    if machine.seccomp:
        return _("by a seccomp filter, as in a container"), _CONTAINER_CURE
    return _("with no reason given"), _("ask an administrator whether ordinary users may make user namespaces")


def _as_it_is(setting: str, value: int) -> Message:
    return _("as {setting} is {value}", setting=setting, value=value)


def _permitted_by(assignment: str) -> Message:
    return _("An administrator permits it with: sudo sysctl -w {assignment}", assignment=assignment)


def _in_chroot() -> bool:
    """Whether the root directory isn't that of the mount namespace.

    Then it is mostly no mount point, and /proc/self/mountinfo lists what is below it alone. Where it is one, root sees
    that the first process of the namespace has another; schroot leaves a file.
    """
    mounts = _text("/proc/self/mountinfo")
    if mounts and not any(line.split()[4] == "/" for line in mounts.splitlines()):
        return True
    try:
        shared = os.readlink("/proc/1/ns/mnt") == os.readlink("/proc/self/ns/mnt")
        if shared and not os.path.samefile("/proc/1/root", "/"):
            return True
    except OSError:  # an ordinary user may not look
        pass
    return os.path.exists("/etc/debian_chroot")


def _number(path: str) -> int | None:
    text = _text(path)
    return int(text) if text is not None and text.strip().isdigit() else None


def _text(path: str) -> str | None:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None
