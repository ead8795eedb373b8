"""Carry out a run of actions with as few messages as the kernel allows.

What a lab of hundreds of namespaces costs is mostly the kernel's own work (unshare(2), registering interfaces): veth
pairs are born in place, up and in their bridge by one message each, 128 messages go in one system call, and what is
set in one namespace goes in one more.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..core.actions import Action, AddAddress, AddNamespace, AddVeth, DeleteInterface, SetAlias, SetMaster, SetUp
from ..core.network import HOST
from . import hot_messages
from .doors import Doors, prepare_names
from .route_socket import NetlinkError, RouteSocket

_GROUP = 0x6E736C62
"""The group that interfaces are put into to be removed together; no other one is likely to choose it."""
_MOST_MESSAGES = 128


class ActionError(Exception):
    """An action that the kernel refused.

    Parameters
    ----------
    action
        What couldn't be done.
    error
        The kernel's answer.
    """

    def __init__(self, action: Action, error: OSError) -> None:
        super().__init__(action, error)
        self.action = action
        self.error = error


def build(run: Sequence[Action], doors: Doors, done: list[Action]) -> None:
    """Carry out a building run (see `nslab_kernel.core.batches`).

    Parameters
    ----------
    done
        Grows by each action that was carried out, also when a later one fails.
    """
    _make_namespaces([action for action in run if isinstance(action, AddNamespace)], doors, done)
    pairs: dict[str, list[Action]] = {}
    settings: dict[str, list[Action]] = {HOST: []}
    for action in run:
        if isinstance(action, AddVeth):
            pairs[action.name] = [action]
        elif isinstance(action, AddAddress):
            settings.setdefault(action.namespace, []).append(action)
        elif isinstance(action, (SetUp, SetMaster, SetAlias)):
            of_pair = pairs.get(action.name) if action.namespace == HOST else None
            (of_pair or settings.setdefault(action.namespace, [])).append(action)
    _send([(_pair(actions, doors), actions) for actions in pairs.values()], doors.socket(HOST), done)
    for namespace, actions in settings.items():
        if actions:
            socket = _socket(actions[0], namespace, doors)
            _send([(_setting(action, socket), [action]) for action in actions], socket, done)


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


def _make_namespaces(actions: Sequence[AddNamespace], doors: Doors, done: list[Action]) -> None:
    if actions:
        doors.socket(HOST)  # while this thread can still open one there
        prepare_names()
    for action in actions:
        try:
            doors.make(action.name)
        except OSError as error:
            raise ActionError(action, error) from error
        done.append(action)


def _pair(actions: Sequence[Action], doors: Doors) -> bytes:
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
