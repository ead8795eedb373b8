"""A JupyterLab of our own: its folders, its port and its token are nobody else's, and nothing of it stays."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_START = 60.0  # seconds
_END = 20.0


@dataclass(frozen=True)
class Server:
    """A running JupyterLab."""

    url: str
    token: str
    notebooks: Path

    def ask(self, path: str, method: str = "GET") -> Any:
        """Call its REST interface."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def clear(self) -> None:
        """Shut down every kernel and terminal, and lay the lessons anew, so that the next test finds them as shipped.

        A lesson keeps the checkpoints that were passed in it, whichever test passed them.
        """
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")
        for kernel in self.ask("kernels"):
            self.ask(f"kernels/{kernel['id']}", "DELETE")
        for terminal in self.ask("terminals"):
            self.ask(f"terminals/{terminal['name']}", "DELETE")
        _lay_lessons(self.notebooks)


@contextmanager
def running(folder: Path, language: str = "en", application: str = "jupyterlab") -> Iterator[Server]:
    """JupyterLab with this checkout's kernelspec, extension and lessons, until the block ends."""
    notebooks = folder / "notebooks"
    _lay_lessons(notebooks)
    token, port = secrets.token_hex(16), _free_port()
    server = Server(f"http://127.0.0.1:{port}", token, notebooks)
    with open(folder / "jupyter.log", "wb") as log:
        process = subprocess.Popen(
            # It ends with these tests, however they end: pdeathsig is a signal to it when its parent is gone.
            ["setpriv", "--pdeathsig=TERM", sys.executable, "-m", application, *_options(port, notebooks)],
            env=_environment(folder, language, token), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait_until_up(server, process, folder / "jupyter.log")
            yield server
        finally:
            _end(process)


def _lay_lessons(notebooks: Path) -> None:
    """The lessons as shipped, in place of what a test has made of them."""
    skipped = shutil.ignore_patterns(".ipynb_checkpoints", "*.sh")
    shutil.copytree(ROOT / "notebooks", notebooks, ignore=skipped, dirs_exist_ok=True)


def _options(port: int, notebooks: Path) -> list[str]:
    return [
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        f"--ServerApp.root_dir={notebooks}",
        # Nothing is asked outside.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        *(["--allow-root"] if os.getuid() == 0 else []),
    ]


def _environment(folder: Path, language: str, token: str) -> dict[str, str]:
    share = folder / "share"
    shutil.copytree(ROOT / "kernelspec", share / "kernels" / "nslab")
    extension = share / "labextensions" / "nslab"
    shutil.copytree(ROOT / "labextension", extension)
    shutil.copytree(ROOT / "notebooks", extension / "static" / "lessons")
    own = {
        "HOME": folder / "home",
        "JUPYTER_PATH": share,
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": folder / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
        "IPYTHONDIR": folder / "ipython",
    }
    (folder / "home").mkdir()
    # Without an answer given beforehand a question about news pops up, and lies over the page.
    _settle(folder, "apputils-extension", "notification", fetchNews="false")
    # Otherwise a terminal's text is pixels on a canvas, which no test could read.
    _settle(folder, "terminal-extension", "plugin", screenReaderMode=True)
    return {
        **os.environ,
        **{name: str(path) for name, path in own.items()},
        # As where a person has activated the environment: for kernels, and for what is typed in terminals.
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "JUPYTER_TOKEN": token,
        "NSLAB_LANG": language,
        "SHELL": "/bin/bash",
        "PS1": "$ ",
    }


def _settle(folder: Path, extension: str, plugin: str, **settings: object) -> None:
    """Settings of a user's own, made beforehand."""
    place = folder / "settings" / "@jupyterlab" / extension
    place.mkdir(parents=True)
    (place / f"{plugin}.jupyterlab-settings").write_text(json.dumps(settings))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_until_up(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.ask("status")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; what is left of its process group after that is killed."""
    process.terminate()
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
