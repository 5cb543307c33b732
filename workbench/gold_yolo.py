"""Known answers as YOLO has them: a zip or folder with names of classes, and a text file of figures for each picture.

A line is `class x y width height` (a box by its middle) or `class x1 y1 x2 y2 x3 y3 …` (an outline), all as shares of the
picture's width and height; a sixth figure of a box, its confidence, is passed over. The picture's size is known when its
microtask is, so lines leave here as percentages, which is what Label Studio's regions are in.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import yaml

from accessibility.sentences import sentence
from workbench.domain import Json
from workbench.errors import BadInput
from workbench.media import unpack
from workbench.store.datasets import Problem

LARGEST = 4 * 1024 * 1024  # bytes of one text file: some 100,000 boxes
LISTS = frozenset({"train.txt", "val.txt", "valid.txt", "test.txt"})  # names of pictures, not figures
NAMES = ("classes.txt", "obj.names", "data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
SLACK = 1e-6  # figures are rounded to six places

Shape = Mapping[str, Json]
"""A Label Studio value: {"x", "y", "width", "height"} or {"points"}, in percentages, beside {"label"}."""


def read(path: Path, name: str) -> Iterator[tuple[str, str, list[Shape]] | Problem]:
    """
    (what the picture is called, file, shapes) of each label file; an empty file says that there is nothing. A file with
    a wrong line is told and left out: gold that misses a box would call right answers wrong.

    Raises:
        BadInput: there are no names of classes, or no label files.
        RefusedUpload: a zip that is not safe to open.
    """
    texts = dict(_texts(path, name))
    classes = _classes(texts, name)
    labels = [each for each in texts if _is_label_file(each, texts)]
    if not labels:
        raise BadInput(
            sentence("{name} has no label files: one .txt for each picture, such as labels/photo.txt.", name=name), file=name
        )
    twice = Counter(PurePosixPath(each).stem for each in labels)
    for each in labels:
        stem = PurePosixPath(each).stem
        shapes: list[Shape] = []
        wrong: list[Problem] = []
        for line, text in enumerate(texts[each].splitlines(), 1):
            found = _shape(text.split(), classes) if text.strip() else None
            if isinstance(found, str):
                wrong.append(Problem(each, line, sentence("{name} line {line} {found}", name=each, line=line, found=found)))
            elif found:
                shapes.append(found)
        yield from wrong
        if not wrong:
            yield (stem if twice[stem] == 1 else _beside(each)), each, shapes


def _texts(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """The text files by name; pictures in the same zip are passed over."""
    for entry in unpack.walk(path, name=name):
        kind = PurePosixPath(entry.name).suffix.lower()
        if kind not in (".txt", ".names", ".yaml", ".yml"):
            continue
        if entry.size > LARGEST:
            raise BadInput(
                sentence(
                    "{entry} is larger than 4 MB, which no label file is. Leave it out of {name}.", entry=entry.name, name=name
                ),
                file=name,
            )
        with entry.open() as file:
            content = file.read()
        try:
            yield entry.name, content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadInput(
                sentence("{entry} in {name} is not UTF-8 text. Save it as UTF-8 and try again.", entry=entry.name, name=name),
                file=name,
            ) from error


def _is_label_file(name: str, texts: Mapping[str, str]) -> bool:
    path = PurePosixPath(name)
    if path.suffix.lower() != ".txt" or path.name.lower() in LISTS | set(NAMES):
        return False
    # Where there is a folder of labels, what stands beside it is something else: a readme, a licence.
    return "labels" in path.parts[:-1] or not any("labels" in PurePosixPath(each).parts[:-1] for each in texts)


def _beside(name: str) -> str:
    """The picture's path by YOLO's rule: `images` in place of `labels`, without ending."""
    return "/".join("images" if part == "labels" else part for part in PurePosixPath(name).with_suffix("").parts)


def _classes(texts: Mapping[str, str], name: str) -> Sequence[str]:
    found = next((each for known in NAMES for each in texts if PurePosixPath(each).name.lower() == known), None)
    if found is None:
        raise BadInput(
            sentence("{name} has no classes.txt (one name on each line), obj.names or data.yaml. Add one.", name=name), file=name
        )
    if not found.lower().endswith((".yaml", ".yml")):
        return [line.strip() for line in texts[found].splitlines() if line.strip()]
    try:
        names = yaml.safe_load(texts[found])["names"]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise BadInput(
            sentence('{entry} in {name} has no list "names". Write names: [boat, person].', entry=found, name=name), file=name
        ) from error
    if isinstance(names, dict):
        names = [names.get(number) for number in range(len(names))]
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise BadInput(sentence('"names" in {entry} must be a list, or numbers from 0 with a name each.', entry=found), file=name)
    return [str(each) for each in names]


def _shape(cells: Sequence[str], classes: Sequence[str]) -> Shape | str:
    """The shape of a line, or what is wrong with it."""
    try:
        number, figures = int(cells[0]), [float(cell) for cell in cells[1:]]
    except ValueError:
        return sentence("is not a class number and figures. Write: class x y width height.")
    if not 0 <= number < len(classes):
        return sentence(
            "names class {number}, and there are {count} classes (from 0). Check the list of classes.",
            number=number,
            count=len(classes),
        )
    if not all(math.isfinite(each) and -SLACK <= each <= 1 + SLACK for each in figures):
        return sentence("has figures outside of 0 to 1. YOLO gives shares of the picture's width and height.")
    if len(figures) in (4, 5):
        return {"label": classes[number], **_box(*figures[:4])}
    if len(figures) >= 6 and len(figures) % 2 == 0:
        points = [[100 * x, 100 * y] for x, y in zip(figures[::2], figures[1::2], strict=True)]
        return {"label": classes[number], "points": points}
    return sentence("has {count} figures after the class. A box has 4, an outline has an even number from 6.", count=len(figures))


def _box(x: float, y: float, width: float, height: float) -> dict[str, float]:
    # An edge that rounding put outside is the picture's own edge.
    left, right = max(x - width / 2, 0.0), min(x + width / 2, 1.0)
    top, bottom = max(y - height / 2, 0.0), min(y + height / 2, 1.0)
    return {"x": 100 * left, "y": 100 * top, "width": 100 * (right - left), "height": 100 * (bottom - top)}
