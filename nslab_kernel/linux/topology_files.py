"""A lab of another program on disk: read it, and find out what the machine lacks for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

from ..core.errors import NslabError
from ..core.packages import package_of
from ..core.topology import containerlab, kathara, requirements
from ..core.topology.model import Topology
from ..core.translation import _

_YAML = (".clab.yml", ".clab.yaml")
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/usr/lib/frr"
_UNITS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")


def read(path: str) -> tuple[str, Topology]:
    """The folder of a lab and what is to be built.

    Parameters
    ----------
    path
        A folder with a lab.conf or one NAME.clab.yml, or such a file.

    Raises
    ------
    NslabError
        If there is no lab at that path.
    """
    folder = os.path.abspath(os.path.expanduser(path))
    file = ""
    if os.path.isfile(folder):
        folder, file = os.path.split(folder)
    elif os.path.isdir(folder):
        names = sorted(os.listdir(folder))
        found = ["lab.conf"] if "lab.conf" in names else [name for name in names if name.endswith(_YAML)]
        if len(found) > 1:
            raise NslabError(
                _("{path} has several labs: {names}", path=path, names=", ".join(found)), _("Name one of the files.")
            )
        file = found[0] if found else ""
    if file == "lab.conf":
        return folder, _kathara(folder)
    if file.endswith((".yml", ".yaml")):
        return folder, containerlab.parse(_yaml(f"{folder}/{file}"))
    raise NslabError(
        _("{path} is no lab of Kathará's or containerlab's.", path=path),
        _("Name a folder with a lab.conf, or with one file NAME.clab.yml."),
    )


def lacking(folder: str, topology: Topology, has_feature: Any) -> tuple[list[str], list[str]]:
    """What the machine lacks for a lab: sentences, and the packages that would bring some of it.

    Parameters
    ----------
    folder
        The lab's folder.
    topology
        What is to be built.
    has_feature
        Called with shell lines that try a feature of the kernel; whether they succeed.
    """
    lines = "\n".join(node.script for node in topology.hosts)
    said: list[str] = []
    packages: list[str] = []
    for node in topology.hosts:
        for source, _target in node.files:
            if not os.path.lexists(f"{folder}/{source}"):
                said.append(_("{file} of {node} isn't in the lab's folder", file=source, node=node.name))
    for service in requirements.services(lines):
        if not _has_service(service):
            said.append(_("the service {service} isn't installed", service=service))
            packages.append(requirements.package_of_service(service))
    for program in requirements.programs(lines):
        if not _has_program(program) and not _brings(folder, topology, program):
            said.append(_("the program {program} isn't installed", program=program))
            packages.append(package_of(program))
    for sign, name, trial in requirements.FEATURES:
        if sign.search(lines) and not has_feature(trial):
            said.append(_("this kernel has no {feature}", feature=name))
    return said, sorted({package for package in packages if package})


def _kathara(folder: str) -> Topology:
    startups = {name: _text(f"{folder}/{name}") for name in os.listdir(folder) if name.endswith(".startup")}
    return kathara.parse(_text(f"{folder}/lab.conf"), startups, os.listdir(folder))


def _yaml(path: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise NslabError(
            _("{path} is no YAML: line {line}", path=path, line=mark.line + 1 if mark else 1),
            _("Correct that line; `containerlab inspect --topo {path}` reads it, too.", path=path),
        ) from None


def _text(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _has_program(program: str) -> bool:
    if program.startswith("/etc/init.d/"):
        return True  # a service, which is looked for as such
    return bool(shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:{_SBIN}"))


def _brings(folder: str, topology: Topology, program: str) -> bool:
    """Whether a node's own files have a program; one without a folder may be anywhere."""
    if not program.startswith("/"):
        return "." in program
    return any(os.path.exists(f"{folder}/{node.name}{program}") for node in topology.hosts)


def _has_service(service: str) -> bool:
    if requirements.package_of_service(service) == "frr":
        return bool(_has_program("zebra"))
    names = [service, *(["named"] if service in ("bind", "bind9") else [])]
    return any(os.path.exists(f"{folder}/{name}.service") for folder in _UNITS for name in names) or os.path.exists(
        f"/etc/init.d/{service}"
    )


def files_of(folder: str, topology: Topology) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The files of each node: its name, and absolute source and target of each."""
    for node in topology.hosts:
        yield node.name, [(f"{folder}/{source}", target) for source, target in node.files]
