"""Which folders of the machine a lab writes to for real; everything else that it writes stays in the lab."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Mapping
from contextlib import suppress

KEEP_VARIABLE = "NSLAB_KEEP"
"""Names more folders that stay the machine's own, separated by colons."""
KEPT_VARIABLE = "NSLAB_KEPT"
"""Set in a lab: the folders that are the machine's own, separated by colons; empty where there is none."""


def kept_folders(directory: str, homes: Iterable[str], more: str = "") -> tuple[str, ...]:
    """The folders whose files stay the machine's own in a lab.

    Parameters
    ----------
    directory
        Where the kernel or command was started: the notebook's own folder.
    homes
        The user's home folders. A notebook that lies in a home folder itself, and not in a folder of its own there,
        keeps nothing: the home is what a lab protects.
    more
        Absolute paths of more folders, separated by colons.
    """
    wanted = [folder for folder in more.split(":") if folder.startswith("/")]
    if is_folder_of_its_own(directory, homes):
        wanted.insert(0, directory)
    return tuple(dict.fromkeys(os.path.normpath(folder) for folder in wanted))


def is_folder_of_its_own(directory: str, homes: Iterable[str]) -> bool:
    """Whether a folder is neither a home nor one of the system's top folders, such as ``/`` and ``/tmp``."""
    folder = os.path.normpath(directory)
    system = folder.count("/") < 2 or folder == "/var/tmp" or folder.startswith(("/proc/", "/sys/", "/dev/"))
    return not system and folder not in map(os.path.normpath, homes)


def home_folders(variables: Mapping[str, str]) -> tuple[str, ...]:
    """The user's home, as the environment and as the machine's users' list have it, where it is there."""
    homes = [variables.get("HOME", "")]
    with suppress(KeyError):  # a user without an account
        homes.append(pwd.getpwuid(os.getuid()).pw_dir)
    return tuple(dict.fromkeys(os.path.realpath(home) for home in homes if home.startswith("/")))


def kept_now() -> tuple[str, ...]:
    """The folders that the process starting a lab now would keep, those that exist."""
    try:
        directory = os.getcwd()
    except FileNotFoundError:
        directory = "/"
    kept = kept_folders(directory, home_folders(os.environ), os.environ.get(KEEP_VARIABLE, ""))
    return tuple(folder for folder in kept if os.path.isdir(folder))
