"""The picture in words: tables for a plain terminal, sentences for a screen reader."""

from __future__ import annotations

from ..core.foreign import shown, shown_lines
from ..core.model.diff import condition
from ..core.model.network import HOST, Interface, Namespace, Network
from ..core.order import natural
from ..core.translation import _, columns, joined, padded, pgettext, translated
from .tooltips import shown_addresses
from .words import word

_MANY = 12  # namespaces; of more of them a description gives the number and the first few
_FIRST = 6


def tables(network: Network, language: str) -> str:
    """One table of all interfaces, namespace by namespace, as plain text.

    Columns are as wide as their text, Chinese characters counted as two.
    """
    lines = rows(network, language)
    widths = [max(map(columns, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(padded, line, widths)).rstrip() for line in lines)


def rows(network: Network, language: str) -> list[tuple[str, ...]]:
    """The table's head and its lines, as text; a namespace's name stands in its first line only."""
    heads = ("namespace", "interface", "kind", "state", "addresses", "other end", "in bridge")
    found = [tuple(word(head, language) for head in heads)]
    for namespace in (network.host, *_in_order(network)):
        first = namespace.title if namespace.name != HOST else network.hostname
        for interface in namespace.interfaces:
            found.append((first, *_row(network, namespace, interface, language)))
            first = ""
    return [tuple(map(shown, line)) for line in found]


def _row(network: Network, namespace: Namespace, interface: Interface, language: str) -> tuple[str, ...]:
    far = network.peer(interface) or network.lower(interface)
    master = namespace.interface(interface.master)
    return (
        interface.name,
        interface.kind,
        word(condition(interface), language),
        ", ".join(address.cidr for address in shown_addresses(interface)),
        f"{far[1].name} ({far[0].title})" if far else "",
        master.name if master else "",
    )


def description(network: Network, language: str, told: str = "") -> str:
    """The network in sentences.

    Parameters
    ----------
    network
        What the picture shows.
    language
        ``en`` or ``zh``.
    told
        What the picture's caption says; it comes first.
    """
    parts = [told] if told else []
    for bridge in (i for i in network.host.interfaces if i.kind == "bridge"):
        ports = word("ports" if len(network.host.ports(bridge)) != 1 else "one port", language)
        parts.append(
            _sentence(bridge, word("bridge", language), language, ports.format(len(network.host.ports(bridge))))
        )
    if not network.namespaces and not parts:
        parts.append(word("nothing", language))
    namespaces = _in_order(network)
    shown = namespaces if len(namespaces) <= _MANY else namespaces[:_FIRST]
    parts += [_room(network, namespace, language) for namespace in shown]
    if len(shown) < len(namespaces):
        parts.append(word("and more", language, len(namespaces) - len(shown)))
    sentences = (_("{said}.", said=part.rstrip(".。")) for part in parts)
    return shown_lines(translated(joined(*sentences), language))


def _in_order(network: Network) -> list[Namespace]:
    return sorted(network.namespaces, key=lambda namespace: natural(namespace.name))


def _room(network: Network, namespace: Namespace, language: str) -> str:
    semicolon = translated(_("; "), language)
    told = [
        _sentence(interface, "", language, _end(network, namespace, interface, language))
        for interface in namespace.interfaces
    ]
    return f"{word('namespace', language)} {namespace.title}: {semicolon.join(told)}"


def _end(network: Network, namespace: Namespace, interface: Interface, language: str) -> str:
    far = network.peer(interface) or network.lower(interface)
    if far is None:
        return ""
    master = far[0].interface(far[1].master)
    return word("ends in", language, master.name if master else far[1].name, far[0].title)


def _sentence(interface: Interface, kind: str, language: str, more: str) -> str:
    comma = translated(pgettext("between clauses", ", "), language)
    addresses = [address.cidr for address in shown_addresses(interface)]
    if interface.kind == "bridge" and not addresses:
        addresses = [word("no address", language)]
    name = f"{kind} {interface.name}".strip()
    return comma.join(filter(None, (f"{name} {word(condition(interface), language)}", *addresses, more)))
