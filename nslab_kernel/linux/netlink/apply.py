"""Carry out actions: all of them, or none."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ...core.errors import NslabError
from ...core.operations import actions, connect, firewall_actions, uplink
from ...core.operations.actions import Action
from ...core.operations.batches import batches, is_building, is_removing, taking_back
from ...core.translation import _, joined
from .. import namespace_processes, nft, resolvers, sysctl, uplink_request
from ..interrupts import Held, held
from . import link_requests, route_requests
from .batch import build, remove
from .handles import Doors
from .socket import ActionError, NetlinkError

_NO_RIGHT = _("Choose the nslab kernel (Kernel > Change Kernel), where you may do this, or run as root.")
_CURES = {
    errno.EPERM: _NO_RIGHT,
    errno.EACCES: _NO_RIGHT,
    errno.EROFS: _NO_RIGHT,
    errno.EEXIST: _("Something of this name or address is there already; `%netns` shows what is."),
    errno.EADDRINUSE: _("Another interface has it already; `%netns` shows which."),
    errno.ENODEV: _("There is no such interface (any more); `%netns` shows what is there."),
    errno.ENOENT: _("It isn't there (any more); `%netns` shows what is."),
    errno.ESRCH: _("It isn't there (any more); `%netns` shows what is."),
    errno.EADDRNOTAVAIL: _("It isn't there (any more); `%netns` shows what is."),
    errno.ENOSPC: _(
        "The limit on namespaces is reached: an administrator can raise it by `sudo "
        "sysctl user.max_net_namespaces=65536`."
    ),
    errno.EMFILE: _("Too many files are open: restart the kernel after `ulimit -n 65536`."),
    errno.ENFILE: _("The whole machine has too many files open: close something."),
    errno.ENOMEM: _("The machine has no memory left for it: remove namespaces, or close something."),
    errno.EOPNOTSUPP: _("This machine's kernel lacks a module for it; `nslab check` says which features it has."),
    errno.ENETUNREACH: _("The gateway must lie in a subnet that the namespace has an address in; `%netns` shows them."),
    errno.EHOSTUNREACH: _(
        "The gateway must lie in a subnet that the namespace has an address in; `%netns` shows them."
    ),
    errno.EBUSY: _("Something else is using it; try again when that is done."),
}
_GONE = (errno.ENODEV, errno.ENOENT, errno.ESRCH, errno.EADDRNOTAVAIL)


def explain(failure: ActionError, not_undone: Sequence[ActionError] = ()) -> NslabError:
    """Turn a refusal into the error that a person sees.

    Parameters
    ----------
    failure
        What was refused.
    not_undone
        What then couldn't be taken back.
    """
    said = _("The kernel refused `{command}`: {reason}.", command=failure.action.command(), reason=_reason(failure))
    if not_undone:
        left = ", ".join(f"`{other.action.command()}`" for other in not_undone)
        said = joined(
            said,
            _("Taking back what was done before failed at {left}; `%netns_reset` clears it away.", left=left),
        )
    return NslabError(said, _CURES.get(failure.error.errno or 0, _("`%netns` shows what is there.")))


def apply(planned: Sequence[Action], *, to_the_end: bool = False) -> None:
    """Carry out actions in order, or leave everything as it was.

    What removes something can't be taken back: from the first such action on, the others are carried out whatever
    happens, what failed is tried once more at the end, and the error says what is left.

    The work is done in a thread of its own: this one never changes its namespace. An interrupt (Ctrl-C) has what
    was done taken back where it can be; otherwise the work is finished first.

    Parameters
    ----------
    planned
        The actions.
    to_the_end
        Whether an interrupt has to wait until all is done, as where something is put back.

    Raises
    ------
    NslabError
        If the kernel refuses one; those before it have been taken back.
    KeyboardInterrupt
        After an interrupt. Within `held`, which knows of it already, only when everything was taken back for it.
    """
    if planned:
        with held() as pending:
            _Worker(planned, pending, to_the_end=to_the_end).run()


class _Worker:
    """The thread that carries out one operation."""

    def __init__(self, actions: Sequence[Action], pending: Held, *, to_the_end: bool) -> None:
        self._actions = actions
        self._pending = pending
        self._stops = not to_the_end and not any(_is_final(action) for action in actions)
        self._failure: BaseException | None = None
        self._finished = threading.Event()  # Thread.join takes an interrupt for the thread's end (Python 3.11)

    def run(self) -> None:
        threading.Thread(target=self._work, name="nslab-apply").start()
        while not self._finished.is_set():
            try:
                self._finished.wait()
            except KeyboardInterrupt:  # raised in a thread that no signal reaches
                self._pending.note()
        if self._failure:
            raise self._failure

    def _work(self) -> None:
        try:
            self._carry_out_all()
        except BaseException as failure:
            self._failure = failure
        finally:
            self._finished.set()

    def _carry_out_all(self) -> None:
        done: list[Action] = []
        left: list[Action] = []
        for run in batches(self._actions):
            if self._pending.arrived and self._stops:
                _take_back(done)
                raise KeyboardInterrupt
            try:
                _carry_out(run, done)
            except Exception as failure:
                if not any(map(_is_final, done)):
                    raise _refusal(failure, _take_back(done)) from None
                left += [action for action in run if action not in done]
        _carry_out_late(left)


def _is_final(action: Action) -> bool:
    """Whether nothing takes an action back."""
    return action.undo() is None


def _refusal(failure: Exception, not_undone: Sequence[ActionError]) -> Exception:
    return explain(failure, not_undone) if isinstance(failure, ActionError) else failure


def _carry_out_late(actions: Sequence[Action]) -> None:
    """Carry out what failed the first time: it may have gone since with something else, or been only busy."""
    failures: list[tuple[Action, Exception]] = []
    for action in actions:
        try:
            _carry_out([action], [])
        except Exception as failure:
            gone = isinstance(failure, ActionError) and failure.error.errno in _GONE
            if not (gone and _is_final(action)):
                failures.append((action, failure))
    if failures:
        listed = "; ".join(f"`{action.command()}`: {_reason(failure)}" for action, failure in failures)
        raise NslabError(
            _("Everything else was done, but this was refused: {listed}.", listed=listed),
            _("`%netns` shows what is left."),
        )


def _reason(failure: Exception) -> str:
    if not isinstance(failure, ActionError):
        return str(failure).splitlines()[0].rstrip(".") if str(failure) else type(failure).__name__
    error = failure.error
    reason = error.reason if isinstance(error, NetlinkError) and error.reason else error.strerror
    return str(reason).rstrip(".")


def _take_back(done: Sequence[Action]) -> list[ActionError]:
    """Undo actions, and say which couldn't be."""
    failures = []
    for run in batches(taking_back(done)):
        try:
            _carry_out(run, [])
        except ActionError as failure:
            failures.append(failure)
        except NslabError:
            failures.append(ActionError(run[0], OSError(errno.EIO, os.strerror(errno.EIO))))
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
        _PERFORM[type(action)](action, doors)
    except OSError as error:
        raise ActionError(action, error) from error


# How each action is carried out that neither `build` nor `remove` does together with others.
_PERFORM: dict[type[Action], Callable[[Any, Doors], None]] = {
    actions.AddNeighbour: link_requests.add_neighbour,
    actions.DeleteForwarding: link_requests.delete_forwarding,
    actions.DeleteQdisc: link_requests.delete_qdisc,
    actions.DeleteTrafficFilter: link_requests.delete_qdisc,
    actions.DeleteNeighbour: link_requests.delete_neighbour,
    actions.SetBridge: link_requests.set_bridge,
    actions.SetLink: link_requests.set_link,
    actions.SetPort: link_requests.set_port,
    actions.DeleteFiles: namespace_processes.delete_files,
    actions.EndProcesses: namespace_processes.end_processes,
    firewall_actions.AddChain: nft.change_rules,
    firewall_actions.AddFilterRule: nft.change_rules,
    firewall_actions.DeleteFilterRule: nft.change_rules,
    firewall_actions.DeleteTable: nft.change_rules,
    actions.Nft: nft.run_nft,
    firewall_actions.SetPolicy: nft.change_rules,
    actions.AddBridge: link_requests.add_bridge,
    actions.AddRoute: route_requests.add_route,
    actions.AddRule: route_requests.add_rule,
    actions.AddVeth: link_requests.add_veth,
    actions.DeleteAddress: link_requests.delete_address,
    actions.DeleteRoute: route_requests.delete_route,
    actions.DeleteRule: route_requests.delete_rule,
    actions.SetDown: link_requests.set_down,
    connect.SetResolver: resolvers.set_resolver,
    connect.UnsetResolver: resolvers.unset_resolver,
    actions.SetSysctl: sysctl.set_sysctl,
    uplink.JoinMachine: uplink_request.join_machine,
}
