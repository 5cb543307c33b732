"""Builders for a person with a past: answers on former days, blocks, what they asked and agreed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.builders import key
from workbench import agreements, coaching, person_file
from workbench import tables as t
from workbench.context import Context
from workbench.domain import DAY_MS, HOUR_MS, MINUTE_MS, Person, Project, new_public_id
from workbench.drift import Sign
from workbench.store import drift_signs, own_words, requests, trajectories
from workbench.store.lanes import NEVER_FULL, LaneKey, MicrotaskRow, add_microtasks


def history(
    ctx: Context, person: Person, project: Project, seconds: Sequence[float], *, answers: int = 6, right: float | None = None
) -> None:
    """
    Answers and a block on each of the days before today, the last of `seconds` being yesterday.

    Args:
        seconds: how long each answer of a day took.
        right: they were check questions with this score; None: they were not.
    """

    def write(connection: Connection) -> None:
        step = connection.execute(
            sa.select(t.step.c.id, t.step_version.c.id.label("version"))
            .join(t.step_version, t.step_version.c.step_id == t.step.c.id)
            .where(t.step.c.project_id == project.id)
        ).first()
        assert step
        for number, took in enumerate(reversed(seconds), start=1):
            start = ctx.now() - number * DAY_MS
            _block(connection, person, "work", start, 45)
            _block(connection, person, "break", start + 45 * MINUTE_MS, 15)
            for index in range(answers):
                at_ms = start + index * 2 * MINUTE_MS
                _answer(connection, ctx, person, project, step.id, step.version, at_ms, int(took * 1000), right)

    ctx.db.write(write)


def _block(connection: Connection, person: Person, kind: str, start: int, minutes: int) -> None:
    end = start + minutes * MINUTE_MS
    row = {"person_id": person.id, "kind": kind, "started_ms": start, "planned_end_ms": end, "ended_ms": end}
    connection.execute(sa.insert(t.block).values(row))


def _answer(
    connection: Connection,
    ctx: Context,
    person: Person,
    project: Project,
    step: int,
    version: int,
    at_ms: int,
    active_ms: int,
    right: float | None,
) -> None:
    microtask = _microtask(connection, ctx, project, step, golden=right is not None)
    lease = {"microtask_id": microtask, "person_id": person.id, "step_version_id": version, "status": "submitted"}
    assignment = connection.execute(
        sa.insert(t.assignment).values(
            **lease, public_id=new_public_id(), leased_ms=at_ms - active_ms, expires_ms=at_ms + HOUR_MS
        )
    ).inserted_primary_key[0]
    row: dict[str, Any] = {
        "public_id": new_public_id(),
        "assignment_id": assignment,
        "microtask_id": microtask,
        "person_id": person.id,
        "step_id": step,
        "step_version_id": version,
        "answer": {"value": 3},
        "via": "page",
        "key": key(),
        "fingerprint": "",
        "active_ms": active_ms,
        "submitted_ms": at_ms,
    }
    annotation = connection.execute(sa.insert(t.annotation).values(row)).inserted_primary_key[0]
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == microtask).values(answers=1))
    if right is not None:
        gold = connection.scalar(sa.select(t.gold.c.id).where(t.gold.c.microtask_id == microtask))
        score = {"annotation_id": annotation, "gold_id": gold, "person_id": person.id, "step_id": step, "score": right}
        connection.execute(sa.insert(t.gold_score).values(**score, at_ms=at_ms))


def _microtask(connection: Connection, ctx: Context, project: Project, step: int, *, golden: bool) -> int:
    dataset = connection.scalar(sa.select(t.dataset.c.id).where(t.dataset.c.project_id == project.id))
    values = {"public_id": new_public_id(), "project_id": project.id, "dataset_id": dataset, "key": key(), "position": 0}
    source = connection.execute(sa.insert(t.source).values(**values, parts=[], created_ms=ctx.now())).inserted_primary_key[0]
    lane = LaneKey(step, 8, "", golden)
    payload = '{"kind": "text", "text": "Een korte tekst."}'
    add_microtasks(connection, [MicrotaskRow(source, lane, "0", payload, 1, NEVER_FULL if golden else 1)], now=ctx.now())
    found = connection.scalar(sa.select(t.microtask.c.id).where(t.microtask.c.source_id == source))
    assert found
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == found).values(status="gold" if golden else "open"))
    if golden:
        row = {"microtask_id": found, "accepted": [{"value": 3}], "origin": "test", "created_ms": ctx.now()}
        connection.execute(sa.insert(t.gold).values(row))
    return int(found)


def a_life(ctx: Context, worker: Person, coach: Person, project: Project) -> dict[str, str]:
    """
    Something in every part of a person's page.

    Returns:
        A public id for each path parameter of the coach's and the worker's routes.
    """
    coaching.give_coach(ctx, worker, coach, by=coach)
    history(ctx, worker, project, [30, 32, 31, 29, 30, 33, 28])
    history(ctx, worker, project, [30], answers=20, right=0.9)
    for kind, words, minutes in (
        ("talk", "Over werken met ondertitels.", ""),
        ("guidance", "Samen geoefend met de toetsen.", "25"),
        ("suitable_work", "Rustig werk met tekst past goed.", ""),
        ("integration", "Drinkt koffie met de groep.", ""),
    ):
        person_file.add_entry(ctx, coach, worker, kind, on_date="2026-11-20", words=words, minutes=minutes)
    blocks = agreements.propose(ctx, coach, worker, "blocks", {"work_minutes": 30, "break_minutes": 15}, reason="")
    agreements.agree(ctx, worker, worker, blocks.public_id)
    agreements.propose(ctx, coach, worker, "practice", {"task_type": "rating"}, reason="")
    agreements.propose(ctx, worker, worker, "other", {}, reason="Ik wil bij het raam zitten.")
    return ctx.db.write(lambda connection: _said(connection, ctx, worker, coach, project))


def _said(connection: Connection, ctx: Context, worker: Person, coach: Person, project: Project) -> dict[str, str]:
    now = ctx.now()
    asked, _ = requests.ask(connection, worker.id, "talk", key=key(), words="Over morgen", now=now)
    own_words.add_check_in(connection, worker.id, pace="fine", difficulty="too_hard", shared=True, key=key(), now=now)
    own_words.add_check_in(connection, worker.id, pace="too_fast", shared=False, key=key(), now=now)
    own_words.add_wish(connection, worker.id, words="Ondertitels leren schrijven", form="text", now=now)
    found = trajectories.set_trajectory(
        connection,
        worker.id,
        start_day="2026-09-01",
        end_day="2027-02-28",
        leads_to="Een baan bij een archief",
        by=coach.id,
        now=now,
    )
    trajectories.add_goal(connection, found.id, "Een hele ochtend werken", now=now)
    coaching.queue_feedback(
        connection,
        person_id=worker.id,
        project_id=project.id,
        batch="review-1",
        origin="review",
        words="Nummer 3 klopt niet.",
        now=now,
    )
    drift_signs.add(connection, worker.id, "rating", Sign(45, 30, 0.001), on_date="2026-11-23", now=now)
    [sign] = drift_signs.of_person(connection, worker.id)
    drift_signs.share(connection, worker.id, sign.public_id, now=now)
    return {"request_id": asked.public_id, "sign_id": sign.public_id}
