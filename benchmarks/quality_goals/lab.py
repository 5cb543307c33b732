"""A simulated lab: people of known skill, careless ones, slow excellent ones, and some who share the gold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.quality_goals.lines import Line
from benchmarks.quality_goals.simulated import lab_votes
from benchmarks.quality_goals.stopping import replay


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
