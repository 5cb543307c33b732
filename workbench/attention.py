"""What waits for the manager, and what a new lab still needs: for the overview. Counts only, nothing about one person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from workbench import coaching, minimum_wages, own_data, promising
from workbench.context import Context
from workbench.domain import HOUR_MS, Role
from workbench.store import belonging, coaches, groups, people, projects


@dataclass(frozen=True)
class Attention:
    """
    What somebody should look at; 0, None and False: nothing.

    Attributes:
        unheard: people whose coach did not answer for a quarter of an hour today.
        without_coach: workers whom nobody coaches.
        erase: people who asked to be erased.
        comments: words about the workbench that nobody answered.
        days_left: working days until the work runs out, where that is soon.
        wage: the minimum wage of today is not known, or was never checked.
    """

    unheard: int = 0
    without_coach: int = 0
    erase: int = 0
    comments: int = 0
    days_left: float | None = None
    wage: bool = False

    @property
    def some(self) -> bool:
        """Is there anything?"""
        return self != Attention()


@dataclass(frozen=True)
class Start:
    """What a lab needs before the first question is asked: is it there?"""

    coach: bool
    worker: bool
    group: bool
    project: bool

    @property
    def ready(self) -> bool:
        """Can work begin? A group is not needed for that."""
        return self.coach and self.worker and self.project


@dataclass
class Supply:
    """How long the work lasts, looked up once an hour: it adds up weeks of everybody's hours."""

    at_ms: int | None = None
    days_left: float | None = None

    def soon_out(self, ctx: Context) -> float | None:
        """Working days until the work runs out, where that is soon."""
        now = ctx.now()
        if self.at_ms is None or not 0 <= now - self.at_ms < HOUR_MS:
            found = promising.outlook(ctx)
            self.at_ms, self.days_left = now, found.days_left if found.runs_out else None
        return self.days_left


def attention(ctx: Context, supply: Supply) -> Attention:
    """What waits for the manager now."""
    now, days_left, erase = ctx.now(), supply.soon_out(ctx), len(own_data.asked(ctx))

    def read(connection: Connection) -> Attention:
        return Attention(
            unheard=len(coaching.unheard(connection, now=now)),
            without_coach=len(coaches.without_coach(connection)),
            erase=erase,
            comments=sum(each.answer is None for each in belonging.comments(connection)),
            days_left=days_left,
            wage=minimum_wages.known(connection, now).check,
        )

    return ctx.db.read(read)


def start(connection: Connection) -> Start:
    """How far a new lab is."""
    return Start(
        coach=people.count_people(connection, role=Role.COACH) > 0,
        worker=people.count_people(connection, role=Role.WORKER) > 0,
        group=bool(groups.groups(connection)),
        project=any(each.status == "open" for each in projects.projects_of(connection, None)),
    )
