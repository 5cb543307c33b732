"""What is learnt of how people draw and mark is remembered, and taken off when one microtask is settled."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from task_types import registry
from task_types.protocol import Judged, Judgement, Remembering, Settled

LOOSE = (0, 1, 2)  # who draws or presses loosely; 3 and 4 do it exactly


def _answer(name: str, payload: Any, size: int, off: int, rng: random.Random) -> Any:
    """An answer about something of `size`, drawn `off` pixels too wide, or marked so many hundredths of a second late."""
    noise = [rng.gauss(0, 1.5 if off else 0.2) for _ in range(4)]
    if name == "sound_events":
        late, length = 10 * off, 10 * size
        times = {"start_ms": round(61_000 + late + noise[0]), "end_ms": round(61_000 + length + late + noise[1])}
        return {"segments": [{"label": "music", **times}]}
    x1, y1, x2, y2 = (v + n for v, n in zip((100 - off, 100 - off, 100 + size + off, 100 + size + off), noise, strict=True))
    box = {"x": x1, "y": y1, "width": x2 - x1, "height": y2 - y1}
    if name == "video_faces":
        return {"faces": [{"name": "anna", "frame": payload.frames[0].index, **box}]}
    return {"boxes": [{"label": "boat", **box}]}


@pytest.mark.parametrize("name", ["bounding_box", "sound_events", "video_faces"])
def test_a_type_that_is_drawn_or_marked_learns_habits(name: str) -> None:
    """Three are loose, two exact. What is kept goes through JSON, and settles the next microtask near the exact ones."""
    task_type: Any = registry.get(name)
    case, rng = task_type.examples[0].case, random.Random(3)

    def judgements(size: int) -> list[Judgement[Any]]:
        given = [_answer(name, case.payload, size, 8 if who in LOOSE else 0, rng) for who in range(5)]
        return [Judgement(who, task_type.answer_model.model_validate(one)) for who, one in enumerate(given)]

    work = [Judged(case, judgements(40 + 3 * number), ()) for number in range(15)]
    aggregator = task_type.aggregator
    assert isinstance(aggregator, Remembering)
    model = aggregator.fit(work)
    kept = json.loads(json.dumps(aggregator.habits_of(model)))
    known = aggregator.model_of(model.skills, {int(who): habit for who, habit in kept.items()})
    fresh = judgements(50)
    before, after = (each.settle(case, fresh) for each in (aggregator.model({}), known))
    assert _off(name, before) > 5
    assert _off(name, after) < 2


def _off(name: str, found: Any) -> float:
    """How far the first edge lies from where it belongs: pixels, or hundredths of a second."""
    assert isinstance(found, Settled)
    answer: Any = found.answer
    if name == "sound_events":
        return float(abs(answer.segments[0].start_ms - 61_000) / 10)
    return float(abs((answer.faces if name == "video_faces" else answer.boxes)[0].x - 100))


def test_a_choice_is_read_by_what_its_giver_usually_says() -> None:
    """Two of five call nearly every wolf a dog: one "wolf" of an exact person outweighs their two dogs, once that is known."""
    task_type: Any = registry.get("choice")
    animals = [{"value": name} for name in ("dog", "wolf", "fox")]
    settings = task_type.settings_model.model_validate({"labels": animals})
    case, rng = replace(task_type.examples[0].case, settings=settings), random.Random(4)

    def said(who: int, right: str) -> str:
        if who < 2 and right == "wolf" and rng.random() < 0.9:
            return "dog"
        return right if rng.random() < 0.9 else rng.choice(["dog", "wolf", "fox"])

    def judged(given: Sequence[str]) -> list[Judgement[Any]]:
        return [Judgement(who, task_type.answer_model(label=label)) for who, label in enumerate(given)]

    truth = [("dog", "wolf", "fox")[number % 3] for number in range(90)]
    work = [Judged(case, judged([said(who, right) for who in range(5)]), ()) for right in truth]
    model = task_type.aggregator.fit(work)
    kept = json.loads(json.dumps(task_type.aggregator.habits_of(model)))
    known = task_type.aggregator.model_of(model.skills, {int(who): habit for who, habit in kept.items()})
    fresh = judged(["dog", "dog", "wolf"])
    before, after = (each.settle(case, fresh) for each in (task_type.aggregator.model({}), known))
    assert (before.answer.label, after.answer.label) == ("dog", "wolf")
    assert known.settle(case, judged(["dog", "dog", "dog"])).answer.label == "dog"
