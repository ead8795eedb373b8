"""A packet's passage through one namespace: netfilter's hooks, translation included."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ..model.firewall import Chain, Match, Rule, RuleVerdict
from ..model.network import Interface, Namespace
from ..model.subnets import subnet_of
from ..operations.firewall_actions import DeleteFilterRule, SetPolicy, iptables_of
from .conntrack import End, Track, TrackedConnection
from .findings import Place
from .owners import family_of, is_broadcast, is_local, parsed, usable
from .packet import Packet
from .routing import Query, lookup, source_to_masquerade
from .walk import Cause, StoppedError, Walk


@dataclass(frozen=True, slots=True)
class Sight:
    """A packet as a rule sees it.

    Parameters
    ----------
    state
        Of its connection (conntrack).
    mac, destination_mac
        Of the frame that it came in, where it has come in by a frame.
    packet_type
        ``host``, ``other``, ``broadcast`` or ``multicast``: whom the frame is for.
    ports
        The bridge ports that it passes, where the IP firewall sees a bridged frame.
    """

    here: Namespace
    packet: Packet
    iif: str = ""
    oif: str = ""
    state: str = "new"
    mac: str = ""
    destination_mac: str = ""
    packet_type: str = "host"
    ports: tuple[str, str] = ("", "")
    connection: TrackedConnection | None = None
    back: bool = False
    zone: str = ""  # of conntrack, that a rule chose


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
    "frag-needed": ("destination-unreachable", "3"),
    "packet-too-big": ("packet-too-big", "2"),
}
_NUMBERS = (
    "tcp sport", "tcp dport", "udp sport", "udp dport", "th sport", "th dport", "meta length", "ip length",
    "ip ttl", "ip6 hoplimit", "meta mark", "ct mark", "ct original proto-dst", "ct original proto-src", "arp htype",
    "arp hlen", "arp plen", "ip frag-off",
)  # fmt: skip
_NAMES_OF_DEVICES = ("iifname", "oifname", "meta ibrname", "meta obrname", "physdev in", "physdev out")
_ALL_FLAGS = {"fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"}
_TCP_FLAGS = {"syn": ("syn",), "syn-ack": ("syn", "ack"), "data": ("psh", "ack")}
_STATE_BITS = {"invalid": "1", "established": "2", "related": "4", "new": "8", "untracked": "64"}


def applies(rule: Rule, sight: Sight) -> bool | None:
    """Whether a packet meets all of a rule's conditions; None if what wasn't understood decides."""
    answers = [holds(match, sight) for match in rule.matches]
    if False in answers:
        return False
    return None if rule.unread or None in answers else True


def holds(match: Match, sight: Sight) -> bool | None:
    """Whether a packet meets one condition; None if it isn't understood."""
    if " . " in match.field:
        return _hold_together(match, sight)
    field = _FIELDS.get(match.field)
    found = field(sight) if field else None
    if found is None:
        return None
    if found == ():
        return False  # no such header: nft gives up on the rule, whether negated or not
    matching = [_is_among(found, value, match) for value in match.values]
    if None in matching:
        return None
    return any(matching) != match.negated


def _hold_together(match: Match, sight: Sight) -> bool | None:
    """Conditions of several fields at once: ``ip saddr . tcp dport { 10.0.0.1 . 80 }``."""
    fields = match.field.split(" . ")
    unknown = False
    for value in match.values:
        parts = value.split(" . ")
        if len(parts) != len(fields):
            return None
        answers = [holds(Match(field, (part,)), sight) for field, part in zip(fields, parts, strict=True)]
        if all(answers):
            return not match.negated
        unknown |= None in answers and False not in answers
    return None if unknown else match.negated


def _is_among(found: tuple[str, ...], value: str, match: Match) -> bool | None:
    field = match.field
    if field.endswith(("saddr", "daddr", "saddr ip", "daddr ip")) and not field.startswith("ether"):
        return _in_addresses(found[0], value)
    if field == "tcp flags":
        return _has_flags(set(found), value, match.mask)
    if match.mask:
        return _number(found[0]) & _number(match.mask) == _number(value) & _number(match.mask)
    if field in ("limit", "ct count"):
        return int(found[0]) <= int(value) if field == "ct count" else True
    if field in _NUMBERS:
        low, _, high = value.partition("-")
        if not low or not low[0].isdigit():
            return value in found
        return _number(low) <= _number(found[0]) <= _number(high or low)
    if field in _NAMES_OF_DEVICES:
        return fnmatch.fnmatchcase(found[0], value)
    return value in found


def _number(text: str) -> int:
    return int(text, 16 if text.startswith("0x") else 10)


def _has_flags(found: set[str], value: str, mask: str) -> bool:
    """Of the flags that are compared, whether exactly those are set that a rule says."""
    looked_at = set(mask.split(",")) if mask else _ALL_FLAGS
    return found & looked_at == {flag for flag in value.split(",") if flag}


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
        names = _ICMP_TYPES[packet.what]
        if not packet.what.startswith("echo"):
            return names
        return tuple(name for name in names if not name.isdigit() or _is_type(name, family))

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


def _comes_from_there(sight: Sight) -> bool:
    """Whether the way to the source leads out of the interface that the packet came in by (nft(8), fib)."""
    into = sight.here.interface(sight.iif)
    if into is None or into.is_loopback or sight.packet.source.startswith("fe80:"):
        return True
    found = lookup(sight.here, Query(sight.packet.source, sight.packet.destination))
    return found.kind == "unicast" and any(route.interface == into.index for route in found.routes)


def _arp(read: Callable[[Sight], str]) -> Callable[[Sight], tuple[str, ...]]:
    return lambda sight: (read(sight),) if sight.packet.protocol == "arp" else ()


def _bridge_of(which: str) -> Callable[[Sight], tuple[str, ...]]:
    """The bridge that an interface is a port of, as the family bridge sees it."""

    def read(sight: Sight) -> tuple[str, ...]:
        interface = sight.here.interface(getattr(sight, which))
        master = sight.here.interface(interface.master) if interface else None
        return (master.name if master else getattr(sight, which),)

    return read


def _of_connection(
    read: Callable[[TrackedConnection], tuple[str, ...] | None],
) -> Callable[[Sight], tuple[str, ...] | None]:
    return lambda sight: read(sight.connection) if sight.connection else ()


def _translations(sight: Sight) -> tuple[str, ...]:
    """What iptables' ``--ctstate`` says besides of a connection that is translated: ``snat``, ``dnat``."""
    status = sight.connection.status if sight.connection else ()
    return tuple(word for word in status if word in ("snat", "dnat"))


_FIELDS: dict[str, Callable[[Sight], tuple[str, ...] | None]] = {
    "ip saddr": _address("source", 4),
    "ip daddr": _address("destination", 4),
    "ip6 saddr": _address("source", 6),
    "ip6 daddr": _address("destination", 6),
    "ip protocol": lambda sight: _protocol(sight) if sight.packet.family == 4 else (),
    "ip6 nexthdr": lambda sight: _protocol(sight) if sight.packet.family == 6 else (),
    "ip ttl": lambda sight: (str(sight.packet.ttl),) if _is_ip(sight, 4) else (),
    "ip6 hoplimit": lambda sight: (str(sight.packet.ttl),) if _is_ip(sight, 6) else (),
    "ip length": lambda sight: (str(sight.packet.length),) if _is_ip(sight, 4) else (),
    "ip dscp": lambda sight: ("cs0", "0x00", "0") if _is_ip(sight, 4) else (),
    "ip6 dscp": lambda sight: ("cs0", "0x00", "0") if _is_ip(sight, 6) else (),
    "ip tos": lambda sight: ("0",) if _is_ip(sight, 4) else (),
    "ip frag-off": lambda sight: ("0",) if _is_ip(sight, 4) else (),
    "fragment": lambda sight: ("0",),
    "meta l4proto": _protocol,
    "meta nfproto": lambda sight: _FAMILIES[sight.packet.family],
    "meta protocol": _ethertype,
    "meta length": lambda sight: (str(sight.packet.length),),
    "meta mark": lambda sight: None if sight.packet.mark is None else (hex(sight.packet.mark),),
    "meta pkttype": lambda sight: (sight.packet_type,),
    "meta ibrname": _bridge_of("iif"),
    "meta obrname": _bridge_of("oif"),
    "ether type": _ethertype,
    "ether saddr": lambda sight: (sight.mac,) if sight.mac else (),
    "ether daddr": lambda sight: (sight.destination_mac,) if sight.destination_mac else (),
    "arp operation": _arp(lambda sight: sight.packet.what.removeprefix("arp-")),
    "arp htype": _arp(lambda sight: "1"),
    "arp hlen": _arp(lambda sight: "6"),
    "arp plen": _arp(lambda sight: "4"),
    "arp ptype": lambda sight: _ETHERTYPES[4] if sight.packet.protocol == "arp" else (),
    "arp saddr ip": _arp(lambda sight: sight.packet.source),
    "arp daddr ip": _arp(lambda sight: sight.packet.destination),
    "tcp sport": _port("source_port", "tcp"),
    "tcp dport": _port("destination_port", "tcp"),
    "udp sport": _port("source_port", "udp"),
    "udp dport": _port("destination_port", "udp"),
    "th sport": _port("source_port", "tcp", "udp"),
    "th dport": _port("destination_port", "tcp", "udp"),
    "tcp flags": lambda sight: _TCP_FLAGS[sight.packet.what] if sight.packet.protocol == "tcp" else (),
    "icmp type": _icmp_type(4),
    "icmpv6 type": _icmp_type(6),
    "iifname": lambda sight: (sight.iif,),
    "oifname": lambda sight: (sight.oif,),
    "iif": lambda sight: (sight.iif,),
    "oif": lambda sight: (sight.oif,),
    "physdev in": lambda sight: (sight.ports[0],),
    "physdev out": lambda sight: (sight.ports[1],),
    "physdev bridged": lambda sight: ("1" if sight.ports[0] else "0",),
    "ct state": lambda sight: (sight.state, _STATE_BITS[sight.state], *_translations(sight)),
    "ct direction": lambda sight: (("reply", "1") if sight.back else ("original", "0")) if sight.connection else (),
    "ct status": _of_connection(lambda connection: connection.status),
    "ct mark": _of_connection(lambda connection: None if connection.mark is None else (hex(connection.mark),)),
    "ct original ip saddr": _of_connection(lambda connection: (connection.asked_source[0],)),
    "ct original ip daddr": _of_connection(lambda connection: (connection.asked_destination[0],)),
    "ct original proto-dst": _of_connection(lambda connection: (str(connection.asked_destination[1]),)),
    "ct original proto-src": _of_connection(lambda connection: (str(connection.asked_source[1]),)),
    "ct reply ip saddr": _of_connection(lambda connection: (connection.destination[0],)),
    "ct reply ip daddr": _of_connection(lambda connection: (connection.source[0],)),
    "limit": lambda sight: ("1",),  # the first packet is within every limit
    "ct count": lambda sight: ("1",),  # and the first connection
    "fib daddr type": _kind_of("destination"),
    "fib saddr type": _kind_of("source"),
    "fib saddr iif oif": lambda sight: (str(_comes_from_there(sight)),) if sight.packet.protocol != "arp" else (),
}


def _is_ip(sight: Sight, family: int) -> bool:
    return sight.packet.family == family and sight.packet.protocol != "arp"


_ENDING = ("accept", "drop", "reject", "masquerade", "snat", "dnat", "redirect", "netmap")
_STEALING = ("queue", "tproxy", "synproxy", "fwd", "QUEUE", "TPROXY", "SYNPROXY")
"""Statements that may take a packet away."""
_DEEPEST = 16  # nft's own limit for jumps within jumps


_CONTINUE = RuleVerdict("continue")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a base chain says of a packet, and by which rule of which chain; without a rule, by its policy."""

    kind: str
    chain: Chain
    rule: Rule | None = None
    verdict: RuleVerdict = _CONTINUE


def frame_chains(here: Namespace, family: str, hook: str) -> list[Chain]:
    """The chains of the ``bridge`` or ``arp`` family at a hook, in the order they are called."""
    found = [chain for chain in here.firewall.chains if (chain.family, chain.hook) == (family, hook)]
    return sorted(found, key=lambda chain: chain.priority)


def filter_by(walk: Walk, hook: str, chains: Iterable[Chain], sight: Sight) -> Sight:
    """Take a packet through base chains.

    Returns
    -------
    Sight
        The packet as they leave it: they may mark it, or change its TTL.

    Raises
    ------
    StoppedError
        Where a rule or a policy drops or rejects it.
    """
    for chain in chains:
        decision, sight = decide(walk, chain, sight)
        if decision.kind in ("drop", "reject"):
            raise StoppedError(refusal(sight.here, hook, decision, sight.packet))
    return sight


def decide(walk: Walk, chain: Chain, sight: Sight) -> tuple[Decision, Sight]:
    """What a base chain does with a packet, and the packet as its rules leave it."""
    passing = _Passing(walk, sight)
    found = passing.through(chain, 0) or Decision(chain.policy, chain)
    return found, passing.sight


class _Passing:
    """A packet's way through the rules of a chain."""

    def __init__(self, walk: Walk, sight: Sight) -> None:
        self.sight = sight
        self._walk = walk

    def through(self, chain: Chain, depth: int) -> Decision | None:
        """The first rule that decides, in a chain and those it jumps to; None if none does."""
        for rule in chain.rules:
            if not self._is_met(rule):
                continue
            self._write(rule)
            verdict = self._chosen(rule)
            if verdict.kind in _ENDING:
                return Decision(verdict.kind, chain, rule, verdict)
            if verdict.kind == "return":
                return None
            if verdict.kind in ("jump", "goto") and depth < _DEEPEST:
                target = self.sight.here.firewall.chain(chain, verdict.target)
                decision = self.through(target, depth + 1) if target else None
                if decision or verdict.kind == "goto":
                    return decision
        return None

    def _is_met(self, rule: Rule) -> bool:
        """Whether a packet meets a rule; what isn't understood is tried both ways."""
        met = applies(rule, self.sight)
        if met is None:
            met = self._walk.choose("unread-rule", Place(self.sight.here.name), 2, rule=rule.text) == 1
        return met

    def _chosen(self, rule: Rule) -> RuleVerdict:
        """What a rule does with a packet that meets it.

        Raises
        ------
        LostError
            Where it does what isn't understood.
        """
        place = Place(self.sight.here.name)
        if rule.unread_statements:
            if any(word in part for word in _STEALING for part in rule.unread_statements):
                taken = self._walk.choose("unread-rule", place, 2, rule=rule.text)
                return RuleVerdict("drop") if taken else rule.verdict
            raise self._walk.lost("unread-rule", place, rule=rule.text)
        if rule.verdict.kind == "choice":
            options = rule.verdict.options
            return options[self._walk.choose("several-targets", place, len(options), rule=rule.text)]
        return rule.verdict

    def _write(self, rule: Rule) -> None:
        for field, value in rule.sets:
            packet, connection = self.sight.packet, self.sight.connection
            if field == "meta mark":
                known = connection.mark if value == "?" and connection and connection.mark != 0 else packet.mark
                mark = None if value == "?" and known != 0 else known if value == "?" else _marked(packet.mark, value)
                self.sight = replace(self.sight, packet=replace(packet, mark=mark))
            elif field in ("ip ttl", "ip6 hoplimit"):
                ttl = packet.ttl + int(value) if value[0] in "+-" else int(value)
                self.sight = replace(self.sight, packet=replace(packet, ttl=ttl))
            elif field == "ct mark" and connection:
                connection.mark = None if value == "?" else _number(value)
            elif field == "notrack":
                self.sight = replace(self.sight, state="untracked")
            elif field == "ct zone":
                self.sight = replace(self.sight, zone=value)


def _marked(mark: int | None, value: str) -> int | None:
    """A mark after what a statement writes: a number, or bits that are taken, set or turned over."""
    for part in value.split():
        if part[0] not in "&|^":
            mark = _number(part)
        elif mark is not None:
            bits = _number(part[1:])
            mark = mark & bits if part[0] == "&" else mark | bits if part[0] == "|" else mark ^ bits
    return mark


def refusal(here: Namespace, hook: str, decision: Decision, packet: Packet) -> Cause:
    """Why a packet was dropped, and how to let it pass."""
    chain, rule = decision.chain, decision.rule
    facts = {
        "chain": f"{chain.family} {chain.table} {chain.name}",
        "hook": hook,
        "packet": packet.what,
        "verdict": decision.kind,
    }
    tool = iptables_of(chain)
    if tool:
        facts["tool"] = " ".join((*tool, chain.name))
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
_TRACKING = -200  # the priority at which connections are recognised, in prerouting and output
_LOOPBACK = {4: "127.0.0.1", 6: "::1"}


class Passage:
    """A packet on its way through one namespace, from hook to hook.

    Parameters
    ----------
    packet
        The packet as it comes in, or as a program sends it. Translation replaces it.
    mac
        Of the frame that it came in.
    packet_type
        As `Sight` has it.

    Attributes
    ----------
    ports
        The bridge ports that it passes, where it is bridged.
    """

    def __init__(self, walk: Walk, here: Namespace, packet: Packet, mac: str = "", packet_type: str = "host") -> None:
        self.packet = packet
        self.ports = ("", "")
        self._destination = packet.destination
        self._walk = walk
        self._here = here
        self._mac = mac
        self._packet_type = packet_type
        self._track: Track | None = None

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
        zone = ""
        if self._track is None:
            state = "invalid"
            for chain in (chain for chain in filters if chain.priority < _TRACKING):
                sight = filter_by(self._walk, name, (chain,), self._sight(iif, oif, state))
                self.packet, state, zone = sight.packet, sight.state, sight.zone or zone
            filters = [chain for chain in filters if chain.priority >= _TRACKING]
            untracked = state == "untracked"
            self._track = Track(state) if untracked else self._walk.connections.track(self._here, self.packet, zone)
        self._filter(name, (c for c in filters if c.priority < turn), iif, oif)
        if end:
            self._translate(name, [chain for chain in chains if chain.kind == "nat"], iif, oif, gateway)
        self._filter(name, (c for c in filters if c.priority >= turn), iif, oif)
        return self.packet

    def _filter(self, name: str, chains: Iterable[Chain], iif: Interface | None, oif: Interface | None) -> None:
        self.packet = filter_by(self._walk, name, chains, self._sight(iif, oif)).packet

    def _sight(self, iif: Interface | None, oif: Interface | None, state: str = "") -> Sight:
        track = self._track
        return Sight(
            self._here,
            self.packet,
            iif.name if iif else "",
            oif.name if oif else "",
            state or (track.state if track else "new"),
            self._mac,
            packet_type=self._packet_type,
            ports=self.ports,
            connection=track.connection if track else None,
            back=track.back if track else False,
        )

    def _translate(
        self, name: str, chains: list[Chain], iif: Interface | None, oif: Interface | None, gateway: str
    ) -> None:
        assert self._track
        connection = self._track.connection
        if connection is None:
            return
        end = _NAT[name][0]
        if not self._track.back and end not in connection.decided:
            connection.decided.add(end)
            self._decide(name, chains, iif, oif, gateway, connection)
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
        connection: TrackedConnection,
    ) -> None:
        for chain in chains:
            decision, _ = decide(self._walk, chain, self._sight(iif, oif))
            if decision.kind in ("drop", "reject"):
                raise StoppedError(refusal(self._here, name, decision, self.packet))
            if decision.kind in ("masquerade", "snat"):
                connection.source = self._new_source(decision, oif, gateway)
                return
            if decision.kind in ("dnat", "redirect"):
                connection.destination = self._new_destination(name, decision, iif)
                return
            if decision.kind == "netmap":
                end = _NAT[name][0]
                moved = _moved(getattr(self.packet, end), decision.verdict.target), getattr(self.packet, f"{end}_port")
                setattr(connection, end, moved)
                return

    def _new_source(self, decision: Decision, oif: Interface | None, gateway: str) -> End:
        assert decision.rule
        ip = decision.verdict.target
        if decision.kind == "masquerade" and oif:
            ip = source_to_masquerade(self._here, oif, gateway or self.packet.destination)
            if not ip:
                place = Place(self._here.name, oif.name)
                raise StoppedError(Cause("nothing-to-masquerade-as", place, {"rule": decision.rule.text}))
        return self._end(decision, ip or self.packet.source, self.packet.source_port)

    def _new_destination(self, name: str, decision: Decision, iif: Interface | None) -> End:
        ip = decision.verdict.target
        if decision.kind == "redirect":
            own = usable(iif, self.packet.family) if iif and name == "prerouting" else []
            ip = own[0].ip if own else _LOOPBACK[self.packet.family]
        return self._end(decision, ip or self.packet.destination, self.packet.destination_port)

    def _end(self, decision: Decision, ip: str, port: int) -> End:
        """The address and port that a rule puts in; of several ports of its own, the first that is free."""
        assert decision.rule
        wanted, _, _ = decision.verdict.port.partition("-")
        try:
            return str(parsed(ip)), int(wanted) if wanted and decision.kind != "masquerade" else port
        except ValueError:
            raise self._walk.lost("unread-nat", Place(self._here.name), rule=decision.rule.text) from None


def _moved(ip: str, subnet: str) -> str:
    """An address in another subnet, at the same place in it."""
    space = subnet_of(subnet)
    return str(parsed(str(space.network_address)) + (int(parsed(ip)) & int(space.hostmask)))
