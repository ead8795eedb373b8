"""What the shell lines of a lab need of the machine: programs, services, and features of the kernel."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

_SKIPPED = frozenset({"then", "do", "else", "{", "!", "time", "exec", "nohup", "sudo", "if", "while", "until"})
# Builtins and keywords of bash(1).
_SHELLS_OWN = frozenset(
    re.findall(
        r"\S+",
        """
        : . [ [[ ]] alias bg break builtin case cd command continue declare disown done echo elif esac eval exit export
        false fg fi for function hash in jobs kill let local logout popd printf pushd pwd read return select set shift
        source test times trap true type ulimit umask unalias unset wait }
        """,
    )
)
_PROGRAM = re.compile(r"[A-Za-z0-9_./+-]*[A-Za-z0-9]")
_SERVICE = re.compile(
    r"^[^#\n]*?(?:systemctl[ \t]+(?:re)?start[ \t]+|(?:service[ \t]+|/etc/init\.d/)(?=[\w.@-]+[ \t]+(?:re)?start))"
    r"([\w.@-]+)",
    re.MULTILINE,
)
_PACKAGES = {
    "bind": "bind9",
    "named": "bind9",
    "quagga": "frr",
    "zebra": "frr",
    "ssh": "openssh-server",
    "bird": "bird2",
}
_PAIR = "ip link add a type veth peer b"
FEATURES = (
    (re.compile(r"\bnetem\b"), "netem", f"{_PAIR}; tc qdisc add dev a root netem delay 1ms"),
    (re.compile(r"\btype vlan\b|\bvconfig\b"), "VLAN", f"{_PAIR}; ip link add link a name a5 type vlan id 5"),
    (
        re.compile(r"\bvlan_filtering 1|\bbridge vlan\b"),
        "VLANs in a bridge",
        "ip link add b type bridge vlan_filtering 1",
    ),
    (re.compile(r"\btype vxlan\b"), "VXLAN", "ip link add v type vxlan id 1 dstport 4789 dev lo"),
    (re.compile(r"\btype ipip\b|\bmode ipip\b"), "IP in IP", "ip link add t type ipip local 127.0.0.1"),
    (re.compile(r"\btype gre\b|\bmode gre\b"), "GRE", "ip link add t type gre local 127.0.0.1"),
    (re.compile(r"\btype bond\b"), "bonding", "ip link add b0 type bond"),
    (re.compile(r"\btype vrf\b"), "VRF", "ip link add v type vrf table 10"),
    (re.compile(r"\btype macvlan\b"), "macvlan", f"{_PAIR}; ip link add link a name m type macvlan"),
    (re.compile(r"\btype dummy\b"), "dummy interfaces", "ip link add d type dummy"),
    (re.compile(r"\btype wireguard\b"), "WireGuard", "ip link add w type wireguard"),
)
"""What shows that shell lines need a feature, its name, and a trial of it in a network namespace of its own."""


def services(lines: str) -> tuple[str, ...]:
    r"""The services that shell lines start, such as ``frr``.

    Examples
    --------
    >>> services("systemctl start frr.service; /etc/init.d/apache2 start")
    ('frr', 'apache2')
    >>> services("# start the radvd service\nsystemctl start radvd")
    ('radvd',)
    """
    commands = lines.replace(";", "\n").replace("&&", "\n")
    return tuple(dict.fromkeys(name.removesuffix(".service") for name in _SERVICE.findall(commands)))


def programs(lines: str) -> tuple[str, ...]:
    """The programs that shell lines call by a plain word at a command's beginning; those of the shell itself left out.

    Examples
    --------
    >>> programs("ip link set eth0 up && ifconfig eth0 | grep inet; for n in 1; do arp -n; done")
    ('ip', 'ifconfig', 'grep', 'arp')
    >>> programs("until [ $(pgrep bmv2) -eq 0 ]; do sleep 1; done")
    ('pgrep', 'sleep')
    """
    return tuple(dict.fromkeys(_programs(lines)))


def package_of_service(service: str) -> str:
    """The package of Debian's that brings a service, most often of the service's own name."""
    return _PACKAGES.get(service, service)


def _programs(lines: str) -> Iterator[str]:
    for line in lines.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();|&")
        lexer.whitespace_split = True
        beginning = True
        try:
            words = list(lexer)
        except ValueError:  # a quotation that goes on in the next line
            continue
        for word in words:
            if set(word) <= set("();|&"):
                beginning = not word.endswith(")")  # which ends a command in the middle of another
            elif beginning and ("=" in word or word in _SKIPPED):
                continue
            elif beginning:
                beginning = False
                if word not in _SHELLS_OWN and _PROGRAM.fullmatch(word):
                    yield word
