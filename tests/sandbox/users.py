"""The kinds of users that a lab is for, and how a test acts as each of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .strangers import AS_NOBODY, OPEN_CHECKOUT, OWN_MOUNTS

NSLAB = f"{sys.executable} -m nslab_kernel.cli"
# A user as adduser(8) makes one, seen in one mount namespace only: no account is added to the machine.
STUDENT, IDS = 54322, "student:200000:65536"
ADD_STUDENT = f"""
mount -t tmpfs none /mnt
(cat /etc/passwd; echo student:x:{STUDENT}:{STUDENT}::/tmp:/bin/sh) > /mnt/passwd
(cat /etc/group; echo student:x:{STUDENT}:) > /mnt/group
echo {IDS} > /mnt/subuid; echo {IDS} > /mnt/subgid
for list in passwd group subuid subgid; do
    [ -e /etc/$list ] || touch /etc/$list
    mount --bind /mnt/$list /etc/$list
done
umount -l /mnt
"""
AS_STUDENT = f"setpriv --reuid={STUDENT} --regid={STUDENT} --clear-groups"
ROOT, ALONE, MANY = "root", "a user without subordinate ids", "a user with subordinate ids"
KINDS = (ROOT, ALONE, MANY) if os.getuid() == 0 else (ALONE,)
SBIN = "/usr/sbin:/sbin:/usr/lib/frr"


@contextmanager
def home_of(kind: str) -> Iterator[Path]:
    """A home of this kind of user, with a folder ``lessons``; skips where the machine can't have such a user."""
    if kind == MANY and not shutil.which("newuidmap"):
        pytest.skip("needs the package uidmap")
    home = Path(tempfile.mkdtemp())  # every user may go there, unlike below pytest's own folder
    folder = home / "lessons"
    folder.mkdir()
    for each in (home, folder):
        owner = {ROOT: 0, ALONE: 65534, MANY: STUDENT}[kind] if os.getuid() == 0 else os.getuid()
        os.chown(each, owner, owner if os.getuid() == 0 else -1)
    try:
        yield home
    finally:
        shutil.rmtree(home)


def run_as(kind: str, home: Path, command: str, *words: str) -> str:
    """What an ``nslab`` command of such a user prints, both ways out in one.

    Parameters
    ----------
    kind, home
        The user.
    command
        The words after ``nslab``, as a shell reads them, with ``"$0"``, ``"$1"`` … for the others.
    words
        Those.
    """
    before, become = {
        ROOT: ("", ""),
        ALONE: (OPEN_CHECKOUT, AS_NOBODY if os.getuid() == 0 else ""),
        MANY: (f"{OPEN_CHECKOUT}\n{ADD_STUDENT}", AS_STUDENT),
    }[kind]
    script = f"{before or ':'}\ncd {home}/lessons\nexport HOME={home}\n{become} {NSLAB} {command} 2>&1"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with_mounts = OWN_MOUNTS if before and os.getuid() == 0 else ["bash", "-euc"]
    return subprocess.run(
        [*with_mounts, script, *words], capture_output=True, text=True, timeout=90, env=environment
    ).stdout


def skip_without(*programs: str) -> None:
    """Skip a test where a program isn't installed."""
    absent = [program for program in programs if not shutil.which(program, path=f"{os.environ['PATH']}:{SBIN}")]
    if absent:
        pytest.skip(f"needs {absent[0]}, which isn't installed: script/setup --test")
