"""Splitting a picture: whole, by a grid, or by the crops that a client gives. Answers stay in pixels of the whole picture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

from pydantic import BaseModel, ConfigDict, Field

from accessibility.sentences import sentence
from task_types.errors import NotSplittable
from task_types.protocol import Json, Part
from task_types.settings import StepSettings

SMALLEST = 64  # pixels: a smaller piece of a grid shows nothing


class Area(BaseModel):
    """A part of a picture, whole pixels of the upright original."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    x: int = Field(ge=0)
    y: int = Field(ge=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)

    @property
    def key(self) -> str:
        """Names the piece: the same part, the same question."""
        return f"crop-{self.x}-{self.y}-{self.width}-{self.height}"


class PictureSettings(StepSettings):
    """Settings of a step about pictures, which may be cut."""

    grid_columns: int = Field(default=1, ge=1, le=20, description="large pictures are cut: so many pieces beside each other")
    grid_rows: int = Field(default=1, ge=1, le=20, description="and so many above each other")
    grid_overlap: float = Field(default=0.1, ge=0, le=0.5, description="share of a piece that it has in common with the next one")
    crops_column: str | None = Field(
        default=None, description="the column of a table row with the parts to ask about: [[x, y, width, height], …] in pixels"
    )


def pieces(part: Part, settings: PictureSettings | None) -> list[Area | None]:
    """
    The parts of a picture to ask about; None is the picture as a whole.

    Raises:
        NotSplittable: the crops cannot be read, lie outside the picture, or its size is not known.
    """
    if settings is None or (settings.crops_column is None and settings.grid_columns == settings.grid_rows == 1):
        return [None]
    if part.width is None or part.height is None:
        raise NotSplittable(
            sentence('The size of picture "{file_name}" is not known. Ingest it again.', file_name=part.file_name or part.name)
        )
    if settings.crops_column is not None:
        return [*_crops(part, settings.crops_column, part.width, part.height)]
    columns = _stretches(part.width, settings.grid_columns, settings.grid_overlap)
    rows = _stretches(part.height, settings.grid_rows, settings.grid_overlap)
    cut = [Area(x=x, y=y, width=width, height=height) for (y, height), (x, width) in product(rows, columns)]
    return [None] if len(cut) == 1 else [*cut]


def _stretches(length: int, wanted: int, overlap: float) -> list[tuple[int, int]]:
    """(start, length) of equal stretches that cover it, each sharing this much of itself with the next."""
    count = max(1, min(wanted, length // SMALLEST))
    each = length / (count - (count - 1) * overlap)
    starts = [round(number * each * (1 - overlap)) for number in range(count)]
    return [(start, min(length, round(start + each)) - start) for start in starts]


def _crops(part: Part, column: str, width: int, height: int) -> Iterator[Area]:
    name = part.file_name or part.name
    if column not in part.fields:
        raise NotSplittable(
            sentence('The row of "{name}" has no column "{column}" with crops.', name=name, column=column), field="crops_column"
        )
    numbers = _numbers(part.fields[column], name)
    for x, y, wide, high in numbers:
        left, top, right, bottom = int(x), int(y), -int(-(x + wide) // 1), -int(-(y + high) // 1)
        if left < 0 or top < 0 or right > width or bottom > height or right <= left or bottom <= top:
            raise NotSplittable(
                sentence(
                    'The crop {x:g}, {y:g}, {wide:g}, {high:g} does not lie inside "{name}" ({width} × {height} pixels).',
                    x=x,
                    y=y,
                    wide=wide,
                    high=high,
                    name=name,
                    width=width,
                    height=height,
                )
            )
        yield Area(x=left, y=top, width=right - left, height=bottom - top)


def _numbers(text: str, name: str) -> list[list[float]]:
    """[[x, y, width, height], …], or one such list by itself."""
    try:
        found: Json = json.loads(text)
    except ValueError:
        found = None
    rows = [found] if isinstance(found, list) and found and not isinstance(found[0], list) else found
    good = isinstance(rows, list) and rows and all(isinstance(row, list) and len(row) == 4 for row in rows)
    if not good or not all(isinstance(value, int | float) and not isinstance(value, bool) for row in rows for value in row):
        raise NotSplittable(
            sentence(
                'The crops of "{name}" are "{text}". Write them as [[x, y, width, height], …] in pixels.',
                name=name,
                text=text[:60],
            )
        )
    return [[float(value) for value in row] for row in rows]
