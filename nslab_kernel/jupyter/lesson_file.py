"""Where the lesson is that somebody wants to play."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from ..core.errors import NslabError
from ..core.lessons.lesson import Lesson, lesson
from ..core.translation import _, languages

_PLAY = _("Name one: `%netns_play 01-bridge.ipynb`.")

_MOST_READ = 50  # notebooks of a folder


def own_notebook() -> Path:
    """The notebook that this kernel was started for.

    Raises
    ------
    NslabError
        If the front end doesn't tell (a console, VS Code, nbclient).
    """
    # jupyter_server's session manager sets it; a notebook that was renamed since is no longer there.
    told = os.environ.get("JPY_SESSION_NAME", "")
    if not told.endswith(".ipynb"):
        raise NslabError(_("This front end doesn't tell which notebook it is in."), _PLAY)
    if not Path(told).is_file():
        raise NslabError(
            _("The notebook that this kernel was started for, {name}, is no longer there.", name=Path(told).name), _PLAY
        )
    return Path(told)


def notebook_language() -> str | None:
    """The language that the notebook says of itself (``nslab.language`` in its metadata); None if it says nothing.

    A front end that doesn't name its notebook (nbclient, VS Code) still starts the kernel in the notebook's folder:
    what all notebooks there say, this one says, too.
    """
    try:
        notebooks = [own_notebook()]
    except NslabError:
        notebooks = sorted(Path.cwd().glob("*.ipynb"))[:_MOST_READ]
    found = {_language(path) for path in notebooks}
    return found.pop() if len(found) == 1 else None


def _language(path: Path) -> str | None:
    with suppress(OSError, ValueError, AttributeError):
        metadata = json.loads(path.read_text(encoding="utf-8")).get("metadata", {})
        language = metadata.get("nslab", {}).get("language")
        return language if language in languages() else None
    return None


def read_lesson(path: Path) -> Lesson:
    """The lesson in a file.

    Raises
    ------
    NslabError
        If it can't be read, or is no lesson for this kernel.
    """
    if path.suffix != ".ipynb":
        raise NslabError(
            _("{name} is not a notebook.", name=path.name), _("Give the path of a file that ends in .ipynb.")
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        near = ", ".join(sorted(other.name for other in path.parent.glob("*.ipynb"))[:5])
        cure = _("There are: {near}.", near=near) if near else _("Give the path from this notebook's folder.")
        raise NslabError(_("There is no notebook {path}.", path=path), cure) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("it holds no JSON")
        raise NslabError(
            _("{path} can't be read as a notebook: {reason}.", path=path, reason=reason), _("Take a fresh copy of it.")
        ) from None
    return lesson(content, path.name)
