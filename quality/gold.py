"""
When to serve a gold microtask, and which.

The rule is the same for everybody and known to everybody: 30% of a worker's first 20 answers, then 10%, never below 5%.

Source: quality control by interleaved known items, Oleson et al. 2011, AAAI HCOMP W11
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

FIRST_ANSWERS = 20
FIRST_SHARE = 0.30
LATER_SHARE = 0.10
LEAST_SHARE = 0.05
MOST_EXPOSURES = 200  # after so many people an item may be talked about

C = TypeVar("C", bound=Hashable)


def wants_gold(
    answered: int,
    gold_answered: int,
    draw: float,
    *,
    first: int = FIRST_ANSWERS,
    first_share: float = FIRST_SHARE,
    share: float = LATER_SHARE,
    floor: float = LEAST_SHARE,
) -> bool:
    """
    Whether the next microtask of this worker in this step should be gold.

    Args:
        answered: the worker's answers in this step so far, gold included.
        gold_answered: how many of them were gold.
        draw: a fresh random number in [0, 1).
        first: how many answers `first_share` holds for; then `share` does; `floor` is the least share kept up.

    Returns:
        True with probability 30% for the first 20 answers and 10% later; always when the share of gold would
        otherwise fall below 5%, so that bad luck cannot keep anybody unmeasured.
    """
    if gold_answered < math.floor(floor * answered):
        return True
    return draw < (first_share if answered < first else share)


@dataclass(frozen=True)
class GoldItem:
    """
    A gold microtask as the schedule sees it.

    Attributes:
        key: its id.
        group: its class, for balance: usually its first accepted label.
        exposures: how many people answered it.
        disputed: somebody says that its accepted answers are wrong; not served until reviewed.
    """

    key: Hashable
    group: str
    exposures: int = 0
    disputed: bool = False


def choose_gold(
    items: Sequence[GoldItem],
    seen: Collection[Hashable],
    shown_groups: Mapping[str, int],
    *,
    most_exposures: int = MOST_EXPOSURES,
) -> GoldItem | None:
    """
    The gold item to serve next, or None when none is left for this person.

    Each item once per person, none that is disputed or worn out. The class this person saw least comes first, so that
    gold says something about every class; within it the item that fewest people saw, then the first in order.

    Args:
        seen: keys this person answered, returned or had explained.
        shown_groups: gold of each class this person was shown.
    """
    left = [i for i in items if i.key not in seen and not i.disputed and i.exposures < most_exposures]
    return min(left, key=lambda i: (shown_groups.get(i.group, 0), i.exposures), default=None)


@dataclass(frozen=True)
class Wear:
    """How used up the gold of a step is."""

    items: int
    disputed: int
    worn_out: int
    exposures_per_item: float
    unused: int


def wear(items: Sequence[GoldItem], *, most_exposures: int = MOST_EXPOSURES) -> Wear:
    """The wear-out report of a step's gold."""
    total = sum(i.exposures for i in items)
    return Wear(
        len(items),
        sum(i.disputed for i in items),
        sum(i.exposures >= most_exposures for i in items),
        total / len(items) if items else 0.0,
        sum(i.exposures == 0 for i in items),
    )


@dataclass(frozen=True)
class Record:
    """What people answered to one gold item: a doubt about the item as much as about the people."""

    right: int
    wrong: int
    commonest_wrong: Hashable | None
    doubtful: bool


def record(scores: Sequence[float], answers: Sequence[C]) -> Record:
    """
    Whether a gold item is itself in doubt: five people or more answered, half or more of them not as accepted.

    Args:
        scores: gold score of each answer, 0..1; right from 0.5.
        answers: the same answers in a form that can be counted.
    """
    wrong = Counter(a for a, s in zip(answers, scores, strict=True) if s < 0.5)
    n_wrong = wrong.total()
    commonest = min(wrong, key=lambda a: (-wrong[a], str(a)), default=None)
    return Record(len(scores) - n_wrong, n_wrong, commonest, len(scores) >= 5 and 2 * n_wrong >= len(scores))
