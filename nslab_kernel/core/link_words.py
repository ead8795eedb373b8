"""How an interface of a kind other than bridge and veth is made, from what `ip -d -j link` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_VALUES = {
    "vxlan": (
        ("id", "id"),
        ("remote", "remote"),
        ("group", "group"),
        ("local", "local"),
        ("link", "dev"),
        ("port", "dstport"),
    ),
    "macvlan": (("mode", "mode"),),
    "vlan": (("protocol", "protocol"), ("id", "id")),
    "ipvlan": (("mode", "mode"),),
    "vrf": (("table", "table"),),
    "dummy": (),
    "ifb": (),
}  # for each kind, the values and the words that ip-link(8) wants before them
_FLAGS = {"vxlan": ((("learning", False), "nolearning"), (("proxy", True), "proxy"), (("external", True), "external"))}


def link_words(described: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The words after ``type`` in ip-link(8), or None for a kind that isn't known.

    Parameters
    ----------
    described
        One interface, as in the list that ``ip -d -j link show`` prints.
    """
    info = described.get("linkinfo", {})
    kind, data = info.get("info_kind", ""), info.get("info_data", {})
    if kind not in _VALUES:
        return None
    words = [kind]
    for key, word in _VALUES[kind]:
        if key in data:
            words += [word, str(data[key])]
    for (key, value), word in _FLAGS.get(kind, ()):
        if data.get(key, not value) == value:
            words.append(word)
    return tuple(words)
