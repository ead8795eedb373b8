"""What rebuilding a network needs beyond a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    """The rest of a network; `nslab_kernel.linux.details` reads it.

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
    files
        For each namespace, its files in ``/etc/netns``: name and text.
    """

    settings: dict[str, tuple[Setting, ...]] = field(default_factory=dict)
    rules: dict[str, tuple[Rules, ...]] = field(default_factory=dict)
    macs: frozenset[tuple[str, str]] = frozenset()
    links: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    files: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
