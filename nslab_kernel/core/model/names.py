"""What a person typed, checked: a name or an address, or an error with the cure.

Interface names follow the kernel's ``dev_valid_name`` (at most 15 characters: ``IFNAMSIZ`` is 16
with the closing zero byte), and leave out what would be legal but a trap in a shell.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from difflib import get_close_matches

from ..errors import NslabError
from .network import HOST, Address

LONGEST_INTERFACE = 15
LONGEST_FILE = 255
HOST_END = "veth-"
INNER_END = "eth00-"
LONGEST_ATTACHED = LONGEST_INTERFACE - len(INNER_END)

_FORM = "Use letters, digits, '-', '_' and '.', such as {example}."
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_.-]")
_RESERVED_INTERFACES = ("all", "default")  # they have another meaning in /proc/sys/net/*/conf


def namespace_name(text: str) -> str:
    """A network namespace's name: a file's name in ``/run/netns`` (ip-netns(8))."""
    return _checked(text, "namespace", "ns1", LONGEST_FILE)


def new_namespace_name(text: str) -> str:
    """The name of a namespace to be made; ``host`` already means the lab's own host."""
    if text == HOST:
        raise NslabError(f'"{HOST}" is what the lab\'s own host is called.', "Choose another name, such as ns1.")
    return namespace_name(text)


def interface_name(text: str, what: str = "interface") -> str:
    """A network interface's name, at most 15 characters."""
    if text in _RESERVED_INTERFACES:
        raise NslabError(
            f'"{text}" can\'t be {_a(what)} name: under /proc/sys/net it means settings of every interface.',
            "Choose another name, such as eth0.",
        )
    return _checked(text, what, "mydocker0" if what == "bridge" else "eth0", LONGEST_INTERFACE)


def bridge_name(text: str) -> str:
    """A bridge's name: it is an interface's name."""
    return interface_name(text, "bridge")


def veth_names(namespace: str) -> tuple[str, str]:
    """The names of the veth pair's ends that lead into a namespace: in the host, and inside."""
    if len(namespace) > LONGEST_ATTACHED:
        inner = INNER_END + namespace
        raise NslabError(
            f'The namespace name "{namespace}" is too long: its interface would be "{inner}" with {len(inner)} '
            f"characters, and an interface name has at most {LONGEST_INTERFACE}.",
            f'Choose a name of at most {LONGEST_ATTACHED} characters, such as "{namespace[:LONGEST_ATTACHED]}".',
        )
    return HOST_END + namespace, INNER_END + namespace


def interface_address(text: str) -> Address:
    """An address that an interface can have, with its prefix length: ``172.16.1.1/16``, ``fd00::1/64``.

    Refused are addresses that mean something else: the network address (RFC 950) and its IPv6 kin, the
    subnet-router anycast address (RFC 4291, 2.6.1), the broadcast address (RFC 919), multicast,
    loopback and unspecified ones. Prefixes of 31 and 127 bits have no such address (RFC 3021, RFC 6164).
    """
    ip, slash, prefix = text.partition("/")
    host = _host(text, ip)
    if not slash:
        raise NslabError(f"{text} has no prefix length: it doesn't say which part is the network.", _with_prefix(host))
    if not (prefix.isascii() and prefix.isdigit()) or not 1 <= int(prefix) <= host.max_prefixlen:
        raise NslabError(
            f'"{prefix}" in {text} is not a prefix length from 1 to {host.max_prefixlen}.', _with_prefix(host)
        )
    _refuse_special(text, host, int(prefix))
    scope = "link" if host.version == 6 and host.is_link_local else "global"
    return Address(ip=str(host), prefix=int(prefix), scope=scope)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """A question that names the nearest known name, or nothing when none is near."""
    near = get_close_matches(text, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}? " if near else ""


def _checked(text: str, what: str, example: str, longest: int) -> str:
    fault = _fault(text, longest)
    if fault:
        raise NslabError(f"{_a(what).capitalize()} name {fault}.", _FORM.format(example=example))
    return text


def _fault(text: str, longest: int) -> str:
    whole = f'"{_shown(text)}"'
    if not text:
        return "can't be empty"
    if text in (".", ".."):
        return f"can't be {whole}: that is a folder"
    if text.startswith("-"):
        return f'can\'t begin with "-", as {whole} does: commands would take it for an option'
    if not text.isascii():
        foreign = next(letter for letter in text if not letter.isascii())
        return f'has ASCII characters only, not "{_shown(foreign)}" as in {whole}'
    bad = _FORBIDDEN.search(text)
    if bad:
        found = "a space" if bad.group().isspace() else f'"{_shown(bad.group())}"'
        return f"can't have {found} in it, as in {whole}"
    if len(text) > longest:
        return f"has at most {longest} characters; {whole} has {len(text)}"
    return ""


def _shown(text: str) -> str:
    """On one line, whatever was typed."""
    line = text if text.isprintable() else ascii(text)[1:-1]
    return line if len(line) <= 60 else line[:57] + "..."


def _a(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def _host(text: str, ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        if "%" in ip:
            raise ValueError("a zone belongs to a socket, not to an interface's address")
        return ipaddress.ip_address(ip)
    except ValueError:
        raise NslabError(
            f'"{text}" is not an IP address with a prefix length.', "Write it like 172.16.1.1/16 or fd00::1/64."
        ) from None


def _with_prefix(host: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return f"Write it like {host}/{16 if host.version == 4 else 64}."


def _refuse_special(text: str, ip: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int) -> None:
    for kind, is_so in (
        ("the unspecified address", ip.is_unspecified),
        ("a loopback address, which only lo has", ip.is_loopback),
        ("a multicast address, which stands for a group", ip.is_multicast),
        ("a reserved address", ip.version == 4 and ip.is_reserved),
    ):
        if is_so:
            raise NslabError(f"{text} is {kind}.", "Choose a private address, such as 172.16.1.1/16 or fd00::1/64.")
    highest = (1 << (ip.max_prefixlen - prefix)) - 1  # of the host part
    host_part = int(ip) & highest
    if highest <= 1 or 0 < host_part < highest or (host_part == highest and ip.version == 6):
        return
    network = ipaddress.ip_interface(f"{ip}/{prefix}").network
    if host_part:
        raise NslabError(
            f"{text} is the broadcast address of {network}: it stands for every host there.",
            f"Choose another one, such as {next(network.hosts())}/{prefix}.",
        )
    kind = "the address of the network itself" if ip.version == 4 else "the subnet-router anycast address"
    raise NslabError(
        f"{text} is {kind}, so no interface can have it.",
        f"Choose one inside it, such as {next(network.hosts())}/{prefix}.",
    )
