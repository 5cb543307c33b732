"""Models that count: majority vote, and votes weighted by agreement with the outcome."""

from __future__ import annotations

import numpy as np

from quality.em import vote_shares
from quality.errors import TooFewJudgements
from quality.votes import Fit, Floats, Gold, Ints, Votes, clamp, count_votes, most_probable, ratio


def majority(votes: Votes, gold: Gold | None = None) -> Fit:
    """
    Share of the votes per label; a microtask without votes has even shares, a tie goes to the lowest label.

    Args:
        votes: COO triples.
        gold: microtask → accepted label(s); its posterior holds nothing else.

    Raises:
        TooFewJudgements: there are microtasks but no label at all.

    Source: de Condorcet 1785 (the jury theorem); skill is agreement with the outcome.
    """
    _check_labels(votes)
    shares = clamp(votes, gold).apply(vote_shares(votes))
    return Fit("majority", shares, _agreement(votes, most_probable(shares)))


def wawa(votes: Votes, gold: Gold | None = None, *, rounds: int = 10) -> Fit:
    """
    Worker agreement with aggregate: votes weighted by how often that worker agrees with the outcome so far.

    Args:
        rounds: how often weights and outcome are made anew; stops early once nothing changes. 1 is plain Wawa.

    Raises:
        TooFewJudgements: there are microtasks but no label at all.

    Source: Appen's "worker agreement with aggregate", as in crowd-kit, doi:10.21105/joss.06227; iterated as in
    Karger, Oh & Shah 2014, doi:10.1287/opre.2013.1235
    """
    _check_labels(votes)
    known = clamp(votes, gold)
    shares = known.apply(vote_shares(votes))
    outcome = most_probable(shares)
    skills = _agreement(votes, outcome)
    for _ in range(rounds):
        shares = known.apply(_scaled(count_votes(votes, skills)))
        before, outcome = outcome, most_probable(shares)
        skills = _agreement(votes, outcome)
        if np.array_equal(before, outcome):
            break
    return Fit("wawa", shares, skills)


def _check_labels(votes: Votes) -> None:
    if votes.n_microtasks and not votes.n_labels:
        raise TooFewJudgements("There are microtasks but no labels to choose from. Name the labels or collect answers.")


def _scaled(scores: Floats) -> Floats:
    total = scores.sum(axis=1, keepdims=True)
    return np.where(total > 0, scores / np.where(total > 0, total, 1.0), 1.0 / max(scores.shape[1], 1))


def _agreement(votes: Votes, outcome: Ints) -> Floats:
    """Share of each worker's votes that equal the outcome; 0.5 without votes."""
    agrees = np.bincount(votes.worker, outcome[votes.microtask] == votes.label, votes.n_workers).astype(np.float64)
    answers = np.bincount(votes.worker, minlength=votes.n_workers)
    return ratio(agrees, answers.astype(np.float64), 0.5)
