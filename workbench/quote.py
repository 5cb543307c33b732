"""What work costs a client: norm time per microtask times the lab's rate. Never one person's hours, never a person's need.

The norm is robust: each person's answers give one trimmed mean, and the middle of those is the norm, so that neither one
interrupted answer nor one person who did half of the work decides a price.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean, median

from workbench.lab_settings import LabSettings

LEAST_PEOPLE = 3
LEAST_ANSWERS = 20
LEAST_OF_A_PERSON = 3  # answers before somebody's mean says anything
TRIM = 0.1  # of each end of a person's answers
DRAWS = 1000
INTERVAL = (0.1, 0.9)
UNMEASURED = (60.0, 30.0, 120.0)  # seconds: about a minute is how sources are cut, give or take a factor of two
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Norm:
    """Seconds per answer with an 80% interval. basis: step, type (the lab's other steps of this type), kept, unmeasured."""

    seconds: float
    low: float
    high: float
    people: int
    answers: int
    basis: str


@dataclass(frozen=True)
class StepPart:
    """
    One step in a quote. `answers` is how many answers the client's microtasks ask, check questions included.

    most: how many it may become, where a question gets more answers only when people are not sure; None where it is fixed.
    """

    name: str
    task_type: str
    answers: int
    norm: Norm
    most: int | None = None


@dataclass(frozen=True)
class Price:
    """EUR: work, with margin (without VAT), VAT, and what the client pays."""

    work: Decimal
    net: Decimal
    vat: Decimal
    total: Decimal


@dataclass(frozen=True)
class Quote:
    """A whole project: hours and prices at the norm and at both ends of the interval. Prices are None without a rate."""

    parts: Sequence[StepPart]
    hours: float
    hours_low: float
    hours_high: float
    price: Price | None
    price_low: Price | None
    price_high: Price | None


def norm(times: Iterable[tuple[int, int]], basis: str) -> Norm | None:
    """
    The norm of these answers; None where too few people or answers were timed.

    Args:
        times: (person, active ms) of each answer.
    """
    by_person: dict[int, list[int]] = defaultdict(list)
    for person, active_ms in times:
        by_person[person].append(active_ms)
    means = sorted(trimmed_mean(own) / 1000 for own in by_person.values() if len(own) >= LEAST_OF_A_PERSON)
    answers = sum(len(own) for own in by_person.values() if len(own) >= LEAST_OF_A_PERSON)
    if len(means) < LEAST_PEOPLE or answers < LEAST_ANSWERS:
        return None
    low, high = _interval(means)
    return Norm(median(means), low, high, len(means), answers, basis)


def unmeasured() -> Norm:
    """Where nothing was timed yet: said as such."""
    seconds, low, high = UNMEASURED
    return Norm(seconds, low, high, 0, 0, "unmeasured")


def trimmed_mean(values: Sequence[int]) -> float:
    """The mean without the shortest and the longest tenth."""
    cut = int(len(values) * TRIM)
    return fmean(sorted(values)[cut : len(values) - cut])


def _interval(means: Sequence[float]) -> tuple[float, float]:
    """80% by drawing people with replacement (bootstrap); a fixed seed: the same work gives the same quote."""
    rng = random.Random(0)  # noqa: S311 - statistics, no secret
    drawn = sorted(median(rng.choices(means, k=len(means))) for _ in range(DRAWS))
    return drawn[int(INTERVAL[0] * DRAWS)], drawn[int(INTERVAL[1] * DRAWS) - 1]


def quote(parts: Sequence[StepPart], settings: LabSettings) -> Quote:
    """
    Hours and prices of all steps together. Ends of the interval add up: steps of one lab are slow or quick together.

    The high end has the most answers that may be asked.
    """
    hours = sum(part.answers * part.norm.seconds for part in parts) / 3600
    low = sum(part.answers * part.norm.low for part in parts) / 3600
    high = sum((part.most or part.answers) * part.norm.high for part in parts) / 3600
    return Quote(parts, hours, low, high, *(price(each, settings) for each in (hours, low, high)))


def price(hours: float, settings: LabSettings) -> Price | None:
    """What so many hours cost; None where the lab has set no rate."""
    if settings.hourly_rate is None:
        return None
    work = _cents(Decimal(str(hours)) * settings.hourly_rate)
    net = _cents(work * (1 + settings.margin_percent / 100))
    vat = _cents(net * settings.vat_percent / 100)
    return Price(work, net, vat, net + vat)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)
