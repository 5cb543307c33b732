"""CSV for spreadsheets: one microtask per row; with every answer asked for, one answer per row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from accessibility.sentences import sentence
from task_types.errors import UnreadableExport
from task_types.exports.json_lines import ENCODER, outcome, plain, status
from task_types.protocol import Item, Read

A = TypeVar("A", bound=BaseModel)
COLUMNS = ("source", "external_ref", "microtask", "key", "step", "type", "status", "worker", "value", "answer",
           "confidence", "answers", "gold")  # fmt: skip
DONT_KNOW = {"dont_know": True}
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table(Generic[A]):
    """`value` is the answer as a person reads it, `answer` the same as JSON; opinions have their shares there."""

    suffix = ".csv"

    def __init__(self, answer_model: type[A]) -> None:
        self._answer_model = answer_model

    def write(self, items: Iterable[Item[Any, Any, Any]], out: Path) -> Iterator[Path]:
        """A header and rows; UTF-8 with the mark that Excel looks for."""
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for item in items:
                writer.writerows(_rows(item))
        yield out

    def read(self, path: Path) -> Iterator[Read[A]]:
        """Rows with an answer that was not one worker's own."""
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"source", "answer"} <= set(rows.fieldnames or ()):
                raise UnreadableExport(sentence('{file} needs the columns "source" and "answer".', file=path.name))
            for row in rows:
                if row["answer"] and not row.get("worker") and row.get("status") not in ("distribution", "collected"):
                    yield self._read(row, sentence("{file} line {line}", file=path.name, line=rows.line_num))

    def _read(self, row: dict[str, str], where: str) -> Read[A]:
        try:
            answer = self._answer_model.model_validate(json.loads(row["answer"]))
        except (ValidationError, ValueError):
            fields = ", ".join(self._answer_model.model_fields)
            raise UnreadableExport(
                sentence("{where}: the answer is not JSON with the fields {fields}.", where=where, fields=fields)
            ) from None
        return Read(_bare(row["source"]), answer, _bare(row.get("key") or "") or None)


def _rows(item: Item[Any, Any, Any]) -> Iterator[list[object]]:
    start = [item.source.key, item.source.external_ref or "", item.microtask, item.key, item.step, item.task_type, status(item)]
    head = [_safe(str(cell)) for cell in start]
    found = outcome(item.outcome)
    answer = found["answer"] if found["answer"] is not None else found.get("shares") or found.get("collected")
    confidence = "" if found["confidence"] is None else found["confidence"]
    yield [*head, "", *_shown(answer), confidence, item.count, int(item.gold)]
    for one in item.answers:
        own = DONT_KNOW if one.answer is None else plain(one.answer)
        yield [*head, one.worker, *_shown(own), "", "", int(item.gold)]


def _shown(answer: Any) -> tuple[str, str]:
    if answer is None:
        return "", ""
    if answer == DONT_KNOW:
        return "dont_know", ENCODER.encode(answer)
    simple = next(iter(answer.values())) if isinstance(answer, dict) and len(answer) == 1 else None
    value = "" if isinstance(simple, dict | list) or simple is None else str(simple)
    return _safe(value), ENCODER.encode(answer)


def _safe(cell: str) -> str:
    # A spreadsheet would run a cell that starts like a formula: what a stranger typed must stay text.
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
