"""A notebook that is run cell by cell in a kernel of its own, as a front end does it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_client import BlockingKernelClient, KernelManager

from nslab_kernel.jupyter.display import COMMANDS_METADATA


@dataclass
class Cell:
    """What came of running one cell."""

    printed: str = ""
    errors: str = ""
    error: str = ""  # as the front end shows it
    name: str = ""  # of the exception
    outputs: list[dict[str, Any]] = field(default_factory=list)  # MIME bundles
    metadata: list[dict[str, Any]] = field(default_factory=list)  # of each of them
    times: list[float] = field(default_factory=list)  # when each piece of output came

    @property
    def failed(self) -> bool:
        return bool(self.name)

    @property
    def pictures(self) -> list[str]:
        """The pictures' SVG."""
        return [bundle["text/html"] for bundle in self.outputs if "<svg" in bundle.get("text/html", "")]


class Notebook:
    """An open notebook."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client

    def run(self, source: str, *, timeout: float = 30, by_program: bool = False) -> Cell:
        """Run a cell to its end, as a person at a front end does, or a program such as nbconvert."""
        cell = Cell()

        def take(message: dict[str, Any]) -> None:
            content = message["content"]
            match message["msg_type"]:
                case "stream":
                    cell.times.append(time.monotonic())
                    if content["name"] == "stdout":
                        cell.printed += content["text"]
                    else:
                        cell.errors += content["text"]
                case "display_data" | "execute_result":
                    is_message = 'class="nslab-said"' in content["data"].get("text/html", "")
                    if is_message or COMMANDS_METADATA in content["metadata"]:  # printed, in the form of a page
                        cell.printed += content["data"]["text/plain"] + "\n"
                        return
                    cell.outputs.append(content["data"])
                    cell.metadata.append(content["metadata"])
                case "error":
                    cell.name, cell.error = content["ename"], "\n".join(content["traceback"])

        self.client.execute_interactive(
            source, timeout=timeout, output_hook=take, stop_on_error=False, allow_stdin=not by_program
        )
        return cell

    def complete(self, source: str) -> list[str]:
        """What Tab offers at the end of a text."""
        reply = self.client.complete(source, len(source), reply=True, timeout=20)
        return reply["content"]["matches"]


@pytest.fixture(scope="module")
def language() -> str:
    """What the person at the notebook reads."""
    return "en"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory, language: str) -> Iterator[Notebook]:
    """One kernel for a file's tests; each test gets it with a bare host (see ``bare``)."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        for variable in ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
            patch.setenv(variable, str(home))
        patch.setenv("LC_ALL", "C.UTF-8")
        patch.setenv("NSLAB_LANG", language)
        patch.chdir(home)
        yield from _opened(home)


@pytest.fixture(autouse=True)
def bare(request: pytest.FixtureRequest) -> None:
    """Each test begins with a bare host and no picture pending."""
    if "notebook" in request.fixturenames:
        request.getfixturevalue("notebook").run("%netns_reset")


def _opened(folder: Path) -> Iterator[Notebook]:
    manager = KernelManager(kernel_name="nslab")
    # ipykernel leaves file descriptors alone where it finds pytest's variable, so it would differ from a user's.
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    manager.start_kernel(cwd=str(folder), env=environment)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    yield Notebook(manager, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def later(notebook: Notebook) -> Callable[[float, Callable[[], None]], None]:
    """Do something while a cell runs."""
    import threading

    def start(seconds: float, act: Callable[[], None]) -> None:
        threading.Timer(seconds, act).start()

    return start
