"""Pictures of more than 8 bits, brought to 8 without clipping.

Pillow's own conversion of 16-bit greys cuts everything above 255 to white; here the full range is scaled.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_MAX_SAMPLE_VALUE, _PHOTOMETRIC = 281, 262  # TIFF tags
_WHITE_IS_ZERO = 0


def eight_bits(image: Image.Image) -> Image.Image:
    """The same picture with 8 bits per channel. Pictures that have 8 already come back as they are."""
    if image.mode == "F" or image.mode.startswith("I"):
        return _scaled(image)
    return image


def _scaled(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    black, white = _range(image, values)
    out = np.empty(values.shape, np.uint8)
    for row in range(0, len(values), 256):  # in strips: a float copy of the whole would be eight times as large
        strip = (values[row : row + 256].astype(np.float32) - black) * (255 / max(white - black, 1e-12))
        out[row : row + 256] = np.clip(np.nan_to_num(strip), 0, 255).round()
    if _tags(image).get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        out = 255 - out
    return Image.fromarray(out)


def _range(image: Image.Image, values: NDArray[np.generic]) -> tuple[float, float]:
    """The values of black and white: as declared, else 0–65535 for 16 bits, else what is there."""
    declared = _tags(image).get(_MAX_SAMPLE_VALUE)
    if isinstance(declared, int) and declared > 0:
        return 0.0, float(declared)
    if image.mode.startswith("I;16"):
        return 0.0, 65535.0
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low >= 0:
        for full in (1.0, 255.0, 65535.0):
            if high <= full:
                return 0.0, full
    return low, high


def _tags(image: Image.Image) -> dict[int, object]:
    """TIFF tags, with values of one element taken out of their tuples."""
    tags = getattr(image, "tag_v2", None) or {}
    return {int(tag): value[0] if isinstance(value, tuple) and len(value) == 1 else value for tag, value in tags.items()}
