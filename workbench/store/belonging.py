"""Tips between colleagues, pairs, news, comments on the workbench, and where somebody's work went."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import new_public_id

_author = t.person.alias("author")


@dataclass(frozen=True)
class Tip:
    """A tip about a kind of work. `shown_words` is what colleagues read, in the moderator's spelling where that differs."""

    public_id: str
    step_id: int
    project: str
    words: str
    state: str
    shown_words: str | None
    at_ms: int


@dataclass(frozen=True)
class Mate:
    """A colleague of a pair."""

    public_id: str
    name: str
    since_ms: int


@dataclass(frozen=True)
class News:
    """A piece of news. `group` None: for the whole lab."""

    public_id: str
    group: str | None
    words: str
    by: str
    at_ms: int


@dataclass(frozen=True)
class Comment:
    """What somebody says about the workbench. `name` None: said without a name."""

    public_id: str
    name: str | None
    words: str
    page: str | None
    at_ms: int
    answer: str | None


@dataclass(frozen=True)
class Went:
    """A project on which somebody worked: what it is for, and the client's thanks where there are any."""

    project: str
    purpose: str | None
    thanks: str | None
    settled: bool


@dataclass(frozen=True)
class Said:
    """A client's words about a project, which wait."""

    project_public_id: str
    project: str
    thanks: str | None
    purpose: str | None


# --- tips ------------------------------------------------------------------------------------------------------------

_TIPS = sa.select(t.tip, t.project.c.name.label("project")).join(t.step, t.step.c.id == t.tip.c.step_id)
_TIPS = _TIPS.join(t.project, t.project.c.id == t.step.c.project_id).where(t.tip.c.withdrawn_ms.is_(None))


def add_tip(connection: Connection, *, step_id: int, person_id: int, words: str, now: int) -> None:
    """A tip, for a supervisor to read first."""
    row = {"public_id": new_public_id(), "step_id": step_id, "person_id": person_id, "words": words, "at_ms": now}
    connection.execute(sa.insert(t.tip).values(row))


def tips_for(connection: Connection, step_id: int, *, limit: int = 10) -> list[str]:
    """What colleagues may read about this work, newest first."""
    rows = connection.execute(
        _TIPS.where(t.tip.c.step_id == step_id, t.tip.c.state == "shown").order_by(t.tip.c.id.desc()).limit(limit)
    )
    return [row.shown_words or row.words for row in rows]


def tips_waiting(connection: Connection, project_ids: Collection[int], *, limit: int = 100) -> list[Tip]:
    """What waits for a supervisor in these projects, oldest first."""
    query = _TIPS.where(t.tip.c.state == "waiting", t.step.c.project_id.in_(project_ids)).order_by(t.tip.c.id).limit(limit)
    return [_tip(row) for row in connection.execute(query)]


def tips_of(connection: Connection, person_id: int) -> list[Tip]:
    """Somebody's own tips, newest first."""
    return [_tip(row) for row in connection.execute(_TIPS.where(t.tip.c.person_id == person_id).order_by(t.tip.c.id.desc()))]


def moderate_tip(connection: Connection, public_id: str, *, state: str, words: str | None, by: int, now: int) -> bool:
    """Show it (perhaps in other words) or hold it; False: somebody was first."""
    here = sa.and_(t.tip.c.public_id == public_id, t.tip.c.state == "waiting")
    values = {"state": state, "shown_words": words, "moderated_by": by, "moderated_ms": now}
    return bool(connection.execute(sa.update(t.tip).where(here).values(**values)).rowcount)


def tip_project(connection: Connection, public_id: str) -> int | None:
    """Which project a tip is about."""
    query = sa.select(t.step.c.project_id).join(t.tip, t.tip.c.step_id == t.step.c.id).where(t.tip.c.public_id == public_id)
    return connection.scalar(query)


def withdraw_tip(connection: Connection, person_id: int, public_id: str, *, now: int) -> None:
    """Its writer takes it back."""
    here = sa.and_(t.tip.c.public_id == public_id, t.tip.c.person_id == person_id)
    connection.execute(sa.update(t.tip).where(here).values(withdrawn_ms=now))


def _tip(row: Any) -> Tip:
    return Tip(row.public_id, row.step_id, row.project, row.words, row.state, row.shown_words, row.at_ms)


# --- pairs -----------------------------------------------------------------------------------------------------------


def make_pair(connection: Connection, person_id: int, with_id: int, *, by: int | None, now: int) -> None:
    """Two colleagues help each other from now on; whoever they were paired with before is free again."""
    for each in (person_id, with_id):
        end_pairs(connection, each, now=now)
    row = {"public_id": new_public_id(), "person_id": person_id, "with_id": with_id, "made_by": by, "since_ms": now}
    connection.execute(sa.insert(t.pair).values(row))


def end_pairs(connection: Connection, person_id: int, *, now: int) -> None:
    """Nobody is paired with this person any more."""
    here = sa.and_(sa.or_(t.pair.c.person_id == person_id, t.pair.c.with_id == person_id), t.pair.c.ended_ms.is_(None))
    connection.execute(sa.update(t.pair).where(here).values(ended_ms=now))


def mate_of(connection: Connection, person_id: int) -> Mate | None:
    """The colleague of this person's pair."""
    mine = sa.or_(t.pair.c.person_id == person_id, t.pair.c.with_id == person_id)
    other = sa.case((t.pair.c.person_id == person_id, t.pair.c.with_id), else_=t.pair.c.person_id)
    query = sa.select(t.person.c.public_id, t.person.c.name, t.pair.c.since_ms).join(t.person, t.person.c.id == other)
    row = connection.execute(query.where(mine, t.pair.c.ended_ms.is_(None)).order_by(t.pair.c.id.desc())).first()
    return Mate(row.public_id, row.name, row.since_ms) if row else None


# --- news ------------------------------------------------------------------------------------------------------------

_NEWS = (
    sa.select(t.news, t.work_group.c.name.label("group_name"), _author.c.name.label("author_name"))
    .outerjoin(t.work_group, t.work_group.c.id == t.news.c.work_group_id)
    .join(_author, _author.c.id == t.news.c.written_by)
)


def add_news(connection: Connection, *, group_id: int | None, words: str, by: int, until_ms: int | None, now: int) -> None:
    """News for a group, or for the whole lab."""
    row = {"public_id": new_public_id(), "work_group_id": group_id, "words": words, "written_by": by, "until_ms": until_ms}
    connection.execute(sa.insert(t.news).values(**row, at_ms=now))


def news_for(connection: Connection, group_id: int | None, *, now: int, limit: int = 20) -> list[News]:
    """What is new for this group and for everybody, newest first."""
    groups: sa.ColumnElement[bool] = t.news.c.work_group_id.is_(None)
    if group_id is not None:
        groups = sa.or_(groups, t.news.c.work_group_id == group_id)
    return _news(connection, groups, now=now, limit=limit)


def all_news(connection: Connection, *, now: int, limit: int = 100) -> list[News]:
    """Everything that is shown now, for who writes it."""
    return _news(connection, sa.true(), now=now, limit=limit)


def end_news(connection: Connection, public_id: str, *, now: int) -> None:
    """Not news any more."""
    connection.execute(sa.update(t.news).where(t.news.c.public_id == public_id, t.news.c.ended_ms.is_(None)).values(ended_ms=now))


def _news(connection: Connection, which: sa.ColumnElement[bool], *, now: int, limit: int) -> list[News]:
    fresh = sa.and_(t.news.c.ended_ms.is_(None), sa.or_(t.news.c.until_ms.is_(None), t.news.c.until_ms > now))
    rows = connection.execute(_NEWS.where(which, fresh).order_by(t.news.c.id.desc()).limit(limit))
    return [News(row.public_id, row.group_name, row.words, row.author_name, row.at_ms) for row in rows]


# --- comments on the workbench ---------------------------------------------------------------------------------------

_COMMENTS = sa.select(t.comment, t.person.c.name.label("author_name")).outerjoin(t.person, t.person.c.id == t.comment.c.person_id)


def add_comment(connection: Connection, *, person_id: int | None, words: str, page: str | None, now: int) -> None:
    """Something about the workbench; `person_id` None: without a name, and then it is kept nowhere who it was."""
    row = {"public_id": new_public_id(), "person_id": person_id, "words": words, "page": page, "at_ms": now}
    connection.execute(sa.insert(t.comment).values(row))


def comments(connection: Connection, *, limit: int = 200) -> list[Comment]:
    """All of them, unanswered first, then newest first."""
    order = (t.comment.c.answered_ms.is_not(None), t.comment.c.id.desc())
    return [_comment(row) for row in connection.execute(_COMMENTS.order_by(*order).limit(limit))]


def answered_comments(connection: Connection, *, limit: int = 30) -> list[Comment]:
    """What was said and answered, for everybody to read; without names."""
    rows = connection.execute(
        _COMMENTS.where(t.comment.c.answered_ms.is_not(None)).order_by(t.comment.c.answered_ms.desc()).limit(limit)
    )
    return [Comment(row.public_id, None, row.words, row.page, row.at_ms, row.answer) for row in rows]


def answer_comment(connection: Connection, public_id: str, words: str, *, by: int, now: int) -> None:
    """The lab answers; the newest answer stands."""
    values = {"answer": words, "answered_by": by, "answered_ms": now}
    connection.execute(sa.update(t.comment).where(t.comment.c.public_id == public_id).values(**values))


def _comment(row: Any) -> Comment:
    return Comment(row.public_id, row.author_name, row.words, row.page, row.at_ms, row.answer)


# --- where my work went ----------------------------------------------------------------------------------------------


def where_it_went(connection: Connection, person_id: int) -> list[Went]:
    """The projects on which this person worked, the latest first."""
    steps = (
        sa.select(t.annotation.c.step_id, sa.func.max(t.annotation.c.submitted_ms).label("last_ms"))
        .where(t.annotation.c.person_id == person_id)
        .group_by(t.annotation.c.step_id)
        .subquery()
    )
    query = (
        sa.select(t.project.c.id, t.project.c.name, t.project.c.thanks, t.project.c.settings, t.project.c.status)
        .join(t.step, t.step.c.project_id == t.project.c.id)
        .join(steps, steps.c.step_id == t.step.c.id)
        .where(t.project.c.status != "deleted")
        .order_by(steps.c.last_ms.desc())
    )
    rows = {row.id: row for row in connection.execute(query).all()}  # a project of several steps once
    return [Went(row.name, (row.settings or {}).get("purpose"), row.thanks, row.status == "closed") for row in rows.values()]


def say_thanks(connection: Connection, project_id: int, *, thanks: str | None, purpose: str | None) -> None:
    """A client's words wait until somebody of the lab passes them on."""
    _change_settings(connection, project_id, said={"thanks": thanks, "purpose": purpose} if thanks or purpose else None)


def thanks_waiting(connection: Connection, project_ids: Collection[int]) -> list[Said]:
    """What clients said and nobody passed on yet."""
    query = sa.select(t.project.c.public_id, t.project.c.name, t.project.c.settings).where(t.project.c.id.in_(project_ids))
    rows = [(row, (row.settings or {}).get("said")) for row in connection.execute(query.order_by(t.project.c.id))]
    return [Said(row.public_id, row.name, said.get("thanks"), said.get("purpose")) for row, said in rows if said]


def pass_on(connection: Connection, project_id: int, *, thanks: str | None, purpose: str | None) -> None:
    """Who did the work may read this."""
    connection.execute(sa.update(t.project).where(t.project.c.id == project_id).values(thanks=thanks))
    _change_settings(connection, project_id, said=None, purpose=purpose)


def _change_settings(connection: Connection, project_id: int, **values: Any) -> None:
    here = t.project.c.id == project_id
    merged = {**(connection.scalar(sa.select(t.project.c.settings).where(here)) or {}), **values}
    kept = {name: value for name, value in merged.items() if value is not None}
    connection.execute(sa.update(t.project).where(here).values(settings=kept))
