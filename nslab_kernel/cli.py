"""The ``nslab`` command: parse, delegate, print."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .core.command_line import understood
from .core.errors import NslabError
from .core.language import language_of
from .core.model.network import HOST
from .core.translation import _, languages, padded, translated
from .linux.refusals import explain, read_machine
from .sandbox import command, enter, labs
from .sandbox.init import NOT_EXECUTABLE, NOT_FOUND
from .sandbox.refusal import RefusedError

if TYPE_CHECKING:
    from .linux.preflight import Check

_FIRST = "00-start-here.ipynb"
_LONGEST_SOCKET_PATH = 107


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the ``nslab`` command line.

    Parameters
    ----------
    arguments
        The words after ``nslab``; those of the process when None.

    Returns
    -------
    int
        Exit status: that of the command for ``run`` and ``shell``, otherwise 0 when all
        is well, 1 when something isn't, 2 for a wrong command line.
    """
    NslabError.language = language_of(os.environ)
    options, others = _parser().parse_known_args(arguments)
    if others and options.act is not _lab:
        _parser().error(f"unrecognized arguments: {others[0]}")
    options.others = others
    try:
        return int(options.act(options))
    except NslabError as error:
        print(f"nslab: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        return 128 + signal.SIGINT  # Ctrl-C or Ctrl-D at a question, or Ctrl-C before there was a command to get it
    except RefusedError as refused:
        print(f"nslab: {explain(refused.step, refused.number, refused.detail, read_machine())}", file=sys.stderr)
        return _refused_status(refused)


class _Help(argparse.HelpFormatter):
    """Help in the reader's language."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, _say(_("usage: ")) if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(_say(_HEADINGS[heading]) if heading in _HEADINGS else heading)


class _Parser(argparse.ArgumentParser):
    """A parser that refuses a command line in the reader's language."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {_say(understood(message))}\n")


_HEADINGS = {"positional arguments": _("positional arguments"), "options": _("options")}


def _say(message: str) -> str:
    return translated(message, NslabError.language)


def _parser() -> argparse.ArgumentParser:
    about = _say(_("Linux container networking, in a private host."))
    parser = _Parser(prog="nslab", description=about, formatter_class=_Help, add_help=False)
    acts = parser.add_subparsers(required=True, metavar=_say(_("COMMAND")))
    _add_help(parser)

    def act(name: str, does: Callable[[argparse.Namespace], int], said: str, **more: Any) -> argparse.ArgumentParser:
        made = acts.add_parser(name, help=_say(said), formatter_class=_Help, add_help=False, **more)
        made.set_defaults(act=does)
        _add_help(made)
        return made

    folder: dict[str, Any] = {
        "metavar": _say(_("FOLDER")),
        "help": _say(_("where your copies are; default: ~/nslab-lessons")),
    }
    further = _say(_("other options go to JupyterLab"))
    lab = act("lab", _lab, _("open JupyterLab on your copies of the lessons"), epilog=further)
    lab.add_argument("--port", type=int, help=_say(_("TCP port to listen on")))
    lab.add_argument("--no-browser", action="store_true", help=_say(_("do not open a browser")))
    said = _say(_("default: from LANG"))
    lab.add_argument("--language", choices=languages(), default=language_of(os.environ), help=said)
    lab.add_argument("--lessons", **folder)
    lab.add_argument("directory", nargs="?", help=_say(_("open this folder as it is, and copy no lessons")))

    reset = act("reset-lesson", _reset_lesson, _("start a lesson again; your old copy is kept beside the new one"))
    reset.add_argument("lesson", help=_say(_("such as 01-bridge, or zh/01-bridge")))
    reset.add_argument("--lessons", **folder)

    act("check", _check, _("show what this machine permits, and how to fix what it doesn't"))
    act("list", _list, _("list your running labs"))

    shell = act("shell", _shell, _("open a shell inside a running lab"))
    said = _say(_("network namespace; default: the lab's host"))
    shell.add_argument("namespace", nargs="?", default=HOST, help=said)
    shell.add_argument("--lab", default="", metavar="ID", help=_say(_("which lab; the beginning of its ID is enough")))
    said = _say(_("run this, not an interactive shell"))
    shell.add_argument("-c", dest="line", default="", metavar=_say(_("COMMAND")), help=said)

    opening = act("open", _open, _("build a lab of Kathará's or containerlab's, and open a shell in it"))
    opening.add_argument("path", help=_say(_("a folder with a lab.conf or one NAME.clab.yml, or such a file")))
    said = _say(_("show what it has and what can't be built; build nothing"))
    opening.add_argument("--check", action="store_true", help=said)
    said = _say(_("run this, not an interactive shell"))
    opening.add_argument("-c", dest="line", default="", metavar=_say(_("COMMAND")), help=said)

    grade = act("grade", _grade, _("run a notebook in a fresh lab and judge its checkpoints from outside"))
    grade.add_argument("notebook", help=_say(_("the student's")))
    said = _say(_("whose checkpoints count; default: the student's own"))
    grade.add_argument("--lesson", metavar=_say(_("NOTEBOOK")), help=said)

    usage = _say(_("nslab run [--] COMMAND ..."))
    run = act("run", _run, _("run a command in a fresh private host"), usage=usage)
    run.add_argument("argv", nargs=argparse.REMAINDER, metavar=_say(_("COMMAND")))
    return parser


def _add_help(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-h", "--help", action="help", help=_say(_("show this help message and exit")))


def _run(options: argparse.Namespace) -> int:
    argv = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if not argv:
        raise NslabError(_("which command is to run?"), _("nslab run -- COMMAND ..."))
    return command.run(argv)


def _open(options: argparse.Namespace) -> int:
    words = [options.path, "--check" if options.check else options.line]
    return command.run([sys.executable, "-m", "nslab_kernel.sandbox.opened", *words], f"nslab open {options.path}")


def _grade(options: argparse.Namespace) -> int:
    """Print each exercise's checkpoint (all checkpoints where there is no exercise); the status is 1 if one failed."""
    from .sandbox.grading import grade

    path = Path(options.notebook)
    lesson = _notebook(Path(options.lesson)) if options.lesson else None
    graded = grade(_notebook(path), path.resolve().parent, lesson)
    counting = [one for one in graded if one.exercise] or list(graded)
    for one in counting:
        print(f"{'✓' if one.passed else '✗'} {one.cell}")
        for verdict in one.verdicts:
            print(f"    {'✓' if verdict.holds else '✗'} {verdict.claim}  ({_say(verdict.reason)})")
        if not one.verdicts:
            print("   ", _say(_("the checkpoint is missing")))
    passed = sum(one.passed for one in counting)
    print(_say(_("{passed} of {all} checkpoints passed.", passed=passed, all=len(counting))))
    return 0 if passed == len(counting) else 1


def _notebook(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or "cells" not in found:
        raise NslabError(
            _("{path} can't be read as a notebook.", path=path), _("Give the path of a file that ends in .ipynb.")
        )
    return found


def _list(options: argparse.Namespace) -> int:
    running = labs.running()
    if not running:
        print(_say(_("No lab is running.")))
        return 0
    width = max(len(lab.id) for lab in running)
    since, label = _say(_("SINCE")), _say(_("NOTEBOOK OR COMMAND"))
    print(f"{'ID':{width}}  {'PID':>7}  {padded(since, 16)}  {label}")
    for lab in running:
        since = time.strftime("%Y-%m-%d %H:%M", time.localtime(lab.since))
        print(f"{lab.id:{width}}  {lab.pid:7}  {since}  {lab.label}")
    return 0


def _shell(options: argparse.Namespace) -> int:
    running = labs.running()
    if not options.lab and len(running) > 1 and sys.stdin.isatty():
        return enter.shell(_ask(running), options.namespace, options.line)
    return enter.shell(labs.choose(running, options.lab), options.namespace, options.line)


def _ask(running: Sequence[labs.RunningLab]) -> labs.RunningLab:
    for number, lab in enumerate(running, 1):
        print(f"{number}  {lab.label}")
    answer = input(_say(_("Which lab, 1 to {count}?", count=len(running))) + " ")
    if not answer.isdecimal() or not 1 <= int(answer) <= len(running):
        raise NslabError(_("{answer!r} is none of 1 to {running}", answer=answer, running=len(running)))
    return running[int(answer) - 1]


def _check(options: argparse.Namespace) -> int:
    from .linux import preflight  # here, as it takes longer to import than nslab run takes

    try:
        status = command.run([sys.executable, "-m", "nslab_kernel.linux.preflight"])
    except RefusedError as refused:
        error = explain(refused.step, refused.number, refused.detail, read_machine())
        print(preflight.report([preflight.refused(error), *preflight.tools()]))
        status = 1
    print(preflight.report([_chinese_labels()]))
    return status


def _chinese_labels() -> Check:
    """Whether a picture would find a Chinese font, looked for where drawing looks."""
    from .linux.preflight import Check
    from .picture.drawing import chinese_font

    name = _("Chinese labels in pictures")
    if chinese_font():
        return Check(name, True, "", required=False)
    return Check(name, False, _("no Chinese font"), "sudo apt install fonts-noto-cjk", required=False)


def _lab(options: argparse.Namespace) -> int:
    command.try_host()
    directory = options.directory or _copies(options.lessons)
    if not os.path.isdir(directory):
        raise NslabError(
            _("{directory} is no directory", directory=directory), _("Open the lessons: {command}", command="nslab lab")
        )
    argv = [sys.executable, "-m", "nslab_kernel.jupyter.lab_app", f"--ServerApp.root_dir={os.path.abspath(directory)}"]
    argv += ["--MultiKernelManager.default_kernel_name=nslab", *_closed_to_others()]
    first = next(
        (path for path in (f"{options.language}/{_FIRST}", _FIRST) if os.path.exists(f"{directory}/{path}")), ""
    )
    argv += [f"--LabApp.default_url=/lab/tree/{first}"] if first else []
    argv += [f"--port={options.port}"] if options.port else []
    argv += ["--no-browser"] if options.no_browser else []
    argv += ["--allow-root"] if os.getuid() == 0 else []
    os.environ["NSLAB_LANG"] = options.language
    # Without the question whether one would like to get news, which would stand over the first lesson.
    paths = [os.environ.get("JUPYTER_CONFIG_PATH", ""), os.path.join(os.path.dirname(__file__), "jupyter", "settings")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    said = _("Ctrl+C twice ends JupyterLab, and every lab with it. Open this in a browser:")
    print(_say(said), flush=True)
    os.execv(argv[0], [*argv, *options.others])


def _closed_to_others() -> list[str]:
    """The option by which kernels listen on sockets in the user's own runtime directory, not on TCP ports for all.

    The path of a unix socket has 107 bytes at most (unix(7)). Where a home's path leaves too few, it stays at TCP,
    and the relay lets in nobody but this user and root.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    longest = os.path.join(jupyter_runtime_dir(), f"kernel-{uuid.UUID(int=0)}-ipc-5")
    return ["--KernelManager.transport=ipc"] if len(os.fsencode(longest)) <= _LONGEST_SOCKET_PATH else []


def _copies(folder: str | None) -> str:
    """The student's folder, brought up to date; what was put there is printed."""
    from .jupyter import lesson_copies

    target = Path(folder).expanduser() if folder else lesson_copies.default_folder()
    done = lesson_copies.bring_up_to_date(target, lesson_copies.originals())
    print(_say(_("Your copies of the lessons are in {target}.", target=target)))
    if done.renewed:
        names = ", ".join(done.renewed)
        print(_say(_("New versions, of lessons that you hadn't changed: {names}", names=names)))
    for name, beside in done.beside.items():
        said = _(
            "{name} has a new version. Yours is kept; the new one is beside it: {beside}", name=name, beside=beside
        )
        print(_say(said))
    return str(target)


def _reset_lesson(options: argparse.Namespace) -> int:
    from .jupyter import lesson_copies

    folder = Path(options.lessons).expanduser() if options.lessons else lesson_copies.default_folder()
    target, kept = lesson_copies.start_again(folder, lesson_copies.originals(), options.lesson)
    said = _("{target} is as it came. What you had is kept as {kept}.", target=target, kept=kept.name)
    print(_say(said))
    return 0


def _refused_status(refused: RefusedError) -> int:
    if refused.step != "command":
        return 1
    return NOT_FOUND if refused.is_absent() else NOT_EXECUTABLE


if __name__ == "__main__":
    sys.exit(main())
