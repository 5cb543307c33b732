"""Suggestions for somebody who draws: things in a picture that a program sees by itself, numbered by how sure it is.

Areas come from colours that hang together and from closed edges; lines from edges that go on. All coordinates are pixels
of the upright original as it is stored (those of a film need not be square). Nothing is recognised, and no suggestion is
taken without a person. Runs in the sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.media import images, video

Pixels = NDArray[np.uint8]
Outline = NDArray[np.float64]  # shape (points, 2): x, y in pixels of the small picture

Scale = tuple[float, float]  # pixels of the original, across and down, for one of the small picture

WORK_SIDE = 640  # pixels of the longer side: suggestions need no more, and 8K takes as long as a snapshot
COLOURS = 7  # clusters
LEAST_SHARE, MOST_SHARE = 0.0012, 0.7  # of the picture: smaller is noise, larger is the background
SAME = 0.7  # boxes with so much in common (IoU) are one suggestion
STRAIGHTEN = 0.008  # of an outline's length: how far its points may be off
FACES = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"  # comes with OpenCV
MOST = 27  # three pages of nine digits
LEAST_LINE = 0.12  # of the longer side


@dataclass(frozen=True)
class Found:
    """One thing: its outline in the small picture, and how clearly it stands out (mean edge along it, size, fullness)."""

    outline: Outline
    score: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2."""
        (x1, y1), (x2, y2) = self.outline.min(axis=0), self.outline.max(axis=0)
        return float(x1), float(y1), float(x2), float(y2)


def make_proposals(path: str | Path, out_dir: str | Path, *, name: str, at_ms: float | None = None) -> list[str]:
    """
    Write `proposals.json`: {"areas": [{"x", "y", "width", "height", "points"}], "lines": [{"points"}]}, best first.

    Args:
        at_ms: of a video: which frame.

    Raises:
        BadInput, RefusedUpload: as `images.opened` or `video.stills`.
    """
    image = _picture(path, name, at_ms)
    small, shrunk = _small(image)
    across, down = (1.0, 1.0) if at_ms is None else video.squared(path, name)
    scale = shrunk / across, shrunk / down
    size = round(image.width / across), round(image.height / down)
    edges = _edges(small)
    areas = _different([*_faces(small, at_ms), *_by_colour(small, edges), *_by_edges(small, edges)])
    told = {
        "areas": [_area(one, scale, size) for one in areas],
        "lines": [{"points": _points(one, scale, size)} for one in _lines(edges)],
    }
    (Path(out_dir) / "proposals.json").write_text(json.dumps(told, separators=(",", ":")))
    return ["proposals.json"]


def _picture(path: str | Path, name: str, at_ms: float | None) -> Image.Image:
    if at_ms is not None:
        return video.still(path, name, at_ms)
    with images.opened(path, name) as image:
        return images.upright(image)


def _small(image: Image.Image) -> tuple[Pixels, float]:
    """The picture as BGR, and how many of its pixels one of the small picture is."""
    scale = max(1.0, max(image.size) / WORK_SIDE)
    size = max(1, round(image.width / scale)), max(1, round(image.height / scale))
    small = np.asarray(image.convert("RGB").resize(size, Image.Resampling.BOX))
    return np.ascontiguousarray(small[:, :, ::-1]), scale


def _edges(small: Pixels) -> NDArray[np.float32]:
    """How much each pixel differs from its surroundings in any colour, 0–1."""
    soft = cv2.GaussianBlur(small, (5, 5), 0).astype(np.float32)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    strength = np.sqrt((across**2 + down**2).max(axis=2))
    most = float(strength.max())
    return np.asarray(strength / most if most > 0 else strength, np.float32)


def _by_colour(small: Pixels, edges: NDArray[np.float32]) -> Iterator[Found]:
    """Pieces of one colour that hang together."""
    colours = _clusters(small)
    for cluster in range(int(colours.max()) + 1):
        mask = cv2.morphologyEx((colours == cluster).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        yield from _outlines(mask, edges)


def _clusters(small: Pixels) -> NDArray[np.int32]:
    """Which of at most COLOURS mean colours (in Lab) each pixel is nearest to; the same picture, the same clusters."""
    lab = cv2.cvtColor(cv2.bilateralFilter(small, 7, 40, 7), cv2.COLOR_BGR2LAB)
    values = lab.reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(1)
    sample = values[:: max(1, len(values) // 20_000)]
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    _, _, centres = cv2.kmeans(sample, min(COLOURS, len(sample)), None, stop, 2, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    far = np.stack([((values - centre) ** 2).sum(axis=1) for centre in centres])
    return np.asarray(far.argmin(axis=0).reshape(lab.shape[:2]), np.int32)


def _by_edges(small: Pixels, edges: NDArray[np.float32]) -> Iterator[Found]:
    """What closed edges surround, for a low and a high idea of an edge."""
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    middle = float(np.median(grey))
    for low, high in ((0.3, 0.8), (0.66, 1.33)):
        found = cv2.Canny(cv2.GaussianBlur(grey, (5, 5), 0), low * middle, min(255.0, high * middle))
        closed = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
        yield from _outlines(closed, edges)


def _outlines(mask: Any, edges: NDArray[np.float32]) -> Iterator[Found]:
    whole = mask.shape[0] * mask.shape[1]
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for contour in contours:
        share = cv2.contourArea(contour) / whole
        if LEAST_SHARE <= share <= MOST_SHARE:
            along = contour[:, 0, :]
            clear = float(edges[along[:, 1], along[:, 0]].mean())
            outline = cv2.approxPolyDP(contour, STRAIGHTEN * cv2.arcLength(contour, True), True)[:, 0, :]
            if len(outline) >= 3:
                yield Found(outline.astype(np.float64), clear * share**0.25 * _fullness(contour))


def _fullness(contour: Any) -> float:
    """Share of its convex hull that a shape fills: what frays is rarely a thing."""
    return float(cv2.contourArea(contour) / max(1.0, cv2.contourArea(cv2.convexHull(contour))))


def _faces(small: Pixels, at_ms: float | None) -> Iterator[Found]:
    """In a video's frame also what looks like a face from the front: a place, never who it is."""
    if at_ms is None:
        return
    cascade = cv2.CascadeClassifier(str(FACES))
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    for x, y, width, height in cascade.detectMultiScale(grey, 1.1, 6, minSize=(24, 24)):
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        yield Found(np.asarray(corners, np.float64), 10.0 + width)


def _different(found: Sequence[Found]) -> list[Found]:
    """The clearest ones, without those that say nearly the same."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (-each.score, each.box)):
        if len(kept) == MOST:
            break
        if all(_overlap(one.box, other.box) < SAME for other in kept):
            kept.append(one)
    return kept


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    sizes = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return width * height / (sum(sizes) - width * height)


def _lines(edges: NDArray[np.float32]) -> list[Outline]:
    """Edges that go on for a while, longest first."""
    strong = (edges * 255).astype(np.uint8)
    _, mask = cv2.threshold(strong, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(_thin(mask), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    least = LEAST_LINE * max(edges.shape)
    found = [_one_way(contour[:, 0, :]) for contour in contours]
    long = sorted((line for line in found if _length(line) >= least), key=lambda line: -_length(line))
    return [cv2.approxPolyDP(line.astype(np.int32), 2.0, False)[:, 0, :].astype(np.float64) for line in long[:MOST]]


def _thin(mask: Any) -> Any:
    """Edges one pixel wide: what is left of a line when its border is taken away again and again."""
    kernel = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    thin = np.zeros_like(mask)
    while mask.any():
        smaller = cv2.erode(mask, kernel)
        thin = cv2.bitwise_or(thin, cv2.subtract(mask, cv2.dilate(smaller, kernel)))
        mask = smaller
    return cv2.dilate(thin, kernel)  # what fell apart by a pixel hangs together again


def _one_way(contour: NDArray[Any]) -> NDArray[Any]:
    """A thin line's contour runs there and back: the half of it between its two ends."""
    far = ((contour - contour[0]) ** 2).sum(axis=1)
    start = int(far.argmax())
    turned = np.roll(contour, -start, axis=0)
    end = int(((turned - turned[0]) ** 2).sum(axis=1).argmax())
    return turned[: end + 1]


def _length(line: NDArray[Any]) -> float:
    return float(np.sqrt((np.diff(line.astype(np.float64), axis=0) ** 2).sum(axis=1)).sum())


def _points(outline: Outline, scale: Scale, size: tuple[int, int]) -> list[list[float]]:
    """The middle of each pixel of the small picture, in pixels of the picture, inside it."""
    places = (outline + 0.5) * np.asarray(scale)
    return [[round(min(max(float(x), 0.0), size[0]), 1), round(min(max(float(y), 0.0), size[1]), 1)] for x, y in places]


def _area(one: Found, scale: Scale, size: tuple[int, int]) -> dict[str, Any]:
    x1, y1, x2, y2 = one.box
    # A pixel has a width: the box ends behind its last one.
    left, top = x1 * scale[0], y1 * scale[1]
    right, bottom = min((x2 + 1) * scale[0], size[0]), min((y2 + 1) * scale[1], size[1])
    sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return {**{name: round(value, 1) for name, value in sides.items()}, "points": _points(one.outline, scale, size)}
