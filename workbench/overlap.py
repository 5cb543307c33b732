"""Adaptive overlap: whether one more answer is asked, what a confidence is worth, audits, and a budget.

Pure but for `spend`: settling calls these in a process of its own, with all they need as arguments.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from quality import stopping
from task_types.protocol import Outcome, Settled
from workbench.store import asking, measures

AT_ONCE = 500  # microtasks that get one answer more in one go: after it their confidence is known better
AUDIT_SHARE = stopping.AUDIT_SHARE


def wants_another(
    task_type: Any,
    settings: Any,
    found: Outcome[Any],
    answers: Sequence[Any],
    known: measures.Known | None,
) -> bool:
    """
    Whether a microtask with these answers should get one more at once.

    Args:
        answers: that count, without "I don't know".
        known: what a confidence of this step is worth; None while there is no gold.
    """
    if settings.adaptive is None or settings.adaptive.budget is not None or not isinstance(found, Settled):
        return False
    rule = rule_of(settings)
    if task_type.aggregator.table == "transcripts":
        return stopping.transcripts_want_another([answer.text for answer in answers], rule, settings.language)
    strength = None
    labels = getattr(settings, "labels", ())
    if task_type.aggregator.table == "nominal" and len(labels) >= 2 and known and known.crowd is not None:
        strength = stopping.answer_strength(known.crowd, len(labels))
    return stopping.wants_another(len(answers), found.confidence or 0.0, rule, known, answer_strength=strength)


def rule_of(settings: Any) -> stopping.Rule:
    """Two answers at least, or as many as the step allows."""
    return stopping.Rule(minimum=max(2, settings.overlap), maximum=settings.most_answers)


def audited(rng: random.Random, rooms: Sequence[bool]) -> list[bool]:
    """Which of these microtasks, settled for the first time, are asked once more: one in twenty of those with room for it."""
    return [room and stopping.reopens(rng.random()) for room in rooms]


def spend(connection: Connection, step_id: int, settings: Any) -> int:
    """
    Ask the least sure microtasks of a step once more, as far as its budget goes; returns how many.

    Only once every microtask has its least number of answers: before that nobody knows which are the least sure.
    """
    if settings.adaptive is None or settings.adaptive.budget is None:
        return 0
    if measures.any_below(connection, step_id, settings.overlap):
        return 0
    left = settings.adaptive.budget - measures.answers_promised(connection, step_id)
    if left <= 0:
        return 0
    known = measures.calibration_of(connection, step_id)
    rule = rule_of(settings)
    rows = measures.least_sure(connection, step_id, rule.maximum, AT_ONCE)
    sure = {str(row.id): float(row.confidence or 0.0) for row in rows}
    counts = {str(row.id): int(row.answers) for row in rows}
    doubtful = {m: c for m, c in sure.items() if stopping.wants_another(counts[m], c, rule, known)}
    chosen = stopping.spend(doubtful, counts, min(left, AT_ONCE), rule)
    asking.ask_more(connection, [int(each) for each in chosen])
    return len(chosen)
