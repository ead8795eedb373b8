"""Carry out actions: all of them, or none."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Sequence
from typing import Any

from ...core.errors import NslabError
from ...core.operations import actions, connect, firewall_actions, uplink
from ...core.operations.actions import Action
from ...core.operations.batches import batches, is_building, is_removing, taking_back
from ...core.translation import _, joined
from .. import namespace_processes, nft, resolvers, sysctl, uplink_request
from . import link_requests, requests
from .build import build, remove
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


def explain(failure: ActionError, not_undone: Sequence[ActionError] = ()) -> NslabError:
    """Turn a refusal into the error that a person sees.

    Parameters
    ----------
    failure
        What was refused.
    not_undone
        What then couldn't be taken back.
    """
    error = failure.error
    reason = error.reason if isinstance(error, NetlinkError) and error.reason else error.strerror
    said = _(
        "The kernel refused `{command}`: {reason}.", command=failure.action.command(), reason=str(reason).rstrip(".")
    )
    if not_undone:
        left = ", ".join(f"`{other.action.command()}`" for other in not_undone)
        said = joined(
            said,
            _("Taking back what was done before failed at {left}; `%netns_reset` clears it away.", left=left),
        )
    return NslabError(said, _CURES.get(error.errno or 0, _("Nothing was changed.")))


def apply(planned: Sequence[Action]) -> None:
    """Carry out actions in order, or leave everything as it was.

    The work is done in a thread of its own: this one never changes its namespace. An interrupt (Ctrl-C) stops
    it between two requests and has it take back what was done.

    Raises
    ------
    NslabError
        If the kernel refuses one; those before it have been taken back.
    """
    if planned:
        _Worker(planned).run()


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
    actions.AddBridge: requests.add_bridge,
    actions.AddRoute: requests.add_route,
    actions.AddRule: requests.add_rule,
    actions.AddVeth: requests.add_veth,
    actions.DeleteAddress: requests.delete_address,
    actions.DeleteRoute: requests.delete_route,
    actions.DeleteRule: requests.delete_rule,
    actions.SetDown: requests.set_down,
    connect.SetResolver: resolvers.set_resolver,
    connect.UnsetResolver: resolvers.unset_resolver,
    actions.SetSysctl: sysctl.set_sysctl,
    uplink.JoinMachine: uplink_request.join_machine,
}
