"""What JupyterLab's interface for labs asks the kernel, and hears from it: state, menus, and commands to run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..core.errors import NslabError
from ..core.model.network import HOST
from ..core.translation import languages
from .frontend import kernel_id
from .main_thread import between_cells
from .messages import CommandFailedError

if TYPE_CHECKING:
    from ipykernel.comm import Comm
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

    from ..lab import Lab
    from .automatic_picture import Follower

_ASKED = re.compile(r"%netns_why (\S+) ([^\s`]+)")
TARGET = "nslab"
"""The name under which the front end (labextension/static/labs.js) opens its comm."""

_PATIENCE = 10.0  # seconds that a command of a menu may take


class Channel:
    """Joins the pages that show a lab's notebook with its kernel.

    A page opens a comm and gets the lab's state at once, and again after each cell. It may ask (``do``): ``menu`` of a
    ``thing`` in a picture, ``run`` a ``command`` of such a menu, and another ``language``. All of it is answered by the
    main thread, between two cells.

    Parameters
    ----------
    shell
        The user's.
    lab
        The lab that is shown.
    follower
        The picture that follows cells; what a menu did needs no second one.
    """

    def __init__(self, shell: InteractiveShell, lab: Lab, follower: Follower) -> None:
        self._shell = shell
        self._lab = lab
        self._follower = follower
        self._comms: list[Comm] = []
        self._failed: tuple[str, str] | None = None  # source and destination of the last ping without an answer

    def open(self) -> None:
        """Take comms from now on; in a terminal's IPython there are none."""
        kernel = getattr(self._shell, "kernel", None)
        if kernel is None or not kernel_id():
            return
        kernel.comm_manager.register_target(TARGET, self._opened)
        self._shell.events.register("post_run_cell", self._after_cell)

    def close(self) -> None:
        """Take no more, and let go of those that are open."""
        kernel = getattr(self._shell, "kernel", None)
        if kernel is None or not kernel_id():
            return
        kernel.comm_manager.unregister_target(TARGET, self._opened)
        self._shell.events.unregister("post_run_cell", self._after_cell)
        for comm in self._comms:
            comm.close()
        self._comms.clear()

    def _opened(self, comm: Comm, message: dict[str, Any]) -> None:
        self._comms.append(comm)
        comm.on_close(lambda _: self._comms.remove(comm))
        answer = between_cells(lambda asked: self._asked(comm, asked["content"]["data"]))
        comm.on_msg(answer)
        self._speak(message["content"]["data"])
        comm.send(self._state())

    def _after_cell(self, result: ExecutionResult) -> None:
        self._failed = _failed_ping(result) or self._failed
        self._tell()

    def _tell(self) -> None:
        for comm in self._comms:
            comm.send(self._state())

    def _asked(self, comm: Comm, asked: dict[str, Any]) -> None:
        do = asked.get("do")
        if do == "menu":
            comm.send({"id": asked["id"], **self._menu(str(asked["thing"]))})
        elif do == "run":
            comm.send({"id": asked["id"], **self._run(str(asked["command"]))})
            self._tell()
        elif do == "language":
            self._speak(asked)
            self._tell()

    def _speak(self, asked: dict[str, Any]) -> None:
        if asked.get("language") in languages():
            self._lab.language = NslabError.language = asked["language"]

    def _state(self) -> dict[str, Any]:
        from ..picture.outside_namespaces import outside
        from .menu import first_address
        from .terminal import shell_line

        network = self._lab.snapshot()
        beyond = outside(network)
        return {
            "kind": "state",
            "language": self._lab.language,
            "hostname": network.hostname,
            "namespaces": [
                {
                    "name": namespace.name,
                    "title": namespace.title,
                    "address": first_address(namespace),
                    "outside": namespace.name in beyond,
                }
                for namespace in network.everywhere
            ],
            "bridges": sum(interface.kind == "bridge" for interface in network.host.interfaces),
            "outside": bool(beyond),
            "shells": {namespace.name: shell_line(namespace.name) for namespace in network.everywhere},
            "failed": self._failed,
            "broken": self._lab.exercise is not None,
        }

    def _menu(self, thing: str) -> dict[str, Any]:
        from .menu import menu
        from .terminal import shell_line

        lab = self._lab
        magics = self._shell.magics_manager.magics["line"]
        made = menu(lab.snapshot(), thing, lab.language, magics=magics, acting=lab.sandboxed)
        for entry in made["entries"]:
            if entry and entry["kind"] == "terminal":
                entry["source"] = shell_line(entry["namespace"])
        return made

    def _run(self, command: str) -> dict[str, Any]:
        """Run a command of a menu, and draw what it changed."""
        lab, follower = self._lab, self._follower
        before = lab.snapshot()
        result = lab.run(HOST, command, timeout=_PATIENCE)
        now = lab.snapshot()
        follower.catch_up(now)  # the next cell needn't draw it again
        said = (result.stderr or result.stdout).strip() if result.returncode else ""
        return {"ok": not result.returncode, "said": said, "picture": lab.picture(now, before=before).html()}


def _failed_ping(result: ExecutionResult) -> tuple[str, str] | None:
    """Source and destination of a ping that got no answer in this cell: its error's hint names them."""
    error = result.error_in_exec
    found = _ASKED.search(error.hint) if isinstance(error, CommandFailedError) else None
    return (found[1], found[2]) if found else None
