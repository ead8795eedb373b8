"""``%netns_bridge``, ``%netns_attach``, ``%netns_detach``, ``%netns_reset``: make and remove things."""

from __future__ import annotations

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from ..display import show_commands
from ..parsing import NslabMagics, parse


@magics_class
class BuildMagics(NslabMagics):
    """Make and remove things; each prints the equivalent commands."""

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
        """Reset the lab to a bare host: everything that was made in it is removed.

        Examples
        --------
        ``%netns_reset``
        """
        parse(self.netns_reset, line)
        self.lab.reset()
