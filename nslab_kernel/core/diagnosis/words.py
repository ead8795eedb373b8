"""Causes, stops and unknowns in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..model.network import HOST, Network
from ..operations.actions import DeleteAddress
from ..translation import Message, _
from . import causes
from .evidence import command_of
from .findings import Finding, Hop, Place
from .packet import NEIGHBOUR_PACKETS
from .repairs import Obstacle
from .walk import Choice, Facts, WalkStep

_PACKETS = {
    "echo-request": _("echo-request"),
    "echo-reply": _("echo-reply"),
    "arp-request": _("ARP request"),
    "arp-reply": _("ARP reply"),
}
_STEPS = {
    "asked-name": _("{where} asks the name server {ip} for {name}"),
    "sent": _("{where} sends the {packet} from {source} to {ip} by {interface}"),
    "sent-via": _("{where} sends the {packet} from {source} to {ip} by {interface}, to the gateway {gateway}"),
    "forwarded": _("{where} receives it by {into} and forwards it by {interface}"),
    "forwarded-via": _("{where} receives it by {into} and forwards it by {interface}, to the gateway {gateway}"),
    "refitted": _("{where} tells {source} that {interface} takes {mtu} bytes, not {length}: it sends less at a time"),
    "cut": _("{where} cuts its {length} bytes into pieces, as {interface} takes {mtu}"),
    "encapsulated": _("{interface} (vxlan {id}) encapsulates it in a packet to {remote}"),
    "bridged": _("{interface} forwards the {packet} from its port {inward} to its port {outward}"),
    "translated-source": _("{where} translates the source {before} to {after}"),
    "translated-destination": _("{where} translates the destination {before} to {after}"),
    "delivered": _("{where} receives the {packet} for {ip} by {interface}"),
    "looped": _("{where} receives the {packet} for {ip} from itself, by lo"),
}
_UNKNOWN = {
    "unread-rule": _("the firewall rule `{rule}` in {where}"),
    "unread-nat": _("where the rule `{rule}` in {where} sends the packet"),
    "several-routes": _("which of several equal routes {where} takes to {ip}"),
    "several-answer": _("which of several namespaces answers first for {ip}, asked by {where}"),
    "same-mac": _("which of several interfaces with the MAC address {mac} gets the frame"),
    "mark": _("whether a firewall rule in {where} marks the packet with {mark}, for the routing policy"),
    "several-targets": _("which of its targets the rule `{rule}` in {where} picks"),
    "shaping": _("traffic control on {interface} in {where} (`{what}`)"),
    "encap": _("the encapsulation that a route of {where} applies to packets for {ip}"),
    "vrf": _("the VRFs of {where}"),
    "macvlan-source": _("from which MAC addresses {interface} in {where}, a macvlan in source mode, accepts frames"),
    "answers-from": _("the address that the program on UDP port {port} in {where} answers from"),
    "vlans": _("the VLANs of the ports of {interface} in {where}"),
    "beyond": _("what is beyond {interface} ({interface_kind}) in {where}"),
    "translated-twice": _(
        "a frame on {interface} in {where} whose source a bridge's IP firewall has translated before"
    ),
    "broadcast": _("who answers to {ip}, which is for many"),
    "too-many": _("all combinations of what wasn't understood"),
    "name": _("the name {name}: only a running lab can look it up"),
}
STEPS, UNKNOWNS = tuple(_STEPS), tuple(_UNKNOWN)
_HOST, _HOST_FIRST = _("the host"), _("The host")
"""In the middle of a sentence, and as its first words."""


def finding(network: Network, obstacle: Obstacle) -> Finding:
    """An obstacle, for a person to read."""
    cause = replace(obstacle.cause, place=_place(obstacle))
    said, matters = causes.WORDS[cause.kind]
    facts = _facts(network, cause.place, cause.facts)
    return Finding(
        cause.kind,
        cause.place,
        obstacle.leg,
        command_of(cause),
        said.filled(**facts),
        matters.filled(**facts),
        "\n".join(action.command() for action in obstacle.repair),
        obstacle.repair,
    )


def _place(obstacle: Obstacle) -> Place:
    """Where it is; of two namespaces with one address, the one that is to lose it."""
    first = next(iter(obstacle.repair), None)
    if obstacle.cause.kind == "duplicate-address" and isinstance(first, DeleteAddress):
        return Place(first.namespace, first.interface)
    return obstacle.cause.place


def hops(network: Network, steps: Sequence[WalkStep]) -> tuple[Hop, ...]:
    """The stops on the way, for a person to read.

    Neighbour resolution is left out unless the packet got no further.
    """
    found = []
    for number, step in enumerate(steps):
        looking = step.facts.get("packet") in NEIGHBOUR_PACKETS
        if looking and any(later.facts.get("packet") not in NEIGHBOUR_PACKETS for later in steps[number:]):
            continue
        found.append(Hop(step.place, step.leg, _words(network, step), _through(step)))
    return tuple(found)


def _through(step: WalkStep) -> tuple[str, ...]:
    facts = step.facts
    if step.kind == "bridged":
        return facts["inward"], facts["outward"]
    return (facts["into"], step.place.interface) if step.kind == "forwarded" else ()


def _words(network: Network, step: WalkStep) -> Message:
    facts = _facts(network, step.place, step.facts)
    packet = step.facts.get("packet", "")
    form = _STEPS[f"{step.kind}-via" if step.facts.get("gateway") else step.kind]
    return form.filled(**facts | {"packet": _PACKETS.get(packet, packet)})


def unevaluated(network: Network, choice: Choice) -> Message:
    """What wasn't understood, for a person to read."""
    return _UNKNOWN[choice.kind].filled(**_facts(network, choice.place, choice.facts))


def _facts(network: Network, place: Place, facts: Facts) -> dict[str, str]:
    here = network.get(place.namespace)
    title = here.title if here else place.namespace
    where, first = (_HOST, _HOST_FIRST) if place.namespace == HOST else (title, title)
    return {"interface": place.interface, **facts, "where": where, "Where": first}
