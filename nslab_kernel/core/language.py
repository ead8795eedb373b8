"""Which of the two languages a person reads."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "zh")


def language_of(environ: Mapping[str, str]) -> str:
    """The language code, ``"en"`` or ``"zh"``, that an environment asks for.

    ``NSLAB_LANG`` decides where it is set, then the locale variables in the order
    of POSIX (``LC_ALL``, ``LC_MESSAGES``, ``LANG``; locale(7)).

    Parameters
    ----------
    environ
        Environment variables, such as ``os.environ``.
    """
    for variable in ("NSLAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
