"""A picture in parts comes back as one: halves of one thing are put together, neighbours stay two."""

from __future__ import annotations

import pytest

from task_types.exports.joining import CocoShape, Placed, joined
from task_types.pictures import Area

# Two parts of 100 × 100 pixels that share 20, two that only touch, and one below the first.
LEFT, RIGHT = Area(x=0, y=0, width=100, height=100), Area(x=80, y=0, width=100, height=100)
BESIDE, BELOW = Area(x=100, y=0, width=100, height=100), Area(x=0, y=80, width=100, height=100)


def box(part: Area | None, *bbox: float, label: str = "boat", confidence: float | None = 0.9) -> Placed:
    """A box in a part."""
    return Placed(CocoShape(label, bbox, (), bbox[2] * bbox[3]), part, False, confidence)


def boxes(found: list[Placed]) -> list[tuple[float, ...]]:
    """What came out."""
    return [one.shape.bbox for one in found]


def test_a_boat_over_the_edge_of_two_parts_is_one_boat() -> None:
    """Each half ends at its part's edge; together they are the whole, as sure as the less sure half."""
    (whole,) = joined([box(LEFT, 50, 20, 50, 30), box(RIGHT, 80, 21, 60, 30, confidence=0.7)])
    assert (whole.shape.bbox, whole.shape.area, whole.confidence) == ((50, 20, 90, 31), 90 * 31, 0.7)


def test_a_boat_within_what_both_parts_show_is_one_boat() -> None:
    """Drawn twice, a little differently."""
    assert boxes(joined([box(LEFT, 82, 20, 15, 10), box(RIGHT, 83, 20, 15, 10)])) == [(82, 20, 16, 10)]


def test_parts_that_only_touch_are_joined_along_their_edge() -> None:
    """Both halves reach the edge, at the same height."""
    assert boxes(joined([box(LEFT, 60, 20, 40, 30), box(BESIDE, 100, 22, 50, 30)])) == [(60, 20, 90, 32)]
    apart = [box(LEFT, 60, 20, 30, 30), box(BESIDE, 100, 22, 50, 30)]
    assert joined(apart) == apart


def test_a_boat_over_four_parts_is_one_boat() -> None:
    """Three parts here: beside each other and above each other."""
    thirds = [box(LEFT, 40, 40, 60, 60), box(RIGHT, 80, 40, 40, 60), box(BELOW, 40, 80, 60, 40)]
    assert boxes(joined(thirds)) == [(40, 40, 80, 80)]


@pytest.mark.parametrize(
    "two",
    [
        (box(LEFT, 50, 20, 50, 30), box(RIGHT, 80, 21, 60, 30, label="sun")),
        (box(LEFT, 50, 20, 50, 30), box(RIGHT, 80, 60, 60, 30)),
        (box(LEFT, 10, 20, 30, 30), box(LEFT, 12, 20, 30, 30)),
        (box(None, 10, 20, 30, 30), box(None, 10, 20, 30, 30)),
    ],
    ids=["another label", "another height", "two of one part", "a whole picture"],
)
def test_what_is_not_one_thing_stays_two(two: tuple[Placed, Placed]) -> None:
    """A label, a place or a part that says so."""
    assert joined(two) == list(two)


def test_two_boats_close_together_find_each_their_own_half() -> None:
    """The pairs that agree most come first, and a half is used once."""
    halves = [box(LEFT, 50, 20, 50, 30), box(LEFT, 50, 40, 50, 30), box(RIGHT, 80, 38, 60, 32), box(RIGHT, 80, 20, 60, 30)]
    assert boxes(joined(halves)) == [(50, 20, 90, 30), (50, 38, 90, 32)]


def test_halves_of_an_outline_stand_in_one_annotation() -> None:
    """Both outlines, the box around them, and the area that they cover once."""
    outlines = [(50, 20, 100, 20, 100, 50, 50, 50), (80, 20, 140, 20, 140, 50, 80, 50)]
    parts = ((LEFT, (50.0, 20.0, 50.0, 30.0), outlines[0]), (RIGHT, (80.0, 20.0, 60.0, 30.0), outlines[1]))
    halves = [Placed(CocoShape("boat", bbox, [outline], bbox[2] * bbox[3]), part, False, None) for part, bbox, outline in parts]
    (whole,) = joined(halves)
    assert (whole.shape.bbox, list(whole.shape.segmentation)) == ((50, 20, 90, 30), outlines)
    assert whole.shape.area == pytest.approx(90 * 30, rel=0.02)
