"""The ``nslab`` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the ``nslab`` command line and return its exit status."""
    options = _parser().parse_args(arguments)
    from .sandbox.refusal import Refused

    try:
        return int(options.command(options))
    except Refused as refused:
        from .linux.refusals import explain, read_machine

        print(f"nslab: {explain(refused.step, refused.number, refused.detail, read_machine())}", file=sys.stderr)
        return 127 if refused.step == "command" else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nslab", description="Container networking in a private host, in a notebook.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run a command in a fresh private host", usage="nslab run [--] COMMAND ...")
    run.add_argument("argv", nargs=argparse.REMAINDER, metavar="COMMAND")
    run.set_defaults(command=_run)
    return parser


def _run(options: argparse.Namespace) -> int:
    from .sandbox.command import run

    command = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if not command:
        print("nslab: run needs a command: nslab run -- COMMAND ...", file=sys.stderr)
        return 2
    return run(command)


if __name__ == "__main__":
    sys.exit(main())
