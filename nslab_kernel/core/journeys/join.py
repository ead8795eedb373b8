"""Sightings joined into journeys: the same packet at all places, across NAT, routers, flooding and tunnels.

Two questions only. Across a cable: the same bytes, first in, first out. Inside a namespace: the same of what routers
and NAT leave alone, where the way is possible. Addresses and ports are no part of it, so NAT needs no table.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..model.network import Interface, Network
from ..model.nftables import TRACING_TABLE
from .evidence import Recording, RuleEvent, Sighting, Translation
from .packets import ICMPV6, ParsedPacket, parse, parse_ip

_WAITING = 4_000_000_000  # nanoseconds that a packet may wait in a namespace, for its neighbour's address
_CROSSING = 300_000_000  # nanoseconds that a cable may take on a busy machine
_AT_ONCE = 1_000_000  # nanoseconds; what goes on sooner hasn't waited, so that it is the latest one seen
_TUNNELS = ("vxlan", "geneve", "gre", "gretap", "ip6gre", "ip6gretap", "ipip", "sit", "ip6tnl")
_STACKED = ("macvlan", "macvtap", "ipvlan", "vlan")  # devices that send by another one
_HIGHEST = 8  # devices above each other
_BUCKET = 16  # bits of TCP sequence numbers that packets are looked up by
_KEPT = 64  # packets remembered of each kind

_ECHO = (1, 58)  # protocols whose flows have an identifier for ports

Flow = tuple[object, ...]
Place = tuple[str, int]
"""A namespace and the index of an interface."""


@dataclass(slots=True, eq=False)
class Stop:
    """A packet at one place."""

    sighting: Sighting
    packet: ParsedPacket  # for a tunnel's packet the one inside
    interface: Interface | None
    parent: Stop | None = None
    children: list[Stop] = field(default_factory=list)
    journey: Journey | None = None
    outer: ParsedPacket | None = None  # the tunnel's packet that it is inside of
    runs: list[Run] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        return self.sighting.namespace

    @property
    def leaves(self) -> bool:
        """Whether it was sent there, and not received."""
        return self.sighting.direction == "out"

    @property
    def name(self) -> str:
        """The interface's name."""
        return self.interface.name if self.interface else f"#{self.sighting.index}"

    @property
    def ttl(self) -> int:
        """The time to live by which the router counts: the tunnel's, inside of one."""
        return (self.outer or self.packet).ttl


@dataclass(slots=True, eq=False)
class Run:
    """What the trace reported of one packet in one namespace, from its first rule to its last."""

    namespace: str
    events: list[RuleEvent]
    packet: ParsedPacket | None = None
    journey: Journey | None = None

    @property
    def dropped(self) -> RuleEvent | None:
        """The event that ended it, if one did."""
        last = self.events[-1]
        return last if last.verdict == "drop" else None


@dataclass(slots=True, eq=False)
class Journey:
    """One packet, from where it was first seen to all places that its copies came to."""

    number: int
    packet: ParsedPacket  # as it was first seen
    namespace: str  # where it was first seen
    stops: list[Stop] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    when: int = 0
    cause: Journey | None = None  # of an ICMP error: the packet that it is about
    errors: list[Journey] = field(default_factory=list)

    @property
    def ends(self) -> list[Stop]:
        """The last stop of each copy."""
        return [stop for stop in self.stops if not stop.children]

    def way_to(self, stop: Stop | None) -> list[Stop]:
        """The stops that lead to one, in their order."""
        way: list[Stop] = []
        while stop is not None:
            way.append(stop)
            stop = stop.parent
        return way[::-1]

    @property
    def flows(self) -> list[tuple[object, ...]]:
        """The addresses and ports that it had, in their order."""
        return list(dict.fromkeys(stop.packet.flow for stop in self.stops))


@dataclass(slots=True)
class Joined:
    """All journeys, and what could be tied to none."""

    journeys: list[Journey]
    loose: list[Run] = field(default_factory=list)  # of packets that no sighting shows


def join(recording: Recording, *networks: Network) -> Joined:
    """Join what was recorded.

    Parameters
    ----------
    recording
        The sightings in the order of their times, and the trace.
    networks
        Readings of the lab from before and after: they say which interface is whose peer, or port of which bridge.
    """
    joiner = _Joiner(networks)
    for sighting in sorted(recording.sightings, key=joiner.order):
        joiner.add(sighting)
    joined = Joined(joiner.journeys)
    _tie_runs(joined, runs(recording.events), _translated(recording.translations))
    _tie_errors(joined)
    joined.journeys.sort(key=lambda journey: journey.when)
    for number, journey in enumerate(joined.journeys, start=1):
        journey.number = number
    return joined


class _Joiner:
    def __init__(self, networks: Iterable[Network]) -> None:
        self.journeys: list[Journey] = []
        self._interfaces: dict[Place, Interface] = {}
        self._far: dict[Place, Place] = {}  # the other end of a cable, or the device that one sends by
        self._uppers: dict[Place, set[Place]] = defaultdict(set)  # the devices that send by one
        for network in networks:  # a later one counts more
            for namespace in network.everywhere:
                for interface in namespace.interfaces:
                    self._interfaces[namespace.name, interface.index] = interface
                    stacked = interface.kind in _STACKED
                    found = network.lower(interface) if stacked else network.peer(interface)
                    if found:
                        here, far = (namespace.name, interface.index), (found[0].name, found[1].index)
                        self._far[here] = far
                        if stacked:
                            self._uppers[far].add(here)
        self._crossing: dict[tuple[Place, bytes], deque[Stop]] = defaultdict(deque)
        self._seen: dict[tuple[object, ...], deque[Stop]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._streams: dict[tuple[str, int], deque[Stop]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._fragments: dict[tuple[object, ...], Journey] = {}

    def order(self, sighting: Sighting) -> tuple[int, int]:
        """By time; what comes in by one device and then by the one above it has the same time at both."""
        place, height = (sighting.namespace, sighting.index), 0
        while sighting.direction != "out" and (found := self._interfaces.get(place)) and found.kind in _STACKED:
            if place not in self._far or height == _HIGHEST:
                break
            place, height = self._far[place], height + 1
        return sighting.when, height

    def add(self, sighting: Sighting) -> None:
        packet, outer = parse(sighting.data, sighting.ethernet), None
        if packet.inner:
            packet, outer = parse(packet.inner, packet.inner_ethernet), packet
        stop = Stop(sighting, packet, self._interfaces.get((sighting.namespace, sighting.index)), outer=outer)
        stop.parent = self._before(stop)
        if stop.parent:
            stop.parent.children.append(stop)
        self._belong(stop)
        self._remember(stop)

    def _before(self, stop: Stop) -> Stop | None:
        place = (stop.namespace, stop.sighting.index)
        if not stop.leaves and stop.interface and stop.interface.kind == "veth" and place in self._far:
            waiting = self._crossing.get((self._far[place], stop.sighting.data))
            while waiting:
                earlier = waiting.popleft()
                if stop.sighting.when - earlier.sighting.when < _CROSSING:
                    return earlier
            # one macvlan hands it to another as if it came in by the device below both
            return (self._inside(stop) if place in self._uppers else None) or self._overlapping(stop)
        return self._inside(stop) or self._overlapping(stop)

    def _inside(self, stop: Stop) -> Stop | None:
        """The earlier stop in the same namespace, or at the device that this one sends by."""
        candidates = [
            earlier
            for key in self._keys(stop)
            for earlier in self._seen.get(key, ())
            if self._leads(earlier, stop) and not _went_on(earlier, stop)
        ]
        if not candidates:
            return None
        latest = candidates[-1]
        if stop.sighting.when - latest.sighting.when < _AT_ONCE:
            return latest
        return candidates[0]  # they waited, and go on in the order in which they came

    def _keys(self, stop: Stop) -> Iterator[tuple[object, ...]]:
        yield stop.namespace, stop.packet.same
        far = self._far.get((stop.namespace, stop.sighting.index))
        if far and stop.interface and stop.interface.kind in _STACKED:
            yield far[0], stop.packet.same
        for upper in self._uppers.get((stop.namespace, stop.sighting.index), ()):
            yield upper[0], stop.packet.same
        if stop.packet.fragment:  # a router may have cut it
            yield stop.namespace, "whole", stop.packet.protocol, stop.packet.ident

    def _leads(self, earlier: Stop, later: Stop) -> bool:
        """Whether what was seen at the one place can be seen next at the other."""
        one, two = earlier.interface, later.interface
        if one is None or two is None or not 0 <= later.sighting.when - earlier.sighting.when <= _WAITING:
            return False
        if (earlier.outer is None) != (later.outer is None):
            tunnel = two if earlier.outer else one
            return tunnel.kind in _TUNNELS and earlier.leaves == later.leaves
        if (one.kind in _STACKED or two.kind in _STACKED) and self._stacked(earlier, later):
            return True
        if earlier.namespace != later.namespace:
            return False
        if not later.leaves:  # received by the bridge itself, by a VRF, or by loopback
            if one.master == two.index:
                return not earlier.leaves
            return two.is_loopback and one.is_loopback and earlier.leaves
        if two.master is not None:  # sent by a port: from another port, or from the bridge itself
            if one.index == two.master:
                return earlier.leaves
            if one.master != two.master or earlier.leaves:
                return False
            return one.index != two.index or _hairpin(two) or earlier.packet.flow != later.packet.flow
        if earlier.leaves:
            return False
        less = earlier.ttl - later.ttl  # a router takes one away; an answer alike to its question has a fresh one
        if one.master is None:
            return less == 1
        return one.master == two.index and less in (0, 1)  # br_netfilter gave it another destination

    def _stacked(self, earlier: Stop, later: Stop) -> bool:
        """Whether one of the two devices sends by the other, or both by the same one."""
        if earlier.sighting.when > later.sighting.when:
            return False
        one, two = (earlier.namespace, earlier.sighting.index), (later.namespace, later.sighting.index)
        below_one, below_two = self._far.get(one), self._far.get(two)
        if earlier.leaves and later.leaves:
            return below_one == two
        if not earlier.leaves and not later.leaves:
            return below_two == one
        return earlier.leaves and below_one is not None and below_one in (below_two, two)

    def _overlapping(self, stop: Stop) -> Stop | None:
        """The TCP packet that this one is a piece of, or a piece of this one: cut for a device, or merged by GRO."""
        if stop.packet.kind != "tcp" or not stop.packet.length:
            return None
        place = (stop.namespace, stop.sighting.index)
        far = None if stop.leaves else self._far.get(place)
        first, last = _span(stop.packet)
        for bucket in dict.fromkeys((first >> _BUCKET, last >> _BUCKET)):
            for earlier in reversed(self._streams.get((far[0] if far else stop.namespace, bucket), ())):
                start, end = _span(earlier.packet)
                if not (start < last and first < end) or end - start == last - first:
                    continue
                if far:
                    if earlier.leaves and (earlier.namespace, earlier.sighting.index) == far:
                        return earlier
                elif self._leads(earlier, stop):
                    return earlier
        return None

    def _belong(self, stop: Stop) -> None:
        """Put a stop into its journey; the fragments of a packet share one."""
        packet = stop.packet
        part = (stop.namespace, packet.flow[1:3], packet.protocol, packet.ident) if packet.fragment else None
        if stop.parent and stop.parent.journey:
            journey = stop.parent.journey
        elif part and part in self._fragments:
            journey = self._fragments[part]
        else:
            journey = Journey(len(self.journeys) + 1, packet, stop.namespace, when=stop.sighting.when)
            self.journeys.append(journey)
        stop.journey = journey
        journey.stops.append(stop)
        if part:
            self._fragments[part] = journey

    def _remember(self, stop: Stop) -> None:
        packet, namespace = stop.packet, stop.namespace
        self._seen[namespace, packet.same].append(stop)
        if packet.version and packet.ident and not packet.offset:
            self._seen[namespace, "whole", packet.protocol, packet.ident].append(stop)
        if packet.kind == "tcp" and packet.length:
            first, last = _span(packet)
            for bucket in dict.fromkeys((first >> _BUCKET, last >> _BUCKET)):
                self._streams[namespace, bucket].append(stop)
        if stop.leaves:
            self._crossing[(namespace, stop.sighting.index), stop.sighting.data].append(stop)


def _went_on(earlier: Stop, later: Stop) -> bool:
    """Whether a stop has a continuation at that interface already; the fragments of a packet are many."""
    same = (child for child in earlier.children if child.sighting.index == later.sighting.index)
    return any(child.leaves == later.leaves and child.packet.offset == later.packet.offset for child in same)


def _hairpin(interface: Interface) -> bool:
    return bool(interface.port and interface.port.hairpin)


def _span(packet: ParsedPacket) -> tuple[int, int]:
    """The bytes of its stream that a TCP packet carries."""
    return packet.sequence, packet.sequence + packet.length


# the trace


def runs(events: Iterable[RuleEvent]) -> list[Run]:
    """The events of each packet in each namespace, by the first of them.

    The kernel reuses identifiers: the rule that switches tracing on begins a new run.
    """
    found: list[Run] = []
    current: dict[tuple[str, int], Run] = {}
    for event in events:
        key = event.namespace, event.identifier
        if key not in current or _begins(event, current[key]):
            current[key] = Run(event.namespace, [])
            found.append(current[key])
        current[key].events.append(event)
    for run in found:
        run.packet = next((packet for event in run.events if (packet := shown(event))), None)
    return found


def shown(event: RuleEvent) -> ParsedPacket | None:
    """The packet whose headers an event of the trace has, if it has any."""
    if event.link[12:14] == b"\x08\x06":
        return parse(event.link + event.network)
    network = event.network
    if len(network) == 40 and network[6] == 0 and network[24] == 0xFF:
        # The header that announces multicast listeners isn't among those that the trace shows.
        network = network[:6] + bytes((ICMPV6,)) + network[7:]
    return parse_ip(network + event.transport, quoted=True) if len(network) >= 20 else None


def _begins(event: RuleEvent, run: Run) -> bool:
    if not event.table.startswith(TRACING_TABLE):
        return False
    # A bridged packet is marked in the bridge's family first, then, with br_netfilter, in IP's.
    return not (run.events[-1].family == "bridge" and event.family != "bridge" and event.chain == "prerouting")


def _tie_runs(joined: Joined, found: list[Run], translated: dict[Flow, Flow]) -> None:
    places: dict[tuple[object, ...], list[Stop]] = defaultdict(list)
    for journey in joined.journeys:
        for stop in journey.stops:
            packet = stop.outer or stop.packet
            places[stop.namespace, packet.brief, packet.flow].append(stop)
    used: set[tuple[object, ...]] = set()
    for run in found:
        begun = _stop_of(run, places, used, translated)
        if begun and begun.journey:
            run.journey = begun.journey
            begun.journey.runs.append(run)
            begun.runs.append(run)
        else:
            joined.loose.append(run)
    _unsent(joined)


def _stop_of(
    run: Run,
    places: dict[tuple[object, ...], list[Stop]],
    used: set[tuple[object, ...]],
    translated: dict[Flow, Flow],
) -> Stop | None:
    """The stop at which a run begins; alike packets are taken in their order.

    A packet of a local program that is translated in OUTPUT is seen only afterwards.
    """
    first = run.events[0]
    known = [(packet.brief, packet.flow) for packet in filter(None, map(shown, run.events))]
    known += [
        (brief, translated[run.namespace, *flow]) for brief, flow in known if (run.namespace, *flow) in translated
    ]
    for brief, flow in known:
        candidates = [
            stop
            for stop in places.get((run.namespace, brief, flow), ())
            if _is_there(stop, first) and stop.sighting.when <= run.events[0].when + _CROSSING
        ]
        free = [stop for stop in candidates if (id(stop), first.family, first.chain) not in used]
        if run.dropped:  # it went no further
            free = [stop for stop in free if not stop.children] or free
        if found := next(iter(free or candidates), None):
            used.add((id(found), first.family, first.chain))
            return found
    return None


def _translated(found: Iterable[Translation]) -> dict[Flow, Flow]:
    """What a flow becomes: by namespace and flow as it comes, both ways of each connection."""
    flows: dict[Flow, Flow] = {}
    for each in found:
        for before, back in ((each.original, each.reply), (each.reply, each.original)):
            protocol, source, target, sport, dport = back
            after = (protocol, target, source, dport, sport)
            if protocol in _ECHO:
                flows[each.namespace, *before[:4]] = (*after[:3], back[3])
            else:
                flows[each.namespace, *before] = after
    return flows


def _is_there(stop: Stop, event: RuleEvent) -> bool:
    """Whether a packet that a rule saw is at a stop: received by that interface or a port of it, or sent."""
    if not event.iif:
        return stop.leaves or event.chain != "output"
    index = stop.interface.master if stop.interface and stop.interface.master else stop.sighting.index
    return not stop.leaves and event.iif in (stop.sighting.index, index)


def _unsent(joined: Joined) -> None:
    """Make a journey of each packet of a local program that came as far as the rules, but to no interface."""
    for run in tuple(joined.loose):
        if run.packet and run.packet.version and not run.events[0].iif:
            journey = Journey(0, run.packet, run.namespace, runs=[run], when=run.events[0].when)
            run.journey = journey
            joined.journeys.append(journey)
            joined.loose.remove(run)


def _tie_errors(joined: Joined) -> None:
    """Tie each ICMP error to the packet that it is about."""
    by_brief: dict[tuple[object, ...], list[Journey]] = defaultdict(list)
    for journey in joined.journeys:
        if not journey.packet.about:
            by_brief[journey.packet.brief].append(journey)
    for error in joined.journeys:
        about = error.packet.about
        if about is None:
            continue
        earlier = [journey for journey in by_brief.get(about.brief, ()) if journey.when <= error.when + _CROSSING]
        alike = [journey for journey in earlier if about.flow in (*journey.flows, journey.packet.flow)] or earlier
        if alike:
            cause = next((journey for journey in alike if not journey.errors), alike[-1])
            error.cause = cause
            cause.errors.append(error)
