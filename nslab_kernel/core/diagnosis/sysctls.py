"""Kernel parameters that decide about a packet, as the kernel combines them (ip-sysctl in its documentation)."""

from __future__ import annotations

from ..model.network import Interface, Namespace

FORWARDING = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}
"""What makes a namespace a router."""
BRIDGE_CALLS = {4: "net.bridge.bridge-nf-call-iptables", 6: "net.bridge.bridge-nf-call-ip6tables"}
"""What makes bridged frames pass the IP firewall, too."""


def bridge_calls(here: Namespace, bridge: Interface, family: int) -> bool:
    """Whether the frames that a bridge forwards pass the IP firewall: set for all, or for this bridge."""
    own = bridge.bridge
    mine = own is not None and (own.nf_call_ip6tables if family == 6 else own.nf_call_iptables)
    return here.sysctl(BRIDGE_CALLS[family]) == "1" or mine


def forwards(here: Namespace, into: Interface, family: int) -> bool:
    """Whether packets that come in by an interface may go out by another."""
    if family == 6:
        return here.sysctl("net.ipv6.conf.all.forwarding") == "1"
    return here.sysctl(f"net.ipv4.conf.{into.name}.forwarding", here.sysctl("net.ipv4.ip_forward")) == "1"


def reverse_path_filter(here: Namespace, into: Interface) -> int:
    """0 off, 1 strict, 2 loose: the stricter of ``all`` and the interface's own, by number."""
    return _highest(here, into, "rp_filter")


def arp_ignore(here: Namespace, into: Interface) -> int:
    """Which questions for an address are answered: 0 all, 1 those for the interface's own addresses, ..."""
    return _highest(here, into, "arp_ignore")


def accepts_local(here: Namespace, into: Interface) -> bool:
    """Whether packets are let in whose source is an address of the namespace itself."""
    return _highest(here, into, "accept_local") > 0


def answers_for_others(here: Namespace, into: Interface, family: int) -> bool:
    """Whether questions for addresses behind other interfaces are answered (proxy_arp, proxy_ndp)."""
    if family == 6:
        return any(here.sysctl(f"net.ipv6.conf.{place}.proxy_ndp") == "1" for place in ("all", into.name))
    return _highest(here, into, "proxy_arp") > 0


def routes_localnet(here: Namespace, interface: Interface) -> bool:
    """Whether 127.0.0.0/8 may go out and come in by an interface."""
    return _highest(here, interface, "route_localnet") > 0


def default_ttl(here: Namespace, family: int) -> int:
    """The TTL, or hop limit, of what a namespace sends."""
    name = "net.ipv6.conf.all.hop_limit" if family == 6 else "net.ipv4.ip_default_ttl"
    return int(here.sysctl(name, "64"))


def ignores_echo(here: Namespace, family: int) -> str:
    """The parameter that keeps a namespace from answering ping; empty if it answers."""
    name = "net.ipv6.icmp.echo_ignore_all" if family == 6 else "net.ipv4.icmp_echo_ignore_all"
    return name if here.sysctl(name) == "1" else ""


def ipv6_off(here: Namespace, interface: Interface) -> bool:
    """Whether an interface has no IPv6 at all."""
    return here.sysctl(f"net.ipv6.conf.{interface.name}.disable_ipv6") == "1"


def _highest(here: Namespace, interface: Interface, name: str) -> int:
    return max(int(here.sysctl(f"net.ipv4.conf.{place}.{name}")) for place in ("all", interface.name))
