"""What an export reads: microtasks page by page in the order of their sources, and figures for its manifest.

Pages are found by key, never by offset, so that the last page costs what the first one did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from quality.clustered import Groups
from workbench import tables as t
from workbench.domain import Json
from workbench.store.counts import counts_by
from workbench.store.database import Database


@dataclass(frozen=True)
class Row:
    """One microtask with its source, its outcome and its accepted answers, as stored."""

    id: int
    source_id: int
    public_id: str
    step_id: int
    key: str
    payload: Mapping[str, Json]
    task_type_version: int
    status: str
    answers: int
    source_key: str
    external_ref: str | None
    parts: Sequence[Mapping[str, Json]]
    kind: str | None
    answer: Json
    confidence: float | None
    detail: Mapping[str, Json] | None
    accepted: Sequence[Json] | None


@dataclass(frozen=True)
class GivenRow:
    """The newest revision of one person's answer; `answer` None for "I don't know"."""

    microtask_id: int
    person_id: int
    answer: Json
    together: bool
    task_type_version: int


_COLUMNS = (
    t.microtask.c.id,
    t.microtask.c.source_id,
    t.microtask.c.public_id,
    t.microtask.c.step_id,
    t.microtask.c.key,
    t.microtask.c.payload,
    t.microtask.c.task_type_version,
    t.microtask.c.status,
    t.microtask.c.answers,
    t.source.c.key.label("source_key"),
    t.source.c.external_ref,
    t.source.c.parts,
    t.outcome.c.kind,
    t.outcome.c.answer,
    t.outcome.c.confidence,
    t.outcome.c.detail,
    t.gold.c.accepted,
)
_PAGE = (
    sa.select(*_COLUMNS)
    .join_from(t.microtask, t.source, t.source.c.id == t.microtask.c.source_id)
    .outerjoin(t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
    .outerjoin(t.gold, sa.and_(t.gold.c.microtask_id == t.microtask.c.id, t.gold.c.status != "retired"))
    .where(t.microtask.c.status != "withdrawn", t.source.c.deleted_ms.is_(None))
    .order_by(t.microtask.c.source_id, t.microtask.c.id)
)


@contextmanager
def one_moment(database: Database) -> Iterator[Connection]:
    """A connection that sees the database as it is now, however long it is read: what comes in meanwhile stays out."""
    with database.reading() as connection:
        # SQLite's read transactions are that by nature.
        yield connection if database.is_sqlite else connection.execution_options(isolation_level="REPEATABLE READ")


def page(connection: Connection, step_ids: Sequence[int], after: tuple[int, int], last_source: int, limit: int) -> list[Row]:
    """The microtasks after (source id, microtask id), in that order; none of a source after `last_source`."""
    place = sa.tuple_(t.microtask.c.source_id, t.microtask.c.id)
    query = _PAGE.where(
        # The plus sign keeps the planner on the index by source: by step it would sort the whole project for each page.
        sa.literal_column("+microtask.step_id", sa.BigInteger).in_(step_ids),
        place > sa.tuple_(*after),
        t.microtask.c.source_id.between(after[0], last_source),
    ).limit(limit)
    return [Row(*tuple(row)) for row in connection.execute(query)]


def source_range(connection: Connection, project_id: int) -> tuple[int, int]:
    """The lowest and the highest source id of a project; (1, 0) when it has none."""
    ids = t.source.c.id
    query = sa.select(sa.func.min(ids), sa.func.max(ids)).where(t.source.c.project_id == project_id)
    low, high = connection.execute(query).one()
    return (low, high) if low is not None else (1, 0)


def _newest() -> sa.ColumnElement[bool]:
    later = t.annotation.alias("later")
    return ~sa.exists().where(later.c.assignment_id == t.annotation.c.assignment_id, later.c.revision > t.annotation.c.revision)


def given(connection: Connection, microtask_ids: Sequence[int]) -> dict[int, list[GivenRow]]:
    """Everybody's answers to these microtasks, without those that count no more."""
    columns = (
        t.annotation.c.microtask_id,
        t.annotation.c.person_id,
        t.annotation.c.answer,
        t.annotation.c.together,
        t.annotation.c.task_type_version,
        t.annotation.c.dont_know,
    )
    counting = sa.select(*columns).join(t.microtask, t.microtask.c.id == t.annotation.c.microtask_id)
    query = counting.where(
        t.annotation.c.microtask_id.in_(microtask_ids), t.annotation.c.assignment_id > t.microtask.c.asked_after, _newest()
    )
    found: dict[int, list[GivenRow]] = {}
    for row in connection.execute(query.order_by(t.annotation.c.microtask_id, t.annotation.c.id)):
        answer = None if row.dont_know else row.answer
        one = GivenRow(row.microtask_id, row.person_id, answer, row.together, row.task_type_version)
        found.setdefault(row.microtask_id, []).append(one)
    return found


def workers(connection: Connection, step_ids: Sequence[int]) -> list[int]:
    """Everybody who answered, by id."""
    query = sa.select(t.annotation.c.person_id).where(t.annotation.c.step_id.in_(step_ids)).distinct()
    return sorted(connection.scalars(query))


def by_status(connection: Connection, step_ids: Sequence[int]) -> dict[str, int]:
    """Microtasks per status."""
    found = counts_by(connection, sa.select(t.microtask.c.id).where(t.microtask.c.step_id.in_(step_ids)), [t.microtask.c.status])
    return {status: count for (status,), count in found.items()}


def answers_by_version(connection: Connection, step_id: int) -> dict[int, int]:
    """Answers given under each version of the step's settings, by the version's number."""
    numbers = sa.select(t.step_version.c.id, t.step_version.c.number).where(t.step_version.c.step_id == step_id)
    number = dict(tuple(row) for row in connection.execute(numbers))
    given = sa.select(t.annotation.c.id).where(t.annotation.c.step_id == step_id)
    return {
        number[version]: count for (version,), count in counts_by(connection, given, [t.annotation.c.step_version_id]).items()
    }


def answer_counts(connection: Connection, step_ids: Sequence[int]) -> tuple[int, int]:
    """Answers (newest revisions), and how many of them say "I don't know"."""
    unknown = sa.func.coalesce(sa.func.sum(sa.cast(t.annotation.c.dont_know, sa.Integer)), 0)
    query = sa.select(sa.func.count(), unknown).where(t.annotation.c.step_id.in_(step_ids), _newest())
    total, dont_know = connection.execute(query).one()
    return int(total), int(dont_know)


def gold_scores(connection: Connection, step_id: int) -> tuple[int, float]:
    """How many answers were compared with gold, and the sum of their scores."""
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(t.gold_score.c.score), 0.0))
    count, total = connection.execute(query.where(t.gold_score.c.step_id == step_id)).one()
    return int(count), float(total)


def gold_groups(connection: Connection, step_id: int, by: Literal["person_id", "gold_id"]) -> Groups:
    """How far scores on gold differ between people, or between check questions; added up in the database."""
    grouped = (
        sa.select(sa.func.sum(t.gold_score.c.score).label("s"), sa.func.count().label("n"))
        .where(t.gold_score.c.step_id == step_id)
        .group_by(t.gold_score.c[by])
        .subquery()
    )
    s, n = grouped.c.s, grouped.c.n
    sums = [sa.func.coalesce(sa.func.sum(product), 0.0) for product in (s * s, s * n, n * n)]
    many, *added = connection.execute(sa.select(sa.func.count(), *sums)).one()
    return Groups(int(many), *(float(each) for each in added))


def methods(connection: Connection, step_id: int) -> list[dict[str, Json]]:
    """By which methods the outcomes that hold were made."""
    query = (
        sa.select(t.outcome.c.id)
        .join_from(t.microtask, t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
        .where(t.microtask.c.step_id == step_id)
    )
    found = counts_by(connection, query, [t.outcome.c.method, t.outcome.c.method_version])
    return [{"method": method, "version": version, "outcomes": count} for (method, version), count in found.items()]


def answered_twice(connection: Connection, step_id: int, most: int) -> Iterator[tuple[Mapping[str, Json], int, list[GivenRow]]]:
    """
    (payload, type version, answers) of microtasks with two answers or more, spread evenly over the step, at most so many.

    Practice is left out: people agree there because they were told.
    """
    condition = (t.microtask.c.step_id == step_id) & (t.microtask.c.answers >= 2) & (t.microtask.c.status != "learning")
    total = connection.scalar(sa.select(sa.func.count()).select_from(t.microtask).where(condition)) or 0
    every = max(1, -(-total // most))
    # Ids alone pass by, one at a time; payloads and answers are read for those that were chosen, a part at a time.
    ids = connection.execute(
        sa.select(t.microtask.c.id).where(condition).order_by(t.microtask.c.id).execution_options(yield_per=5000)
    )
    chosen = list(islice(ids.scalars(), every - 1, None, every))
    query = sa.select(t.microtask.c.id, t.microtask.c.payload, t.microtask.c.task_type_version).order_by(t.microtask.c.id)
    for start in range(0, len(chosen), 250):
        part = chosen[start : start + 250]
        answers = given(connection, part)
        for row in connection.execute(query.where(t.microtask.c.id.in_(part))).all():
            yield row.payload, row.task_type_version, answers.get(row.id, [])
