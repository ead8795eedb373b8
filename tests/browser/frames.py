"""What the browser really painted: a part of the page, frame by frame."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib.image as image
import numpy as np
from playwright.sync_api import Locator

_LATE = 1000  # ms that a busy machine may take to paint and hand over the last frame


class Frames:
    """The frames that were painted while a block ran, as shares of inked pixels."""

    def __init__(self) -> None:
        self.shots: list[bytes] = []

    def inked(self, box: dict[str, float]) -> list[float]:
        """For each frame, the share of pixels in a box that differ from its corner's colour."""
        return [_inked(shot, box) for shot in self.shots]


def _inked(shot: bytes, box: dict[str, float]) -> float:
    pixels = image.imread(io.BytesIO(shot), format="png")[..., :3]
    left, top = int(box["x"]), int(box["y"])
    part = pixels[top : top + int(box["height"]), left : left + int(box["width"])]
    return float(np.mean(np.abs(part - part[0, 0]).max(axis=-1) > 0.02))


@contextmanager
def painted(place: Locator) -> Iterator[Frames]:
    """Keep every frame that Chromium paints for what happens in the block."""
    frames = Frames()
    session = place.page.context.new_cdp_session(place.page)

    def keep(frame: dict[str, Any]) -> None:
        frames.shots.append(base64.b64decode(frame["data"]))
        session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    yield frames
    place.page.wait_for_timeout(_LATE)
    session.send("Page.stopScreencast")
    session.detach()
