"""A HIT becomes a microtask of the workbench: one source, one question, through the workbench's own functions."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy.engine import Connection

from mturk_bridge.ids import new_id
from mturk_bridge.store.hits import HitType
from task_types import reading, registry
from workbench import projects as project_rules
from workbench import split
from workbench.domain import Json, Step
from workbench.store import datasets, lanes, projects, sources

SHORTEST_LEASE_MINUTES = 60
LONGEST_LEASE_MINUTES = 24 * 60


def add_microtask(
    connection: Connection, hit_type: HitType, task_type: str, payload: Mapping[str, Json], *, wanted: int, now: int
) -> int:
    """
    One question more in the project of a type of HIT, wanted so many times; returns the microtask's id.

    Raises:
        BadPayload: the question is not what its kind of work takes.
    """
    return add_to_project(
        connection,
        hit_type.project_id,
        task_type,
        payload,
        title=hit_type.title,
        minutes=-(-hit_type.duration_seconds // 60),
        opinion=hit_type.opinion,
        wanted=wanted,
        now=now,
    )


def add_to_project(
    connection: Connection,
    project_id: int,
    task_type: str,
    payload: Mapping[str, Json],
    *,
    title: str,
    minutes: int,
    opinion: bool,
    wanted: int,
    now: int,
) -> int:
    """The same in any project of the bridge. `minutes`: the time that the requester gives."""
    step = _step(connection, project_id, task_type, minutes, opinion, topic_of(payload["facts"]["requester"]), now)
    checked = reading.payload(registry.get(task_type), payload)
    splitter = split.splitter(step)
    key = new_id()
    parts = json.dumps([{"name": "hit", "kind": "other", "text": title}])
    dataset = datasets.datasets_of(connection, project_id)[0]
    rows = [sources.SourceRow(key, parts, key)]
    source_id = sources.add_sources(connection, project_id=project_id, dataset_id=dataset.id, rows=rows, position=0, now=now)[0]
    row = splitter.row(splitter.piece("hit", checked), source_id)._replace(wanted=wanted)
    lanes.add_microtasks(connection, [row], now=now)
    return lanes.microtasks_of(connection, step.id, [source_id])[source_id][0].id


def topic_of(requester: str) -> str:
    """A requester's work is a topic of its own: who does not want it, switches it off."""
    return requester[:60]


def _step(connection: Connection, project_id: int, task_type: str, minutes: int, opinion: bool, topic: str, now: int) -> Step:
    """The step that asks this kind of question; made when it is first needed."""
    for step in projects.steps_of(connection, project_id):
        if step.task_type == task_type:
            return step
    # A time limit must not make anybody hurry: what the requester gives, and never under an hour.
    lease = min(max(SHORTEST_LEASE_MINUTES, minutes), LONGEST_LEASE_MINUTES)
    language = projects.project_by_id(connection, project_id).language
    settings = {"gold": None, "opinion": opinion, "language": language, "lease_minutes": lease, "topic": topic}
    return projects.create_step(
        connection,
        project_id=project_id,
        task_type=task_type,
        task_type_version=registry.get(task_type).version,
        settings=project_rules.check_settings(task_type, settings),
        now=now,
    )
