"""What a HIT must pay: the floor of the day, the rate a manager set, and measured time where there is any."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from sqlalchemy.engine import Connection

from accessibility.sentences import noted, sentence
from mturk_bridge import fair_pay
from mturk_bridge.errors import OURS, RequestError
from mturk_bridge.fair_pay import Floor
from mturk_bridge.money import dollars
from mturk_bridge.store import requesters, times
from workbench import minimum_wages


@dataclass(frozen=True)
class Price:
    """What one HIT takes, in seconds, and must pay, in US cents. `count`: measured times; 0: an estimate."""

    seconds: float
    least_cents: int
    count: int
    floor: Floor


def floor_of(connection: Connection, now: int) -> Floor:
    """
    The floor that holds now.

    Raises:
        RequestError: nobody set what a euro is in dollars.
    """
    rate = requesters.rate(connection, now)
    if rate is None:
        raise RequestError(
            noted("This lab has not set its exchange rate yet, so no price can be checked. Ask the lab manager."), f"{OURS}NoRate"
        )
    return Floor(minimum_wages.known(connection, now).today.hourly, rate.usd_per_eur)


def price_of(connection: Connection, type_id: int | None, estimated_seconds: float, now: int) -> Price:
    """The price that would do for a HIT of this type (None: a new one)."""
    floor = floor_of(connection, now)
    measured = times.of_type(connection, type_id) if type_id is not None else []
    if len(measured) < fair_pay.ENOUGH_TIMES:
        return Price(estimated_seconds, fair_pay.reward_for(estimated_seconds, floor), 0, floor)
    quote = fair_pay.quote(measured, floor)
    return Price(fmean(measured), quote.reward_cents, quote.count, floor)


def check(price: Price, reward_cents: int) -> None:
    """
    Refuse a reward under the floor.

    Raises:
        RequestError: with the price that would do.
    """
    if reward_cents >= price.least_cents:
        return
    measured = sentence("measured {count} times", count=price.count)
    raise RequestError(
        sentence(
            "Reward ${reward} is under this lab's floor of €{floor} an hour: this HIT takes about {seconds} seconds ({known}). "
            "A reward of ${least} would do.",
            reward=dollars(reward_cents),
            floor=price.floor.hourly_eur,
            seconds=round(price.seconds),
            known=measured if price.count else sentence("estimated from its text and questions"),
            least=dollars(price.least_cents),
        ),
        f"{OURS}RewardUnderFloor",
    )
