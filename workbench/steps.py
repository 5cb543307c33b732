"""Several single questions about one piece, in order: what an earlier step settled decides whether a later one is asked.

A later step is never split from sources. When its earlier step settles a piece, and the answer is one that it waits for,
it gets a microtask about that same piece, under the same key: an export joins them by source and key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import Connection

from task_types import reading, registry
from task_types.carrying import can_follow, carry
from workbench import split
from workbench.context import Context
from workbench.domain import Json, Project, Step
from workbench.errors import Invalid
from workbench.store import lanes
from workbench.store import people as people_store
from workbench.store import projects as store
from workbench.store.settling import Result

SAID_IN = ("label", "labels", "value", "chosen")  # fields of an answer that hold what was chosen


@dataclass(frozen=True)
class Depends:
    """
    When a step is asked.

    after: name of the earlier step. answers: asked when one of these was settled on; unless: when none of them was;
    both empty: as soon as that step settled a piece, whatever came out.
    """

    after: str
    answers: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()

    def to_json(self, step_id: int) -> dict[str, Json]:
        """As the step keeps it, by the id of the earlier step."""
        return {"step": step_id, "answers": sorted(self.answers), "unless": sorted(self.unless)}


@dataclass(frozen=True)
class Plan:
    """One step to be."""

    name: str
    task_type: str
    settings: Mapping[str, Json]
    depends: Depends | None = None


def plans_of(asked: Mapping[str, Any]) -> list[Plan]:
    """
    The steps of a settings file: `steps` is a list, each with `type`, perhaps `name` and `depends`, and its own settings;
    what stands beside `steps` holds for all of them.

    Raises:
        Invalid: what is wrong, with the number of the step.
    """
    rows, shared = asked.get("steps"), {name: value for name, value in asked.items() if name != "steps"}
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise Invalid('"steps" is a list of questions, each with a type. Write "- type: choice" for each.', field="steps")
    return [_plan(number, row, shared) for number, row in enumerate(rows, 1)]


def _plan(number: int, row: Mapping[str, Any], shared: Mapping[str, Any]) -> Plan:
    settings = {**shared, **{name: value for name, value in row.items() if name not in ("name", "type", "depends")}}
    if not isinstance(row.get("type"), str):
        raise Invalid(f'Step {number} has no type. Add "type: choice", for example.', field="steps")
    name = str(row.get("name") or row["type"])
    return Plan(name, row["type"], settings, _depends(number, row["depends"]) if row.get("depends") else None)


def _depends(number: int, asked: Any) -> Depends:
    if isinstance(asked, str):
        return Depends(asked)
    if not isinstance(asked, Mapping) or not isinstance(asked.get("step"), str) or set(asked) - {"step", "answer", "unless"}:
        raise Invalid(f'Step {number}: "depends" is like {{step: first, answer: [yes]}}.', field="steps")
    return Depends(asked["step"], _values(asked.get("answer")), _values(asked.get("unless")))


def _values(asked: Any) -> frozenset[str]:
    given = asked if isinstance(asked, list) else [] if asked is None else [asked]
    return frozenset("yes" if one is True else "no" if one is False else str(one) for one in given)  # YAML reads yes as true


def checked(plans: Sequence[Plan]) -> list[Plan]:
    """
    These steps in an order in which each comes after what it depends on.

    Raises:
        Invalid: two of one name, a step that is not there, steps that wait for each other, or a type that cannot ask about
            what the earlier one asked about.
    """
    by_name = {plan.name: plan for plan in plans}
    if len(by_name) < len(plans):
        raise Invalid("Two steps have the same name. Give each a name of its own.", field="steps")
    for plan in plans:
        if plan.depends and plan.depends.after not in by_name:
            known = ", ".join(by_name)
            raise Invalid(
                f'Step "{plan.name}" depends on "{plan.depends.after}", which is no step. Known: {known}.', field="steps"
            )
        if plan.depends and not can_follow(registry.get(by_name[plan.depends.after].task_type), registry.get(plan.task_type)):
            raise Invalid(f'Step "{plan.name}" asks about other material than "{plan.depends.after}".', field="steps")
    return list(_in_order(plans))


def _in_order(plans: Sequence[Plan]) -> Iterator[Plan]:
    left, done = list(plans), set[str]()
    while left:
        ready = [plan for plan in left if plan.depends is None or plan.depends.after in done]
        if not ready:
            raise Invalid(f"These steps wait for each other: {', '.join(plan.name for plan in left)}.", field="steps")
        yield from ready
        done |= {plan.name for plan in ready}
        left = [plan for plan in left if plan.name not in done]


def create(
    ctx: Context,
    name: str,
    plans: Sequence[Plan],
    *,
    client: str | None = None,
    draft: bool = False,
    settings: Mapping[str, Json] | None = None,
    created_by: int | None = None,
) -> Project:
    """
    A project of several steps; open at once unless `draft`.

    Raises:
        Invalid: see `checked`; settings that a type does not take. Conflict: the name is taken.
    """
    from workbench.projects import check_settings

    ready = [(plan, check_settings(plan.task_type, plan.settings)) for plan in checked(plans)]
    if not name.strip():
        raise Invalid("A project needs a name. Give it one.", field="name")
    now = ctx.now()

    def write(connection: Connection) -> Project:
        project = store.create_project(
            connection,
            name=" ".join(name.split()),
            client_id=_client(connection, client, now),
            language=ready[0][1]["language"],
            settings=dict(settings or {}),
            created_by=created_by,
            now=now,
        )
        ids: dict[str, int] = {}
        for plan, taken in ready:
            made = store.create_step(
                connection,
                project_id=project.id,
                task_type=plan.task_type,
                task_type_version=registry.get(plan.task_type).version,
                settings=taken,
                created_by=created_by,
                now=now,
                name=plan.name,
                depends=plan.depends.to_json(ids[plan.depends.after]) if plan.depends else None,
            )
            ids[plan.name] = made.id
        if not draft:
            store.set_status(connection, project.id, "open", now)
        return store.project_by_id(connection, project.id)

    return ctx.db.write(write)


def _client(connection: Connection, name: str | None, now: int) -> int | None:
    if not name:
        return None
    found = people_store.client_by_name(connection, name) or people_store.add_client(connection, name=name, now=now)
    return found.id


# --- when something settles ------------------------------------------------------------------------------------------


@dataclass
class Later:
    """Asks later steps about what was settled, in the transaction that settles; looks each step's followers up once."""

    connection: Connection
    now: int
    _of: dict[int, list[tuple[Step, Mapping[str, Json]]]] = field(default_factory=dict)

    def ask(self, result: Result) -> int:
        """The microtasks of later steps about the piece of this result; returns how many there are now that were not."""
        if result.step_id not in self._of:
            self._of[result.step_id] = store.dependents(self.connection, result.step_id)
        wanted = [step for step, depends in self._of[result.step_id] if waits_for(depends, result.answer)]
        return sum(self._add(step, result) for step in wanted)

    def _add(self, step: Step, result: Result) -> int:
        earlier = lanes.piece_of(self.connection, result.microtask_id)
        if earlier is None or lanes.has_microtask(self.connection, step.id, earlier.source_id, earlier.key):
            return 0
        payload = reading.payload(registry.get(earlier.task_type), earlier.payload, earlier.task_type_version)
        carried = carry(payload, registry.get(step.task_type))
        if carried is None:
            return 0
        cut = split.splitter(step)
        row = cut.row(cut.piece(earlier.key, carried), earlier.source_id, result.microtask_id)
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
