"""Claims about packets that are watched on their way: who sees them, who answers, what is said."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from ..model.network import Network
from ..translation import Message, _, pgettext
from .experiments import (
    Experiment,
    Fetched,
    Page,
    Resolved,
    Result,
    Watched,
    WatchedTrace,
    listed,
    passed,
    responders,
    sees,
    sources,
)
from .parse import AnswersFrom, GoesVia, Overhears, PacketClaim, Reaches, Resolves, Says, Sees, Sends

_TRIES = 16
"""How often to ask for each of several that may answer: chance leaves one of two out once in 30000 times."""

_REASONS = {
    "no namespace": _("there is no namespace {name}"),
    "no address": _("{target} has no address that {source} could be tried at"),
    "arrived as": _("it came from {addresses}"),
    "not arrived": _("no packet of {source} came to {viewer}"),
    "seen": _("{count} of {all} packets came by"),
    "not seen": _("none of {all} packets came by"),
    "silent": _("no ping of {source} is answered, so there is nothing to see"),
    "says": _('it says "{text}"'),
    "resolved": _("it finds {addresses}"),
    "unresolved": _("it finds no address"),
    "passed": _("{ip} answered"),
    "too big": _("a packet of {size} bytes doesn't fit on the way"),
    "via": _("it goes via {names}"),
    "direct": _("nobody passes it on"),
    "answers": _("answers came from {names}"),
    "untold": _("nobody was seen to answer"),
    "silence": _("no answer from {ip}"),
    "no route": _("{source} has no route to {ip}"),
    "unreachable": _("a router replied: destination unreachable"),
    "refused": _("{ip} refuses the connection"),
    "prohibited": pgettext("reasons prohibited", "a firewall on the way rejects it"),
    "unknown name": _("{source} finds no address for the name {name}"),
    "failed": _("the packet couldn't be sent from {source}"),
}


def experiments(claim: PacketClaim, network: Network) -> tuple[Experiment, ...]:
    """What must be sent, fetched or looked up to judge a claim; nothing where a namespace is missing."""
    if missing(claim, network):
        return ()
    match claim:
        case Resolves():
            return (Resolved(claim.namespace, claim.name),)
        case Says():
            return (Fetched(claim.source, claim.url),)
        case Sends():
            return tuple(
                Watched(claim.source, address, size=claim.size) for address in _addresses(network, claim.target)
            )
        case Sees():
            version = ipaddress.ip_address(claim.address).version
            there = [one for one in _own(network, claim.viewer) if ipaddress.ip_address(one).version == version]
            return tuple(Watched(claim.source, address) for address in there)
        case Overhears():
            return tuple(
                Watched(claim.source, address)
                for other in network.everywhere
                if other.name not in (claim.viewer, claim.source)
                for address in _own(network, other.name)
            )
        case GoesVia():
            return tuple(Watched(claim.source, address) for address in _addresses(network, claim.target)[:1])
        case AnswersFrom():
            return _asked(claim, network)


def missing(claim: PacketClaim, network: Network) -> str:
    """A namespace that the claim names and that isn't there; empty if all are."""
    match claim:
        case Resolves():
            names: tuple[str, ...] = (claim.namespace,)
        case Says() | Sends():
            names = (claim.source,)
        case Sees() | Overhears():
            names = (claim.viewer, claim.source)
        case GoesVia():
            names = (claim.source, *claim.via)
        case AnswersFrom():
            names = (*claim.names, *([claim.of.source] if claim.of else []))
    return next((name for name in names if network.get(name) is None), "")


def judge_packets(claim: PacketClaim, network: Network, results: Mapping[Experiment, Result]) -> tuple[bool, Message]:
    """Whether a claim holds, and the reason.

    Parameters
    ----------
    claim
        What is claimed.
    network
        The lab as it was read before.
    results
        What became of the claim's `experiments`.
    """
    absent = missing(claim, network)
    if absent:
        return False, _REASONS["no namespace"].filled(name=absent)
    tried = [(one, results[one]) for one in experiments(claim, network)]
    if not tried:
        target, source = _pair(claim)
        return False, _REASONS["no address"].filled(target=target, source=source)
    match claim:
        case Resolves():
            found = tried[0][1]
            assert isinstance(found, tuple)
            right = (claim.address in found) if claim.address else bool(found)
            words = _REASONS["resolved"].filled(addresses=listed(found)) if found else _REASONS["unresolved"]
            return right == claim.expected, words
        case Says():
            return _says(claim, tried[0][1])
    traces = [(one, trace) for one, trace in tried if isinstance(one, Watched) and isinstance(trace, WatchedTrace)]
    match claim:
        case Sends():
            return _sends(claim, traces)
        case Sees():
            seen = tuple(dict.fromkeys(address for _, trace in traces for address in sources(trace, claim.viewer)))
            if not seen:
                return not claim.expected, _REASONS["not arrived"].filled(source=claim.source, viewer=claim.viewer)
            return (seen == (claim.address,)) == claim.expected, _REASONS["arrived as"].filled(addresses=listed(seen))
        case Overhears():
            return _overhears(claim, traces)
        case GoesVia():
            return _goes_via(claim, traces[0])
        case AnswersFrom():
            return _answers_from(claim, traces)


def _says(claim: Says, page: Result) -> tuple[bool, Message]:
    assert isinstance(page, Page)
    if page.how != "answered":
        host = urlsplit(claim.url).hostname or claim.url
        return not claim.expected, _fate(page.how, Watched(claim.source, host))
    beginning = " ".join(page.text.split())[:60]
    return (claim.wanted in page.text) == claim.expected, _REASONS["says"].filled(text=beginning)


def _sends(claim: Sends, traces: list[tuple[Watched, WatchedTrace]]) -> tuple[bool, Message]:
    answered = [one.address for one, trace in traces if trace.how == "answered"]
    if answered:
        return claim.expected, _REASONS["passed"].filled(ip=answered[0])
    one, trace = traces[0]
    if trace.how == "too big":
        return not claim.expected, _REASONS["too big"].filled(size=claim.size)
    return not claim.expected, _fate(trace.how, one)


def _overhears(claim: Overhears, traces: list[tuple[Watched, WatchedTrace]]) -> tuple[bool, Message]:
    answered = [trace for _, trace in traces if trace.how == "answered"]
    if not answered:
        return False, _REASONS["silent"].filled(source=claim.source)
    count = sum(sees(trace, claim.viewer) for trace in answered)
    words = _REASONS["seen" if count else "not seen"].filled(count=count, all=len(answered))
    return bool(count) == claim.expected, words


def _goes_via(claim: GoesVia, tried: tuple[Watched, WatchedTrace]) -> tuple[bool, Message]:
    one, trace = tried
    if trace.how != "answered":
        return False, _fate(trace.how, one)
    way = passed(trace, claim.source)
    words = _REASONS["via"].filled(names=listed(way)) if way else _REASONS["direct"]
    right = tuple(name for name in way if name in claim.via) == claim.via
    return right == claim.expected, words


def _answers_from(claim: AnswersFrom, traces: list[tuple[Watched, WatchedTrace]]) -> tuple[bool, Message]:
    found = sum((responders(trace) for _, trace in traces), start=responders(WatchedTrace((), ())))
    if not found:
        one, trace = traces[0]
        return False, _REASONS["untold"] if trace.how == "answered" else _fate(trace.how, one)
    words = _REASONS["answers"].filled(names=listed(sorted(found)))
    all_answered = all(outcome == "answered" for _, trace in traces[:1] for outcome in trace.outcomes)
    return set(found) == set(claim.names) and all_answered, words


def _asked(claim: AnswersFrom, network: Network) -> tuple[Watched, ...]:
    times = 1 if len(claim.names) == 1 else _TRIES * len(claim.names)
    asked = claim.of
    if isinstance(asked, Says):
        parts = urlsplit(asked.url)
        return (Watched(asked.source, parts.hostname or "", "tcp", parts.port or 80, times=times),)
    assert isinstance(asked, Reaches)
    return tuple(
        Watched(asked.source, address, asked.protocol, asked.port, times=times)
        for address in _addresses(network, asked.target)[:1]
    )


def _fate(how: str, one: Watched) -> Message:
    return _REASONS[how].filled(source=one.source, ip=one.address, name=one.address)


def _pair(claim: PacketClaim) -> tuple[str, str]:
    """Who has no address, and by whom it was to be tried."""
    match claim:
        case Sees():
            return claim.viewer, claim.source
        case Sends() | GoesVia():
            return claim.target, claim.source
        case AnswersFrom() if isinstance(claim.of, Reaches):
            return claim.of.target, claim.of.source
        case Overhears():
            return claim.viewer, claim.source
    return "", ""


def _addresses(network: Network, target: str) -> tuple[str, ...]:
    return _own(network, target) if network.get(target) else (target,)


def _own(network: Network, name: str) -> tuple[str, ...]:
    """The addresses of a namespace that others can reach, IPv4 first."""
    namespace = network.get(name)
    found = [one for interface in namespace.interfaces for one in interface.addresses] if namespace else []
    return tuple(one.ip for one in sorted(found, key=lambda one: one.family) if one.scope == "global")
