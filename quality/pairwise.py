"""
A ranking from answers "this one of the two".

Source: Bradley & Terry 1952, doi:10.2307/2334029, by the MM algorithm of Hunter 2004, doi:10.1214/aos/1079120141;
weighing workers by their agreement with the ranking as in Chen et al. 2013, doi:10.1145/2433396.2433420
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quality.errors import BadVotes
from quality.votes import Floats, Longs

_VIRTUAL = 0.1  # a draw of this weight with an average item keeps items that never lost at a finite strength


@dataclass(frozen=True)
class Ranking:
    """
    Attributes:
        strengths: (n_items,) log-strengths with mean 0; the chance that i beats j is 1 / (1 + exp(s_j − s_i)).
        components: (n_items,) items of one number are linked by comparisons; across numbers nothing can be said.
        skills: (n_workers,) share of answers that the ranking agrees with, drawn to the crowd's; empty without workers.
    """

    strengths: Floats
    components: Longs
    skills: Floats

    @property
    def is_connected(self) -> bool:
        """Whether any two items can be compared, if only through others."""
        return len(np.unique(self.components)) <= 1

    def order(self) -> list[int]:
        """Items, strongest first; a tie goes to the lower index."""
        return [int(i) for i in np.argsort(-np.round(self.strengths, 12), kind="stable")]

    def chance(self, i: int, j: int) -> float | None:
        """Probability that i is preferred to j; None when no chain of comparisons links them."""
        if self.components[i] != self.components[j]:
            return None
        return float(1.0 / (1.0 + np.exp(self.strengths[j] - self.strengths[i])))


def bradley_terry(
    winners: Sequence[int] | Longs,
    losers: Sequence[int] | Longs,
    n_items: int,
    weights: Sequence[float] | Floats | None = None,
    *,
    rounds: int = 500,
    tol: float = 1e-8,
) -> Ranking:
    """
    Strengths of items from comparisons.

    Args:
        winners, losers: item indices, one pair per comparison.
        weights: of each comparison, at least 0; even when None.

    Raises:
        BadVotes: lengths differ, an index is out of range, an item is compared with itself, or a weight is below 0.
    """
    win, lose, weight = _checked(winners, losers, n_items, weights)
    wins = np.bincount(win, weight, n_items) + _VIRTUAL / 2.0
    power: Floats = np.ones(n_items)
    for _ in range(rounds):
        rate = weight / (power[win] + power[lose])
        faced = np.bincount(win, rate, n_items) + np.bincount(lose, rate, n_items) + _VIRTUAL / (power + 1.0)
        after = wins / faced
        after /= np.exp(np.log(after).mean()) if n_items else 1.0
        moved = float(np.abs(np.log(after / power)).max(initial=0.0))
        power = after
        if moved < tol:
            break
    return Ranking(np.log(power), components(win, lose, n_items), np.zeros(0))


def _checked(
    winners: Sequence[int] | Longs, losers: Sequence[int] | Longs, n_items: int, weights: Sequence[float] | Floats | None
) -> tuple[Longs, Longs, Floats]:
    win, lose = np.asarray(winners, dtype=np.int64), np.asarray(losers, dtype=np.int64)
    weight = np.ones(len(win)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(win) == len(lose) == len(weight):
        raise BadVotes(f"{len(win)} winners, {len(lose)} losers, {len(weight)} weights: give one of each per comparison.")
    both = np.concatenate([win, lose])
    if len(both) and (both.min() < 0 or both.max() >= n_items):
        raise BadVotes(f"Comparisons name items {both.min()}..{both.max()}, but there are {n_items}. Number them from 0.")
    if (win == lose).any() or (weight < 0).any():
        raise BadVotes("An item is compared with itself, or a weight is below 0. Leave such comparisons out.")
    return win, lose, weight


def components(left: Longs, right: Longs, n_items: int) -> Longs:
    """Number of the linked group of each item, numbered by their lowest item."""
    parent = list(range(n_items))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    _, numbers = np.unique([root(i) for i in range(n_items)], return_inverse=True)
    return np.asarray(numbers, dtype=np.int64).reshape(n_items)


def weighted_bradley_terry(
    winners: Sequence[int] | Longs,
    losers: Sequence[int] | Longs,
    workers: Sequence[int] | Longs,
    n_items: int,
    *,
    rounds: int = 10,
) -> Ranking:
    """
    Bradley–Terry where each comparison weighs as much as its worker agrees with the ranking.

    A worker who agrees half of the time guesses and weighs nothing; one who always agrees weighs 1.

    Raises:
        BadVotes: as `bradley_terry`.
    """
    who = np.asarray(workers, dtype=np.int64)
    ranking = bradley_terry(winners, losers, n_items)
    win, lose, _ = _checked(winners, losers, n_items, None)
    if len(who) != len(win):
        raise BadVotes(f"{len(who)} workers for {len(win)} comparisons: give one worker per comparison.")
    skills: Floats = np.zeros(0)
    for _ in range(rounds):
        before, skills = skills, _agreement(ranking, win, lose, who)
        if len(before) == len(skills) and np.abs(before - skills).max(initial=0.0) < 1e-4:
            break
        ranking = bradley_terry(win, lose, n_items, np.clip(2.0 * skills[who] - 1.0, 0.0, 1.0))
    return Ranking(ranking.strengths, components(win, lose, n_items), skills)


def _agreement(ranking: Ranking, win: Longs, lose: Longs, who: Longs) -> Floats:
    """Expected share of each worker's answers that are right, drawn to the crowd's mean (worth four answers)."""
    n_workers = int(who.max(initial=-1)) + 1
    right = 1.0 / (1.0 + np.exp(ranking.strengths[lose] - ranking.strengths[win]))
    answers = np.bincount(who, minlength=n_workers)
    crowd = float(right.mean()) if len(right) else 0.5
    return np.asarray((np.bincount(who, right, n_workers) + 4.0 * crowd) / (answers + 4.0), dtype=np.float64)
