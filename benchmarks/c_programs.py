"""The C programs that show what the kernel itself needs, compiled when they are first wanted."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def seconds(name: str, *words: str) -> float:
    """What a program prints: how long it took.

    Parameters
    ----------
    name
        ``limit`` or ``limit_reading``: the source file beside this one, without its ending.
    words
        The program's arguments.
    """
    done = subprocess.run([_compiled(name), *words], capture_output=True, text=True, check=True)
    return float(done.stdout)


def forget() -> None:
    """Remove what was compiled."""
    for name in ("limit", "limit_reading"):
        _program(name).unlink(missing_ok=True)


def _compiled(name: str) -> Path:
    program = _program(name)
    if not program.exists():
        subprocess.run(["gcc", "-O2", "-o", program, HERE / f"{name}.c"], check=True)
    return program


def _program(name: str) -> Path:
    return Path(tempfile.gettempdir()) / f"nslab-{name}-{os.getpid()}"
