"""A project's own names and terms: what they were heard as, so that they are right by themselves. No person is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import new_public_id

MOST = 2000  # names of one project
LONGEST = 100
MOST_FORMS = 20  # what one name was heard as; older ones go first


@dataclass(frozen=True)
class Term:
    """A name as it must be written. origin: learnt (by somebody fixing it), added (by a supervisor), subtitles."""

    public_id: str
    text: str
    heard_as: Sequence[str]
    origin: str


def terms_of(connection: Connection, project_id: int) -> list[Term]:
    """The names of a project, by the alphabet."""
    here = sa.and_(t.project_term.c.project_id == project_id, t.project_term.c.ended_ms.is_(None))
    rows = connection.execute(sa.select(t.project_term).where(here).order_by(t.project_term.c.text).limit(MOST))
    return [Term(row.public_id, row.text, tuple(row.heard_as), row.origin) for row in rows]


def add(connection: Connection, project_id: int, texts: Iterable[str], *, origin: str, now: int) -> int:
    """Put names on the list; those that are there stay as they are. Returns how many are new."""
    known = {row.text for row in connection.execute(sa.select(t.project_term.c.text).where(_of(project_id)))}
    wanted = [text for text in dict.fromkeys(" ".join(text.split())[:LONGEST] for text in texts) if text and text not in known]
    fresh = wanted[: max(0, MOST - len(known))]
    for text in fresh:
        connection.execute(sa.insert(t.project_term).values(**_row(project_id, text, (), origin, now)))
    return len(fresh)


def learn(connection: Connection, project_id: int, heard: str, wanted: str, *, now: int) -> None:
    """`heard` was to be `wanted`, from now on. What was heard belongs to one name: the newest."""
    heard, wanted = " ".join(heard.lower().split())[:LONGEST], " ".join(wanted.split())[:LONGEST]
    if not heard or not wanted:
        return
    _forget_form(connection, project_id, heard, but=wanted)
    row = connection.execute(sa.select(t.project_term).where(_of(project_id), t.project_term.c.text == wanted)).first()
    forms = () if heard == wanted.lower() else (heard,)
    if row is None:
        if len(terms_of(connection, project_id)) < MOST:
            connection.execute(sa.insert(t.project_term).values(**_row(project_id, wanted, forms, "learnt", now)))
        return
    if row.ended_ms is None:  # what a supervisor took off the list stays off it
        kept = [form for form in row.heard_as if form not in forms]
        _set_forms(connection, row.id, [*kept, *forms][-MOST_FORMS:])


def remove(connection: Connection, project_id: int, public_id: str, *, now: int) -> bool:
    """Take a name off the list; the row stays, and is not learnt again. False: it was not there."""
    here = sa.and_(_of(project_id), t.project_term.c.public_id == public_id, t.project_term.c.ended_ms.is_(None))
    return bool(connection.execute(sa.update(t.project_term).where(here).values(ended_ms=now)).rowcount)


def _of(project_id: int) -> sa.ColumnElement[bool]:
    return t.project_term.c.project_id == project_id


def _row(project_id: int, text: str, forms: Sequence[str], origin: str, now: int) -> dict[str, object]:
    values = {"project_id": project_id, "text": text, "heard_as": list(forms), "origin": origin, "created_ms": now}
    return {"public_id": new_public_id(), **values}


def _forget_form(connection: Connection, project_id: int, heard: str, *, but: str) -> None:
    for row in connection.execute(sa.select(t.project_term).where(_of(project_id), t.project_term.c.text != but)).all():
        if heard in row.heard_as:
            _set_forms(connection, row.id, [form for form in row.heard_as if form != heard])


def _set_forms(connection: Connection, row_id: int, forms: Sequence[str]) -> None:
    connection.execute(sa.update(t.project_term).where(t.project_term.c.id == row_id).values(heard_as=list(forms)))
