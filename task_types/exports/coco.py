"""COCO: pictures with boxes or outlines, one consensus per picture.

Pictures that are still open, or a part of which is, are left out: in COCO a picture without annotations says that
nothing is there. Of a picture that was asked about in parts, the halves of one thing are put together (`joining`).

Source: cocodataset.org/#format-data
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from accessibility.sentences import sentence
from task_types import reasons
from task_types.errors import UnreadableExport
from task_types.exports.joining import CocoShape, Placed, joined
from task_types.exports.json_lines import ENCODER, frame_of
from task_types.protocol import Item, Json, Read
from task_types.settings import StepSettings

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)


class Coco(Generic[S, P, A]):
    """The format, given how a type's answer becomes shapes and back."""

    suffix = ".json"

    def __init__(self, shapes: Callable[[A], Sequence[CocoShape]], answer: Callable[[Sequence[CocoShape]], A]) -> None:
        self._shapes = shapes
        self._answer = answer

    def write(self, items: Iterable[Item[S, P, A]], out: Path) -> Iterator[Path]:
        """Images go straight to the file, annotations wait in another: memory holds neither."""
        with (
            out.open("w", encoding="utf-8", newline="\n") as file,
            tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=out.parent) as waiting,
        ):
            file.write('{"info":{"description":"Annotation lab export"},"licenses":[],\n"images":[')
            categories = self._stream(items, file, waiting)
            file.write('],\n"annotations":[')
            waiting.seek(0)
            shutil.copyfileobj(waiting, file)
            file.write(f'],\n"categories":{ENCODER.encode(categories)}}}\n')
        yield out

    def _stream(self, items: Iterable[Item[S, P, A]], images: IO[str], annotations: IO[str]) -> list[dict[str, Json]]:
        ids: dict[str, int] = {}
        counts = {"images": 0, "annotations": 0}
        for _, of_picture in groupby(items, key=_picture):
            group = list(of_picture)
            if any(item.settled is None for item in group):
                continue
            counts["images"] += 1
            _append(images, counts["images"], _image(group[0], counts["images"]))
            for placed in joined(list(self._all_shapes(group, ids))):
                counts["annotations"] += 1
                _append(annotations, counts["annotations"], _annotation(placed, ids, counts))
        return [{"id": i, "name": name, "supercategory": ""} for name, i in ids.items()]

    def _all_shapes(self, group: Sequence[Item[S, P, A]], ids: dict[str, int]) -> Iterator[Placed]:
        for item in group:
            for label in getattr(item.case.settings, "labels", ()):
                ids.setdefault(label.value, len(ids) + 1)
            part, confidence = getattr(item.case.payload, "crop", None), getattr(item.outcome, "confidence", None)
            for shape in self._shapes(item.settled) if item.settled is not None else ():
                ids.setdefault(shape.label, len(ids) + 1)
                yield Placed(shape, part, item.gold, confidence)

    def read(self, path: Path) -> Iterator[Read[A]]:
        """One answer per picture, by its file name; per frame of a video, by the video's."""
        data = load(path)
        names = {category["id"]: category["name"] for category in data["categories"]}
        found: dict[int, list[CocoShape]] = {image["id"]: [] for image in data["images"]}
        try:
            for one in data["annotations"]:
                found[one["image_id"]].append(_shape(one, names))
            for image in data["images"]:
                key = f"frame-{image['frame']}" if "frame" in image else None
                yield Read(image["video"] if key else image["file_name"], self._answer(found[image["id"]]), key)
        except (KeyError, TypeError, ValidationError) as error:
            raise UnreadableExport(
                sentence("{file} is not complete COCO: {what}", file=path.name, what=reasons.of_answer(error))
            ) from None


def _picture(item: Item[Any, Any, Any]) -> tuple[str, Json]:
    """What belongs to one picture: parts of it come together, each frame of a video is one of its own."""
    return item.source.key, frame_of(item).get("frame")


def _append(file: IO[str], number: int, row: Mapping[str, Json]) -> None:
    file.write(("\n" if number == 1 else ",\n") + ENCODER.encode(row))


def _image(item: Item[Any, Any, Any], number: int) -> dict[str, Json]:
    size = {"width": item.case.payload.width, "height": item.case.payload.height}
    reference = {"external_ref": item.source.external_ref} if item.source.external_ref else {}
    frame, name = frame_of(item), item.source.key
    of_video = {"video": name, **frame} if frame else {}
    return {"id": number, "file_name": f"{name}#frame-{frame['frame']}" if frame else name, **of_video, **size, **reference}


def _annotation(placed: Placed, ids: Mapping[str, int], counts: Mapping[str, int]) -> dict[str, Json]:
    shape = placed.shape
    return {
        "id": counts["annotations"],
        "image_id": counts["images"],
        "category_id": ids[shape.label],
        "bbox": list(shape.bbox),
        "area": round(shape.area, 4),
        "segmentation": [list(outline) for outline in shape.segmentation],
        "iscrowd": 0,
        "gold": placed.gold,
        "confidence": placed.confidence,
    }


def load(path: Path) -> dict[str, list[dict[str, Json]]]:
    """The three lists of a COCO file.

    Raises:
        UnreadableExport: it is not JSON, or a list is missing.
    """
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableExport(sentence("{file} is not JSON ({what}).", file=path.name, what=reasons.of_json(error))) from None
    lists = ("images", "annotations", "categories")
    missing = [name for name in lists if not isinstance(data, dict) or not isinstance(data.get(name), list)]
    if missing:
        raise UnreadableExport(
            sentence("{file} is not COCO: the list {missing} is missing.", file=path.name, missing=", ".join(missing))
        )
    return {name: data[name] for name in lists}


def _shape(one: Mapping[str, Json], names: Mapping[int, str]) -> CocoShape:
    outlines = one.get("segmentation")
    kept = outlines if isinstance(outlines, list) else []  # run-length masks are no outline
    return CocoShape(names[one["category_id"]], tuple(one["bbox"]), kept, one.get("area") or 0.0)
