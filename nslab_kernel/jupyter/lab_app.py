"""JupyterLab as ``nslab lab`` starts it: little is printed, and the last line is the one address to open."""

from __future__ import annotations

import os
import secrets
import sys
from urllib.parse import urlencode

from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp

# No news, no look for updates, no catalogue of extensions: a classroom is often offline, and nobody asked for them.
_NOTHING_FROM_OUTSIDE = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)
_QUIET = ("--ServerApp.log_level=ERROR", "--LabApp.log_level=ERROR")


class Server(ServerApp):
    """A Jupyter server that says where it is once, when it is ready."""

    def start_ioloop(self) -> None:
        """Print the address; Jupyter calls this when it listens."""
        print(self._address(), flush=True)
        super().start_ioloop()

    def _address(self) -> str:
        path = self.default_url.lstrip("/")
        token = self.identity_provider.token
        return f"{self.connection_url}{path}{'?' + urlencode({'token': token}) if token else ''}"


class NslabApp(LabApp):
    """JupyterLab on such a server."""

    serverapp_class = Server


def main() -> None:
    """Run JupyterLab; the process's arguments are those of ``jupyter lab``."""
    # With a token that is known beforehand Jupyter doesn't print addresses of its own in five lines.
    if "JUPYTER_TOKEN_FILE" not in os.environ:
        os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(24))
    NslabApp.launch_instance([*_QUIET, *_NOTHING_FROM_OUTSIDE, *sys.argv[1:]])


if __name__ == "__main__":
    main()
