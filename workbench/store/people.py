"""People, roles, clients and what they sign in with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import tables as t
from workbench.domain import Client, Json, Person, Role, new_public_id
from workbench.errors import Conflict, NotFound
from workbench.store.direct import Direct

PAGE = 50
PERSON = (
    t.person.c.id,
    t.person.c.public_id,
    t.person.c.name,
    t.person.c.locale,
    t.person.c.client_id,
    t.person.c.profile,
    t.person.c.preferences,
)
_WITH_ROLES = t.person.outerjoin(t.person_role, t.person_role.c.person_id == t.person.c.id)
_BY_CREDENTIAL = Direct(
    # Every request of a program comes through here: one look-up in ix_credential_lookup, roles in the same answer.
    sa.select(*PERSON, t.person_role.c.role)
    .select_from(t.credential.join(_WITH_ROLES, t.credential.c.person_id == t.person.c.id))
    .where(
        t.credential.c.secret_hash == sa.bindparam("secret_hash"),
        t.credential.c.kind == sa.bindparam("kind"),
        t.credential.c.ended_ms.is_(None),
        t.person.c.ended_ms.is_(None),
    )
)


@dataclass(frozen=True)
class Credential:
    """Something a person signs in with. kind: token, badge, link, pin, password."""

    id: int
    person_id: int
    kind: str
    secret_hash: str
    label: str | None
    created_ms: int


# --- people ----------------------------------------------------------------------------------------------------------


def add_person(
    connection: Connection,
    *,
    name: str,
    roles: Iterable[Role],
    locale: str = "nl",
    client_id: int | None = None,
    profile: Mapping[str, Json] | None = None,
    preferences: Mapping[str, Json] | None = None,
    now: int,
) -> Person:
    """Add somebody. Names need not be unique: two people may share one."""
    row = {
        "public_id": new_public_id(),
        "name": name,
        "locale": locale,
        "client_id": client_id,
        "profile": dict(profile or {}),
        "preferences": dict(preferences or {}),
        "created_ms": now,
    }
    added = connection.execute(sa.insert(t.person).values(row).returning(t.person.c.id)).scalar_one()
    set_roles(connection, added, roles)
    return person_by_id(connection, added)


def person_by_id(connection: Connection, person_id: int) -> Person:
    """Somebody by the id inside. Raises NotFound."""
    return _one(_people(connection, t.person.c.id == person_id), "There is no such person here.")


def person_by_public_id(connection: Connection, public_id: str) -> Person:
    """Somebody by the id in an address; also people who have left. Raises NotFound."""
    return _one(_people(connection, t.person.c.public_id == public_id), "There is no such person here.")


def people_by_name(connection: Connection, name: str) -> list[Person]:
    """Everybody here with this name, upper and lower case alike."""
    return _people(connection, sa.func.lower(t.person.c.name) == name.lower(), t.person.c.ended_ms.is_(None))


def person_by_name(connection: Connection, name: str) -> Person | None:
    """The one person with this name; nobody where none or several have it."""
    found = people_by_name(connection, name)
    return found[0] if len(found) == 1 else None


def person_by_credential(connection: Connection, kind: str, secret_hash: str) -> Person | None:
    """Whose token, badge or link this is: one indexed query, roles included."""
    rows = _BY_CREDENTIAL.rows(connection, {"kind": kind, "secret_hash": secret_hash})
    return person_of(rows) if rows else None


def list_people(
    connection: Connection, *, role: Role | None = None, page: int = 1, page_size: int = PAGE, search: str = ""
) -> list[Person]:
    """Everybody here, by name; one page of it."""
    wanted = sa.select(t.person.c.id).where(t.person.c.ended_ms.is_(None))
    if role is not None:
        wanted = wanted.where(t.person.c.id.in_(sa.select(t.person_role.c.person_id).where(t.person_role.c.role == role)))
    if search:
        wanted = wanted.where(sa.func.lower(t.person.c.name).contains(search.lower(), autoescape=True))
    wanted = wanted.order_by(sa.func.lower(t.person.c.name), t.person.c.id).limit(page_size).offset((page - 1) * page_size)
    ids = [row.id for row in connection.execute(wanted)]
    by_id = {person.id: person for person in _people(connection, t.person.c.id.in_(ids))}
    return [by_id[found] for found in ids]


def count_people(connection: Connection, *, role: Role | None = None) -> int:
    """How many are here."""
    query = sa.select(sa.func.count()).select_from(t.person).where(t.person.c.ended_ms.is_(None))
    if role is not None:
        query = query.where(t.person.c.id.in_(sa.select(t.person_role.c.person_id).where(t.person_role.c.role == role)))
    return connection.execute(query).scalar_one()


def anybody(connection: Connection) -> bool:
    """Was anybody ever here?"""
    return connection.execute(sa.select(t.person.c.id).limit(1)).first() is not None


def worker_ids(connection: Connection) -> list[int]:
    """Everybody who works here."""
    query = (
        sa.select(t.person.c.id)
        .join(t.person_role, t.person_role.c.person_id == t.person.c.id)
        .where(t.person.c.ended_ms.is_(None), t.person_role.c.role == Role.WORKER)
    )
    return list(connection.scalars(query.order_by(t.person.c.id)))


def set_roles(connection: Connection, person_id: int, roles: Iterable[Role]) -> None:
    """Give somebody exactly these roles."""
    connection.execute(sa.delete(t.person_role).where(t.person_role.c.person_id == person_id))
    rows = [{"person_id": person_id, "role": str(role)} for role in sorted(set(roles))]
    if rows:
        connection.execute(sa.insert(t.person_role), rows)


def update_person(connection: Connection, person_id: int, *, name: str, locale: str, client_id: int | None) -> None:
    """Change what somebody is called, their language, and whose client they are."""
    values = {"name": name, "locale": locale, "client_id": client_id}
    connection.execute(sa.update(t.person).where(t.person.c.id == person_id).values(values))


def update_profile(connection: Connection, person_id: int, profile: Mapping[str, Json]) -> None:
    """What this person uses and needs, whole. No diagnosis goes in."""
    connection.execute(sa.update(t.person).where(t.person.c.id == person_id).values(profile=dict(profile)))


def update_preferences(connection: Connection, person_id: int, preferences: Mapping[str, Json], *, locale: str) -> None:
    """How pages look and sound for this person, whole."""
    values = {"preferences": dict(preferences), "locale": locale}
    connection.execute(sa.update(t.person).where(t.person.c.id == person_id).values(values))


def end_person(connection: Connection, person_id: int, *, now: int) -> None:
    """Somebody leaves: nothing signs them in any more; what they made stays."""
    connection.execute(sa.update(t.person).where(t.person.c.id == person_id, t.person.c.ended_ms.is_(None)).values(ended_ms=now))
    _end_credentials(connection, t.credential.c.person_id == person_id, now=now)


# --- credentials -----------------------------------------------------------------------------------------------------


def add_credential(
    connection: Connection, person_id: int, kind: str, secret_hash: str, *, label: str | None = None, now: int
) -> int:
    """Something to sign in with; returns its id. Raises Conflict when a badge or link is in use."""
    if kind in ("token", "badge", "link") and person_by_credential(connection, kind, secret_hash):
        raise Conflict("This badge is already in use. Take another badge, or end it for its holder first.")
    row = {"person_id": person_id, "kind": kind, "secret_hash": secret_hash, "label": label, "created_ms": now}
    return int(connection.execute(sa.insert(t.credential).values(row).returning(t.credential.c.id)).scalar_one())


def credentials_of(connection: Connection, person_id: int, *, kind: str | None = None) -> list[Credential]:
    """What somebody can sign in with now."""
    query = sa.select(t.credential).where(t.credential.c.person_id == person_id, t.credential.c.ended_ms.is_(None))
    if kind:
        query = query.where(t.credential.c.kind == kind)
    rows = connection.execute(query.order_by(t.credential.c.id))
    return [Credential(row.id, row.person_id, row.kind, row.secret_hash, row.label, row.created_ms) for row in rows]


def end_credentials(connection: Connection, person_id: int, kind: str, *, now: int) -> None:
    """All of one kind: before a new password, PIN or card."""
    _end_credentials(connection, t.credential.c.person_id == person_id, t.credential.c.kind == kind, now=now)


def _end_credentials(connection: Connection, *which: sa.ColumnElement[bool], now: int) -> None:
    connection.execute(sa.update(t.credential).where(*which, t.credential.c.ended_ms.is_(None)).values(ended_ms=now))


# --- clients ---------------------------------------------------------------------------------------------------------


def add_client(connection: Connection, *, name: str, now: int) -> Client:
    """A company that brings datasets. Raises Conflict when the name is taken."""
    if client_by_name(connection, name):
        raise Conflict(sentence("There is already a client called “{name}”. Choose another name.", name=name), field="name")
    row = {"public_id": new_public_id(), "name": name, "created_ms": now}
    added = connection.execute(sa.insert(t.client).values(row).returning(t.client.c.id)).scalar_one()
    return Client(added, str(row["public_id"]), name)


def clients(connection: Connection) -> list[Client]:
    """All clients, by name."""
    rows = connection.execute(sa.select(t.client).order_by(sa.func.lower(t.client.c.name)))
    return [Client(row.id, row.public_id, row.name) for row in rows]


def client_by_name(connection: Connection, name: str) -> Client | None:
    """The client with this name or public id."""
    row = connection.execute(sa.select(t.client).where((t.client.c.name == name) | (t.client.c.public_id == name))).first()
    return Client(row.id, row.public_id, row.name) if row else None


def client_by_id(connection: Connection, client_id: int) -> Client:
    """The client with this id inside. Raises NotFound."""
    row = connection.execute(sa.select(t.client).where(t.client.c.id == client_id)).first()
    if row is None:
        raise NotFound("There is no such client here.")
    return Client(row.id, row.public_id, row.name)


# --- embargo ---------------------------------------------------------------------------------------------------------


def clearances_of(connection: Connection, person_id: int) -> frozenset[int]:
    """Ids of the projects whose embargo this person is cleared for."""
    query = sa.select(t.clearance.c.project_id).where(t.clearance.c.person_id == person_id)
    return frozenset(connection.execute(query).scalars())


def cleared_people(connection: Connection, project_id: int) -> list[Person]:
    """Who is cleared for this project."""
    ids = sa.select(t.clearance.c.person_id).where(t.clearance.c.project_id == project_id)
    return _people(connection, t.person.c.id.in_(ids))


def set_clearances(connection: Connection, project_id: int, people: Iterable[int], *, given_by: int | None, now: int) -> None:
    """Exactly these people may see embargoed material; who was cleared before keeps the date."""
    wanted = set(people)
    here = t.clearance.c.project_id == project_id
    connection.execute(sa.delete(t.clearance).where(here, t.clearance.c.person_id.not_in(wanted)))
    known = set(connection.execute(sa.select(t.clearance.c.person_id).where(here)).scalars())
    rows = [
        {"project_id": project_id, "person_id": person, "since_ms": now, "given_by": given_by}
        for person in sorted(wanted - known)
    ]
    if rows:
        connection.execute(sa.insert(t.clearance), rows)


# --- rows to records -------------------------------------------------------------------------------------------------


def person_of(rows: Sequence[Any]) -> Person:
    """One person out of rows that differ in their role only."""
    row = rows[0]
    return Person(
        id=row.id,
        public_id=row.public_id,
        name=row.name,
        roles=frozenset(Role(each.role) for each in rows if each.role),
        locale=row.locale,
        client_id=row.client_id,
        profile=row.profile or {},
        preferences=row.preferences or {},
    )


def _people(connection: Connection, *where: sa.ColumnElement[bool]) -> list[Person]:
    query = sa.select(*PERSON, t.person_role.c.role).select_from(_WITH_ROLES).where(*where)
    rows: Sequence[Any] = connection.execute(query.order_by(sa.func.lower(t.person.c.name), t.person.c.id)).all()
    return [person_of(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]


def _one(found: Sequence[Person], message: str) -> Person:
    if not found:
        raise NotFound(message)
    return found[0]
