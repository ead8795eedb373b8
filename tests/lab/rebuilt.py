"""Run in a fresh private host: build a lab by the script of the first argument, and write it to the second, pickled."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from nslab_kernel.lab import Lab

from ..comparison import settled

if __name__ == "__main__":
    subprocess.run(["sh", sys.argv[1]], check=True)
    Path(sys.argv[2]).write_bytes(pickle.dumps(settled(Lab("en").snapshot)))
