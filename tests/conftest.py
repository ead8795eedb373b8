"""What tests of the kernel's network share."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

# What a shell starts in the background ignores interrupts, and so does all that it starts; tests send some.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def shell() -> Callable[[str], str]:
    """Run shell lines on the host, failing loudly, and give what they print."""

    def run(lines: str) -> str:
        done = subprocess.run(["sh", "-e"], input=lines, text=True, capture_output=True, check=False)
        assert done.returncode == 0, f"{lines}\n{done.stderr}"
        return done.stdout

    return run
