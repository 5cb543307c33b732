"""`workbench aggregate` and `workbench agreement`: plain CSV in, plain CSV out; no database and no lab."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

from accessibility.sentences import sentence
from task_types import registry
from workbench.domain import Json
from workbench.errors import BadInput, Invalid

if TYPE_CHECKING:
    from quality.cells import Row

T = TypeVar("T")
LONGEST_CELL = 16 * 1024 * 1024  # characters; Python's own limit of 128 KiB is short for a long transcript
LABELS = ("task", "worker", "label")
GOLD = ("task", "label")


def aggregate(labels: Path, type_name: str, out: Path, gold: Path | None = None) -> str:
    """
    Settle the answers of a CSV file and write task, label, confidence.

    Args:
        labels: columns task, worker, label; others are passed over. A label is plain text or the type's answer as
            JSON; for boxes also a list of [x1,y1,x2,y2].
        gold: columns task, label; a task may stand there several times, each time with another accepted answer.

    Returns:
        One sentence for the person who asked.

    Raises:
        Invalid: the type does not merge answers.
        BadInput: a file that cannot be read, with its line.
    """
    from quality import tables

    kind = _kind(type_name)
    rows = list(_rows(labels))
    results = _judged(labels, lambda: tables.aggregate(rows, kind, _accepted(gold) if gold else None), gold)
    _write(out, [(one.task, one.label, f"{one.confidence:.4f}") for one in results])
    return sentence(
        "{labels:,} labels of {tasks:,} tasks settled into {file}.", labels=len(rows), tasks=len(results), file=out.name
    )


def agreement(labels: Path, type_name: str) -> dict[str, Json]:
    """
    How far the workers of a CSV file agree, with a 95% interval.

    Raises:
        Invalid, BadInput: as `aggregate`.
    """
    import numpy as np

    from quality import tables

    kind = _kind(type_name)
    rows = list(_rows(labels))
    # A fixed seed: the same file gives the same interval.
    found = _judged(labels, lambda: tables.agreement(rows, kind, rng=np.random.default_rng(0)))
    measure = "pairwise F1" if kind in ("boxes", "segments") else "Krippendorff's alpha"
    figures = {"agreement": found.alpha, "low": found.low, "high": found.high}
    rounded = {name: None if value is None else round(value, 4) for name, value in figures.items()}
    reason = {"reason": found.reason} if found.reason else {}
    return {"measure": measure, **rounded, "tasks": found.microtasks, **reason}


def _kind(type_name: str) -> str:
    task_type = registry.get(type_name)
    if task_type.aggregator is None:
        raise Invalid(
            sentence(
                "Answers of {type_name} are collected, not merged: there is nothing right or wrong in them.", type_name=type_name
            ),
            field="type",
        )
    return task_type.aggregator.table


def _judged(labels: Path, work: Callable[[], T], gold: Path | None = None) -> T:
    from quality.errors import BadLabel, QualityError

    try:
        return work()
    except BadLabel as error:
        file = labels if error.line or gold is None else gold  # only answers of the first file come with their line
        where = sentence("{file} line {line}", file=file.name, line=error.line) if error.line else file.name
        said = sentence(error.words, **error.values)
        raise BadInput(sentence("{where}: {message}", where=where, message=said), file=file.name, line=error.line) from error
    except QualityError as error:
        said = sentence(error.words, **error.values)
        raise BadInput(sentence("{name}: {error}", name=labels.name, error=said), file=labels.name) from error


def _rows(path: Path) -> Iterator[Row]:
    from quality.cells import Row

    for line, (task, worker, label) in _cells(path, LABELS):
        yield Row(task, worker, label, line)


def _accepted(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, (task, label) in _cells(path, GOLD):
        found.setdefault(task, []).append(label)
    return found


def _cells(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """(line, the cells of these columns) of every row."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=_delimiter(file, columns))
            header = [name.strip().lower() for name in next(reader, [])]
            places = _places(path, header, columns)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) > max(places):
                    yield reader.line_num, [cells[place] for place in places]
                else:
                    raise _short(path, reader.line_num, len(cells), len(header))
    except UnicodeDecodeError as error:
        raise BadInput(
            sentence("{file} is not UTF-8 text. Save it as UTF-8 and try again.", file=path.name), file=path.name
        ) from error
    except csv.Error as error:
        raise BadInput(
            sentence(
                "{file} line {line} is not as a CSV file writes a row. Look for a quotation mark that is never closed.",
                file=path.name,
                line=reader.line_num,
            ),
            file=path.name,
            line=reader.line_num,
        ) from error
    except OSError as error:
        raise BadInput(sentence("Cannot read {path}: {reason}.", path=path, reason=error.strerror), file=path.name) from error


def _delimiter(file: TextIO, columns: Sequence[str]) -> str:
    """A comma, a semicolon (Excel in much of Europe) or a tab: whichever parts the header into the columns that are wanted."""
    header = file.readline().lower()
    file.seek(0)

    def found(delimiter: str) -> int:
        names = {name.strip(' \r\n"') for name in header.split(delimiter)}
        return len(names & set(columns))

    return max((",", ";", "\t"), key=found)


def _places(path: Path, header: Sequence[str], columns: Sequence[str]) -> list[int]:
    missing = [name for name in columns if name not in header]
    if missing:
        has = ", ".join(header) or sentence("nothing")
        raise BadInput(
            sentence("{file} needs the columns {columns}; it has {has}.", file=path.name, columns=", ".join(columns), has=has),
            file=path.name,
            line=1,
        )
    return [header.index(name) for name in columns]


def _short(path: Path, line: int, count: int, wanted: int) -> BadInput:
    message = sentence(
        "{file} line {line} has {fields}, the header has {wanted}. Quote values that contain commas.",
        file=path.name,
        line=line,
        fields=sentence("1 field") if count == 1 else sentence("{count} fields", count=count),
        wanted=wanted,
    )
    return BadInput(message, file=path.name, line=line)


def _write(out: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    """The whole file or none."""
    waiting = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with waiting.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("task", "label", "confidence"))
            writer.writerows(rows)
        waiting.replace(out)
    except OSError as error:
        waiting.unlink(missing_ok=True)
        raise BadInput(
            sentence("Cannot write {out}: {reason}. Choose another place.", out=out, reason=error.strerror), file=str(out)
        ) from error
