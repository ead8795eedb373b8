"""nslab: learn Linux container networking by building it, in a notebook."""

from __future__ import annotations

# Not typing's: the kernel's launcher imports this package, and typing takes as long as all the rest of it.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from IPython.core.interactiveshell import InteractiveShell

    from .core.errors import NslabError
    from .lab import Lab

__version__ = "0.1.0"
__all__ = ["Lab", "NslabError", "__version__", "load_ipython_extension", "unload_ipython_extension"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics; IPython calls this for ``%load_ext nslab_kernel``."""
    from .jupyter.magics.registry import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics' hooks away; IPython calls this for ``%unload_ext nslab_kernel``."""
    from .jupyter.magics.registry import unload

    unload(shell)


def __getattr__(name: str) -> Any:
    # Imported on first use, so that loading the extension stays quick.
    if name == "Lab":
        from .lab import Lab

        return Lab
    if name == "NslabError":
        from .core.errors import NslabError

        return NslabError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
