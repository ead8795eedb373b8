"""``%netns_live`` and ``%netns_shell``: the network as it is now, and a terminal inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from ...core.model.network import HOST
from ...core.operations.actions import within
from ..frontend import kernel_id
from ..parsing import NslabMagics, parse

if TYPE_CHECKING:
    from ..live_picture import Live


@magics_class
class LiveMagics(NslabMagics):
    """Look and reach into the running lab."""

    _live: Live | None = None

    @magic_arguments()
    @argument("--traffic", action="store_true", help="Show packets per second and drops on each cable.")
    @line_magic
    def netns_live(self, line: str) -> None:
        """Show a picture that follows the network as things happen, no matter what causes them.

        JupyterLab docks it at the right of the notebook, once, however often the cell is run. A pointer over a thing
        shows its details; a click on a namespace opens its page. "Traffic" shows on each cable how many packets pass it
        in a second, and how many are dropped, from the kernel's counters.

        Examples
        --------
        ``%netns_live``
        ``%netns_live --traffic``
        """
        wanted = parse(self.netns_live, line)
        if not kernel_id():  # a terminal's IPython, which has no page that could follow
            print(self.lab.picture().text())
            return
        from ..live_picture import Live

        if self._live is None or self._live.comm is None:
            self._live = self.session.follower.live = Live(self.lab)
        if wanted.traffic:
            self._live.count(True)
        display(self._live)

    @magic_arguments()
    @argument("namespace", nargs="?", default=HOST, help="Where the shell runs; by default the host.")
    @line_magic
    def netns_shell(self, line: str) -> None:
        """Open a terminal in a namespace, beside the notebook; elsewhere it prints the line to type.

        Examples
        --------
        ``%netns_shell ns1``
        ``%netns_shell``
        """
        from ...linux import namespaces
        from ..terminal import TerminalOpener

        place = namespaces.find(parse(self.netns_shell, line).namespace)
        if kernel_id():
            display(TerminalOpener(place.name, self.lab.language))
        else:  # a terminal already, inside the lab
            print(within(place.name, "bash"))
