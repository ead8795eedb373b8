"""A plain shell script that builds a network from nothing."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from ..foreign import shown
from ..model.network import HOST, PAIRS, Interface, Namespace, Network
from . import interfaces, queues, routes
from .details import Details, necessary

_BUILT = ("loopback", "bridge", *PAIRS)


def buildable(network: Network, details: Details) -> tuple[Network, list[str]]:
    """The part of a network that can be built, and a comment for each interface that is left out.

    With an interface go its routes and neighbours: commands about it would fail, or hit another machine's own.
    """
    comments: list[str] = []
    kept = []
    for namespace in network.everywhere:
        if namespace.kind == "process":
            comments.append(f"# left out: namespace {shown(namespace.title)}, which ends with its process")
        reasons = dict(_reasons(network, namespace, details))
        comments += [
            f"# left out: {shown(interface.name)} in {shown(namespace.name)}, {shown(why)}"
            for interface, why in reasons.items()
        ]
        kept.append(_without(namespace, {interface.index for interface in reasons}))
    return replace(network, host=kept[0], namespaces=tuple(kept[1:])), comments


def _reasons(network: Network, here: Namespace, details: Details) -> Iterator[tuple[Interface, str]]:
    for interface in here.interfaces:
        end = network.peer(interface)
        if here.kind == "process":
            continue  # the whole namespace is, see `rebuilding.rebuilt`
        if interface.kind in PAIRS and (end is None or end[0].kind == "process"):
            yield interface, "whose other end has no place in this script"
        elif interface.kind not in _BUILT and (here.name, interface.name) not in details.links:
            held = interface.kind == "tun"
            yield interface, "which a program holds" if held else f"which is {interface.kind or 'hardware'}"


def _without(namespace: Namespace, gone: set[int]) -> Namespace:
    hops = {hop.id for hop in namespace.nexthops if hop.interface in gone}
    kept = (hop for hop in namespace.nexthops if hop.id not in hops)
    return replace(
        namespace,
        interfaces=tuple(i for i in namespace.interfaces if i.index not in gone),
        routes=tuple(route for route in namespace.routes if route.interface not in gone),
        neighbours=tuple(neighbour for neighbour in namespace.neighbours if neighbour.interface not in gone),
        local_routes=tuple(route for route in namespace.local_routes if route.interface not in gone),
        nexthops=tuple(replace(hop, group=tuple(one for one in hop.group if one[0] not in hops)) for hop in kept),
        proxies=tuple(proxy for proxy in namespace.proxies if proxy.interface not in gone),
        forwarding=tuple(entry for entry in namespace.forwarding if entry.interface not in gone),
        qdiscs=tuple(queue for queue in namespace.qdiscs if queue.interface not in gone),
        filters=tuple(one for one in namespace.filters if one.interface not in gone),
    )


_END = "END_OF_TEXT"


def script(network: Network, details: Details | None = None) -> str:
    """A shell script that builds ``network`` from nothing, on any Linux, run as root.

    The network that it builds and the one that was read are equal by `nslab_kernel.core.lessons.drift.comparable`.
    Programs that run in the namespaces aren't part of a network, so they aren't in it.
    """
    known = details or Details()
    network, left_out = buildable(network, known)
    sections = (
        ("Namespaces", (interfaces.line(HOST, "netns", "add", space.name) for space in _named(network))),
        ("Kernel parameters", _settings(network, known, of_interfaces=False)),
        (
            "What isn't in this script",
            (
                *left_out,
                *_unread(network, known),
                *interfaces.left_out(network),
                *routes.left_out(network),
                *queues.left_out(network),
            ),
        ),
        ("Interfaces", interfaces.interfaces(network, known)),
        ("What is set on them, and which bridge they are in", interfaces.link_settings(network, known)),
        ("Kernel parameters of single interfaces", _settings(network, known, of_interfaces=True)),
        ("Addresses", interfaces.addresses(network)),
        ("What is up", interfaces.states(network)),
        ("Forwarding tables", interfaces.forwarding(network)),
        ("Routes", routes.routing(network)),
        ("What is down again", interfaces.states_afterwards(network)),
        ("Queues", queues.queues(network)),
        ("Firewall", _rules(known)),
        ("Files that programs in a namespace see as their /etc", _files(known)),
    )
    parts = [_head(network, known)]
    for title, lines in sections:
        body = list(lines)
        if body:
            parts.append("\n".join((f"# {title}", *body)) + "\n")
    return "\n".join(parts)


def _named(network: Network) -> list[Namespace]:
    return [namespace for namespace in interfaces.rebuilt(network) if namespace.name != HOST]


def _head(network: Network, details: Details) -> str:
    names = ", ".join(shown(namespace.name) for namespace in _named(network)[:8]) or "no namespaces"
    more = "" if len(network.namespaces) <= 8 else f" and {len(network.namespaces) - 8} more"
    tools = ["iproute2"]
    loaders = {rules.loader for parts in details.rules.values() for rules in parts}
    tools += ["nftables"] if "nft" in loaders else []
    tools += ["iptables"] if loaders - {"nft"} else []
    return (
        "#!/bin/sh\n"
        f"# Builds a network from nothing: {names}{more}.\n"
        f"# Run it as root, on any Linux with {', '.join(tools)}: sudo sh THIS_FILE\n"
        "set -e\n"
    )


def _settings(network: Network, details: Details, *, of_interfaces: bool) -> Iterator[str]:
    for namespace, settings in details.settings.items():
        place = network.get(namespace)
        for setting in necessary(settings):
            there = place is None or not of_interfaces or place.interface(setting.interface) is not None
            if bool(setting.interface) == of_interfaces and there:
                yield _within(namespace, "sysctl", "-qw", f"{setting.name}={setting.value}")


def _unread(network: Network, details: Details) -> Iterator[str]:
    for namespace in interfaces.rebuilt(network):
        for what in details.unread.get(namespace.name, ()):
            yield f"# left out: {what} in {shown(namespace.name)}"


def _rules(details: Details) -> Iterator[str]:
    for namespace, parts in details.rules.items():
        for rules in parts:
            words = ("nft", "-f", "-") if rules.loader == "nft" else (rules.loader,)
            yield f"{_within(namespace, *words)} {_heredoc(rules.text)}"


def _files(details: Details) -> Iterator[str]:
    for namespace, files in details.files.items():
        folder = f"/etc/netns/{namespace}"
        yield shlex.join(("mkdir", "-p", folder))
        for name, text in files:
            yield f"cat > {shlex.quote(f'{folder}/{name}')} {_heredoc(text)}"


def _heredoc(text: str) -> str:
    """A text as a command's input, taken as it is: it ends at a word that no line of it is."""
    word = _END
    while word in text.splitlines():
        word += "_"
    return f"<<'{word}'\n{text.rstrip()}\n{word}"


def _within(namespace: str, *words: str) -> str:
    place = () if namespace == HOST else ("ip", "netns", "exec", namespace)
    return shlex.join((*place, *words))
