"""``%netns_open``: build a lab that was written for another program."""

from __future__ import annotations

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from ...core.topology import report
from ..parsing import NslabMagics, parse


@magics_class
class OpeningMagics(NslabMagics):
    """Build labs of Kathará's and containerlab's."""

    @magic_arguments()
    @argument("path", help="A folder with a lab.conf or one NAME.clab.yml, or such a file.")
    @argument("--check", action="store_true", help="Show what it has and what can't be built here; build nothing.")
    @line_magic
    def netns_open(self, line: str) -> None:
        """Build a lab of Kathará's (lab.conf) or containerlab's (NAME.clab.yml), all or nothing.

        Each node becomes a namespace with files and a hostname of its own; programs and services are this machine's.

        Examples
        --------
        ``%netns_open ospf``
        ``%netns_open ospf --check``
        """
        wanted = parse(self.netns_open, line)
        if wanted.check:
            print(report.overview(self.lab.topology(wanted.path), self.lab.language))
            return
        built, ends = self.lab.open(wanted.path)
        print(report.overview(built, self.lab.language))
        for end in ends:
            for said in report.ended(
                end.node, end.returncode, end.said, timed_out=end.timed_out, language=self.lab.language
            ):
                print(said)
