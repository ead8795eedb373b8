"""Claims about a network, one a line, as a checkpoint holds them: ``ns1 can ping 172.16.1.2``.

A claim is understood here and judged in `nslab_kernel.core.checks.evaluate`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from ..errors import NslabError
from ..model.network import HOST, Interface, Namespace, Network
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


@dataclass(frozen=True, slots=True)
class HasCarrier:
    """The other end of an interface's cable is up."""

    text: str
    interface: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Sees:
    """An echo request of ``source`` comes to ``viewer`` with this source address."""

    text: str
    viewer: str
    source: str
    address: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Overhears:
    """While ``source`` pings the others, its echo requests also come by ``viewer``."""

    text: str
    viewer: str
    source: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Says:
    """The page at ``url`` holds ``wanted``, when ``source`` fetches it."""

    text: str
    url: str
    wanted: str
    source: str
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Resolves:
    """The programs of a namespace find this address for a name; an empty one means any."""

    text: str
    namespace: str
    name: str
    address: str = ""
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Sends:
    """An unfragmented IP packet of ``size`` bytes gets from ``source`` to ``target`` and is answered."""

    text: str
    source: str
    target: str
    size: int
    expected: bool = True


@dataclass(frozen=True, slots=True)
class GoesVia:
    """An echo request from ``source`` to ``target`` is passed on by ``via``, in this order."""

    text: str
    source: str
    target: str
    via: tuple[str, ...]
    expected: bool = True


@dataclass(frozen=True, slots=True)
class AnswersFrom:
    """What the claim before asks is answered by each of these namespaces, and by no other."""

    text: str
    names: tuple[str, ...]
    of: Reaches | Says | None = None


PacketClaim = Sees | Overhears | Says | Resolves | Sends | GoesVia | AnswersFrom
Claim = Reaches | IsUp | HasAddress | RoutesVia | IsPort | Masquerades | Forwards | Exists | HasCarrier | PacketClaim


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
    claims = _joined((number, _claim(number, line)) for number, line in lines if line and not line.startswith("#"))
    if not claims:
        raise NslabError(_("There is nothing to check."), _("Write claims, one a line:\n{forms}", forms=listed_forms()))
    return claims


def _joined(numbered: Iterable[tuple[int, Claim]]) -> tuple[Claim, ...]:
    """The claims, where one about who answers knows the question before it."""
    found: list[Claim] = []
    asked: Reaches | Says | None = None
    for number, claim in numbered:
        if isinstance(claim, (Reaches, Says)) and claim.expected:
            asked = claim
        if isinstance(claim, AnswersFrom):
            if asked is None:
                raise NslabError(
                    _('Line {number}, "{words}", has no question before it.', number=number, words=claim.text),
                    _("Write what is asked on the line above, such as `tcp 172.16.1.1:80 answers ns2`."),
                )
            claim = replace(claim, of=asked)
        found.append(claim)
    return tuple(found)


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


def _size(text: str) -> int:
    if not _SMALLEST <= int(text) <= _LARGEST:
        raise NslabError(
            _("A packet of {text} bytes can't be sent.", text=text),
            _("Its size is a number from {least} to {most}.", least=_SMALLEST, most=_LARGEST),
        )
    return int(text)


def _url(text: str) -> str:
    host = re.fullmatch(r"http://(\[[0-9A-Fa-f:.]+\]|[^/:\[\]\s]+)(?::(\d+))?(?:/\S*)?", text)
    if not host:
        raise NslabError(
            _('"{text}" is not a URL of a page.', text=text), _("Write it like http://192.0.2.2:8080/index.html.")
        )
    if host[2]:
        _port(host[2])
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.split(r"(?:\s*,\s*|\s+)(?:and\s+)?", text)))


def _is(found: re.Match[str]) -> bool:
    """Whether the claim is a plain one, rather than one with a ``not``."""
    return found["not"] is None


def _form(example: str, meaning: Message, pattern: str, make: Callable[[str, re.Match[str]], Claim]) -> Form:
    return Form(example, meaning, re.compile(pattern, re.IGNORECASE), make)


_HOW = r"can(?P<not> ?not|'t)? (?:ping|reach)"
_DOES_NOT = r"(?P<not>does not |doesn't )?"

_SMALLEST, _LARGEST = 84, 65535  # bytes: an echo request of ping(8), and what an IP packet can be
_SEVERAL = r"\S+(?:(?:,| and|, and) \S+)*"

FORMS: tuple[Form, ...] = (
    _form(
        "ns1 can send 1400 bytes to 172.16.1.2",
        _("an IP packet of that size arrives unfragmented and is answered; or: cannot send"),
        r"(?P<from>\S+) can(?P<not> ?not|'t)? send (?P<size>\d+) bytes? to (?P<to>\S+)",
        lambda text, found: Sends(text, found["from"], found["to"], _size(found["size"]), _is(found)),
    ),
    _form(
        "server sees ns1 as 192.0.2.2",
        _("packets of ns1 come to server with this source address; or: does not see"),
        rf"(?P<viewer>\S+) {_DOES_NOT}sees? (?P<from>\S+) as (?P<address>\S+)",
        lambda text, found: Sees(text, found["viewer"], found["from"], _ip(found["address"]), _is(found)),
    ),
    _form(
        "ns3 sees no ICMP of ns1",
        _("while ns1 pings the others, none of its packets come by ns3; or: sees ICMP of"),
        r"(?P<viewer>\S+) sees (?P<not>no )?ICMP (?:of|from) (?P<from>\S+)",
        lambda text, found: Overhears(text, found["viewer"], found["from"], _is(found)),
    ),
    _form(
        'http://192.0.2.2/ says "Hello" to ns1',
        _("the page holds the text when ns1 fetches it, or without to: the host; or: does not say"),
        rf"(?P<url>https?://\S+) {_DOES_NOT}says? (?:\"(?P<quoted>[^\"]+)\"|(?P<plain>.+?))(?: to (?P<from>\S+))?",
        lambda text, found: Says(
            text, _url(found["url"]), found["quoted"] or found["plain"], found["from"] or HOST, _is(found)
        ),
    ),
    _form(
        "ns1 resolves www.example.com to 203.0.113.10",
        _("programs in ns1 find the address for the name, or without to: any address; or: does not resolve"),
        rf"(?P<in>\S+) {_DOES_NOT}resolves? (?P<name>\S+?)(?: to (?P<address>\S+))?",
        lambda text, found: Resolves(
            text, found["in"], found["name"], _ip(found["address"]) if found["address"] else "", _is(found)
        ),
    ),
    _form(
        "path ns1 to ns2 goes via r1",
        _("r1 passes the packet on; several in order: via r1 and r2; or: does not go via"),
        rf"path (?P<from>\S+) to (?P<to>\S+) {_DOES_NOT}go(?:es)? via (?P<via>{_SEVERAL})",
        lambda text, found: GoesVia(text, found["from"], found["to"], _names(found["via"]), _is(found)),
    ),
    _form(
        "answers come from pod1 and pod2",
        _("each of these answers what the claim above asks, and nobody else does"),
        rf"(?:the )?answers? comes? from (?P<names>{_SEVERAL})",
        lambda text, found: AnswersFrom(text, _names(found["names"])),
    ),
    _form(
        "veth-ns1 has a carrier",
        _("the other end of its cable is up; or: has no carrier"),
        r"(?P<name>\S+) has (?:(?P<not>no)|an?) carrier",
        lambda text, found: HasCarrier(text, found["name"], _is(found)),
    ),
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
    "can send 1400 bytes to",
    "sees",
    "sees no ICMP of",
    "resolves",
    "has",
    "does not have",
    "default via",
    "masquerades",
    "forwards IPv4",
    "forwards IPv6",
    "exists",
    "does not exist",
)
_OF_AN_INTERFACE = (
    *("is up", "is down", "has a carrier", "has no carrier"),
    *("is a port of", "is not a port of", "exists", "does not exist"),
)


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
        return [*_namespaces(network), *_interfaces(network), "tcp", "udp", "http://", "path", "answers come from"]
    if words[0].lower() in ("tcp", "udp"):
        return _of_a_port(words, network)
    if words[0].lower().startswith("http://"):
        return ["says", "does not say"] if len(words) == 1 else ["to"] if len(words) == 3 else []
    if words[0].lower() == "path":
        return _of_a_path(words, network)
    if words[0].lower() == "answers":
        return list(_namespaces(network)) if words[-1].lower() in ("from", "and") else ["and"]
    said = " ".join(words[1:]).lower()
    return _of_a_place(words[0], said, network)


def _of_a_port(words: Sequence[str], network: Network) -> list[str]:
    if len(words) == 1:
        return [f"{target}:" for target in [*_namespaces(network), *_addresses(network)] if target.count(":") == 0]
    if len(words) == 2:
        return ["answers", "does not answer"]
    return list(_namespaces(network)) if words[-1].lower() in ("answers", "answer") else []


def _of_a_path(words: Sequence[str], network: Network) -> list[str]:
    if len(words) in (1, 3):
        return list(_namespaces(network))
    if len(words) in (2, 4):
        return ["to"] if len(words) == 2 else ["goes via", "does not go via"]
    return list(_namespaces(network)) if words[-1].lower() in ("via", "and") else []


def _of_a_place(name: str, said: str, network: Network) -> list[str]:
    namespace = network.get(name)
    if not said:
        phrases = _OF_A_NAMESPACE if namespace else ()
        return [*phrases, *(_OF_AN_INTERFACE if _is_interface(name, network) else ())]
    if said.endswith(("sees", "icmp of")):
        return [other for other in _namespaces(network) if other != name]
    if said.startswith("sees ") and len(said.split()) == 2:
        return ["as"]
    if said.endswith(" as") or (said.startswith("resolves ") and said.endswith(" to")):
        return list(_addresses(network))
    if said.startswith("resolves ") and len(said.split()) == 2:
        return ["to"]
    if said.endswith((" ping", " reach", "bytes to")):
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
