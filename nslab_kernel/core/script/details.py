"""What rebuilding a network needs beyond a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_FORWARDING = "net.ipv4.ip_forward"
_SWITCHES = (_FORWARDING, "net.ipv6.conf.all.forwarding")


@dataclass(frozen=True, slots=True)
class Setting:
    """A kernel parameter that isn't at its default."""

    name: str  # as sysctl(8) takes it
    value: str
    default: str
    interface: str = ""  # the one that it belongs to, if any


@dataclass(frozen=True, slots=True)
class Rules:
    """A part of a namespace's firewall."""

    loader: str  # nft or iptables-restore or ip6tables-restore
    text: str  # what the loader reads


@dataclass(frozen=True, slots=True)
class Details:
    """The rest of a network; `nslab_kernel.linux.script_details` reads it.

    Parameters
    ----------
    settings
        For each namespace, its kernel parameters that aren't at their default.
    rules
        For each namespace that has any, its firewall as its own tools print it.
    macs
        The interfaces (namespace and name) whose MAC address a person set.
    links
        How interfaces of other kinds than bridge and veth are made: for each (namespace and name) what ip-link(8) reads
        after ``type``.
    extras
        For each interface (namespace and name) what else is unusual about it, as `interfaces.extra_words` says.
    files
        For each namespace, its files in ``/etc/netns``: name and text.
    unread
        For each namespace, what it has besides that nslab knows of and doesn't read.
    """

    settings: dict[str, tuple[Setting, ...]] = field(default_factory=dict)
    rules: dict[str, tuple[Rules, ...]] = field(default_factory=dict)
    macs: frozenset[tuple[str, str]] = frozenset()
    links: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    extras: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    files: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    unread: dict[str, tuple[str, ...]] = field(default_factory=dict)


def necessary(settings: Iterable[Setting]) -> list[Setting]:
    """The settings without those that follow from others, and those that others follow from first."""
    known = tuple(settings)
    ordered = sorted(known, key=lambda setting: (setting.name not in _SWITCHES, ".all." not in setting.name))
    return [setting for setting in ordered if not _follows(setting, known)]


def _follows(setting: Setting, settings: tuple[Setting, ...]) -> bool:
    """Whether the kernel sets it by itself when forwarding is switched (kernel documentation, ip-sysctl)."""
    switched = {other.name: other.value for other in settings}
    name = setting.name.replace("/", ".")
    if name.startswith("net.ipv4.conf.") and name.endswith(".forwarding"):
        return switched.get(_FORWARDING) == setting.value
    if name == "net.ipv4.conf.all.accept_redirects":
        return switched.get(_FORWARDING) == "1" and setting.value == "0"
    if name.startswith("net.ipv6.conf.") and name.endswith(".forwarding") and name not in _SWITCHES:
        return switched.get(_SWITCHES[1]) == setting.value
    return False
