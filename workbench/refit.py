"""Skills from the whole of a step, refitted in the background: what settling one microtask leans on.

A skill is a share of right answers (0–1) that weighs votes. It is never shown, ranked or compared, and nobody gets more,
less or other work by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.engine import Connection

from task_types import reading, registry
from task_types.protocol import AnswerError, Case, Judged, Judgement, Remembering, Settled
from workbench.context import Context
from workbench.domain import Json
from workbench.store import material, measures, settling
from workbench.store.database import Database

MOST_MICROTASKS = 50_000  # the newest ones: older work says less about today
LEAST_NEW = 50  # settled microtasks before a refit is worth it
LEAST_SECONDS = 60
MOVED = 0.05  # a confidence that moved by less is left as it is


class Due:
    """Which steps have enough new outcomes. Times are UTC ms."""

    def __init__(self) -> None:
        self._new: Counter[int] = Counter()
        self._last_ms: dict[int, int] = {}

    def count(self, step_id: int) -> None:
        """One more microtask of this step was settled."""
        self._new[step_id] += 1

    def hurry(self, step_id: int) -> None:
        """Its check questions were corrected: enough is new at once."""
        self._new[step_id] += LEAST_NEW

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


@dataclass(frozen=True)
class Fitted:
    """What a refit found. stale: settled microtasks that would be settled otherwise now."""

    skills: Mapping[int, float] = field(default_factory=dict)
    habits: Mapping[int, Json] = field(default_factory=dict)
    known: measures.Known | None = None
    stale: Sequence[int] = ()


def refit(ctx: Context, step_id: int, executor: Executor | None = None) -> int:
    """Fit and keep the skills of one step, and what its confidence is worth; returns how many workers have a skill.

    What would be settled otherwise now is looked at again.

    Args:
        executor: where the arithmetic runs; None: here.
    """
    url = ctx.db.url.render_as_string(hide_password=False)
    found = executor.submit(fit, url, step_id).result() if executor else fit(url, step_id)
    now = ctx.now()

    def keep(connection: Connection) -> None:
        settling.keep_skills(connection, step_id, found.skills, found.habits, now)
        if found.known is not None:
            measures.keep_calibration(connection, step_id, found.known, now)
        settling.look_again(connection, found.stale, now)

    ctx.db.write(keep)
    return len(found.skills)


def fit(database_url: str, step_id: int) -> Fitted:
    """Skills by person id; none for opinions and for types that merge nothing. Opens the database itself, to read."""
    db = Database(database_url)
    try:
        if db.read(lambda connection: material.is_forgotten(connection, step_id)):
            return Fitted()  # what was marked in a text that is gone fits nothing any more, and stays as it is
        found = db.read(lambda connection: settling.of_step(connection, step_id, MOST_MICROTASKS))
    finally:
        db.close()
    if not found:
        return Fitted()
    task_type: Any = registry.get(found[0].task_type)
    settings = reading.settings(task_type, found[0].settings)
    if task_type.aggregator is None or settings.opinion:
        return Fitted()
    judged = [_judged(task_type, settings, each) for each in found]
    model = task_type.aggregator.fit(judged)
    skills = dict(model.skills)
    known = known_confidence(task_type, settings, judged, skills)
    stale = [each.microtask.id for each, one in zip(found, judged, strict=True) if _is_stale(each, model, one)]
    aggregator = task_type.aggregator
    habits = dict(aggregator.habits_of(model)) if isinstance(aggregator, Remembering) else {}
    return Fitted(skills, habits, known, stale)


def known_confidence(
    task_type: Any, settings: Any, judged: Sequence[Judged[Any, Any, Any]], skills: Mapping[int, float]
) -> measures.Known:
    """
    What a promise of this model is worth on this step: half of the gold is hidden and settled, then the other half.

    A check question has many more answers than other questions: of each only as many are used as a question may get.
    """
    import numpy as np

    from quality.calibration import calibrate, curve

    promised: list[float] = []
    right: list[float] = []
    golden = [place for place, one in enumerate(judged) if one.gold and len(one.judgements) >= settings.overlap]
    for hidden in (golden[::2], golden[1::2]):
        if not hidden or task_type.scoring is None:
            continue
        left_out = set(hidden)
        model = task_type.aggregator.fit([replace(one, gold=()) if i in left_out else one for i, one in enumerate(judged)])
        for number, place in enumerate(hidden):
            one = judged[place]
            settled = model.settle(one.case, _as_many(one.judgements, number, settings))
            if isinstance(settled, Settled) and settled.answer is not None and settled.confidence is not None:
                promised.append(settled.confidence)
                right.append(task_type.scoring.gold_score(one.case, settled.answer, list(one.gold)))
    made = calibrate(promised, right)
    shown = curve(made.shown_all(np.array(promised)), right) if promised else []
    crowd = sum(skills.values()) / len(skills) if skills else None
    points = [(round(each.promised, 4), round(each.right, 4), each.microtasks) for each in shown]
    return measures.Known(made.slope, made.intercept, made.gold, made.error, points, crowd)


def _as_many(judgements: Sequence[Judgement[Any]], number: int, settings: Any) -> Sequence[Judgement[Any]]:
    """A stretch of the answers, as long as a question of this step may get, another one for each check question."""
    many = settings.overlap + number % (settings.most_answers - settings.overlap + 1)
    start = (number * 7) % max(len(judgements) - many + 1, 1)
    return judgements[start : start + many]


def _is_stale(waiting: settling.Waiting, model: Any, judged: Judged[Any, Any, Any]) -> bool:
    holds = waiting.holds
    if waiting.microtask.status != "settled" or waiting.gold or holds is None or holds.is_final:
        return False
    settled = model.settle(judged.case, judged.judgements)
    if not isinstance(settled, Settled):
        return False
    answer = None if settled.answer is None else reading.dumped(settled.answer)
    return answer != holds.answer or abs((settled.confidence or 0.0) - (holds.confidence or 0.0)) > MOVED


def _judged(task_type: Any, settings: Any, waiting: settling.Waiting) -> Judged[Any, Any, Any]:
    case = Case(settings=settings, payload=reading.payload(task_type, waiting.microtask.payload), locale="en")
    own = [each for each in waiting.answers if not each.together and (waiting.gold is None or waiting.gold.judges(each))]
    read = [(each.person_id, _fitting(task_type, case, each.answer)) for each in own]
    judgements = [Judgement(person_id, answer) for person_id, answer in read if answer is not None]
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
