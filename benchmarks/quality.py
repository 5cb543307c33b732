"""
Goals of the quality package, measured: `python benchmarks/quality.py [DATA] [--without-crowdkit]`.

DATA holds folders of public crowd answers, each with labels.csv (task, worker, label) and truth.csv (task, label); default
../shared/crowd beside the project. crowd-kit is never part of the project: this program makes it an environment of its own,
in the user's cache folder, and asks it the same questions there. Times are CPU seconds. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

CROWDKIT = ("crowd-kit==1.4.2", "scikit-learn==1.5.2", "numpy<2.3")
CLASSES = ("rte_binary", "dog_4class", "weather_5class_seconds", "web_ordinal5")
METHODS = ("MajorityVote", "Wawa", "ZeroBasedSkill", "OneCoinDawidSkene", "DawidSkene", "GLAD", "MACE")
SIZES = (100_000, 1_000_000, 10_000_000)


@dataclass(frozen=True)
class Line:
    """One line of the table; `holds` is None where the goal is not about this set."""

    goal: str
    what: str
    ours: str
    crowdkit: str
    wanted: str
    holds: bool | None


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def truth_of(folder: Path) -> dict[str, str]:
    return {row["task"]: row["label"] for row in rows(folder / "truth.csv")}


def simulated(n_votes: int) -> tuple[Any, Any, Any, Any]:
    """Truth, microtask, worker, label: 4 classes, 5 votes per microtask, 1,000 workers of skill .4 to .95."""
    rng = np.random.default_rng(0)
    n = n_votes // 5
    truth = rng.integers(0, 4, n)
    skill = rng.uniform(0.4, 0.95, 1000)
    microtask = np.repeat(np.arange(n, dtype=np.int32), 5)
    worker = rng.integers(0, 1000, n_votes).astype(np.int32)
    wrong = (truth[microtask] + rng.integers(1, 4, n_votes)) % 4
    label = np.where(rng.random(n_votes) < skill[worker], truth[microtask], wrong).astype(np.int32)
    return truth, microtask, worker, label


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    result = call()
    return result, time.process_time() - start


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# What crowd-kit says, in its own environment


def crowdkit_python() -> Path:
    """The interpreter of crowd-kit's environment, made on first use."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "annotation-lab" / "crowd-kit-1.4.2"
    python = cache / "bin" / "python"
    if not (cache / "ready").exists():
        print(f"Making an environment with {CROWDKIT[0]} in {cache} (about 800 MB) …", file=sys.stderr)
        venv.create(cache, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *CROWDKIT], check=True)
        (cache / "ready").touch()
    return python


def reference(data: Path, folder: Path) -> dict[str, Any]:
    """Run this file under crowd-kit's interpreter; posteriors come back as files in `folder`."""
    command = [crowdkit_python(), __file__, str(data), "--reference", str(folder)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads((folder / "reference.json").read_text())
    return found


def answer_as_reference(data: Path, folder: Path) -> None:
    """Only under crowd-kit's interpreter."""
    import pandas as pd
    from crowdkit import aggregation

    found: dict[str, Any] = {}
    for size in SIZES:
        _, microtask, worker, label = simulated(size)
        frame = pd.DataFrame({"task": microtask, "worker": worker, "label": label})
        before = megabytes()
        fit, found[f"ds_seconds_{size}"] = timed(partial(aggregation.DawidSkene(100).fit_predict_proba, frame))
        found[f"ds_megabytes_{size}"] = megabytes() - before
        np.save(folder / f"{size}.npy", fit.sort_index().sort_index(axis=1).to_numpy())
        _, found[f"mv_seconds_{size}"] = timed(partial(aggregation.MajorityVote().fit_predict, frame))
    for name in (n for n in CLASSES if (data / n).exists()):
        frame = pd.DataFrame(rows(data / name / "labels.csv"))[["task", "worker", "label"]]
        truth = truth_of(data / name)
        for method in METHODS:
            labels = getattr(aggregation, method)().fit_predict(frame)
            found[f"{name}_{method}"] = float(np.mean([str(labels[task]) == truth[task] for task in truth if task in labels]))
        fit = aggregation.DawidSkene(100).fit_predict_proba(frame)
        np.save(folder / f"{name}.npy", fit.sort_index().sort_index(axis=1).to_numpy())
    name = "crowdspeech_dev_clean"
    if (data / name).exists():
        frame = pd.DataFrame({**row, "text": plain_text(row["label"])} for row in rows(data / name / "labels.csv"))
        rover = aggregation.ROVER(str.split, " ".join)
        texts, found["rover_seconds"] = timed(partial(rover.fit_predict, frame))
        found["rover"] = {str(task): text for task, text in texts.items()}
    (folder / "reference.json").write_text(json.dumps(found))


def plain_text(text: str) -> str:
    """Lower case, letters and apostrophes: what crowd-kit's ROVER gets."""
    return " ".join("".join(c if c.isalnum() or c == "'" else " " for c in text.lower()).split())


# The goals


def goal_1(known: dict[str, Any], folder: Path) -> Iterator[Line]:
    import scipy.sparse  # noqa: F401  loading it is not part of any time below

    from quality.aggregate import Votes, dawid_skene
    from quality.counting import majority_labels

    for size, wanted in zip(SIZES, (0.1, 0.5, 4.5), strict=True):
        _, microtask, worker, label = simulated(size)
        votes = Votes(microtask, worker, label, size // 5, 1000, 4)
        fit, seconds = timed(partial(dawid_skene, votes))
        theirs = f"{known[f'ds_seconds_{size}']:.2f} s" if known else ""
        yield Line("1", f"DS, {size:,} labels", f"{seconds:.2f} s", theirs, f"≤ {wanted} s", seconds <= wanted)
        if known:
            gap = float(np.abs(fit.posteriors - np.load(folder / f"{size}.npy")).max())
            yield Line("1", "  largest difference of a posterior", f"{gap:.0e}", "", "≤ 1e-9", gap <= 1e-9)
    tracemalloc.start()
    dawid_skene(votes)
    used = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    theirs = f"{known[f'ds_megabytes_{SIZES[-1]}']:.0f} MB" if known else ""
    yield Line("1", "  memory over the data", f"{used:.0f} MB", theirs, "≤ 350 MB", used <= 350)
    seconds = min(timed(lambda: majority_labels(votes))[1] for _ in range(3))
    theirs = f"{known[f'mv_seconds_{SIZES[-1]}']:.2f} s" if known else ""
    faster = known[f"mv_seconds_{SIZES[-1]}"] / seconds if known else None
    what = "≥ 100 times faster" + (f" ({faster:.0f})" if faster else "")
    yield Line("1", "MV, 10,000,000 labels", f"{seconds:.3f} s", theirs, what, None if faster is None else faster >= 100)


def encoded(folder: Path) -> tuple[Any, Any]:
    """Votes and truth as indices (−1 where unknown)."""
    from quality.aggregate import encode

    votes, names = encode((r["task"], r["worker"], r["label"]) for r in rows(folder / "labels.csv"))
    truth, index = truth_of(folder), {label: i for i, label in enumerate(names.labels)}
    return votes, np.array([index.get(truth.get(task, ""), -1) for task in names.microtasks])


def accuracy(labels: Any, truth: Any) -> float:
    return float((labels == truth)[truth >= 0].mean())


def goal_2(data: Path, known: dict[str, Any], folder: Path) -> Iterator[Line]:
    from quality.aggregate import dawid_skene, majority, mean_of_models

    for name in (n for n in CLASSES if (data / n).exists()):
        votes, truth = encoded(data / name)
        plain = accuracy(majority(votes).labels, truth)
        fit = mean_of_models(votes)
        ours = accuracy(fit.labels, truth)
        theirs = {method: known[f"{name}_{method}"] for method in METHODS} if known else {}
        best = max(theirs, key=lambda m: theirs[m], default="")
        shown = f"{theirs[best]:.3f} ({best}, the best of {len(METHODS)})" if theirs else ""
        yield Line("2", f"{name}: {fit.method}", f"{ours:.3f}", shown, f"MV {plain:.3f} − .010", ours >= plain - 0.01)
        if known:
            _check_posteriors(np.load(folder / f"{name}.npy"), dawid_skene(votes).posteriors, data / name)


def _check_posteriors(theirs: Any, ours: Any, folder: Path) -> None:
    order = sorted(range(len(ours)), key=list(dict.fromkeys(r["task"] for r in rows(folder / "labels.csv"))).__getitem__)
    gap = float(np.abs(theirs - ours[order]).max())
    assert gap <= 1e-9, f"{folder.name}: posteriors differ by {gap}"


def goal_3(data: Path, known: dict[str, Any]) -> Iterator[Line]:
    from rapidfuzz.distance import Levenshtein

    from quality.cells import Row
    from quality.tables import aggregate

    folder = data / "crowdspeech_dev_clean"
    truth = truth_of(folder)
    table = [Row(r["task"], r["worker"], r["label"]) for r in rows(folder / "labels.csv")]
    results, seconds = timed(lambda: aggregate(table, "transcripts"))

    def rate(texts: dict[str, str]) -> float:
        wrong = sum(Levenshtein.distance(truth[t].split(), texts[t].split()) for t in truth)
        return 100 * wrong / sum(len(text.split()) for text in truth.values())

    ours = rate({r.task: r.label for r in results})
    theirs = rate(known["rover"]) if known else None
    shown = f"{theirs:.2f}% (ROVER)" if theirs else ""
    # The goal is 11% below ROVER on test-clean; the same share is asked here.
    wanted = f"≤ {theirs * 5.75 / 6.47:.2f}%" if theirs else ""
    yield Line("3", "CrowdSpeech dev-clean, WER", f"{ours:.2f}%", shown, wanted, ours <= theirs * 5.75 / 6.47 if theirs else None)
    times = known["rover_seconds"] / seconds if known else None
    shown = f"{known['rover_seconds']:.1f} s" if known else ""
    faster = f"≥ 15 times faster ({times:.0f})" if times else "≥ 15 times faster"
    yield Line("3", "  time", f"{seconds:.2f} s", shown, faster, times >= 15 if times else None)


def goal_4(data: Path) -> Iterator[Line]:
    from quality import boxes
    from quality.cells import Row, read_boxes
    from quality.tables import aggregate

    folder = data / "pedestrians_boxes_400"
    truth = {task: read_boxes(Row(task, "", text)) for task, text in truth_of(folder).items()}
    table = [Row(r["task"], r["worker"], r["label"]) for r in rows(folder / "labels.csv")]
    results, seconds = timed(lambda: aggregate(table, "boxes"))
    merged = {r.task: read_boxes(Row(r.task, "", r.label)) for r in results}
    for threshold, goal in ((0.5, 0.93), (0.75, 0.78)):
        hits = sum(len(boxes.match(merged[t], truth[t], threshold)) for t in truth)
        pooled = 2 * hits / sum(len(merged[t]) + len(truth[t]) for t in truth)
        naive = _plain_boxes(table, truth, threshold)
        what = f"400 pedestrian pictures, F1@{threshold} (unweighted median {naive:.3f}; {seconds:.1f} s)"
        yield Line("4", what, f"{pooled:.3f}", "has none", f"≥ {goal}", pooled >= goal)
        best = _ceiling(table, truth, threshold)
        yield Line("4", f"  the same F1@{threshold}, had we known which boxes are real", f"{best:.3f}", "", "", None)


def _ceiling(table: list[Any], truth: dict[str, Any], threshold: float) -> float:
    """F1 if exactly the right ones were kept of all that anybody drew, with the edges that we give them."""
    from quality import boxes

    answers = _answers(table)
    found = boxes.merge_project(list(answers.values()), keep=0.0)
    merged = {task: [box for box, _ in each] for task, each in zip(answers, found, strict=True)}
    hits = sum(len(boxes.match(merged[t], truth[t], threshold)) for t in truth)
    return 2 * hits / (hits + sum(len(boxes_of) for boxes_of in truth.values()))


def _answers(table: list[Any]) -> dict[str, list[Any]]:
    from quality.cells import read_boxes

    answers: dict[str, list[Any]] = {}
    for row in table:
        answers.setdefault(row.task, []).append((row.worker, read_boxes(row)))
    return answers


def _plain_boxes(table: list[Any], truth: dict[str, Any], threshold: float) -> float:
    """F1 with every worker's edges counting alike."""
    from quality import boxes

    answers = _answers(table)
    merged = {t: [box for box, _ in boxes.merge([drawn for _, drawn in answers[t]])] for t in truth}
    hits = sum(len(boxes.match(merged[t], truth[t], threshold)) for t in truth)
    return 2 * hits / sum(len(merged[t]) + len(truth[t]) for t in truth)


def goal_5(data: Path) -> Iterator[Line]:
    from quality.cells import Row
    from quality.tables import aggregate

    folder = data / "web_ordinal5"
    truth = {task: float(label) for task, label in truth_of(folder).items()}
    table = [Row(r["task"], r["worker"], r["label"]) for r in rows(folder / "labels.csv")]
    pairs = np.array([(float(r.label), truth[r.task]) for r in aggregate(table, "ordinal") if r.task in truth])
    pearson, off = float(np.corrcoef(pairs.T)[0, 1]), float(np.abs(pairs[:, 0] - pairs[:, 1]).mean())
    yield Line("5", "web relevance, Pearson", f"{pearson:.3f}", "has none (mean .874)", "≥ .945", pearson >= 0.945)
    yield Line("5", "web relevance, mean absolute error", f"{off:.3f}", "has none (mean .531)", "≤ .20", off <= 0.20)
    yield from _posterior_of_ratings(data)


def _posterior_of_ratings(data: Path) -> Iterator[Line]:
    """The two numbers that a project has: the mean to rank by, the median as the point of the scale."""
    from quality import ordinal

    votes, truth = encoded(data / "web_ordinal5")
    posteriors = ordinal.fit_ordinal(votes).posteriors[truth >= 0]
    known = truth[truth >= 0]
    pearson = float(np.corrcoef(ordinal.means(posteriors), known)[0, 1])
    off = float(np.abs(ordinal.medians(posteriors) - known).mean())
    yield Line("5", "  in a project: Pearson of the mean", f"{pearson:.3f}", "", "≥ .945", pearson >= 0.945)
    yield Line("5", "  in a project: error of the median", f"{off:.3f}", "", "≤ .20", off <= 0.20)


def hard_set() -> tuple[Any, Any]:
    """600 microtasks of 4 labels, 7 answers each; half of 60 workers guess, and some workers answer far more than others."""
    from quality.aggregate import Votes

    rng = np.random.default_rng(1)
    truth = rng.integers(0, 4, 600)
    skill = np.concatenate([np.full(30, 0.28), rng.uniform(0.6, 0.9, 30)])
    busy = rng.pareto(1.2, 60) + 0.1
    worker = np.concatenate([rng.choice(60, 7, replace=False, p=busy / busy.sum()) for _ in range(600)])
    microtask = np.repeat(np.arange(600), 7)
    wrong = (truth[microtask] + rng.integers(1, 4, len(worker))) % 4
    label = np.where(rng.random(len(worker)) < skill[worker], truth[microtask], wrong)
    return Votes(microtask, worker, label, 600, 60, 4), truth


def goal_6(data: Path) -> Iterator[Line]:
    from quality.aggregate import majority

    sets = [(name, *encoded(data / name)) for name in CLASSES[:2] if (data / name).exists()]
    for name, votes, truth in [*sets, ("half of the workers guess", *hard_set())]:
        plain = majority(votes).labels
        ours, full, saved = np.mean([_replayed(votes, truth, plain, seed) for seed in range(5)], axis=0)
        is_hard = name not in CLASSES
        wanted = f"MV of all answers {full:.3f}" + ("" if is_hard else "; ≥ 40% fewer")
        holds = bool(ours >= full and (is_hard or saved >= 0.4))
        yield Line(
            "6",
            f"adaptive overlap, {name} (mean of 5 orders)",
            f"{ours:.3f} with {saved:.0%} fewer answers",
            "has none",
            wanted,
            holds,
        )


def _replayed(votes: Any, truth: Any, plain: Any, seed: int) -> tuple[float, float, float]:
    """Accuracy with adaptive overlap, of majority vote over all answers, and the share of answers saved; gold left out."""
    from quality.aggregate import mean_of_models

    known = np.flatnonzero(truth >= 0)
    chosen = np.random.default_rng(seed).choice(known, len(known) // 10, replace=False)
    gold = {int(m): int(truth[m]) for m in chosen}
    asked, given = replay(votes, seed, gold)
    judged = np.where(np.isin(np.arange(len(truth)), list(gold)), -1, truth)
    labels = mean_of_models(given, gold).labels
    return accuracy(labels, judged), accuracy(plain, judged), 1 - float(asked.sum()) / len(votes)


def replay(votes: Any, seed: int, gold: dict[int, int], *, whole_gold: bool = False) -> tuple[Any, Any]:
    """
    Give answers one at a time, in random order, as long as the rule asks.

    Returns:
        how many answers of each microtask were given, and these votes. whole_gold: of gold all are given.
    """
    from quality.aggregate import shrunk_dawid_skene
    from quality.calibration import calibrate_across
    from quality.stopping import Rule, answer_strength, wants_another

    place = np.random.default_rng(seed + 1000).permutation(len(votes))
    queue = np.lexsort((place, votes.microtask))
    starts = np.searchsorted(votes.microtask[queue], np.arange(votes.n_microtasks))
    turn = np.empty(len(votes), dtype=np.int64)
    turn[queue] = np.arange(len(votes)) - starts[votes.microtask[queue]]
    most = np.bincount(votes.microtask, minlength=votes.n_microtasks)
    asked = np.minimum(2, most)
    if whole_gold:
        asked[list(gold)] = most[list(gold)]
    rule = Rule(maximum=int(most.max()))
    while True:
        given = votes.only(turn < asked[votes.microtask])
        # Wawa's part of the mean is never sure of anything: shrunk Dawid–Skene tells when to stop, the mean tells what.
        fit = shrunk_dawid_skene(given, gold)
        honest = calibrate_across(given, gold, shrunk_dawid_skene)
        worth = answer_strength(float(fit.skills[given.worker].mean()), votes.n_labels)
        more = [
            asked[m] < most[m] and wants_another(int(asked[m]), float(sure), rule, honest, answer_strength=worth)
            for m, sure in enumerate(fit.confidence)
        ]
        if not any(more):
            return asked, given
        asked = asked + np.array(more)


def goal_7(data: Path) -> Iterator[Line]:
    from quality.aggregate import mean_of_models
    from quality.calibration import calibrate_across

    for name in (n for n in CLASSES if (data / n).exists()):
        votes, truth = encoded(data / name)
        known = np.random.default_rng(3).permutation(np.flatnonzero(truth >= 0))
        gold = {int(m): int(truth[m]) for m in known[: len(known) // 4]}
        curve = calibrate_across(votes, gold, lambda v, g: mean_of_models(v, g, fall_back=False))
        fit = mean_of_models(votes, gold, fall_back=False)
        rest = known[len(known) // 4 :]
        right = float((fit.labels[rest] == truth[rest]).mean())
        promised, shown = float(fit.confidence[rest].mean()), float(curve.shown_all(fit.confidence[rest]).mean())
        what = f"{name}: shown confidence (a quarter is gold; the model promised {promised:.3f})"
        yield Line("7", what, f"{shown:.3f}", "", f"right {right:.3f} ± .03", abs(shown - right) <= 0.03)


def skill_intervals() -> Iterator[Line]:
    """A simulated lab: 400 workers of known skill answer 20 to 80 gold microtasks."""
    from quality.workers import crowd_mean, skill_of

    rng = np.random.default_rng(4)
    true = np.concatenate([rng.beta(16, 4, 360), np.full(40, 0.35)])
    skills = [skill_of((rng.random(rng.integers(20, 81)) < p).astype(float)) for p in true]
    crowd = crowd_mean(skills)
    inside = [low <= p <= high for p, (low, high) in zip(true[:360], (s.interval(crowd) for s in skills), strict=False)]
    share = float(np.mean(inside))
    yield Line("–", "true skill inside its 90% interval (360 simulated workers)", f"{share:.0%}", "", "≥ 90%", share >= 0.9)


def lab_votes(seed: int = 7) -> tuple[Any, Any, Any, Any]:
    """
    A lab of 40 people, 1,500 microtasks of 4 labels, 5 answers each, one in ten of them gold.

    28 ordinary people, 4 careless, 4 excellent who answer a third as often, 4 who tell each other the gold.

    Returns:
        votes, truth, gold (indices), true skill per worker.
    """
    from quality.aggregate import Votes

    rng = np.random.default_rng(seed)
    skill = np.concatenate([rng.uniform(0.7, 0.95, 28), np.full(4, 0.35), np.full(4, 0.97), np.full(4, 0.6)])
    busy = np.where((np.arange(40) >= 32) & (np.arange(40) < 36), 1 / 3, 1.0)
    truth = rng.integers(0, 4, 1500)
    gold = np.arange(0, 1500, 10)
    microtask = np.repeat(np.arange(1500), np.where(np.isin(np.arange(1500), gold), 20, 5))
    many = np.bincount(microtask)
    worker = np.concatenate([rng.choice(40, n, replace=False, p=busy / busy.sum()) for n in many])
    told = np.isin(microtask, gold) & (worker >= 36)
    right = told | (rng.random(len(worker)) < skill[worker])
    label = np.where(right, truth[microtask], (truth[microtask] + rng.integers(1, 4, len(worker))) % 4)
    return Votes(microtask, worker, label, 1500, 40, 4), truth, gold, skill


def simulated_lab() -> Iterator[Line]:
    """Known skill, careless, slow but excellent, collusion on gold: over ten labs."""
    found = np.array([_one_lab(seed) for seed in range(10)])
    inside, saved, ours, full, shown, off = found.mean(axis=0)
    what = "simulated lab (40 people, 4 careless, 4 slow, 4 share the gold; mean of 10)"
    yield Line("–", f"{what}: true skill inside its 90% interval", f"{inside:.0%}", "", "≥ 90%", bool(inside >= 0.9))
    wanted = f"MV of all answers {full:.3f}; ≥ 25% fewer"
    yield Line(
        "–", "  adaptive overlap", f"{ours:.3f} with {saved:.0%} fewer answers", "", wanted, ours >= full and saved >= 0.25
    )
    gap = f"right {ours:.3f} ± .03 (largest gap of a lab {found[:, 5].max():.3f})"
    yield Line("–", "  shown confidence", f"{shown:.3f}", "", gap, bool(off <= 0.03))


def _one_lab(seed: int) -> tuple[float, float, float, float, float, float]:
    """Share of skills inside, answers saved, accuracy, majority's accuracy, shown confidence, and its gap to the accuracy."""
    from quality.aggregate import majority, mean_of_models
    from quality.calibration import calibrate_across
    from quality.workers import crowd_mean, skill_of

    votes, truth, gold, skill = lab_votes(seed)
    judged = np.setdiff1d(np.arange(len(truth)), gold)
    scores = [(votes.label == truth[votes.microtask])[(votes.worker == w) & np.isin(votes.microtask, gold)] for w in range(40)]
    skills = [skill_of(each.astype(float)) for each in scores]
    crowd = crowd_mean(skills)
    honest = range(36)  # what somebody shares with others says nothing about the person
    inside = np.mean([skills[w].interval(crowd)[0] <= skill[w] <= skills[w].interval(crowd)[1] for w in honest])
    known = {int(m): int(truth[m]) for m in gold}
    asked, given = replay(votes, seed, known, whole_gold=True)
    fit = mean_of_models(given, known, fall_back=False)
    curve = calibrate_across(given, known, lambda v, g: mean_of_models(v, g, fall_back=False))
    ours = float((fit.labels == truth)[judged].mean())
    full = float((majority(votes).labels == truth)[judged].mean())
    shown = float(curve.shown_all(fit.confidence[judged]).mean())
    return float(inside), 1 - float(asked[judged].sum()) / (5 * len(judged)), ours, full, shown, abs(shown - ours)


def measure(data: Path, with_crowdkit: bool) -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known = reference(data, folder) if with_crowdkit else {}
        yield from goal_1(known, folder)
        yield from goal_2(data, known, folder)
        for goal, needs in (
            (lambda d: goal_3(d, known), "crowdspeech_dev_clean"),
            (goal_4, "pedestrians_boxes_400"),
            (goal_5, "web_ordinal5"),
            (goal_6, ""),
            (goal_7, ""),
        ):
            if (data / needs).exists():
                yield from goal(data)
        yield from skill_intervals()
        yield from simulated_lab()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=Path("../shared/crowd"))
    parser.add_argument("--without-crowdkit", action="store_true", help="only our own figures")
    parser.add_argument("--reference", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reference:
        answer_as_reference(options.data, options.reference)
        return
    print("| goal | what | ours | crowd-kit 1.4.2 | wanted | holds |\n|---|---|---|---|---|---|")
    for line in measure(options.data, not options.without_crowdkit):
        holds = {True: "yes", False: "NO", None: ""}[line.holds]
        cells = (line.goal, line.what, line.ours, line.crowdkit, line.wanted, holds)
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
