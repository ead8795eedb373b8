"""``%netns_trace`` and ``%netns_capture``: follow packets while something runs."""

from __future__ import annotations

import re
from argparse import REMAINDER
from argparse import Namespace as Arguments
from typing import TYPE_CHECKING

from IPython.core.magic import line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from ...core.errors import NslabError
from ...core.foreign import first_word
from ...core.translation import _
from ..messages import say
from ..parsing import NslabMagics, parse, seconds
from ..running import LiveOutput, follow, run_command
from ..saving import say_saved
from ..session import Session

if TYPE_CHECKING:
    from ...linux.tracing import Capture

_OPTIONS = re.compile(r"""\s*(?:--again\s+|--(?:save|predict|timeout)(?:=|\s+)(?:"[^"]*"|'[^']*'|\S+)?\s+)*""")
# An option without a value, by which the student is asked: a way has a comma, a namespace and its command have none.
_ASKED = re.compile(r"""^(\s*(?:--(?:again|(?:save|timeout)(?:=|\s+)\S+)\s+)*--predict)(?=\s+[^\s,]+(?:\s|$))""")


@magics_class
class TraceMagics(NslabMagics):
    """What really happened to packets."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._capture: Capture | None = None

    @no_var_expand
    @magic_arguments()
    @argument("--again", action="store_true", help="Trace the last command that ran in a namespace, or failed check.")
    @argument("--save", metavar="FILE", help="Write all packets to a .pcapng file for Wireshark, too.")
    @argument(
        "--predict",
        metavar="WAY",
        help="The way that you expect, such as ns1,br0,host; without it you are asked to click on it. It is compared.",
    )
    @argument("--timeout", type=seconds, metavar="S", help="End the command after S seconds.")
    @argument("namespace", nargs="?", help="Where to run: a namespace, or host.")
    @argument("command", nargs=REMAINDER, help="The command whose packets to follow.")
    @line_magic
    def netns_trace(self, line: str) -> None:
        """Run a command and follow its packets: where each was, which rule decided, what became of it.

        Every interface of every namespace is watched meanwhile, and the kernel says which firewall rule a packet met.
        Options stand before the namespace. `%netns_why` predicts; this shows what happened.

        Examples
        --------
        ``%netns_trace ns1 ping -c 1 203.0.113.10``
        ``%netns_trace --save nat.pcapng ns1 curl -m 2 http://192.0.2.2/``
        ``%netns_trace --predict ns1,mydocker0,ns2 ns1 ping -c 1 172.16.1.2``
            your prediction beside what happened
        ``%netns_trace --predict ns1 ping -c 1 172.16.1.2``
            asks you to click on the way first, then runs
        ``%netns_trace --again``
            after a ping that failed, or a check
        """
        line = _ASKED.sub(r"\1=", line, count=1)
        wanted = parse(self.netns_trace, line)
        namespace, command = self._wanted(wanted, line)
        follow(
            self.session,
            namespace,
            command,
            lambda: run_command(self.lab, namespace, command, LiveOutput({}), wanted.timeout),
            save=wanted.save,
            predict=wanted.predict,
            timeout=wanted.timeout,
        )

    @magic_arguments()
    @argument("do", help="start or stop.")
    @argument("--save", metavar="FILE", help="With stop: write all packets to a .pcapng file for Wireshark, too.")
    @line_magic
    def netns_capture(self, line: str) -> None:
        """Follow all packets from one cell to a later one, whatever runs meanwhile.

        It ends by itself after 20,000 packets (counted at each interface), 32 MiB or ten minutes; then ``stop`` shows
        what was seen until then.

        Examples
        --------
        ``%netns_capture start``
        ``%netns_capture stop --save all.pcapng``
        """
        wanted = parse(self.netns_capture, line)
        if wanted.do == "start":
            if self._capture is not None:
                raise NslabError(
                    _("Packets are being recorded already."), _("`%netns_capture stop` ends that and shows them.")
                )
            self._capture = self.lab.capture(seconds=600.0)
            say(_("Recording the packets of every namespace; `%netns_capture stop` ends it."))
        elif wanted.do == "stop":
            if self._capture is None:
                raise NslabError(_("No packets are being recorded."), _("`%netns_capture start` begins."))
            from ...picture.trace import capture_file
            from ..trace_view import TraceView

            if wanted.save:
                capture_file(wanted.save)
            capture, self._capture = self._capture, None
            trace = self.lab.traced(capture)
            display(TraceView(trace))
            if wanted.save:
                say_saved(trace.save(wanted.save))
        else:
            raise NslabError(
                _('"{word}" is neither start nor stop.', word=wanted.do),
                _("Write `%netns_capture start` or `%netns_capture stop`."),
            )

    def _wanted(self, wanted: Arguments, line: str) -> tuple[str, str]:
        """Where to run what; the command's own words stay as they were written, quotes and all."""
        if wanted.again:
            repeated = self.session.repeated
            if not repeated.command:
                raise NslabError(
                    _("There is nothing to trace again."),
                    _("Trace a command first: `%netns_trace ns1 ping -c 1 172.16.1.2`."),
                )
            return repeated.namespace, repeated.command
        if not wanted.namespace or not wanted.command:
            raise NslabError(
                _("There is no command to run."),
                _("Write `%netns_trace {name} ip address`.", name=wanted.namespace or "ns1"),
            )
        return wanted.namespace, first_word(_OPTIONS.sub("", line.rstrip(), count=1))[1]
