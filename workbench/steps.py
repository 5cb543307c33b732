"""Several single questions about one piece, in order: what an earlier step settled decides whether a later one is asked.

A later step is never split from sources. When its earlier step settles a piece, and the answer is one that it waits for,
it gets a microtask about that same piece, under the same key: an export joins them by source and key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from accessibility.sentences import noted, sentence
from task_types import reading, registry
from task_types.carrying import can_follow
from task_types.settings import Label
from workbench import catching_up, house_style, opening, people, symbols
from workbench.context import Context
from workbench.domain import Json, Person, Project, Step
from workbench.errors import Conflict, Invalid, NotFound
from workbench.store import people as people_store
from workbench.store import projects as store


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
        raise Invalid(sentence('Step {number} has no type. Add "type: choice", for example.', number=number), field="steps")
    name = str(row.get("name") or row["type"])
    return Plan(name, row["type"], settings, _depends(number, row["depends"]) if row.get("depends") else None)


def _depends(number: int, asked: Any) -> Depends:
    if isinstance(asked, str):
        return Depends(asked)
    if not isinstance(asked, Mapping) or not isinstance(asked.get("step"), str) or set(asked) - {"step", "answer", "unless"}:
        raise Invalid(sentence('Step {number}: "depends" is like {{step: first, answer: [yes]}}.', number=number), field="steps")
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
        raise Invalid(SAME_NAME, field="steps")
    for plan in plans:
        if plan.depends and plan.depends.after not in by_name:
            known = ", ".join(by_name)
            raise Invalid(
                sentence(
                    'Step "{name}" depends on "{after}", which is no step. Known: {known}.',
                    name=plan.name,
                    after=plan.depends.after,
                    known=known,
                ),
                field="steps",
            )
        if plan.depends and not can_follow(registry.get(by_name[plan.depends.after].task_type), registry.get(plan.task_type)):
            raise Invalid(
                sentence('Step "{name}" asks about other material than "{after}".', name=plan.name, after=plan.depends.after),
                field="steps",
            )
        if plan.depends:
            _check_answers(plan, by_name[plan.depends.after])
    return list(_in_order(plans))


def _check_answers(plan: Plan, earlier: Plan) -> None:
    """What a step waits for can be said there: a condition with a typing error would never come true."""
    known = possible(earlier)
    for answer in sorted((plan.depends.answers | plan.depends.unless) - set(known)) if plan.depends and known else ():
        raise Invalid(
            sentence(
                'Step "{name}" waits for "{answer}", which is no answer of "{earlier}". Known: {known}.',
                name=plan.name,
                answer=answer,
                earlier=earlier.name,
                known=", ".join(known),
            ),
            field="steps",
        )


def possible(plan: Plan) -> dict[str, Label]:
    """What can be chosen in a step: value → label; empty where answers are free."""
    settings = reading.settings(registry.get(plan.task_type), dict(plan.settings))
    found = getattr(settings, "labels", None) or getattr(settings, "scale", None) or ()
    return {str(each.value): Label(value=str(each.value), text=each.text) for each in found}


def _in_order(plans: Sequence[Plan]) -> Iterator[Plan]:
    left, done = list(plans), set[str]()
    while left:
        ready = [plan for plan in left if plan.depends is None or plan.depends.after in done]
        if not ready:
            raise Invalid(
                sentence("These steps wait for each other: {names}.", names=", ".join(plan.name for plan in left)),
                field="steps",
            )
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
        Invalid: see `checked` and `taken`. Conflict: the name is taken. Unavailable: no page can ask one of the types.
    """
    plans = [_styled(ctx, plan, client) for plan in plans]
    ready = [(plan, taken(ctx, plan, draft=draft)) for plan in checked(plans)]
    if not name.strip():
        raise Invalid(NO_NAME, field="name")
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
        for plan, held in ready:
            ids[plan.name] = _write(connection, project.id, plan, held, ids, created_by, now).id
        if not draft:
            store.set_status(connection, project.id, "open", now)
        return store.project_by_id(connection, project.id)

    return ctx.db.write(write)


def create_by(
    ctx: Context, person: Person, name: str, plans: Sequence[Plan], client: str | None = None, *, draft: bool = False
) -> Project:
    """
    `create`, with what this person may decide: the same as of a project with one step.

    Raises:
        NotAllowed: see `projects.company_of`; and what `create` raises.
    """
    from workbench import projects

    company, draft = projects.company_of(ctx, person, client), draft or not projects.guides(person)
    for plan in plans:
        opening.check_guarded(person, registry.get(plan.task_type).name, {}, plan.settings, is_open=False)
    return create(ctx, name, plans, client=company, draft=draft, created_by=person.id)


class Added(NamedTuple):
    """A new step; `job`: the background work that asks it about what was settled before, where that is much."""

    step: Step
    job: str | None


def add(ctx: Context, project: Project, plan: Plan, by: Person) -> Added:
    """
    One question more, at the end of a project. Where it waits for one that has settled on pieces already, it is asked about
    those as well (`catching_up`).

    Raises:
        Invalid: see `checked` and `taken`. Conflict: the project is closed, or this question would have been asked about
            material that came in before it.
    """
    if project.client_id is not None:
        plan = _styled(ctx, plan, people.client_name(ctx, project.client_id))
    opening.check_guarded(by, registry.get(plan.task_type).name, {}, plan.settings, is_open=project.status == "open")
    held, now = taken(ctx, plan, draft=project.status == "draft"), ctx.now()

    def write(connection: Connection) -> Added:
        there = planned(connection, project.id)
        checked([*(each for _, each in there), plan])
        _check_room(connection, project, plan)
        ids = {each.name: step.id for step, each in there}
        made = _write(connection, project.id, plan, held, ids, by.id, now)
        if plan.depends is None:
            return Added(made, None)
        return Added(made, catching_up.begin(connection, project, made, ids[plan.depends.after], by.id, now))

    return ctx.db.write(write)


def remove(ctx: Context, project: Project, public_id: str) -> None:
    """
    Take a question out of a draft that has no data yet.

    Raises:
        Conflict: there is data, it is the only question, or another one waits for it. NotFound: no such step.
    """

    def write(connection: Connection) -> None:
        there = planned(connection, project.id)
        found = next((step for step, _ in there if step.public_id == public_id), None)
        if found is None:
            raise NotFound("There is no such step in this project.")
        if project.status != "draft" or store.counts(connection, project.id)["sources"]:
            raise Conflict(HAS_DATA)
        if len(there) == 1 or any(plan.depends and plan.depends.after == found.name for _, plan in there):
            raise Conflict(NEEDED)
        store.remove_step(connection, found.id)

    ctx.db.write(write)


NO_NAME = noted("A project needs a name. Give it one.")
SAME_NAME = noted("Two questions have the same name. Give each a name of its own.")
HAS_DATA = noted("Questions are taken out of a draft without data only. Close this project and make a new one.")
NEEDED = noted("Another question waits for this one, or it is the only one. It stays.")
TOO_LATE = noted(
    "There is data in this project already. Let the new question follow another one, or make a project for it by itself."
)
CLOSED = noted("This project is closed. Open it again first, or make a new one.")


def check_not_closed(project: Project) -> None:
    """A question or data that comes in would wait for ever. Raises Conflict."""
    if project.status == "closed":
        raise Conflict(CLOSED)


def taken(ctx: Context, plan: Plan, *, draft: bool) -> dict[str, Json]:
    """
    The settings of a step as its type reads them: the same checks as for a project with one step.

    Raises:
        Invalid: settings that the type does not take, or (unless draft) without which it may not open.
        Unavailable: no page can ask this type yet.
    """
    from workbench import projects

    found = projects.check_settings(plan.task_type, plan.settings)
    projects.check_page(registry.get(plan.task_type))
    symbols.check(ctx, found)
    if not draft:
        opening.check_settings(plan.task_type, found)
    return found


def planned(connection: Connection, project_id: int) -> list[tuple[Step, Plan]]:
    """The steps of a project in order, each with the plan that it came from."""
    found = store.steps_of(connection, project_id)
    names, waiting = {step.id: step.name for step in found}, store.depends_of(connection, project_id)
    return [(step, _planned(step, waiting.get(step.id), names)) for step in found]


def _planned(step: Step, depends: Mapping[str, Json] | None, names: Mapping[int, str]) -> Plan:
    when = (
        Depends(names[depends["step"]], frozenset(depends.get("answers", ())), frozenset(depends.get("unless", ())))
        if depends and depends.get("step") in names
        else None
    )
    return Plan(step.name, step.task_type, step.settings, when)


def _check_room(connection: Connection, project: Project, plan: Plan) -> None:
    check_not_closed(project)
    if plan.depends is None and store.counts(connection, project.id)["sources"]:
        raise Conflict(TOO_LATE, field="after")


def _write(
    connection: Connection,
    project_id: int,
    plan: Plan,
    held: Mapping[str, Json],
    ids: Mapping[str, int],
    created_by: int | None,
    now: int,
) -> Step:
    """The next step of a project; `ids`: of its earlier steps, by name."""
    return store.create_step(
        connection,
        project_id=project_id,
        task_type=plan.task_type,
        task_type_version=registry.get(plan.task_type).version,
        settings=held,
        created_by=created_by,
        now=now,
        name=plan.name,
        depends=plan.depends.to_json(ids[plan.depends.after]) if plan.depends else None,
    )


def _styled(ctx: Context, plan: Plan, client: str | None) -> Plan:
    """With the client's house style, where the plan says nothing else."""
    found = ctx.db.read(lambda connection: house_style.with_style(connection, plan.task_type, plan.settings, client))
    return replace(plan, settings=found)


def _client(connection: Connection, name: str | None, now: int) -> int | None:
    if not name:
        return None
    found = people_store.client_by_name(connection, name) or people_store.add_client(connection, name=name, now=now)
    return found.id
