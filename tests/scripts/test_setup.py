"""The scripts that a clean clone starts with, run as a person runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from nslab_kernel.core.language import language_of

ROOT = Path(__file__).parents[2]
TOOLS = "bash env dirname date cut sort tr cat sha256sum id mktemp grep rm readlink"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, text=True, capture_output=True, timeout=110, check=False
    )


def shell(parts: str, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    sources = "; ".join(f'. "$root/script/parts/{part}.sh"' for part in parts.split())
    return run("bash", "-euc", f'root="{ROOT}"; {sources}; {line}', **environment)


def where(tool: str) -> str:
    return shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or pytest.fail(f"{tool} isn't here")


def test_a_second_setup_takes_seconds_and_installs_nothing() -> None:
    assert run("script/setup", "--test").returncode == 0
    started = time.monotonic()
    second = run("script/setup", "--test")
    assert "System packages: nothing is missing" in second.stdout
    assert "Python packages: up to date" in second.stdout
    assert time.monotonic() - started < 20


def test_without_network_setup_says_what_pip_lacks_and_what_to_do(tmp_path: Path) -> None:
    settings = {"PIP_RETRIES": "0", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    done = run("nslab", "run", "--", "script/setup", NSLAB_VENV=str(tmp_path / "venv"), **settings)
    assert done.returncode != 0
    assert "pip could not reach its package index" in done.stderr
    assert "HTTPS_PROXY" in done.stderr
    assert "docs/vagrant.md" in done.stderr


def test_missing_tools_are_named_with_what_they_are_for_and_the_command_to_ask_for(tmp_path: Path) -> None:
    for tool in [*TOOLS.split(), "ip", "nft", "tcpdump"]:
        (tmp_path / tool).symlink_to(where(tool))
    done = shell("say language python packages", "install_packages runtime_packages", PATH=str(tmp_path), LANG="en")
    assert "iputils-ping: ping" in done.stdout
    assert "Ask an administrator of this machine for:" in done.stdout
    assert "nftables" not in done.stdout
    assert done.returncode == 0, "a lab without ping is still a lab"


def test_setup_stops_where_the_lab_could_not_run_at_all(tmp_path: Path) -> None:
    for tool in TOOLS.split():
        (tmp_path / tool).symlink_to(where(tool))
    line = "PATH=${PATH%%:*}; install_packages runtime_packages"
    done = shell("say language python packages", line, PATH=str(tmp_path), LANG="en")
    assert done.returncode != 0
    assert "nslab can't start without" in done.stderr


@pytest.mark.parametrize("script", ["setup", "lab"])
@pytest.mark.parametrize("language", ["fr", ""])
def test_a_language_without_lessons_is_refused_with_the_two_there_are(script: str, language: str) -> None:
    done = run(f"script/{script}", "--lang", language)
    assert done.returncode != 0
    assert done.stderr == f'nslab: there are no lessons in "{language}"\n       There are: en zh.\n'


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LANG": "zh_CN.UTF-8"},
        {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"},
        {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"},
        {"LANG": "zh_CN.UTF-8", "NSLAB_LANG": "en"},
        {"NSLAB_LANG": "ZH"},
    ],
)
def test_scripts_and_kernel_read_the_language_from_the_environment_alike(environment: dict[str, str]) -> None:
    unset = dict.fromkeys(("NSLAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"), "")
    assert shell("language", 'echo "$language"', **{**unset, **environment}).stdout.strip() == language_of(environment)


@pytest.mark.parametrize("script", ["setup", "lab", "test", "test-vm", "test-docker", "make-box"])
def test_every_script_explains_itself(script: str) -> None:
    done = run(f"script/{script}", "--help")
    assert done.returncode == 0
    assert f"script/{script}" in done.stdout


def test_a_path_without_tests_is_no_success() -> None:
    done = run("script/test", "docs")
    assert done.returncode != 0
    assert "no tests lie there: docs" in done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can act as somebody else")
def test_root_can_act_as_an_ordinary_user_who_owns_the_checkout_and_changes_nothing_in_it() -> None:
    line = "as_stranger sh -c 'id -u; id -G; touch notebooks/mine && ls notebooks/mine'"
    done = shell("say unprivileged", line)
    assert done.stdout.split() == ["54321", "54321", "notebooks/mine"], done.stderr
    assert not (ROOT / "notebooks/mine").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can act as somebody else")
def test_an_ordinary_user_can_be_played_in_a_closed_folder_with_closed_files(tmp_path: Path) -> None:
    checkout = tmp_path / "closed" / "checkout"
    checkout.mkdir(parents=True, mode=0o700)
    (checkout / "file").write_text("readable")
    (checkout / "file").chmod(0o600)
    checkout.parent.chmod(0o700)
    done = shell("say unprivileged", f'root="{checkout}"; as_stranger cat "{checkout}/file"')
    assert done.stdout == "readable", done.stderr


_INSTALL = """
mount --bind "$1/sbin" /usr/sbin; mount -t tmpfs none /etc/systemd; mkdir -p /etc/systemd/system/multi-user.target.wants
ln -s /unit /etc/systemd/system/multi-user.target.wants/old.service
. script/parts/packages.sh; become_root=(); apt_get install x && status=0 || status=$?
echo "status $status"; ls /etc/systemd/system/multi-user.target.wants
cat /usr/sbin/policy-rc.d 2>/dev/null || echo none
"""
_APT = """#!/bin/sh
/usr/sbin/policy-rc.d nginx start; echo "policy $?"
ln -s /unit /etc/systemd/system/multi-user.target.wants/new.service
exit $APT_STATUS
"""
_MARK = "#!/bin/sh\n# of nslab, for the time of an installation\nexit 101\n"


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        (None, "policy 101", "none"),
        ("#!/bin/sh\nexit 7\n", "policy 7", "#!/bin/sh\nexit 7"),
        (_MARK, "policy 101", "none"),  # what a kill -9 left
    ],
)
@pytest.mark.parametrize("status", ["0", "100"])
def test_services_that_an_installation_brings_stay_at_rest(tmp_path: Path, before, asked, after, status) -> None:
    (tmp_path / "sbin").mkdir()
    programs = {"apt-get": _APT} | ({"sbin/policy-rc.d": before} if before else {})
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    apart = ["unshare", "--mount", *(["--user", "--map-root-user"] if os.getuid() else []), "bash", "-euc", _INSTALL]
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = run(*apart, "bash", str(tmp_path), PATH=path, APT_STATUS=status, language="en")
    assert done.stdout.splitlines() == [asked, f"status {status}", "old.service", *after.splitlines()], done.stderr
