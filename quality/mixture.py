"""The mean of several models: none of them is best everywhere, and their errors differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quality.counting import majority, wawa
from quality.em import dawid_skene, one_coin, shrunk_dawid_skene
from quality.errors import TooManyLabels
from quality.peers import evidence
from quality.votes import Fit, Floats, Gold, Votes

_ROW_VOTES = 6.0  # a confusion row needs about so many votes before Dawid–Skene counts half


def mean_of_models(votes: Votes, gold: Gold | None = None, *, fall_back: bool = True) -> Fit:
    """
    Mean posterior of Dawid–Skene, Dawid–Skene with shrunk rows, one-coin and iterated Wawa.

    Dawid–Skene has one free parameter per cell of every worker's confusion matrix, so it counts for less where a row of
    such a matrix has few votes. Workers left out of the fit are then asked what they think of the outcome: where their
    answers do not fit the mean's better than Wawa's, Wawa's is taken, and likewise majority vote instead of Wawa.
    `method` of the result tells which it was.

    Args:
        votes: COO triples.
        gold: microtask → accepted label(s); its posterior holds nothing else.
        fall_back: False gives the mean in any case.

    Raises:
        TooFewJudgements: no votes at all.

    Source: linear opinion pool, Stone 1961, doi:10.1214/aoms/1177704873; choosing by held-out prediction,
    Stone 1974, doi:10.1111/j.2517-6161.1974.tb00994.x
    """
    try:
        mean = _mean(votes, gold)
    except TooManyLabels:
        # Labels without number are hardly ever confused systematically: then agreement is all there is.
        return wawa(votes, gold)
    # No evidence is not enough for the richer model: fifty parameters per worker must earn their place.
    if fall_back and evidence(votes, gold, _mean_labels, _wawa_labels) <= 0:
        worse = evidence(votes, gold, _wawa_labels, _majority_labels) < 0
        simple = majority(votes, gold) if worse else wawa(votes, gold)
        return Fit(simple.method, simple.posteriors, mean.skills, mean.confusions)
    return mean


def same_model(fit: Fit) -> Callable[[Votes, Gold | None], Fit]:
    """The model that `mean_of_models` settled on, to be asked again on other votes or gold without choosing anew."""
    chosen: dict[str, Callable[[Votes, Gold | None], Fit]] = {"wawa": wawa, "majority": majority}
    return chosen.get(fit.method, _mean)


def _mean(votes: Votes, gold: Gold | None) -> Fit:
    free = dawid_skene(votes, gold)
    shrunk = shrunk_dawid_skene(votes, gold)
    fits = (free, shrunk, one_coin(votes, gold), wawa(votes, gold))
    per_row = len(votes) / (votes.n_workers * votes.n_labels)
    weights = (per_row / (per_row + _ROW_VOTES), 1.0, 1.0, 1.0)
    posteriors: Floats = np.zeros_like(free.posteriors)
    for fit, weight in zip(fits, weights, strict=True):
        posteriors += fit.posteriors * (weight / sum(weights))
    skills = np.mean([fit.skills for fit in fits], axis=0)
    return Fit("mean_of_models", posteriors, skills, shrunk.confusions)


def _mean_labels(votes: Votes, gold: Gold | None) -> Floats:
    return _mean(votes, gold).posteriors


def _wawa_labels(votes: Votes, gold: Gold | None) -> Floats:
    return wawa(votes, gold).posteriors


def _majority_labels(votes: Votes, gold: Gold | None) -> Floats:
    return majority(votes, gold).posteriors
