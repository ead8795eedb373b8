"""A terminal inside a namespace: JupyterLab opens its own, which enters the running lab by ``nslab shell``."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any

import anywidget
import traitlets

from ..core.foreign import quoted
from ..core.model.network import HOST
from .frontend import bundle, kernel_id

_LOGIN_PATH = "/usr/local/bin:/usr/bin:/bin"
_ENOUGH = 8  # characters of an id that tell it from others


def shell_line(namespace: str) -> str:
    """The line that opens a shell in a namespace of this lab, to be typed in any terminal of the same user."""
    place = () if namespace == HOST else (namespace,)
    return " ".join(map(quoted, (_program(), "shell", *place, "--lab", kernel_id()[:_ENOUGH])))


def _program() -> str:
    """``nslab`` as any terminal finds it: by its whole path, unless it lies where every login shell looks.

    A terminal's shell is a login shell, which begins with a PATH of its own: that the kernel finds ``nslab`` in an
    activated environment doesn't help there.
    """
    own = os.path.join(os.path.dirname(sys.executable), "nslab")
    found = shutil.which("nslab", path=_LOGIN_PATH)
    return "nslab" if found and os.path.exists(own) and os.path.samefile(found, own) else own


class TerminalOpener(anywidget.AnyWidget):
    """Opens a terminal beside the notebook, once; where the front end can't, it shows the line to type.

    Parameters
    ----------
    namespace
        Where its shell runs.
    language
        ``en`` or ``zh``.
    """

    _esm = bundle("common.js", "terminal.js")
    _css = bundle("common.css")

    namespace = traitlets.Unicode().tag(sync=True)
    line = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)

    def __init__(self, namespace: str, language: str) -> None:
        self._opened = False
        super().__init__(namespace=namespace, line=shell_line(namespace), language=language)
        self.on_msg(self._asked)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return {**data, "text/plain": f"Type this in a terminal: {self.line}"}, metadata

    def _asked(self, *_: object) -> None:
        """The page is there. It may be shown again, in a page that is loaded anew; the terminal opens only once."""
        if not self._opened:
            self._opened = True
            self.send({"kind": "open"})
