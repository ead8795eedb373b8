"""How values become rich outputs."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from IPython.display import display

from ..core.network import Network

if TYPE_CHECKING:
    from ..picture import Picture

_DPI = 144


def show_picture(picture: Picture) -> None:
    """Publish a picture in every form that a front end may want.

    JupyterLab and VS Code show the SVG, which is inline so that a screen reader finds its label; GitHub, which shows no
    inline SVG, takes the PNG; a console and a search in the notebook's file find the tables.
    """
    display(picture_bundle(picture), raw=True, metadata=_size(picture))


def picture_bundle(picture: Picture) -> dict[str, str]:
    """The picture's MIME bundle."""
    return {
        "text/html": picture.svg(),
        "image/png": base64.b64encode(picture.png(_DPI)).decode(),
        "text/plain": f"{picture.description()}\n\n{picture.text()}",
    }


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


def _size(picture: Picture) -> dict[str, dict[str, int]]:
    """PNG is drawn finer than it is shown, for sharp text on every screen."""
    return {"image/png": {"width": round(picture.scene.width), "height": round(picture.scene.height)}}
