"""``pip install`` alone gives a working kernel: what the wheel must carry."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from nslab_kernel import __version__

ROOT = Path(__file__).parents[2]
KERNELSPEC = f"nslab_kernel-{__version__}.data/data/share/jupyter/kernels/nslab"
EXECUTABLE = 0o100


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as pip would build it."""
    directory = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(directory)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(directory.glob("*.whl")))


def test_the_kernelspec_and_its_logos_go_where_jupyter_looks(wheel):
    assert {f"{KERNELSPEC}/{name}" for name in ("kernel.json", "logo-svg.svg", "logo-32x32.png", "logo-64x64.png")} == {
        name for name in wheel.namelist() if name.startswith(KERNELSPEC)
    }


def test_the_kernelspec_starts_the_launcher_and_interrupts_by_message(wheel):
    spec = json.loads(wheel.read(f"{KERNELSPEC}/kernel.json"))
    assert spec["argv"] == ["python3", "-m", "nslab_kernel.sandbox", "-f", "{connection_file}"]
    assert spec["interrupt_mode"] == "message"


SHIMS = ("sudo", "tcpdump", "ping", "modprobe", "su", "useradd", "chown", "chgrp", "podman", "without-tun/ip")


@pytest.mark.parametrize("shim", SHIMS)
def test_the_shims_stay_executable(wheel, shim):
    mode = wheel.getinfo(f"nslab_kernel/sandbox/shims/{shim}").external_attr >> 16
    assert mode & EXECUTABLE


def test_what_the_shims_and_shells_read_is_there(wheel):
    assert {"nslab_kernel/sandbox/shims/find.sh", "nslab_kernel/sandbox/shell.bashrc"} <= {*wheel.namelist()}
    assert "nslab_kernel/locale/zh_CN/LC_MESSAGES/nslab.mo" in wheel.namelist()


def test_the_command_is_declared(wheel):
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "nslab = nslab_kernel.cli:main" in wheel.read(entry_points).decode()
