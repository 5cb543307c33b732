"""Quotes for projects of this lab: norms measured here, the lab's rate, margin and VAT."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Connection

from workbench import minimum_wages, quote
from workbench.context import Context
from workbench.domain import Project, Step
from workbench.lab_settings import LabSettings
from workbench.minimum_wages import Known
from workbench.payroll import settings_of
from workbench.quote import Norm, Quote, StepPart
from workbench.store import projects, timing


@dataclass(frozen=True)
class Offer:
    """A quote with what it rests on. `below_minimum`: the lab's rate is under the statutory minimum wage of that day."""

    project: Project
    day: date
    settings: LabSettings
    quote: Quote
    minimum: Known

    @property
    def below_minimum(self) -> bool:
        """A rate that cannot pay anybody's wage."""
        return self.settings.hourly_rate is not None and self.settings.hourly_rate < self.minimum.today.hourly


def offer(ctx: Context, project: Project) -> Offer:
    """What this project costs, as far as can be said now."""
    settings = settings_of(ctx)

    def read(connection: Connection) -> tuple[Known, list[StepPart]]:
        minimum = minimum_wages.known(connection, ctx.now())
        return minimum, [_part(connection, step) for step in projects.steps_of(connection, project.id)]

    minimum, parts = ctx.db.read(read)
    return Offer(project, minimum.day, settings, quote.quote(parts, settings), minimum)


def _part(connection: Connection, step: Step) -> StepPart:
    wanted, _ = timing.answers_wanted(connection, step.id)
    answers = round(wanted * (1 + timing.gold_share(connection, step.id)))
    return StepPart(step.name, step.task_type, answers, norm_of(connection, step))


def norm_of(connection: Connection, step: Step) -> Norm:
    """The step's own norm; else that of the lab's work of this type; else what retention kept; else an estimate."""
    alike = timing.steps_of_type(connection, step.task_type)
    return (
        quote.norm(timing.times(connection, [step.id]), "step")
        or quote.norm(timing.times(connection, alike), "type")
        or timing.kept(connection, [step.id])
        or timing.kept(connection, alike)
        or quote.unmeasured()
    )
