"""The chart of a person's pace: where its points stand. The template draws them; a table beside it says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.own_pace import Pace, PaceDay

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 60, 12, 14, 34
MOST_SHOWN = 30
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)  # seconds between two lines of the grid


@dataclass(frozen=True)
class Line:
    """A line of the grid, at y, for so many seconds."""

    y: float
    seconds: int


@dataclass(frozen=True)
class Chart:
    """One kind of work. `points` is an SVG list of x,y; `usual` has pieces, broken where there is no usual."""

    kind: str
    days: Sequence[PaceDay]
    dots: Sequence[tuple[float, float]]
    points: str
    usual: Sequence[str]
    grid: Sequence[Line]
    enough: bool


def chart(pace: Pace) -> Chart:
    """The newest days of one kind of work."""
    days = list(pace.days[-MOST_SHOWN:])
    most = max((max(day.seconds, day.usual_seconds or 0) for day in days), default=1.0)
    step = next((each for each in STEPS if most / each <= 4), STEPS[-1])
    top = step * (int(most // step) + 1)
    dots = [(_x(index, len(days)), _y(day.seconds, top)) for index, day in enumerate(days)]
    grid = [Line(_y(seconds, top), seconds) for seconds in range(0, top + 1, step)]
    return Chart(pace.kind, days, dots, _points(dots), _usual(days, top), grid, pace.enough)


def _x(index: int, count: int) -> float:
    wide = WIDTH - LEFT - RIGHT
    return round(LEFT + (wide / 2 if count == 1 else wide * index / (count - 1)), 1)


def _y(seconds: float, top: int) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - seconds / top), 1)


def _usual(days: Sequence[PaceDay], top: int) -> list[str]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for index, day in enumerate(days):
        if day.usual_seconds is None:
            pieces.append([])
        else:
            pieces[-1].append((_x(index, len(days)), _y(day.usual_seconds, top)))
    return [_points(piece) for piece in pieces if len(piece) > 1]


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
