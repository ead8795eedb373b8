"""The ``nslab`` command: parse, delegate, print."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .core.errors import NslabError
from .core.language import LANGUAGES, language_of
from .core.model.network import HOST
from .core.translation import _
from .linux.refusals import explain, read_machine
from .sandbox import command, enter, labs
from .sandbox.init import NOT_EXECUTABLE, NOT_FOUND
from .sandbox.refusal import RefusedError

if TYPE_CHECKING:
    from .linux.preflight import Check

_FIRST = "00-start-here.ipynb"
_LONGEST_SOCKET_PATH = 107
# No news, no look for updates, no catalogue of extensions: a classroom is often offline, and nobody asked for them.
_NOTHING_FROM_OUTSIDE = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


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
    options, others = _parser().parse_known_args(arguments)
    if others and options.act is not _lab:
        _parser().error(f"what is {others[0]}?")
    options.others = others
    NslabError.language = language_of(os.environ)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nslab", description="Linux container networking, in a private host.")
    acts = parser.add_subparsers(required=True, metavar="COMMAND")

    lab = acts.add_parser("lab", help="open JupyterLab on the lessons", epilog="other options go to JupyterLab")
    lab.add_argument("--port", type=int, help="TCP port to listen on")
    lab.add_argument("--no-browser", action="store_true", help="do not open a browser")
    lab.add_argument("--language", choices=LANGUAGES, default=language_of(os.environ), help="default: from LANG")
    lab.add_argument("directory", nargs="?", help="default: notebooks/LANGUAGE where it is there, otherwise here")
    lab.set_defaults(act=_lab)

    check = acts.add_parser("check", help="say what this machine permits, with the cure for what it doesn't")
    check.set_defaults(act=_check)

    listing = acts.add_parser("list", help="list your running labs")
    listing.set_defaults(act=_list)

    shell = acts.add_parser("shell", help="open a shell inside a running lab")
    shell.add_argument("namespace", nargs="?", default=HOST, help="network namespace; default: the lab's host")
    shell.add_argument("--lab", default="", metavar="ID", help="which lab, its beginning is enough")
    shell.add_argument("-c", dest="line", default="", metavar="COMMAND", help="run this, not an interactive shell")
    shell.set_defaults(act=_shell)

    run = acts.add_parser("run", help="run a command in a fresh private host", usage="nslab run [--] COMMAND ...")
    run.add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND")
    run.set_defaults(act=_run)
    return parser


def _run(options: argparse.Namespace) -> int:
    argv = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if not argv:
        raise NslabError(_("which command is to run?"), _("nslab run -- COMMAND ..."))
    return command.run(argv)


def _list(options: argparse.Namespace) -> int:
    running = labs.running()
    if not running:
        print("No lab is running.")
        return 0
    width = max(len(lab.id) for lab in running)
    print(f"{'ID':{width}}  {'PID':>7}  {'SINCE':16}  NOTEBOOK OR COMMAND")
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
    answer = input(f"Which lab, 1 to {len(running)}? ")
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

    name = "Chinese labels in pictures"
    if chinese_font():
        return Check(name, True, "", required=False)
    return Check(name, False, "no Chinese font", "sudo apt install fonts-noto-cjk", required=False)


def _lab(options: argparse.Namespace) -> int:
    command.try_host()
    lessons = os.path.join("notebooks", options.language)
    directory = options.directory or (lessons if os.path.isdir(lessons) else ".")
    if not os.path.isdir(directory):
        raise NslabError(_("{directory} is no directory", directory=directory), f"nslab lab {lessons}")
    argv = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={os.path.abspath(directory)}"]
    argv += ["--MultiKernelManager.default_kernel_name=nslab", *_NOTHING_FROM_OUTSIDE, *_closed_to_others()]
    argv += ["--LabApp.default_url=/lab/tree/" + _FIRST] if os.path.exists(os.path.join(directory, _FIRST)) else []
    argv += [f"--port={options.port}"] if options.port else []
    argv += ["--no-browser"] if options.no_browser else []
    argv += ["--allow-root"] if os.getuid() == 0 else []
    os.environ["NSLAB_LANG"] = options.language
    # Without the question whether one would like to get news, which would stand over the first lesson.
    paths = [os.environ.get("JUPYTER_CONFIG_PATH", ""), os.path.join(os.path.dirname(__file__), "jupyter", "settings")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    os.execv(argv[0], [*argv, *options.others])


def _closed_to_others() -> list[str]:
    """The option by which kernels listen on sockets in the user's own runtime directory, not on TCP ports for all.

    The path of a unix socket has 107 bytes at most (unix(7)). Where a home's path leaves too few, it stays at TCP,
    and the relay lets in nobody but this user and root.
    """
    from jupyter_core.paths import jupyter_runtime_dir

    longest = os.path.join(jupyter_runtime_dir(), f"kernel-{uuid.UUID(int=0)}-ipc-5")
    return ["--KernelManager.transport=ipc"] if len(os.fsencode(longest)) <= _LONGEST_SOCKET_PATH else []


def _refused_status(refused: RefusedError) -> int:
    if refused.step != "command":
        return 1
    return NOT_FOUND if refused.is_absent() else NOT_EXECUTABLE


if __name__ == "__main__":
    sys.exit(main())
