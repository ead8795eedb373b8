"""Pixels as a PNG file (RFC 2083), several times faster than a general encoder.

A picture of flat colours gains nothing from PNG's row filters, and little from a
higher level of compression; without them the time is that of one fast deflate.
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
_RGB = 2  # colour type


def png_of(pixels: NDArray[np.uint8], dpi: float) -> bytes:
    """Encode an image without transparency.

    Parameters
    ----------
    pixels
        Rows of pixels of at least three bytes each: red, green, blue; what follows is left out.
    dpi
        Dots per inch, so that a reader knows the picture's size.
    """
    import numpy as np

    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)  # each row begins with its filter: 0, none
    places = rows[:, 1:].reshape(height, width, 3)
    for channel in range(3):  # numpy copies single bytes much faster than three at a time
        places[..., channel] = pixels[..., channel]
    per_metre = round(dpi / _INCH)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            _chunk(b"IDAT", zlib.compress(rows.data, 1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
