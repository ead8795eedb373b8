"""The picture's labels in both languages; names, addresses and keywords of `ip` stay as the kernel writes them."""

from __future__ import annotations

from ..core.translation import _, pgettext, translated

_WORDS = {
    "host": _("the host"),
    "outside": _("outside world"),
    "bridge": _("bridge"),
    "no address": _("no address"),
    "no cable": _("nothing but lo"),
    "up": _("up"),
    "down": _("down"),
    "no-carrier": _("no carrier"),
    "up, full": _("up · carrier"),
    "down, full": pgettext("words down, full", "down"),
    "no-carrier, full": _("up · no carrier"),
    "new": _("new"),
    "changed": pgettext("words changed", "changed"),
    "removed": pgettext("words removed", "removed"),
    "moved": pgettext("words moved", "moved"),
    "ip_forward on": _("ip_forward on"),
    "ip_forward off": _("ip_forward off"),
    "masquerade": _("NAT {source} → {target}"),
    "snat": _("NAT {source} → {target}"),
    "leaving": _("leaving {interface}"),
    "not leaving": _("not leaving {interface}"),
    "anyone": _("all"),
    "its address": _("the outgoing address"),
    "publish": _("{port} → {target}"),
    "drop policy": _("{chain}: drop unless allowed"),
    "drop": _("{chain}: drop {what}"),
    "reject": _("{chain}: reject {what}"),
    "everything": _("everything"),
    "from": _("from {}"),
    "to": _("to {}"),
    "coming in": _("in {}"),
    "going out": _("out {}"),
    "not": _("not {}"),
    "and more": _("+{} more"),
    "rules more": _("+{} rules that drop"),
    "on": _("on {}"),
    "port of": _("port of {}"),
    "isolated": _("isolated"),
    "ports": _("{} ports"),
    "one port": _("1 port"),
    "not up": _("{} not up"),
    "others": _("+{} ports not shown"),
    "duplicate": _("duplicate address"),
    "nothing": _("no namespace yet"),
    "namespace": _("namespace"),
    "interface": _("interface"),
    "state": _("state"),
    "addresses": _("addresses"),
    "other end": pgettext("words other end", "other end"),
    "in bridge": _("bridge"),
    "kind": _("kind"),
    "ends in": _("⇄ {0} in {1}"),
}


def word(key: str, language: str, *values: object, **named: object) -> str:
    """The label ``key`` in a language, its gaps filled."""
    text = translated(_WORDS[key], language)
    return text.format(*values, **named) if values or named else text
