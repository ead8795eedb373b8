"""Make namespaces, two at a time: most of it is work of the kernel that another processor can do meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from ..core.actions import Action, AddNamespace
from .doors import Doors
from .failures import ActionError


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
