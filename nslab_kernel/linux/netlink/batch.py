"""Carry out a run of actions with as few messages as the kernel allows.

What a lab of hundreds of namespaces costs is mostly the kernel's own work (unshare(2), registering interfaces): veth
pairs are born in place, up and in their bridge by one message each, many messages go in one system call, what is set
in one namespace goes in one more.
"""

from __future__ import annotations

import contextlib
import errno
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ...core.errors import NslabError
from ...core.model.network import HOST
from ...core.operations.actions import (
    Action,
    AddAddress,
    AddNamespace,
    AddVeth,
    DeleteInterface,
    DeleteNamespace,
    SetAlias,
    SetMaster,
    SetUp,
)
from . import encode
from .handles import Doors, prepare_names, take_name
from .socket import ActionError, NetlinkError, RouteSocket


def make_namespaces(actions: Sequence[AddNamespace], doors: Doors, done: list[Action]) -> None:
    """Make namespaces; this thread is in one of them afterwards.

    Parameters
    ----------
    doors
        Gets a socket and a file of each.
    done
        Grows by each action that was carried out, also when another fails.

    Raises
    ------
    ActionError
        If one can't be made; then no more are begun.
    """
    left = iter(actions)
    failures: list[ActionError] = []
    helper = threading.Thread(target=_make, args=(left, doors, done, failures), name="nslab-make")
    if len(actions) > 1:
        helper.start()
    _make(left, doors, done, failures)
    if len(actions) > 1:
        helper.join()
    if failures:
        raise failures[0]


def _make(left: Iterator[AddNamespace], doors: Doors, done: list[Action], failures: list[ActionError]) -> None:
    """Take one after the other until there is none left; `next` of a shared iterator is atomic."""
    for action in left:
        if failures:
            return
        try:
            doors.make(action.name)
        except OSError as error:
            failures.append(ActionError(action, error))
            return
        done.append(action)


_MOST_MESSAGES = 128


def send(
    messages: Sequence[tuple[bytes, list[Action]]],
    socket: RouteSocket,
    done: list[Action],
    *,
    passing: Collection[int] = (),
) -> None:
    """Send messages, each with the actions that it carries out.

    Parameters
    ----------
    done
        Grows by each action that was carried out, also when another is refused.
    passing
        The errnos that are no refusal, since they say that it is done already.

    Raises
    ------
    ActionError
        For the first action that was refused.
    """
    for start in range(0, len(messages), _MOST_MESSAGES):
        part = messages[start : start + _MOST_MESSAGES]
        try:
            socket.send([message for message, _ in part], passing=passing)
        except NetlinkError as error:
            for position, (_, actions) in enumerate(part):
                if position != error.position:
                    done += actions
            raise ActionError(part[error.position][1][0], error) from error
        for _, actions in part:
            done += actions


def socket_in(action: Action, namespace: str, doors: Doors) -> RouteSocket:
    """A socket in a namespace; raises `ActionError` where it can't be entered."""
    try:
        return doors.socket(namespace)
    except OSError as error:
        raise ActionError(action, error) from error


def index_of(action: Action, name: str, socket: RouteSocket) -> int:
    """The index of the interface ``name``; raises `ActionError` where there is none."""
    try:
        return socket.index(name)
    except OSError as error:
        raise ActionError(action, error) from error


def build(run: Sequence[Action], doors: Doors, done: list[Action]) -> None:
    """Carry out a building run (see `nslab_kernel.core.operations.batches`).

    Parameters
    ----------
    done
        Grows by each action that was carried out, also when a later one fails.
    """
    new, rooms, on_host = _sorted(run)
    host = doors.socket(HOST)
    if new:
        prepare_names()
    make_namespaces(new, doors, done)
    _fill(list(rooms), rooms, doors, done)
    send([(_setting(action, host), [action]) for action in on_host], host, done)


@dataclass(slots=True)
class _Room:
    """What is to be done about one namespace: the cables that lead into it, with what is set on their near ends."""

    cables: list[list[Action]] = field(default_factory=list)
    settings: list[Action] = field(default_factory=list)  # of what is inside


def _sorted(run: Sequence[Action]) -> tuple[list[AddNamespace], dict[str, _Room], list[Action]]:
    """The namespaces to make, what is to be done about each namespace, and what is to be set on the host."""
    new: list[AddNamespace] = []
    rooms: dict[str, _Room] = defaultdict(_Room)
    cables: dict[str, list[Action]] = {}
    on_host: list[Action] = []
    for action in run:
        if isinstance(action, AddNamespace):
            new.append(action)
        elif isinstance(action, AddVeth):
            cables[action.name] = [action]
            rooms[action.peer_namespace].cables.append(cables[action.name])
        elif isinstance(action, (AddAddress, SetUp, SetMaster, SetAlias)):
            cable = None if isinstance(action, AddAddress) else cables.get(action.name)
            if action.namespace != HOST:
                rooms[action.namespace].settings.append(action)
            else:
                (on_host if cable is None else cable).append(action)
    return new, rooms, on_host


def _fill(names: Sequence[str], rooms: dict[str, _Room], doors: Doors, done: list[Action]) -> None:
    cables = [cable for name in names for cable in rooms[name].cables]
    send([(_cable(actions, doors), actions) for actions in cables], doors.socket(HOST), done)
    for name in names:
        settings = rooms[name].settings
        if settings:
            socket = socket_in(settings[0], name, doors)
            send([(_setting(action, socket), [action]) for action in settings], socket, done)


def _cable(actions: Sequence[Action], doors: Doors) -> bytes:
    """The message that makes a veth pair with everything that is set on its near end."""
    birth = actions[0]
    assert isinstance(birth, AddVeth)
    up, master, alias = False, 0, ""
    for action in actions:
        if isinstance(action, SetUp):
            up = True
        elif isinstance(action, SetMaster):
            master = index_of(action, action.master, doors.socket(HOST))
        elif isinstance(action, SetAlias):
            alias = action.alias
    try:
        far = doors.file(birth.peer_namespace)
    except OSError as error:
        raise ActionError(birth, error) from error
    return encode.veth(birth.name, birth.peer, far, up=up, master=master, alias=alias)


def _setting(action: Action, socket: RouteSocket) -> bytes:
    match action:
        case SetUp(name):
            return encode.set_up(index_of(action, name, socket))
        case SetMaster(name, master):
            bridge = index_of(action, master, socket) if master else 0
            return encode.set_master(index_of(action, name, socket), bridge)
        case SetAlias(name, alias):
            return encode.set_alias(index_of(action, name, socket), alias)
        case AddAddress(interface, cidr):
            return encode.add_address(index_of(action, interface, socket), cidr)
    raise TypeError(f"{action} is not a setting")


_GROUP = 0x6E736C62
"""The group that interfaces are put into to be removed together; no other one is likely to choose it."""
_GONE = frozenset((errno.ENODEV,))


def remove(run: Sequence[Action], doors: Doors, done: list[Action]) -> None:
    """Carry out a removing run (see `nslab_kernel.core.operations.batches`).

    The kernel waits 40 ms for the last users of an interface, so all go by one request, and meanwhile the names of
    namespaces are taken away.
    """
    interfaces = [action for action in run if isinstance(action, DeleteInterface)]
    socket = _socket(interfaces, doors)
    found = list(_found(interfaces, socket)) if socket else []
    grouped = _group(found, socket) if socket and len(found) > 1 else False
    with ThreadPoolExecutor(1, "nslab-names") as beside:
        taking = beside.submit(_take_names, [action for action in run if isinstance(action, DeleteNamespace)], done)
        if socket and found:
            _delete(found, socket, grouped=grouped)
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


def _group(found: Sequence[tuple[DeleteInterface, int]], socket: RouteSocket) -> bool:
    """Put interfaces into one group, to be removed by one message; whether that worked."""
    grouping: list[tuple[bytes, list[Action]]] = [
        (encode.set_group(index, _GROUP), [action]) for action, index in found
    ]
    try:
        send(grouping, socket, [], passing=_GONE)
    except ActionError:
        return False
    return True


def _delete(found: Sequence[tuple[DeleteInterface, int]], socket: RouteSocket, *, grouped: bool) -> None:
    """Remove interfaces by one message, or, where that can't be, by one each."""
    if grouped:
        try:
            send([(encode.delete_group(_GROUP), [action for action, _ in found])], socket, [], passing=_GONE)
        except ActionError:
            pass
        else:
            return
    send([(encode.delete_link(index), [action]) for action, index in found], socket, [], passing=_GONE)


def _take_names(actions: Sequence[DeleteNamespace], done: list[Action]) -> None:
    for action in actions:
        try:
            with contextlib.suppress(FileNotFoundError):
                take_name(action.name)
        except OSError as error:
            raise ActionError(action, error) from error
        done.append(action)
