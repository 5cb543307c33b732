"""A picture that was asked about in parts: a thing that lies over the edge of two parts was drawn in both, and is one.

The rule: two shapes of one label, of different parts, are one thing when they agree on what both parts show: there their
boxes have at least half in common. Where parts only touch, both must reach the edge between them, and have at least half
of their length along it in common. The pairs that agree most come first, and a shape has one other half in each part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from task_types.geometry import Box, common, covered
from task_types.pictures import Area
from task_types.union import united

SAME = 0.5  # share that two halves of one thing have in common
REACH = 3.0  # pixels: a shape that ends so near an edge was cut by it
BEYOND = 0.25  # pixels: so far halves that only touch are drawn on, to become one


@dataclass(frozen=True)
class CocoShape:
    """One annotation: bbox is x, y, width, height in pixels; segmentation a list of flat x, y, x, y … outlines."""

    label: str
    bbox: tuple[float, ...]
    segmentation: Sequence[Sequence[float]]
    area: float


@dataclass(frozen=True)
class Placed:
    """A shape in its picture; `part` is what its microtask showed, None for the whole picture."""

    shape: CocoShape
    part: Area | None
    gold: bool
    confidence: float | None


def joined(found: Sequence[Placed]) -> list[Placed]:
    """All shapes of one picture, halves of one thing put together; in order of their first half."""
    groups = {number: [number] for number in range(len(found))}
    for one, other in _pairs(found):
        left, right = groups[one], groups[other]
        parts = [found[number].part for number in (*left, *right)]
        if left is not right and len({part and part.key for part in parts}) == len(parts):
            left += right
            groups |= dict.fromkeys(right, left)
    return [_together([found[i] for i in sorted(group)]) for number, group in groups.items() if number == min(group)]


def _pairs(found: Sequence[Placed]) -> list[tuple[int, int]]:
    """Which two are halves of one thing, those that agree most first."""
    agreeing = []
    for (i, one), (j, other) in combinations(enumerate(found), 2):
        if one.shape.label == other.shape.label and one.part and other.part and one.part != other.part:
            share = _share(one, other, one.part, other.part)
            if share >= SAME:
                agreeing.append((-share, i, j))
    return [(i, j) for _, i, j in sorted(agreeing)]


def _share(one: Placed, other: Placed, left: Area, right: Area) -> float:
    """0–1: how much two shapes have in common where both could be seen."""
    strip = common(_box(left), _box(right))
    if strip is None:
        return 0.0
    # Parts that only touch show nothing twice: what reaches the edge between them is looked at along that edge.
    reach = [REACH if side == 0 else 0.0 for side in strip[2:]]
    seen = (strip[0] - reach[0], strip[1] - reach[1], strip[2] + 2 * reach[0], strip[3] + 2 * reach[1])
    halves = [common(_box(each.shape), seen) for each in (one, other)]
    if halves[0] is None or halves[1] is None:
        return 0.0
    if any(reach):
        halves = [_along(half, seen, across=reach[0] > 0) for half in halves if half]
    both = common(halves[0], halves[1]) if halves[0] and halves[1] else None
    if both is None or not halves[0] or not halves[1]:
        return 0.0
    shared = both[2] * both[3]
    whole = halves[0][2] * halves[0][3] + halves[1][2] * halves[1][3] - shared
    return shared / whole if whole else 0.0


def _along(half: Box, seen: Box, *, across: bool) -> Box:
    """Only its length along the edge counts."""
    return (seen[0], half[1], seen[2], half[3]) if across else (half[0], seen[1], half[2], seen[3])


def _box(of: Area | CocoShape) -> Box:
    if isinstance(of, Area):
        return of.x, of.y, of.width, of.height
    x, y, width, height = of.bbox
    return x, y, width, height


def _together(halves: Sequence[Placed]) -> Placed:
    if len(halves) == 1:
        return halves[0]
    boxes = [_box(each.shape) for each in halves]
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    width = round(max(box[0] + box[2] for box in boxes) - x, 4)
    height = round(max(box[1] + box[3] for box in boxes) - y, 4)
    outlines = _one_outline(halves)
    area = covered([list(zip(one[::2], one[1::2], strict=True)) for one in outlines]) if outlines else width * height
    sure = [each.confidence for each in halves if each.confidence is not None]
    shape = CocoShape(halves[0].shape.label, (x, y, width, height), outlines, area)
    return Placed(shape, None, all(each.gold for each in halves), min(sure) if len(sure) == len(halves) else None)


def _one_outline(halves: Sequence[Placed]) -> list[Sequence[float]]:
    """The outline around all halves; each half's own where they cannot be one."""
    own = [outline for each in halves for outline in each.shape.segmentation]
    drawn = [_reaching(each, outline, halves) for each in halves for outline in each.shape.segmentation]
    whole = united(drawn) if len(drawn) > 1 else None
    return own if whole is None else [[value for point in whole for value in point]]


def _reaching(half: Placed, outline: Sequence[float], halves: Sequence[Placed]) -> list[tuple[float, float]]:
    """An outline's points; those at an edge where parts only touch lie just beyond it, so that the halves overlap."""
    points = list(zip(outline[::2], outline[1::2], strict=True))
    for other in halves:
        if half.part is None or other.part is None or other is half:
            continue
        strip = common(_box(half.part), _box(other.part))
        if strip is not None and 0 in strip[2:]:
            side = 0 if strip[2] == 0 else 1
            edge, way = strip[side], 1 if _box(half.part)[side] < strip[side] else -1
            beyond = edge + way * BEYOND
            points = [_moved(point, side, beyond) if abs(point[side] - edge) <= REACH else point for point in points]
    return points


def _moved(point: tuple[float, float], side: int, to: float) -> tuple[float, float]:
    return (to, point[1]) if side == 0 else (point[0], to)
