"""``%netns``: run things in a namespace, or list the namespaces."""

from __future__ import annotations

from argparse import Namespace as Arguments
from typing import Any

from IPython.core.magic import line_cell_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from ...core.errors import NslabError
from ...core.foreign import first_word
from ...core.translation import _
from ..display import show_table
from ..parsing import NslabMagics, parse, seconds, variable
from ..running import LiveOutput, failure, follow, run_command, start_command


@magics_class
class RunMagics(NslabMagics):
    """Run things in a namespace."""

    @no_var_expand
    @magic_arguments()
    @argument("namespace", help="Where to run: a namespace, or host.")
    @argument("--python", action="store_true", help="Run the cell as Python: its sockets are in the namespace.")
    @argument("--timeout", type=seconds, metavar="S", help="End everything that the cell started after S seconds.")
    @argument("--out", type=variable, metavar="NAME", help="Put the output into this variable instead of showing it.")
    @argument("--err", type=variable, metavar="NAME", help="Put the errors into this variable instead of showing them.")
    @argument("--bg", action="store_true", help="Go on at once; the cell runs in the background.")
    @argument("--proc", type=variable, metavar="NAME", help="With --bg: put the process into this variable.")
    @argument("--trace", action="store_true", help="Follow the packets meanwhile, and show what became of them.")
    @argument(
        "--predict",
        metavar="WAY",
        nargs="?",
        const="",
        help="With --trace: the way that you expect, such as ns1,br0,host; without it you are asked to click on it.",
    )
    @argument("--save", metavar="FILE", help="With --trace: write all packets to a .pcapng file for Wireshark, too.")
    @argument("--no-raise-error", action="store_true", help="Don't fail where the last command fails.")
    @line_cell_magic
    def netns(self, line: str, cell: str | None = None) -> Any:
        """Run things in a namespace, or list the namespaces.

        Examples
        --------
        ``%netns``
            a table of namespaces, interfaces, addresses and state
        ``%netns ns1 ping -c 1 172.16.1.2``
            run one shell line in ``ns1``; ``%netns host brctl show`` runs it in the host
        ``%%netns ns1``
            the cell's shell lines run in ``ns1``
        ``%%netns ns1 --out seen --timeout 10``
            what they print goes into the variable ``seen``; after 10 seconds they are ended
        ``%%netns ns1 --trace``
            the picture shows which way the packets took, and which rule or reason stopped them
        ``%%netns ns1 --bg --proc server``
            they run in the background; ``server.terminate()`` ends them
        ``%%netns ns1 --python``
            the cell is Python, with the notebook's variables; sockets that it opens are in ``ns1``
        """
        if cell is None:
            return self._line(line)
        wanted = parse(self.netns, line)
        if wanted.python:
            return self._python(wanted, cell)
        if wanted.bg:
            return self._start(wanted, cell)
        return self._run(wanted, cell)

    def _line(self, line: str) -> None:
        name, command = first_word(line.rstrip())
        if not name:
            show_table(self.lab.snapshot(), self.lab.language)
        elif not command:
            raise NslabError(_("There is no command to run."), _("Write `%netns {name} ip address`.", name=name))
        elif command.startswith("--"):
            raise NslabError(_("Options are for cells."), _("Begin the cell with `%%netns {line}`.", line=line.strip()))
        else:
            self._run(parse(self.netns, name), command)

    def _run(self, wanted: Arguments, command: str) -> None:
        variables = {"stdout": wanted.out, "stderr": wanted.err}
        output = LiveOutput({stream: name for stream, name in variables.items() if name})
        results = []

        def run() -> None:
            results.append(run_command(self.lab, wanted.namespace, command, output, wanted.timeout))

        if wanted.trace or wanted.predict is not None:
            follow(
                self.session,
                wanted.namespace,
                command,
                run,
                save=wanted.save,
                predict=wanted.predict,
                timeout=wanted.timeout,
            )
        else:
            run()
        if not results:  # it waits for the student's prediction
            return
        result = results[0]
        self.session.repeated.namespace, self.session.repeated.command = wanted.namespace, command
        self.session.shell.user_ns.update(output.values)
        if (result.returncode or result.timed_out) and not wanted.no_raise_error:
            raise failure(wanted.namespace, command, result, wanted.timeout)

    def _start(self, wanted: Arguments, command: str) -> None:
        keep = bool(wanted.out or wanted.err)
        process = start_command(self.lab, wanted.namespace, command, keep_output=keep, timeout=wanted.timeout)
        variables = {wanted.proc: process, wanted.out: process.stdout, wanted.err: process.stderr}
        self.session.shell.user_ns.update({name: value for name, value in variables.items() if name})

    def _python(self, wanted: Arguments, cell: str) -> Any:
        from ..python_cells import run_python

        foreign = [
            f"--{name}"
            for name in ("bg", "out", "err", "proc", "timeout", "trace", "predict", "save")
            if getattr(wanted, name)
        ]
        if foreign:
            raise NslabError(
                _("{foreign} is for cells of shell lines, not for Python.", foreign=foreign[0]),
                _("Begin the cell with `%%netns {namespace} --python`.", namespace=wanted.namespace),
            )
        return run_python(self.session.shell, wanted.namespace, cell)
