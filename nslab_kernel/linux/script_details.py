"""Read what rebuilding a lab needs beyond a snapshot."""

from __future__ import annotations

import contextlib
import grp
import json
import os
import pwd
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from ..core.model.network import Network
from ..core.script.details import Details, Rules
from ..core.script.interfaces import extra_words, link_words, rebuilt
from . import namespaces, nft, processes, syscalls
from .namespace_processes import FILES
from .sysctl import departures

_SYSFS = "/mnt"  # in a mount namespace of our own: nobody else sees it there
_USUAL_LABELS = (
    "prefix ::1/128 label 0 ", "prefix ::/96 label 3 ", "prefix ::ffff:0.0.0.0/96 label 4 ",
    "prefix 2001::/32 label 6 ", "prefix 2001:10::/28 label 7 ", "prefix 3ffe::/16 label 12 ",
    "prefix 2002::/16 label 2 ", "prefix fec0::/10 label 11 ", "prefix fc00::/7 label 5 ", "prefix ::/0 label 1 ", "",
)  # fmt: skip
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
        unread = worker.submit(_unread, names).result()
    files = {name: tuple(_files(name)) for name in sorted(os.listdir(FILES))} if os.path.isdir(FILES) else {}
    settings = {name: found for name, found in departures(names).items() if found}
    return Details(
        settings, rules, macs, links, extras, {name: found for name, found in files.items() if found}, unread
    )


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
                made[interface] = _by_number(words)
            if more := extra_words(described):
                extras[interface] = more
    return made, extras


def _by_number(words: tuple[str, ...]) -> tuple[str, ...]:
    """A tap's owner by number: another machine has other users."""
    found = list(words)
    for word, number in (
        ("user", lambda name: pwd.getpwnam(name).pw_uid),
        ("group", lambda name: grp.getgrnam(name).gr_gid),
    ):
        if words[0] == "tuntap" and word in words:
            place = words.index(word) + 1
            with contextlib.suppress(KeyError):
                found[place] = str(number(found[place]))
    return tuple(found)


def _unread(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name in names:
        namespaces.enter(namespaces.find(name))
        found[name] = tuple(what for what, is_there in _UNREAD.items() if is_there())
    return found


def _labels() -> bool:
    return bool(set(processes.output_of("ip", "addrlabel").split("\n")) - set(_USUAL_LABELS))


def _groups() -> bool:
    listed = json.loads(processes.output_of("bridge", "-j", "mdb", "show") or "[]", strict=False)
    return any(entry.get("state") == "permanent" for one in listed for entry in one.get("mdb", ()))


def _multicast_routers() -> bool:
    listed = json.loads(processes.output_of("bridge", "-d", "-j", "link") or "[]", strict=False)
    return any(port.get("mcast_router", 1) != 1 for port in listed)


def _transforms() -> bool:
    return any(processes.output_of("ip", "xfrm", kind).strip() for kind in ("state", "policy"))


_UNREAD: dict[str, Callable[[], bool]] = {
    "the labels of IPv6 addresses (`ip addrlabel`)": _labels,
    "multicast groups of bridges (`bridge mdb`)": _groups,
    "ports that lead to multicast routers (`mcast_router`)": _multicast_routers,
    "IPsec (`ip xfrm`)": _transforms,
}


def _macs_by_hand(names: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The interfaces whose MAC address a person set: only sysfs tells, and each sysfs shows one namespace."""
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
