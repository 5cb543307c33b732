"""
Whole tables of task, worker, label → task, label, confidence: for plain CSV, without a project around it.

The caller reads the file; a label arrives here as the text of its cell. Each kind of answer reads its own labels and
settles them with the method that quality.md's comparison chose for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from quality import boxes, ordinal, segments, transcripts
from quality.aggregate import Fit, Names, Votes, encode, mean_of_models
from quality.agreement import Agreement, alpha, alpha_by_distance, pairwise_f1
from quality.distances import character_error_rate, normalise_text, set_distance
from quality.errors import BadLabel, UnknownKind

Kind: TypeAlias = Literal["nominal", "set", "ordinal", "boxes", "segments", "transcripts", "medoid"]
KINDS: tuple[Kind, ...] = get_args(Kind)

GoldTable: TypeAlias = Mapping[str, Sequence[str]]
"""task → its accepted labels, as text."""


@dataclass(frozen=True)
class Row:
    """One cell-by-cell line of the input; `line` is for messages."""

    task: str
    worker: str
    label: str
    line: int = 0


@dataclass(frozen=True)
class Result:
    """One line of the output; `confidence` is 0..1, `answers` the number of judgements behind it."""

    task: str
    label: str
    confidence: float
    answers: int


def aggregate(rows: Iterable[Row], kind: str, gold: GoldTable | None = None, *, language: str = "") -> list[Result]:
    """
    Settle a table.

    Args:
        rows: in any order; where a worker answered a task twice, the last answer counts.
        kind: one of `KINDS`.
        gold: accepted labels of some tasks: settles those and tells what the workers are worth.
        language: ISO 639 code, for kinds that are text.

    Returns:
        One result per task, in order of first appearance.

    Raises:
        UnknownKind: not one of `KINDS`.
        BadLabel: a label that this kind cannot read; names the line.
    """
    table = _latest(rows)
    return _settlers(language)[check_kind(kind)](table, gold or {})


def agreement(rows: Iterable[Row], kind: str, *, rng: np.random.Generator, language: str = "") -> Agreement:
    """
    How far the workers of a table agree: alpha, or for boxes and segments mean pairwise F1.

    Raises:
        UnknownKind, BadLabel: as `aggregate`.
    """
    table = _latest(rows)
    known = check_kind(kind)
    if known in ("nominal", "ordinal"):
        votes, _ = _encode(table, sort_numbers=True)
        return alpha(votes, "ordinal" if known == "ordinal" else "nominal", rng=rng)
    if known == "boxes":
        return pairwise_f1(_grouped_as(table, read_boxes), boxes.f1, rng=rng)
    if known == "segments":
        return pairwise_f1(_grouped_as(table, read_segments), segments.f1, rng=rng)
    if known == "set":
        return alpha_by_distance(_grouped_as(table, read_tags), set_distance, rng=rng)
    texts = [[normalise_text(text, language) for text in group] for group in _grouped_as(table, read_text)]
    return alpha_by_distance(texts, character_error_rate, rng=rng)


def check_kind(kind: str) -> Kind:
    """
    The kind of this name.

    Raises:
        UnknownKind: there is none.
    """
    for known in KINDS:
        if known == kind:
            return known
    raise UnknownKind(f'Unknown kind of answer "{kind}". Known: {", ".join(KINDS)}.')


Table: TypeAlias = list[Row]
_Settler: TypeAlias = Callable[[Table, GoldTable], list[Result]]


def _settlers(language: str) -> dict[Kind, _Settler]:
    return {
        "nominal": _nominal,
        "ordinal": _ordinal,
        "set": _tags,
        "boxes": _boxes,
        "segments": _segments,
        "transcripts": lambda table, gold: _transcripts(table, gold, language),
        "medoid": lambda table, gold: _medoid(table, gold, language),
    }


def _latest(rows: Iterable[Row]) -> Table:
    """The last answer of each worker to each task, in order of first appearance."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        found[row.task, row.worker] = row
    return list(found.values())


def _by_task(table: Table) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in table:
        groups.setdefault(row.task, []).append(row)
    return groups


def _grouped_as(table: Table, read: Callable[[Row], Any]) -> list[list[Any]]:
    return [[read(row) for row in group] for group in _by_task(table).values()]


# One label out of several


def _encode(table: Table, gold: GoldTable | None = None, *, sort_numbers: bool = False) -> tuple[Votes, Names]:
    """Votes of a table; points of a scale are put in the order of their numbers."""
    triples = [(row.task, row.worker, read_text(row)) for row in table]
    also = {label for labels in (gold or {}).values() for label in labels}
    if not sort_numbers:
        return encode(triples, also)
    order = sorted({label for _, _, label in triples} | also, key=_number_first)
    places = {label: f"{i:09d}" for i, label in enumerate(order)}
    votes, names = encode(((m, w, places[label]) for m, w, label in triples), places.values())
    return votes, Names(names.microtasks, names.workers, tuple(order))


def _number_first(label: str) -> tuple[float, str]:
    try:
        return float(label), label
    except ValueError:
        return float("inf"), label


def _gold_indices(gold: GoldTable, names: Names) -> dict[int, list[int]]:
    labels = {label: i for i, label in enumerate(names.labels)}
    return {i: [labels[label] for label in gold[task]] for i, task in enumerate(names.microtasks) if gold.get(task)}


def _counts(votes: Votes) -> list[int]:
    return [int(n) for n in np.bincount(votes.microtask, minlength=votes.n_microtasks)]


def _nominal(table: Table, gold: GoldTable) -> list[Result]:
    votes, names = _encode(table, gold)
    if not len(votes):
        return []
    fit = mean_of_models(votes, _gold_indices(gold, names))
    return _named(fit.labels, fit.confidence, votes, names)


def _named(labels: Iterable[int], confidence: Iterable[float], votes: Votes, names: Names) -> list[Result]:
    rows = zip(names.microtasks, labels, confidence, _counts(votes), strict=True)
    return [Result(task, names.labels[label], float(sure), answers) for task, label, sure, answers in rows]


def _ordinal(table: Table, gold: GoldTable) -> list[Result]:
    votes, names = _encode([_rating(row) for row in table], gold, sort_numbers=True)
    if not len(votes):
        return []
    fit: Fit = ordinal.fit_ordinal(votes, _gold_indices(gold, names))
    values = ordinal.medians(fit.posteriors)
    return _named(values, fit.posteriors[np.arange(len(values)), values], votes, names)


def _rating(row: Row) -> Row:
    return Row(row.task, row.worker, _as_text(_value_of(_json(row), "value")), row.line)


# Labels as they stand in a cell


def _json(row: Row) -> Any:
    """The cell as JSON where it is an object or a list, else the text itself."""
    text = row.label.strip()
    if not text.startswith(("{", "[")):
        return row.label
    try:
        return json.loads(text)
    except ValueError:
        return row.label


def _value_of(value: Any, *keys: str) -> Any:
    """What an answer object holds under the first of these keys; anything else stays as it is."""
    if isinstance(value, dict):
        for key in keys:
            if key in value:
                return value[key]
    return value


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def read_text(row: Row) -> str:
    """A label that is one text: plain, or the single value of an answer object."""
    value = _json(row)
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    return _as_text(value)


def read_tags(row: Row) -> frozenset[str]:
    """Several labels: a JSON list, an object that holds one, or text with commas or bars between."""
    value = _value_of(_json(row), "labels", "tags", "values", "value")
    if isinstance(value, list):
        return frozenset(_as_text(item) for item in value)
    text = _as_text(value)
    return frozenset(part.strip() for part in text.replace("|", ",").split(",") if part.strip())


def read_boxes(row: Row) -> list[boxes.Box]:
    """
    Boxes: a list of [x1,y1,x2,y2], or the answer {"boxes": [{"label","x","y","width","height"}]}.

    Raises:
        BadLabel: neither of these.
    """
    items = _value_of(_json(row), "boxes")
    try:
        return [_box(item) for item in _list(items)]
    except (TypeError, ValueError, KeyError) as error:
        raise _bad(row, "boxes", '[[x1,y1,x2,y2], …] or {"boxes": [{"label","x","y","width","height"}]}') from error


def _box(item: Any) -> boxes.Box:
    if isinstance(item, dict):
        numbers = [float(item[key]) for key in ("x", "y", "width", "height")]
        return boxes.Box(str(item.get("label", "")), *numbers)
    x1, y1, x2, y2 = (float(v) for v in item)
    return boxes.Box("", min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))


def read_segments(row: Row) -> list[segments.Segment]:
    """
    Segments: a list of [start_ms,end_ms], or the answer {"segments": [{"label","start_ms","end_ms"}]}.

    Raises:
        BadLabel: neither of these.
    """
    items = _value_of(_json(row), "segments")
    try:
        return [_segment(item) for item in _list(items)]
    except (TypeError, ValueError, KeyError) as error:
        raise _bad(row, "segments", '[[start_ms,end_ms], …] or {"segments": [{"label","start_ms","end_ms"}]}') from error


def _segment(item: Any) -> segments.Segment:
    if isinstance(item, dict):
        return segments.Segment(str(item.get("label", "")), float(item["start_ms"]), float(item["end_ms"]))
    start, end = (float(v) for v in item)
    return segments.Segment("", start, end)


def _list(items: Any) -> list[Any]:
    if isinstance(items, str) and not items.strip():
        return []  # an empty cell: nothing was marked
    if not isinstance(items, list):
        raise TypeError("not a list")
    return items


def _bad(row: Row, what: str, form: str) -> BadLabel:
    where = f"line {row.line}, " if row.line else ""
    shown = row.label if len(row.label) <= 60 else row.label[:57] + "…"
    return BadLabel(f"{where}task {row.task}: {shown!r} are no {what}. Write {form}.")


# Everything that is not one label


def _tags(table: Table, gold: GoldTable) -> list[Result]:
    """Every tag is a yes/no question of its own."""
    given = {(row.task, row.worker): read_tags(row) for row in table}
    accepted = {task: [read_tags(Row(task, "", text)) for text in texts] for task, texts in gold.items()}
    names = sorted(set().union(*given.values())) if given else []
    groups = _by_task(table)
    chosen: dict[str, list[str]] = {task: [] for task in groups}
    sure = dict.fromkeys(groups, 1.0)
    for tag in names:
        triples = [(task, worker, "1" if tag in tags else "0") for (task, worker), tags in given.items()]
        votes, coded = encode(triples, ("0", "1"))
        known = {i: [int(tag in tags) for tags in accepted[t]] for i, t in enumerate(coded.microtasks) if t in accepted}
        fit = mean_of_models(votes, known)
        for task, label, confidence in zip(coded.microtasks, fit.labels, fit.confidence, strict=True):
            sure[task] = min(sure[task], float(confidence))
            if label:
                chosen[task].append(tag)
    return [Result(t, json.dumps(chosen[t], ensure_ascii=False), sure[t], len(group)) for t, group in groups.items()]


def _boxes(table: Table, gold: GoldTable) -> list[Result]:
    results = []
    groups = _by_task(table)
    outcomes = boxes.merge_project([[(row.worker, read_boxes(row)) for row in group] for group in groups.values()])
    for (task, group), outcome in zip(groups.items(), outcomes, strict=True):
        accepted = [read_boxes(Row(task, "", text)) for text in gold.get(task, ())]
        merged = [(box, 1.0) for box in accepted[0]] if accepted else outcome
        as_answer = any("{" in row.label for row in group)
        results.append(Result(task, _write_boxes([b for b, _ in merged], as_answer), _mean_share(merged), len(group)))
    return results


def _write_boxes(found: Sequence[boxes.Box], as_answer: bool) -> str:
    """In the form the input had."""
    if as_answer:
        items = [{"label": b.label, "x": b.x, "y": b.y, "width": b.width, "height": b.height} for b in found]
        return json.dumps({"boxes": items}, ensure_ascii=False)
    return json.dumps([[_short(v) for v in (b.x, b.y, b.x + b.width, b.y + b.height)] for b in found])


def _short(value: float) -> float:
    """Without the last digits that adding and subtracting left behind."""
    return round(value, 6)


def _mean_share(merged: Sequence[tuple[Any, float]]) -> float:
    """Mean confidence of the items; an empty outcome is as sure as those who marked nothing, so 1 of all here."""
    return sum(share for _, share in merged) / len(merged) if merged else 1.0


def _segments(table: Table, gold: GoldTable) -> list[Result]:
    results = []
    groups = _by_task(table)
    outcomes = segments.merge_project([[(r.worker, read_segments(r)) for r in group] for group in groups.values()])
    for (task, group), outcome in zip(groups.items(), outcomes, strict=True):
        accepted = [read_segments(Row(task, "", text)) for text in gold.get(task, ())]
        merged = [(s, 1.0) for s in accepted[0]] if accepted else outcome
        as_answer = any("{" in row.label for row in group)
        found = [s for s, _ in merged]
        results.append(Result(task, _write_segments(found, as_answer), _mean_share(merged), len(group)))
    return results


def _write_segments(found: Sequence[segments.Segment], as_answer: bool) -> str:
    if as_answer:
        items = [{"label": s.label, "start_ms": s.start_ms, "end_ms": s.end_ms} for s in found]
        return json.dumps({"segments": items}, ensure_ascii=False)
    return json.dumps([[s.start_ms, s.end_ms] for s in found])


def _transcripts(table: Table, gold: GoldTable, language: str) -> list[Result]:
    """Texts come out as they were compared: lower case, without punctuation."""
    groups = _by_task(table)
    recordings = [[(row.worker, read_text(row)) for row in group] for group in groups.values()]
    merged = transcripts.merge_project(recordings, language=language)
    return [
        _text_result(task, group, gold, one.normalised, one.confidence)
        for (task, group), one in zip(groups.items(), merged, strict=True)
    ]


def _medoid(table: Table, gold: GoldTable, language: str) -> list[Result]:
    results = []
    for task, group in _by_task(table).items():
        one = transcripts.medoid([read_text(row) for row in group], language=language)
        results.append(_text_result(task, group, gold, one.text, one.confidence))
    return results


def _text_result(task: str, group: list[Row], gold: GoldTable, text: str, confidence: float) -> Result:
    if gold.get(task):
        return Result(task, gold[task][0], 1.0, len(group))
    return Result(task, text, confidence, len(group))
