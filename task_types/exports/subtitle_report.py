"""A report on each programme's subtitles: what people said of each cue, what was measured, and the indication.

A JSON file per source, times of the original and as the client wrote them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from accessibility.sentences import sentence
from task_types.errors import UnreadableExport
from task_types.exports.captions import file_name
from task_types.protocol import Item, Json, Read, Settled
from task_types.subtitle_measures import FLAGS, NOT_CERTIFIED, THRESHOLD, WEIGHTS, Indication, Judged, indication

A = TypeVar("A", bound=BaseModel)
AnyItem = Item[Any, Any, Any]


class SubtitleReport(Generic[A]):
    """One file for each source with something settled."""

    suffix = ""

    def __init__(self, answer_model: type[A]) -> None:
        self._answer_model = answer_model

    def write(self, items: Iterable[AnyItem], out: Path) -> Iterator[Path]:
        """A source at a time: memory holds one programme's subtitles."""
        out.mkdir(parents=True, exist_ok=True)
        for key, of_source in groupby(items, key=lambda item: item.source.key):
            known = [item for item in of_source if item.settled is not None]
            if known:
                path = out / f"{file_name(key)}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(report(key, known), ensure_ascii=False, indent=1) + "\n", "utf-8")
                yield path

    def read(self, path: Path) -> Iterator[Read[A]]:
        """Every answer of one report, or of all in a folder."""
        for file in sorted(path.rglob("*.json")) if path.is_dir() else [path]:
            try:
                found = json.loads(file.read_text("utf-8-sig"))
                for each in found["answers"]:
                    yield Read(found["source"], self._answer_model.model_validate(each["answer"]), each["key"])
            except (ValueError, KeyError, TypeError, ValidationError) as error:
                raise UnreadableExport(
                    sentence("{file} is not a report on subtitles as the workbench writes it.", file=file.name)
                ) from error


def report(source: str, items: Sequence[AnyItem]) -> dict[str, Json]:
    """Everything about one programme's subtitles."""
    cues = _by_cue(items)
    return {
        "source": source,
        "indication": _indication(indication(_judged(each) for each in cues)),
        "other": _other(items),
        "machine": _machine(cues),
        "subtitles": [_cue(each) for each in cues],
        "answers": [{"key": one.key, "ask": one.case.payload.ask, "answer": _plain(one), **_sure(one)} for one in items],
    }


def _by_cue(items: Sequence[AnyItem]) -> list[list[AnyItem]]:
    found: dict[tuple[int, int], list[AnyItem]] = {}
    for item in items:
        found.setdefault((item.case.payload.start_ms, item.case.payload.end_ms), []).append(item)
    return [found[place] for place in sorted(found)]


def _judged(items: Sequence[AnyItem]) -> Judged:
    plain = {item.case.payload.ask: item.settled.value for item in items if item.settled and item.settled.value is not None}
    serious = {
        item.case.payload.about or "meaning": item.settled.value
        for item in items
        if item.settled and item.case.payload.ask == "seriousness"
    }
    return Judged(items[0].case.payload.text, plain, serious)


def _indication(found: Indication) -> dict[str, Json]:
    return {
        "score": found.score,
        "threshold": THRESHOLD,
        "reached": None if found.score is None else found.score >= THRESHOLD,
        "words": found.words,
        "subtitles": found.subtitles,
        "edition_errors": dict(found.edition),
        "recognition_errors": dict(found.recognition),
        "not_weighed_yet": found.unweighed,
        "weights": dict(WEIGHTS),
        "note": NOT_CERTIFIED,
    }


def _other(items: Sequence[AnyItem]) -> dict[str, Json]:
    """What the model leaves out: time and speakers."""
    counts = {"early": 0, "late": 0, "unclear": 0}
    for item in items:
        value = item.settled.value if item.settled else None
        if value in counts:
            counts[value] += 1
    return {"too_early": counts["early"], "too_late": counts["late"], "speaker_unclear": counts["unclear"]}


def _machine(cues: Sequence[Sequence[AnyItem]]) -> dict[str, Json]:
    measured = [each[0].case.payload.measures for each in cues if each[0].case.payload.measures is not None]
    return {"measured": len(measured), **{flag: sum(getattr(one, flag) for one in measured) for flag in FLAGS}}


def _cue(items: Sequence[AnyItem]) -> dict[str, Json]:
    payload = items[0].case.payload
    correction = next((one.settled.text for one in reversed(items) if one.settled and one.settled.text is not None), None)
    judged = _judged(items)
    row: dict[str, Json] = {
        "start_ms": payload.start_ms,
        "end_ms": payload.end_ms,
        "written": list(payload.written) if payload.written else None,
        "frame_rate": payload.frame_rate,
        "text": payload.text,
        "measures": None if payload.measures is None else payload.measures.model_dump(mode="json"),
        "answers": {ask: value for ask, value in judged.answers.items() if ask != "seriousness"},
        "seriousness": dict(judged.seriousness),
    }
    return row if correction is None else {**row, "correction": correction}


def _plain(item: AnyItem) -> Mapping[str, Json]:
    return {} if item.settled is None else dict(item.settled.model_dump(mode="json", exclude_none=True))


def _sure(item: AnyItem) -> dict[str, Json]:
    return {"confidence": item.outcome.confidence} if isinstance(item.outcome, Settled) else {}
