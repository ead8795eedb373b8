"""How values become rich outputs."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from IPython.display import display

from ..core.model.network import Network


def show_commands(commands: Iterable[str]) -> None:
    """Print the commands that an operation stands for."""
    for command in commands:
        print(command)


def show_table(network: Network, language: str) -> None:
    """Publish the table of namespaces with their interfaces, addresses and state."""
    from ..picture.text import rows, tables

    head, *lines = rows(network, language)
    html = (
        f"<table><thead>{_row(head, 'th')}</thead><tbody>{''.join(_row(line, 'td') for line in lines)}</tbody></table>"
    )
    display({"text/html": html, "text/plain": tables(network, language)}, raw=True)


def _row(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"
