"""Every registered type with every example, as test parameters; and what a microtask looks like on its way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from task_types import registry
from task_types.protocol import Case, Collected, Example, Item, Judgement, Outcome, Part, Settled, Source

TYPES = [registry.get(name) for name in registry.names()]
EXAMPLES = [pytest.param(each, example, id=f"{each.name}-{i}") for each in TYPES for i, example in enumerate(each.examples)]


def outcome_of(task_type: Any, example: Example[Any, Any, Any], people: int = 3) -> Outcome[Any]:
    """What comes out when everybody gives the first accepted answer."""
    answers = [Judgement(worker, example.accepted[0]) for worker in range(people)]
    if task_type.aggregator is None:
        return Collected([one.answer for one in answers if one.answer is not None])
    outcome: Outcome[Any] = task_type.aggregator.model({}).settle(example.case, answers)
    return outcome


def item(task_type: Any, example: Example[Any, Any, Any], number: int, **more: Any) -> Item[Any, Any, Any]:
    """A settled microtask about a source of its own."""
    key = f"map {number}/bron & {number}.bin"
    kind = sorted(task_type.accepts or {"other"})[0]
    part = Part(name="file", kind=kind, media=f"media-{number}", file_name=f"bron-{number}.bin")
    return Item(
        source=Source(key=key, parts=[part], external_ref=f"ref-{number}"),
        microtask=f"m{number}",
        key=piece_key(example.case),
        step=task_type.name,
        task_type=task_type.name,
        case=example.case,
        outcome=outcome_of(task_type, example),
        count=3,
        **more,
    )


def piece_key(case: Case[Any, Any]) -> str:
    """The key that splitting would give."""
    start, end = getattr(case.payload, "start_ms", None), getattr(case.payload, "end_ms", None)
    return "whole" if end is None else f"{start}-{end}"


def settled(items: Sequence[Item[Any, Any, Any]]) -> list[tuple[str, Any]]:
    """What an export should give back."""
    return [(one.source.key, one.outcome.answer) for one in items if isinstance(one.outcome, Settled)]
