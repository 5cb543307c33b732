"""Outlines and lines as points: area, how much two of them overlap, and the one that stands for several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Points = Sequence[tuple[float, float]]
Box = tuple[float, float, float, float]  # x, y, width, height
CELLS = 96  # per side of the grid that overlaps are counted on: finer than people draw
STEPS = 64  # points along a line


def area(points: Points) -> float:
    """Square pixels within a closed outline. Source: the shoelace formula (Meister 1769)."""
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2.0


def length(points: Points) -> float:
    """Pixels along a line."""
    return sum(hypot(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(points))


def bounds(points: Points) -> tuple[float, float, float, float]:
    """x, y, width, height of the box around it."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def common(left: Box, right: Box) -> Box | None:
    """The box that two boxes share; without width or height where they only touch, None where they are apart."""
    x, y = max(left[0], right[0]), max(left[1], right[1])
    width, height = min(left[0] + left[2], right[0] + right[2]) - x, min(left[1] + left[3], right[1] + right[3]) - y
    return (x, y, width, height) if width >= 0 and height >= 0 else None


def covered(outlines: Sequence[Points]) -> float:
    """Square pixels within at least one of these outlines, counted on a grid."""
    x, y, width, height = bounds([point for outline in outlines for point in outline])
    across, down = _cells(x, x + width), _cells(y, y + height)
    inside = _inside(outlines[0], across, down)
    for outline in outlines[1:]:
        inside |= _inside(outline, across, down)
    return float(inside.mean()) * width * height


def outline_iou(left: Points, right: Points) -> float:
    """Area in common over area covered, 0–1, counted on a grid; equal outlines give 1."""
    if list(left) == list(right):
        return 1.0
    xs = [x for x, _ in (*left, *right)]
    ys = [y for _, y in (*left, *right)]
    across, down = _cells(min(xs), max(xs)), _cells(min(ys), max(ys))
    a, b = _inside(left, across, down), _inside(right, across, down)
    covered = int((a | b).sum())
    return float((a & b).sum() / covered) if covered else 0.0


def _cells(first: float, last: float) -> NDArray[Any]:
    """The middles of the grid's cells along one side."""
    import numpy as np

    return np.linspace(first, last, CELLS, endpoint=False) + (last - first) / CELLS / 2


def _inside(points: Points, across: NDArray[Any], down: NDArray[Any]) -> NDArray[np.bool_]:
    """
    Which cells lie within, by how often a ray to the left meets the outline.

    Source: Shimrat 1962, doi:10.1145/368637.368653
    """
    import numpy as np

    found = np.zeros((len(down), len(across)), dtype=bool)
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        if y1 == y2:
            continue
        crosses = (down >= min(y1, y2)) & (down < max(y1, y2))
        meets = x1 + (down - y1) * (x2 - x1) / (y2 - y1)
        found ^= crosses[:, None] & (across[None, :] >= meets[:, None])
    return found


def line_overlap(left: Points, right: Points, tolerance: float) -> float:
    """Share of the points along either line that lie within `tolerance` pixels of the other; the smaller of the two."""
    if list(left) == list(right):
        return 1.0
    a, b = _along(left), _along(right)
    apart = ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2) ** 0.5
    # The other line stands there as points: half the gap between two of them counts as being on it.
    reach = tolerance + max(length(left), length(right)) / STEPS / 2
    return float(min((apart.min(axis=1) <= reach).mean(), (apart.min(axis=0) <= reach).mean()))


def _along(points: Points) -> NDArray[np.float64]:
    """Points at equal steps along a line, (STEPS, 2)."""
    import numpy as np

    found: NDArray[np.float64] = np.array(points, dtype=np.float64)
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(found, axis=0).T))])
    places = np.linspace(0.0, gone[-1], STEPS)
    return np.column_stack([np.interp(places, gone, found[:, 0]), np.interp(places, gone, found[:, 1])])


def medoid(members: Sequence[Any], weights: Sequence[float], overlap: NDArray[np.float64]) -> Any:
    """The member that the others overlap most: mixing points of several outlines makes none of them."""
    import numpy as np

    return members[int(np.round(overlap @ np.asarray(weights), 9).argmax())]
