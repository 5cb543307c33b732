"""What goes when its time is over, table by table; and the totals that stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import MINUTE_MS, Block, Json
from workbench.store import holdings, whole
from workbench.store.database import upsert
from workbench.store.sweeps import Sweep

# A day of any time zone begins at a whole quarter of an hour: what does not lie on one still tells a time of day. (One
# answer in a million was given on the dot and keeps its time; nobody can tell that it is one.)
MARK_MS = 15 * MINUTE_MS


# A day as ISO text is compared as the UTC day of the cutoff: a day more or less does not matter over two years.
SWEEPS: tuple[Sweep, ...] = (
    Sweep("sessions", t.web_session, sa.func.coalesce(t.web_session.c.ended_ms, t.web_session.c.expires_ms)),
    Sweep("sessions", t.sign_in_failure, t.sign_in_failure.c.at_ms),
    Sweep("sessions", t.credential, t.credential.c.ended_ms),
    Sweep("requests", t.request, t.request.c.asked_ms, t.request.c.answered_ms.is_not(None)),
    Sweep("requests", t.check_in, t.check_in.c.at_ms),
    Sweep("requests", t.wish, t.wish.c.withdrawn_ms),
    Sweep("details", t.drift_sign, t.drift_sign.c.at_ms),
    Sweep("adjustments", t.adjustment, t.adjustment.c.ended_ms),
    Sweep("looks", t.coach_look, t.coach_look.c.at_ms),
    Sweep("file", t.coach_entry, t.coach_entry.c.created_ms),
    Sweep("file", t.agreement, t.agreement.c.ended_ms),
    Sweep("file", t.feedback, t.feedback.c.at_ms),
    Sweep("reports", t.report, sa.func.coalesce(t.report.c.ended_ms, t.report.c.sent_ms)),
    Sweep("record", t.audit, t.audit.c.at_ms),
    Sweep("running", t.job, t.job.c.updated_ms, t.job.c.status.in_(("done", "failed", "cancelled"))),
    Sweep("running", t.repeat_key, t.repeat_key.c.at_ms),
    Sweep(
        "drafts",
        t.draft,
        t.draft.c.saved_ms,
        t.draft.c.assignment_id.in_(sa.select(t.assignment.c.id).where(t.assignment.c.status.in_(("submitted", "returned")))),
    ),
)
# Times of day that become the beginning of their day: (table, column).
BLUNTED: tuple[tuple[str, str], ...] = (
    ("work_return", "at_ms"),
    ("gold_score", "at_ms"),
    ("gold_score_before", "at_ms"),
    ("assignment", "leased_ms"),
    ("assignment", "expires_ms"),
)


def sweeps(connection: Connection) -> list[Sweep]:
    """Every sweep of tables that this lab has: the workbench's own, and those of plug-ins."""
    there = whole.there(connection)
    known = [*SWEEPS, *(sweep for each in holdings.holdings() for sweep in each.sweeps)]
    return [each for each in known if each.table.name in there]


def blunted(connection: Connection) -> list[tuple[str, str]]:
    """Every (table, column) of this lab whose times of day become days."""
    there = whole.there(connection)
    known = [*BLUNTED, *(pair for each in holdings.holdings() for pair in each.blunted)]
    return [pair for pair in known if pair[0] in there]


def sweep(connection: Connection, what: Sweep, until: int, limit: int) -> int:
    """Delete at most `limit` rows whose moment is before `until` (UTC ms); returns how many."""
    where = [what.moment < until] + ([what.also] if what.also is not None else [])
    keys = list(what.table.primary_key.columns)
    rows = connection.execute(sa.select(*keys).where(*where).limit(limit)).all()
    if rows:
        match = sa.tuple_(*keys).in_([tuple(row) for row in rows]) if len(keys) > 1 else keys[0].in_([row[0] for row in rows])
        connection.execute(sa.delete(what.table).where(match))
    return len(rows)


def record_run(connection: Connection, counts: Mapping[str, int], *, via: str, now: int) -> None:
    """Note what a run did."""
    connection.execute(sa.insert(t.retention_run).values(at_ms=now, counts=dict(counts), via=via))


def last_run(connection: Connection) -> int | None:
    """When the rules were last carried out, UTC ms."""
    found: int | None = connection.scalar(sa.select(sa.func.max(t.retention_run.c.at_ms)))
    return found


# --- answers ---------------------------------------------------------------------------------------------------------


def steps_with_old_times(connection: Connection, until: int) -> list[int]:
    """Steps whose answers are about to lose their times."""
    where = (t.annotation.c.submitted_ms < until, t.annotation.c.active_ms.is_not(None))
    return list(connection.scalars(sa.select(t.annotation.c.step_id).where(*where).distinct()))


_sharp_answer = sa.or_(t.annotation.c.active_ms.is_not(None), t.annotation.c.submitted_ms % MARK_MS != 0)


def old_answers(connection: Connection, until: int, after: int, limit: int) -> list[Any]:
    """Answers after this id whose details have had their time: they still have a time of day, or took a time."""
    a = t.annotation.c
    query = sa.select(a.id, a.person_id, a.step_id, a.revision, a.submitted_ms, a.active_ms)
    return list(connection.execute(query.where(a.id > after, a.submitted_ms < until, _sharp_answer).order_by(a.id).limit(limit)))


def fold_answers(connection: Connection, rows: Sequence[Any], days: Mapping[int, date], starts: Mapping[date, int]) -> None:
    """
    Take the times of answers away, and add those to the totals of their days; what another process took away it counted.

    Args:
        days: annotation id → the lab's day. starts: day → its first moment, UTC ms.
    """
    taken: set[int] = set()
    for day in sorted(set(days.values())):
        old = (t.annotation.c.id.in_([row.id for row in rows if days[row.id] == day]), _sharp_answer)
        change = sa.update(t.annotation).where(*old).values(active_ms=None, submitted_ms=starts[day])
        taken |= set(connection.scalars(change.returning(t.annotation.c.id)))
    totals: dict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        if row.revision == 1 and row.id in taken:
            kept = totals[(row.person_id, row.step_id, days[row.id].isoformat())]
            kept[0] += 1
            kept[1] += row.active_ms or 0
            kept[2] += row.active_ms is not None
    d = t.day_work.c
    for (person, step, day_text), (count, active, timed) in sorted(totals.items()):
        values = {"person_id": person, "step_id": step, "day": day_text}
        values |= {"annotations": count, "active_ms": active, "timed": timed}
        more = {"annotations": d.annotations + count, "active_ms": d.active_ms + active, "timed": d.timed + timed}
        statement = upsert(t.day_work).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["person_id", "step_id", "day"], set_=more))


# --- blocks ----------------------------------------------------------------------------------------------------------


def old_blocks(connection: Connection, until: int, limit: int) -> list[Block]:
    """Blocks that began before this moment, oldest first; never anybody's newest, which says what holds now."""
    b = t.block.c
    newest = sa.select(sa.func.max(b.id)).group_by(b.person_id)
    query = sa.select(b.id, b.person_id, b.kind, b.started_ms, b.planned_end_ms, b.ended_ms)
    rows = connection.execute(query.where(b.started_ms < until, b.id.not_in(newest)).order_by(b.id).limit(limit))
    return [Block(*row) for row in rows]


def fold_blocks(connection: Connection, counted: Sequence[tuple[Block, str, int]]) -> None:
    """Take blocks away, and add (block, day, minutes) to the totals of their days; what another process took it counted."""
    ids = [block.id for block, _, _ in counted]
    connection.execute(sa.update(t.check_in).where(t.check_in.c.block_id.in_(ids)).values(block_id=None))
    taken = set(connection.scalars(sa.delete(t.block).where(t.block.c.id.in_(ids)).returning(t.block.c.id)))
    totals: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for block, day, minutes in counted:
        if block.id in taken:
            kept = totals[(block.person_id, day, block.kind)]
            kept[0] += minutes
            kept[1] += 1
    d = t.day_hours.c
    for (person, day, kind), (minutes, blocks) in sorted(totals.items()):
        values = {"person_id": person, "day": day, "kind": kind, "minutes": minutes, "blocks": blocks}
        more = {"minutes": d.minutes + minutes, "blocks": d.blocks + blocks}
        statement = upsert(t.day_hours).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["person_id", "day", "kind"], set_=more))


# --- times of day ----------------------------------------------------------------------------------------------------


def sharp(connection: Connection, table: str, column: str, until: int, after: int, limit: int) -> list[tuple[int, int]]:
    """(id, moment) of old rows after this id that still tell a time of day."""
    found = holdings.tables()[table]
    moment = found.c[column]
    where = [found.c.id > after, moment < until, moment % MARK_MS != 0]
    if table == "assignment":
        where.append(found.c.status != "open")
    query = sa.select(found.c.id, moment).where(*where).order_by(found.c.id).limit(limit)
    return [(row[0], row[1]) for row in connection.execute(query)]


def blunt(connection: Connection, table: str, column: str, moments: Sequence[tuple[int, int]]) -> None:
    """Put these moments in place of the sharp ones."""
    found = holdings.tables()[table]
    change = sa.update(found).where(found.c.id == sa.bindparam("number")).values({column: sa.bindparam("moment")})
    if moments:
        connection.execute(change, [{"number": number, "moment": moment} for number, moment in moments])


def left_before(connection: Connection, until: int) -> list[tuple[str, str]]:
    """(public id, name) of people who left before this moment and are not erased."""
    where = (t.person.c.ended_ms < until, t.person.c.erased_ms.is_(None))
    rows = connection.execute(sa.select(t.person.c.public_id, t.person.c.name).where(*where).order_by(t.person.c.ended_ms))
    return [(row.public_id, row.name) for row in rows]


def runs(connection: Connection, *, limit: int = 10) -> list[tuple[int, Mapping[str, Json]]]:
    """The newest runs: when, and what each touched."""
    rows = connection.execute(sa.select(t.retention_run).order_by(t.retention_run.c.id.desc()).limit(limit))
    return [(row.at_ms, row.counts) for row in rows]
