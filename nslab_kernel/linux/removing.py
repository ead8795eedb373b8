"""Remove interfaces and namespaces, as many at a time as there are; what is gone already is removed.

The kernel takes a namespace apart some time after its last user has left it, so the near end of a cable into it may
vanish between any two requests.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from ..core.actions import Action, DeleteInterface, DeleteNamespace
from ..core.errors import NslabError
from . import hot_messages
from .doors import Doors, take_name
from .failures import ActionError
from .route_socket import RouteSocket
from .sending import index_of, send, socket_in

_GROUP = 0x6E736C62
"""The group that interfaces are put into to be removed together; no other one is likely to choose it."""
_GONE = frozenset((errno.ENODEV,))


def remove(run: Sequence[Action], doors: Doors, done: list[Action]) -> None:
    """Carry out a removing run (see `nslab_kernel.core.batches`).

    The kernel waits 40 ms for the last users of an interface, so all go by one request, and meanwhile the names of
    namespaces are taken away.
    """
    interfaces = [action for action in run if isinstance(action, DeleteInterface)]
    socket = _socket(interfaces, doors)
    found = list(_found(interfaces, socket)) if socket else []
    removal = _removal(found, socket) if socket and found else None
    with ThreadPoolExecutor(1, "nslab-names") as beside:
        taking = beside.submit(_take_names, [action for action in run if isinstance(action, DeleteNamespace)], done)
        if socket and removal:
            send([(removal, [action for action, _ in found])], socket, [], passing=_GONE)
        done += interfaces
        taking.result()


def _socket(interfaces: Sequence[DeleteInterface], doors: Doors) -> RouteSocket | None:
    """A socket in the namespace that interfaces are to be removed from; None if it is gone, and they with it."""
    if not interfaces:
        return None
    try:
        return socket_in(interfaces[0], interfaces[0].namespace, doors)
    except NslabError:
        return None


def _found(interfaces: Iterable[DeleteInterface], socket: RouteSocket) -> Iterator[tuple[DeleteInterface, int]]:
    """The interfaces that are still there, with their indexes."""
    for action in interfaces:
        try:
            yield action, index_of(action, action.name, socket)
        except ActionError as failure:
            if failure.error.errno not in _GONE:
                raise


def _removal(found: Sequence[tuple[DeleteInterface, int]], socket: RouteSocket) -> bytes:
    """The one message that removes all the interfaces."""
    if len(found) == 1:
        return hot_messages.delete_link(found[0][1])
    grouping: list[tuple[bytes, list[Action]]] = [
        (hot_messages.set_group(index, _GROUP), [action]) for action, index in found
    ]
    send(grouping, socket, [], passing=_GONE)
    return hot_messages.delete_group(_GROUP)


def _take_names(actions: Sequence[DeleteNamespace], done: list[Action]) -> None:
    for action in actions:
        try:
            with contextlib.suppress(FileNotFoundError):
                take_name(action.name)
        except OSError as error:
            raise ActionError(action, error) from error
        done.append(action)
