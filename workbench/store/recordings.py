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
    gone = [take for take in dropped if take.media_id not in used]
    connection.execute(sa.update(t.media).where(t.media.c.id.in_([take.media_id for take in gone])).values(deleted_ms=now))
    hashes = [take.sha256 for take in gone]
    there = sa.select(t.media.c.sha256).where(t.media.c.sha256.in_(hashes), t.media.c.deleted_ms.is_(None))
    elsewhere = set(connection.scalars(there))
    return [each for each in hashes if each not in elsewhere]


def made_by(connection: Connection, media_id: int, person_id: int) -> bool:
    """Did this person record this?"""
    own = sa.select(t.recording.c.id).where(t.recording.c.media_id == media_id, t.recording.c.person_id == person_id)
    return connection.execute(own.where(t.recording.c.dropped_ms.is_(None)).limit(1)).first() is not None
