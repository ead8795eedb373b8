"""A student's own copies of the lessons: made once, never overwritten, and one of them started again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..core.errors import NslabError
from ..core.translation import _, languages

_RECORD = ".nslab-lessons.json"  # in the folder: the lessons as they came, by their hashes
_CHECKOUT = Path(__file__).parents[2] / "notebooks"
_INSTALLED = Path("share", "jupyter", "labextensions", "nslab", "static", "lessons")


@dataclass
class Copied:
    """What bringing a folder up to date did.

    Parameters
    ----------
    added
        Lessons that weren't there.
    renewed
        Those that nobody had changed, and that have a new version now.
    beside
        Those that were changed, and whose new version lies beside them, by its name.
    """

    added: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)


def default_folder() -> Path:
    """Where copies go unless another folder is named: ``~/nslab-lessons``."""
    return Path.home() / "nslab-lessons"


def originals() -> Path:
    """The lessons as they come with nslab: those of the checkout, or those that were installed.

    Raises
    ------
    NslabError
        If this installation has none.
    """
    for folder in (_CHECKOUT, Path(sys.prefix) / _INSTALLED, Path(sys.base_prefix) / _INSTALLED):
        if any((folder / language).is_dir() for language in languages()):
            return folder
    raise NslabError(
        _("This installation of nslab has no lessons."),
        _("Install it again: {command}", command="pip install --force-reinstall nslab-kernel"),
    )


def bring_up_to_date(folder: Path, source: Path) -> Copied:
    """Copy the lessons that a folder lacks, and the new versions of those that nobody has changed.

    Where a student has changed a lesson that has a new version, theirs stays as it is, and the new one is put beside it
    as ``NAME.new.ipynb``, once.

    Parameters
    ----------
    folder
        The student's; it is made if it isn't there.
    source
        The lessons as they come.

    Raises
    ------
    NslabError
        If the folder can't be written.
    """
    done = Copied()
    try:
        known = _record(folder)
        for original in (*_lessons(source), *_lessons(source, "*.md")):
            name = str(original.relative_to(source))
            _copy(original, folder / name, name, known, done)
            known[name] = _hash(original)
        _write(folder / _RECORD, json.dumps(known, indent=1, sort_keys=True).encode())
    except OSError as error:
        raise _unwritable(folder, error) from error
    return done


def start_again(folder: Path, source: Path, name: str) -> tuple[Path, Path]:
    """Put a lesson back as it came; what the student had is kept beside it, with the day and the minute in its name.

    Parameters
    ----------
    folder
        The student's.
    source
        The lessons as they come.
    name
        The lesson: ``01-bridge``, ``en/01-bridge.ipynb``; a beginning that fits one lesson of a language is enough.

    Returns
    -------
    tuple of Path
        The lesson, and what was kept.

    Raises
    ------
    NslabError
        If there is no such lesson, or the folder can't be written.
    """
    original = _find(source, name)
    target = folder / original.relative_to(source)
    if not target.exists():
        raise NslabError(_("There is no {path}.", path=target), _("`nslab lab` copies the lessons."))
    kept = _free(target.with_name(f"{target.stem} ({time.strftime('%Y-%m-%d %H.%M')}).ipynb"))
    try:
        shutil.copy2(target, kept)
        _write(target, original.read_bytes())
        known = _record(folder)
        known[str(original.relative_to(source))] = _hash(original)
        _write(folder / _RECORD, json.dumps(known, indent=1, sort_keys=True).encode())
    except OSError as error:
        raise _unwritable(folder, error) from error
    return target, kept


def _lessons(source: Path, pattern: str = "*.ipynb") -> list[Path]:
    return [lesson for language in languages() for lesson in sorted((source / language).glob(pattern))]


def _copy(original: Path, target: Path, name: str, known: Mapping[str, str], done: Copied) -> None:
    fresh = _hash(original)
    if not target.exists():
        _write(target, original.read_bytes())
        done.added.append(name)
        return
    if fresh in (known.get(name), _hash(target)):
        return
    if _hash(target) == known.get(name):
        _write(target, original.read_bytes())
        done.renewed.append(name)
        return
    beside = _free(target.with_name(f"{target.stem}.new{target.suffix}"), fresh)
    _write(beside, original.read_bytes())
    done.beside[name] = beside.name


def _find(source: Path, name: str) -> Path:
    wanted = Path(name)
    language = wanted.parent.name or languages()[0]
    found = [
        lesson for lesson in _lessons(source) if lesson.parent.name == language and lesson.stem.startswith(wanted.stem)
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(lesson.stem for lesson in _lessons(source) if lesson.parent.name == language)
    if not names:
        raise NslabError(
            _("There are no lessons in {language!r}.", language=language),
            _("Languages: {names}.", names=", ".join(languages())),
        )
    raise NslabError(_("{name!r} is none of the lessons.", name=name), _("Lessons: {names}.", names=names))


def _free(path: Path, content: str = "") -> Path:
    """A name that no file has, unless it is one of this very content."""
    number, found = 1, path
    while found.exists() and _hash(found) != content:
        number += 1
        found = path.with_name(f"{path.stem} {number}{path.suffix}")
    return found


def _record(folder: Path) -> dict[str, str]:
    try:
        known = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _unwritable(folder: Path, error: OSError) -> NslabError:
    return NslabError(
        _("{path} can't be written: {reason}.", path=error.filename or folder, reason=error.strerror),
        _("Name another folder: nslab lab --lessons FOLDER"),
    )
