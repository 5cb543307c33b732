"""Goal 4: boxes of seven people around pedestrians."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality_goals.lines import Line, rows, timed, truth_of

GOALS = ((0.5, 0.93, 0.919), (0.75, 0.78, 0.754))  # overlap, goal, weighted box fusion on the set that the goal is about
KEEPS, SAMES = (0.3, 0.35, 0.4, 0.45, 0.5), (0.3, 0.35, 0.4)
PARTS = 10  # halves of the pictures, and as many halves of the people
BLOCKS = 5  # of pictures that follow each other: those are frames of one film, so a random draw would have seen them


@dataclass(frozen=True)
class Counted:
    """Per picture: boxes that fit, boxes that came out, boxes there are."""

    hits: Any
    found: Any
    there: Any

    def f1(self, chosen: Any = slice(None)) -> float:
        return float(2 * self.hits[chosen].sum() / (self.found[chosen].sum() + self.there[chosen].sum()))

    def interval(self) -> tuple[float, float]:
        """95%, by drawing the pictures anew."""
        rng, n = np.random.default_rng(0), len(self.hits)
        drawn = [self.f1(rng.integers(0, n, n)) for _ in range(500)]
        low, high = np.quantile(drawn, (0.025, 0.975))
        return float(low), float(high)


def counted(merged: Mapping[str, Any], truth: Mapping[str, Any], threshold: float) -> Counted:
    from quality import boxes

    hits = np.array([len(boxes.match(merged[task], truth[task], threshold)) for task in truth])
    return Counted(hits, np.array([len(merged[task]) for task in truth]), np.array([len(each) for each in truth.values()]))


def goal_4(data: Path, known: Mapping[str, Any]) -> Iterator[Line]:
    from quality.cells import Row, read_boxes
    from quality.tables import aggregate

    folder = data / "pedestrians_boxes_400"
    truth = {task: read_boxes(Row(task, "", text)) for task, text in truth_of(folder).items()}
    table = [Row(r["task"], r["worker"], r["label"]) for r in rows(folder / "labels.csv")]
    results, seconds = timed(lambda: aggregate(table, "boxes"))
    merged = {r.task: read_boxes(Row(r.task, "", r.label)) for r in results}
    answers = _answers(table)
    tried, parts = _tried(answers), list(_parts(answers))
    for threshold, goal, reference in GOALS:
        ours = counted(merged, truth, threshold)
        low, high = ours.interval()
        name = f"F1@{threshold}"
        what = f"400 pedestrian pictures, {name} (95%: {low:.3f}–{high:.3f}; {seconds:.1f} s)"
        yield Line("4", what, f"{ours.f1():.3f}", "has none", f"≥ {goal}", ours.f1() >= goal)
        yield from _beside_fusion(known, truth, threshold, ours.f1(), (1 - goal) / (1 - reference))
        held_out = _cross_validated(tried, truth, threshold)
        blocks = ", ".join(f"{held_out.f1(block):.2f}" for block in _blocks(len(truth)))
        yield Line("4", f"  {name}, cross-validated over {BLOCKS} blocks ({blocks})", f"{held_out.f1():.3f}", "", "", None)
        yield from _of_parts(parts, truth, threshold)
        plain = counted(_plain(answers), truth, threshold).f1()
        yield Line("4", f"  {name} of unweighted medians, habits and all", f"{plain:.3f}", "", "", None)
        best = _ceiling(answers, truth, threshold)
        yield Line("4", f"  {name}, had we known which boxes are real", f"{best:.3f}", "", "", None)


def _beside_fusion(
    known: Mapping[str, Any], truth: Mapping[str, Any], threshold: float, ours: float, share: float
) -> Iterator[Line]:
    """The goal is so much better than fusion on another part of this set; the same share of fusion's errors is asked here."""
    from quality.cells import Row, read_boxes

    if "fusion" not in known:
        return
    scores = {}
    for same, keep, found in known["fusion"]:
        fused = {task: read_boxes(Row(task, "", json.dumps(each))) for task, each in found.items()}
        scores[same, keep] = counted(fused, truth, threshold).f1()
    (same, keep), best = max(scores.items(), key=lambda each: each[1])
    wanted = 1 - (1 - best) * share
    what = f"  F1@{threshold} beside weighted box fusion (overlap {same}, {keep:.0%} of the votes: the best of {len(scores)})"
    yield Line("4", what, f"{ours:.3f}", f"{best:.3f} (ensemble-boxes)", f"≥ {wanted:.3f}", ours >= wanted)


def _tried(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What comes out with each choice of the two constants; habits are learnt from the answers, without any truth."""
    from quality import boxes

    spread = boxes.fit_boxes(list(answers.values()))
    return [
        {task: [box for box, _ in boxes.merge_known(given, spread, keep, threshold=same)] for task, given in answers.items()}
        for same in SAMES
        for keep in KEEPS
    ]


def _cross_validated(tried: Sequence[Mapping[str, Any]], truth: Mapping[str, Any], threshold: float) -> Counted:
    """Each block of pictures with the constants that are best on the other blocks, at an overlap of a half."""
    choosing = [counted(merged, truth, 0.5) for merged in tried]
    judging = [counted(merged, truth, threshold) for merged in tried]
    hits, found = np.zeros(len(truth)), np.zeros(len(truth))
    for block in _blocks(len(truth)):
        rest = np.setdiff1d(np.arange(len(truth)), block)
        best = max(range(len(tried)), key=lambda i: choosing[i].f1(rest))
        hits[block], found[block] = judging[best].hits[block], judging[best].found[block]
    return Counted(hits, found, judging[0].there)


def _parts(answers: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Less of the same: (what was left, what comes out of it when habits too are learnt from that alone)."""
    from quality import boxes

    rng, tasks = np.random.default_rng(0), list(answers)
    crowd = sorted({worker for given in answers.values() for worker, _ in given})
    for _ in range(PARTS // 2):
        order = rng.permutation(len(tasks))
        for half in np.array_split(order, 2):
            left = {tasks[i]: answers[tasks[i]] for i in half}
            yield "half of the pictures", _named(left, boxes.merge_project(list(left.values())))
    for _ in range(PARTS):
        some = set(rng.choice(crowd, len(crowd) // 2, replace=False))
        left = {task: [one for one in given if one[0] in some] for task, given in answers.items()}
        left = {task: given for task, given in left.items() if len(given) > 1}
        yield "half of the people", _named(left, boxes.merge_project(list(left.values())))


def _named(answers: Mapping[str, Any], found: Sequence[Any]) -> dict[str, Any]:
    return {task: [box for box, _ in each] for task, each in zip(answers, found, strict=True)}


def _of_parts(parts: Sequence[tuple[str, Mapping[str, Any]]], truth: Mapping[str, Any], threshold: float) -> Iterator[Line]:
    """A method that leans on one lucky worker falls here."""
    for left in ("half of the pictures", "half of the people"):
        scores = [counted(m, {task: truth[task] for task in m}, threshold).f1() for name, m in parts if name == left]
        what = f"  F1@{threshold} of {left}, at random (mean of {len(scores)}; lowest {min(scores):.3f})"
        yield Line("4", what, f"{np.mean(scores):.3f}", "", "", None)


def _blocks(n: int) -> list[Any]:
    return np.array_split(np.arange(n), BLOCKS)


def _ceiling(answers: Mapping[str, Any], truth: Mapping[str, Any], threshold: float) -> float:
    """F1 if exactly the right ones were kept of all that anybody drew, with the edges that we give them."""
    from quality import boxes

    all_of_them = counted(_named(answers, boxes.merge_project(list(answers.values()), keep=0.0)), truth, threshold)
    return Counted(all_of_them.hits, all_of_them.hits, all_of_them.there).f1()


def _answers(table: Sequence[Any]) -> dict[str, list[Any]]:
    from quality.cells import read_boxes

    answers: dict[str, list[Any]] = {}
    for row in table:
        answers.setdefault(row.task, []).append((row.worker, read_boxes(row)))
    return answers


def _plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Every worker's edges counting alike."""
    from quality import boxes

    return {task: [box for box, _ in boxes.merge([drawn for _, drawn in given])] for task, given in answers.items()}
