"""An interface as the socket that a picture shows."""

from __future__ import annotations

from ..core.model.diff import condition
from ..core.model.network import HOST, Address, Interface, Namespace, Network
from .diff_status import Fates
from .tooltips import shown_addresses, socket_details
from .view import ShownFact, Socket
from .words import word

_UNUSUAL = ("blocking", "listening", "learning")  # states of a bridge port worth a word


def socket_of(network: Network, namespace: Namespace, interface: Interface, fates: Fates, language: str) -> Socket:
    """Everything about an interface that a picture may show."""
    where, name = namespace.name, interface.name
    far, below = network.peer(interface), network.lower(interface)
    master = namespace.interface(interface.master)
    return Socket(
        id=f"{where}/{name}",
        name=name,
        kind=interface.kind,
        condition=condition(interface),
        addresses=_addresses(where, interface, fates),
        mac=interface.mac,
        fate=fates.interface(where, name),
        replugged=fates.cable(where, name),
        far=f"{far[0].name}/{far[1].name}" if far else "",
        far_text=_far_text(*far, language) if far else "",
        master=f"{where}/{master.name}" if master and master.kind == "bridge" else "",
        lower=f"{below[0].name}/{below[1].name}" if below else "",
        remark=_remark(network, namespace, interface, below, language),
        details=socket_details(namespace, interface, language),
    )


def _far_text(namespace: Namespace, interface: Interface, language: str) -> str:
    master = namespace.interface(interface.master)
    if master is not None:
        return f"⇄ {interface.name} ({master.name})"
    return word("ends in", language, interface.name, namespace.title)


def _addresses(where: str, interface: Interface, fates: Fates) -> tuple[ShownFact, ...]:
    return (
        *(ShownFact(_text(a), fates.address(where, interface.name, a.cidr)) for a in shown_addresses(interface)),
        *(ShownFact(cidr, "removed") for cidr in fates.removed_addresses(where, interface.name)),
    )


def _text(address: Address) -> str:
    return f"{address.cidr} dadfailed" if address.dadfailed else address.cidr


def _remark(
    network: Network,
    namespace: Namespace,
    interface: Interface,
    below: tuple[Namespace, Interface] | None,
    language: str,
) -> str:
    """What is unusual about it: of its kind, what it sits on, who its master is, how its port is set."""
    remarks = kind_words(interface)
    if below is not None and below[0] is namespace:
        remarks.append(word("on", language, below[1].name))
    elif below is not None:
        title = network.hostname if below[0].name == HOST else below[0].title
        remarks.append(word("on", language, f"{below[1].name} ({title})"))
    master = namespace.interface(interface.master)
    if master is not None and (master.kind != "bridge" or namespace.name != HOST):
        remarks.append(word("port of", language, master.name))
    if interface.port is not None and interface.port.state in _UNUSUAL:
        remarks.append(interface.port.state)
    if interface.port is not None and interface.port.isolated:
        remarks.append(word("isolated", language))
    if interface.bridge is not None and interface.bridge.stp:
        remarks.append("STP")
    return " · ".join(remarks)


def kind_words(interface: Interface) -> list[str]:
    """What sets an interface apart from others of its kind, in ip-link(8)'s words: ``id 42``, ``mode private``."""
    tunnel, found = interface.tunnel, []
    number = tunnel.id if tunnel else interface.vlan_id
    if number is not None:
        found.append(f"id {number}")
    if tunnel and tunnel.remote:
        found.append(f"→ {tunnel.remote}")
    if interface.mode:
        found.append(f"mode {interface.mode}")
    if interface.table is not None:
        found.append(f"table {interface.table}")
    return found
