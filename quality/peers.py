"""
Which of two models to trust, without gold: by what workers say who had no part in the fit.

A quarter of the workers is held out; both models settle the microtasks from the others' votes. The better outcome is the
one that tells more about the held-out votes. It need not equal them: how the crowd answers when the outcome is k is
counted, so that a model is not blamed for correcting an error that most people share.

Source: cross-validation of predictive log scores, Stone 1974, doi:10.1111/j.2517-6161.1974.tb00994.x
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from quality.votes import Bools, Floats, Gold, Ints, Votes, most_probable

Labeller: TypeAlias = Callable[[Votes, Gold | None], Floats]
"""Votes and gold → posteriors (n_microtasks, n_labels)."""

_FOLDS = 4
_ENOUGH = 500_000  # votes; more would not change the verdict, only the time it takes


def evidence(votes: Votes, gold: Gold | None, left: Labeller, right: Labeller) -> float:
    """
    How much held-out votes speak for `left` over `right`, in standard errors; 0 where nothing can be held out.

    Below −1 `right` explains them better, above 1 `left` does.
    """
    sample = _every_nth_microtask(votes, max(len(votes) // _ENOUGH, 1))
    fold = _folds(sample)
    gains = np.concatenate([_gains(sample, gold, fold[sample.worker] == f, left, right) for f in range(_FOLDS)])
    spread = float(np.sqrt((gains**2).sum()))
    return float(gains.sum()) / spread if spread > 0 else 0.0


def _every_nth_microtask(votes: Votes, n: int) -> Votes:
    return votes if n == 1 else votes.only(votes.microtask % n == 0)


def _folds(votes: Votes) -> Ints:
    """A fold per worker: dealt out from the busiest worker down, so that every fold has its share of the votes."""
    busiest = np.argsort(-np.bincount(votes.worker, minlength=votes.n_workers), kind="stable")
    fold = np.empty(votes.n_workers, dtype=np.int32)
    fold[busiest] = np.arange(votes.n_workers) % _FOLDS
    return fold


def _gains(votes: Votes, gold: Gold | None, out: Bools, left: Labeller, right: Labeller) -> Floats:
    """Per microtask, how much better its held-out votes are predicted from `left`'s label than from `right`'s (nats)."""
    rest, held = votes.only(~out), votes.only(out)
    voted = np.bincount(rest.microtask, minlength=votes.n_microtasks) > 0
    held = held.only(voted[held.microtask])
    if not len(held):
        return np.zeros(0)
    gain = _log_scores(left(rest, gold), held) - _log_scores(right(rest, gold), held)
    # Votes on one microtask stand or fall together: they count as one piece of evidence.
    return np.bincount(held.microtask, gain).astype(np.float64)


def _log_scores(posteriors: Floats, held: Votes) -> Floats:
    """Log-probability of each held-out vote, given the label of its microtask and the crowd's confusion matrix."""
    label = most_probable(posteriors)[held.microtask]
    counts = np.full((held.n_labels, held.n_labels), 0.5)
    np.add.at(counts, (label, held.label), 1.0)
    rows = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(np.log(rows[label, held.label]), dtype=np.float64)
