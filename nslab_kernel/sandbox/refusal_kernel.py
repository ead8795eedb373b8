"""The kernel that runs where there can be no lab: it answers every cell with the reason and the fix."""

from __future__ import annotations

import os
from typing import Any

from ipykernel.kernelbase import Kernel

from .environment import REFUSAL_VARIABLE

_LANGUAGE: dict[str, object] = {  # as a lab's kernel reports it, so that a refused notebook stays unchanged, too
    "name": "python",
    "version": "3",
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


class ExplainingKernel(Kernel):
    """A kernel whose every cell fails with the sentence in ``NSLAB_REFUSAL``."""

    implementation = "nslab-refused"  # by which JupyterLab's extension of ours knows it, to tell it in a dialog
    implementation_version = "1"
    banner = os.environ.get(REFUSAL_VARIABLE, "")  # what a console shows first
    language_info = _LANGUAGE

    async def do_execute(self, code: str, silent: bool, *_: Any, **__: Any) -> dict[str, Any]:
        """Answer a cell; ipykernel calls this for each one."""
        error = {"ename": "NslabError", "evalue": self.banner, "traceback": [self.banner]}
        if not silent:
            self.send_response(self.iopub_socket, "error", error)
        return {"status": "error", "execution_count": self.execution_count, **error}
