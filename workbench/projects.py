"""Making projects and changing their settings: the rules, for every door (page, API, command)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from accessibility import widgets
from accessibility.sentences import Sentence, sentence
from task_types import reading, registry
from task_types.errors import TaskTypeError
from workbench import house_style, opening, people, symbols
from workbench.context import Context
from workbench.domain import Client, Json, Person, Project, Role, Step
from workbench.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from workbench.store import people as people_store
from workbench.store import projects as store

LONGEST_NAME = 200


def create(
    ctx: Context,
    name: str,
    type_name: str,
    settings: Mapping[str, Json],
    client: str | None = None,
    *,
    draft: bool = False,
    language: str | None = None,
    created_by: int | None = None,
) -> Project:
    """
    A new project with one step of this task type; open at once unless `draft`.

    Args:
        client: name or public id of the client; a name that is new makes a new client.
        language: of the project; None takes it from the settings.

    Raises:
        Invalid: unknown task type, settings that the type does not take, or without which it may not open (`field` says which).
        Conflict: the name is taken.
        Unavailable: no page can ask this type yet.
    """
    name = _name(name)
    styled = ctx.db.read(lambda connection: house_style.with_style(connection, type_name, settings, client))
    checked = check_settings(type_name, styled)
    task_type = registry.get(type_name)
    check_page(task_type)
    symbols.check(ctx, checked)
    if not draft:
        opening.check_settings(type_name, checked)
    now = ctx.now()

    def write(connection: Connection) -> Project:
        project = store.create_project(
            connection,
            name=name,
            client_id=_client(connection, client, now).id if client else None,
            language=language or checked["language"],
            settings={},
            created_by=created_by,
            now=now,
        )
        store.create_step(
            connection,
            project_id=project.id,
            task_type=task_type.name,
            task_type_version=task_type.version,
            settings=checked,
            created_by=created_by,
            now=now,
        )
        if not draft:
            store.set_status(connection, project.id, "open", now)
        return store.project_by_id(connection, project.id)

    return ctx.db.write(write)


def create_by(
    ctx: Context,
    person: Person,
    name: str,
    type_name: str,
    settings: Mapping[str, Json],
    client: str | None = None,
    *,
    draft: bool = False,
) -> Project:
    """
    A new project asked for by a person: `create`, with what this person may decide.

    A client's project is of the client's own company, and a draft until a manager opens it: a company must not take
    the lab's people by itself. `client` is heard from managers and supervisors only.

    Raises:
        NotAllowed: somebody who belongs to no company and does not guide the lab; and what `create` raises.
    """
    company = company_of(ctx, person, client)
    opening.check_guarded(person, type_name, {}, settings, is_open=False)
    return create(ctx, name, type_name, settings, company, draft=draft or not guides(person), created_by=person.id)


def guides(person: Person) -> bool:
    """Does this person make projects for others, and open them?"""
    return person.has(Role.MANAGER, Role.SUPERVISOR)


def company_of(ctx: Context, person: Person, asked: str | None) -> str | None:
    """
    Whose a project becomes that this person makes; None: the lab's own.

    Raises:
        NotAllowed: somebody who belongs to no company and does not guide the lab.
    """
    if not guides(person) and person.client_id is None:
        raise NotAllowed("You do not belong to a company yet. Ask the lab manager to say which one.")
    named = asked if guides(person) else None
    return named or (people.client_name(ctx, person.client_id) if person.client_id is not None else None)


def change_settings(
    ctx: Context, step: Step, settings: Mapping[str, Json], *, note: str | None = None, by: Person | None = None
) -> Step:
    """
    A newer version of a step's settings. Microtasks stay; every answer keeps the version that it was given under.

    Args:
        by: who changes them; None: the lab itself.

    Raises:
        Invalid: settings that the type does not take, that an open project may not be without, or that are not this
            person's to change; nothing changes.
    """
    checked = check_settings(step.task_type, settings)
    symbols.check(ctx, checked)
    is_open = ctx.db.read(lambda connection: store.project_by_id(connection, step.project_id)).status == "open"
    if by is not None:
        opening.check_guarded(by, step.task_type, step.settings, checked, is_open=is_open)
    if is_open:
        opening.check_settings(step.task_type, checked)
    now = ctx.now()
    return ctx.db.write(lambda connection: store.new_step_version(connection, step.id, checked, note, by.id if by else None, now))


def named(ctx: Context, name_or_id: str) -> Project:
    """
    The project with this name or public id.

    Raises:
        NotFound: says the nearest name. Conflict: several clients gave this name; says their ids.
    """
    found = ctx.db.read(lambda connection: store.projects_by(connection, name_or_id))
    if not found:
        raise NotFound(_unknown(name_or_id, [each.name for each in ctx.db.read(lambda c: store.projects_of(c, None))]))
    if len(found) > 1:
        raise Conflict(_ambiguous(ctx, name_or_id, found))
    return found[0]


def check_settings(type_name: str, settings: Mapping[str, Json]) -> dict[str, Json]:
    """
    Settings as the task type reads them, defaults filled in where they were given, as plain JSON.

    Raises:
        Invalid: says field by field what is wrong.
    """
    try:
        checked = reading.settings(registry.get(type_name), dict(settings))
    except TaskTypeError as error:
        raise Invalid(error.message, field=error.field) from error
    # What was not said stays unsaid, so that a better default of a later version reaches this project too.
    said: dict[str, Json] = checked.model_dump(mode="json", exclude_unset=True)
    return {**said, "overlap": checked.overlap, "language": checked.language}


def askable() -> list[str]:
    """Task types that a page can ask about what a client uploads, by name: what a client is offered."""
    # A kind that takes nothing but rows of a table comes with a template, by a door of its own.
    return [name for name in registry.names() if registry.get(name).accepts - {"row"} and _has_page(registry.get(name))]


def _has_page(task_type: Any) -> bool:
    return task_type.widget(task_type.examples[0].case).name in widgets.names()


def check_page(task_type: Any) -> None:
    """A type whose widget is not there would give every worker an error page."""
    if not _has_page(task_type):
        raise Unavailable(
            sentence('The task type "{kind}" cannot be asked on a page yet. Choose another one.', kind=task_type.name),
            field="type",
        )


def _meant(name: str, known: Sequence[str]) -> Sentence:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    if not near:
        return sentence('There is no project "{name}".', name=name)
    return sentence('There is no project "{name}". Did you mean "{near}"?', name=name, near=near[0])


def _ambiguous(ctx: Context, name: str, found: Sequence[Project]) -> str:
    clients = ctx.db.read(lambda connection: {each.id: each.name for each in people_store.clients(connection)})
    ids = ", ".join(f"{each.public_id} ({clients.get(each.client_id or 0, '–')})" for each in found)
    return sentence('More than one project is called "{name}". Give the id of the one you mean: {ids}', name=name, ids=ids)


def _unknown(name: str, known: Sequence[str]) -> str:
    if not known:
        return sentence(
            'There is no project "{name}": there are no projects yet. Make one with: workbench project create NAME --type TYPE',
            name=name,
        )
    return sentence(
        "{what} Known: {known}",
        what=_meant(name, known),
        known=", ".join(known[:10]) + (" …" if len(known) > 10 else ""),
    )


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("A project needs a name. Give it one.", field="name")
    if len(name) > LONGEST_NAME:
        raise Invalid(
            sentence(
                "The name has {count} characters; {most} fit. Make it shorter.",
                count=len(name),
                most=LONGEST_NAME,
            ),
            field="name",
        )
    return name


def _client(connection: Connection, name: str, now: int) -> Client:
    return people_store.client_by_name(connection, name) or people_store.add_client(connection, name=name, now=now)
