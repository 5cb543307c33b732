"""
Later steps, when an earlier one settles: what an answer says decides whether they are asked about that same piece.

Safe to repeat: what was asked is not asked again, so that an answer that settles anew asks what the first one did not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from task_types import reading, registry
from task_types.carrying import carry
from workbench import split
from workbench.domain import Json, Step
from workbench.store import lanes
from workbench.store import projects as store
from workbench.store.settling import Result

SAID_IN = ("label", "labels", "value", "chosen")  # fields of an answer that hold what was chosen


@dataclass
class Later:
    """Asks later steps, and later questions, about what was settled, in the transaction that settles; looks each step up once."""

    connection: Connection
    now: int
    _of: dict[int, list[tuple[Step, Mapping[str, Json]]]] = field(default_factory=dict)
    _cut: dict[int, split.Splitter] = field(default_factory=dict)

    def ask(self, result: Result) -> int:
        """The later microtasks about the piece of this result; returns how many there are now that were not."""
        if result.step_id not in self._of:
            self._of[result.step_id] = store.dependents(self.connection, result.step_id)
        wanted = [step for step, depends in self._of[result.step_id] if waits_for(depends, result.answer)]
        return sum(self.add(step, result.microtask_id) for step in wanted) + self._follow_up(result)

    def _follow_up(self, result: Result) -> int:
        earlier = lanes.piece_of(self.connection, result.microtask_id) if result.follow_ups else None
        if earlier is None:
            return 0
        step, task_type = store.step_by_id(self.connection, result.step_id), registry.get(earlier.task_type)
        payloads = [reading.payload(task_type, each) for each in result.follow_ups]
        place = {"parent_id": result.microtask_id, "source_id": earlier.source_id}
        return split.follow_ups(self.connection, step, **place, payloads=payloads, now=self.now)

    def add(self, step: Step, microtask_id: int) -> int:
        """The microtask of this step about the piece of that earlier one; returns 1 where there was none."""
        earlier = lanes.piece_of(self.connection, microtask_id)
        if earlier is None or lanes.has_microtask(self.connection, step.id, earlier.source_id, earlier.key):
            return 0
        payload = reading.payload(registry.get(earlier.task_type), earlier.payload, earlier.task_type_version)
        carried = carry(payload, registry.get(step.task_type))
        if carried is None:
            return 0
        if step.id not in self._cut:
            self._cut[step.id] = split.splitter(step)
        cut = self._cut[step.id]
        row = cut.row(cut.piece(earlier.key, carried), earlier.source_id, microtask_id)
        return lanes.add_microtasks(self.connection, [row], now=self.now)


def waits_for(depends: Mapping[str, Json], answer: Json) -> bool:
    """Is this the outcome that a later step waits for? Without a settled answer only a step that waits for none is asked."""
    said = frozenset(_said(answer))
    if depends.get("answers"):
        return bool(said & set(depends["answers"]))
    return not said & set(depends.get("unless", ()))


def _said(answer: Json) -> Iterable[str]:
    """Everything that was chosen in an answer, at any depth: labels, values, options."""
    if isinstance(answer, Mapping):
        for name, value in answer.items():
            if name in SAID_IN:
                yield from (str(one) for one in (value if isinstance(value, list) else [value]) if not isinstance(one, dict))
            yield from _said(value)
    elif isinstance(answer, list):
        for one in answer:
            yield from _said(one)
