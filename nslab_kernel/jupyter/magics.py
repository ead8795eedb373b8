"""The magics: each parses its line, asks the lab, and displays. Nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from ..core.errors import NslabError
from . import completion
from .display import show_commands
from .magics_breaking import BreakingMagics
from .magics_check import CheckMagics
from .magics_live import LiveMagics
from .magics_play import PlayMagics
from .magics_reaching import ReachingMagics
from .magics_running import RunMagics
from .magics_why import WhyMagics
from .parsing import NslabMagics, parse
from .session import close_session, open_session
from .telling import worded

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load(shell: InteractiveShell) -> None:
    """Register the magics, their completion, and the picture that follows each cell."""
    session = open_session(shell)
    NslabError.language = session.lab.language
    for magics in _MAGICS:
        shell.register_magics(magics(session))
    completion.register(shell, session.lab)
    if session.lab.sandboxed:
        session.follower.start()


def unload(shell: InteractiveShell) -> None:
    """Take away what `load` hooked into the shell; the network stays."""
    completion.unregister(shell)
    close_session(shell)


@magics_class
class BuildMagics(NslabMagics):
    """Make and remove things; each prints the commands that it stands for."""

    @magic_arguments()
    @argument("bridge", help="The bridge to make.")
    @argument("addresses", nargs="*", metavar="address", help="An address with its prefix length.")
    @line_magic
    def netns_bridge(self, line: str) -> None:
        """Make a bridge in the host and bring it up.

        Examples
        --------
        ``%netns_bridge mydocker0``
        ``%netns_bridge mydocker0 172.16.0.1/16``
        """
        wanted = parse(self.netns_bridge, line)
        show_commands(self.lab.bridge(wanted.bridge, *wanted.addresses).commands)

    @magic_arguments()
    @argument("bridge", help="A bridge of the host.")
    @argument("namespace", help="The namespace to make.")
    @argument("addresses", nargs="*", metavar="address", help="Its address with the prefix length; IPv4, IPv6 or both.")
    @line_magic
    def netns_attach(self, line: str) -> None:
        """Make a namespace and plug it into a bridge by a veth pair, all or nothing.

        Examples
        --------
        ``%netns_attach mydocker0 ns1 172.16.1.1/16``
        ``%netns_attach mydocker0 ns2 172.16.1.2/16 fd00::2/64``
        """
        wanted = parse(self.netns_attach, line)
        show_commands(self.lab.attach(wanted.bridge, wanted.namespace, *wanted.addresses).commands)

    @magic_arguments()
    @argument("namespace", help="The namespace to remove.")
    @line_magic
    def netns_detach(self, line: str) -> None:
        """Remove a namespace, the veth pairs that lead into it, and what runs in it.

        Examples
        --------
        ``%netns_detach ns1``
        """
        show_commands(self.lab.detach(parse(self.netns_detach, line).namespace).commands)

    @magic_arguments()
    @line_magic
    def netns_reset(self, line: str) -> None:
        """Give a bare host back: everything that was made in this lab is removed.

        Examples
        --------
        ``%netns_reset``
        """
        parse(self.netns_reset, line)
        self.lab.reset()


@magics_class
class LookMagics(NslabMagics):
    """Look at the network."""

    @magic_arguments()
    @argument("--of", metavar="NAME", help="Show a namespace or a bridge alone with its neighbourhood.")
    @argument("--mac", action="store_true", help="Show MAC addresses.")
    @argument("--save", metavar="FILE", help="Write the picture to a .png, .svg or .pdf file instead of showing it.")
    @line_magic
    def netns_graph(self, line: str) -> None:
        """Draw the network as it is now.

        Examples
        --------
        ``%netns_graph``
        ``%netns_graph --of ns1 --mac``
        ``%netns_graph --save network.svg``
        """
        wanted = parse(self.netns_graph, line)
        before, now = self.session.follower.seen, self.lab.snapshot()
        picture = self.lab.picture(now, before=before, of=wanted.of, mac=wanted.mac)
        if wanted.save:
            print(worded(f"Saved as {picture.save(wanted.save)}"))
            return
        display(picture)
        self.session.follower.catch_up(now)

    @magic_arguments()
    @argument("state", nargs="?", choices=("on", "off"), help="Whether the picture follows each cell.")
    @line_magic
    def netns_auto(self, line: str) -> None:
        """Whether the picture is drawn by itself after each cell that changed the network.

        On a real machine (host mode) it is off until asked for: things change there that are no work of the notebook's.

        Examples
        --------
        ``%netns_auto off``
        ``%netns_auto on``
        """
        follower = self.session.follower
        match parse(self.netns_auto, line).state:
            case "on":
                follower.start()
            case "off":
                follower.stop()
            case _:
                said = "The picture follows each cell." if follower.on else "The picture does not follow each cell."
                print(worded(said))

    @magic_arguments()
    @argument("--save", metavar="FILE", help="Write the script to a file instead of printing it.")
    @line_magic
    def netns_script(self, line: str) -> None:
        """Print a shell script that builds the present network from nothing on any Linux.

        Examples
        --------
        ``%netns_script``
        ``%netns_script --save network.sh``
        """
        target = parse(self.netns_script, line).save
        text = self.lab.script()
        if not target:
            print(text, end="")
            return
        try:
            with open(target, "w") as file:
                file.write(text)
        except OSError as error:
            raise NslabError(f"{target} can't be written: {error.strerror}.", "Save it in another folder.") from error
        print(worded(f"Saved as {target}"))


_MAGICS = (
    RunMagics,
    BuildMagics,
    LookMagics,
    CheckMagics,
    LiveMagics,
    PlayMagics,
    ReachingMagics,
    WhyMagics,
    BreakingMagics,
)
