"""The networks of the corpus, read from ``networks/KIND.sh``."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "networks"
_NEEDS = {
    "vlan": "ip link add nsl0 type veth peer name nsl1; ip link add link nsl0 name nsl2 type vlan id 9",
    "ipvlan": "ip link add nsl0 type veth peer name nsl1; ip link add link nsl0 name nsl2 type ipvlan",
    "bond": "ip link add nsl2 type bond",
    "vrf": "ip link add nsl2 type vrf table 9",
    "gre": "ip link add nsl2 type gre remote 192.0.2.1",
    "wireguard": "ip link add nsl2 type wireguard",
    "netem": "ip link add nsl0 type veth peer name nsl1; tc qdisc add dev nsl0 root netem delay 1ms",
}


@dataclass(frozen=True, slots=True)
class Listening:
    """A server to start before anything is asked."""

    namespace: str
    protocol: str  # tcp, udp, or tcp6 (IPv6 alone)
    ip: str  # "*" for every address
    port: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the diagnosis and of the kernel."""

    source: str
    destination: str
    protocol: str = "icmp"
    port: int = 0

    def __str__(self) -> str:
        return f"{self.source} > {self.destination}" + (f" {self.protocol} {self.port}" if self.port else "")

    @classmethod
    def of(cls, text: str) -> Question:
        """The question of a line such as ``a > 10.0.0.2 tcp 80``."""
        source, _, destination, *rest = text.split()
        return cls(source, destination, *((rest[0], int(rest[1])) if rest else ()))


@dataclass(frozen=True, slots=True)
class Case:
    """A network of the corpus.

    Parameters
    ----------
    kind, name
        The file it is in, and its title there.
    commands
        Lines for bash, run as root of a bare host.
    listeners
        Servers to start afterwards.
    questions
        What to ask beside all pairs.
    needs, command
        A feature of the kernel, and a program, without which it can't be built.
    cause
        The kind of the first cause (`nslab_kernel.core.diagnosis.KINDS`) that the first question must be answered with.
    """

    kind: str
    name: str
    commands: str
    listeners: tuple[Listening, ...] = ()
    questions: tuple[Question, ...] = ()
    needs: str = ""
    command: str = ""
    cause: str = ""

    @property
    def id(self) -> str:
        return f"{self.kind}: {self.name}"

    @property
    def missing(self) -> str:
        """What this machine lacks to build it; empty if nothing."""
        if self.command and not shutil.which(self.command):
            return self.command
        return self.needs if self.needs and not _has(self.needs) else ""


@dataclass
class _Draft:
    lines: list[str] = field(default_factory=list)
    marks: dict[str, list[str]] = field(default_factory=dict)


def cases(*wanted: str) -> list[Case]:
    """The cases whose kind and name contain each of some words; all without any."""
    found = [case for path in sorted(_FOLDER.glob("*.sh")) for case in _read(path)]
    return [case for case in found if all(word.lower() in case.id.lower() for word in wanted)]


def _read(path: Path) -> list[Case]:
    drafts: dict[str, _Draft] = {}
    current = _Draft()  # what comes before the first title is a remark about the whole file
    for line in path.read_text().splitlines():
        if line.startswith("### "):
            assert line[4:] not in drafts, f"{path.name} has two networks called {line[4:]!r}"
            current = drafts[line[4:]] = _Draft()
        elif line.startswith(("#: ", "#? ")):
            word, _, rest = ("ask " + line[3:] if line[1] == "?" else line[3:]).partition(" ")
            current.marks.setdefault(word, []).append(rest)
        else:
            current.lines.append(line)
    return [_case(path.stem, name, draft) for name, draft in drafts.items()]


def _case(kind: str, name: str, draft: _Draft) -> Case:
    def one(word: str) -> str:
        return next(iter(draft.marks.get(word, [])), "")

    assert draft.marks.keys() <= {"listen", "ask", "needs", "needs-command", "cause"}, (name, draft.marks)
    listeners = tuple(
        Listening(namespace, protocol, ip, int(port))
        for namespace, protocol, ip, port in (line.split() for line in draft.marks.get("listen", []))
    )
    questions = tuple(Question.of(line) for line in draft.marks.get("ask", []))
    commands = "\n".join(draft.lines).strip() + "\n"
    return Case(kind, name, commands, listeners, questions, one("needs"), one("needs-command"), one("cause"))


@cache
def _has(feature: str) -> bool:
    """Whether this kernel has a feature: tried in a network namespace that ends with the attempt."""
    tried = subprocess.run(
        ["unshare", *([] if os.geteuid() == 0 else ["-r"]), "-n", "sh", "-ec", _NEEDS[feature]], capture_output=True
    )
    return tried.returncode == 0
