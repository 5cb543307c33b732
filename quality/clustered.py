"""
How much a mean of scores is worth when the same people answered the same questions over and over.

A hundred answers of two people to ten questions say less than a hundred of a hundred people: an interval that takes them for
independent is too narrow. What they are worth together is counted from how far the groups differ.

Source: the ratio estimator's variance by groups, Cochran 1977, Sampling Techniques, ch. 6; an interval of a share on the
effective number of answers, Dean & Pagano 2015, doi:10.1093/jssam/smv024
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Groups:
    """
    Sums over groups (people, or questions), with s a group's summed score and n its number of answers.

    Attributes:
        many: how many groups.
        squares, products, sizes: the sums of s², s × n and n².
    """

    many: int
    squares: float
    products: float
    sizes: float


def groups_of(groups: Iterable[tuple[float, int]]) -> Groups:
    """The sums of (summed score, answers) per group."""
    found = list(groups)
    return Groups(
        len(found),
        sum(score * score for score, _ in found),
        sum(score * answers for score, answers in found),
        float(sum(answers * answers for _, answers in found)),
    )


def effective_answers(answers: int, total: float, *by: Groups) -> float:
    """
    How many independent answers these are worth: at least 1, at most as many as there are.

    Args:
        answers: how many.
        total: their summed score, each 0..1.
        by: the same answers grouped in one way or several; the way that leaves least counts.
    """
    mean = total / answers
    spread = mean * (1.0 - mean)
    worth = [float(answers)]
    for each in by:
        if each.many < 2 or spread <= 0:
            continue  # one group tells nothing of how far groups differ; nor do equal scores
        between = each.squares - 2.0 * mean * each.products + mean * mean * each.sizes
        variance = max(between, 0.0) * each.many / (each.many - 1) / answers**2
        worth.append(spread / variance if variance > 0 else float(answers))
    return max(min(worth), 1.0)
