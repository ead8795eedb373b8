"""What Tab offers: namespaces, bridges and interfaces that are there, and the magics' options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..core.foreign import quoted
from ..core.model.network import HOST, Network
from ..lab import Lab

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_ARGUMENTS = {
    "netns": ("place",),
    "netns_attach": ("bridge",),
    "netns_bridge": (),
    "netns_detach": ("namespace",),
    "netns_nat": ("bridge",),
    "netns_connect": ("place", "place"),
    "netns_publish": ("", "namespace"),
    "netns_dns": ("namespace",),
    "netns_shell": ("place",),
    "netns_why": ("place", "target"),
    "netns_trace": ("place",),
    "netns_capture": ("recording",),
    "netns_auto": ("switch",),
    "netns_address": ("place", "interface"),
    "netns_route": ("place",),
    "netns_firewall": ("place", "hook", "verdict"),
}
"""For each magic, what its arguments are, in order."""

_AFTER = {
    "--of": "drawable",
    "--level": "level",
    "dev": "interface",
    "master": "bridge",
    "exec": "namespace",
    "-n": "namespace",
    "netns": "namespace",
    "set": "interface",
    "addif": "bridge",
    "delif": "bridge",
    "showmacs": "bridge",
    "-i": "interface",
}
"""What comes after a word, in a magic's line or in a shell line."""

_matchers: WeakKeyDictionary[InteractiveShell, Callable[..., Any]] = WeakKeyDictionary()


def register(shell: InteractiveShell, lab: Lab) -> None:
    """Have the shell's completer ask us as well."""
    from IPython.core.completer import SimpleCompletion, context_matcher

    @context_matcher()
    def nslab_matcher(context: Any) -> dict[str, Any]:
        """IPython calls it for each completion request, with the text and the cursor's place."""
        line = context.full_text.split("\n")[context.cursor_line][: context.cursor_position]
        first = context.full_text.split("\n", 1)[0]
        offers = offered(line, first, lab.snapshot, lambda name: _options(shell, name))
        found = [SimpleCompletion(text=text, type="param") for text in offers if text.startswith(context.token)]
        return {"completions": found, "suppress": bool(found)}

    if shell not in _matchers:
        _matchers[shell] = nslab_matcher
        shell.Completer.custom_matchers.append(nslab_matcher)


def unregister(shell: InteractiveShell) -> None:
    """Take our matcher away."""
    matcher = _matchers.pop(shell, None)
    if matcher:
        shell.Completer.custom_matchers.remove(matcher)


def offered(
    line: str, first: str, snapshot: Callable[[], Network], options: Callable[[str], Iterable[str]]
) -> list[str]:
    """What may come at the end of a line.

    Parameters
    ----------
    line
        The line up to the cursor.
    first
        The cell's first line, which says whether the cell is shell, or claims.
    snapshot
        Reads the lab; called only where a name of it is wanted.
    options
        The options of a magic.
    """
    words = line.split()
    word = "" if not words or line[-1:].isspace() else words.pop()
    magic = words[0].lstrip("%") if words and words[0].startswith("%") else ""
    if first.startswith("%%netns_check") and line != first:
        from ..core.checks.parse import next_words

        return next_words(" ".join(words), snapshot())
    if magic.startswith("netns") and word.startswith("-"):
        return sorted(options(magic))
    kind = _kind(magic, words, is_shell=line.lstrip().startswith(("!", "%netns")) or first.startswith("%%"))
    return _names(kind, snapshot()) if kind else []


def _kind(magic: str, words: list[str], *, is_shell: bool) -> str:
    if not words:
        return ""
    arguments = _ARGUMENTS.get(magic)
    if arguments is not None:
        place = len([word for word in words[1:] if not word.startswith("-")])
        if place < len(arguments) and words[-1] not in _AFTER:
            return arguments[place]
    known = magic.startswith("netns") or is_shell
    if not known:
        return ""
    if words[-2:-1] in (["addif"], ["delif"]):  # brctl's second word: the port
        return "interface"
    return _AFTER.get(words[-1].lstrip("!"), "")


def _names(kind: str, network: Network) -> list[str]:
    named = [namespace.name for namespace in network.namespaces]
    interfaces = [interface for namespace in network.everywhere for interface in namespace.interfaces]
    bridges = [interface.name for interface in network.host.interfaces if interface.kind == "bridge"]
    addresses = [a.ip for interface in interfaces for a in interface.addresses if a.scope == "global"]
    offers = {
        "place": [HOST, *named],
        "target": [HOST, *named, *addresses],
        "namespace": named,
        "bridge": bridges,
        "drawable": named + bridges,
        "interface": [interface.name for interface in interfaces],
        "switch": ["on", "off"],
        "recording": ["start", "stop"],
        "level": ["1", "2", "3"],
        "hook": ["forward", "input", "output"],
        "verdict": ["accept", "drop", "reject"],
    }
    return sorted({quoted(name) for name in offers.get(kind, ())})


def _options(shell: InteractiveShell, name: str) -> list[str]:
    """The long options of a magic, as its parser knows them."""
    found: list[str] = []
    for kind in ("line", "cell"):
        parser = getattr(shell.find_magic(name, kind), "parser", None)
        for action in parser._actions if parser else ():
            found += [option for option in action.option_strings if option.startswith("--")]
    return found
