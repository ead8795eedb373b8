"""Run in a fresh private host, whose files are its own: build a lab by the script on stdin, and print it, pickled."""

from __future__ import annotations

import pickle
import subprocess
import sys

from nslab_kernel.lab import Lab

from ..comparison import settled

if __name__ == "__main__":
    subprocess.run(["sh", "-c", sys.stdin.read()], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    sys.stdout.buffer.write(pickle.dumps(settled(Lab("en").snapshot)))
