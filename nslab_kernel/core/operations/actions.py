"""What an operation does, as data: each action is one command and one request to the kernel.

`nslab_kernel.linux.netlink.apply.apply` carries actions out; `Action.command` says what they stand for:
one source for what is shown and what is done. `Action.undo` is what takes an action back when a later
one fails; a plan therefore holds only actions that change something.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from ..effects import addressing, carriers, kernel_parameters
from ..foreign import shown, shown_lines
from ..model.network import HOST, Address, BridgePort, Neighbour, PolicyRule, Route

if TYPE_CHECKING:
    from ..effects.sketch import Sketch

_DIGIT = re.compile("[0-9]")
_quoted = lru_cache(maxsize=4096)(shlex.quote)  # the same few words make up most commands


class Action(Protocol):
    """One elementary step of an operation."""

    def command(self) -> str:
        """The command that does the same by hand."""
        ...

    def undo(self) -> Action | None:
        """The action that takes this one back; None where nothing can."""
        ...

    def effect(self, sketch: Sketch) -> None:
        """Do to a sketch of a network what the kernel does when the action is carried out (`core.effects`)."""
        ...


@dataclass(frozen=True)
class Operation:
    """What was done, to be shown."""

    actions: tuple[Action, ...] = ()

    @cached_property
    def commands(self) -> tuple[str, ...]:
        """The equivalent commands, in order."""
        return tuple(action.command() for action in self.actions)

    def __str__(self) -> str:
        return shown_lines("\n".join(self.commands))

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Show the commands; IPython calls this for a cell's value."""
        printer.text(str(self))


def ip(namespace: str, *words: str) -> str:
    """An ip(8) command that acts in a namespace."""
    return _tool("ip", namespace, words)


def device(name: str) -> tuple[str, ...]:
    """An interface as ip-link(8) reads it: a name without a digit may be short for a keyword (``br``: broadcast)."""
    return (name,) if _DIGIT.search(name) else ("dev", name)


def within(namespace: str, *words: str) -> str:
    """Any other command, run in a namespace."""
    process = process_of(namespace)
    if process:
        return f"sudo nsenter -t {process} -n {_joined(*words)}"
    place = () if namespace == HOST else ("ip", "netns", "exec", namespace)
    return _joined("sudo", *place, *words)


def process_of(namespace: str) -> str:
    """The process, as a shell reads it, of a namespace that has no name of ip-netns(8); empty for any other.

    Examples
    --------
    >>> process_of("pid-7"), process_of("mininet:h1"), process_of("ns1")
    ('7', "$(pgrep -of 'mininet:h1$')", '')
    """
    if namespace.startswith("mininet:"):
        return f"$(pgrep -of {_quoted(f'{namespace}$')})"
    number = namespace.removeprefix("pid-")
    return number if number != namespace and number.isdecimal() else ""


def _tool(tool: str, namespace: str, words: tuple[str, ...]) -> str:
    """A command of iproute2's, which knows a namespace by its name."""
    if process_of(namespace):
        return within(namespace, tool, *words)
    return _joined("sudo", tool, *(() if namespace == HOST else ("-n", namespace)), *words)


def _joined(*words: str) -> str:
    return " ".join(map(_quoted, words))


@dataclass(frozen=True, slots=True)
class AddNamespace:
    """Make a namespace with a name (ip-netns(8))."""

    name: str

    def command(self) -> str:
        return ip(HOST, "netns", "add", self.name)

    def undo(self) -> Action:
        return DeleteNamespace(self.name)

    def effect(self, sketch: Sketch) -> None:
        sketch.add_space(self.name)


@dataclass(frozen=True, slots=True)
class DeleteNamespace:
    """Take a namespace's name away: it goes as soon as nothing is left in it."""

    name: str

    def command(self) -> str:
        return ip(HOST, "netns", "del", self.name)

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        sketch.drop_space(self.name)


@dataclass(frozen=True, slots=True)
class AddBridge:
    """Make a bridge, without ports and down."""

    name: str
    namespace: str = HOST

    def command(self) -> str:
        return ip(self.namespace, "link", "add", *device(self.name), "type", "bridge")

    def undo(self) -> Action:
        return DeleteInterface(self.name, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        sketch.add_interface(self.namespace, self.name, "bridge")


@dataclass(frozen=True, slots=True)
class AddVeth:
    """Make a veth pair (veth(4)), one end here and the other in ``peer_namespace``."""

    name: str
    peer: str
    peer_namespace: str = HOST
    namespace: str = HOST

    def command(self) -> str:
        there = () if self.peer_namespace == self.namespace else ("netns", self.peer_namespace)
        words = ("type", "veth", "peer", "name", self.peer, *there)
        return ip(self.namespace, "link", "add", *device(self.name), *words)

    def undo(self) -> Action:
        return DeleteInterface(self.name, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        near = sketch.add_interface(self.namespace, self.name, "veth")
        far = sketch.add_interface(self.peer_namespace, self.peer, "veth")
        sketch.set_interface(self.namespace, near.name, peer_namespace=self.peer_namespace, peer_index=far.index)
        sketch.set_interface(self.peer_namespace, far.name, peer_namespace=self.namespace, peer_index=near.index)


@dataclass(frozen=True, slots=True)
class DeleteInterface:
    """Remove an interface; with one end of a veth pair goes the other."""

    name: str
    namespace: str = HOST

    def command(self) -> str:
        return ip(self.namespace, "link", "del", *device(self.name))

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        sketch.drop_interface(self.namespace, self.name)
        carriers.settle(sketch)


@dataclass(frozen=True, slots=True)
class SetUp:
    """Bring an interface up that is down."""

    name: str
    namespace: str = HOST

    def command(self) -> str:
        return ip(self.namespace, "link", "set", *device(self.name), "up")

    def undo(self) -> Action:
        return SetDown(self.name, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        if not sketch.interface(self.namespace, self.name).up:
            sketch.set_interface(self.namespace, self.name, up=True)
            addressing.regain_addresses(sketch, self.namespace, self.name)
            carriers.settle(sketch)


@dataclass(frozen=True, slots=True)
class SetDown:
    """Bring an interface down that is up."""

    name: str
    namespace: str = HOST

    def command(self) -> str:
        return ip(self.namespace, "link", "set", *device(self.name), "down")

    def undo(self) -> Action:
        return SetUp(self.name, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        sketch.set_interface(self.namespace, self.name, up=False)
        addressing.lose_addresses(sketch, self.namespace, self.name)
        carriers.settle(sketch)


@dataclass(frozen=True, slots=True)
class SetMaster:
    """Make an interface a port of a bridge; an empty ``master`` takes it out of its bridge."""

    name: str
    master: str
    namespace: str = HOST
    was: str = ""

    def command(self) -> str:
        words = ("master", self.master) if self.master else ("nomaster",)
        return ip(self.namespace, "link", "set", *device(self.name), *words)

    def undo(self) -> Action:
        return SetMaster(self.name, self.was, self.namespace, self.master)

    def effect(self, sketch: Sketch) -> None:
        bridge = sketch.space(self.namespace).interface(self.master)
        master, port = (bridge.index, BridgePort("disabled")) if bridge else (None, None)
        sketch.set_interface(self.namespace, self.name, master=master, port=port)
        carriers.settle(sketch)


@dataclass(frozen=True, slots=True)
class SetAlias:
    """Write a note on an interface; in host mode it marks what the lab made."""

    name: str
    alias: str
    namespace: str = HOST
    was: str = ""

    def command(self) -> str:
        return ip(self.namespace, "link", "set", *device(self.name), "alias", self.alias)

    def undo(self) -> Action:
        return SetAlias(self.name, self.was, self.namespace, self.alias)

    def effect(self, sketch: Sketch) -> None:
        raise LookupError("its effect on a network isn't modelled")


@dataclass(frozen=True, slots=True)
class AddAddress:
    """Give an interface an address with its prefix length.

    An IPv6 address is usable at once, without duplicate address detection (``nodad``), as Docker does it:
    RFC 4862 has a host wait for a second before it speaks, and the ping in the next cell would fail by chance.
    """

    interface: str
    cidr: str
    namespace: str = HOST

    def command(self) -> str:
        nodad = ("nodad",) if ":" in self.cidr else ()
        return ip(self.namespace, "addr", "add", self.cidr, "dev", self.interface, *nodad)

    def undo(self) -> Action:
        return DeleteAddress(self.interface, self.cidr, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        ip, _, prefix = self.cidr.partition("/")
        addressing.gain(sketch, self.namespace, self.interface, Address(str(ipaddress.ip_address(ip)), int(prefix)))


@dataclass(frozen=True, slots=True)
class DeleteAddress:
    """Take an address from an interface."""

    interface: str
    cidr: str
    namespace: str = HOST

    def command(self) -> str:
        return ip(self.namespace, "addr", "del", self.cidr, "dev", self.interface)

    def undo(self) -> Action:
        return AddAddress(self.interface, self.cidr, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        interface = sketch.interface(self.namespace, self.interface)
        gone = next((a for a in interface.addresses if a.cidr == self.cidr), None)
        left = tuple(a for a in interface.addresses if a is not gone)
        if gone and addressing.is_primary(interface, gone):
            left = tuple(a for a in left if a.network != gone.network or a.family != 4)
        sketch.set_interface(self.namespace, self.interface, addresses=left)
        if gone:
            addressing.lose_routes_of(sketch, self.namespace, interface, gone, left)


@dataclass(frozen=True, slots=True)
class AddRoute:
    """Add a line to a routing table. ``route.interface`` is not looked at: ``interface`` names it."""

    route: Route
    interface: str = ""
    namespace: str = HOST

    def command(self) -> str:
        return _route(self.namespace, "add", self.route, self.interface)

    def undo(self) -> Action:
        return DeleteRoute(self.route, self.interface, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        route = self.route
        index = sketch.interface(self.namespace, self.interface).index if self.interface else None
        if index is None and route.gateway:
            index = addressing.way_to(sketch, self.namespace, route.gateway)
        if index is None and route.kind == "unicast":
            raise LookupError(f"{self.namespace} has no interface by which {route.gateway} is reached")
        route = replace(route, interface=index)
        if route.table == addressing.LOCAL_TABLE:
            space = sketch.space(self.namespace)
            sketch.set_space(self.namespace, local_routes=(*space.local_routes, route))
            return
        sketch.add_route(self.namespace, route)


@dataclass(frozen=True, slots=True)
class DeleteRoute:
    """Remove a line from a routing table."""

    route: Route
    interface: str = ""
    namespace: str = HOST

    def command(self) -> str:
        return _route(self.namespace, "del", self.route, self.interface)

    def undo(self) -> Action:
        return AddRoute(self.route, self.interface, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        gone = self.route
        index = sketch.interface(self.namespace, self.interface).index if self.interface else None

        def stays(route: Route) -> bool:
            place = (route.destination, route.family, route.table, route.metric, route.kind)
            same = place == (gone.destination, gone.family, gone.table, gone.metric, gone.kind)
            return not (same and gone.gateway in (None, route.gateway) and index in (None, route.interface))

        sketch.keep_routes(self.namespace, stays)


@dataclass(frozen=True, slots=True)
class AddRule:
    """Add a line to the routing policy (ip-rule(8))."""

    rule: PolicyRule
    namespace: str = HOST

    def command(self) -> str:
        return _rule(self.namespace, "add", self.rule)

    def undo(self) -> Action:
        return DeleteRule(self.rule, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        rules = (*sketch.space(self.namespace).rules, self.rule)
        sketch.set_space(self.namespace, rules=tuple(sorted(rules, key=lambda rule: (rule.family, rule.priority))))


@dataclass(frozen=True, slots=True)
class DeleteRule:
    """Remove a line from the routing policy."""

    rule: PolicyRule
    namespace: str = HOST

    def command(self) -> str:
        return _rule(self.namespace, "del", self.rule)

    def undo(self) -> Action:
        return AddRule(self.rule, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        rules = sketch.space(self.namespace).rules
        sketch.set_space(self.namespace, rules=tuple(rule for rule in rules if rule != self.rule))


@dataclass(frozen=True, slots=True)
class SetSysctl:
    """Set a kernel parameter of a namespace (sysctl(8)), such as ``net.ipv4.ip_forward``."""

    name: str
    value: str
    namespace: str = HOST
    was: str = "0"

    def command(self) -> str:
        return within(self.namespace, "sysctl", "-qw", f"{self.name}={self.value}")

    def undo(self) -> Action:
        return SetSysctl(self.name, self.was, self.namespace, self.value)

    def effect(self, sketch: Sketch) -> None:
        kernel_parameters.set_parameter(sketch, self.namespace, self.name, self.value)


@dataclass(frozen=True, slots=True)
class Nft:
    """Change a namespace's firewall by nft(8) commands, all or nothing as nft has it.

    Parameters
    ----------
    commands
        What nft reads, one command a line.
    undoing
        The commands that take them back.
    """

    commands: str
    namespace: str = HOST
    undoing: str = ""

    def command(self) -> str:
        return "\n".join(
            within(self.namespace, "nft", *_nft_words(line)) for line in self.commands.splitlines() if line.strip()
        )

    def undo(self) -> Action | None:
        return Nft(self.undoing, self.namespace, self.commands) if self.undoing else None

    def effect(self, sketch: Sketch) -> None:
        raise LookupError("its effect on a network isn't modelled")


@dataclass(frozen=True, slots=True)
class EndProcesses:
    """End processes that run in a namespace, and so keep it from going."""

    processes: tuple[tuple[int, str], ...]  # pid and name
    namespace: str

    def command(self) -> str:
        pids = " ".join(str(pid) for pid, _ in self.processes)
        names = shown(", ".join(name for _, name in self.processes))
        return f"sudo kill -9 {pids}  # {names} in {shown(self.namespace)}"

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        raise LookupError("its effect on a network isn't modelled")


@dataclass(frozen=True, slots=True)
class DeleteFiles:
    """Remove a namespace's own files, such as its ``resolv.conf``, from ``/etc/netns`` (ip-netns(8))."""

    name: str

    def command(self) -> str:
        return within(HOST, "rm", "-r", f"/etc/netns/{self.name}")

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        raise LookupError("its effect on a network isn't modelled")


def route_words(route: Route, interface: str = "") -> tuple[str, ...]:
    """What ip-route(8) wants to read after ``add`` or ``del``."""
    words = [] if route.kind == "unicast" else [route.kind]
    words.append(route.destination)
    if route.nexthop:  # which says where to
        words += ["nhid", str(route.nexthop)]
        interface = ""
    elif route.gateway:
        words += ["via", *(("inet6",) if route.family == 4 and ":" in route.gateway else ()), route.gateway]
    for key, value in (("dev", interface), ("src", route.source), ("metric", route.metric)):
        if value:
            words += [key, str(value)]
    if route.tos:
        words += ["tos", hex(route.tos)]
    for key, setting in route.metrics:
        words += [*key.split(), setting]
    if route.table != 254:
        words += ["table", str(route.table)]
    if route.protocol not in ("boot", "kernel"):
        words += ["proto", route.protocol]
    if route.onlink and not route.nexthop:
        words.append("onlink")
    return tuple(words)


def rule_words(rule: PolicyRule) -> tuple[str, ...]:
    """What ip-rule(8) wants to read after ``add`` or ``del``."""
    words = ["not"] if rule.inverted else []
    for key, value in (("from", rule.source or "all"), ("to", rule.destination), ("iif", rule.iif), ("oif", rule.oif)):
        if value:
            words += [key, value]
    if rule.mark:
        words += ["fwmark", hex(rule.mark) if rule.mask == 0xFFFFFFFF else f"{hex(rule.mark)}/{hex(rule.mask)}"]
    if rule.tos:
        words += ["tos", hex(rule.tos)]
    if rule.protocol:
        words += ["ipproto", rule.protocol]
    for key, ends in (("sport", rule.sport), ("dport", rule.dport), ("uidrange", rule.users)):
        if ends:
            low, high = ends
            words += [key, f"{low}-{high}" if low != high or key == "uidrange" else str(low)]
    words += ["priority", str(rule.priority)]
    if rule.vrf:
        words.append("l3mdev")
    elif rule.action == "table":
        words += ["table", str(rule.table)]
    else:
        words += ["goto", str(rule.goto)] if rule.action == "goto" else [rule.action]
    if rule.suppress_prefixlength is not None:
        words += ["suppress_prefixlength", str(rule.suppress_prefixlength)]
    if rule.suppress_group is not None:
        words += ["suppress_ifgroup", str(rule.suppress_group)]
    return tuple(words)


def _rule(namespace: str, verb: str, rule: PolicyRule) -> str:
    words = ("rule", verb, *rule_words(rule))
    return ip(namespace, *(("-6", *words) if rule.family == 6 else words))


def _nft_words(line: str) -> tuple[str, ...]:
    """As people type it: in quotes only where the shell would take something in it for its own."""
    words = tuple(line.split())
    return words if shlex.join(words) == " ".join(words) else (line.strip(),)


def _route(namespace: str, verb: str, route: Route, interface: str) -> str:
    by_object = verb == "del" and route.nexthop  # the kind is the nexthop object's, and not to be said
    words = ("route", verb, *route_words(replace(route, kind="unicast") if by_object else route, interface))
    across = route.family == 4 and ":" in (
        route.gateway or ""
    )  # ip(8) takes a destination to be of the gateway's family
    family = ("-6",) if route.family == 6 else ("-4",) if across else ()
    return ip(namespace, *family, *words)


def bridge(namespace: str, *words: str) -> str:
    """A bridge(8) command that acts in a namespace."""
    return _tool("bridge", namespace, words)


@dataclass(frozen=True, slots=True)
class SetLink:
    """Set an attribute of an interface (ip-link(8)): ``arp``, ``mtu`` or ``address``."""

    name: str
    setting: str
    value: str
    namespace: str = HOST
    was: str = ""

    def command(self) -> str:
        return ip(self.namespace, "link", "set", self.name, self.setting, self.value)

    def undo(self) -> SetLink:
        return SetLink(self.name, self.setting, self.was, self.namespace, self.value)

    def effect(self, sketch: Sketch) -> None:
        match self.setting:
            case "arp":
                sketch.set_interface(self.namespace, self.name, noarp=self.value == "off")
            case "mtu":
                sketch.set_interface(self.namespace, self.name, mtu=int(self.value))
            case "address":
                sketch.set_interface(self.namespace, self.name, mac=self.value)


@dataclass(frozen=True, slots=True)
class SetBridge:
    """Set an attribute of a bridge (ip-link(8), type bridge): ``stp_state`` or ``forward_delay``."""

    name: str
    setting: str
    value: str
    namespace: str = HOST
    was: str = ""

    def command(self) -> str:
        return ip(self.namespace, "link", "set", self.name, "type", "bridge", self.setting, self.value)

    def undo(self) -> SetBridge:
        return SetBridge(self.name, self.setting, self.was, self.namespace, self.value)

    def effect(self, sketch: Sketch) -> None:
        bridge = sketch.interface(self.namespace, self.name)
        if self.setting == "stp_state" and bridge.bridge:
            sketch.set_interface(self.namespace, self.name, bridge=replace(bridge.bridge, stp=self.value == "1"))


PORT_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")
"""A port's states in the kernel's order; bridge(8) takes them by name or number."""


@dataclass(frozen=True, slots=True)
class SetPort:
    """Set an attribute of a bridge port (bridge(8), link set): ``state``, ``isolated``, ``flood``, ``learning``..."""

    name: str
    setting: str
    value: str
    namespace: str = HOST
    was: str = ""

    def command(self) -> str:
        return bridge(self.namespace, "link", "set", "dev", self.name, self.setting, self.value)

    def undo(self) -> SetPort:
        return SetPort(self.name, self.setting, self.was, self.namespace, self.value)

    def effect(self, sketch: Sketch) -> None:
        interface = sketch.interface(self.namespace, self.name)
        if interface.port:
            value: Any = self.value if self.setting == "state" else self.value == "on"
            sketch.set_interface(self.namespace, self.name, port=replace(interface.port, **{self.setting: value}))


@dataclass(frozen=True, slots=True)
class DeleteForwarding:
    """Remove a line from a bridge's forwarding table (bridge(8), fdb); the bridge floods, and learns again."""

    mac: str
    interface: str
    namespace: str = HOST

    def command(self) -> str:
        return bridge(self.namespace, "fdb", "del", self.mac, "dev", self.interface, "master")

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        index = sketch.interface(self.namespace, self.interface).index
        lines = sketch.space(self.namespace).forwarding
        left = tuple(line for line in lines if (line.mac, line.interface) != (self.mac, index))
        sketch.set_space(self.namespace, forwarding=left)


@dataclass(frozen=True, slots=True)
class DeleteQdisc:
    """Remove a queueing discipline that somebody set (tc(8)); the kernel's own takes its place."""

    interface: str
    parent: str
    namespace: str = HOST

    def command(self) -> str:
        return tc(self.namespace, "qdisc", "del", "dev", self.interface, self.parent)

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        index = sketch.interface(self.namespace, self.interface).index
        lines = sketch.space(self.namespace).qdiscs
        left = tuple(line for line in lines if (line.interface, line.parent) != (index, self.parent))
        sketch.set_space(self.namespace, qdiscs=left)


@dataclass(frozen=True, slots=True)
class DeleteTrafficFilter:
    """Remove the filters of one priority from an interface's ingress or egress (tc(8))."""

    interface: str
    side: str
    priority: int
    namespace: str = HOST

    def command(self) -> str:
        return tc(self.namespace, "filter", "del", "dev", self.interface, self.side, "prio", str(self.priority))

    def undo(self) -> None:
        return None

    def effect(self, sketch: Sketch) -> None:
        index = sketch.interface(self.namespace, self.interface).index
        gone = index, self.side, self.priority
        lines = sketch.space(self.namespace).filters
        left = tuple(line for line in lines if (line.interface, line.side, line.priority) != gone)
        sketch.set_space(self.namespace, filters=left)


def tc(namespace: str, *words: str) -> str:
    """A tc(8) command that acts in a namespace."""
    return _tool("tc", namespace, words)


@dataclass(frozen=True, slots=True)
class AddNeighbour:
    """Write a permanent line into the neighbour table (ip-neighbour(8))."""

    ip: str
    mac: str
    interface: str
    namespace: str = HOST

    def command(self) -> str:
        words = ("neigh", "replace", self.ip, "lladdr", self.mac, "dev", self.interface, "nud", "permanent")
        return ip(self.namespace, *words)

    def undo(self) -> DeleteNeighbour:
        return DeleteNeighbour(self.ip, self.interface, self.namespace, self.mac)

    def effect(self, sketch: Sketch) -> None:
        index = carriers.forget(sketch, self.namespace, self.interface, self.ip)
        line = Neighbour(self.ip, index, self.mac, "PERMANENT")
        sketch.set_space(self.namespace, neighbours=(*sketch.space(self.namespace).neighbours, line))


@dataclass(frozen=True, slots=True)
class DeleteNeighbour:
    """Remove a line from the neighbour table; the kernel asks again when it needs it."""

    ip: str
    interface: str
    namespace: str = HOST
    mac: str = ""

    def command(self) -> str:
        return ip(self.namespace, "neigh", "del", self.ip, "dev", self.interface)

    def undo(self) -> AddNeighbour:
        return AddNeighbour(self.ip, self.mac, self.interface, self.namespace)

    def effect(self, sketch: Sketch) -> None:
        carriers.forget(sketch, self.namespace, self.interface, self.ip)
