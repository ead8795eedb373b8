"""Judge claims about a running lab from a process of its own, which nothing in the notebook can redefine.

Everything that judging imports is loaded before the lab is entered, so no file of the lab becomes part of the judge.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

from ..core.checks import evaluate, packet_claims, parse
from ..core.checks.evaluate import Verdict
from ..core.errors import NslabError
from ..core.translation import _, translated
from ..lab import Lab
from ..linux import checking, observing, reading, resolvers, settling, syscalls
from .labs import RunningLab, running

_PRELOADED = (evaluate, packet_claims, parse, checking, observing, reading, resolvers, settling)
_PATIENCE = 120.0  # seconds for one checkpoint


def judge(lab: RunningLab, claims: str, language: str = "en") -> tuple[Verdict, ...]:
    """Judge claims in a running lab.

    Parameters
    ----------
    lab
        The lab; it must be this user's.
    claims
        One a line, as in a ``%%netns_check`` cell.
    language
        ``en`` or ``zh``, for the reasons.

    Raises
    ------
    NslabError
        If a line is no claim, or the lab has ended or can't be entered.
    """
    command = [sys.executable, "-I", "-m", __name__, str(lab.pid), language]
    done = subprocess.run(command, input=claims, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise NslabError(_("The lab {id} can't be judged: {reason}", id=lab.id, reason=last)) from None
    if "error" in said:
        raise NslabError(said["error"])
    return tuple(Verdict(**{**one, "hints": tuple(one["hints"])}) for one in said["verdicts"])


def _enter(pid: int) -> None:
    """Move this process into a lab's namespaces."""
    lab = next(found for found in running() if found.pid == pid)
    pidfd = lab.hold()
    flags = syscalls.CLONE_NEWNS | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWPID
    if not os.path.samefile(f"/proc/{pid}/ns/user", "/proc/self/ns/user"):
        flags |= syscalls.CLONE_NEWUSER  # an ordinary user is root only in there
    syscalls.setns(pidfd, flags)
    os.chdir("/")


def _said(verdict: Verdict, language: str) -> dict[str, object]:
    reason, hints = translated(verdict.reason, language), [translated(hint, language) for hint in verdict.hints]
    return {**asdict(verdict), "reason": reason, "hints": hints}


def _main(pid: int, language: str) -> None:
    claims = sys.stdin.read()
    NslabError.language = language
    _enter(pid)
    child = os.fork()  # only a child is in the pid namespace, whose /proc the lab shows
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os.environ["NSLAB"] = "1"
    try:
        said: dict[str, object] = {"verdicts": [_said(verdict, language) for verdict in Lab(language).check(claims)]}
    except NslabError as error:
        said = {"error": str(error)}
    print(json.dumps(said))


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2])
