"""Carry out a run of actions with as few messages as the kernel allows.

What a lab of hundreds of namespaces costs is mostly the kernel's own work (unshare(2), registering interfaces): veth
pairs are born in place, up and in their bridge by one message each, many messages go in one system call, what is set
in one namespace goes in one more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..core.actions import Action, AddAddress, AddNamespace, AddVeth, SetAlias, SetMaster, SetUp
from ..core.network import HOST
from . import hot_messages
from .doors import Doors, prepare_names
from .failures import ActionError
from .making import make_namespaces
from .route_socket import RouteSocket
from .sending import index_of, send, socket_in


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
    return hot_messages.veth(birth.name, birth.peer, far, up=up, master=master, alias=alias)


def _setting(action: Action, socket: RouteSocket) -> bytes:
    match action:
        case SetUp(name):
            return hot_messages.set_up(index_of(action, name, socket))
        case SetMaster(name, master):
            bridge = index_of(action, master, socket) if master else 0
            return hot_messages.set_master(index_of(action, name, socket), bridge)
        case SetAlias(name, alias):
            return hot_messages.set_alias(index_of(action, name, socket), alias)
        case AddAddress(interface, cidr):
            return hot_messages.add_address(index_of(action, interface, socket), cidr)
    raise TypeError(f"{action} is not a setting")
