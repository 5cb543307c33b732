"""
Whole tables of task, worker, label → task, label, confidence: for plain CSV, without a project around it.

The caller reads the file; a label arrives here as the text of its cell. Each kind of answer reads its own labels and
settles them with the method that quality.md's comparison chose for it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from quality import boxes, ordinal, segments, transcripts
from quality.aggregate import Fit, Names, Votes, encode, mean_of_models
from quality.agreement import Agreement, alpha, alpha_by_distance, pairwise_f1
from quality.calibration import MINIMUM_GOLD, calibrate_across
from quality.cells import (
    Row,
    read_boxes,
    read_rating,
    read_segments,
    read_tags,
    read_text,
    says_nothing,
    write_boxes,
    write_segments,
)
from quality.distances import character_error_rate, normalise_text, set_distance
from quality.errors import TooMuchTogether, UnknownKind, noted
from quality.mixture import same_model
from quality.votes import Floats

Kind: TypeAlias = Literal["nominal", "set", "ordinal", "boxes", "segments", "transcripts", "medoid"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MOST_MARKS = 4_000  # boxes or segments of one task, of all workers together
MOST_TEXTS = 2_000
MANY_BOXES = noted("Task {task} has {total:,} boxes, and at most {most:,} of one task are compared. Split it, or leave some out.")
MANY_SEGMENTS = noted(
    "Task {task} has {total:,} segments, and at most {most:,} of one task are compared. Split it, or leave some out."
)
MANY_TEXTS = noted("Task {task} has {total:,} texts, and at most {most:,} of one task are compared. Split it, or leave some out.")

GoldTable: TypeAlias = Mapping[str, Sequence[str]]
"""task → its accepted labels, as text."""


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
        votes, _ = _encode(table, {}, read_rating if known == "ordinal" else read_text)
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
    raise UnknownKind('Unknown kind of answer "{kind}". Known: {known}.', kind=kind, known=", ".join(KINDS))


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
    return [row for row in found.values() if not says_nothing(row)]


def _by_task(table: Table) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in table:
        groups.setdefault(row.task, []).append(row)
    return groups


def _grouped_as(table: Table, read: Callable[[Row], Any]) -> list[list[Any]]:
    return [[read(row) for row in group] for group in _by_task(table).values()]


# One label out of several


def _encode(table: Table, gold: GoldTable, read: Callable[[Row], str] = read_text) -> tuple[Votes, Names]:
    """Votes of a table; where all labels are numbers they are in the order of these numbers."""
    triples = [(row.task, row.worker, read(row)) for row in table]
    also = {read(Row(task, "", label)) for task, labels in gold.items() for label in labels}
    order = sorted({label for _, _, label in triples} | also, key=_number_first)
    places = {label: f"{i:09d}" for i, label in enumerate(order)}
    votes, names = encode(((m, w, places[label]) for m, w, label in triples), places.values())
    return votes, Names(names.microtasks, names.workers, tuple(order))


def _number_first(label: str) -> tuple[float, str]:
    try:
        number = float(label)
    except ValueError:
        number = math.inf
    return (number if math.isfinite(number) else math.inf), label  # "nan" is a word as any other


def _gold_indices(gold: GoldTable, names: Names, read: Callable[[Row], str] = read_text) -> dict[int, list[int]]:
    labels = {label: i for i, label in enumerate(names.labels)}
    return {
        i: [labels[read(Row(task, "", label))] for label in gold[task]]
        for i, task in enumerate(names.microtasks)
        if gold.get(task)
    }


def _nominal(table: Table, gold: GoldTable) -> list[Result]:
    votes, names = _encode(table, gold)
    if not len(votes):
        return []
    known = _gold_indices(gold, names)
    fit = mean_of_models(votes, known)
    confidence = fit.confidence
    if len(known) >= MINIMUM_GOLD:
        confidence = _shown(votes, known, fit)
    return _named(fit.labels, confidence, votes, names)


def _shown(votes: Votes, gold: dict[int, list[int]], fit: Fit) -> Floats:
    """Confidence as calibrated on gold; gold itself is certain."""
    shown = calibrate_across(votes, gold, same_model(fit)).shown_all(fit.confidence)
    shown[list(gold)] = fit.confidence[list(gold)]
    return shown


def _ordinal(table: Table, gold: GoldTable) -> list[Result]:
    votes, names = _encode(table, gold, read_rating)
    if not len(votes):
        return []
    fit = ordinal.fit_ordinal(votes, _gold_indices(gold, names, read_rating))
    medians = ordinal.medians(fit.posteriors)
    settled = _named(medians, fit.posteriors[np.arange(len(medians)), medians], votes, names)
    points = [_number_first(label)[0] for label in names.labels]
    if not np.isfinite(points).all():
        return settled  # points with names: the median is one of them
    values = ordinal.values(fit.posteriors, points)
    return [replace(one, label=f"{round(value, 2):g}") for one, value in zip(settled, values, strict=True)]


def _named(labels: Iterable[int], confidence: Iterable[float], votes: Votes, names: Names) -> list[Result]:
    counts = np.bincount(votes.microtask, minlength=votes.n_microtasks)
    rows = zip(names.microtasks, labels, confidence, counts, strict=True)
    return [Result(task, names.labels[label], float(sure), int(answers)) for task, label, sure, answers in rows]


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
    _check_together(groups, lambda row: len(read_boxes(row)), MOST_MARKS, MANY_BOXES)
    outcomes = boxes.merge_project([[(row.worker, read_boxes(row)) for row in group] for group in groups.values()])
    for (task, group), outcome in zip(groups.items(), outcomes, strict=True):
        accepted = [read_boxes(Row(task, "", text)) for text in gold.get(task, ())]
        merged = [(box, 1.0) for box in accepted[0]] if accepted else outcome
        as_answer = any("{" in row.label for row in group)
        sure = _mean_share(merged, [read_boxes(row) for row in group])
        results.append(Result(task, write_boxes([b for b, _ in merged], as_answer), sure, len(group)))
    return results


def _check_together(groups: Mapping[str, list[Row]], count: Callable[[Row], int], most: int, words: str) -> None:
    """
    Every mark and text is compared with every other one of its task.

    Raises:
        TooMuchTogether: more than `most`, which would take all memory, or days.
    """
    for task, group in groups.items():
        total = sum(count(row) for row in group)
        if total > most:
            raise TooMuchTogether(words, task=task, total=total, most=most)


def _mean_share(merged: Sequence[tuple[Any, float]], answers: Sequence[Sequence[Any]]) -> float:
    """Mean confidence of the items; of an empty outcome the share of workers who marked nothing."""
    if merged:
        return sum(share for _, share in merged) / len(merged)
    return sum(not marked for marked in answers) / len(answers)


def _segments(table: Table, gold: GoldTable) -> list[Result]:
    results = []
    groups = _by_task(table)
    _check_together(groups, lambda row: len(read_segments(row)), MOST_MARKS, MANY_SEGMENTS)
    outcomes = segments.merge_project([[(r.worker, read_segments(r)) for r in group] for group in groups.values()])
    for (task, group), outcome in zip(groups.items(), outcomes, strict=True):
        accepted = [read_segments(Row(task, "", text)) for text in gold.get(task, ())]
        merged = [(s, 1.0) for s in accepted[0]] if accepted else outcome
        as_answer = any("{" in row.label for row in group)
        found = [s for s, _ in merged]
        sure = _mean_share(merged, [read_segments(row) for row in group])
        results.append(Result(task, write_segments(found, as_answer), sure, len(group)))
    return results


def _transcripts(table: Table, gold: GoldTable, language: str) -> list[Result]:
    """Texts come out as they were compared: lower case, without punctuation."""
    groups = _by_task(table)
    _check_together(groups, lambda _row: 1, MOST_TEXTS, MANY_TEXTS)
    recordings = [[(row.worker, read_text(row)) for row in group] for group in groups.values()]
    merged = transcripts.merge_project(recordings, language=language)
    return [
        _text_result(task, group, gold, one.normalised, one.confidence)
        for (task, group), one in zip(groups.items(), merged, strict=True)
    ]


def _medoid(table: Table, gold: GoldTable, language: str) -> list[Result]:
    results = []
    groups = _by_task(table)
    _check_together(groups, lambda _row: 1, MOST_TEXTS, MANY_TEXTS)
    for task, group in groups.items():
        one = transcripts.medoid([read_text(row) for row in group], language=language)
        results.append(_text_result(task, group, gold, one.text, one.confidence))
    return results


def _text_result(task: str, group: list[Row], gold: GoldTable, text: str, confidence: float) -> Result:
    if gold.get(task):
        return Result(task, gold[task][0], 1.0, len(group))
    return Result(task, text, confidence, len(group))
