"""What every call of `Lab` has: its arguments are checked, and what the system lacks is said in a sentence."""

from __future__ import annotations

import errno
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, wraps
from typing import Any, TypeVar

from .errors import NslabError, WrongTypeError
from .model.network import Network
from .translation import _

C = TypeVar("C", bound=type)

_TYPES: dict[str, tuple[Any, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "None": (type(None),),
    "Mapping": (Mapping,),
    "Sequence": (Sequence,),
    "Callable": (Callable,),
    "Network": (Network,),
}
_RUN_OTHERS = ("run", "start", "inside", "trace")
"""Calls that run somebody's code, whose errors are that code's own."""

_MORE_MEMORY = _("Close other notebooks, restart this kernel, or raise its limits (`ulimit -a` lists them).")
_CHANGED = (_("Something was removed while it was read."), _("Run it again; `%netns` shows what is there."))
_SYSTEM: dict[int, tuple[str, str]] = {
    errno.ENOENT: _CHANGED,
    errno.ESRCH: _CHANGED,
    errno.ENODEV: _CHANGED,
    errno.ENXIO: _CHANGED,
    errno.EMFILE: (
        _("The notebook's kernel has too many files open."),
        _("Restart the kernel, or raise the limit before it starts: `ulimit -n 65536`."),
    ),
    errno.ENFILE: (_("The whole machine has too many files open."), _("Close something.")),
    errno.ENOMEM: (_("The machine has no memory left for it."), _MORE_MEMORY),
}
_NAMES = {
    str: _("text"),
    int: _("a whole number"),
    float: _("a number"),
    bool: _("True or False"),
    Mapping: _("a mapping"),
    Sequence: _("a list"),
    Callable: _("a function"),
    Network: _("a snapshot"),
}
_REST, _NAMED_REST = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
_PARTS = re.compile(r"\[.*\]")  # what is in a list


def checked(cls: C) -> C:
    """Check what is given to the public methods of a class against their annotations, before they begin.

    What has a type of this package's own, other than a snapshot, isn't checked.

    Raises
    ------
    WrongTypeError
        By a method, where an argument is of another type.
    NslabError
        By a method, where a text can't be a name, an address or a command on any Linux.
    """
    for name, method in list(vars(cls).items()):
        if inspect.isfunction(method) and not name.startswith("_"):
            setattr(cls, name, _checked(method))
    return cls


def _checked(method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @wraps(method)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            bound = signature.bind(*arguments, **named)
        except TypeError as error:
            raise WrongTypeError(
                _("Lab.{method} takes other arguments: {error}.", method=method.__name__, error=str(error))
            ) from None
        for name, value in bound.arguments.items():
            wanted = _wanted(method).get(name)
            if wanted:
                kind = signature.parameters[name].kind
                several = value if kind is _REST else value.values() if kind is _NAMED_REST else (value,)
                for one in several:
                    _check(method.__name__, name, one, wanted)
        try:
            return method(*arguments, **named)
        except (OSError, RuntimeError, MemoryError) as error:
            known = None if method.__name__ in _RUN_OTHERS else explained(error)
            if known is None:
                raise
            raise known from None

    return call


def explained(error: Exception) -> NslabError | None:
    """What an error of the system means for a lab; None where it is none of the usual ones."""
    if isinstance(error, MemoryError):
        return NslabError(_("The notebook's kernel has no memory left."), _MORE_MEMORY)
    if isinstance(error, OSError):
        said, cure = _SYSTEM.get(error.errno or 0, ("", ""))
        return NslabError(said, cure) if said else None
    if "new thread" in str(error):
        return NslabError(_("The notebook's kernel can't start another thread."), _MORE_MEMORY)
    return None


def _check(method: str, name: str, value: object, kinds: tuple[type, ...]) -> None:
    # True is an int to Python, and no port to anybody else.
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise WrongTypeError(
            _(
                "Lab.{method} takes {kind} for {name}, not {other}.",
                method=method,
                kind=_NAMES[kinds[0]],
                name=name,
                other=type(value).__name__,
            )
        )
    if isinstance(value, str):
        _check_text(value)
    if isinstance(value, Mapping):
        for key, part in value.items():
            for text in (key, *((part,) if isinstance(part, str) or not isinstance(part, (tuple, list)) else part)):
                _check(method, name, text, (str,))


def _check_text(text: str) -> None:
    if "\0" in text:
        raise NslabError(
            _('"{text}" has a NUL character in it, with which any text ends for the kernel.', text=_short(text))
        )
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise NslabError(_('"{text}" is no text: half a character is in it.', text=_short(text))) from error


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


@cache
def _wanted(method: Callable[..., Any]) -> dict[str, tuple[type, ...]]:
    """For each parameter the types that it takes, where all of them are known."""
    found = {}
    for name, annotation in inspect.get_annotations(method).items():
        words = [word.strip() for word in _PARTS.sub("", annotation).split("|")]
        if name != "return" and all(word in _TYPES for word in words):
            found[name] = tuple(kind for word in words for kind in _TYPES[word])
    return found
