"""What is written in a lab stays there, but for the notebook's own folder: on the machine nothing has changed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from nslab_kernel.sandbox.folders import kept_folders

from .conftest import eventually
from .strangers import AS_NOBODY, OPEN_CHECKOUT, OWN_MOUNTS
from .traces import Traces

RUN = [sys.executable, "-m", "nslab_kernel.cli", "run", "--"]
# Where a command, a service or a student writes. Each place is on the machine, for root and for an ordinary user.
PLACES = (
    "/etc",
    "/var/log",
    "/var/lib",
    "/var/cache",
    "/usr/bin",
    "/usr/local/bin",
    "/opt",
    "/srv",
    "/tmp",
    "/var/tmp",
)
PRIVATE = ("/run", "/dev/shm", "/root")


def changed(marker: Path, *folders: str) -> list[str]:
    """The paths below folders that have changed since the marker was written, as find(1) sees it."""
    command = ["find", *folders, "-xdev", "-newer", str(marker), "-not", "-type", "d"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()


@pytest.fixture
def lessons(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of lessons in the home, where labs are started."""
    folder = own_home / "lessons"
    folder.mkdir()
    (own_home / ".profile").write_text("kept\n")
    (own_home / "papers").mkdir()
    (own_home / "papers" / "thesis.txt").write_text("three years\n")
    monkeypatch.chdir(folder)
    return folder


def run(lines: str, **options: object) -> str:
    ran = subprocess.run([*RUN, "sh", "-ec", lines], capture_output=True, text=True, timeout=60, **options)
    assert ran.returncode == 0, f"{lines}\n{ran.stderr}"
    return ran.stdout


def test_home_is_there_to_read_and_to_spoil(lessons: Path, own_home: Path):
    spoil = "cat ~/papers/thesis.txt; echo x >> ~/.profile; rm -rf ~/papers ~/.profile; touch ~/new; ls -A ~"
    assert run(spoil).split("\n")[:-1] == ["three years", "lessons", "new"]
    assert sorted(path.name for path in own_home.iterdir()) == [".profile", "lessons", "papers"]
    assert (own_home / "papers" / "thesis.txt").read_text() == "three years\n"
    assert (own_home / ".profile").read_text() == "kept\n"


def test_rm_of_the_whole_home_takes_the_lessons_folder_alone(lessons: Path, own_home: Path):
    (lessons / "old.txt").write_text("mine")
    run("cd /; rm -rf ~/* || true")
    assert (own_home / "papers" / "thesis.txt").exists()


def test_the_lessons_folder_is_the_real_one(lessons: Path):
    run("echo result > answer.txt; mkdir figures; echo $NSLAB_KEPT")
    assert (lessons / "answer.txt").read_text() == "result\n"
    assert (lessons / "figures").is_dir()


def test_a_lab_started_in_the_home_itself_keeps_nothing(own_home: Path):
    assert run("touch made; ls; echo kept:$NSLAB_KEPT", cwd=own_home) == "made\nkept:\n"
    assert list(own_home.iterdir()) == []


def test_more_folders_are_kept_where_the_administrator_names_them(lessons: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "handed-in").mkdir()
    monkeypatch.setenv("NSLAB_KEEP", str(tmp_path / "handed-in"))
    run(f"echo done > {tmp_path}/handed-in/alice")
    assert (tmp_path / "handed-in" / "alice").read_text() == "done\n"


@pytest.mark.parametrize("place", [*PLACES, *PRIVATE])
def test_a_folder_of_the_system_can_be_written_to_and_is_as_it_was_afterwards(lessons: Path, place):
    name = f"nslab-{uuid.uuid4().hex}"
    assert run(f"echo x > {place}/{name}; mkdir {place}/{name}.d; cat {place}/{name}; ls -d /etc/passwd") == (
        "x\n/etc/passwd\n"
    )
    assert not os.path.exists(f"{place}/{name}")  # which is False, too, where we may not look
    assert not os.path.exists(f"{place}/{name}.d")


def test_a_new_folder_in_the_root_works_as_well(lessons: Path):
    assert run("mkdir /nslab-data; echo x > /nslab-data/file; cat /nslab-data/file") == "x\n"
    assert not Path("/nslab-data").exists()


def test_files_of_roots_can_be_changed_in_place(lessons: Path):
    run("echo 10.0.0.9 nine >> /etc/hosts; echo '# mine' >> /etc/services; echo a=1 > /etc/sysctl.d/x.conf")
    assert "nine" not in Path("/etc/hosts").read_text()
    assert "mine" not in Path("/etc/services").read_text()


def test_two_labs_do_not_share_tmp(lessons: Path):
    name = f"/tmp/nslab-{uuid.uuid4().hex}"
    with subprocess.Popen(
        [*RUN, "sh", "-c", f"touch {name}; echo made; read _"], stdin=-1, stdout=-1, text=True
    ) as one:
        assert one.stdout.readline() == "made\n"
        assert run(f"ls {name} 2>/dev/null || echo none") == "none\n"


EVERYWHERE = "; ".join(f"echo x > {place}/nslab-was-here; rm -rf {place}/*" for place in PLACES)


@pytest.mark.parametrize("end", ["by itself", "kill -9"])
def test_nothing_of_the_machine_has_changed_afterwards(lessons: Path, tmp_path: Path, traces: Traces, end):
    marker = tmp_path / "marker"
    marker.touch()
    spoil = f"set +e; {EVERYWHERE}; rm -rf ~/papers ~/.profile; mkdir -p /run/frr/r1; touch /run/frr/r1/x; echo done"
    with subprocess.Popen([*RUN, "sh", "-c", f"{spoil}; read _"], stdin=-1, stdout=-1, stderr=-3, text=True) as lab:
        assert lab.stdout.readline() == "done\n"
        if end == "kill -9":
            lab.send_signal(signal.SIGKILL)
    assert eventually(lambda: not traces.processes())
    named = subprocess.run(
        ["find", "/", "-xdev", "-name", "nslab-was-here"], capture_output=True, text=True, check=False
    )
    assert named.stdout == ""
    assert not Path("/run/frr/r1").exists()
    assert changed(marker, "/etc", "/usr", "/opt", "/srv", "/var/lib/misc", str(tmp_path)) == []
    assert not traces.mounts()


@pytest.mark.skipif(os.getuid() != 0, reason="the machine's devices are root's to spoil")
def test_roots_lab_sees_no_disks_and_its_devices_are_its_own(lessons: Path):
    lines = "mknod /dev/mine c 1 3; rm /dev/null || true; ls /dev/[sv]da* 2>/dev/null || echo no disk"
    assert run(lines) == "no disk\n"
    assert Path("/dev/null").is_char_device()
    assert not Path("/dev/mine").exists()


def test_a_terminal_has_its_name_in_the_lab(lessons: Path):
    command = f"{' '.join(RUN)} tty"
    ran = subprocess.run(["script", "-qec", command, "/dev/null"], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "/dev/console"


@pytest.mark.parametrize(
    "machine",
    [
        "mount -t tmpfs none /var; mkdir -p /var/lib /var/tmp",  # /var on a file system of its own
        "mount -t tmpfs none /opt; mkdir -p '/opt/a b,c:d\\e'; mount -t tmpfs none '/opt/a b,c:d\\e'",
        "mount --bind /usr /usr; mount -o remount,bind,ro /usr",  # read-only, as an immutable system's
    ],
)
@pytest.mark.parametrize("privileges", ["", AS_NOBODY])
def test_mounts_of_the_machine_are_covered_one_by_one(machine, privileges):
    if os.getuid():
        pytest.skip("makes mounts that only root can make")
    write = "for f in $(ls -d /var /opt /opt/*/ | head -2); do touch $f/nslab-x; done; echo x > /opt/y; cat /opt/y"
    look = "find /var /opt -maxdepth 2 -name nslab-x -o -maxdepth 2 -name y"
    lines = f'{OPEN_CHECKOUT}; {machine}; {privileges} {" ".join(RUN)} sh -c "$0"; {look}'
    ran = subprocess.run([*OWN_MOUNTS, lines, write], capture_output=True, text=True, timeout=60)
    assert ran.stdout == "x\n", ran.stderr


@pytest.mark.parametrize(
    ("directory", "kept"),
    [
        ("/home/alice/lessons/en", ("/home/alice/lessons/en",)),
        ("/home/alice", ()),
        ("/home/alice/", ()),
        ("/home", ()),
        ("/", ()),
        ("/tmp", ()),
        ("/var/tmp", ()),
        ("/tmp/try", ("/tmp/try",)),
        ("/mnt/class/net", ("/mnt/class/net",)),
        ("/proc/1/cwd", ()),
    ],
)
def test_which_folder_is_kept(directory, kept):
    assert kept_folders(directory, ["/home/alice"]) == kept


def test_more_folders_come_after_it_and_must_be_absolute():
    more = "/srv/exchange:relative::/srv/exchange/"
    assert kept_folders("/home/alice/x", ["/home/alice"], more) == ("/home/alice/x", "/srv/exchange")
