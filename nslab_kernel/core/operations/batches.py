"""Actions that the kernel can carry out together, with the same result as one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model.network import HOST
from .actions import (
    Action,
    AddAddress,
    AddBridge,
    AddNamespace,
    AddVeth,
    DeleteInterface,
    DeleteNamespace,
    SetAlias,
    SetMaster,
    SetUp,
)

_INTERFACE = (SetUp, SetMaster, SetAlias)
_MOST_NAMESPACES = 128
"""As many as one batch makes: each holds an open file until it is done, and a process has 1024 of them at least."""


def batches(actions: Iterable[Action]) -> Iterator[list[Action]]:
    """Split actions into runs that can go together.

    A *building* run makes namespaces and veth pairs that lead from the host into them, and sets what is in
    them: whatever the order, namespaces can come first, then what is done in the host, then what is done in each
    namespace. A *removing* run removes interfaces of one namespace, and namespaces. Anything else goes alone.
    """
    run: list[Action] = []
    namespaces = 0
    for action in actions:
        full = isinstance(action, AddNamespace) and namespaces == _MOST_NAMESPACES
        if run and (full or not _go_together(run[0], run[-1], action)):
            yield run
            run, namespaces = [], 0
        run.append(action)
        namespaces += isinstance(action, AddNamespace)
    if run:
        yield run


def is_building(action: Action) -> bool:
    """Whether an action belongs to a building run."""
    if isinstance(action, AddVeth):
        return action.namespace == HOST and action.peer_namespace != HOST
    return isinstance(action, (AddNamespace, AddAddress, *_INTERFACE))


def is_removing(action: Action) -> bool:
    """Whether an action belongs to a removing run."""
    return isinstance(action, (DeleteInterface, DeleteNamespace))


def taking_back(done: Iterable[Action]) -> tuple[Action, ...]:
    """What undoes actions, last first; whatever they made takes what was set on it along when it goes."""
    past = list(done)
    made = {action.name for action in past if isinstance(action, AddNamespace)}
    ends = {end for action in past for end in _ends(action)}
    settings: list[Action] = []
    interfaces: list[Action] = []
    namespaces: list[Action] = []
    for action in reversed(past):
        opposite = action.undo()
        if isinstance(opposite, DeleteNamespace):
            namespaces.append(opposite)
        elif isinstance(opposite, DeleteInterface):
            if opposite.namespace not in made:
                interfaces.append(opposite)
        elif opposite and not _goes_along(action, made, ends):
            settings.append(opposite)
    return (*settings, *interfaces, *namespaces)


def _go_together(first: Action, last: Action, action: Action) -> bool:
    if isinstance(action, DeleteNamespace):
        return is_removing(first)
    if isinstance(action, DeleteInterface):
        return isinstance(last, DeleteInterface) and action.namespace == last.namespace
    return is_building(first) and is_building(action)


def _ends(action: Action) -> tuple[tuple[str, str], ...]:
    match action:
        case AddVeth(name, peer, peer_namespace, namespace):
            return (namespace, name), (peer_namespace, peer)
        case AddBridge(name, namespace):
            return ((namespace, name),)
    return ()


def _goes_along(action: Action, made: set[str], ends: set[tuple[str, str]]) -> bool:
    namespace = getattr(action, "namespace", HOST)
    interface = action.name if isinstance(action, _INTERFACE) else getattr(action, "interface", "")
    return namespace in made or (namespace, interface) in ends
