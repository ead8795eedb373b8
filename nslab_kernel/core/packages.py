"""Which package of Debian and Ubuntu brings a command that a lesson or a curious student may want."""

from __future__ import annotations

_PACKAGES = {
    "arp": "net-tools",
    "arping": "iputils-arping",
    "brctl": "bridge-utils",
    "bridge": "iproute2",
    "conntrack": "conntrack",
    "curl": "curl",
    "dig": "dnsutils",
    "dnsmasq": "dnsmasq-base",
    "ebtables": "ebtables",
    "ethtool": "ethtool",
    "fc-list": "fontconfig",
    "host": "dnsutils",
    "hping3": "hping3",
    "ifconfig": "net-tools",
    "ip": "iproute2",
    "ip6tables": "iptables",
    "ip6tables-save": "iptables",
    "iperf": "iperf",
    "iperf3": "iperf3",
    "iptables": "iptables",
    "iptables-save": "iptables",
    "mtr": "mtr-tiny",
    "nc": "netcat-openbsd",
    "netcat": "netcat-openbsd",
    "netstat": "net-tools",
    "nft": "nftables",
    "nmap": "nmap",
    "nslookup": "dnsutils",
    "ping": "iputils-ping",
    "route": "net-tools",
    "socat": "socat",
    "ss": "iproute2",
    "sysctl": "procps",
    "tc": "iproute2",
    "tcpdump": "tcpdump",
    "telnet": "telnet",
    "tracepath": "iputils-tracepath",
    "traceroute": "traceroute",
    "tshark": "tshark",
    "vconfig": "vlan",
    "whois": "whois",
}
"""Commands about the network whose package has another name, or that people ask for."""


def package_of(command: str) -> str:
    """The package that brings a command; empty where we know of none.

    Examples
    --------
    >>> package_of("brctl")
    'bridge-utils'
    >>> package_of("ipp")
    ''
    """
    return _PACKAGES.get(command, "")
