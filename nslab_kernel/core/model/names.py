"""What a person typed, checked: a name or an address, or an error with the fix.

Interface names follow the kernel's ``dev_valid_name`` (at most 15 characters: ``IFNAMSIZ`` is 16
with the closing zero byte), and leave out what would be legal but a trap in a shell.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from difflib import get_close_matches

from ..errors import NslabError
from ..translation import Message, _
from .network import HOST, Address

LONGEST_INTERFACE = 15
LONGEST_FILE = 255
HOST_END = "veth-"
INNER_END = "eth00-"
LONGEST_ATTACHED = LONGEST_INTERFACE - len(INNER_END)

_KINDS = {"namespace": _("A namespace"), "interface": _("An interface"), "bridge": _("A bridge")}
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_.-]")
_RESERVED_INTERFACES = ("all", "default")  # they have another meaning in /proc/sys/net/*/conf


def namespace_name(text: str) -> str:
    """A network namespace's name: a file's name in ``/run/netns`` (ip-netns(8))."""
    return _checked(text, "namespace", "ns1", LONGEST_FILE)


def new_namespace_name(text: str) -> str:
    """The name of a namespace to be made; ``host`` already means the lab's own host."""
    if text == HOST:
        raise NslabError(
            _('"{host}" is what the lab\'s own host is called.', host=HOST), _("Choose another name, such as ns1.")
        )
    return namespace_name(text)


def interface_name(text: str, what: str = "interface") -> str:
    """A network interface's name, at most 15 characters."""
    if text in _RESERVED_INTERFACES:
        raise NslabError(
            _(
                '"{text}" can\'t be {kind} name: under /proc/sys/net it means settings of every interface.',
                text=text,
                kind=_("a bridge") if what == "bridge" else _("an interface"),
            ),
            _("Choose another name, such as eth0."),
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
            _(
                'The namespace name "{namespace}" is too long: its interface would be "{inner}" with {length} '
                "characters, and an interface name has at most {longest}.",
                namespace=namespace,
                inner=inner,
                length=len(inner),
                longest=LONGEST_INTERFACE,
            ),
            _(
                'Choose a name of at most {longest_attached} characters, such as "{namespace}".',
                longest_attached=LONGEST_ATTACHED,
                namespace=namespace[:LONGEST_ATTACHED],
            ),
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
        raise NslabError(
            _("{text} has no prefix length: it doesn't say which part is the network.", text=text), _with_prefix(host)
        )
    if not (prefix.isascii() and prefix.isdigit()) or not 1 <= int(prefix) <= host.max_prefixlen:
        raise NslabError(
            _(
                '"{prefix}" in {text} is not a prefix length from 1 to {max_prefixlen}.',
                prefix=prefix,
                text=text,
                max_prefixlen=host.max_prefixlen,
            ),
            _with_prefix(host),
        )
    _refuse_special(text, host, int(prefix))
    scope = "link" if host.version == 6 and host.is_link_local else "global"
    return Address(ip=str(host), prefix=int(prefix), scope=scope)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """A question that names the nearest known name, or nothing when none is near."""
    near = get_close_matches(text, list(known), n=1, cutoff=0.6)
    return _("Did you mean {name}?", name=near[0]) if near else ""


def _checked(text: str, what: str, example: str, longest: int) -> str:
    fault = _fault(text, _KINDS[what], longest)
    if fault:
        raise NslabError(fault, _("Use letters, digits, '-', '_' and '.', such as {example}.", example=example))
    return text


def _fault(text: str, kind: Message, longest: int) -> Message | None:
    name = _shown(text)
    if not text:
        return _("{kind} name can't be empty.", kind=kind)
    if text in (".", ".."):
        return _('{kind} name can\'t be "{name}": that is a folder.', kind=kind, name=name)
    if text.startswith("-"):
        return _(
            '{kind} name can\'t begin with "-", as "{name}" does: commands would take it for an option.',
            kind=kind,
            name=name,
        )
    if not text.isascii():
        foreign = _shown(next(letter for letter in text if not letter.isascii()))
        return _(
            '{kind} name has ASCII characters only, not "{foreign}" as in "{name}".',
            kind=kind,
            foreign=foreign,
            name=name,
        )
    bad = _FORBIDDEN.search(text)
    if bad and bad.group().isspace():
        return _('{kind} name can\'t have a space in it, as in "{name}".', kind=kind, name=name)
    if bad:
        found = _shown(bad.group())
        return _('{kind} name can\'t have "{found}" in it, as in "{name}".', kind=kind, found=found, name=name)
    if len(text) > longest:
        return _(
            '{kind} name has at most {longest} characters; "{name}" has {length}.',
            kind=kind,
            longest=longest,
            name=name,
            length=len(text),
        )
    return None


def _shown(text: str) -> str:
    """On one line, whatever was typed."""
    line = text if text.isprintable() else ascii(text)[1:-1]
    return line if len(line) <= 60 else line[:57] + "..."


def _host(text: str, ip: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        if "%" in ip:
            raise ValueError("a zone belongs to a socket, not to an interface's address")
        return ipaddress.ip_address(ip)
    except ValueError:
        raise NslabError(
            _('"{text}" is not an IP address with a prefix length.', text=text),
            _("Write it like 172.16.1.1/16 or fd00::1/64."),
        ) from None


def _with_prefix(host: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return _("Write it like {form}.", form=f"{host}/{16 if host.version == 4 else 64}")


def _refuse_special(text: str, ip: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int) -> None:
    for special, is_so in (
        (_("{text} is the unspecified address.", text=text), ip.is_unspecified),
        (_("{text} is a loopback address, which only lo has.", text=text), ip.is_loopback),
        (_("{text} is a multicast address, which means a group of hosts.", text=text), ip.is_multicast),
        (_("{text} is a reserved address.", text=text), ip.version == 4 and ip.is_reserved),
    ):
        if is_so:
            raise NslabError(
                special,
                _("Choose a private address, such as 172.16.1.1/16 or fd00::1/64."),
            )
    highest = (1 << (ip.max_prefixlen - prefix)) - 1  # of the host part
    host_part = int(ip) & highest
    if highest <= 1 or 0 < host_part < highest or (host_part == highest and ip.version == 6):
        return
    network = ipaddress.ip_interface(f"{ip}/{prefix}").network
    if host_part:
        raise NslabError(
            _(
                "{text} is the broadcast address of {network}: it means every host there.",
                text=text,
                network=network,
            ),
            _("Choose another one, such as {next}/{prefix}.", next=next(network.hosts()), prefix=prefix),
        )
    raise NslabError(
        _("{text} is the address of the network itself, so no interface can have it.", text=text)
        if ip.version == 4
        else _("{text} is the subnet-router anycast address, so no interface can have it.", text=text),
        _("Choose one inside it, such as {next}/{prefix}.", next=next(network.hosts()), prefix=prefix),
    )
