"""What a person is told about a fault: hints from vague to exact, and what it was."""

from __future__ import annotations

from ..model.network import HOST
from ..operations.actions import bridge, ip, within
from ..translation import _, pgettext, translated
from .fault import Fault

_LAYERS = {
    "links": _("Search among the links: interfaces, cables, bridges and their ports."),
    "addresses": _("Search among the addresses and their prefix lengths."),
    "routes": _("Search among the routes, and the rules that choose a routing table."),
    "neighbours": _("The packet has its route. Search where an IP address becomes a MAC address."),
    "settings": _("What `ip` lists is all right. Search among the kernel's parameters."),
    "firewall": _("The packet has its way. Search for what filters or rewrites it."),
}
_WHERE = _("It is in {where}: `{look}` shows it.")
_HOST = _("the host")
_NAMED = pgettext("a namespace in the middle of a sentence", "{}")
_NEAR = _("Look in {where}.")
_EXACT = _("{title} This mends it:\n{commands}")

_TITLES = {
    "interface-down": _("{interface} in {where} is down."),
    "bridge-down": _("The bridge {interface} in {where} is down."),
    "unplugged": _("{interface} in {where} isn't plugged into {bridge}."),
    "other-bridge": _("{interface} in {where} is plugged into {other} instead of {bridge}."),
    "lo-down": _("lo in {where} is down, so it can't reach its own addresses."),
    "port-blocked": _("{bridge}'s port {interface} in {where} is {state}."),
    "ports-isolated": _("{bridge}'s ports {interface} and {other} in {where} are isolated from each other."),
    "arp-off": _("{interface} in {where} has ARP switched off."),
    "mtu-too-small": _("{interface} in {where} takes packets of {mtu} bytes at most."),
    "no-address": _("{interface} in {where} has lost its address {address}."),
    "other-subnet": _("{interface} in {where} has the address {address} instead of {right}."),
    "prefix-too-narrow": _("{interface} in {where} has the prefix length of {address} instead of {right}."),
    "prefix-too-wide": _("{interface} in {where} has the prefix length of {address} instead of {right}."),
    "duplicate-address": _("{interface} in {where} has {address}, which is somebody else's."),
    "ipv6-off": _("{interface} in {where} has IPv6 switched off, and has lost its addresses by it."),
    "no-route": _("{where} has lost its route to {destination} via {gateway}."),
    "wrong-gateway": _("{where} has {gateway} as gateway to {destination} instead of {right}."),
    "refusing-route": _("{where} has a route that refuses: {route}."),
    "refusing-rule": _("A rule of priority {priority} in {where} refuses packets to {destination}."),
    "refusing-table": _("A rule in {where} sends packets to {destination} to table {table}, which refuses them."),
    "wrong-neighbour": _("{where} has a fixed, wrong MAC address for {ip}: {mac}."),
    "arp-ignored": _("{where} and {other} answer no ARP request: {setting} is 8."),
    "not-forwarding": _("{where} passes no packets on: {setting} is off."),
    "echo-ignored": _("{where} answers no ping: {setting} is on."),
    "rp-filter": _("{where} drops what comes in by another way than the answer would take: {setting} is 1."),
    "no-masquerade": _("{where} no longer masquerades: {rule} is missing."),
    "forward-drop": _("{where} drops all packets that it should pass on: policy drop of {chain}."),
    "bridge-firewall": _("In {where} the firewall drops even what only crosses a bridge: policy drop of {chain}."),
    "forward-rule": _("{where} has a rule for packets to be passed on: {rule}."),
    "input-rule": _("{where} has a rule for packets that come in: {rule}."),
    "output-rule": _("{where} has a rule for packets that it sends: {rule}."),
}
_LOOKS = {
    "links": ("link",),
    "addresses": ("address",),
    "routes": ("route", "show", "table", "all"),
    "refusing-rule": ("rule",),
    "refusing-table": ("rule",),
    "neighbours": ("neigh",),
}
_OTHER_LOOKS = {
    "firewall": ("nft", "list", "ruleset"),
    "settings": ("sysctl", "-a"),
    "arp-ignored": ("sysctl", "-a"),
}
_OF_PORTS = ("port-blocked", "ports-isolated")


def title(fault: Fault, language: str) -> str:
    """What is broken, in one sentence."""
    text = translated(_TITLES[fault.kind], language)
    said = text.format(where=_where(fault, language), interface=fault.place.interface, **dict(fault.facts))
    said = said.strip()
    begins_with_host = text.startswith("{where}") and fault.place.namespace == HOST
    return said[:1].upper() + said[1:] if begins_with_host else said


def hints(fault: Fault, language: str) -> tuple[str, ...]:
    """What helps to find it, from vague to exact: which layer, which namespace, what to look at, what it is."""
    where = _where(fault, language)
    commands = "\n".join(action.command() for action in fault.undo)
    return (
        translated(_LAYERS[fault.layer], language),
        translated(_NEAR, language).format(where=where),
        translated(_WHERE, language).format(where=where, look=_look(fault)),
        translated(_EXACT, language).format(title=title(fault, language), commands=commands),
    )


def _where(fault: Fault, language: str) -> str:
    name = fault.place.namespace
    return translated(_HOST, language) if name == HOST else translated(_NAMED, language).format(name)


def _look(fault: Fault) -> str:
    place = fault.place.namespace
    if fault.kind in _OF_PORTS:
        return bridge(place, "-d", "link")
    for key in (fault.kind, fault.layer):
        if key in _OTHER_LOOKS:
            return within(place, *_OTHER_LOOKS[key])
        if key in _LOOKS:
            return ip(place, *_LOOKS[key])
    raise KeyError(fault.kind)
