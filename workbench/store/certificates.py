"""Certificates, their keys, and the experience they tell about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.certificate import STATUS_BITS, Content
from workbench.domain import Json, new_public_id
from workbench.errors import Conflict, NotFound
from workbench.signing import Key, NewKey

SIGNED = ("signed", "superseded", "revoked")  # signed once, whether it still counts or not
SAMPLE = 5  # sources of each step whose media are looked at


@dataclass(frozen=True)
class Certificate:
    """One version. status: draft, asked (of the coach), signed, superseded, revoked, withdrawn (before it was signed)."""

    id: int
    public_id: str
    person_id: int
    subject: str
    status: str
    content: Content
    status_index: int
    token: str | None
    replaces: int | None
    created_ms: int
    asked_ms: int | None
    signed_ms: int | None
    signed_by: int | None
    ended_ms: int | None
    end_reason: str | None

    @property
    def is_open(self) -> bool:
        """Not signed yet, and not given up."""
        return self.status in ("draft", "asked")


def add(connection: Connection, *, person_id: int, subject: str, content: Content, replaces: int | None, now: int) -> str:
    """A new draft; returns its public id."""
    row = {
        "public_id": new_public_id(),
        "person_id": person_id,
        "subject": subject,
        "content": content.as_json(),
        "status_index": _free_bit(connection),
        "replaces": replaces,
        "created_ms": now,
    }
    connection.execute(sa.insert(t.certificate).values(row))
    return str(row["public_id"])


def _free_bit(connection: Connection) -> int:
    import secrets

    # A random bit: the list tells nobody how many certificates came before.
    while True:
        bit = secrets.randbelow(STATUS_BITS)
        if connection.execute(sa.select(t.certificate.c.id).where(t.certificate.c.status_index == bit)).first() is None:
            return bit


def find(connection: Connection, public_id: str) -> Certificate:
    """The certificate of this address. Raises NotFound."""
    row = connection.execute(sa.select(t.certificate).where(t.certificate.c.public_id == public_id)).first()
    if row is None:
        raise NotFound("There is no such certificate here.")
    return _certificate(row)


def of_person(connection: Connection, person_id: int) -> list[Certificate]:
    """Somebody's certificates, newest first."""
    query = sa.select(t.certificate).where(t.certificate.c.person_id == person_id).order_by(t.certificate.c.id.desc())
    return [_certificate(row) for row in connection.execute(query)]


def by_id(connection: Connection, certificate_id: int) -> Certificate:
    """The certificate with this id inside."""
    return _certificate(connection.execute(sa.select(t.certificate).where(t.certificate.c.id == certificate_id)).one())


def asked(connection: Connection) -> list[tuple[Certificate, str]]:
    """Those that wait for a coach, with the worker's name, oldest first."""
    query = (
        sa.select(t.certificate, t.person.c.name)
        .join(t.person, t.person.c.id == t.certificate.c.person_id)
        .where(t.certificate.c.status == "asked")
        .order_by(t.certificate.c.asked_ms)
    )
    return [(_certificate(row), row.name) for row in connection.execute(query)]


def signed_of(connection: Connection, people: Sequence[int]) -> list[tuple[Certificate, str]]:
    """What was signed for these people, with the worker's name, newest first; also what counts no more."""
    query = (
        sa.select(t.certificate, t.person.c.name)
        .join(t.person, t.person.c.id == t.certificate.c.person_id)
        .where(t.certificate.c.person_id.in_(people), t.certificate.c.status.in_(SIGNED))
        .order_by(t.certificate.c.signed_ms.desc(), t.certificate.c.id.desc())
    )
    return [(_certificate(row), row.name) for row in connection.execute(query)]


def change(connection: Connection, certificate: Certificate, still: Sequence[str], /, **values: Json) -> None:
    """Change a row that is still in one of these states. Raises Conflict when somebody was quicker."""
    if isinstance(values.get("content"), Content):
        values["content"] = values["content"].as_json()
    where = (t.certificate.c.id == certificate.id, t.certificate.c.status.in_(still))
    if not connection.execute(sa.update(t.certificate).where(*where).values(values)).rowcount:
        raise Conflict("This certificate was changed meanwhile. Open it again.")


def ended_bits(connection: Connection) -> list[int]:
    """Bits of the certificates that no longer hold."""
    where = t.certificate.c.status.in_(("revoked", "superseded"))
    return list(connection.scalars(sa.select(t.certificate.c.status_index).where(where)))


def replacement(connection: Connection, certificate: Certificate) -> Certificate | None:
    """The signed version that came in its place."""
    where = (t.certificate.c.replaces == certificate.id, t.certificate.c.status.in_(SIGNED))
    row = connection.execute(sa.select(t.certificate).where(*where).order_by(t.certificate.c.id.desc())).first()
    return _certificate(row) if row else None


def _certificate(row: sa.Row[tuple[object, ...]]) -> Certificate:
    kept = row._mapping
    plain = {name: kept[name] for name in Certificate.__dataclass_fields__ if name != "content"}
    return Certificate(**plain, content=Content.of(kept["content"]))


# --- keys ------------------------------------------------------------------------------------------------------------


def keys(connection: Connection) -> list[Key]:
    """Every key there ever was, newest first: old signatures stay checkable."""
    rows = connection.execute(sa.select(t.signing_key).order_by(t.signing_key.c.id.desc()))
    return [Key(row.name, row.public, row.sealed, row.created_ms, row.retired_ms) for row in rows]


def add_key(connection: Connection, key: NewKey, *, now: int) -> None:
    """A new key signs from now on; the private halves of the others go."""
    connection.execute(sa.update(t.signing_key).where(t.signing_key.c.retired_ms.is_(None)).values(retired_ms=now, sealed=None))
    row = {"name": key.name, "public": dict(key.public), "sealed": key.sealed, "created_ms": now}
    connection.execute(sa.insert(t.signing_key).values(row))


# --- experience ------------------------------------------------------------------------------------------------------


def task_types_of(connection: Connection, person_id: int) -> list[str]:
    """Names of the kinds of work that somebody answered, in alphabetical order. No counts."""
    query = (
        sa.select(t.step.c.task_type)
        .where(t.step.c.id.in_(sa.select(t.annotation.c.step_id).where(t.annotation.c.person_id == person_id)))
        .distinct()
    )
    return sorted(connection.scalars(query))


def media_of(connection: Connection, person_id: int) -> list[str]:
    """Kinds of media that somebody worked with, looked up in a few sources of each step."""
    steps = connection.scalars(sa.select(t.progress.c.step_id).where(t.progress.c.person_id == person_id)).all()
    found: set[str] = set()
    for step in steps:
        sources = sa.select(t.microtask.c.source_id).where(t.microtask.c.step_id == step).limit(SAMPLE)
        for parts in connection.scalars(sa.select(t.source.c.parts).where(t.source.c.id.in_(sources))):
            found |= {str(part.get("kind", "")) for part in parts if isinstance(part, Mapping)}
    return sorted(found & {"image", "audio", "video", "text", "subtitle", "row"})


def first_and_last_day(connection: Connection, person_id: int) -> tuple[int | None, int | None, str | None]:
    """(start of the first block, start of the last block; UTC ms; the first day that is left as a total, ISO)."""
    row = connection.execute(
        sa.select(sa.func.min(t.block.c.started_ms).label("first"), sa.func.max(t.block.c.started_ms).label("last")).where(
            t.block.c.person_id == person_id
        )
    ).one()
    oldest = connection.scalar(sa.select(sa.func.min(t.day_hours.c.day)).where(t.day_hours.c.person_id == person_id))
    return row.first, row.last, oldest
