"""Two outlines that overlap, as one: the boundary of what lies in either of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from task_types.geometry import Points, area

Point = tuple[float, float]
# Edges that lie on each other make no crossing. So much one outline is moved, in pixels, that none do; it is rounded away.
NUDGE = (3.1e-6, 2.3e-6)
DIGITS = 4
FLAT = 0.01  # square pixels: a corner that spans no more is none
HOLES = 0.01  # share of the whole that may be left out between two outlines; with more, they stay two


def united(outlines: Sequence[Points]) -> Points | None:
    """
    One outline around all of these; None where they do not hang together, or leave a hole.

    Each edge is cut where another outline crosses it; what lies inside of the other is left out, and the rest is the boundary.
    """
    whole, *others = outlines
    waiting = list(others)
    while waiting:
        found = next(((other, one) for other in waiting if (one := _both(whole, other))), None)
        if found is None:
            return None
        waiting.remove(found[0])
        whole = found[1]
    return whole


def _both(left: Points, right: Points) -> Points | None:
    moved = [(x + NUDGE[0], y + NUDGE[1]) for x, y in right]
    edges = [*_outside(left, moved), *_outside(moved, left)]
    loops = sorted(_loops(edges), key=area, reverse=True)
    left_out = sum(area(loop) for loop in loops[1:])  # a hole between them, or an outline that does not meet the other
    return _tidy(loops[0]) if loops and left_out <= HOLES * area(loops[0]) else None


def _edges(points: Points) -> Iterator[tuple[Point, Point]]:
    return pairwise([*points, points[0]])


def _outside(outline: Points, other: Points) -> Iterator[tuple[Point, Point]]:
    """The pieces of an outline that do not lie within the other, in its own direction, turned so that all go one way."""
    forward = _turn(outline) >= 0
    for start, end in _edges(outline):
        for a, b in pairwise(_cut(start, end, other)):
            if not _within(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), other):
                yield (a, b) if forward else (b, a)


def _cut(start: Point, end: Point, other: Points) -> list[Point]:
    """An edge with the places where the other outline crosses it."""
    (x1, y1), (x2, y2) = start, end
    found = [(0.0, start), (1.0, end)]
    for (x3, y3), (x4, y4) in _edges(other):
        slant = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
        if slant:
            along = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / slant
            across = ((x3 - x1) * (y2 - y1) - (y3 - y1) * (x2 - x1)) / slant
            if 0 < along < 1 and 0 <= across <= 1:
                found.append((along, _rounded((x1 + along * (x2 - x1), y1 + along * (y2 - y1)))))
    return [_rounded(point) for _, point in sorted(found)]


def _rounded(point: Point) -> Point:
    # Finer than what is written, and coarse enough that both outlines name a crossing alike.
    return round(point[0], 7), round(point[1], 7)


def _within(point: Point, outline: Points) -> bool:
    """By how often a ray to the left meets the outline. Source: Shimrat 1962, doi:10.1145/368637.368653"""
    x, y = point
    crossings = ((x1 + (y - y1) * (x2 - x1) / (y2 - y1)) <= x for (x1, y1), (x2, y2) in _edges(outline) if (y1 > y) != (y2 > y))
    return sum(crossings) % 2 == 1


def _turn(points: Points) -> float:
    """Twice the area, with a sign for the direction."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in _edges(points))


def _loops(edges: Sequence[tuple[Point, Point]]) -> Iterator[list[Point]]:
    """Pieces put end to end; what does not close is left out."""
    after: dict[Point, list[Point]] = {}
    for a, b in edges:
        if a != b:
            after.setdefault(a, []).append(b)
    while after:
        start = next(iter(after))
        loop, at = [start], _taken(after, start)
        while at != start and at in after:
            loop.append(at)
            at = _taken(after, at)
        if at == start and len(loop) > 2:
            yield loop


def _taken(after: dict[Point, list[Point]], at: Point) -> Point:
    found = after[at].pop()
    if not after[at]:
        del after[at]
    return found


def _tidy(points: Points) -> Points:
    """Written as shapes are, without points in the middle of a straight edge."""
    kept = [(round(x, DIGITS), round(y, DIGITS)) for x, y in points]
    number = 0
    while len(kept) > 3 and number < len(kept):
        before, here, after = kept[number - 1], kept[number], kept[(number + 1) % len(kept)]
        if area((before, here, after)) <= FLAT:
            kept.pop(number)
            number = max(0, number - 1)
        else:
            number += 1
    return kept
