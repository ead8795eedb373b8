"""Pixels as a PNG file with a palette (RFC 2083).

A picture of flat colours gains nothing from PNG's row filters. One byte a pixel instead of three halves the file.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_INCH = 0.0254  # metres
_PALETTE = 3  # colour type
_MOST = 256  # colours of a palette
_LEVEL = 6  # of compression; twice as long as the least, for two thirds of its size


def png_of(pixels: NDArray[np.uint8], dpi: float) -> bytes:
    """Encode an image without transparency.

    Up to 256 colours are exact. Of more, the 256 most frequent are, all flat ones among them; the others, shades
    at the edges of characters, become the nearest of those.

    Parameters
    ----------
    pixels
        Rows of pixels of at least three bytes each: red, green, blue; what follows is left out.
    dpi
        Dots per inch, so that a reader knows the picture's size.
    """
    import numpy as np

    height, width = pixels.shape[:2]
    palette, numbers = _indexed(pixels)
    rows = np.zeros((height, 1 + width), dtype=np.uint8)  # each row begins with its filter: 0, none
    rows[:, 1:] = numbers.reshape(height, width)
    per_metre = round(dpi / _INCH)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _PALETTE, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"IDAT", zlib.compress(rows.data, _LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def _indexed(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A palette, a row for each colour, and each pixel's number in it."""
    import numpy as np

    red, green, blue = (pixels[..., channel].ravel().astype(np.uint32) for channel in range(3))
    packed = red << 16 | green << 8 | blue
    starts = np.concatenate([[0], np.flatnonzero(np.diff(packed)) + 1])  # a picture is made of long runs
    lengths = np.diff(np.concatenate([starts, [packed.size]]))
    colours, numbers = np.unique(packed[starts], return_inverse=True)
    counts = np.bincount(numbers, lengths)
    rgb = np.stack([colours >> 16, colours >> 8 & 0xFF, colours & 0xFF], axis=1).astype(np.float32)
    kept = rgb[np.sort(np.argsort(counts, kind="stable")[-_MOST:])]
    return kept.astype(np.uint8), np.repeat(_nearest(rgb, kept)[numbers], lengths)


def _nearest(colours: NDArray[np.float32], palette: NDArray[np.float32]) -> NDArray[np.uint8]:
    """For each colour the number of the palette's nearest."""
    import numpy as np

    distances = (palette**2).sum(axis=1) - 2 * colours @ palette.T  # less each colour's own square, which is no matter
    nearest: NDArray[np.uint8] = distances.argmin(axis=1).astype(np.uint8)
    return nearest


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
