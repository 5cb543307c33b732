"""A qualification's test is a question like any other: workers meet it in their work, in paid time.

Each person is asked once. With an answer key the value is known at once; without one the requester decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import answer_keys, answers, offering
from mturk_bridge import tables as b
from mturk_bridge.ids import new_id, worker_id
from mturk_bridge.microtasks import add_to_project
from mturk_bridge.questions import form_of
from mturk_bridge.store import hits, qualifications, workers
from mturk_bridge.store.qualifications import QualificationType
from mturk_bridge.store.requesters import Requester
from workbench import tables as t
from workbench.context import Context
from workbench.store import datasets, projects, settling

EVERYBODY = 100_000  # places of a test: each person takes it once


def offer(
    connection: Connection, requester: Requester, found: QualificationType, now: int, *, again: bool = False
) -> QualificationType:
    """Offer a test to everybody here; a changed test is a new question. Without a test there is nothing to do."""
    if found.test is None or (found.microtask_id is not None and not again):
        return found
    if found.microtask_id is not None:
        withdraw(connection, found, now)
    asked = form_of(found.test, "Test")
    facts = {
        "title": found.name,
        "description": found.description,
        "requester": requester.name,
        "seconds": round(asked.seconds),
        "hourly_eur": "0.00",
    }
    project_id = _project(connection, requester, found, now)
    payload = {"facts": facts, **asked.form}
    microtask_id = add_to_project(
        connection, project_id, "mturk_form", payload, title=found.name, minutes=24 * 60, opinion=False, wanted=EVERYBODY, now=now
    )
    qualifications.change_type(connection, found.id, microtask_id=microtask_id)
    return qualifications.type_by_id(connection, found.id)


def withdraw(connection: Connection, found: QualificationType, now: int) -> None:
    """Nobody is asked this test any more."""
    if found.microtask_id is not None:
        settling.close_places(connection, [found.microtask_id], now)


def take_in(ctx: Context) -> int:
    """Answers to tests become requests, and those with an answer key are granted at once; returns how many."""
    waiting = ctx.db.read(_new_answers)
    if not waiting:
        return 0

    def write(connection: Connection) -> int:
        rows = _new_answers(connection)
        for row in rows:
            _take_one(connection, ctx, row)
        return len(rows)

    return ctx.db.write(write)


def _new_answers(connection: Connection) -> Sequence[Any]:
    known = sa.exists().where(b.qualification_request.c.assignment_id == t.annotation.c.assignment_id)
    query = (
        sa.select(
            b.qualification_type.c.id.label("type_id"),
            t.annotation.c.person_id,
            t.annotation.c.assignment_id,
            t.annotation.c.answer,
            t.microtask.c.payload,
        )
        .join_from(b.qualification_type, t.annotation, t.annotation.c.microtask_id == b.qualification_type.c.microtask_id)
        .join(t.microtask, t.microtask.c.id == t.annotation.c.microtask_id)
        .where(t.annotation.c.revision == 1, ~known, b.qualification_type.c.deleted_ms.is_(None))
        .limit(500)
    )
    return connection.execute(query).all()


def _take_one(connection: Connection, ctx: Context, row: Any) -> None:
    found, now = qualifications.type_by_id(connection, row.type_id), ctx.now()
    who = worker_id(ctx.secret(), found.requester_id, None, row.person_id)
    workers.keep(connection, who, found.requester_id, None, row.person_id, now)
    request = {
        "type_id": found.id,
        "person_id": row.person_id,
        "assignment_id": row.assignment_id,
        "worker_id": who,
        "test": found.test,
        "answer": answers.document("mturk_form", row.payload, row.answer),
        "status": "granted" if found.answer_key else "waiting",
        "at_ms": now,
    }
    qualifications.ask(connection, request)
    if found.answer_key:
        value = answer_keys.read(found.answer_key).value(answer_keys.chosen(row.payload, row.answer))
        qualifications.give(connection, found.id, row.person_id, who, value=value, now=now)
        wanted = found.qualification_type_id
        types = hits.types_of(connection, b.hit_type.c.requester_id == found.requester_id)
        asking = [each for each in types if any(one["QualificationTypeId"] == wanted for one in each.requirements)]
        offering.sync_requester(connection, asking, now)


def _project(connection: Connection, requester: Requester, found: QualificationType, now: int) -> int:
    name = f"{found.name[:150]} · {new_id()[-6:]}"
    project = projects.create_project(
        connection,
        name=name,
        client_id=requester.client_id,
        language="en",
        settings={"mturk": found.qualification_type_id},
        created_by=None,
        now=now,
    )
    datasets.create_dataset(connection, project_id=project.id, name="Test", created_by=None, now=now)
    if not requester.needs_yes:
        projects.set_status(connection, project.id, "open", now)
    return project.id
