"""What a person records of themselves: kept for one question, played back to them, and dropped when they do it again.

Off until a manager allows it in the project; and nothing leaves the person's computer before they agree, each time.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import media, submit
from workbench.assign import open_assignment
from workbench.context import Context
from workbench.domain import Assignment, Json, Person
from workbench.errors import AnswerRefused, Conflict, Invalid, NotAllowed, NotFound
from workbench.media.probe import Probe
from workbench.store import datasets, projects
from workbench.store import recordings as store

MOST_BYTES = 64 << 20
SLACK_SECONDS = 3  # a recorder stops a moment after it is told to
NAMES: Mapping[str, str] = {"audio": "recording.webm", "video": "recording.webm"}


def keep(ctx: Context, person: Person, assignment_id: str, body: BinaryIO, *, key: str) -> dict[str, Json]:
    """
    Keep a take for this question, in place of an earlier one; returns {"media": its id}. The same key again is the same take.

    Raises:
        NotFound: not this person's assignment. Conflict: it was answered already.
        NotAllowed: this question does not record, or recording is off in the project.
        Invalid: no sound or video, of the wrong kind, or too long.
    """
    submit.check_key(key)
    assignment = open_assignment(ctx, person, assignment_id)
    settings = _settings(assignment)
    for take in ctx.db.read(lambda connection: store.takes(connection, assignment.id)):
        if take.key == key:
            return {"media": take.media}
    if assignment.status == "submitted":
        raise Conflict("You already answered this question. Your answer is saved.")
    data = body.read(MOST_BYTES + 1)
    probe = _looked_at(data, settings)
    stored, now = ctx.files.put(io.BytesIO(data)), ctx.now()

    def write(connection: Connection) -> tuple[str, list[str]]:
        before = store.takes(connection, assignment.id)
        if any(take.key == key for take in before):
            return next(take.media for take in before if take.key == key), []
        project = projects.step_by_id(connection, assignment.microtask.step_id).project_id
        added = datasets.add_media(
            connection,
            project_id=project,
            sha256=stored.sha256,
            kind=settings.record,
            mime=_mime(settings.record, probe),
            name=NAMES[settings.record],
            probe=probe.to_json(),
            now=now,
        )
        datasets.add_blob(connection, sha256=stored.sha256, size=stored.size, now=now)
        store.add(connection, assignment_id=assignment.id, person_id=person.id, media_id=added.id, key=key, now=now)
        gone = store.drop(connection, [take for take in before if take.media_id != added.id], now=now)
        return added.public_id, gone

    public_id, gone = ctx.db.write(write)
    forget(ctx, gone)
    return {"media": public_id}


def check(connection: Connection, assignment: Assignment, answer: Mapping[str, Json], *, now: int) -> list[str]:
    """
    Is what the answer names a take of this very question? Asked by `submit`, for every door. "I don't know" drops it.

    Returns:
        The content of files to `forget` once this is committed.

    Raises:
        AnswerRefused: it is not.
    """
    if "media" in answer and answer["media"] not in [take.media for take in store.takes(connection, assignment.id)]:
        raise AnswerRefused("This recording is not there. Record it again.", field="media")
    return [] if "media" in answer else store.drop(connection, store.takes(connection, assignment.id), now=now)


def drop_of(ctx: Context, person: Person, assignment_id: str) -> None:
    """The question was given back: what was recorded for it is gone."""
    assignment = open_assignment(ctx, person, assignment_id)
    if assignment.task_type != "recording":
        return
    now = ctx.now()
    gone = ctx.db.write(lambda connection: store.drop(connection, store.takes(connection, assignment.id), now=now))
    forget(ctx, gone)


def forget(ctx: Context, hashes: Sequence[str]) -> None:
    """Delete files that nothing needs any more. What is gone already was deleted by a try that was broken off."""
    for sha256 in hashes:
        with suppress(NotFound):
            ctx.files.delete(sha256, now=ctx.now())


def _settings(assignment: Assignment) -> Any:
    task_type, case = submit.case_of(assignment, "en")
    if task_type.name != "recording":
        raise NotAllowed("This question does not ask for a recording.")
    if not case.settings.allowed:
        raise NotAllowed("Recording is off in this project. Ask the lab manager.")
    return case.settings


def _looked_at(data: bytes, settings: Any) -> Probe:
    """What was recorded, seen in a process of its own."""
    if len(data) > MOST_BYTES:
        raise Invalid(sentence("This recording has more than {most} MB. Make it shorter.", most=MOST_BYTES >> 20), field="media")
    if not data:
        raise Invalid("This recording is empty. Record it again.", field="media")
    with tempfile.NamedTemporaryFile(suffix=".webm") as file:
        file.write(data)
        file.flush()
        found = media.probe_file(Path(file.name), "recording.webm")
    if found.kind != settings.record:
        raise Invalid("This is not the kind of recording that is asked. Record it again.", field="media")
    if found.duration_ms is not None and found.duration_ms > (settings.most_seconds + SLACK_SECONDS) * 1000:
        raise Invalid(
            sentence("This recording is longer than {most} seconds. Make it shorter.", most=settings.most_seconds),
            field="media",
        )
    return found


def _mime(kind: str, probe: Probe) -> str:
    return probe.mime if probe.mime.startswith(f"{kind}/") else f"{kind}/webm"
