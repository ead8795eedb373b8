"""Journeys in sentences.

Backticks mark what the kernel or a command says, ``**`` what matters most.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..model.network import HOST
from ..translation import Message, _, joined, pgettext
from .explain import JourneyStep, Notice, Outcome, Rewrite, Ruling, Story
from .naming import name, summary

_COMMA = pgettext("between clauses", ", ")
_HOST = pgettext("the namespace", "host")

WORDS = {
    # what became of it
    "delivered": _("arrived"),
    "flooded": _("flooded to {names}"),
    "ignored": _("ignored there: it is addressed to `{mac}`, an interface of {owner}"),
    "left": _("left by `{interface}`, whose other end this lab can't see"),
    "unrecorded": _("not recorded any further"),
    "dropped": _("**dropped** by {ruling}"),
    "rejected": _("**rejected** by {ruling}"),
    "unsent": _("**never sent** by any interface"),
    # why it went no further
    "no-route": _("**no route** to {ip} in {where}"),
    "unreachable": _("**unreachable**: {where} has a route that says so, or doesn't forward to {ip}"),
    "prohibit": _("**prohibited**: {where} has a `prohibit` route to {ip}"),
    "blackhole": _("**lost in a blackhole route** to {ip} in {where}"),
    "not-forwarding": _("**not forwarded**: `{sysctl}` is 0 in {where}"),
    "rp-filter": _("**dropped by rp_filter** in {where}: the way back to {source} doesn't lead through `{interface}`"),
    "martian": _("**dropped as martian** in {where}: {source} or {ip} can't come from outside"),
    "ttl": _("**TTL exceeded** in {where}"),
    "mtu": _("**too big**: {size} bytes, but the MTU of `{interface}` is {mtu}"),
    "no-neighbour": _("**nobody answers ARP** for {ip}, so {where} can't address a frame"),
    "interface-down": _("**stopped**: `{interface}` in {where} is down"),
    "no-carrier": _("**stopped**: `{interface}` in {where} has no carrier"),
    "far-down": _("**lost in the cable**: `{far}` in {there} is down"),
    "far-mtu": _(
        "**too big for the other end of the cable**: {size} bytes, but the MTU of `{far}` in {there} is {mtu}"
    ),
    "cable": _("**lost in the cable** to `{far}` in {there}"),
    "wrong-mac": _("**nobody has the MAC address** `{mac}` that it is addressed to"),
    "nobody-has": _("flooded to {names}, but **nobody has {ip}**"),
    "other-segment": _("flooded to {names}, but {owner}, which has {ip}, is **on another network**"),
    "bridge-down": _("**stopped**: the bridge `{bridge}` is down"),
    "port-blocked": _("**stopped**: the bridge port `{port}` is {state}"),
    "port-down": _("**stopped**: the bridge port `{out}` is down or has no carrier"),
    "isolated": _("**stopped**: the bridge ports `{port}` and `{out}` are isolated from each other"),
    "no-flooding": _("**stopped**: the bridge port `{out}` doesn't flood, and the bridge hasn't learned the address"),
    "same-port": _("**stopped**: it would have to leave by the port it came by, `{port}` (hairpin mode is off)"),
    "other-bridge": _("**stopped**: `{mac}` belongs to {owner}, which isn't on the bridge `{bridge}`"),
    "in-bridge": _("**lost in the bridge** `{bridge}`"),
    "queue": _("**lost in a full queue** of {where}"),
    "unknown": _("**lost** in {where}; nothing shows why"),
    # arrived and not answered
    "arp-ignored": _("{where} doesn't answer ARP for {ip}"),
    "no-listener": _("nothing listens on {protocol} port {port} in {where}"),
    "no-way-back": _("{where} has **no route back** to {ip}"),
    "echo-ignored": _("{where} ignores pings: `{sysctl}` is 1"),
    "accept-queue": _("the accept queue of port {port} in {where} is full"),
    "socket-full": _("a socket of {where} had no room for what arrived"),
    "silent": _("no answer was seen"),
    # parts
    "answered": _("answered by {name} after {time} ms"),
    "answer-lost": _("answered by {name} after {time} ms, **which got lost**"),
    "unanswered": _("not answered: {reason}"),
    "source": _("source rewritten to {new}"),
    "destination": _("destination rewritten to {new}"),
    "source port": _("source port to {new}"),
    "destination port": _("port to {new}"),
    "rule": _("`{place}` rule {number} `{text}`"),
    "policy": _("the policy of `{place}`"),
    "a rule": _("a rule of `{place}` (handle {handle})"),
    "copies": _("also seen by {names}"),
    "nobody": _("nobody else"),
    # the whole
    "nothing": _("No packet was seen."),
    "hidden": _("{count} housekeeping packets hidden (IPv6 multicast listeners, router solicitation, and the like)"),
    "more": _("and {count} more packets: `.rows()` lists them all"),
    "notice": _("{where} sent nothing to {ip}: {reason}"),
    "ended packets": _("Recording ended after {count} sightings, its bound; the command went on."),
    "ended bytes": _("Recording ended because it had kept as much as its bound allows; the command went on."),
    "ended time": _("Recording ended after {seconds} s, its bound."),
    "dropped packets": _("{count} packets weren't recorded: they came faster than they could be read ({names})."),
    "events lost": _("The trace of rules has gaps in {names}: rules may be missing below."),
    "unseen": _("{names} went away meanwhile, or couldn't be recorded."),
    "disagree": _(
        "`%netns_why` disagrees with the packets. It predicts: {predicted} Please report this fault of nslab."
    ),
}

COLUMNS = (_("packet"), _("way"), _("result"), pgettext("the time of a packet", "after"))
"""The headings of a table of packets."""


def sentence(story: Story) -> Message:
    """One packet's journey in a sentence."""
    end = outcome(story.outcome, listed(story.copies) or WORDS["nobody"])
    stopped = story.outcome.lost or story.outcome.code in ("left", "unrecorded")
    clauses: list[str] = [joined(way(story.steps), end, separator=" → " if stopped else _COMMA)]
    if story.answer and not story.outcome.lost:
        after = milliseconds(story.answer.journey.when - story.journey.when)
        form = WORDS["answer-lost" if story.answer.outcome.lost else "answered"]
        clauses.append(form.filled(name=name(story.answer.packet), time=after))
    elif story.unanswered:
        reason = outcome(story.unanswered)
        silent = story.unanswered.code == "silent"
        clauses.append(reason if silent else WORDS["unanswered"].filled(reason=reason))
    if story.copies and story.outcome.code == "delivered":
        clauses.append(WORDS["copies"].filled(names=listed(story.copies)))
    said = joined(*clauses, separator=_COMMA)
    if story.outcome.evidence and story.outcome.lost and not story.outcome.ruling:
        said = _with_evidence(said, story.outcome.evidence)
    return _("{packet}: {said}.", packet=title(story), said=said)


def title(story: Story) -> str:
    """What a packet is called, and what an ICMP error is about."""
    packet = story.packet
    said = name(packet)
    if packet.kind == "arp" or (packet.kind == "icmp" and packet.type in (135, 136)):
        said += f" ({summary(packet).split(', ', 1)[-1]})"
    if packet.about:
        return _("{packet}, about {other}", packet=said, other=name(packet.about))
    return said


def way(steps: Iterable[JourneyStep]) -> Message:
    """The places, with what was rewritten where."""
    parts = []
    for step in steps:
        changed = joined(*(rewritten(each) for each in step.rewrites), separator=_("; "))
        label = place_name(step.label)
        parts.append(_("{place} ({changes})", place=label, changes=changed) if changed else label)
    return joined(*parts, separator=" → ")


def rewritten(change: Rewrite) -> Message:
    """What NAT did to a field."""
    return WORDS[change.field].filled(new=change.after)


def outcome(found: Outcome, names: str = "") -> Message:
    """What became of a packet, or why it wasn't answered; ``names`` are those that a broadcast came to."""
    values: dict[str, object] = {
        "names": names,
        "where": place_name(found.namespace),
        "interface": found.interface,
        **found.values,
    }
    if found.ruling:
        values["ruling"] = ruling(found.ruling)
    return WORDS[found.code].filled(**values)


def ruling(found: Ruling) -> Message:
    """The rule that decided: table, chain, number and text."""
    if found.number:
        return WORDS["rule"].filled(place=found.place, number=found.number, text=found.text)
    if found.handle is None:
        return WORDS["policy"].filled(place=found.place)
    return WORDS["a rule"].filled(place=found.place, handle=found.handle)


def notice(found: Notice) -> Message:
    """What the counters show."""
    where = place_name(found.namespace)
    said = WORDS[found.code].filled(**{"where": where, "port": "", "interface": "", **found.values})
    if "ip" in found.values:
        said = WORDS["notice"].filled(where=where, ip=found.values["ip"], reason=said)
    if found.evidence:
        said = _with_evidence(said, found.evidence)
    return _("{said}.", said=said)


def listed(names: Iterable[str], most: int = 6) -> str:
    """Names in a row, the last ones only counted where there are many."""
    every = [place_name(each) for each in names]
    shown = joined(*every[:most], separator=_(", "))
    return shown if len(every) <= most else joined(shown, f"+{len(every) - most}")


def milliseconds(nanoseconds: int) -> str:
    """A time as it is shown: three digits that count."""
    value = nanoseconds / 1e6
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def place_name(namespace: str) -> str:
    """The name of a namespace; the host has one in each language."""
    return _HOST if namespace == HOST else namespace


def _with_evidence(said: Message, evidence: str) -> Message:
    return _("{said} (`{evidence}`)", said=said, evidence=evidence)
