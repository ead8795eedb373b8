"""Whether claims hold: decided from one reading of the network and from what became of packets."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from .claim import Claim, Exists, IsPort, Reaches
from .claim_words import reason
from .names import did_you_mean
from .network import Network
from .state_claims import Finding, judge_state


@dataclass(frozen=True, slots=True)
class Probe:
    """A packet to be sent: from a namespace, to an address or a name to be looked up; ``port`` is 0 for icmp."""

    source: str
    address: str
    protocol: str = "icmp"
    port: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a probe.

    Parameters
    ----------
    how
        ``answered``, or why not: ``silence``, ``no route``, ``unreachable`` (says a router, or the neighbour doesn't
        answer), ``refused``, ``prohibited``, ``unknown name``, ``failed``.
    seconds
        How long the answer took.
    """

    how: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a claim holds, why, and, where it doesn't, what helps: a command, or nothing."""

    claim: str
    holds: bool
    reason: str = ""
    hint: str = ""


def probes(claim: Claim, network: Network) -> tuple[Probe, ...]:
    """The packets that must be sent to judge a claim; none where reading the kernel's state is enough."""
    if not isinstance(claim, Reaches) or network.get(claim.source) is None:
        return ()
    return tuple(
        Probe(claim.source, address, claim.protocol, claim.port) for address in _addresses(network, claim.target)
    )


def judge(claim: Claim, network: Network, answers: Mapping[Probe, Answer], language: str = "en") -> Verdict:
    """Whether a claim holds.

    Parameters
    ----------
    claim
        What is claimed.
    network
        The lab as it is now.
    answers
        What became of the claim's `probes`.
    language
        ``en`` or ``zh``, for the reason.
    """
    unknown = _unknown_namespace(claim, network)
    if unknown:
        guess = did_you_mean(unknown, [namespace.name for namespace in network.everywhere]).strip()
        return Verdict(claim.text, False, reason(language, "no namespace", unknown), guess)
    if isinstance(claim, Reaches):
        finding = _reach(claim, network, answers, language)
    else:
        finding = judge_state(claim, network, language)
    return Verdict(claim.text, finding.holds, finding.reason, "" if finding.holds else finding.hint)


def _unknown_namespace(claim: Claim, network: Network) -> str:
    if isinstance(claim, (IsPort, Exists)):
        return ""
    name = claim.source if isinstance(claim, Reaches) else claim.namespace
    return name if name and network.get(name) is None else ""


def _addresses(network: Network, target: str) -> tuple[str, ...]:
    """Where a target is to be tried: its addresses for a namespace, itself for an address or a name."""
    namespace = None if _is_address(target) else network.get(target)
    if namespace is None:
        return (target,)
    found = [address for interface in namespace.interfaces for address in interface.addresses]
    return tuple(address.ip for address in sorted(found, key=lambda a: a.family) if address.scope == "global")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _reach(claim: Reaches, network: Network, answers: Mapping[Probe, Answer], language: str) -> Finding:
    tried = [(probe, answers[probe]) for probe in probes(claim, network)]
    if not tried:
        return Finding(not claim.expected, reason(language, "no address to try", claim.target), _why(claim))
    answered = [(probe, answer) for probe, answer in tried if answer.how == "answered"]
    if answered:
        probe, answer = answered[0]
        milliseconds = 1000 * answer.seconds
        if probe.address == claim.target:
            words = reason(language, "answered", milliseconds)
        else:
            words = reason(language, "answered at", probe.address, milliseconds)
        return Finding(claim.expected, words, _why(claim))
    probe, answer = tried[0]
    return Finding(not claim.expected, _why_not(claim, probe, answer.how, language), _why(claim))


def _why(claim: Reaches) -> str:
    """What explains where a packet stops, or which way it takes."""
    port = f" --{claim.protocol} {claim.port}" if claim.port else ""
    return f"%netns_why {claim.source} {claim.target}{port}"


def _why_not(claim: Reaches, probe: Probe, how: str, language: str) -> str:
    values: dict[str, tuple[object, ...]] = {
        "silence": (probe.address,),
        "no route": (probe.source, probe.address),
        "unreachable": (probe.address,),
        "refused": (probe.address, claim.protocol, claim.port),
        "prohibited": (),
        "unknown name": (probe.source, probe.address),
        "failed": (probe.source,),
    }
    return reason(language, how, *values[how])
