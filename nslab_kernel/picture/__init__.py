"""From a Network to a picture."""

from __future__ import annotations

from .graph import graph as graph
from .layout import Mark as Mark
from .picture import Picture as Picture
from .picture import draw as draw
