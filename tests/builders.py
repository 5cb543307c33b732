"""Builders: what a test needs, in one line each."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from workbench import people, projects
from workbench import tables as t
from workbench.context import Context
from workbench.domain import NEED_BITS, Json, Person, Project, Role, new_public_id
from workbench.store import people as people_store
from workbench.store.lanes import NEVER_FULL, LaneKey, MicrotaskRow, add_microtasks


def person(ctx: Context, name: str = "Noor", role: Role = Role.WORKER, **profile: Json) -> Person:
    """Somebody of this lab; `profile` says what they cannot use."""
    made = people.enrol(ctx, name, [role], client=name if role is Role.CLIENT else None).person
    if profile:
        ctx.db.write(lambda connection: people_store.update_profile(connection, made.id, profile))
        return ctx.db.read(lambda connection: people_store.person_by_id(connection, made.id))
    return made


def workers(ctx: Context, count: int) -> list[Person]:
    """So many workers."""
    return [person(ctx, f"Worker {number}") for number in range(1, count + 1)]


def rating(
    ctx: Context,
    texts: Sequence[str] = ("a", "b", "c"),
    name: str = "Texts",
    needs: Sequence[str] = ("reading",),
    **settings: Json,
) -> Project:
    """An open project that asks to rate these texts. No gold unless settings say so."""
    project = projects.create(ctx, name, "rating", {"gold": "off", **settings})
    add_texts(ctx, project, texts, needs=needs)
    return project


def step_id(ctx: Context, project: Project) -> int:
    """The id of the project's first step."""
    query = sa.select(t.step.c.id).where(t.step.c.project_id == project.id).order_by(t.step.c.position)
    return ctx.db.read(lambda connection: connection.scalars(query).first()) or 0


def add_texts(
    ctx: Context,
    project: Project,
    texts: Sequence[str],
    *,
    needs: Sequence[str] = ("reading",),
    gold: Mapping[str, int] | None = None,
) -> None:
    """One source and one microtask for each text; those in `gold` are check questions with this value."""
    step = step_id(ctx, project)
    settings = ctx.db.read(lambda c: c.scalar(sa.select(t.step_version.c.settings).where(t.step_version.c.step_id == step)))
    wanted = settings["overlap"]
    bits = sum(NEED_BITS[need] for need in needs)
    known = gold or {}

    def write(connection: Any) -> None:
        dataset = connection.execute(
            sa.insert(t.dataset).values(
                public_id=new_public_id(), project_id=project.id, name="built", status="ready", counts={}, created_ms=ctx.now()
            )
        ).inserted_primary_key[0]
        shared = {"project_id": project.id, "dataset_id": dataset, "position": 0, "created_ms": ctx.now()}
        values = [
            {**shared, "public_id": new_public_id(), "key": text, "parts": [{"name": "text", "kind": "text", "text": text}]}
            for text in texts
        ]
        returning = sa.insert(t.source).returning(t.source.c.id, sort_by_parameter_order=True)
        sources = connection.scalars(returning, values).all() if values else []
        rows = []
        for place, text in enumerate(texts):
            golden = text in known
            lane = LaneKey(step, bits, settings.get("topic") or "", golden)
            payload = json.dumps({"kind": "text", "text": text})
            rows.append(MicrotaskRow(place, lane, "0", payload, 1, NEVER_FULL if golden else wanted))
        add_microtasks(connection, rows, now=ctx.now(), source_ids=sources)
        for source, text in zip(sources, texts, strict=True):
            if text not in known:
                continue
            microtask = connection.scalar(sa.select(t.microtask.c.id).where(t.microtask.c.source_id == source))
            connection.execute(sa.update(t.microtask).where(t.microtask.c.id == microtask).values(status="gold"))
            row = {"microtask_id": microtask, "accepted": [{"value": known[text]}], "origin": "test", "created_ms": ctx.now()}
            connection.execute(sa.insert(t.gold).values(row))

    ctx.db.write(write)


def key() -> str:
    """A new key for a write."""
    return str(uuid.uuid4())


def rows(ctx: Context, table: sa.Table, *where: Any) -> list[Any]:
    """All rows of a table, oldest first."""
    query = sa.select(table).where(*where).order_by(*table.primary_key.columns)
    return ctx.db.read(lambda connection: list(connection.execute(query)))
