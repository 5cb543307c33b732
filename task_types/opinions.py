"""Opinions: how often each answer was given, with its uncertainty. A minority taste is a result, never an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import sqrt

from task_types.protocol import Distribution

Z95 = 1.959963984540054


def wilson(count: float, total: float, z: float = Z95) -> tuple[float, float]:
    """Interval of a share, also right for small numbers.

    Source: Wilson 1927, doi:10.2307/2276774
    """
    if total <= 0:
        return 0.0, 1.0
    share, spread = count / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def distribution(given: Iterable[str], possible: Iterable[str] = ()) -> Distribution:
    """Shares of each possible and each given answer; several answers per person count each."""
    return shares(Counter(given), possible)


def shares(counts: Counter[str], possible: Iterable[str] = (), people: int | None = None) -> Distribution:
    """The same from counts; `people` when one person may give several answers (tags)."""
    total = counts.total() if people is None else people
    names = [*dict.fromkeys([*possible, *sorted(counts)])]
    return Distribution(
        shares={name: counts[name] / total if total else 0.0 for name in names},
        intervals={name: wilson(counts[name], total) for name in names},
        answers=total,
    )
