"""
Fair pay: what a piece of work must bring in so that nobody's hour is under the floor.

Pure arithmetic, no clock, no database. Money is `Decimal` euros or whole US cents; times are seconds.

- The floor is per hour and per person: a median floor would leave slower workers below it (Whiting, Hugh, Bernstein,
  "Fair Work", HCOMP 2019, take medians; here each person counts).
- A piece of work takes as long as the person was active, or as long as they say it took: the longer of the two. A pause
  of more than five minutes is told apart.
- Time on work that was returned, or whose sending failed, is paid too (Hara et al. 2018: unpaid time is what makes the
  median about 2 dollars an hour).
- A rounding never takes anything from a worker: amounts go up to the cent.

On site nobody is paid by the piece: people here are paid for their hours. These sums say what a *requester* must pay the
lab, and what the lab must pay people elsewhere when work goes out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from statistics import fmean
from typing import Literal

from mturk_bridge.money import up_to_the_cent

IDLE_SECONDS = 5 * 60
HOUR_SECONDS = 3600
ENOUGH_TIMES = 5  # fewer measured times say nothing about what comes
RESAMPLES = 2000
SHARE = 0.95

Ending = Literal["submitted", "returned", "failed"]


@dataclass(frozen=True)
class Floor:
    """The least that an hour must bring in. `hourly_eur`: gross; `usd_per_eur`: the rate a manager set."""

    hourly_eur: Decimal
    usd_per_eur: Decimal

    @property
    def hourly_usd(self) -> Decimal:
        """The same in dollars, not rounded."""
        return self.hourly_eur * self.usd_per_eur


@dataclass(frozen=True)
class Activity:
    """How long somebody was at work and how long they paused, in seconds."""

    active_seconds: float
    idle_seconds: float


@dataclass(frozen=True)
class Worked:
    """One person's time on one piece of work. `reported_seconds`: what they say it took; None: they did not say."""

    person: str
    active_seconds: float
    reported_seconds: float | None = None
    ending: Ending = "submitted"

    @property
    def paid_seconds(self) -> float:
        """The longer of what was measured and what was said."""
        return max(self.active_seconds, self.reported_seconds or 0.0)


@dataclass(frozen=True)
class Quote:
    """
    What one piece of work takes and must pay.

    mean_seconds, low_seconds, high_seconds: the mean and its 95% interval. reward_cents: the price that would do, from the
    upper end: who prices by the mean is under the floor half of the time. count: measured times.
    """

    mean_seconds: float
    low_seconds: float
    high_seconds: float
    reward_cents: int
    count: int


def activity(moments_ms: Sequence[int]) -> Activity:
    """Time between signs of life (UTC ms, in order); a gap of more than five minutes is a pause, all of it."""
    gaps = [(later - earlier) / 1000 for earlier, later in pairwise(moments_ms)]
    idle = sum(gap for gap in gaps if gap > IDLE_SECONDS)
    return Activity(sum(gaps) - idle, idle)


def reward_for(seconds: float, floor: Floor) -> int:
    """US cents that this much work must pay at least."""
    return up_to_the_cent(Decimal(str(seconds)) * floor.hourly_usd / HOUR_SECONDS)


def hourly_eur(reward_cents: int, seconds: float, usd_per_eur: Decimal) -> Decimal:
    """What an hour of such work pays, in euros and cents, rounded down: a promise, so never too much of one."""
    if seconds <= 0:
        return Decimal(0)
    dollars = Decimal(reward_cents) / 100 * HOUR_SECONDS / Decimal(str(seconds))
    return (dollars / usd_per_eur).quantize(Decimal("0.01"), rounding="ROUND_FLOOR")


def quote(seconds: Sequence[float], floor: Floor, *, seed: int = 0) -> Quote:
    """
    A price from measured times, with an interval by resampling (percentile bootstrap; Efron 1979).

    Args:
        seconds: one time for each piece of work, at least one.
        seed: the same times and seed give the same quote.
    """
    if not seconds:
        raise ValueError("A quote needs at least one measured time.")
    low, high = _interval(tuple(seconds), seed)
    return Quote(fmean(seconds), low, high, reward_for(high, floor), len(seconds))


# A million draws for five hundred times, and each new HIT of a type asks anew, while the lab can write nothing else: between two
# answers it is the same question.
@lru_cache(maxsize=128)
def _interval(seconds: tuple[float, ...], seed: int) -> tuple[float, float]:
    rng = random.Random(seed)  # noqa: S311  (statistics, no secret)
    means = sorted(fmean(rng.choices(seconds, k=len(seconds))) for _ in range(RESAMPLES))
    edge = int((1 - SHARE) / 2 * RESAMPLES)
    return means[edge], means[-edge - 1]


def estimate(words: int, questions: int, longest: int = 0) -> float:
    """
    Seconds that a page of questions takes before anybody was measured: reading at 120 words a minute (half of what an
    average reader does), 10 seconds for each short answer, 45 for each long one, never under 20.
    """
    return max(20.0, words / 2.0 + 10.0 * questions + 35.0 * longest)


def due_cents(work: Iterable[Worked], floor: Floor) -> dict[str, int]:
    """What each person must have been paid for all of this work: returned and failed work counts too. US cents."""
    seconds: dict[str, float] = {}
    for each in work:
        seconds[each.person] = seconds.get(each.person, 0.0) + each.paid_seconds
    return {person: reward_for(total, floor) for person, total in seconds.items()}


def bonuses(work: Iterable[Worked], paid_cents: Mapping[str, int], floor: Floor) -> dict[str, int]:
    """
    What is still short, for each person who is under the floor. US cents.

    Args:
        paid_cents: what each person got already, rewards and bonuses together.
    """
    due = due_cents(work, floor)
    short = {person: amount - paid_cents.get(person, 0) for person, amount in due.items()}
    return {person: amount for person, amount in short.items() if amount > 0}
