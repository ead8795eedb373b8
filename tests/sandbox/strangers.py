"""Root in the part of somebody else, also where the checkout is closed to others, as below /root."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

_CHECKOUT = Path(__file__).parents[2]
_HERE, _ABOVE = shlex.quote(str(_CHECKOUT)), shlex.quote(str(_CHECKOUT.parent))

OWN_MOUNTS = ["unshare", *(["--user", "--map-root-user"] if os.getuid() else []), "--mount", "bash", "-euc"]
"""Runs shell lines in a mount namespace of their own."""

OPEN_CHECKOUT = (
    ":"
    if os.getuid()
    else (
        f". {_HERE}/script/parts/unprivileged.sh; mount --bind {_HERE} /mnt; "
        f"open_the_way {_ABOVE}; mkdir -p {_HERE}; mount --move /mnt {_HERE}; cd {_HERE}"
    )
)
"""Shell lines after which everybody gets at the checkout, for use with `OWN_MOUNTS`."""

AS_NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups"
