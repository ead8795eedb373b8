"""Carry out actions: all of them, or none."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from ..core.actions import Action
from ..core.batches import batches, is_building, is_removing, taking_back
from .building import build
from .doors import Doors
from .explaining import explain
from .failures import ActionError
from .removing import remove


def apply(actions: Sequence[Action]) -> None:
    """Carry out actions in order, or leave everything as it was.

    The work is done in a thread of its own: this one never changes its namespace. An interrupt (Ctrl-C) stops
    it between two requests and has it take back what was done.

    Raises
    ------
    NslabError
        If the kernel refuses one; those before it have been taken back.
    """
    if actions:
        _Worker(actions).run()


class _Worker:
    """The thread that carries out one operation."""

    def __init__(self, actions: Sequence[Action]) -> None:
        self._actions = actions
        self._interrupted = False
        self._failure: BaseException | None = None
        self._finished = threading.Event()  # Thread.join takes an interrupt for the thread's end (Python 3.11)

    def run(self) -> None:
        threading.Thread(target=self._work, name="nslab-apply").start()
        while not self._finished.is_set():
            try:
                self._finished.wait()
            except KeyboardInterrupt:
                self._interrupted = True
        if self._failure:
            raise self._failure

    def _work(self) -> None:
        try:
            self._carry_out_all()
        finally:
            self._finished.set()

    def _carry_out_all(self) -> None:
        done: list[Action] = []
        try:
            for run in batches(self._actions):
                if self._interrupted:
                    raise KeyboardInterrupt
                _carry_out(run, done)
        except ActionError as failure:
            self._failure = explain(failure, _take_back(done))
        except BaseException as failure:
            _take_back(done)
            self._failure = failure


def _take_back(done: Sequence[Action]) -> list[ActionError]:
    """Undo actions, and say which couldn't be."""
    failures = []
    for run in batches(taking_back(done)):
        try:
            _carry_out(run, [])
        except ActionError as failure:
            failures.append(failure)
    return failures


def _carry_out(run: Sequence[Action], done: list[Action]) -> None:
    doors = Doors()
    try:
        if is_building(run[0]):
            build(run, doors, done)
        elif is_removing(run[0]):
            remove(run, doors, done)
        else:
            _carry_out_one(run[0], doors)
            done.append(run[0])
    finally:
        doors.close()


def _carry_out_one(action: Action, doors: Doors) -> None:
    try:
        perform(action, doors)
    except OSError as error:
        raise ActionError(action, error) from error


@singledispatch
def perform(action: Any, doors: Doors) -> None:
    """Carry out one action; a feature with an action of its own registers how."""
    raise TypeError(f"nobody knows how to carry out {action}")
