"""``%netns_why``: why a packet doesn't arrive."""

from __future__ import annotations

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from ..parsing import NslabMagics, parse


@magics_class
class WhyMagics(NslabMagics):
    """Diagnosis."""

    @magic_arguments()
    @argument("source", help="The namespace that sends, or host.")
    @argument("destination", help="A namespace, an address or a name.")
    @argument("--tcp", type=int, metavar="PORT", help="A TCP connection to this port, in place of a ping.")
    @argument("--udp", type=int, metavar="PORT", help="A UDP message to this port, in place of a ping.")
    @argument("--size", type=int, default=0, metavar="BYTES", help="Bytes of data, as ping -s counts them.")
    @line_magic
    def netns_why(self, line: str) -> None:
        """Explain why a ping (or a connection) doesn't arrive, what shows it, and how to fix it.

        The packet's way is followed through the network as it is now, there and back, in the order in which the
        packet meets things. Nothing is sent. For what arrives, the way is shown hop by hop.

        Examples
        --------
        ``%netns_why ns1 172.16.1.2``
        ``%netns_why ns1 ns2 --tcp 8080``
        ``%netns_why host www.example.org``
        """
        from .. import explanations  # not at the top: diagnosis and picture would slow every kernel's start

        wanted = parse(self.netns_why, line)
        diagnosis = self.lab.why(wanted.source, wanted.destination, wanted.tcp, wanted.udp, wanted.size)
        network = self.lab.snapshot()
        marks = explanations.marks(diagnosis, network)
        picture = self.lab.picture(network, marks=marks) if marks else None
        display(explanations.bundle(diagnosis, picture, png=self.session.forms.wants_png), raw=True)
