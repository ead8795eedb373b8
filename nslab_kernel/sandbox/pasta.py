"""``python -m nslab_kernel.sandbox.pasta PID``: hold the real uplink of the lab whose pid 1 is PID.

pasta(1) runs below a process that is pid 1 of a pid namespace made for it. That ends when the launcher closes its stdin
or is killed, and the kernel then ends pasta, wherever that has moved itself. (A death signal wouldn't do: it is
forgotten when pasta joins the lab's namespaces.)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from threading import Thread

from ..core.errors import NslabError
from ..core.operations.pasta_command import COMMAND
from ..core.translation import _
from ..linux.syscalls import CLONE_NEWPID, CLONE_NEWUSER, setns, unshare

_TUN = "/dev/net/tun"


def main(lab: int) -> int:
    """Start pasta, say on stdout how that went, and hold it."""
    try:
        _check_machine()
        network = os.open(f"/proc/{lab}/ns/net", os.O_RDONLY)
        _enter_pid_namespace(lab)
    except NslabError as error:
        return _say(error.message, error.cure)
    except OSError as error:
        return _say(f"The lab can't be joined to this machine's network: {os.strerror(error.errno or 0)}.", "")
    if os.fork():
        return 0
    Thread(target=_end_with_launcher, daemon=True).start()
    return _hold(network)


def _check_machine() -> None:
    if shutil.which("pasta") is None:
        raise NslabError(_("pasta isn't installed, which joins a lab to its machine."), "`sudo apt install passt`")
    if not os.path.exists(_TUN):
        raise NslabError(
            _("There is no {tun}, by which pasta gives the lab an interface.", tun=_TUN),
            _("`sudo modprobe tun` makes it; a container is to be started with `--device {tun}`.", tun=_TUN),
        )
    if not os.access(_TUN, os.R_OK | os.W_OK):
        raise NslabError(
            _("You may not open {tun}, by which pasta gives the lab an interface.", tun=_TUN),
            _("`sudo chmod 666 {tun}` lets everybody, as most systems do: by itself it gives no rights.", tun=_TUN),
        )


def _enter_pid_namespace(lab: int) -> None:
    """Become root of the lab's user namespace, as an ordinary user may not make a pid namespace otherwise."""
    if not os.path.samefile(f"/proc/{lab}/ns/user", "/proc/self/ns/user"):
        setns(os.pidfd_open(lab), CLONE_NEWUSER)
    unshare(CLONE_NEWPID)


def _end_with_launcher() -> None:
    os.read(sys.stdin.fileno(), 1)  # not by Python's file, which an interpreter that ends waits for
    os._exit(0)


def _hold(network: int) -> int:
    # By an open file: the path in /proc is closed to pasta once it has given up its capabilities. As stdin, since
    # that is the one file which no version of pasta closes before. Root stays root: nobody may not enter a lab.
    command = [*COMMAND, "--quiet", "--runas", "0", "--netns", "/proc/self/fd/0"]
    started = subprocess.run(command, stdin=network, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if started.returncode:
        reason = (started.stderr.strip().splitlines() or ["it doesn't say why"])[-1]
        return _say(
            f"pasta couldn't join the lab to this machine's network: {reason}.",
            "The machine itself needs a default route: `ip route` shows it.",
        )
    os.close(network)
    _say()
    _await_end()
    return 0


def _await_end() -> None:
    """Wait for pasta, which has gone into the background and so has become a child of pid 1."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def _say(*refusal: str) -> int:
    """Tell the launcher the refusal, message and fix; nothing where pasta runs."""
    print(json.dumps(refusal), flush=True)
    return 1 if refusal else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
