"""Skills from the whole of a step, refitted in the background: what settling one microtask leans on.

A skill is a share of right answers (0–1) that weighs votes. It is never shown, ranked or compared, and nobody gets more,
less or other work by it.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Executor
from typing import Any

from task_types import reading, registry
from task_types.protocol import AnswerError, Case, Judged, Judgement
from workbench.context import Context
from workbench.store import settling
from workbench.store.database import Database

MOST_MICROTASKS = 50_000  # the newest ones: older work says less about today
LEAST_NEW = 50  # settled microtasks before a refit is worth it
LEAST_SECONDS = 60


class Due:
    """Which steps have enough new outcomes. Times are UTC ms."""

    def __init__(self) -> None:
        self._new: Counter[int] = Counter()
        self._last_ms: dict[int, int] = {}

    def count(self, step_id: int) -> None:
        """One more microtask of this step was settled."""
        self._new[step_id] += 1

    def take(self, now: int) -> list[int]:
        """Steps to refit now; they start counting from nothing."""
        due = [
            step
            for step, count in self._new.items()
            if count >= LEAST_NEW and now - self._last_ms.get(step, 0) >= LEAST_SECONDS * 1000
        ]
        for step in due:
            self._last_ms[step] = now
            del self._new[step]
        return due


def refit(ctx: Context, step_id: int, executor: Executor | None = None) -> int:
    """Fit and keep the skills of one step; returns how many workers have one.

    Args:
        executor: where the arithmetic runs; None: here.
    """
    url = ctx.db.url.render_as_string(hide_password=False)
    skills = executor.submit(fit, url, step_id).result() if executor else fit(url, step_id)
    now = ctx.now()
    ctx.db.write(lambda connection: settling.keep_skills(connection, step_id, skills, now))
    return len(skills)


def fit(database_url: str, step_id: int) -> dict[int, float]:
    """Skills by person id; empty for opinions and for types that merge nothing. Opens the database itself, to read."""
    db = Database(database_url)
    try:
        found = db.read(lambda connection: settling.of_step(connection, step_id, MOST_MICROTASKS))
    finally:
        db.close()
    if not found:
        return {}
    task_type: Any = registry.get(found[0].task_type)
    settings = reading.settings(task_type, found[0].settings)
    if task_type.aggregator is None or settings.opinion:
        return {}
    return dict(task_type.aggregator.fit([_judged(task_type, settings, each) for each in found]).skills)


def _judged(task_type: Any, settings: Any, waiting: settling.Waiting) -> Judged[Any, Any, Any]:
    case = Case(settings=settings, payload=reading.payload(task_type, waiting.microtask.payload), locale="en")
    judgements = [
        Judgement(each.person_id, answer)
        for each in waiting.answers
        if not each.together and (answer := _fitting(task_type, case, each.answer)) is not None
    ]
    gold = [answer for one in waiting.gold.accepted if (answer := _fitting(task_type, case, one))] if waiting.gold else []
    return Judged(case, judgements, gold)


def _fitting(task_type: Any, case: Case[Any, Any], stored: Any) -> Any:
    """The answer, when the present settings still take it."""
    if stored is None:
        return None
    try:
        answer = reading.answer(task_type, stored)
        task_type.check(case, answer)
    except AnswerError:
        return None
    return answer
