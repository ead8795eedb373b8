"""The pasta(1) command of the real uplink, and where it is asked for. The launcher imports it: it must be quick.

The addresses are those that QEMU's user network made usual. Connections go out as those of an ordinary program on the
machine; none comes in. IPv4 alone: a machine's IPv6 addresses can't be shared with namespaces behind a router.
"""

from __future__ import annotations

INTERFACE = "eth0"
ADDRESS, PREFIX = "10.0.2.15", "24"
MACHINE = "10.0.2.2"
"""The gateway, which also leads to what listens on the machine's own loopback."""
RESOLVER = "10.0.2.3"
"""Leads to the DNS server that the machine itself asks."""

REQUESTS = "/etc/nslab/uplink"
"""The unix socket in the lab on which its launcher, outside, waits to be asked for the uplink."""

# No port is forwarded, either way: by default pasta would open the lab's ports on the machine.
_PORTS = ("-t", "none", "-u", "none", "-T", "none", "-U", "none")
COMMAND = (
    *("pasta", "--config-net", "-4", "-I", INTERFACE, "-a", ADDRESS, "-n", PREFIX, "-g", MACHINE),
    *("--dns-forward", RESOLVER, *_PORTS),
)
"""The command, but for the namespace that it is to join."""
