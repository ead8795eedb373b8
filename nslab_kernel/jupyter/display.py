"""How values become rich outputs."""

from __future__ import annotations

from collections.abc import Iterable

from IPython.display import display

from ..core.errors import NslabError
from ..core.foreign import escaped, shown_lines
from ..core.model.network import Network
from ..core.translation import _, translated

COMMANDS_METADATA = "nslab_commands"
"""The key in an output's metadata under which folded commands are found as data."""

_FOLDED = 3  # commands from which on they are folded
_WORDS = {"commands": _("{} commands"), "copy": _("Copy"), "run": _("Run in a new cell")}
_LINE = "cursor:pointer;white-space:nowrap;overflow:hidden;text-overflow:ellipsis"
_DIM = "color:var(--jp-ui-font-color2, #616161);background:none"


def show_commands(commands: Iterable[str]) -> None:
    """Print the commands that an operation runs; three and more are folded to one line in a page, whole as text."""
    shown = [shown_lines(command) for command in commands]
    if len(shown) < _FOLDED:
        for command in shown:
            print(command)
        return
    text = "\n".join(shown)
    display({"text/html": _folded(shown), "text/plain": text}, metadata={COMMANDS_METADATA: shown}, raw=True)


def copy_button(language: str) -> str:
    """A button that copies the ``data-nslab-text`` around it; only JupyterLab's lab interface shows it."""
    word = translated(_WORDS["copy"], language)
    return f'<button class="nslab-link" data-nslab="copy" style="display:none">{word}</button>'


def run_button(language: str, word: str = "") -> str:
    """Likewise one that runs it in a new cell; ``word`` says more exactly what that does."""
    word = word or translated(_WORDS["run"], language)
    return f'<button class="nslab-primary" data-nslab="run" style="display:none">{word}</button>'


def _folded(commands: list[str]) -> str:
    language = NslabError.language
    count = translated(_WORDS["commands"], language).format(len(commands))
    text = "\n".join(commands)
    return (
        f'<details class="nslab-commands" lang="{language}" data-nslab-text="{escaped(text)}">'
        f'<summary style="{_LINE}"><b>{count}</b> <code style="{_DIM}">{escaped(commands[0])} …</code> '
        f'{copy_button(language)}</summary><pre style="margin:0.2em 0 0.4em 1.2em">{escaped(text)}</pre></details>'
    )


def show_table(network: Network, language: str) -> None:
    """Publish the table of namespaces with their interfaces, addresses and state."""
    from ..picture.text import rows, tables

    head, *lines = rows(network, language)
    html = (
        f"<table><thead>{_row(head, 'th')}</thead><tbody>{''.join(_row(line, 'td') for line in lines)}</tbody></table>"
    )
    display({"text/html": html, "text/plain": tables(network, language)}, raw=True)


def _row(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escaped(cell)}</{tag}>' for cell in cells)}</tr>"
