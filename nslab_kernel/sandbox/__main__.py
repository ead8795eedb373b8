"""What the kernelspec starts: ``python -m nslab_kernel.sandbox -f CONNECTION_FILE``."""

from __future__ import annotations

import sys

# With -m, the notebook's directory is searched first: a student's socket.py must not be taken for
# Python's. ipykernel puts it back for the notebook's own imports.
del sys.path[0]

from .kernel import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
