"""
What a confidence is worth: posteriors promise too much, gold says how much.

A logistic curve through (confidence, right or wrong) on gold, drawn to "as promised" while gold is scarce.

Source: Platt 1999, "Probabilistic outputs for support vector machines"; the expected calibration error of
Naeini, Cooper & Hauskrecht 2015, doi:10.1609/aaai.v29i1.9602
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from quality.errors import BadVotes
from quality.votes import Bools, Fit, Floats, Gold, Votes

MINIMUM_GOLD = 20
GOOD_GOLD = 50  # fewer cannot tell three points from chance
GOOD_ERROR = 0.03  # shown confidence within three points of the share that is right
_CEILING = 1.0 - 1e-6  # a promise beyond one in a million cannot be told from certainty
_PRIOR_WEIGHT = 4.0  # the curve "as promised" counts as about so many gold answers


@dataclass(frozen=True)
class Calibration:
    """
    Attributes:
        slope, intercept: of the logistic curve over the log-odds of the confidence; 1 and 0 change nothing.
        gold: how many gold microtasks it rests on.
        error: expected calibration error on them after calibrating, None without gold.
    """

    slope: float = 1.0
    intercept: float = 0.0
    gold: int = 0
    error: float | None = None

    def shown(self, confidence: float) -> float:
        """The confidence to show, 0..1."""
        return float(self.shown_all(np.array([confidence]))[0])

    def shown_all(self, confidences: Floats) -> Floats:
        """The same for many, (n,)."""
        return _sigmoid(self.intercept + self.slope * _log_odds(np.asarray(confidences, dtype=np.float64)))

    @property
    def is_good(self) -> bool:
        """Whether shown confidence is known to be near what is right: enough gold, and within three points on it."""
        return self.gold >= GOOD_GOLD and self.error is not None and self.error <= GOOD_ERROR


def calibrate(confidences: Sequence[float] | Floats, right: Sequence[bool] | Sequence[float] | Floats | Bools) -> Calibration:
    """
    Fit the curve on gold.

    Args:
        confidences: what the model promised for its label of each gold microtask, without having seen that gold.
        right: whether that label was accepted; fractional gold scores count in part.

    Raises:
        BadVotes: sequences of different length.
    """
    promised, truth = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if promised.shape != truth.shape or promised.ndim != 1:
        raise BadVotes(f"{promised.size} confidences for {truth.size} outcomes: give one outcome per confidence.")
    if not len(truth):
        return Calibration()
    intercept, slope = _logistic(_log_odds(promised), truth)
    fitted = Calibration(slope, intercept, len(truth))
    return Calibration(slope, intercept, len(truth), calibration_error(fitted.shown_all(promised), truth))


def calibrate_across(votes: Votes, gold: Gold, model: Callable[[Votes, Gold], Fit]) -> Calibration:
    """
    Calibrate a model on gold that it has not seen: each half of the gold is settled with only the other half known.

    Args:
        votes: COO triples.
        gold: microtask → accepted label(s).
        model: settles votes, given some gold.
    """
    keys = sorted(gold)
    confidences: list[float] = []
    right: list[bool] = []
    for hidden in (keys[::2], keys[1::2]):
        left_out = set(hidden)
        fit = model(votes, {m: gold[m] for m in gold if m not in left_out})
        labels, sure = fit.labels, fit.confidence
        confidences += [float(sure[m]) for m in hidden]
        right += [_accepts(gold[m], int(labels[m])) for m in hidden]
    return calibrate(confidences, right)


def _accepts(accepted: int | Collection[int], label: int) -> bool:
    return label == accepted if isinstance(accepted, int | np.integer) else label in accepted


def _log_odds(confidences: Floats) -> Floats:
    kept = np.clip(confidences, 1.0 - _CEILING, _CEILING)
    return np.asarray(np.log(kept / (1.0 - kept)), dtype=np.float64)


def _sigmoid(scores: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-scores)), dtype=np.float64)


def _logistic(scores: Floats, truth: Floats) -> tuple[float, float]:
    """Intercept and slope (at least 0) by Newton's method, with a normal prior around (0, 1)."""
    inputs = np.column_stack([np.ones_like(scores), scores])
    centre, weights = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    precision = np.diag([_PRIOR_WEIGHT / 4.0, _PRIOR_WEIGHT])
    for _ in range(50):
        fitted = _sigmoid(inputs @ weights)
        slope = inputs.T @ (truth - fitted) - precision @ (weights - centre)
        curvature = (inputs * (fitted * (1.0 - fitted))[:, None]).T @ inputs + precision
        step = np.linalg.solve(curvature, slope)
        # A full Newton step may overshoot where the curve is flat; a length of 2 is far for log-odds.
        step *= min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]), max(float(weights[1]), 0.0)


@dataclass(frozen=True)
class Bin:
    """One point of the calibration curve."""

    promised: float  # mean confidence
    right: float  # share that was right
    microtasks: int


def curve(
    confidences: Sequence[float] | Floats, right: Sequence[bool] | Sequence[float] | Floats | Bools, bins: int = 10
) -> list[Bin]:
    """The calibration curve in bins of about equal size, lowest confidence first; empty without gold."""
    promised, truth = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    order = np.argsort(promised, kind="stable")
    parts = np.array_split(order, min(bins, max(len(order) // 5, 1)))
    return [Bin(float(promised[p].mean()), float(truth[p].mean()), len(p)) for p in parts if len(p)]


def calibration_error(
    confidences: Sequence[float] | Floats, right: Sequence[bool] | Sequence[float] | Floats | Bools, bins: int = 10
) -> float | None:
    """Mean gap between promised and right over the curve's bins, weighted by their size; None without gold."""
    found = curve(confidences, right, bins)
    total = sum(b.microtasks for b in found)
    return sum(abs(b.promised - b.right) * b.microtasks for b in found) / total if total else None
