"""Messages of netlink that are mostly laid out alike, read by where things were in the last of their kind."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias

from .dumps import ATTRIBUTE, TYPE_MASK

Wanted: TypeAlias = "Mapping[int, str | Wanted]"


class AlikeMessages:
    """Reads some values of messages that have many attributes and are mostly laid out alike, such as links.

    Where each value lies is remembered by the lengths of the message and of its first attribute (of a link the name),
    and taken again where it fits: where the header of each attribute is what it was. So a message takes two calls.

    Parameters
    ----------
    offset
        Where the attributes begin.
    wanted
        For each attribute that is read the form of its value (as of `struct`; ``"s"`` for all of its bytes), or what is
        wanted of the attributes in it.
    """

    def __init__(self, offset: int, wanted: Wanted) -> None:
        self._offset = offset
        self._wanted = wanted
        self._layouts: dict[tuple[int, bytes], _Layout] = {}

    def values(self, data: bytes) -> tuple[Any, ...]:
        """The values in the order in which they are wanted; None where the attribute is missing or too short."""
        key = len(data), data[self._offset : self._offset + 4]
        layout = self._layouts.get(key)
        found = layout.read(data) if layout else None
        if found is None:
            layout = self._layouts[key] = _Layout(data, self._offset, self._wanted)
            found = layout.read(data)
            assert found is not None
        return found


class _Layout:
    """Where the values of a message are that consists of nothing but attributes from an offset on."""

    def __init__(self, data: bytes, offset: int, wanted: Wanted) -> None:
        self._headers_form = self._values_form = f"={offset}x"
        self._found: dict[tuple[int, ...], int] = {}  # by the way to an attribute, where its values are among all
        self._count = 0
        self._walk(data, offset, len(data), wanted, ())
        self._headers, self._values = struct.Struct(self._headers_form), struct.Struct(self._values_form)
        self._seen = self._headers.unpack(data)
        self._ordered = itemgetter(*self._order(wanted, ()))

    def read(self, data: bytes) -> tuple[Any, ...] | None:
        """The values; None if they are laid out in another way."""
        if self._headers.unpack(data) != self._seen:
            return None
        found: tuple[Any, ...] = self._ordered((*self._values.unpack(data), None))
        return found

    def _walk(self, data: bytes, offset: int, end: int, wanted: Wanted, way: tuple[int, ...]) -> None:
        while offset + 4 <= end:
            length, kind = ATTRIBUTE.unpack_from(data, offset)
            if length < 4:
                break
            inner, following = offset + length, min(offset + ((length + 3) & ~3), end)
            form = wanted.get(kind & TYPE_MASK, "")
            self._headers_form += "I"
            self._values_form += "4x"
            if isinstance(form, str):
                self._take(form, length - 4, (*way, kind & TYPE_MASK))
            else:
                self._walk(data, offset + 4, inner, form, (*way, kind & TYPE_MASK))
            self._skip(following - inner)
            offset = following
        self._skip(end - offset)

    def _take(self, form: str, length: int, way: tuple[int, ...]) -> None:
        size, count = _measures(f"{length}s" if form == "s" else form)
        self._headers_form += f"{length}x"
        if form and size <= length:
            self._values_form += (f"{length}s" if form == "s" else form) + f"{length - size}x"
            self._found[way] = self._count
            self._count += count
        else:
            self._values_form += f"{length}x"

    def _skip(self, length: int) -> None:
        self._headers_form += f"{length}x"
        self._values_form += f"{length}x"

    def _order(self, wanted: Wanted, way: tuple[int, ...]) -> Iterator[int]:
        for kind, form in wanted.items():
            here = *way, kind
            if not isinstance(form, str):
                yield from self._order(form, here)
            elif here in self._found:
                yield from range(self._found[here], self._found[here] + _measures(form)[1])
            else:
                yield from [-1] * _measures(form)[1]  # what stands behind all values: None


@cache
def _measures(form: str) -> tuple[int, int]:
    """How many bytes a form takes, and how many values it gives."""
    one = struct.Struct(f"={form}")
    return one.size, len(one.unpack(bytes(one.size)))
