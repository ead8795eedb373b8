"""The connection file of a kernel: outside with the front end's ports, inside with unix sockets.

Jupyter's "connection files" document says what is in one. Whatever else a front end puts in
(``kernel_name``, ``jupyter_session``, CurveZMQ keys) goes through to ipykernel as it is.
"""

from __future__ import annotations

import json
import os
import socket

from ..core.errors import NslabError
from ..core.translation import _
from .environment import PRIVATE_DIRECTORY

INNER_FILE = "connection.json"
_CHANNELS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
_SOCKETS = f"{PRIVATE_DIRECTORY}/channel"
_BACKLOG = 64


class Connection:
    """A connection file, read from ``path``; one that isn't there yet is made, as ipykernel does.

    Raises
    ------
    NslabError
        The file can't be read or lacks a port.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._made_here: list[str] = []
        try:
            with open(path) as file:
                self._info = dict(json.load(file))
        except FileNotFoundError:
            self._info = _fresh()
            self._made_here.append(path)
        except (OSError, ValueError, TypeError) as error:
            raise NslabError(_("{path} is no connection file: {error}", path=path, error=error)) from error
        self._info.setdefault("ip", "127.0.0.1")
        self._is_ipc = self._info.get("transport") == "ipc"
        missing = [channel for channel in _CHANNELS if not self._has_port(channel)]
        if missing:
            raise NslabError(_("{path} is no connection file: it has no {missing}", path=path, missing=missing[0]))

    @property
    def label(self) -> str:
        """What a person knows the kernel by: the notebook's path where the front end tells it."""
        return str(self._info.get("jupyter_session") or os.environ.get("JPY_SESSION_NAME") or self.identity)

    @property
    def identity(self) -> str:
        """The kernel's id, which Jupyter puts in the file's name: ``kernel-<id>.json``."""
        return os.path.basename(self._path).removesuffix(".json").removeprefix("kernel-")

    def inner(self) -> str:
        """The text of the connection file that ipykernel reads inside, with unix sockets as its ports."""
        numbered = {channel: number for number, channel in enumerate(_CHANNELS, 1)}
        return json.dumps({**self._info, "transport": "ipc", "ip": _SOCKETS, **numbered})

    def listen(self) -> list[tuple[socket.socket, str]]:
        """Listen where the front end will connect; a port 0 becomes a free one, written back to the file.

        Returns
        -------
        list[tuple[socket.socket, str]]
            Each listening socket with the path inside the host where its connections go.

        Raises
        ------
        NslabError
            A port is taken.
        """
        listening = {channel: self._listen(channel) for channel in _CHANNELS}
        if any(self._info[channel] == 0 for channel in _CHANNELS):
            self._info.update({channel: listener.getsockname()[1] for channel, listener in listening.items()})
            self._write()
        return [(listener, f"{_SOCKETS}-{number}") for number, listener in enumerate(listening.values(), 1)]

    def close(self, *, orphaned: bool = False) -> None:
        """Remove the files that were made here: unix sockets, and a connection file nobody else made.

        Parameters
        ----------
        orphaned
            The Jupyter server that wrote the connection file is gone, and can't remove it.
        """
        for path in {*self._made_here, self._path} if orphaned else self._made_here:
            if os.path.exists(path):
                os.unlink(path)

    def _has_port(self, channel: str) -> bool:
        port = self._info.get(channel)
        return isinstance(port, int) and (port > 0 or not self._is_ipc)

    def _listen(self, channel: str) -> socket.socket:
        address, port = self._info["ip"], self._info[channel]
        try:
            if self._is_ipc:
                return self._listen_on_path(f"{address}-{port}")
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            return socket.create_server(("" if address == "*" else address, port), family=family, backlog=_BACKLOG)
        except OSError as error:
            raise NslabError(
                _(
                    "{channel} {port} at {address} can't be listened on: {strerror}",
                    channel=channel,
                    port=port,
                    address=address,
                    strerror=error.strerror,
                ),
                _("start the kernel again"),
            ) from error

    def _listen_on_path(self, path: str) -> socket.socket:
        if os.path.exists(path):
            os.unlink(path)  # left by this kernel's run before a restart
        listener = socket.socket(socket.AF_UNIX)
        umask = os.umask(0o177)  # who may write to the socket's file may connect
        try:
            listener.bind(path)
        finally:
            os.umask(umask)
        listener.listen(_BACKLOG)
        self._made_here.append(path)
        return listener

    def _write(self) -> None:
        """Replace the file in one step, as a front end may be waiting to read it."""
        descriptor = os.open(f"{self._path}.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self._info, file, indent=2)
        os.replace(f"{self._path}.new", self._path)


def _fresh() -> dict[str, object]:
    ports = dict.fromkeys(_CHANNELS, 0)
    signature = {"key": os.urandom(16).hex(), "signature_scheme": "hmac-sha256"}
    return {"transport": "tcp", "ip": "127.0.0.1", **ports, **signature}
