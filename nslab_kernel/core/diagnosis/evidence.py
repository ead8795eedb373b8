"""The command that shows what a cause says: what a person would type to see it themselves."""

from __future__ import annotations

from collections.abc import Callable

from ..operations.actions import bridge, device, ip, tc, within
from .walk import Cause

_Look = Callable[[Cause], str]


def command_of(cause: Cause) -> str:
    """The command that shows a cause's evidence."""
    return _LOOKS[cause.kind](cause)


def _link(cause: Cause) -> str:
    place = cause.place
    return ip(place.namespace, "link", "show", *(device(place.interface) if place.interface else ()))


def _addresses(cause: Cause) -> str:
    return ip(cause.place.namespace, "addr", "show", "dev", cause.place.interface)


def _route(cause: Cause) -> str:
    return ip(cause.place.namespace, "route", "get", cause.facts["ip"])


def _policy(cause: Cause) -> str:
    family = ("-6",) if ":" in cause.facts["ip"] else ()
    return ip(cause.place.namespace, *family, "rule")


def _neighbour(cause: Cause) -> str:
    return ip(cause.place.namespace, "neigh", "show", cause.facts["ip"], "dev", cause.place.interface)


def _port(cause: Cause) -> str:
    return bridge(cause.place.namespace, "-d", "link", "show", "dev", cause.place.interface)


def _local_table(cause: Cause) -> str:
    family = ("-6",) if ":" in cause.facts["ip"] else ()
    return ip(cause.place.namespace, *family, "route", "show", "table", "local", cause.facts["ip"])


def _forwarding(cause: Cause) -> str:
    return bridge(cause.place.namespace, "fdb", "show", "br", cause.facts["bridge"])


def _remotes(cause: Cause) -> str:
    return bridge(cause.place.namespace, "fdb", "show", "dev", cause.place.interface)


def _details(cause: Cause) -> str:
    return ip(cause.place.namespace, "-d", "link", "show", "dev", cause.place.interface)


def _filters(cause: Cause) -> str:
    return tc(cause.place.namespace, "filter", "show", "dev", cause.place.interface, cause.facts["side"])


def _queues(cause: Cause) -> str:
    return tc(cause.place.namespace, "qdisc", "show", "dev", cause.place.interface)


def _origin_setting(cause: Cause) -> str:
    return within(cause.facts["sender"], "sysctl", cause.facts["setting"])


def _setting(cause: Cause) -> str:
    return within(cause.place.namespace, "sysctl", cause.facts["setting"])


def _of_interface(name: str) -> _Look:
    return lambda cause: within(cause.place.namespace, "sysctl", name.format(cause.place.interface))


def _chain(cause: Cause) -> str:
    if cause.facts.get("tool"):
        *tool, name = cause.facts["tool"].split()
        return within(cause.place.namespace, *tool, "-L" if tool[0] in ("ebtables", "arptables") else "-S", name)
    return within(cause.place.namespace, "nft", "list", "chain", *cause.facts["chain"].split())


def _sockets(cause: Cause) -> str:
    return within(cause.place.namespace, "ss", "-ltn" if cause.facts["protocol"] == "tcp" else "-lun")


def _name(cause: Cause) -> str:
    return within(cause.place.namespace, "getent", "ahosts", cause.facts["name"])


_LOOKS: dict[str, _Look] = {
    "unknown-name": _name,
    "no-interface": _link,
    "not-connected": _link,
    "interface-down": _link,
    "bridge-down": _link,
    "lo-down": _link,
    "no-carrier": _link,
    "no-address": _addresses,
    "ipv6-off": _of_interface("net.ipv6.conf.{}.disable_ipv6"),
    "tentative": _addresses,
    "duplicate-detected": _addresses,
    "duplicate-address": _addresses,
    "no-link-local": _addresses,
    "not-made-up": _route,
    "no-route": _route,
    "refusing-route": _route,
    "refusing-rule": _policy,
    "wrong-gateway": _neighbour,
    "no-gateway": _route,
    "gateway-no-router": _route,
    "routing-loop": _route,
    "prefix-too-narrow": _addresses,
    "prefix-too-wide": _addresses,
    "other-subnet": _addresses,
    "unplugged": _link,
    "other-bridge": _link,
    "address-on-port": _addresses,
    "nobody-has-it": _neighbour,
    "no-owner": _addresses,
    "arp-off": _link,
    "arp-ignored": _setting,
    "wrong-neighbour": _neighbour,
    "port-blocked": _port,
    "ports-isolated": _port,
    "port-deaf": _port,
    "no-hairpin": _port,
    "too-big": _link,
    "no-local-route": _local_table,
    "port-locked": _port,
    "no-broadcasts": _port,
    "wrong-forwarding": _forwarding,
    "local-forwarding": _forwarding,
    "same-mac": _forwarding,
    "filtered-by-tc": _filters,
    "dropped-by-queue": _queues,
    "no-remote": _remotes,
    "other-vxlan": _details,
    "localnet": _setting,
    "ttl-exceeded": _origin_setting,
    "pmtu-black-hole": _link,
    "filtered-by-policy": _chain,
    "filtered-by-rule": _chain,
    "bridged-filtered-by-policy": _chain,
    "bridged-filtered-by-rule": _chain,
    "not-forwarding": _setting,
    "link-local-only": _route,
    "rp-filter": _setting,
    "rp-filter-no-way": _route,
    "martian-source": _route,
    "private-source": _route,
    "nothing-to-masquerade-as": _addresses,
    "echo-ignored": _setting,
    "no-listener": _sockets,
    "listens-elsewhere": _sockets,
    "answer-elsewhere": _addresses,
    "answer-from-elsewhere": _addresses,
}
KINDS = tuple(_LOOKS)
"""The kinds of causes, in about the order in which a packet can meet them."""
