"""A picture in parts comes back as one: halves of one thing are put together, neighbours stay two."""

from __future__ import annotations

from pathlib import Path

import pytest

from task_types import registry
from task_types.exports.joining import CocoShape, Placed, joined
from task_types.geometry import area, bounds
from task_types.pictures import Area
from task_types.protocol import Case, Item, Settled, Source

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


def outline(part: Area, *points: tuple[float, float]) -> Placed:
    """An outline in a part."""
    return Placed(CocoShape("boat", bounds(points), [[v for point in points for v in point]], area(points)), part, False, None)


def rectangle(part: Area, x: float, y: float, right: float, bottom: float) -> Placed:
    """Four corners."""
    return outline(part, (x, y), (right, y), (right, bottom), (x, bottom))


def one_outline(*halves: Placed) -> set[tuple[float, float]]:
    """The corners of the one outline that came out."""
    (whole,) = joined(halves)
    (found,) = whole.shape.segmentation
    assert whole.shape.area == pytest.approx(area(list(zip(found[::2], found[1::2], strict=True))), rel=0.03)
    return set(zip(found[::2], found[1::2], strict=True))


def test_halves_of_an_outline_are_one_outline() -> None:
    """Edges that lie on each other leave no corner; what each half ended at is gone."""
    assert one_outline(rectangle(LEFT, 50, 20, 100, 50), rectangle(RIGHT, 80, 20, 140, 50)) == {
        (50, 20), (140, 20), (140, 50), (50, 50),
    }  # fmt: skip


def test_two_people_drew_the_halves_a_little_differently() -> None:
    """The boundary follows who drew further out."""
    found = one_outline(rectangle(LEFT, 50, 20, 100, 50), rectangle(RIGHT, 80, 22, 140, 53))
    assert found == {(50, 20), (100, 20), (100, 22), (140, 22), (140, 53), (80, 53), (80, 50), (50, 50)}


def test_halves_that_only_touch_become_one_outline_too() -> None:
    """Each ends at the edge between the parts, or just before it."""
    found = one_outline(rectangle(LEFT, 60, 20, 99, 50), rectangle(BESIDE, 101.5, 20, 150, 50))
    assert found == {(60, 20), (150, 20), (150, 50), (60, 50)}


def test_an_outline_over_three_parts_and_against_the_clock() -> None:
    """Whichever way round each was drawn."""
    left, below = rectangle(LEFT, 40, 40, 100, 100), rectangle(BELOW, 40, 80, 100, 150)
    right = outline(RIGHT, (80, 40), (80, 100), (130, 100), (130, 40))
    assert one_outline(left, right, below) == {(40, 40), (130, 40), (130, 100), (100, 100), (100, 150), (40, 150)}


def test_a_ring_over_two_parts_keeps_both_outlines() -> None:
    """One outline cannot have a hole; nothing is filled in."""
    left = outline(LEFT, (20, 20), (100, 20), (100, 30), (30, 30), (30, 70), (100, 70), (100, 80), (20, 80))
    right = outline(RIGHT, (80, 20), (160, 20), (160, 80), (80, 80), (80, 70), (150, 70), (150, 30), (80, 30))
    (whole,) = joined([left, right])
    assert len(whole.shape.segmentation) == 2


def test_an_outline_over_parts_is_read_back_as_one(tmp_path: Path) -> None:
    """Two microtasks of one picture, one ship: out to COCO and back it is one outline."""
    polygon = registry.get("polygon")
    settings, size = polygon.settings_model(labels=["boat"]), {"media": "harbour", "width": 180, "height": 180}
    halves = ((LEFT, [[50, 20], [100, 20], [100, 50], [50, 50]]), (RIGHT, [[80, 21], [140, 21], [140, 50], [80, 50]]))
    items = [
        Item(
            source=Source("harbour.png", ()),
            microtask=f"m{number}",
            key=part.key,
            step="s",
            task_type="polygon",
            case=Case(settings, polygon.payload_model(**size, crop=part), "en"),
            outcome=Settled(polygon.answer_model.model_validate({"polygons": [{"label": "boat", "points": points}]}), 1.0),
            count=1,
        )
        for number, (part, points) in enumerate(halves)
    ]
    list(polygon.exporters["coco"].write(items, tmp_path / "boats.json"))
    (back,) = polygon.exporters["coco"].read(tmp_path / "boats.json")
    (ship,) = back.answer.polygons
    assert bounds(ship.points) == (50, 20, 90, 30)
