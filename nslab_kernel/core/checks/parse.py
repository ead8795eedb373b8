"""Claims about a network, one a line, as a checkpoint holds them: ``ns1 can ping 172.16.1.2``.

A claim is understood here and judged in `nslab_kernel.core.checks.evaluate`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ..errors import NslabError
from ..model.network import Interface, Namespace, Network
from ..translation import Message, _, joined


@dataclass(frozen=True, slots=True)
class Reaches:
    """A packet from ``source`` gets an answer from ``target``, or doesn't.

    ``protocol`` is icmp (an echo), tcp (a connection) or udp (a datagram); ``port`` is 0 for icmp.
    """

    text: str
    source: str
    target: str
    expected: bool = True
    protocol: str = "icmp"
    port: int = 0


@dataclass(frozen=True, slots=True)
class IsUp:
    """An interface is up, or down; an empty ``namespace`` means wherever it is, the host first."""

    text: str
    interface: str
    namespace: str = ""
    expected: bool = True


@dataclass(frozen=True, slots=True)
class HasAddress:
    """An interface of the namespace has this address with this prefix length."""

    text: str
    namespace: str
    cidr: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class RoutesVia:
    """The namespace has a route to ``destination`` (``default`` or a CIDR) by this gateway."""

    text: str
    namespace: str
    destination: str
    gateway: str


@dataclass(frozen=True, slots=True)
class IsPort:
    """An interface is plugged into a bridge of the same namespace."""

    text: str
    interface: str
    bridge: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Masquerades:
    """What leaves the namespace with a source in this subnet gets another source address."""

    text: str
    namespace: str
    subnet: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Forwards:
    """The namespace passes on packets of this family (4 or 6) that are not for itself."""

    text: str
    namespace: str
    family: int
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Exists:
    """There is a namespace, or an interface of the host, of this name."""

    text: str
    name: str
    expected: bool = True


Claim = Reaches | IsUp | HasAddress | RoutesVia | IsPort | Masquerades | Forwards | Exists


@dataclass(frozen=True)
class Form:
    """One way to write a claim: an example, what it means, and how it is read."""

    example: str
    meaning: Message
    pattern: re.Pattern[str]
    make: Callable[[str, re.Match[str]], Claim]


def parse(text: str) -> tuple[Claim, ...]:
    """The claims of a checkpoint; empty lines and lines that begin with ``#`` are passed over.

    Raises
    ------
    NslabError
        If there is no claim, or for the first line that is none; then with all the forms.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    claims = tuple(_claim(number, line) for number, line in lines if line and not line.startswith("#"))
    if not claims:
        raise NslabError(_("There is nothing to check."), _("Write claims, one a line:\n{forms}", forms=listed_forms()))
    return claims


def listed_forms() -> Message:
    """All forms of claims with what they mean, one a line."""
    widest = max(len(form.example) for form in FORMS)
    lines = (
        Message("  {example}  {meaning}", example=form.example.ljust(widest), meaning=form.meaning) for form in FORMS
    )
    return joined(*lines, separator="\n")


def _claim(number: int, line: str) -> Claim:
    words = " ".join(line.split())
    for form in FORMS:
        found = form.pattern.fullmatch(words)
        if found:
            return form.make(words, found)
    near = get_close_matches(words, [form.example for form in FORMS], n=1, cutoff=0.5)
    guess = _('Did you mean it like "{example}"?', example=near[0]) if near else ""
    cure = joined(guess, _("A claim has one of these forms:\n{forms}", forms=listed_forms()))
    raise NslabError(_('Line {number}, "{words}", is not a claim.', number=number, words=words), cure)


def _ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise NslabError(
            _('"{text}" is not an IP address.', text=text), _("Write it like 172.16.0.1 or fd00::1.")
        ) from None


def _cidr(text: str) -> str:
    try:
        if "/" not in text:
            raise ValueError("no prefix length")
        return str(ipaddress.ip_interface(text))
    except ValueError:
        raise NslabError(
            _('"{text}" is not an IP address with a prefix length.', text=text),
            _("Write it like 172.16.1.1/16 or fd00::1/64."),
        ) from None


def _subnet(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise NslabError(
            _('"{text}" is not a subnet, whose address ends in zero bits.', text=text),
            _("Write it like 172.16.0.0/16 or fd00::/64."),
        ) from None


def _destination(text: str) -> str:
    return "default" if text.lower() == "default" else _subnet(text)


def _port(text: str) -> int:
    if not 1 <= int(text) <= 65535:
        raise NslabError(_("{text} is not a port.", text=text), _("A port is a number from 1 to 65535."))
    return int(text)


def _is(found: re.Match[str]) -> bool:
    """Whether the claim is a plain one, rather than one with a ``not``."""
    return found["not"] is None


def _form(example: str, meaning: Message, pattern: str, make: Callable[[str, re.Match[str]], Claim]) -> Form:
    return Form(example, meaning, re.compile(pattern, re.IGNORECASE), make)


_HOW = r"can(?P<not> ?not|'t)? (?:ping|reach)"
_DOES_NOT = r"(?P<not>does not |doesn't )?"

FORMS: tuple[Form, ...] = (
    _form(
        "ns1 can ping 172.16.1.2",
        _("an echo is answered; or: cannot ping, can reach, cannot reach"),
        rf"(?P<from>\S+) {_HOW} (?P<to>\S+)",
        lambda text, found: Reaches(text, found["from"], found["to"], _is(found)),
    ),
    _form(
        "tcp ns2:8080 answers ns1",
        _("a connection (or udp: a datagram) from ns1 is answered; or: does not answer"),
        rf"(?P<how>tcp|udp) (?:\[(?P<ip6>[^\]\s]+)\]|(?P<to>[^\s:]+)):(?P<port>\d+) {_DOES_NOT}answers? (?P<from>\S+)",
        lambda text, found: Reaches(
            text, found["from"], found["ip6"] or found["to"], _is(found), found["how"].lower(), _port(found["port"])
        ),
    ),
    _form(
        "mydocker0 is up",
        _("the interface is up; or: is down; elsewhere than in the host: lo in ns1 is up"),
        r"(?P<name>\S+)(?: in (?P<in>\S+))? is (?:(?P<not>down)|up)",
        lambda text, found: IsUp(text, found["name"], found["in"] or "", _is(found)),
    ),
    _form(
        "ns1 has 172.16.1.1/16",
        _("an interface has the address; or: does not have"),
        rf"(?P<in>\S+) {_DOES_NOT}(?:has|have) (?P<address>\S+)",
        lambda text, found: HasAddress(text, found["in"], _cidr(found["address"]), _is(found)),
    ),
    _form(
        "ns1 default via 172.16.0.1",
        _("the route is there; for another destination: ns1 10.0.0.0/8 via 172.16.0.1"),
        r"(?P<in>\S+) (?:routes )?(?P<to>default|\S+/\d+) via (?P<gateway>\S+)",
        lambda text, found: RoutesVia(text, found["in"], _destination(found["to"]), _ip(found["gateway"])),
    ),
    _form(
        "veth-ns1 is a port of mydocker0",
        _("it is plugged into the bridge; or: is not a port of"),
        r"(?P<name>\S+) is (?P<not>not )?a port of (?P<bridge>\S+)",
        lambda text, found: IsPort(text, found["name"], found["bridge"], _is(found)),
    ),
    _form(
        "host masquerades 172.16.0.0/16",
        _("packets from there leave with another source; or: does not masquerade"),
        rf"(?P<in>\S+) {_DOES_NOT}masquerades? (?P<subnet>\S+)",
        lambda text, found: Masquerades(text, found["in"], _subnet(found["subnet"]), _is(found)),
    ),
    _form(
        "host forwards IPv4",
        _("it passes on packets for others (or IPv6); or: does not forward"),
        rf"(?P<in>\S+) {_DOES_NOT}forwards? IPv(?P<family>[46])",
        lambda text, found: Forwards(text, found["in"], int(found["family"]), _is(found)),
    ),
    _form(
        "ns1 exists",
        _("there is a namespace, or an interface of the host, of this name; or: does not exist"),
        rf"(?P<name>\S+) {_DOES_NOT}exists?",
        lambda text, found: Exists(text, found["name"], _is(found)),
    ),
)


_OF_A_NAMESPACE = (
    "can ping",
    "cannot reach",
    "has",
    "does not have",
    "default via",
    "masquerades",
    "forwards IPv4",
    "forwards IPv6",
    "exists",
    "does not exist",
)
_OF_AN_INTERFACE = ("is up", "is down", "is a port of", "is not a port of", "exists", "does not exist")


def next_words(typed: str, network: Network) -> list[str]:
    """The words, or phrases, that may follow.

    Parameters
    ----------
    typed
        The line up to the word that is being typed: complete words only.
    network
        The lab as it is now, whose names and addresses are offered.
    """
    words = typed.split()
    if not words:
        return [*_namespaces(network), *_interfaces(network), "tcp", "udp"]
    if words[0].lower() in ("tcp", "udp"):
        return _of_a_port(words, network)
    said = " ".join(words[1:]).lower()
    return _of_a_place(words[0], said, network)


def _of_a_port(words: Sequence[str], network: Network) -> list[str]:
    if len(words) == 1:
        return [f"{target}:" for target in [*_namespaces(network), *_addresses(network)] if target.count(":") == 0]
    if len(words) == 2:
        return ["answers", "does not answer"]
    return list(_namespaces(network)) if words[-1].lower() in ("answers", "answer") else []


def _of_a_place(name: str, said: str, network: Network) -> list[str]:
    namespace = network.get(name)
    if not said:
        phrases = _OF_A_NAMESPACE if namespace else ()
        return [*phrases, *(_OF_AN_INTERFACE if _is_interface(name, network) else ())]
    if said.endswith((" ping", " reach")):
        return [*_addresses(network), *(other for other in _namespaces(network) if other != name)]
    if said.endswith("a port of"):
        return [interface.name for _, interface in _everything(network) if interface.kind == "bridge"]
    if said.endswith(("has", "have")) and namespace:
        return [address.cidr for interface in namespace.interfaces for address in interface.addresses]
    if said.endswith(" via"):
        return list(_addresses(network))
    if said.endswith(("masquerades", "masquerade")) and namespace:
        bridges = [interface for interface in namespace.interfaces if interface.kind == "bridge"]
        return [address.network for bridge in bridges for address in bridge.addresses if address.scope == "global"]
    return _rest_of_a_phrase(said, namespace, name, network)


def _rest_of_a_phrase(said: str, namespace: Namespace | None, name: str, network: Network) -> list[str]:
    """What is left of a phrase whose beginning is typed: ``is a`` goes on with ``port of``."""
    phrases = [*(_OF_A_NAMESPACE if namespace else ()), *(_OF_AN_INTERFACE if _is_interface(name, network) else ())]
    return [phrase[len(said) + 1 :] for phrase in dict.fromkeys(phrases) if phrase.lower().startswith(said + " ")]


def _everything(network: Network) -> list[tuple[Namespace, Interface]]:
    return [(namespace, interface) for namespace in network.everywhere for interface in namespace.interfaces]


def _is_interface(name: str, network: Network) -> bool:
    return any(interface.name == name for _, interface in _everything(network))


def _namespaces(network: Network) -> dict[str, None]:
    return dict.fromkeys(namespace.name for namespace in network.everywhere)


def _interfaces(network: Network) -> dict[str, None]:
    return dict.fromkeys(interface.name for _, interface in _everything(network))


def _addresses(network: Network) -> dict[str, None]:
    found = [address for _, interface in _everything(network) for address in interface.addresses]
    return dict.fromkeys(address.ip for address in found if address.scope == "global")
