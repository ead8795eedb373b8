"""Read what rebuilding a lab needs beyond a snapshot."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from ..core.model.network import Network
from ..core.script.details import Details, Rules
from ..core.script.interfaces import extra_words, link_words, rebuilt
from . import namespaces, nft, processes, syscalls
from .namespace_processes import FILES
from .sysctl import departures

_SYSFS = "/mnt"  # in a mount namespace of our own: nobody else sees it there
_NET_ADDR_SET = "3"  # addr_assign_type: by a person, not by the driver's dice (linux/netdevice.h)

Made: TypeAlias = dict[tuple[str, str], tuple[str, ...]]
Extras: TypeAlias = dict[tuple[str, str], tuple[tuple[str, ...], ...]]


def read(network: Network) -> Details:
    """The details of a network that was just read."""
    names = [namespace.name for namespace in rebuilt(network)]
    guarded = [namespace.name for namespace in rebuilt(network) if namespace.firewall.chains]
    with ThreadPoolExecutor(1) as worker:  # a thread that may leave its namespaces for good
        rules = worker.submit(_rules, guarded).result()
        links, extras = worker.submit(_links, names).result()
        macs = worker.submit(_macs_by_hand, names).result()
    files = {name: tuple(_files(name)) for name in sorted(os.listdir(FILES))} if os.path.isdir(FILES) else {}
    settings = {name: found for name, found in departures(names).items() if found}
    return Details(settings, rules, macs, links, extras, {name: found for name, found in files.items() if found})


def _rules(names: Iterable[str]) -> dict[str, tuple[Rules, ...]]:
    found = {}
    for name in names:
        namespaces.enter(namespaces.find(name))
        found[name] = tuple(nft.listing())
    return found


def _links(names: Iterable[str]) -> tuple[Made, Extras]:
    """How interfaces are made that aren't ordinary, and what is unusual about any."""
    made: Made = {}
    extras: Extras = {}
    for name in names:
        namespaces.enter(namespaces.find(name))
        # Not strict: iproute2 leaves control characters in names as they are.
        for described in json.loads(processes.output_of("ip", "-d", "-j", "link", "show"), strict=False):
            interface = name, described["ifname"]
            if words := link_words(described):
                made[interface] = words
            if more := extra_words(described):
                extras[interface] = more
    return made, extras


def _macs_by_hand(names: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The interfaces whose MAC address a person set: only sysfs tells, and each sysfs tells of one namespace."""
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount("", "/", flags=syscalls.MS_SLAVE | syscalls.MS_REC)
    return frozenset(pair for name in names for pair in _macs_by_hand_in(name))


def _macs_by_hand_in(name: str) -> Iterator[tuple[str, str]]:
    namespaces.enter(namespaces.find(name))
    syscalls.mount("sysfs", _SYSFS, "sysfs", syscalls.MS_RDONLY)
    try:
        for interface in os.listdir(f"{_SYSFS}/class/net"):
            with contextlib.suppress(OSError), open(f"{_SYSFS}/class/net/{interface}/addr_assign_type") as kind:
                if kind.read().strip() == _NET_ADDR_SET:
                    yield name, interface
    finally:
        syscalls.detach(_SYSFS)


def _files(name: str) -> Iterator[tuple[str, str]]:
    folder = f"{FILES}/{name}"
    for file in sorted(os.listdir(folder)):
        with contextlib.suppress(OSError, UnicodeDecodeError), open(f"{folder}/{file}") as content:
            yield file, content.read()
