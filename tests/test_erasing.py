"""Erasing somebody, table by table: what is theirs is gone wherever it stood, and what stays is what the register says."""

from __future__ import annotations

import io
from importlib.util import find_spec

import sqlalchemy as sa

from tests.builders import key, person, rating, rows
from tests.filled import fill, marked, points
from workbench import assign, own_data, privacy
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Assignment, Person, Role
from workbench.store import datasets, holdings, recordings, whole

# Words that stay, and why; each is said to the reader in `stays` of its activity, or is not about a worker.
STAY = {
    "instruction_question": "everybody reads the question and its answer; who asked is shown to nobody",
    "gold_event": "what staff said of a check question belongs to the project",
    "review_verdict": "a client's or supervisor's verdict on an outcome",
    "material_deletion": "the proof that a client's material is gone",
    "news": "written by staff for everybody, until it ends",
}
OF_A_PERSON = {"identity", "secret", "need", "words"}


def with_plug_ins(ctx: Context) -> None:
    """Where the bridge is installed, its tables too; a lab makes them when it first uses it."""
    if find_spec("mturk_bridge"):
        from mturk_bridge import migrations

        migrations.ready(ctx)


def test_of_every_table_nothing_of_the_person_is_left_that_should_not_be(each_db_ctx: Context) -> None:
    """A row in each table, about, by and for them: after erasing, words, needs and names stand only where it is said."""
    ctx = each_db_ctx
    noor, mia = person(ctx), person(ctx, "Mia B", Role.MANAGER)
    with_plug_ins(ctx)
    there = ctx.db.read(whole.there)
    assert set(holdings.tables()) <= there
    tables = [table for table in holdings.tables().values() if table.name in there]
    ctx.db.write(lambda connection: fill(connection, tables, noor.id))
    own_data.erase(ctx, noor, by=mia, reason="Asked by the person")
    described = privacy.tables()
    left = {table.name: ctx.db.read(lambda connection, table=table: marked(connection, table)) for table in tables}
    personal = {table.name for table in tables if any(points(column) == "person" for column in table.columns)}
    personal |= {name for name, (table, _) in described.items() if table.of}
    told = {
        name: {column for column in left[name] if described[name][0].columns[column] in OF_A_PERSON} for name in personal & there
    }
    assert {name: columns for name, columns in told.items() if columns and name not in STAY} == {}
    for name in personal & there - {"person"}:
        table, activity = described[name]
        unsaid = left[name] and table.of and not activity.stays
        assert not unsaid, (
            f"{name} keeps rows of an erased person, and workbench/privacy/{activity.subject}.yaml does not say why"
        )


def recorded(ctx: Context, somebody: Person, assignment: Assignment, said: bytes) -> int:
    """A take of this person, with peaks drawn of it; returns the id of its media."""
    file, peaks = (ctx.files.put(io.BytesIO(each)).sha256 for each in (said, b"peaks of " + said))

    def write(connection: sa.Connection) -> int:
        project = connection.scalar(sa.select(t.step.c.project_id).where(t.step.c.id == assignment.microtask.step_id))
        assert project
        known = {"kind": "audio", "mime": "audio/webm", "name": "recording.webm", "probe": {}, "now": ctx.now()}
        media = datasets.add_media(connection, project_id=project, sha256=file, **known)
        for sha256 in (file, peaks):
            datasets.add_blob(connection, sha256=sha256, size=1, now=ctx.now())
        made = {"media_id": media.id, "kind": "peaks", "sha256": peaks, "mime": "x", "created_ms": ctx.now()}
        if datasets.derivative(connection, media.id, "peaks", "") is None:
            connection.execute(sa.insert(t.derivative).values(made))
        given = {"assignment_id": assignment.id, "person_id": somebody.id, "key": key(), "now": ctx.now()}
        recordings.add(connection, media_id=media.id, **given)
        return media.id

    return ctx.db.write(write)


def test_what_somebody_recorded_goes_from_the_store_unless_somebody_else_needs_it(ctx: Context) -> None:
    """Their takes and what was made of them; the same bytes that a colleague recorded stay for that colleague."""
    rating(ctx, ["a", "b"], overlap=2)
    noor, ben, mia = person(ctx), person(ctx, "Ben"), person(ctx, "Mia B", Role.MANAGER)
    [hers], [his] = assign.next_assignments(ctx, noor), assign.next_assignments(ctx, ben)
    recorded(ctx, noor, hers, b"my voice")
    recorded(ctx, noor, hers, b"silence")
    recorded(ctx, ben, his, b"silence")
    counts = own_data.erase(ctx, noor, by=mia, reason="Asked by the person")
    assert counts["recording"] == counts["blob"] == 2
    there = {row.sha256: ctx.files.exists(row.sha256) for row in rows(ctx, t.blob)}
    kept = {row.sha256 for row in rows(ctx, t.media) if row.deleted_ms is None}
    assert [there[sha256] for sha256 in kept] == [True]
    assert sorted(there.values()) == [False, False, True, True]
    assert [row.person_id for row in rows(ctx, t.recording)] == [ben.id]
