"""Which language a person reads."""

from __future__ import annotations

from collections.abc import Mapping

from .translation import languages


def language_of(environ: Mapping[str, str]) -> str:
    """The language code, such as ``"en"`` or ``"zh"``, that an environment asks for.

    ``NSLAB_LANG`` decides where it is set, then the locale variables in the order
    of POSIX (``LC_ALL``, ``LC_MESSAGES``, ``LANG``; locale(7)). A language that nslab
    has no catalogue for is English.

    Parameters
    ----------
    environ
        Environment variables, such as ``os.environ``.
    """
    for variable in ("NSLAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(variable, "").lower()
        if value:
            # Most machines ask for English or nothing, and looking for catalogues takes time.
            return "en" if value.startswith(("en", "c.", "posix")) else _known(value)
    return "en"


def _known(value: str) -> str:
    return next((code for code in languages() if value.startswith(code)), "en")
