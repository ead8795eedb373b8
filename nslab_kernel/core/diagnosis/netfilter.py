"""A packet's passage through one namespace: netfilter's hooks, translation included."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..model.firewall import Chain, Match, Rule
from ..model.network import Interface, Namespace
from ..model.subnets import subnet_of
from ..operations.firewall_actions import DeleteFilterRule, SetPolicy
from .conntrack import Connection, End
from .findings import Place
from .owners import family_of, is_broadcast, is_local, parsed, usable
from .packet import Packet
from .routing import source_to_masquerade
from .walk import Cause, StoppedError, Walk


@dataclass(frozen=True, slots=True)
class Sight:
    """A packet as a rule sees it."""

    here: Namespace
    packet: Packet
    iif: str = ""
    oif: str = ""
    state: str = "new"  # of its connection (conntrack)
    mac: str = ""  # of the sender


_PROTOCOLS = {"tcp": ("tcp", "6"), "udp": ("udp", "17")}
_ICMP = {4: ("icmp", "1"), 6: ("ipv6-icmp", "icmpv6", "58")}
_ETHERTYPES = {4: ("ip", "0x0800", "2048"), 6: ("ip6", "0x86dd", "34525")}
_ARP = ("arp", "0x0806", "2054")
_FAMILIES = {4: ("ipv4", "2"), 6: ("ipv6", "10")}
_ICMP_TYPES = {
    "echo-request": ("echo-request", "8", "128"),
    "echo-reply": ("echo-reply", "0", "129"),
    "nd-neighbor-solicit": ("nd-neighbor-solicit", "135"),
    "nd-neighbor-advert": ("nd-neighbor-advert", "136"),
}
_STATE_BITS = {"invalid": "1", "established": "2", "related": "4", "new": "8", "untracked": "64"}


def applies(rule: Rule, sight: Sight) -> bool | None:
    """Whether a packet meets all of a rule's conditions; None if what wasn't understood decides."""
    answers = [holds(match, sight) for match in rule.matches]
    if False in answers:
        return False
    return None if rule.unread or None in answers else True


def holds(match: Match, sight: Sight) -> bool | None:
    """Whether a packet meets one condition; None if it isn't understood."""
    field = _FIELDS.get(match.field)
    found = field(sight) if field else None
    if found is None:
        return None
    if found == ():
        return False  # no such header: nft gives up on the rule, whether negated or not
    matching = [_is_among(found, value, match.field) for value in match.values]
    if None in matching:
        return None
    return any(matching) != match.negated


def _is_among(found: tuple[str, ...], value: str, field: str) -> bool | None:
    if field.endswith(("saddr", "daddr")) and not field.startswith("ether"):
        return _in_addresses(found[0], value)
    if field.endswith(("sport", "dport")):
        low, _, high = value.partition("-")
        return int(low) <= int(found[0]) <= int(high or low) if low.isdigit() else None
    if field in ("iifname", "oifname"):
        return fnmatch.fnmatchcase(found[0], value)
    return value in found


def _in_addresses(ip: str, value: str) -> bool:
    low, ranged, high = value.partition("-")
    if ranged:
        return parsed(low) <= parsed(ip) <= parsed(high)  # type: ignore[operator]
    return family_of(ip) == family_of(value) and parsed(ip) in subnet_of(value)


def _address(end: str, family: int) -> Callable[[Sight], tuple[str, ...]]:
    def read(sight: Sight) -> tuple[str, ...]:
        packet = sight.packet
        return (getattr(packet, end),) if packet.family == family and packet.protocol != "arp" else ()

    return read


def _port(end: str, *protocols: str) -> Callable[[Sight], tuple[str, ...]]:
    return lambda sight: (str(getattr(sight.packet, end)),) if sight.packet.protocol in protocols else ()


def _protocol(sight: Sight) -> tuple[str, ...]:
    packet = sight.packet
    if packet.protocol == "icmp":
        return _ICMP[packet.family]
    return _PROTOCOLS.get(packet.protocol, ())


def _icmp_type(family: int) -> Callable[[Sight], tuple[str, ...]]:
    def read(sight: Sight) -> tuple[str, ...]:
        packet = sight.packet
        if packet.protocol != "icmp" or packet.family != family:
            return ()
        return tuple(name for name in _ICMP_TYPES[packet.what] if not name.isdigit() or _is_type(name, family))

    return read


def _is_type(number: str, family: int) -> bool:
    return (int(number) >= 128) == (family == 6)


def _ethertype(sight: Sight) -> tuple[str, ...]:
    return _ARP if sight.packet.protocol == "arp" else _ETHERTYPES[sight.packet.family]


def _kind_of(end: str) -> Callable[[Sight], tuple[str, ...]]:
    def read(sight: Sight) -> tuple[str, ...]:
        ip = getattr(sight.packet, end)
        if is_local(sight.here, ip):
            return ("local", "2")
        return ("broadcast", "3") if is_broadcast(sight.here, ip) else ("unicast", "1")

    return read


_FIELDS: dict[str, Callable[[Sight], tuple[str, ...]]] = {
    "ip saddr": _address("source", 4),
    "ip daddr": _address("destination", 4),
    "ip6 saddr": _address("source", 6),
    "ip6 daddr": _address("destination", 6),
    "ip protocol": lambda sight: _protocol(sight) if sight.packet.family == 4 else (),
    "ip6 nexthdr": lambda sight: _protocol(sight) if sight.packet.family == 6 else (),
    "meta l4proto": _protocol,
    "meta nfproto": lambda sight: _FAMILIES[sight.packet.family],
    "meta protocol": _ethertype,
    "ether type": _ethertype,
    "ether saddr": lambda sight: (sight.mac,),
    "tcp sport": _port("source_port", "tcp"),
    "tcp dport": _port("destination_port", "tcp"),
    "udp sport": _port("source_port", "udp"),
    "udp dport": _port("destination_port", "udp"),
    "th sport": _port("source_port", "tcp", "udp"),
    "th dport": _port("destination_port", "tcp", "udp"),
    "icmp type": _icmp_type(4),
    "icmpv6 type": _icmp_type(6),
    "iifname": lambda sight: (sight.iif,),
    "oifname": lambda sight: (sight.oif,),
    "iif": lambda sight: (sight.iif,),
    "oif": lambda sight: (sight.oif,),
    "ct state": lambda sight: (sight.state, _STATE_BITS[sight.state]),
    "fib daddr type": _kind_of("destination"),
    "fib saddr type": _kind_of("source"),
}


_ENDING = ("accept", "drop", "reject", "masquerade", "snat", "dnat", "redirect")
_STEALING = ("queue", "tproxy", "synproxy", "fwd", "NFQUEUE", "TPROXY")  # statements that may take the packet away
_DEEPEST = 16  # nft's own limit for jumps within jumps


@dataclass(frozen=True, slots=True)
class Decision:
    """What a base chain says of a packet, and by which rule of which chain; without a rule, by its policy."""

    kind: str
    chain: Chain
    rule: Rule | None = None


def frame_chains(here: Namespace, family: str, hook: str) -> list[Chain]:
    """The chains of the ``bridge`` or ``arp`` family at a hook, in the order they are called."""
    found = [chain for chain in here.firewall.chains if (chain.family, chain.hook) == (family, hook)]
    return sorted(found, key=lambda chain: chain.priority)


def filter_by(walk: Walk, hook: str, chains: Iterable[Chain], sight: Sight) -> None:
    """Take a packet through base chains.

    Raises
    ------
    StoppedError
        Where a rule or a policy drops or rejects it.
    """
    for chain in chains:
        decision = decide(walk, chain, sight)
        if decision.kind in ("drop", "reject"):
            raise StoppedError(refusal(sight.here, hook, decision, sight.packet))


def decide(walk: Walk, chain: Chain, sight: Sight) -> Decision:
    """What a base chain does with a packet."""
    return _through(walk, chain, sight, 0) or Decision(chain.policy, chain)


def _through(walk: Walk, chain: Chain, sight: Sight, depth: int) -> Decision | None:
    """The first rule that decides, in a chain and those it jumps to; None if none does."""
    for rule in chain.rules:
        if not _is_met(walk, rule, sight):
            continue
        verdict = rule.verdict
        if verdict.kind in _ENDING:
            return Decision(verdict.kind, chain, rule)
        if verdict.kind == "continue" and any(word in part for word in _STEALING for part in rule.unread):
            return Decision("drop", chain, rule)
        if verdict.kind == "return":
            return None
        if verdict.kind in ("jump", "goto") and depth < _DEEPEST:
            target = sight.here.firewall.chain(chain, verdict.target)
            decision = _through(walk, target, sight, depth + 1) if target else None
            if decision or verdict.kind == "goto":
                return decision
    return None


def _is_met(walk: Walk, rule: Rule, sight: Sight) -> bool:
    """Whether a packet meets a rule; what isn't understood is tried both ways."""
    met = applies(rule, sight)
    if met is None:
        return walk.choose("unread-rule", Place(sight.here.name), 2, rule=rule.text) == 1
    return met


def refusal(here: Namespace, hook: str, decision: Decision, packet: Packet) -> Cause:
    """Why a packet was dropped, and how to let it pass."""
    chain, rule = decision.chain, decision.rule
    facts = {
        "chain": f"{chain.family} {chain.table} {chain.name}",
        "hook": hook,
        "packet": packet.what,
        "verdict": decision.kind,
    }
    place = Place(here.name)
    if rule is None:
        return Cause("filtered-by-policy", place, facts, ((SetPolicy(chain, "accept", here.name),),))
    facts |= {"rule": rule.text}
    return Cause("filtered-by-rule", place, facts, ((DeleteFilterRule(chain, rule, here.name),),))


_NAT = {
    "prerouting": ("destination", -100),
    "output": ("destination", -100),
    "postrouting": ("source", 100),
    "input": ("source", 100),
}  # which end is translated there, and at what priority
_LOOPBACK = {4: "127.0.0.1", 6: "::1"}


class Passage:
    """A packet on its way through one namespace, from hook to hook.

    Parameters
    ----------
    packet
        The packet as it comes in, or as a program sends it. Translation replaces it.
    """

    def __init__(self, walk: Walk, here: Namespace, packet: Packet) -> None:
        self.packet = packet
        self._destination = packet.destination
        self._walk = walk
        self._here = here
        self._track = walk.connections.track(here, packet)

    @property
    def redirected(self) -> bool:
        """Whether it has another destination now than when it came in."""
        return self.packet.destination != self._destination

    def hook(self, name: str, iif: Interface | None = None, oif: Interface | None = None, gateway: str = "") -> Packet:
        """Take the packet through one hook.

        Parameters
        ----------
        gateway
            The next hop, by which masquerade chooses its address.

        Raises
        ------
        StoppedError
            Where a rule or a policy drops it.
        """
        chains = self._here.firewall.base_chains(name, self.packet.family)
        filters = [chain for chain in chains if chain.kind != "nat"]
        end, turn = _NAT.get(name, ("", 0))
        filter_by(self._walk, name, (c for c in filters if c.priority < turn), self._sight(iif, oif))
        if end:
            self._translate(name, [chain for chain in chains if chain.kind == "nat"], iif, oif, gateway)
        filter_by(self._walk, name, (c for c in filters if c.priority >= turn), self._sight(iif, oif))
        return self.packet

    def _sight(self, iif: Interface | None, oif: Interface | None) -> Sight:
        return Sight(self._here, self.packet, iif.name if iif else "", oif.name if oif else "", self._track.state)

    def _translate(
        self, name: str, chains: list[Chain], iif: Interface | None, oif: Interface | None, gateway: str
    ) -> None:
        connection = self._track.connection
        if connection is None:
            return
        if not self._track.back and name not in connection.decided:
            connection.decided.add(name)
            self._decide(name, chains, iif, oif, gateway, connection)
        end = _NAT[name][0]
        before = self.packet
        self.packet = self._track.translated(before, end)
        if self.packet != before:
            facts = {"before": before.end(end), "after": self.packet.end(end)}
            self._walk.step(f"translated-{end}", self._here, oif or iif, **facts)

    def _decide(
        self,
        name: str,
        chains: list[Chain],
        iif: Interface | None,
        oif: Interface | None,
        gateway: str,
        connection: Connection,
    ) -> None:
        for chain in chains:
            decision = decide(self._walk, chain, self._sight(iif, oif))
            if decision.kind in ("drop", "reject"):
                raise StoppedError(refusal(self._here, name, decision, self.packet))
            if decision.kind in ("masquerade", "snat"):
                connection.source = self._new_source(decision, oif, gateway)
                return
            if decision.kind in ("dnat", "redirect"):
                connection.destination = self._new_destination(name, decision, iif)
                return

    def _new_source(self, decision: Decision, oif: Interface | None, gateway: str) -> End:
        assert decision.rule
        ip = decision.rule.verdict.target
        if decision.kind == "masquerade" and oif:
            ip = source_to_masquerade(self._here, oif, gateway or self.packet.destination)
            if not ip:
                place = Place(self._here.name, oif.name)
                raise StoppedError(Cause("nothing-to-masquerade-as", place, {"rule": decision.rule.text}))
        return self._end(decision, ip or self.packet.source, self.packet.source_port)

    def _new_destination(self, name: str, decision: Decision, iif: Interface | None) -> End:
        assert decision.rule
        ip = decision.rule.verdict.target
        if decision.kind == "redirect":
            own = usable(iif, self.packet.family) if iif and name == "prerouting" else []
            ip = own[0].ip if own else _LOOPBACK[self.packet.family]
        return self._end(decision, ip or self.packet.destination, self.packet.destination_port)

    def _end(self, decision: Decision, ip: str, port: int) -> End:
        """The address and port that a rule puts in; ranges aren't evaluated."""
        assert decision.rule
        wanted = decision.rule.verdict.port
        try:
            return str(parsed(ip)), int(wanted) if wanted else port
        except ValueError:
            raise self._walk.lost("unread-nat", Place(self._here.name), rule=decision.rule.text) from None
