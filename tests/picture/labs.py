"""Labs of many kinds for the picture to draw."""

from __future__ import annotations

from random import Random

from nslab_kernel.core.model.firewall import Chain, Match, Rule, RuleVerdict
from nslab_kernel.core.model.network import HOST, Network
from tests.picture.literal import Draft, drop_forward, masquerade, publish, seed


def rich() -> Draft:
    """Three bridges, a router between two of them, a cable straight between two namespaces, one namespace alone."""
    draft = Draft().bridge("br0", "10.0.0.1/24").bridge("br1", "10.1.0.1/24").bridge("docker0", carrier=False)
    for number in range(1, 4):
        draft.attach("br0", f"a{number}", f"10.0.0.1{number}/24")
    for number in range(1, 3):
        draft.attach("br1", f"b{number}", f"10.1.0.1{number}/24")
    draft.add("router").sysctl("router", "net.ipv4.ip_forward", "1").add("alone").add("p1").add("p2")
    draft.veth(HOST, "r-a", "router", "eth0", "10.0.0.254/24", master="br0")
    draft.veth(HOST, "r-b", "router", "eth1", "10.1.0.254/24", master="br1")
    return draft.veth("p1", "left", "p2", "right", "10.9.0.2/30", near=["10.9.0.1/30"])


def outside_world() -> Draft:
    """A provider with two servers beyond the host's eth0."""
    draft = Draft("provider", "web", "dns").bridge("mydocker0", "172.16.0.1/16")
    draft.veth(HOST, "eth0", "provider", "eth0", "192.0.2.1/24", near=["192.0.2.2/24"])
    draft.veth("web", "eth0", "provider", "to-web", "203.0.113.1/28", near=["203.0.113.10/28"])
    draft.veth("dns", "eth0", "provider", "to-dns", "203.0.113.17/28", near=["203.0.113.53/28"])
    for number in (1, 2):
        draft.attach("mydocker0", f"ns{number}", f"172.16.1.{number}/16")
        draft.route(f"ns{number}", "default", "172.16.0.1", f"eth00-ns{number}")
    return draft.route(HOST, "default", "192.0.2.1", "eth0")


def provider_with_bridges() -> Draft:
    """A provider whose servers are plugged into bridges inside it, IPv6 too; one server hides behind another."""
    draft = Draft("isp", "inet-web", "inet-dns", "behind").bridge("mydocker0", "172.16.0.1/16")
    draft.veth(HOST, "eth0", "isp", "customer1", "192.0.2.1/24", "2001:db8:2::1/64", near=["192.0.2.2/24"])
    draft.bridge("net203", "203.0.113.1/24", "2001:db8:113::1/64", where="isp")
    draft.veth("isp", "web", "inet-web", "eth0", "203.0.113.10/24", "2001:db8:113::10/64", master="net203")
    draft.veth("isp", "dns", "inet-dns", "eth0", "203.0.113.53/24", master="net203")
    draft.veth("inet-web", "eth1", "behind", "eth0", "10.0.0.2/24", near=["10.0.0.1/24"])
    return draft.attach("mydocker0", "ns1", "172.16.1.1/16")


def with_nat(draft: Draft) -> Draft:
    """Forwarding, masquerade, a published port, and Docker's policy."""
    draft.sysctl(HOST, "net.ipv4.ip_forward", "1")
    return draft.firewall(
        HOST, masquerade("172.16.0.0/16", "eth0"), publish("8080", "172.16.1.1", "80"), drop_forward()
    )


def oddities() -> Draft:
    """Everything a host can have beside cables into namespaces."""
    draft = Draft("ns3").bridge("br0").bridge("br1")
    draft.veth(HOST, "veth0", HOST, "veth1").veth(HOST, "patch0", HOST, "patch1", master="br0")
    draft.set(HOST, "patch1", master=3).veth(HOST, "half0", HOST, "half1", master="br0")
    draft.put(HOST, "tun0", "tun", ["10.8.0.1/24"], carrier=False)
    draft.put(HOST, "vxlan100", "vxlan", master=2)
    draft.put(HOST, "eth0", "", ["192.168.1.10/24"], master=3)
    draft.put(HOST, "eth1", "", ["192.168.2.10/24", "2001:db8:1:2:3:4:5:6/64"])
    draft.attach("br0", "ns1", "10.0.0.1/24").attach("br1", "ns2", "10.0.0.2/24")
    return draft.veth(HOST, "p2p", "ns3", "eth0", "10.5.0.2/30", near=["10.5.0.1/30", "2001:db8::1:2:3:4/126"])


def long_names() -> Draft:
    """Names of 15 characters and addresses as long as they get."""
    draft = Draft().bridge("verylongbridge1", "2001:db8:1234:5678:9abc:def0:1234:5678/64", "172.16.100.1/16")
    for number in range(3):
        name = f"verylongname-{number}WW"
        draft.add(name).veth(
            HOST,
            f"veth-WWWWWWWW{number}x",
            name,
            "eth00-WWWWWWWWW",
            f"2001:db8:1234:5678:9abc:def0:1234:567{number}/64",
            f"172.16.100.10{number}/16",
            master="verylongbridge1",
        )
        draft.route(name, "2001:db8:ffff:ffff::/64", "2001:db8:1234:5678:9abc:def0:1234:5678", "eth00-WWWWWWWWW")
    return draft


def many_rules() -> Draft:
    """More firewall rules than anybody wants to read in a picture."""
    rules = tuple(
        Rule(
            (Match("ip saddr", (f"172.16.{n}.0/24",)), Match("tcp dport", (str(n),))),
            RuleVerdict("drop"),
            n,
            "",
            f"rule {n}",
        )
        for n in range(1, 40)
    )
    chain = Chain("inet", "filter", "forward", rules, "forward", "filter", 0, "drop")
    return outside_world().firewall(HOST, chain, masquerade("172.16.0.0/16", "eth0"))


def random_lab(number: int) -> tuple[Network, Network]:
    """Two snapshots of a lab, a few steps apart, of 1 to 40 namespaces."""
    dice = Random(number)
    count = number % 40 + 1
    bridges = [f"br{n}" for n in range(dice.choice((1, 1, 1, 2, 3, 5)))]
    draft = with_nat(outside_world()) if dice.random() < 0.3 else Draft()
    for bridge in bridges:
        draft.bridge(bridge, *dice.choice(((), ("10.0.0.1/8",), ("10.0.0.1/8", "2001:db8::1/64"))))
    before = None
    names = [dice.choice(("ns", "web", "a-long-name-")) + str(n) for n in range(count)]
    for n, name in enumerate(names):
        _add_room(draft, dice, name, names[:n], bridges)
        if n == count // 2:
            before = draft.network()
    assert before is not None
    for name in dice.sample(names, count // 5):
        draft.remove(name)
    for _ in range(3):
        namespace = dice.choice(draft.network().everywhere)
        interface = dice.choice(namespace.interfaces)
        draft.down(namespace.name, interface.name)
    return before, draft.network()


def _add_room(draft: Draft, dice: Random, name: str, others: list[str], bridges: list[str]) -> None:
    draft.add(name)
    for n in range(dice.choice((0, 1, 1, 1, 1, 1, 2, 3))):
        addresses = [f"10.{n}.{dice.randrange(255)}.{dice.randrange(1, 255)}/8"]
        if dice.random() < 0.2:
            addresses.append(f"2001:db8:1:2:3:4:5:{dice.randrange(65535):x}/64")
        near = f"v{len(others)}-{n}-{name}"[:15]
        kind = dice.random()
        if kind < 0.75:
            draft.veth(HOST, near, name, f"eth{n}", *addresses, master=dice.choice(bridges))
        elif kind < 0.9 or not others:
            draft.veth(HOST, near, name, f"eth{n}", *addresses, near=dice.choice(((), ("10.99.0.1/30",))))
        else:
            draft.veth(dice.choice(others), near, name, f"eth{n}", *addresses)
    if dice.random() < 0.3:
        draft.sysctl(name, "net.ipv4.ip_forward", "1")


def gallery() -> dict[str, tuple[Network, Network | None]]:
    """Labs worth looking at, with an earlier snapshot for some."""
    changed = rich()
    before_changes = changed.network()
    changed.remove("a2").remove("router").down(HOST, "br1").attach("br1", "b3", "10.1.0.13/24")
    return {
        "a bare host": (Draft().network(), None),
        "the bridge alone": (Draft().bridge("mydocker0", up=False, carrier=False).network(), Draft().network()),
        "the first lesson, second namespace added": (seed(2, up=False).network(), seed(1, up=False).network()),
        "eight": (seed(8).network(), seed(7).network()),
        "thirty": (seed(30).down("ns7", "eth00-ns7").network(), seed(29).network()),
        "a third removed": (seed(2).network(), seed(3).network()),
        "several bridges": (rich().network(), None),
        "several bridges, changed": (changed.network(), before_changes),
        "the outside world": (outside_world().network(), None),
        "a provider with bridges": (provider_with_bridges().network(), seed(1).network()),
        "a provider gone": (seed(1).network(), provider_with_bridges().network()),
        "translated": (with_nat(outside_world()).network(), outside_world().network()),
        "oddities": (oddities().network(), None),
        "oddities gone": (Draft().network(), oddities().network()),
        "long names": (long_names().network(), None),
        "many rules": (many_rules().network(), outside_world().network()),
    }
