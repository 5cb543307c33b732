"""Projects with answers in them, made through the same doors that everybody uses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tests.builders import key, step_id, workers
from workbench import assign, projects, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Json, Person, Project, new_public_id
from workbench.store import lanes, sources


def photos(ctx: Context, names: Sequence[str], *, overlap: int = 3, **settings: Json) -> Project:
    """An open project that asks for boxes in these photos of 640 × 480."""
    project = projects.create(
        ctx, "Photos", "bounding_box", {"labels": ["boat", "person"], "overlap": overlap, "gold": "off", **settings}
    )
    payload = {"media": "m", "width": 640, "height": 480}
    add(ctx, project, {name: [("image", payload)] for name in names}, kind="image", overlap=overlap)
    return project


def sounds(ctx: Context, pieces: Mapping[str, Sequence[tuple[int, int]]], *, overlap: int = 1) -> Project:
    """An open project that asks for the text of these pieces of recordings."""
    project = projects.create(ctx, "News", "transcription", {"overlap": overlap, "gold": "off", "language": "en"})
    cut = {name: [(f"{a}-{b}", {"media": "m", "start_ms": a, "end_ms": b}) for a, b in times] for name, times in pieces.items()}
    add(ctx, project, cut, kind="audio", overlap=overlap)
    return project


def add(
    ctx: Context, project: Project, asked: Mapping[str, Sequence[tuple[str, Json]]], *, kind: str, overlap: int, needs: int = 0
) -> None:
    """Sources with their microtasks, (key, payload) each."""
    step, now = step_id(ctx, project), ctx.now()

    def write(connection: Any) -> None:
        values = {
            "public_id": new_public_id(),
            "project_id": project.id,
            "name": "built",
            "status": "ready",
            "counts": {},
            "created_ms": now,
        }
        dataset = connection.execute(sa.insert(t.dataset).values(**values)).inserted_primary_key[0]
        rows = [
            sources.SourceRow(name, json.dumps([{"name": "file", "kind": kind, "media": "m", "file_name": name}]), f"ref {name}")
            for name in asked
        ]
        ids = sources.add_sources(connection, project_id=project.id, dataset_id=dataset, rows=rows, position=0, now=now)
        lane = lanes.LaneKey(step, needs, "")
        cut = [
            lanes.MicrotaskRow(source, lane, piece, json.dumps(payload), 1, overlap)
            for source, pieces in zip(ids, asked.values(), strict=True)
            for piece, payload in pieces
        ]
        lanes.add_microtasks(connection, cut, now=now)

    ctx.db.write(write)


def everybody_answers(ctx: Context, people: Sequence[Person], answer: Callable[[Person, Mapping[str, Json]], Json]) -> int:
    """Each person works until nothing is left; `answer` gets the person and the payload. Returns the number of answers."""
    count = 0
    for person in people:
        while found := assign.next_assignments(ctx, person):
            submit.submit(ctx, person, found[0].public_id, answer(person, found[0].microtask.payload), key=key(), via="api")
            count += 1
    review.drain(ctx)
    return count


__all__ = ["add", "everybody_answers", "photos", "sounds", "workers"]
