"""Goals 3 and 5: transcripts against ROVER, and ratings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality_goals.lines import Line, encoded, rows, timed, truth_of


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
