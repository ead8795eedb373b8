"""The users of a private host, as many as the machine lets an ordinary user have.

With a range of subordinate ids (subuid(5)) a lab has users as any host has. Without one it has root alone, and the
system's users share that one id, so that services which change to a user of theirs start all the same.
"""

from __future__ import annotations

import grp
import os
import pwd

from ..linux.syscalls import in_user_namespace

_MOST = 65536


def has_many() -> bool:
    """Whether files and processes here can belong to other users than root."""
    return _mapped("uid") > 1 and _mapped("gid") > 1


def last_group() -> int:
    """The greatest number of a group that the lab has."""
    return min(_mapped("gid"), _MOST) - 1


def subordinate_ranges() -> tuple[str, str] | None:
    """The first subordinate user ids and group ids of this user, as ``FIRST COUNT``; None where there are none."""
    if not all(map(_is_installed, ("newuidmap", "newgidmap"))):
        return None
    me = os.getuid()
    try:
        name = pwd.getpwuid(me).pw_name
    except KeyError:
        name = str(me)
    users, groups = (_range(path, name, str(me)) for path in ("/etc/subuid", "/etc/subgid"))
    return (users, groups) if users and groups else None


def map_ids(pid: int, ranges: tuple[str, str]) -> bool:
    """Give the user namespace of process ``pid`` root and the subordinate ids; newuidmap(1).

    Parameters
    ----------
    pid
        A process that has just made its user namespace; the caller is outside that.
    ranges
        What `subordinate_ranges` found.

    Returns
    -------
    bool
        Whether it has both users and groups now.
    """
    for program, own, subordinate in zip(("newgidmap", "newuidmap"), (os.getgid(), os.getuid()), ranges, strict=True):
        command = [program, str(pid), "0", str(own), "1", "1", *subordinate.split()]
        quiet = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
        try:
            started = os.posix_spawnp(program, command, os.environ, file_actions=quiet)
        except OSError:
            return False
        if os.waitpid(started, 0)[1]:
            return False
    return True


def write(etc: str) -> None:
    """Write the users' and groups' files of a lab in a user namespace; root's own lab has the machine's.

    Parameters
    ----------
    etc
        Where the lab's /etc is, while it is built.
    """
    if not in_user_namespace():
        return
    many = has_many()
    home, shell = os.environ.get("HOME") or "/root", os.environ.get("SHELL") or "/bin/sh"
    users = _users(_text(f"{etc}/passwd"), home, shell, many=many)
    groups = _groups(_text(f"{etc}/group"), many=many)
    _put(f"{etc}/passwd", users, 0o644)
    _put(f"{etc}/group", groups, 0o644)
    _put(f"{etc}/shadow", _without_passwords(users, "*:19000:0:99999:7:::"), 0o600)
    _put(f"{etc}/gshadow", _without_passwords(groups, "*::"), 0o600)


def give(path: str, user: str, group: str) -> None:
    """Give a file to a user and a group by name, where the lab has them."""
    if (user, group) == ("root", "root") or (in_user_namespace() and not has_many()):
        return
    try:
        os.chown(path, pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid)
    except (LookupError, OSError):
        return  # the package was removed and its folder's description is left: root keeps it


def _is_installed(program: str) -> bool:
    directories = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return any(os.access(os.path.join(directory, program), os.X_OK) for directory in directories)


def _users(passwd: str, home: str, shell: str, *, many: bool) -> str:
    """The lines of /etc/passwd; root's home and shell are the student's, who is root here."""
    lines = [f"root:x:0:0:root:{home}:{shell}"]
    for line in passwd.splitlines():
        fields = line.split(":")
        if len(fields) == 7 and fields[0] != "root":
            lines.append(":".join(fields if many else [*fields[:2], "0", "0", *fields[4:]]))
    return "".join(f"{line}\n" for line in lines)


def _groups(group: str, *, many: bool) -> str:
    lines = ["root:x:0:"]
    for line in group.splitlines():
        fields = line.split(":")
        if len(fields) == 4 and fields[0] != "root":
            lines.append(":".join(fields if many else [*fields[:2], "0", fields[3]]))
    return "".join(f"{line}\n" for line in lines)


def _without_passwords(lines: str, rest: str) -> str:
    return "".join(f"{line.partition(':')[0]}:{rest}\n" for line in lines.splitlines())


def _put(path: str, text: str, mode: int) -> None:
    with open(f"{path}.nslab", "w") as file:
        file.write(text)
    os.chmod(f"{path}.nslab", mode)
    os.replace(f"{path}.nslab", path)


def _text(path: str) -> str:
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _range(path: str, *names: str) -> str:
    for line in _text(path).splitlines():
        fields = line.split(":")
        if len(fields) == 3 and fields[0] in names and fields[1].isdigit() and fields[2].isdigit():
            return f"{fields[1]} {min(int(fields[2]), _MOST)}"
    return ""


def _mapped(kind: str) -> int:
    """How many ids this user namespace has; proc_pid_uid_map(5)."""
    with open(f"/proc/self/{kind}_map") as mapping:
        return sum(int(line.split()[2]) for line in mapping)
