"""Quotes for projects of this lab: norms measured here, the lab's rate, margin and VAT."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Connection

from task_types import reading, registry
from task_types.settings import StepSettings
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
    settings: StepSettings = reading.settings(registry.get(step.task_type), step.settings, step.task_type_version)
    wanted, _ = timing.answers_wanted(connection, step.id)
    questions, golden = timing.questions(connection, step.id)
    more = 1 + _gold_share(timing.gold_share(connection, step.id), settings, golden)
    most = most_answers(settings, questions, wanted)
    return StepPart(
        step.name,
        step.task_type,
        round(wanted * more),
        norm_of(connection, step),
        round(most * more) if most > wanted else None,
    )


def most_answers(settings: StepSettings, questions: int, wanted: int) -> int:
    """How many answers these questions may get in all: where it adapts, as many as the budget or each question's most allows."""
    if settings.adaptive is None:
        return wanted
    everywhere = questions * settings.most_answers
    return max(wanted, min(settings.adaptive.budget or everywhere, everywhere))


def _gold_share(measured: float | None, settings: StepSettings, golden: int) -> float:
    """Check questions for each other question: as measured, and before any work as the schedule has them."""
    if measured is not None:
        return measured
    schedule = settings.gold_schedule
    return schedule.share / (1 - schedule.share) if schedule and golden and schedule.share < 1 else 0.0


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
