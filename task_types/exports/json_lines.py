"""JSON Lines: one microtask per line, with everything a program may want. A gold file has the same shape."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from accessibility.sentences import sentence
from task_types import reasons
from task_types.errors import UnreadableExport
from task_types.protocol import Collected, Distribution, Given, Item, Json, Outcome, Read, Settled

A = TypeVar("A", bound=BaseModel)
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class JsonLines(Generic[A]):
    """`answer` is the consensus; an opinion has `shares` and `intervals` instead, a survey `collected`."""

    suffix = ".jsonl"

    def __init__(self, answer_model: type[A]) -> None:
        self._answer_model = answer_model

    def write(self, items: Iterable[Item[Any, Any, Any]], out: Path) -> Iterator[Path]:
        """One line per microtask, in the order of the items."""
        with out.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(ENCODER.encode(line(item)) + "\n" for item in items)
        yield out

    def read(self, path: Path) -> Iterator[Read[A]]:
        """`answer`, or each of `accepted`; lines without either are passed over."""
        with path.open(encoding="utf-8-sig") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield from self._of_line(text, sentence("{file} line {line}", file=path.name, line=number))

    def _of_line(self, text: str, where: str) -> Iterator[Read[A]]:
        row = _object(text, where)
        if not isinstance(source := row.get("source"), str):
            raise UnreadableExport(
                sentence('{where} has no "source". Each line needs {{"source": …, "answer": …}}.', where=where)
            )
        for answer in _answers(row):
            try:
                yield Read(source, self._answer_model.model_validate(answer), row.get("key"))
            except ValidationError as error:
                raise UnreadableExport(
                    sentence("{where}: {what} {shape}", where=where, what=reasons.of_answer(error), shape=self._shape())
                ) from None

    def _shape(self) -> str:
        return sentence("An answer has these fields: {fields}.", fields=", ".join(self._answer_model.model_fields))


def _object(text: str, where: str) -> dict[str, Json]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableExport(
            sentence("{where} is not JSON ({what}). Each line is one JSON object.", where=where, what=reasons.of_json(error))
        ) from None
    if not isinstance(row, dict):
        raise UnreadableExport(sentence("{where} is not a JSON object. Each line is {{…}}.", where=where))
    return row


def _answers(row: Mapping[str, Json]) -> list[Json]:
    accepted = row.get("accepted")
    if accepted is not None:
        return list(accepted) if isinstance(accepted, list) else [accepted]
    return [row["answer"]] if row.get("answer") is not None else []


def line(item: Item[Any, Any, Any]) -> dict[str, Json]:
    """One microtask as a JSON object."""
    row: dict[str, Json] = {
        "source": item.source.key,
        "external_ref": item.source.external_ref,
        "microtask": item.microtask,
        "key": item.key,
        **frame_of(item),
        **_text_start(item),
        "step": item.step,
        "type": item.task_type,
        "status": status(item),
        **outcome(item.outcome),
        "answers": item.count,
        "gold": item.gold,
    }
    if item.accepted:
        row["accepted"] = [plain(answer) for answer in item.accepted]
    if item.answers:
        row["given"] = [_given(one) for one in item.answers]
    return row


def frame_of(item: Item[Any, Any, Any]) -> dict[str, Json]:
    """Of one frame of a video: its number, and its time in ms from the start of the original."""
    number, at_ms = (getattr(item.case.payload, name, None) for name in ("frame", "at_ms"))
    return {} if number is None or at_ms is None else {"frame": number, "time_ms": at_ms}


def _text_start(item: Item[Any, Any, Any]) -> dict[str, Json]:
    """Of a piece of a text: where it begins in the original, in code points. Offsets in answers count from there."""
    start = getattr(item.case.payload, "text_start", 0)
    return {"text_start": start} if start else {}


def status(item: Item[Any, Any, Any]) -> str:
    """`settled`, `distribution` or `collected`; `gold` where the answer was known; `open` while it is not there yet."""
    if item.gold:
        return "gold"
    return item.outcome.kind if item.outcome is not None else "open"


def outcome(found: Outcome[Any] | None) -> dict[str, Json]:
    """The fields of an outcome."""
    if isinstance(found, Distribution):
        intervals = {name: [round(low, 4), round(high, 4)] for name, (low, high) in found.intervals.items()}
        shares = {name: round(share, 4) for name, share in found.shares.items()}
        return {"answer": None, "confidence": None, "shares": shares, "intervals": intervals}
    if isinstance(found, Collected):
        return {"answer": None, "confidence": None, "collected": [plain(answer) for answer in found.answers]}
    if isinstance(found, Settled) and found.answer is not None:
        return {"answer": plain(found.answer), "confidence": found.confidence, **_detail(found)}
    return {"answer": None, "confidence": None}


def _detail(found: Settled[Any]) -> dict[str, Json]:
    return {"detail": dict(found.detail)} if found.detail else {}


def plain(answer: BaseModel) -> Json:
    """An answer as JSON, the way it was given."""
    return answer.model_dump(mode="json", exclude_none=True)


def _given(one: Given[Any]) -> dict[str, Json]:
    answer = {"dont_know": True} if one.answer is None else plain(one.answer)
    return {"worker": one.worker, "answer": answer} | ({"together": True} if one.together else {})
