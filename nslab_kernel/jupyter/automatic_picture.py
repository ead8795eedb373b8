"""After any cell that changed the network the picture follows by itself, no matter what changed it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from IPython.display import display

from ..core.model.diff import changes
from ..core.model.network import Network
from ..core.translation import _
from ..lab import Lab
from .frontend import cell_tags
from .messages import say

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

    from .live_picture import Live

_PATIENCE, _PAUSE = 0.5, 0.01  # seconds


class Follower:
    """Compares the network before and after each cell, and draws where it differs.

    IPython calls it after each cell (``post_run_cell``), before the front end learns that the cell is done.
    """

    def __init__(self, shell: InteractiveShell, lab: Lab) -> None:
        self._shell = shell
        self._lab = lab
        self._seen: Network | None = None
        self.on = False
        self.live: Live | None = None
        """The live picture; where it stands beside the notebook, a cell only says in a line what changed."""

    def start(self) -> None:
        """Follow from here on; what is there now is not news."""
        if not self.on:
            self._seen = self._lab.snapshot()
            self._shell.events.register("post_run_cell", self._after_cell)
            self.on = True

    def stop(self) -> None:
        """Follow no longer."""
        if self.on:
            self._shell.events.unregister("post_run_cell", self._after_cell)
            self.on = False

    @property
    def seen(self) -> Network | None:
        """The network as it was last shown."""
        return self._seen

    def catch_up(self, network: Network | None = None) -> None:
        """Take the network as shown: it was drawn just now, or is to stay hidden."""
        self._seen = network or self._lab.snapshot()

    def _after_cell(self, result: ExecutionResult) -> None:
        try:
            self._show_what_changed(result)
        except KeyboardInterrupt:  # IPython would show a traceback of ours
            say(_("Interrupted: the picture was not drawn. `%netns_graph` draws it."))

    def _show_what_changed(self, result: ExecutionResult) -> None:
        before, now = self._seen, self._lab.snapshot()
        if before is None or now == before:
            return
        self._seen = now = self._settled(before, now)
        if not changes(before, now):
            return
        if getattr(result.result, "network", None) == now:  # the cell's value is a picture that shows it already
            return
        picture = self._lab.picture(now, before=before, facts="predict" in cell_tags(self._shell))
        if self.live and self.live.is_docked:
            say(picture.caption)
        else:
            display(picture)

    def _settled(self, before: Network, now: Network) -> Network:
        """The network a moment later: a cable into a namespace just deleted goes by itself, but not at once."""
        known, deadline = _loose_ends(before), time.monotonic() + _PATIENCE
        while _loose_ends(now) - known and time.monotonic() < deadline:
            time.sleep(_PAUSE)
            now = self._lab.snapshot()
        return now


def _loose_ends(network: Network) -> set[tuple[str, int]]:
    """The ends of cables whose other end is nowhere in the lab."""
    return {
        (namespace.name, interface.index)
        for namespace in network.everywhere
        for interface in namespace.interfaces
        if interface.kind == "veth" and interface.peer_namespace is None
    }
