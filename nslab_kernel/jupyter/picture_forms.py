"""Which forms of a picture a cell's output carries (docs/decisions/0014).

A person at a notebook sees the SVG. A PNG is for what shows none, such as GitHub: it is drawn where a notebook is run
by a program, or where it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from ..picture import Picture
    from ..picture.trace import TraceReport

_PICTURED = (("nslab_kernel.picture.picture", "Picture"), ("nslab_kernel.picture.trace", "TraceReport"))


class PictureForms:
    """Decides for the pictures of one shell.

    Attributes
    ----------
    png
        Whether every picture has a PNG, too, no matter who runs the cell.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self.png = False

    def register(self) -> None:
        """Have IPython ask this object how to show a picture, or what has one."""
        for module, name in _PICTURED:
            self._shell.display_formatter.mimebundle_formatter.for_type_by_name(module, name, self.bundle)

    def unregister(self) -> None:
        """Let pictures show themselves in every form again."""
        for module, name in _PICTURED:
            self._shell.display_formatter.mimebundle_formatter.pop(f"{module}.{name}", None)

    def bundle(self, pictured: Picture | TraceReport) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        """The MIME types with their metadata, as wanted by who runs the present cell."""
        return pictured.bundle(png=self.wants_png)

    @property
    def wants_png(self) -> bool:
        """Whether who runs the present cell wants a PNG beside each SVG."""
        return self.png or self._is_run_by_program()

    def _is_run_by_program(self) -> bool:
        """Whether nobody could answer a question of the cell, as with nbconvert, nbclient and papermill."""
        kernel = getattr(self._shell, "kernel", None)
        if kernel is None:
            return False
        return kernel.get_parent("shell").get("content", {}).get("allow_stdin") is False
