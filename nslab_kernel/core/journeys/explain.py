"""What became of each packet, and why: the rule that decided, or the reason why it went no further.

The order of the evidence: a drop in the trace; where it was last seen; the counters of that namespace; ARP without a
reply; what the kernel itself answers when it is asked for the route as for that packet.
"""

from __future__ import annotations

import errno
import ipaddress
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ..model.firewall import Chain
from ..model.network import HOST, Interface, Namespace, Network
from .evidence import Recording, RouteAnswer, RouteQuestion, RuleEvent
from .join import Joined, Journey, Run, Stop, shown
from .naming import noise
from .packets import ACK, ICMP, ICMPV6, RST, SYN, ParsedPacket

Ask = Callable[[RouteQuestion], RouteAnswer | None]
"""Asks the kernel for a route; None where the namespace has gone."""

_TO_ALL = ("flooded", "nobody-has", "other-segment")
_FORWARDING = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}
_IGNORED = {4: "net.ipv4.icmp_echo_ignore_all", 6: "net.ipv6.icmp.echo_ignore_all"}
_NO_ROUTE = {4: "IpOutNoRoutes", 6: "Ip6OutNoRoutes"}
_UNEXPLAINED = ("unknown", "cable", "in-bridge")
_LAST = 6_000_000  # nanoseconds before the end of a recording: what was seen then may have gone on
_ETHERNET = 14  # bytes of its header
_IPV6_ADDRESS = re.compile(r"[0-9a-fA-F:.]*:[0-9a-fA-F:.]+")
_IPV4_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rule or the policy that decided about a packet."""

    namespace: str
    family: str
    table: str
    chain: str
    number: int = 0  # the rule's place in its chain, from 1; 0 for the policy
    text: str = ""  # as nft(8) or iptables(8) prints it
    handle: int | None = None
    others: tuple[str, ...] = ()  # all rules of the chain, in their order

    @property
    def place(self) -> str:
        """Where it is: ``ip filter FORWARD``."""
        return f"{self.family} {self.table} {self.chain}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a packet.

    Parameters
    ----------
    code
        ``delivered``, ``flooded`` (a broadcast), ``ignored`` (a copy for another MAC address), ``left`` (it left what
        the lab sees), ``dropped``, ``rejected``, ``unrecorded``, or the reason of a loss; `words` has all of them.
    namespace
        Where that was.
    interface
        At which interface, if it was at one.
    values
        What the words need, by name.
    evidence
        What shows it, in the kernel's own terms.
    """

    code: str
    namespace: str = ""
    interface: str = ""
    values: dict[str, str] = field(default_factory=dict)
    ruling: Ruling | None = None
    evidence: str = ""

    @property
    def lost(self) -> bool:
        """Whether the packet went no further than it should have."""
        return self.code not in ("delivered", "flooded", "ignored", "left", "unrecorded")


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A field of the header that was changed on the way."""

    field: str  # source, destination, source port, destination port
    before: str
    after: str


@dataclass(slots=True)
class JourneyStep:
    """A place on the way, as a person counts: a namespace or a bridge."""

    label: str  # ns1, mydocker0
    namespace: str
    interface: str  # where a mark goes
    stops: list[Stop] = field(default_factory=list)
    rewrites: list[Rewrite] = field(default_factory=list)
    bridge: bool = False


@dataclass(slots=True, eq=False)
class Story:
    """A journey, explained."""

    journey: Journey
    way: list[Stop]  # of the copy that matters
    steps: list[JourneyStep]
    outcome: Outcome
    copies: tuple[str, ...] = ()  # the other namespaces that saw one
    answer: Story | None = None
    question: Story | None = None
    unanswered: Outcome | None = None  # why a packet that arrived wasn't answered
    intended: ParsedPacket | None = (
        None  # its header as a local program sent it, where NAT rewrote it before it was seen
    )
    decided: ParsedPacket | None = None  # its header as the rule saw it that ended it

    @property
    def packet(self) -> ParsedPacket:
        return self.journey.packet

    @property
    def noise(self) -> str:
        """What kind of housekeeping it is, or nothing."""
        return noise(self.packet)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the counters show of packets that were never seen."""

    code: str
    namespace: str
    values: dict[str, str] = field(default_factory=dict)
    evidence: str = ""


def explain(joined: Joined, recording: Recording, before: Network, after: Network, ask: Ask) -> list[Story]:
    """What became of each journey's packet, and why.

    Parameters
    ----------
    joined
        The journeys.
    recording
        What they were joined from: its counters are evidence.
    before, after
        Readings of the lab, the later one with what is volatile.
    ask
        Asks the kernel for a route.
    """
    return _Explaining(joined, recording, before, after, ask).stories()


def notices(recording: Recording, namespace: str, command: str, ask: Ask) -> list[Notice]:
    """What a command wanted to send and the kernel refused, so that no packet shows it."""
    moved = recording.moved.get(namespace, {})
    found = []
    for ip in _addresses_in(command):
        answer = ask(RouteQuestion(namespace, ip, ""))
        version = 6 if ":" in ip else 4
        counter = _NO_ROUTE[version]
        if answer and answer.error in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EINVAL):
            evidence = f"{counter} +{moved[counter]}" if moved.get(counter) else ""
            found.append(Notice(_refusals[answer.error], namespace, {"ip": ip}, evidence))
    for key, code in (
        ("TcpExtListenOverflows", "accept-queue"),
        ("UdpRcvbufErrors", "socket-full"),
        ("Udp6RcvbufErrors", "socket-full"),
    ):
        found += [
            Notice(code, name, {}, f"{key} +{moved[key]}") for name, moved in recording.moved.items() if moved.get(key)
        ]
    return found


_refusals = {
    errno.ENETUNREACH: "no-route",
    errno.EHOSTUNREACH: "unreachable",
    errno.EACCES: "prohibit",
    errno.EINVAL: "blackhole",
}


def _addresses_in(command: str) -> Iterator[str]:
    for word in dict.fromkeys(_IPV6_ADDRESS.findall(command) + _IPV4_ADDRESS.findall(command)):
        try:
            yield str(ipaddress.ip_address(word))
        except ValueError:
            continue


class _Explaining:
    def __init__(self, joined: Joined, recording: Recording, before: Network, after: Network, ask: Ask) -> None:
        self._joined, self._recording, self._ask = joined, recording, ask
        self._before, self._after = before, after
        self._owners: dict[str, set[str]] = {}
        self._macs: dict[str, tuple[Namespace, Interface]] = {}
        for network in (before, after):
            for namespace in network.everywhere:
                for interface in namespace.interfaces:
                    self._macs.setdefault(interface.mac, (namespace, interface))
                    for address in interface.addresses:
                        self._owners.setdefault(address.ip, set()).add(namespace.name)

        self._asked: Counter[tuple[str, str]] = Counter()  # who asked for which neighbour, how often
        self._answered: set[str] = set()  # which neighbours answered
        self._resets: set[tuple[str, str, int, int]] = set()  # by whom, to whom, from and to which port
        for journey in joined.journeys:
            self._note(journey.namespace, journey.packet)

    def _note(self, where: str, packet: ParsedPacket) -> None:
        if packet.kind == "tcp" and packet.flags & RST:
            self._resets.add((where, packet.target, packet.sport, packet.dport))
        elif packet.kind == "arp":
            if packet.type == 1:
                self._asked[where, packet.target] += 1
            else:
                self._answered.add(packet.source)
        elif packet.protocol == ICMPV6 and packet.type in (135, 136):
            if packet.type == 135:
                self._asked[where, _neighbour(packet)] += 1
            else:
                self._answered.add(_neighbour(packet))

    def stories(self) -> list[Story]:
        found = [self._story(journey) for journey in self._joined.journeys]
        _pair(found)
        for story in found:
            if story.outcome.code == "delivered" and not story.answer and not story.question:
                story.unanswered = self._unanswered(story)
        return found

    def _story(self, journey: Journey) -> Story:
        end, outcome = self._end(journey)
        way = journey.way_to(end)
        if outcome.code in _TO_ALL:
            way = way[: next((at for at, stop in enumerate(way, 1) if len(stop.children) > 1), len(way))]
        steps = _steps(way, self._namespace, journey)
        intended = _as_sent(way)
        if intended:
            steps[0].rewrites += rewrites(intended, way[0].packet)
        decided = _seen_by_rule(journey, outcome)
        if decided and way and decided.flow != way[-1].packet.flow:
            steps[-1].rewrites += rewrites(way[-1].packet, decided)
        ends = {stop.namespace for stop in (way[:1] if outcome.code in _TO_ALL else way[:1] + way[-1:])}
        received = (s for s in journey.ends if not s.leaves and not (s.interface and s.interface.master))
        copies = dict.fromkeys(stop.namespace for stop in received if stop.namespace not in ends)
        return Story(journey, way, steps, outcome, tuple(copies), intended=intended, decided=decided)

    # where it ended

    def _end(self, journey: Journey) -> tuple[Stop | None, Outcome]:
        """The last stop of the copy that matters, and what became of it there."""
        drops = [run for run in journey.runs if run.dropped]
        arrived = [stop for stop in journey.ends if self._arrived(stop)]
        refused = {run.namespace for run in drops}
        for stop in arrived:
            if stop.namespace not in refused:
                return stop, Outcome("delivered", stop.namespace, stop.name)
        if drops:
            run = drops[0]
            stops = [stop for stop in journey.stops if run in stop.runs]
            ends = [end for stop in stops for end in _below(stop) if end.namespace == run.namespace]
            return next(iter(ends[::-1] or stops), None), self._decided(run)
        if not journey.stops:
            return None, self._unsent(journey)
        ends = sorted(
            journey.ends, key=lambda stop: (stop.sighting.direction == "otherhost", -len(journey.way_to(stop)))
        )
        end = ends[0]
        if end.sighting.direction in ("broadcast", "multicast") or _group(journey.packet):
            return end, self._flooded(journey, end)
        if end.sighting.direction == "otherhost":
            for stop in reversed(journey.way_to(end)):  # a copy that a bridge flooded; why not to the one it is for?
                same_frame = parse_mac(stop) == parse_mac(end)
                if same_frame and not stop.leaves and stop.interface and stop.interface.master:
                    found = self._in_bridge(stop)
                    if found.code not in _UNEXPLAINED:
                        return (end if found.code == "wrong-mac" else stop), found
        return end, self._lost(end)

    def _arrived(self, stop: Stop) -> bool:
        if stop.leaves or stop.sighting.direction == "otherhost" or (stop.interface and stop.interface.master):
            return False
        packet = stop.packet
        if stop.namespace in self._owners.get(packet.target, ()):
            return True
        return packet.version == 4 and packet.target.startswith("127.") and stop.name == "lo"

    def _decided(self, run: Run) -> Outcome:
        event = run.dropped
        assert event is not None
        ruling = self._ruling(event)
        journey = run.journey
        answered = journey is not None and (
            any(error.namespace == run.namespace for error in journey.errors)
            or any(
                (run.namespace, packet.source, packet.dport, packet.sport) in self._resets
                for packet in (journey.packet, *(stop.packet for stop in journey.stops))
            )
        )
        code = "rejected" if answered and "reject" in ruling.text.lower() else "dropped"
        return Outcome(code, run.namespace, "", ruling=ruling, evidence=f"nft monitor trace: {ruling.place}")

    def _ruling(self, event: RuleEvent) -> Ruling:
        chain = self._chain(event)
        place = (event.namespace, event.family, event.table, event.chain)
        if chain is None:
            return Ruling(*place, handle=event.handle)
        rules = list({rule.handle: rule for rule in chain.rules}.values())
        texts = tuple(rule.text for rule in rules)
        for number, rule in enumerate(rules, start=1):
            if event.kind == "rule" and rule.handle == event.handle:
                return Ruling(*place, number, texts[number - 1], event.handle, texts)
        if event.kind == "policy":
            return Ruling(*place, 0, f"policy {event.verdict}", None, texts)
        return Ruling(*place, handle=event.handle, others=texts)

    def _chain(self, event: RuleEvent) -> Chain | None:
        for network in (self._after, self._before):
            namespace = network.get(event.namespace)
            for chain in namespace.firewall.chains if namespace else ():
                known = (chain.family, chain.table, chain.name) == (event.family, event.table, event.chain)
                if known and (event.handle is None or any(rule.handle == event.handle for rule in chain.rules)):
                    return chain
        return None

    # a packet that came to no interface

    def _unsent(self, journey: Journey) -> Outcome:
        where, packet = journey.namespace, journey.packet
        answer = self._ask(RouteQuestion(where, packet.target, ""))
        return self._next_hop(where, packet, answer) or Outcome("unsent", where)

    def _next_hop(self, where: str, packet: ParsedPacket, answer: RouteAnswer | None) -> Outcome | None:
        """Why a packet doesn't leave by the route that it has."""
        if answer is None or answer.error:
            return None
        here, out = self._namespace(where), None
        out = here.interface(answer.oif) if here else None
        name = out.name if out else ""
        hop = answer.gateway or packet.target
        if out and not out.up:
            return Outcome("interface-down", where, name, {"interface": name}, evidence=f"ip link show {name}")
        asked = self._asked[where, hop]
        states = {n.state for n in here.neighbours if n.ip == hop} if here else set()
        if hop not in self._answered and (asked or states & {"FAILED", "INCOMPLETE"}):
            evidence = f"ip neigh: {hop} {'/'.join(sorted(states))}" if states else "ARP"
            values = {"ip": hop, "count": str(asked)}
            return Outcome("no-neighbour", where, name, values, evidence=evidence)
        if out and not out.carrier:
            return Outcome("no-carrier", where, name, {"interface": name}, evidence=f"ip link show {name}")
        return None

    # a broadcast or a multicast

    def _flooded(self, journey: Journey, end: Stop) -> Outcome:
        packet = journey.packet
        if packet.kind == "arp" and packet.type == 1 and packet.target not in self._owners:
            return Outcome("nobody-has", end.namespace, end.name, {"ip": packet.target})
        if packet.kind == "arp" and packet.type == 1 and packet.source != packet.target:
            owners = self._owners.get(packet.target, set())
            reached = {stop.namespace for stop in journey.stops if not stop.leaves}
            if not owners & reached:
                values = {"ip": packet.target, "owner": self._title(sorted(owners)[0])}
                return Outcome("other-segment", end.namespace, end.name, values)
        return Outcome("flooded", end.namespace, end.name)

    # lost on the way

    def _lost(self, end: Stop) -> Outcome:
        found = self._reason(end)
        if found.code in _UNEXPLAINED and end.sighting.when > self._recording.finished - _LAST:
            return Outcome("unrecorded", end.namespace, end.name)
        return found

    def _reason(self, end: Stop) -> Outcome:
        if end.leaves:
            return self._in_cable(end)
        if end.interface and end.interface.master:
            return self._in_bridge(end)
        if end.sighting.direction == "otherhost":
            return self._for_another(end)
        if not end.packet.version:
            return Outcome("delivered", end.namespace, end.name)
        return self._at_router(end)

    def _in_cable(self, end: Stop) -> Outcome:
        interface = end.interface
        values = {"interface": end.name}
        if interface is None:
            return Outcome("left", end.namespace, end.name)
        far = self._after.peer(interface) or self._before.peer(interface)
        if far is None or interface.kind != "veth":
            return Outcome("left", end.namespace, end.name)
        if self._recording.dropped.get(far[0].name) or far[0].name in self._recording.unseen:
            return Outcome("unrecorded", far[0].name, far[1].name)
        values |= {"far": far[1].name, "there": self._title(far[0].name)}
        if not far[1].up:
            return Outcome("far-down", end.namespace, end.name, values, evidence=f"ip link show {far[1].name}")
        if end.sighting.length > far[1].mtu + _ETHERNET:
            values |= {"size": str(end.sighting.length - _ETHERNET), "mtu": str(far[1].mtu)}
            return Outcome("far-mtu", end.namespace, end.name, values, evidence=f"{far[1].name} mtu {far[1].mtu}")
        return Outcome("cable", end.namespace, end.name, values)

    def _for_another(self, end: Stop) -> Outcome:
        mac = parse_mac(end)
        owner = self._macs.get(mac)
        if owner and owner[0].name != end.namespace:
            return Outcome("ignored", end.namespace, end.name, {"mac": mac, "owner": self._title(owner[0].name)})
        return Outcome("wrong-mac", end.namespace, end.name, {"mac": mac}, evidence="ip neigh")

    def _in_bridge(self, end: Stop) -> Outcome:
        here, port = self._namespace(end.namespace), end.interface
        bridge = here.interface(port.master) if here and port else None
        if here is None or port is None or bridge is None:
            return Outcome("unknown", end.namespace, end.name)
        values = {"bridge": bridge.name, "port": port.name}
        if not bridge.up:
            return Outcome("bridge-down", here.name, bridge.name, values, evidence=f"ip link show {bridge.name}")
        if port.port and port.port.state != "forwarding":
            return _blocked(here.name, port, values)
        mac = parse_mac(end)
        out = self._port_to(here, bridge, mac)
        if out is None:
            if mac in self._macs:
                owner, interface = self._macs[mac]
                values |= {"mac": mac, "owner": self._title(owner.name), "interface": interface.name}
                return Outcome(
                    "other-bridge", here.name, port.name, values, evidence=f"bridge fdb show br {bridge.name}"
                )
            return Outcome("wrong-mac", here.name, port.name, {"mac": mac}, evidence="ip neigh")
        values |= {"out": out.name}
        if out.index == port.index:
            return Outcome("same-port", here.name, port.name, values, evidence=f"bridge -d link show dev {port.name}")
        if not out.up or not out.carrier:
            return Outcome("port-down", here.name, out.name, values, evidence=f"ip link show {out.name}")
        if out.port and out.port.state != "forwarding":
            return _blocked(here.name, out, values | {"port": out.name})
        if out.port and port.port and out.port.isolated and port.port.isolated:
            return Outcome("isolated", here.name, out.name, values, evidence=f"bridge -d link show dev {out.name}")
        if end.sighting.length > out.mtu + _ETHERNET:
            values |= {"size": str(end.sighting.length - _ETHERNET), "mtu": str(out.mtu)}
            return Outcome(
                "mtu",
                here.name,
                out.name,
                values | {"interface": out.name},
                evidence=self._counters(here.name, "IpFragFails"),
            )
        if out.port and not out.port.flood:
            return Outcome("no-flooding", here.name, out.name, values, evidence=f"bridge -d link show dev {out.name}")
        return Outcome("in-bridge", here.name, bridge.name, values)

    def _port_to(self, here: Namespace, bridge: Interface, mac: str) -> Interface | None:
        """The port of a bridge behind which a MAC address is."""
        for network in (self._after, self._before):
            owner = self._macs.get(mac)
            if owner is None:
                return None
            far = network.peer(owner[1])
            if far and far[0].name == here.name and far[1].master == bridge.index:
                return far[1]
        return None

    def _at_router(self, end: Stop) -> Outcome:
        packet, where = end.packet, end.namespace
        here = self._namespace(where)
        version = packet.version
        values = {"ip": packet.target, "source": packet.source, "interface": end.name}
        errors = [error.packet for error in end.journey.errors if error.namespace == where] if end.journey else []
        moved = self._recording.moved.get(where, {})
        if end.ttl <= 1:
            return Outcome(
                "ttl", where, end.name, values, evidence=self._counters(where, "IpInHdrErrors", "Ip6InHdrErrors")
            )
        if (
            here
            and here.sysctl(_FORWARDING[version]) == "0"
            and here.sysctl(f"net.ipv{version}.conf.{end.name}.forwarding") != "1"
        ):
            command = f"sysctl {_FORWARDING[version]}"
            return Outcome(
                "not-forwarding", where, end.name, values | {"sysctl": _FORWARDING[version]}, evidence=command
            )
        answer = self._ask(
            RouteQuestion(where, packet.target, packet.source, end.interface.index if end.interface else 0)
        )
        evidence = f"ip route get {packet.target} from {packet.source} iif {end.name}"
        if answer and answer.error:
            return self._refused(answer.error, where, end, values, evidence, moved)
        if answer and answer.kind in _SPECIAL:
            return Outcome(_SPECIAL[answer.kind], where, end.name, values, evidence=evidence)
        too_big = [e for e in errors if _too_big(e)]
        out = here.interface(answer.oif) if here and answer else None
        if too_big or (out and packet.size > out.mtu and (moved.get("IpFragFails") or moved.get("Ip6InTooBigErrors"))):
            mtu = str(too_big[0].mtu if too_big else out.mtu if out else "")
            values |= {"size": str(packet.size), "mtu": mtu, "interface": out.name if out else ""}
            return Outcome(
                "mtu",
                where,
                values["interface"],
                values,
                evidence=self._counters(where, "IpFragFails", "Ip6InTooBigErrors"),
            )
        if waiting := self._next_hop(where, packet, answer):
            return waiting
        if moved.get("TcpExtIPReversePathFilter"):
            return Outcome(
                "rp-filter", where, end.name, values, evidence=self._counters(where, "TcpExtIPReversePathFilter")
            )
        if moved.get("IpOutDiscards"):
            return Outcome("queue", where, end.name, values, evidence=self._counters(where, "IpOutDiscards"))
        return Outcome("unknown", where, end.name, values)

    def _refused(
        self, error: int, where: str, end: Stop, values: dict[str, str], evidence: str, moved: dict[str, int]
    ) -> Outcome:
        """The reason for an error of the route lookup: EINVAL and EXDEV have several."""
        if error in (errno.EINVAL, errno.EXDEV):
            if moved.get("TcpExtIPReversePathFilter"):
                counter = self._counters(where, "TcpExtIPReversePathFilter")
                return Outcome("rp-filter", where, end.name, values, evidence=counter)
            if _martian(end.packet, where, self._owners):
                return Outcome("martian", where, end.name, values, evidence=evidence)
            plain = self._ask(RouteQuestion(where, end.packet.target, ""))
            code = "blackhole" if plain and plain.error else "rp-filter"
            return Outcome(code, where, end.name, values, evidence=evidence)
        return Outcome(_refusals.get(error, "unknown"), where, end.name, values, evidence=evidence)

    # arrived and not answered

    def _unanswered(self, story: Story) -> Outcome | None:
        """Why there was no answer to a packet that asks for one."""
        end, packet = story.way[-1], story.way[-1].packet
        where, here = end.namespace, self._namespace(end.namespace)
        asks = packet.kind == "icmp" and packet.type in (8, 128)
        asks = asks or (packet.kind == "tcp" and packet.flags & (SYN | ACK) == SYN)
        if packet.kind == "arp" and packet.type == 1 and packet.source != packet.target:
            return Outcome(
                "arp-ignored", where, end.name, {"ip": packet.target}, evidence="sysctl net.ipv4.conf.all.arp_ignore"
            )
        if packet.kind == "udp" and any(error.namespace == where for error in story.journey.errors):
            return Outcome("no-listener", where, "", {"protocol": "UDP", "port": str(packet.dport)}, evidence="ss -lun")
        if not asks and not (packet.kind == "udp" and not packet.offset):
            return None
        answer = self._ask(RouteQuestion(where, packet.source, ""))
        if answer and answer.error:
            values = {"ip": packet.source}
            return Outcome("no-way-back", where, end.name, values, evidence=f"ip route get {packet.source}")
        if packet.kind == "icmp" and here and here.sysctl(_IGNORED[packet.version]) == "1":
            name = _IGNORED[packet.version]
            return Outcome("echo-ignored", where, end.name, {"sysctl": name}, evidence=f"sysctl {name}")
        waiting = self._next_hop(where, ParsedPacket(packet.kind, (), target=packet.source), answer) if answer else None
        if waiting:
            return waiting
        if packet.kind == "tcp" and self._recording.moved.get(where, {}).get("TcpExtListenDrops"):
            counter = self._counters(where, "TcpExtListenOverflows", "TcpExtListenDrops")
            return Outcome("accept-queue", where, "", {"port": str(packet.dport)}, evidence=counter)
        return Outcome("silent", where, end.name) if asks else None

    # reading

    def _namespace(self, name: str) -> Namespace | None:
        return self._after.get(name) or self._before.get(name)

    def _title(self, name: str) -> str:
        found = self._namespace(name)
        return found.title if found else name

    def _counters(self, where: str, *names: str) -> str:
        moved = self._recording.moved.get(where, {})
        return ", ".join(f"{name} +{moved[name]}" for name in names if moved.get(name))


_SPECIAL = {"blackhole": "blackhole", "unreachable": "unreachable", "prohibit": "prohibit"}


def parse_mac(stop: Stop) -> str:
    """The MAC address that a frame is for; of a tunnel's packet that of the frame outside."""
    return (stop.outer or stop.packet).target_mac


def _blocked(where: str, port: Interface, values: dict[str, str]) -> Outcome:
    state = port.port.state if port.port else ""
    return Outcome(
        "port-blocked", where, port.name, values | {"state": state}, evidence=f"bridge link show dev {port.name}"
    )


def _below(stop: Stop) -> Iterator[Stop]:
    yield stop
    for child in stop.children:
        yield from _below(child)


def _group(packet: ParsedPacket) -> bool:
    """Whether a packet is for many."""
    return bool(packet.target_mac) and bool(int(packet.target_mac[:2] or "0", 16) & 1)


def _too_big(packet: ParsedPacket) -> bool:
    return (packet.protocol, packet.type, packet.code) == (ICMP, 3, 4) or (packet.protocol, packet.type) == (ICMPV6, 2)


def _martian(packet: ParsedPacket, where: str, owners: dict[str, set[str]]) -> bool:
    addresses = [_ip(packet.source), _ip(packet.target)]
    odd = any(ip.is_loopback or ip.is_unspecified for ip in addresses) or addresses[0].is_multicast
    return odd or where in owners.get(packet.source, ()) or str(addresses[0]) == "255.255.255.255"


@lru_cache(maxsize=1 << 10)
def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(text)


def _neighbour(packet: ParsedPacket) -> str:
    return str(ipaddress.ip_address(packet.payload[:16])) if len(packet.payload) >= 16 else ""


def _as_sent(way: list[Stop]) -> ParsedPacket | None:
    """The header before a translation in OUTPUT, which only the trace shows."""
    first = next(iter(way), None)
    sent = [run.packet for run in first.runs if run.packet and not run.events[0].iif] if first and first.leaves else []
    return sent[0] if first and sent and sent[0] and sent[0].flow != first.packet.flow else None


def _seen_by_rule(journey: Journey, outcome: Outcome) -> ParsedPacket | None:
    """The header that the deciding rule saw: NAT may have rewritten it since the packet was last seen."""
    if outcome.ruling is None:
        return None
    ended = [run for run in journey.runs if run.dropped and run.namespace == outcome.namespace]
    seen = [packet for run in ended[:1] for event in run.events if (packet := shown(event))]
    return seen[-1] if seen else None


# the way, in steps


def rewrites(before: ParsedPacket, after: ParsedPacket) -> tuple[Rewrite, ...]:
    """What NAT changed between two stops."""
    fields = (
        ("source", before.source, after.source),
        ("destination", before.target, after.target),
        ("source port", before.sport, after.sport),
        ("destination port", before.dport, after.dport),
    )
    return tuple(Rewrite(name, str(old), str(new)) for name, old, new in fields if old != new)


class _Steps:
    """The way in steps, put together stop by stop."""

    def __init__(self, find: Callable[[str], Namespace | None]) -> None:
        self._find = find
        self.steps: list[JourneyStep] = []

    def take(self, before: Stop | None, stop: Stop) -> None:
        here = stop.namespace
        label, interface, bridge = self._place(stop)
        if before is None:
            if stop.leaves:
                self.at(here, stop.name)
        elif before.namespace == here:
            changed = rewrites(before.packet, stop.packet) if before.packet.flow != stop.packet.flow else ()
            routed = stop.leaves and not before.leaves and not _same_bridge(before, stop)
            if changed or routed:
                self._routed(here, stop).rewrites += changed
        step = self._add(label, here, interface, bridge)
        step.stops.append(stop)

    def at(self, namespace: str, interface: str) -> JourneyStep:
        """The step of a namespace itself, in which packets are routed, rewritten, sent and received."""
        here = self._find(namespace)
        return self._add(here.title if here else namespace, namespace, interface, False)

    def _routed(self, here: str, stop: Stop) -> JourneyStep:
        """The namespace's own step; br_netfilter rewrites a second time when the packet is in the bridge again."""
        if len(self.steps) > 1 and self.steps[-1].bridge:
            last = self.steps[-2]
            if last.namespace == here and not last.bridge and last.rewrites:
                return last
        return self.at(here, stop.name)

    def _add(self, label: str, namespace: str, interface: str, bridge: bool) -> JourneyStep:
        if not self.steps or (self.steps[-1].label, self.steps[-1].namespace) != (label, namespace):
            self.steps.append(JourneyStep(label, namespace, interface, bridge=bridge))
        return self.steps[-1]

    def _place(self, stop: Stop) -> tuple[str, str, bool]:
        """What a person calls the place, the interface that a mark goes to, and whether it is a bridge."""
        here, interface = self._find(stop.namespace), stop.interface
        title = here.title if here else stop.namespace
        bridge = interface if interface and interface.kind == "bridge" else None
        if here and interface and interface.master and (master := here.interface(interface.master)):
            bridge = master if master.kind == "bridge" else None
        if bridge is None:
            return title, stop.name, False
        return (bridge.name if stop.namespace == HOST else f"{title}/{bridge.name}"), bridge.name, True


def _steps(way: list[Stop], find: Callable[[str], Namespace | None], journey: Journey) -> list[JourneyStep]:
    found = _Steps(find)
    before: Stop | None = None
    for stop in way:
        found.take(before, stop)
        before = stop
    if before is None:
        found.at(journey.namespace, "")
    elif not before.leaves and before.interface and before.interface.master is None:
        found.at(before.namespace, before.name)
    return found.steps


def _same_bridge(one: Stop, two: Stop) -> bool:
    masters = [stop.interface.master for stop in (one, two) if stop.interface]
    return len(masters) == 2 and masters[0] is not None and masters[0] == masters[1]


# questions and answers


def _pair(stories: list[Story]) -> None:
    """Tie each packet that answers another to it."""
    open_: dict[tuple[object, ...], list[Story]] = {}
    for story in sorted(stories, key=lambda each: each.journey.when):
        packet = story.packet
        for key in _answers(story.journey.namespace, packet):
            if waiting := open_.get(key):
                story.question = waiting.pop()
                story.question.answer = story
                break
        for key in _questions(story):
            open_.setdefault(key, []).append(story)


def _questions(story: Story) -> Iterator[tuple[object, ...]]:
    """What an answer to a packet will be known by, where it arrived."""
    if story.outcome.code not in ("delivered", "flooded"):
        return
    packets = {(stop.namespace, stop.packet.flow): stop.packet for stop in story.journey.ends if not stop.leaves}
    for (where, _), packet in packets.items():
        if packet.kind == "arp" and packet.type == 1:
            yield where, "arp", packet.target, packet.source
        elif packet.protocol == ICMPV6 and packet.kind == "icmp" and packet.type == 135:
            yield where, "nd", _neighbour(packet)
        elif packet.kind == "icmp" and packet.type in (8, 128):
            yield where, "echo", packet.source, packet.target, packet.sport, packet.sequence
        elif packet.kind == "tcp" and packet.flags & (SYN | ACK) == SYN:
            yield where, "syn", packet.source, packet.target, packet.sport, packet.dport, packet.sequence
        elif packet.kind == "udp" and not packet.offset:
            yield where, "udp", packet.source, packet.target, packet.sport, packet.dport


def _answers(where: str, packet: ParsedPacket) -> Iterator[tuple[object, ...]]:
    """What a packet answers, if it does."""
    if packet.kind == "arp" and packet.type == 2:
        yield where, "arp", packet.source, packet.target
    elif packet.protocol == ICMPV6 and packet.kind == "icmp" and packet.type == 136:
        yield where, "nd", _neighbour(packet)
    elif packet.kind == "icmp" and packet.type in (0, 129):
        yield where, "echo", packet.target, packet.source, packet.sport, packet.sequence
    elif packet.kind == "tcp" and packet.flags & (SYN | RST):
        sequence = (packet.acknowledged - 1) & 0xFFFFFFFF
        yield where, "syn", packet.target, packet.source, packet.dport, packet.sport, sequence
    elif packet.kind == "udp" and not packet.offset:
        yield where, "udp", packet.target, packet.source, packet.dport, packet.sport
