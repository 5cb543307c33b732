"""What waits for the manager, and what a new lab still needs: for the overview. Counts only, nothing about one person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from workbench import coaching, minimum_wages, promising
from workbench.context import Context
from workbench.domain import Role
from workbench.store import belonging, coaches, groups, people, projects


@dataclass(frozen=True)
class Attention:
    """
    What somebody should look at; 0, None and False: nothing.

    Attributes:
        unheard: people whose coach did not answer for a quarter of an hour today.
        without_coach: workers whom nobody coaches.
        comments: words about the workbench that nobody answered.
        days_left: working days until the work runs out, where that is soon.
        wage: the minimum wage of today is not known, or was never checked.
    """

    unheard: int = 0
    without_coach: int = 0
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


def attention(ctx: Context) -> Attention:
    """What waits for the manager now."""
    outlook, now = promising.outlook(ctx), ctx.now()

    def read(connection: Connection) -> Attention:
        return Attention(
            unheard=len(coaching.unheard(connection, now=now)),
            without_coach=len(coaches.without_coach(connection)),
            comments=sum(each.answer is None for each in belonging.comments(connection)),
            days_left=outlook.days_left if outlook.runs_out else None,
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
