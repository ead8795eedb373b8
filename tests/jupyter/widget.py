"""A widget's page without a browser: keeps the state that the kernel sends, and asks as the page would."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty
from typing import Any

from jupyter_client import BlockingKernelClient

PATIENCE = 20.0  # seconds


class Widget:
    """The page's side of one widget.

    Parameters
    ----------
    client
        The kernel's client; nobody else may read its messages meanwhile.
    source
        The cell that displays the widget.
    beside
        Another widget of the same page: whoever reads a message hands it to whom it is for.
    """

    def __init__(self, client: BlockingKernelClient, source: str, beside: Widget | None = None) -> None:
        self.client = client
        self._page: dict[str, Widget] = beside._page if beside else {}
        self.state: dict[str, Any] = {}
        self.updates = 0
        self.texts: list[tuple[float, str]] = []  # what a running step prints, and when it came
        self.messages: list[dict[str, Any]] = []
        self.bundles: list[dict[str, Any]] = []
        self.errors: list[str] = []
        self.id = ""
        self.subshell: str | None = None  # through which JupyterLab sends a widget's messages
        self.wait(client.execute(source))

    @property
    def steps(self) -> list[str]:
        """Each step's state."""
        return [record["state"] for record in self.state["progress"]["steps"]]

    def record(self, step: int) -> dict[str, Any]:
        """How a step went."""
        return self.state["progress"]["steps"][step]

    def printed(self, step: int) -> str:
        """What a step put out, as kept."""
        return "".join(output["text"] for output in self.state["outputs"].get(str(step), []))

    def ask(self, **content: Any) -> None:
        """Send a message as the page does, and wait until the kernel has dealt with it."""
        self.wait(self.send(**content))

    def send(self, **content: Any) -> str:
        """Send a message; gives its id."""
        data = {"method": "custom", "content": content}
        message = self.client.session.msg("comm_msg", {"comm_id": self.id, "data": data})
        if self.subshell:
            message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def through_a_subshell(self) -> None:
        """Send what follows as JupyterLab does: through a subshell, of which ipykernel gives the id."""
        request = self.client.session.msg("create_subshell_request")
        self.client.control_channel.send(request)
        reply = self.client.get_control_msg(timeout=PATIENCE)
        self.subshell = reply["content"]["subshell_id"]

    def run(self, step: int, **more: Any) -> dict[str, Any]:
        """Run a step and give its record."""
        self.ask(do="run", step=step, **more)
        return self.record(step)

    def execute(self, source: str, **metadata: Any) -> None:
        """Run a cell of the notebook."""
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        self.wait(message["header"]["msg_id"])

    def wait(self, request: str) -> None:
        """Take in what the kernel says until it has dealt with a request."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            message = self._next(deadline - time.monotonic())
            of_request = message["parent_header"].get("msg_id") == request
            if of_request and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
        raise TimeoutError(request)

    def settle(self, seconds: float = 0.5) -> None:
        """Take in what comes by itself."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self._next(deadline - time.monotonic())
            except Empty:
                return

    def until(self, holds: Callable[[], bool]) -> float:
        """Take in what comes by itself until something holds; gives how long that took."""
        begun = time.monotonic()
        while not holds():
            self._next(begun + PATIENCE - time.monotonic())
        return time.monotonic() - begun

    def _next(self, timeout: float) -> dict[str, Any]:
        message = self.client.get_iopub_msg(timeout=max(timeout, 0.01))
        self._take(message["msg_type"], message["content"])
        return message

    def _take(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "comm_open" and "_esm" in content["data"].get("state", {}):
            self.id, self.state = content["comm_id"], content["data"]["state"]
            self._page[self.id] = self
        elif kind == "comm_msg" and content["comm_id"] in self._page:
            self._page[content["comm_id"]]._told(content["data"])
        elif kind in ("display_data", "execute_result"):
            self.bundles.append(content["data"])
        elif kind == "error":
            self.errors.append("\n".join(content["traceback"]))

    def _told(self, data: dict[str, Any]) -> None:
        if data["method"] == "update":
            self.state |= data["state"]
            self.updates += 1
        elif data["content"].get("kind") == "text":
            self.texts.append((time.monotonic(), data["content"]["text"]))
        else:
            self.messages.append(data["content"])
