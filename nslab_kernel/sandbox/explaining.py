"""The kernel that runs where there can be no lab: it answers every cell with the reason and the cure."""

from __future__ import annotations

import os
from typing import Any

from ipykernel.kernelbase import Kernel

from .environment import REFUSAL_VARIABLE


class ExplainingKernel(Kernel):
    """A kernel whose every cell fails with the sentence in ``NSLAB_REFUSAL``."""

    implementation = "nslab"
    implementation_version = "1"
    language_info = {"name": "python", "mimetype": "text/x-python", "file_extension": ".py"}

    @property
    def banner(self) -> str:
        """What a console shows first."""
        return os.environ[REFUSAL_VARIABLE]

    async def do_execute(self, code: str, silent: bool, *_: Any, **__: Any) -> dict[str, Any]:
        """Answer a cell; ipykernel calls this for each one."""
        sentence = os.environ[REFUSAL_VARIABLE]
        error = {"ename": "NslabError", "evalue": sentence, "traceback": [sentence]}
        if not silent:
            self.send_response(self.iopub_socket, "error", error)
        return {"status": "error", "execution_count": self.execution_count, **error}
