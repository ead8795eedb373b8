"""The settings by which podman works in a lab: its images in memory, as overlays don't lie on overlays.

They are containers-storage.conf(5) and containers.conf(5), which podman, buildah and skopeo read.
"""

from __future__ import annotations

import os
from contextlib import suppress

_STORAGE = """\
# Written for this lab: images and containers are in memory and go with it.
[storage]
driver = "overlay"
graphroot = "/run/containers/graph"
runroot = "/run/containers/storage"
"""
_ENGINE = """\
# Written for this lab: it has no systemd, and a control group of its own only where the machine gives one.
[containers]
cgroups = "disabled"

[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


def write(etc: str) -> None:
    """Write the settings into a lab's /etc, at ``etc`` while it is built, where the machine has such programs."""
    folder = f"{etc}/containers"
    for name, text in (("storage.conf", _STORAGE), ("containers.conf", _ENGINE)):
        with suppress(OSError):  # no such programs, or a lab in a lab whose files can't be covered once more
            with open(f"{folder}/{name}.nslab", "w") as file:
                file.write(text)
            os.replace(f"{folder}/{name}.nslab", f"{folder}/{name}")
