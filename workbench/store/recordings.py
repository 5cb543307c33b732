"""Takes that people recorded, by the question they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t


@dataclass(frozen=True)
class Take:
    """One recording. `media` is the public id that an answer names."""

    id: int
    media_id: int
    media: str
    sha256: str
    key: str


_TAKES = sa.select(
    t.recording.c.id, t.recording.c.media_id, t.media.c.public_id.label("media"), t.media.c.sha256, t.recording.c.key
).join_from(t.recording, t.media, t.media.c.id == t.recording.c.media_id)


def takes(connection: Connection, assignment_id: int) -> list[Take]:
    """The takes of a question that were not dropped, oldest first."""
    query = _TAKES.where(t.recording.c.assignment_id == assignment_id, t.recording.c.dropped_ms.is_(None))
    return [Take(*row) for row in connection.execute(query.order_by(t.recording.c.id))]


def add(connection: Connection, *, assignment_id: int, person_id: int, media_id: int, key: str, now: int) -> None:
    """One more take."""
    row = {"assignment_id": assignment_id, "person_id": person_id, "media_id": media_id, "key": key, "at_ms": now}
    connection.execute(sa.insert(t.recording).values(row))


def drop(connection: Connection, dropped: Sequence[Take], *, now: int) -> list[str]:
    """These takes are not kept: nobody sees them from now on. Returns the content of files that nothing else needs."""
    ids = [take.id for take in dropped]
    connection.execute(sa.update(t.recording).where(t.recording.c.id.in_(ids)).values(dropped_ms=now))
    still = sa.select(t.recording.c.media_id).where(t.recording.c.dropped_ms.is_(None))
    used = set(connection.scalars(still.where(t.recording.c.media_id.in_([take.media_id for take in dropped]))))
    gone = sorted({take.media_id for take in dropped} - used)
    hashes = _of_these_alone(connection, gone)
    _forget(connection, gone, now=now)
    return hashes


def held_by(connection: Connection, person_id: int) -> list[str]:
    """The content of files that rest on what this person recorded, and on nothing else: takes, and what was made from them."""
    return _of_these_alone(connection, _media_of(connection, person_id))


def forget_all(connection: Connection, person_id: int, files: Sequence[str], *, now: int) -> int:
    """What this person recorded is gone: nothing shows it. `files`: the content that was deleted; returns how many files."""
    _forget(connection, _media_of(connection, person_id), now=now)
    there = t.blob.c.sha256.in_(files), t.blob.c.deleted_ms.is_(None)
    return connection.execute(sa.update(t.blob).where(*there).values(deleted_ms=now)).rowcount


def _media_of(connection: Connection, person_id: int) -> list[int]:
    """Media that only this person recorded; what a client uploaded as well is the client's."""
    mine = sa.select(t.recording.c.media_id).where(t.recording.c.person_id == person_id)
    others = sa.select(t.recording.c.media_id).where(t.recording.c.person_id != person_id, t.recording.c.dropped_ms.is_(None))
    uploaded = sa.select(t.upload.c.id).join(t.dataset, t.dataset.c.id == t.upload.c.dataset_id)
    uploaded = uploaded.where(t.upload.c.sha256 == t.media.c.sha256, t.dataset.c.project_id == t.media.c.project_id)
    query = sa.select(t.media.c.id).where(t.media.c.id.in_(mine), t.media.c.id.not_in(others), ~uploaded.exists())
    return list(connection.scalars(query.order_by(t.media.c.id)))


def _of_these_alone(connection: Connection, media_ids: Sequence[int]) -> list[str]:
    """The content of these media and of what was made from them, unless an upload or other media need it too."""
    these, made = t.media.c.id.in_(media_ids), t.derivative.c.media_id.in_(media_ids)
    own = set(connection.scalars(sa.select(t.media.c.sha256).where(these)))
    own |= set(connection.scalars(sa.select(t.derivative.c.sha256).where(made)))
    elsewhere = (
        sa.select(t.upload.c.sha256).where(t.upload.c.sha256.in_(own)),
        sa.select(t.media.c.sha256).where(t.media.c.sha256.in_(own), ~these, t.media.c.deleted_ms.is_(None)),
        sa.select(t.derivative.c.sha256).where(t.derivative.c.sha256.in_(own), ~made),
    )
    return sorted(own - {sha256 for query in elsewhere for sha256 in connection.scalars(query)})


def _forget(connection: Connection, media_ids: Sequence[int], *, now: int) -> None:
    connection.execute(sa.delete(t.derivative).where(t.derivative.c.media_id.in_(media_ids)))
    gone = sa.update(t.media).where(t.media.c.id.in_(media_ids), t.media.c.deleted_ms.is_(None))
    connection.execute(gone.values(deleted_ms=now, name="", probe={}))


def made_by(connection: Connection, media_id: int, person_id: int) -> bool:
    """Did this person record this?"""
    own = sa.select(t.recording.c.id).where(t.recording.c.media_id == media_id, t.recording.c.person_id == person_id)
    return connection.execute(own.where(t.recording.c.dropped_ms.is_(None)).limit(1)).first() is not None
