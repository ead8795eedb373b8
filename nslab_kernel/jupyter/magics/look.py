"""``%netns_graph``, ``%netns_auto``, ``%netns_script``: look at the network."""

from __future__ import annotations

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from ...core.errors import NslabError
from ...core.translation import _
from ..messages import say
from ..parsing import NslabMagics, parse
from ..saving import say_saved


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
            say_saved(picture.save(wanted.save))
            return
        display(picture)
        self.session.follower.catch_up(now)

    @magic_arguments()
    @argument("state", nargs="?", choices=("on", "off"), help="Whether the picture follows each cell.")
    @argument("--png", choices=("on", "off"), help="Whether pictures have a PNG, too, for GitHub.")
    @line_magic
    def netns_auto(self, line: str) -> None:
        """Whether the picture is drawn by itself after each cell that changed the network, and in which forms.

        On a real machine (host mode) it is off until asked for: things change there that are no work of the notebook's.

        Examples
        --------
        ``%netns_auto off``
        ``%netns_auto on``
        ``%netns_auto --png on``
        """
        follower, wanted = self.session.follower, parse(self.netns_auto, line)
        if wanted.png:
            self.session.forms.png = wanted.png == "on"
        match wanted.state:
            case "on":
                follower.start()
            case "off":
                follower.stop()
            case _ if not wanted.png:
                said = (
                    _("The picture follows each cell.") if follower.on else _("The picture does not follow each cell.")
                )
                say(said)

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
            raise NslabError(
                _("{target} can't be written: {strerror}.", target=target, strerror=error.strerror),
                _("Save it in another folder."),
            ) from error
        say_saved(target)
