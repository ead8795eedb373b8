"""For each kind of cause a literal network where it is the first one, and what is asked there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nslab_kernel.core.effects import after
from nslab_kernel.core.model.firewall import Chain, Match, Rule, RuleVerdict
from nslab_kernel.core.model.network import (
    HOST,
    Address,
    ForwardingEntry,
    Interface,
    Listener,
    Network,
    PolicyRule,
    Qdisc,
    Route,
    TrafficFilter,
    Tunnel,
)
from nslab_kernel.core.operations.actions import (
    Action,
    AddAddress,
    AddBridge,
    AddNamespace,
    AddNeighbour,
    AddRoute,
    AddRule,
    AddVeth,
    DeleteAddress,
    DeleteRoute,
    SetDown,
    SetLink,
    SetMaster,
    SetPort,
    SetSysctl,
    SetUp,
)
from nslab_kernel.core.operations.firewall_actions import AddChain, AddFilterRule
from nslab_kernel.core.operations.internet import internet

from .labs import V6, addressless, bridged, broken, default, routed


@dataclass(frozen=True)
class Case:
    """A network, and what is asked there."""

    network: Network
    source: str = "ns1"
    destination: str = "ns2"
    packet: dict[str, int] = field(default_factory=dict)
    curable: bool = True


FORWARD = Chain("ip", "filter", "FORWARD", (), "forward", "filter", 0, "drop")
INPUT = Chain("inet", "own", "input", (), "input", "filter", 0)
OUTPUT = Chain("ip", "nat", "OUTPUT", (), "output", "nat", -100)
PREROUTING = Chain("ip", "nat", "PREROUTING", (), "prerouting", "nat", -100)
POSTROUTING = Chain("ip", "nat", "POSTROUTING", (), "postrouting", "nat", 100)
NO_PING = Rule((Match("meta l4proto", ("icmp",)),), RuleVerdict("drop"), 3, text="meta l4proto icmp drop")
BRIDGED = SetSysctl("net.bridge.bridge-nf-call-iptables", "1")


def ruled(network: Network, namespace: str, chain: Chain, *rules: Rule) -> Network:
    return after(network, (AddChain(chain, namespace), *(AddFilterRule(chain, rule, namespace) for rule in rules)))


def listening(network: Network, namespace: str, ip: str, port: int) -> Network:
    spaces = (
        replace(space, listeners=(Listener("tcp", ip, port),)) if space.name == namespace else space
        for space in network.namespaces
    )
    return replace(network, namespaces=tuple(spaces))


def dadfailed(network: Network, *, tentative: bool = False) -> Network:
    """ns2's address in doubt, since ns3 has it, too."""
    space = network.get("ns2")
    assert space
    flags = {"tentative": True} if tentative else {"dadfailed": True}
    interfaces = tuple(
        replace(i, addresses=tuple(replace(a, **flags) if a.ip == "fd00::2" else a for a in i.addresses))
        for i in space.interfaces
    )
    spaces = (replace(s, interfaces=interfaces) if s is space else s for s in network.namespaces)
    return replace(network, namespaces=tuple(spaces))


def changed(network: Network, namespace: str, **fields: object) -> Network:
    """A network with other fields of one namespace."""
    spaces = [replace(s, **fields) if s.name == namespace else s for s in network.everywhere]  # type: ignore[arg-type]
    return replace(network, host=spaces[0], namespaces=tuple(spaces[1:]))


def index(network: Network, namespace: str, name: str) -> int:
    space = network.get(namespace)
    found = space.interface(name) if space else None
    assert found
    return found.index


def mac(network: Network, namespace: str, name: str) -> str:
    space = network.get(namespace)
    found = space.interface(name) if space else None
    assert found
    return found.mac


def misdirected(state: str = "static", port: str = "veth-ns3", *, sticky: bool = True) -> Network:
    """br1 has an entry for ns2, behind the port of ns3 unless another is named."""
    network = bridged(3)
    entry = ForwardingEntry(mac(network, "ns2", "eth00-ns2"), index(network, HOST, port), state, True, sticky=sticky)
    return changed(network, HOST, forwarding=(entry,))


def shaped(kind: str, options: str) -> Network:
    network = bridged()
    return changed(network, "ns2", qdiscs=(Qdisc(index(network, "ns2", "eth00-ns2"), kind, "1:", "root", options),))


def dropping_filter() -> Network:
    network = bridged()
    port = index(network, "ns2", "eth00-ns2")
    line = TrafficFilter(port, "ingress", "matchall", 49152, text="matchall action order 1: gact action drop")
    return changed(network, "ns2", filters=(line,))


def tunnelled(remote: str = "172.16.1.2", vni: int = 41) -> Network:
    """A vxlan from ns1 to ns2 over br1, with 10.60.0.1 and 10.60.0.2."""
    network = bridged()
    for number, far, own in ((1, remote, 41), (2, "172.16.1.1", vni)):
        name = f"ns{number}"
        space = network.get(name)
        assert space
        vxlan = Interface(
            9,
            "vx0",
            "vxlan",
            f"02:00:00:00:60:0{number}",
            1450,
            up=True,
            carrier=True,
            addresses=(Address(f"10.60.0.{number}", 24),),
            lower_index=index(network, name, f"eth00-{name}"),
            lower_namespace=name,
            tunnel=Tunnel(own, far, f"172.16.1.{number}", 4789),
        )
        route = Route("10.60.0.0/24", interface=9, source=f"10.60.0.{number}", scope="link", protocol="kernel")
        network = changed(network, name, interfaces=(*space.interfaces, vxlan), routes=(*space.routes, route))
    return network


def published_on_lo() -> Network:
    """The host sends its own connections to 127.0.0.1 port 8000 to ns1."""
    wanted = (Match("ip daddr", ("127.0.0.1",)), Match("tcp dport", ("8000",)))
    rule = Rule(wanted, RuleVerdict("dnat", "172.16.1.1", "80"), 4, text="dnat to 172.16.1.1:80")
    return listening(ruled(bridged(), HOST, OUTPUT, rule), "ns1", "0.0.0.0", 80)


def deaf_to_errors() -> Network:
    """The way to ns2 takes 600 bytes, and ns1 drops the errors that say so."""
    rule = Rule((Match("icmp type", ("destination-unreachable",)),), RuleVerdict("drop"), 3, text="icmp type 3 drop")
    return ruled(broken(routed(), SetLink("br2", "mtu", "600")), "ns1", INPUT, rule)


def without_local_route() -> Network:
    """ns2 has its address, but not in its table local."""
    loopback = Route("127.0.0.0/8", interface=1, table=255, kind="local", scope="host")
    return changed(bridged(), "ns2", local_routes=(loopback,))


def carrierless() -> Network:
    """A host with a network card that has no cable."""
    network = after(bridged(0), (AddBridge("eth0"), AddAddress("eth0", "10.1.0.1/24"), SetUp("eth0")))
    interfaces = tuple(replace(i, kind="", bridge=None) if i.name == "eth0" else i for i in network.host.interfaces)
    return replace(network, host=replace(network.host, interfaces=interfaces))


def two_routers() -> Network:
    """r1 and r2, each with the other as its gateway."""
    network = bridged(3)
    return broken(
        network,
        SetSysctl("net.ipv4.ip_forward", "1", "ns2"),
        SetSysctl("net.ipv4.ip_forward", "1", "ns3"),
        default("ns1", "172.16.1.2"),
        default("ns2", "172.16.1.3"),
        default("ns3", "172.16.1.2"),
    )


def private_and_public() -> Network:
    """The host is the router between ns1 and ns2, which has a public address and knows no way back."""
    network = bridged(1, "br2", ("203.0.113.1/24", "203.0.113.{}/24"), bridged(1))
    return broken(network, SetSysctl("net.ipv4.ip_forward", "1"), default("ns1", "172.16.0.1"))


def two_ways() -> Network:
    """ns2 has a second cable, into br1, by which it would answer ns1 at once."""
    return broken(
        routed(),
        AddVeth("v2", "eth1", "ns2"),
        AddAddress("eth1", "172.16.1.7/16", "ns2"),
        SetMaster("v2", "br1"),
        SetUp("v2"),
        SetUp("eth1", "ns2"),
        SetSysctl("net.ipv4.conf.all.rp_filter", "1", "ns2"),
    )


def answered_by_another() -> Network:
    """ns2 answers on its own link, where ns3 has the address of ns1."""
    network = bridged(2, "br2", ("172.17.0.1/16", "172.17.1.{}/16"), bridged(1))
    return broken(
        network,
        SetSysctl("net.ipv4.ip_forward", "1"),
        default("ns1", "172.16.0.1"),
        AddAddress("eth00-ns3", "172.16.1.1/16", "ns3"),
        AddAddress("eth00-ns2", "172.16.1.77/16", "ns2"),
    )


def published_on_the_own_bridge() -> Network:
    """The host sends what comes for its port 8080 to ns2, on the bridge where ns1 is, too."""
    wanted = (Match("ip daddr", ("172.16.0.1",)), Match("tcp dport", ("8080",)))
    rule = Rule(wanted, RuleVerdict("dnat", "172.16.1.2", "80"), 4, text="dnat to 172.16.1.2:80")
    network = broken(bridged(), SetSysctl("net.ipv4.ip_forward", "1"), SetPort("veth-ns1", "hairpin", "on"))
    return listening(ruled(network, HOST, PREROUTING, rule), "ns2", "0.0.0.0", 80)


def hairpin() -> Network:
    """The host sends what ns2 sends to its port 8080 back to ns2 by the same bridge port, without routing it."""
    rule = Rule(
        (Match("tcp dport", ("8080",)),), RuleVerdict("dnat", "172.16.1.1", "80"), 4, text="dnat to 172.16.1.1:80"
    )
    masquerade = Rule((), RuleVerdict("masquerade"), 5, text="masquerade")
    forwarding = SetSysctl("net.ipv4.ip_forward", "1")
    network = ruled(broken(bridged(), BRIDGED, forwarding), HOST, PREROUTING, rule)
    return listening(ruled(network, HOST, POSTROUTING, masquerade), "ns1", "0.0.0.0", 80)


def isolated() -> Network:
    return broken(bridged(), SetPort("veth-ns1", "isolated", "on"), SetPort("veth-ns2", "isolated", "on"))


def on_a_port() -> Network:
    """The host's address is on the port of ns1, not on the bridge."""
    return broken(bridged(), DeleteAddress("br1", "172.16.0.1/16"), AddAddress("veth-ns1", "172.16.0.1/16"))


def subnets_of_two_lengths() -> Network:
    """The host's subnet is small; ns1 takes everything in 172.16.0.0/12 for its link, ns2 on br2 too."""
    return broken(routed(), *wider("ns1", "172.16.1.1", 16, 12))


def wider(namespace: str, ip: str, old: int, new: int) -> tuple[Action, ...]:
    interface = f"eth00-{namespace}"
    return AddAddress(interface, f"{ip}/{new}", namespace), DeleteAddress(interface, f"{ip}/{old}", namespace)


def moved(namespace: str, old: str, new: str) -> tuple[Action, ...]:
    interface = f"eth00-{namespace}"
    return AddAddress(interface, new, namespace), DeleteAddress(interface, old, namespace)


V6_LAB = (2, "br1", V6)
UNREACHABLE = Route("172.17.0.0/16", kind="unreachable")

CASES: dict[str, Case] = {
    "unknown-name": Case(bridged(), destination="nowhere", curable=False),
    "no-interface": Case(broken(bridged(1), AddNamespace("bare")), "bare", "ns1", curable=False),
    "not-connected": Case(
        broken(bridged(1), AddNamespace("far"), AddBridge("br9", "far"), AddAddress("br9", "10.9.0.1/24", "far")),
        destination="10.9.0.1",
        curable=False,
    ),
    "interface-down": Case(broken(bridged(), SetDown("eth00-ns1", "ns1"))),
    "bridge-down": Case(broken(bridged(), SetDown("br1"))),
    "lo-down": Case(broken(bridged(), SetDown("lo", "ns1")), "ns1", "ns1"),
    "no-carrier": Case(carrierless(), HOST, "10.1.0.7", curable=False),
    "no-address": Case(broken(bridged(), DeleteAddress("eth00-ns1", "172.16.1.1/16", "ns1"))),
    "ipv6-off": Case(
        broken(bridged(*V6_LAB), SetSysctl("net.ipv6.conf.eth00-ns1.disable_ipv6", "1", "ns1")), destination="fd00::2"
    ),
    "tentative": Case(dadfailed(bridged(*V6_LAB), tentative=True), curable=False),
    "duplicate-detected": Case(dadfailed(broken(bridged(3, "br1", V6), AddAddress("eth00-ns3", "fd00::2/64", "ns3")))),
    "duplicate-address": Case(broken(bridged(3), AddAddress("eth00-ns3", "172.16.1.2/16", "ns3"))),
    "no-link-local": Case(addressless(), destination="fd01::2", curable=False),
    "not-made-up": Case(
        broken(bridged(), *internet(bridged())[:-1], default(HOST, "192.0.2.1")), HOST, "9.9.9.9", curable=False
    ),
    "no-route": Case(routed(defaults=False)),
    "refusing-route": Case(broken(routed(), AddRoute(UNREACHABLE, "", "ns1"))),
    "refusing-rule": Case(
        broken(routed(), AddRule(PolicyRule(100, destination="172.17.0.0/16", action="prohibit"), "ns1"))
    ),
    "wrong-gateway": Case(
        broken(
            routed(),
            DeleteRoute(Route("default", gateway="172.16.0.1"), "", "ns1"),
            default("ns1", "172.16.9.9"),
        )
    ),
    "no-gateway": Case(
        broken(
            routed(),
            DeleteRoute(Route("default", gateway="172.16.0.1"), "", "ns1"),
            AddRoute(Route("default", scope="link"), "eth00-ns1", "ns1"),
        )
    ),
    "gateway-no-router": Case(
        broken(
            bridged(1, "br2", ("172.17.0.1/16", "172.17.1.{}/16"), bridged(2)),
            SetSysctl("net.ipv4.ip_forward", "1"),
            default("ns1", "172.16.1.2"),
            default("ns3", "172.17.0.1"),
        ),
        destination="ns3",
    ),
    "routing-loop": Case(two_routers(), destination="10.9.9.9", curable=False),
    "prefix-too-narrow": Case(broken(bridged(), *wider("ns1", "172.16.1.1", 16, 24)), destination=HOST),
    "prefix-too-wide": Case(subnets_of_two_lengths()),
    "other-subnet": Case(broken(bridged(3), *moved("ns1", "172.16.1.1/16", "10.3.1.1/16"))),
    "unplugged": Case(broken(bridged(), SetMaster("veth-ns2", "", was="br1"))),
    "other-bridge": Case(broken(bridged(3), AddBridge("br2"), SetUp("br2"), SetMaster("veth-ns2", "br2", was="br1"))),
    "address-on-port": Case(on_a_port(), HOST, "172.16.1.1"),
    "nobody-has-it": Case(bridged(), destination="172.16.9.9", curable=False),
    "no-owner": Case(
        broken(bridged(1, "br2", ("172.17.0.1/16", "172.17.1.{}/16"), bridged(2)), default("ns1", "172.16.1.2")),
        destination="203.0.113.9",
    ),
    "no-local-route": Case(without_local_route()),
    "port-locked": Case(broken(bridged(), SetPort("veth-ns1", "locked", "on"))),
    "no-broadcasts": Case(broken(bridged(), SetPort("veth-ns2", "bcast_flood", "off"))),
    "wrong-forwarding": Case(misdirected()),
    "local-forwarding": Case(misdirected("permanent", "veth-ns2", sticky=False)),
    "same-mac": Case(
        broken(
            bridged(),
            SetLink("eth00-ns1", "address", "02:00:00:00:77:77", "ns1"),
            SetLink("eth00-ns2", "address", "02:00:00:00:77:77", "ns2"),
        )
    ),
    "filtered-by-tc": Case(dropping_filter()),
    "dropped-by-queue": Case(shaped("tbf", "rate 1Kbit burst 10b lat 1ms")),
    "no-remote": Case(tunnelled(remote=""), destination="10.60.0.2", curable=False),
    "other-vxlan": Case(tunnelled(vni=42), destination="10.60.0.2", curable=False),
    "localnet": Case(published_on_lo(), HOST, "127.0.0.1", {"tcp": 8000}),
    "ttl-exceeded": Case(broken(routed(), SetSysctl("net.ipv4.ip_default_ttl", "1", "ns1"))),
    "pmtu-black-hole": Case(deaf_to_errors(), packet={"size": 1000}),
    "arp-off": Case(broken(bridged(), SetLink("eth00-ns2", "arp", "off", "ns2"))),
    "arp-ignored": Case(broken(bridged(), SetSysctl("net.ipv4.conf.all.arp_ignore", "8", "ns2"))),
    "wrong-neighbour": Case(broken(bridged(), AddNeighbour("172.16.1.2", "02:00:00:00:99:99", "eth00-ns1", "ns1"))),
    "port-blocked": Case(broken(bridged(), SetPort("veth-ns2", "state", "blocking"))),
    "ports-isolated": Case(isolated()),
    "port-deaf": Case(broken(bridged(), SetPort("veth-ns2", "learning", "off"), SetPort("veth-ns2", "flood", "off"))),
    "no-hairpin": Case(hairpin(), "ns1", "172.16.0.1", {"tcp": 8080}),
    "too-big": Case(broken(bridged(), SetLink("eth00-ns2", "mtu", "68", "ns2"))),
    "filtered-by-policy": Case(ruled(routed(), HOST, FORWARD)),
    "filtered-by-rule": Case(ruled(bridged(), "ns2", INPUT, NO_PING)),
    "bridged-filtered-by-policy": Case(ruled(broken(bridged(), BRIDGED), HOST, FORWARD)),
    "bridged-filtered-by-rule": Case(
        ruled(broken(bridged(), BRIDGED), HOST, replace(FORWARD, policy="accept"), NO_PING)
    ),
    "not-forwarding": Case(broken(routed(), SetSysctl("net.ipv4.ip_forward", "0"))),
    "link-local-only": Case(
        broken(
            bridged(*V6_LAB),
            SetSysctl("net.ipv6.conf.all.forwarding", "1"),
            AddRoute(Route("fe80::99/128", 6, "fd00::f"), "", "ns1"),
            AddRoute(Route("fe80::99/128", 6, "fd00::2"), ""),
        ),
        destination="fe80::99",
        curable=False,
    ),
    "rp-filter": Case(two_ways(), destination="172.17.1.2"),
    "rp-filter-no-way": Case(
        broken(
            routed(),
            DeleteRoute(Route("default", gateway="172.17.0.1"), "", "ns2"),
            SetSysctl("net.ipv4.conf.all.rp_filter", "1", "ns2"),
        )
    ),
    "martian-source": Case(
        broken(bridged(), AddRoute(Route("172.16.1.2/32", source="127.0.0.1"), "eth00-ns1", "ns1")), curable=False
    ),
    "private-source": Case(private_and_public()),
    "nothing-to-masquerade-as": Case(
        ruled(
            broken(bridged(), BRIDGED, DeleteAddress("br1", "172.16.0.1/16")),
            HOST,
            POSTROUTING,
            Rule((), RuleVerdict("masquerade"), 5, text="masquerade"),
        ),
    ),
    "echo-ignored": Case(broken(bridged(), SetSysctl("net.ipv4.icmp_echo_ignore_all", "1", "ns2"))),
    "no-listener": Case(bridged(), packet={"tcp": 80}, curable=False),
    "listens-elsewhere": Case(listening(bridged(), "ns2", "127.0.0.1", 80), packet={"tcp": 80}, curable=False),
    "answer-elsewhere": Case(answered_by_another(), destination="172.17.1.2", curable=False),
    "answer-from-elsewhere": Case(published_on_the_own_bridge(), "ns1", "172.16.0.1", {"tcp": 8080}),
}
