"""Does somebody's pace differ from their usual? One exact test on few numbers; what it means is for people to say.

The last five days with a kind of work are set against the fifteen to forty before them, by the medians of the days:
answers of one day resemble each other, days much less. The test is Wilcoxon's rank-sum, two-sided, with its exact
distribution (ties get mid-ranks), so it holds for small numbers and for any shape of the figures. A sign needs a
chance of at most 0.2% under "nothing changed" and a difference of a quarter or more, and is looked for once a week: over
half a year at most about one in twenty of those whose pace never changed gets one by chance (tests/test_drift.py counts).

Source: Wilcoxon 1945, doi:10.2307/3001968; exact conditional distribution with ties: Streitberg & Röhmel 1986.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

RECENT_DAYS = 5
FEWEST_EARLIER_DAYS = 15
MOST_EARLIER_DAYS = 40
ALPHA = 0.002
SMALLEST_RATIO = 1.25  # a quarter slower, or faster by as much


@dataclass(frozen=True)
class Sign:
    """The pace of late against the usual, in seconds per answer (medians of days), and the chance of it by accident."""

    now_seconds: float
    usual_seconds: float
    p_value: float


def look(days: Sequence[float]) -> Sign | None:
    """
    A sign that the last days differ from those before them, or None.

    Args:
        days: one figure per day with this kind of work (median seconds per answer, above 0), oldest first.

    Returns:
        None also when there are not enough days: nothing is said below the minimum.
    """
    recent, earlier = days[-RECENT_DAYS:], days[:-RECENT_DAYS][-MOST_EARLIER_DAYS:]
    if len(recent) < RECENT_DAYS or len(earlier) < FEWEST_EARLIER_DAYS:
        return None
    now, usual = median(recent), median(earlier)
    if max(now, usual) < SMALLEST_RATIO * min(now, usual):
        return None
    p_value = rank_sum_p(recent, earlier)
    return Sign(now, usual, p_value) if p_value <= ALPHA else None


def rank_sum_p(few: Sequence[float], many: Sequence[float]) -> float:
    """The exact two-sided chance of a rank sum of `few` this far from its mean, when order says nothing."""
    ranks = _doubled_ranks([*few, *many])
    observed = sum(ranks[: len(few)])
    mean_doubled = len(few) * (len(ranks) + 1)
    distance = abs(observed - mean_doubled)
    ways = _ways(ranks, len(few))
    far = sum(count for total, count in ways.items() if abs(total - mean_doubled) >= distance)
    return far / comb(len(ranks), len(few))


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Mid-ranks times two, so that they stay whole numbers."""
    order = sorted(values)
    first = {value: order.index(value) for value in set(values)}
    return [2 * first[value] + order.count(value) + 1 for value in values]


def _ways(ranks: Sequence[int], size: int) -> dict[int, int]:
    """How many subsets of this size have each sum."""
    by_size: list[dict[int, int]] = [{0: 1}] + [{} for _ in range(size)]
    for rank in ranks:
        for taken in range(size, 0, -1):
            for total, count in by_size[taken - 1].items():
                by_size[taken][total + rank] = by_size[taken].get(total + rank, 0) + count
    return by_size[size]
