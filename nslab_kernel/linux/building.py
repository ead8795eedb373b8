"""Carry out a run of actions with as few messages as the kernel allows.

What a lab of hundreds of namespaces costs is mostly the kernel's own work (unshare(2), registering interfaces): veth
pairs are born in place, up and in their bridge by one message each, many messages go in one system call, what is set
in one namespace goes in one more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..core.actions import Action, AddAddress, AddNamespace, AddVeth, DeleteInterface, SetAlias, SetMaster, SetUp
from ..core.network import HOST
from . import hot_messages
from .doors import Doors, prepare_names
from .failures import ActionError
from .making import make_namespaces
from .route_socket import NetlinkError, RouteSocket

_GROUP = 0x6E736C62
"""The group that interfaces are put into to be removed together; no other one is likely to choose it."""
_MOST_MESSAGES = 128


def build(run: Sequence[Action], doors: Doors, done: list[Action]) -> None:
    """Carry out a building run (see `nslab_kernel.core.batches`).

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
    _send([(_setting(action, host), [action]) for action in on_host], host, done)


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
    _send([(_cable(actions, doors), actions) for actions in cables], doors.socket(HOST), done)
    for name in names:
        settings = rooms[name].settings
        if settings:
            socket = _socket(settings[0], name, doors)
            _send([(_setting(action, socket), [action]) for action in settings], socket, done)


def remove(run: Sequence[DeleteInterface], doors: Doors, done: list[Action]) -> None:
    """Remove interfaces of one namespace, all at once: one at a time the kernel waits 40 ms for each."""
    socket = _socket(run[0], run[0].namespace, doors)
    if len(run) == 1:
        _send([(hot_messages.delete_link(_index(run[0], run[0].name, socket)), [*run])], socket, done)
        return
    grouping: list[tuple[bytes, list[Action]]] = [
        (hot_messages.set_group(_index(action, action.name, socket), _GROUP), [action]) for action in run
    ]
    _send(grouping, socket, [])
    _send([(hot_messages.delete_group(_GROUP), [*run])], socket, done)


def _cable(actions: Sequence[Action], doors: Doors) -> bytes:
    """The message that makes a veth pair with everything that is set on its near end."""
    birth = actions[0]
    assert isinstance(birth, AddVeth)
    up, master, alias = False, 0, ""
    for action in actions:
        if isinstance(action, SetUp):
            up = True
        elif isinstance(action, SetMaster):
            master = _index(action, action.master, doors.socket(HOST))
        elif isinstance(action, SetAlias):
            alias = action.alias
    try:
        far = doors.file(birth.peer_namespace)
    except OSError as error:
        raise ActionError(birth, error) from error
    return hot_messages.veth(birth.name, birth.peer, far, up=up, master=master, alias=alias)


def _setting(action: Action, socket: RouteSocket) -> bytes:
    match action:
        case SetUp(name):
            return hot_messages.set_up(_index(action, name, socket))
        case SetMaster(name, master):
            bridge = _index(action, master, socket) if master else 0
            return hot_messages.set_master(_index(action, name, socket), bridge)
        case SetAlias(name, alias):
            return hot_messages.set_alias(_index(action, name, socket), alias)
        case AddAddress(interface, cidr):
            return hot_messages.add_address(_index(action, interface, socket), cidr)
    raise TypeError(f"{action} is not a setting")


def _send(messages: Sequence[tuple[bytes, list[Action]]], socket: RouteSocket, done: list[Action]) -> None:
    """Send messages, each with the actions that it stands for."""
    for start in range(0, len(messages), _MOST_MESSAGES):
        part = messages[start : start + _MOST_MESSAGES]
        try:
            socket.send([message for message, _ in part])
        except NetlinkError as error:
            for position, (_, actions) in enumerate(part):
                if position != error.position:
                    done += actions
            raise ActionError(part[error.position][1][0], error) from error
        for _, actions in part:
            done += actions


def _socket(action: Action, namespace: str, doors: Doors) -> RouteSocket:
    try:
        return doors.socket(namespace)
    except OSError as error:
        raise ActionError(action, error) from error


def _index(action: Action, name: str, socket: RouteSocket) -> int:
    try:
        return socket.index(name)
    except OSError as error:
        raise ActionError(action, error) from error
