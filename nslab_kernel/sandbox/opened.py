"""Build a lab of another program in this private host, then become a shell in it: what ``nslab open`` runs inside."""

from __future__ import annotations

import os
import sys

from ..core.errors import NslabError
from ..core.language import language_of
from ..core.topology import report
from ..lab import Lab
from .enter import BASHRC
from .environment import HOSTNAME


def main() -> int:
    """Open the lab of the first argument; the second is what the shell is to run, or ``--check``."""
    path, command = sys.argv[1:3]
    NslabError.language = language = language_of(os.environ)
    lab = Lab(language)
    try:
        if command == "--check":
            found = lab.topology(path)
            print(report.overview(found, language))
            return int(bool(found.refused))
        built, ends = lab.open(path)
    except NslabError as error:
        print(f"nslab: {error}", file=sys.stderr)
        return 1
    print(report.overview(built, language))
    for end in ends:
        for said in report.ended(end.node, end.returncode, end.said, timed_out=end.timed_out, language=language):
            print(said, file=sys.stderr)
    sys.stdout.flush()
    os.environ["NSLAB_NAMESPACE"] = HOSTNAME
    words = ["bash", "-c", command] if command else ["bash", "--rcfile", BASHRC, "-i"]
    return os.execvp(words[0], words)


if __name__ == "__main__":
    sys.exit(main())
