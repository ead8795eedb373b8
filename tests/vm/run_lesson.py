"""Run one lesson by nbclient in a JupyterLab elsewhere: ``run_lesson.py URL NOTEBOOK``."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from urllib.parse import parse_qs, urlsplit

import nbformat
import websocket
from jupyter_server.gateway.gateway_client import GatewayClient
from jupyter_server.gateway.managers import GatewayKernelManager
from nbclient import NotebookClient


class Manager(GatewayKernelManager):
    """A kernel elsewhere that may take its time: whoever waits asks by a name that Jupyter's own doesn't answer to."""

    async def _async_is_alive(self) -> bool:
        return bool(await self.is_alive())


async def run(url: str, path: str) -> int:
    """Run the notebook's cells on the server at `url` and return how many there were; what a cell raises is raised."""
    parts = urlsplit(url)
    token = parse_qs(parts.query)["token"][0]
    gateway = GatewayClient.instance()
    gateway.url = f"{parts.scheme}://{parts.netloc}"
    gateway.auth_token = token
    # Jupyter's gateway client sends the token with its REST calls, and forgets it at the websocket.
    websocket.create_connection = partial(
        websocket.create_connection, header={"Authorization": f"token {token}"}, suppress_origin=True
    )
    notebook = nbformat.read(path, as_version=4)
    manager = Manager()
    client = NotebookClient(notebook, km=manager, timeout=300, startup_timeout=180)
    try:
        await client.async_execute(kernel_name=notebook.metadata.kernelspec.name)
    finally:
        # nbclient leaves a manager that it was given, and the channels' thread keeps this process from ending.
        if client.kc is not None:
            client.kc.stop_channels()
        await manager.shutdown_kernel(now=True)
    return sum(cell.cell_type == "code" for cell in notebook.cells)


if __name__ == "__main__":
    print(asyncio.run(run(sys.argv[1], sys.argv[2])), "cells")
