"""A fault in words: hints from vague to exact, and what it was."""

from __future__ import annotations

from ..model.network import HOST
from ..operations.actions import bridge, ip, within
from ..translation import Message, _, joined
from .fault import Fault

_LAYERS = {
    "links": _("Search among the links: interfaces, cables, bridges and their ports."),
    "addresses": _("Search among the addresses and their prefix lengths."),
    "routes": _("Search among the routes, and the rules that choose a routing table."),
    "neighbours": _("The packet has its route. Search where an IP address becomes a MAC address."),
    "settings": _("What `ip` lists is all right. Search among the kernel's parameters."),
    "firewall": _("The packet has its way. Search for what filters or rewrites it."),
}
_HOST, _HOST_FIRST = _("the host"), _("The host")

_TITLES = {
    "interface-down": _("{interface} in {where} is down."),
    "bridge-down": _("The bridge {interface} in {where} is down."),
    "unplugged": _("{interface} in {where} isn't plugged into {bridge}."),
    "other-bridge": _("{interface} in {where} is plugged into {other} instead of {bridge}."),
    "lo-down": _("lo in {where} is down, so it can't reach its own addresses."),
    "port-blocked": _("{bridge}'s port {interface} in {where} is {state}."),
    "ports-isolated": _("{bridge}'s ports {interface} and {other} in {where} are isolated from each other."),
    "arp-off": _("{interface} in {where} has ARP switched off."),
    "mtu-too-small": _("{interface} in {where} accepts packets of at most {mtu} bytes."),
    "no-address": _("{interface} in {where} has lost its address {address}."),
    "other-subnet": _("{interface} in {where} has the address {address} instead of {right}."),
    "prefix-too-narrow": _("{interface} in {where} has the prefix length of {address} instead of {right}."),
    "prefix-too-wide": _("{interface} in {where} has the prefix length of {address} instead of {right}."),
    "duplicate-address": _("{interface} in {where} has {address}, which another namespace has."),
    "ipv6-off": _("{interface} in {where} has IPv6 switched off, and so has lost its addresses."),
    "no-route": _("{Where} has lost its route to {destination} via {gateway}."),
    "wrong-gateway": _("{Where} has {gateway} as gateway to {destination} instead of {right}."),
    "refusing-route": _("{Where} has a route that rejects packets: {route}."),
    "refusing-rule": _("A rule of priority {priority} in {where} refuses packets to {destination}."),
    "refusing-table": _("A rule in {where} sends packets to {destination} to table {table}, which refuses them."),
    "wrong-neighbour": _("{Where} has a wrong permanent MAC address for {ip}: {mac}."),
    "arp-ignored": _("{Where} and {other} answer no ARP request: {setting} is 8."),
    "not-forwarding": _("{Where} doesn't forward packets: {setting} is off."),
    "echo-ignored": _("{Where} answers no ping: {setting} is on."),
    "rp-filter": _("{Where} drops what comes in by another way than the answer would take: {setting} is 1."),
    "no-masquerade": _("{Where} no longer masquerades: {rule} is missing."),
    "forward-drop": _("{Where} drops all packets that it should forward: policy drop of {chain}."),
    "bridge-firewall": _("In {where} the firewall drops even what only crosses a bridge: policy drop of {chain}."),
    "forward-rule": _("{Where} has a rule for forwarded packets: {rule}."),
    "input-rule": _("{Where} has a rule for incoming packets: {rule}."),
    "output-rule": _("{Where} has a rule for packets that it sends: {rule}."),
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


def title(fault: Fault) -> Message:
    """What is broken, in one sentence."""
    where, first = (_HOST, _HOST_FIRST) if fault.place.namespace == HOST else (fault.place.namespace,) * 2
    facts = dict(fault.facts)
    return _TITLES[fault.kind].filled(where=where, Where=first, interface=fault.place.interface, **facts)


def hints(fault: Fault) -> tuple[Message, ...]:
    """What helps to find it, from vague to exact: which layer, which namespace, what to look at, what it is."""
    where = _HOST if fault.place.namespace == HOST else fault.place.namespace
    commands = joined(*(action.command() for action in fault.undo), separator="\n")
    return (
        _LAYERS[fault.layer],
        _("Look in {where}.", where=where),
        _("It is in {where}: `{look}` shows it.", where=where, look=_look(fault)),
        _("{title} This fixes it:\n{commands}", title=title(fault), commands=commands),
    )


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
