"""Statements that go straight to the driver: the same rows and the same errors as SQLAlchemy's own way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.conftest import Clock, lab
from workbench import tables as t
from workbench.context import Context
from workbench.store.direct import Direct, Together

PEOPLE = sa.select(t.person.c.id, t.person.c.name, t.person.c.profile, t.person.c.ended_ms).order_by(t.person.c.id)
ADD = sa.insert(t.person).values(
    public_id=sa.bindparam("token"),
    name=sa.bindparam("who"),
    locale="nl",
    profile=sa.bindparam("likes", type_=t.person.c.profile.type),
    preferences={},
    created_ms=5,
)


def row(token: str, name: str = "100% Ann", likes: Any = None) -> dict[str, Any]:
    return {"token": token, "who": name, "likes": {"pets": ["été", 1]} if likes is None else likes}


def test_values_come_back_as_they_went_in(each_db_ctx: Context) -> None:
    """Text, JSON, numbers and nothing: read as SQLAlchemy reads them, by name and by place."""
    db = each_db_ctx.db
    db.write(lambda connection: Direct(ADD).rows(connection, row("a")))
    [found] = db.read(lambda connection: Direct(PEOPLE).rows(connection, {}))
    assert found == db.read(lambda connection: tuple(connection.execute(PEOPLE).one()))
    assert (found.name, found.profile, found.ended_ms) == ("100% Ann", {"pets": ["été", 1]}, None)


def test_truth_is_truth_on_both_databases(each_db_ctx: Context) -> None:
    """SQLite keeps 0 and 1; who asks gets False and True."""
    question = Direct(sa.select(sa.literal(False).label("no"), (t.client.c.id == sa.bindparam("id")).label("yes")))
    each_db_ctx.db.write(lambda connection: connection.execute(sa.insert(t.client).values(public_id="c", name="c", created_ms=0)))
    found = each_db_ctx.db.read(lambda connection: question.first(connection, {"id": 1}))
    assert found.no is False
    assert found.yes is True


def test_a_refusal_has_the_kind_that_everybody_knows_and_undoes_the_write(each_db_ctx: Context) -> None:
    """A public id that is taken: IntegrityError, without the row's values, and what the same write did before is gone."""

    def twice(connection: Connection) -> None:
        Direct(ADD).rows(connection, row("b"))
        Direct(ADD).rows(connection, row("a", "Secret Name"))

    each_db_ctx.db.write(lambda connection: Direct(ADD).rows(connection, row("a")))
    with pytest.raises(sa.exc.IntegrityError) as raised:
        each_db_ctx.db.write(twice)
    assert "Secret" not in str(raised.value).partition("DETAIL")[0]
    assert len(each_db_ctx.db.read(lambda connection: Direct(PEOPLE).rows(connection, {}))) == 1


def test_a_value_that_was_forgotten_is_an_error(each_db_ctx: Context) -> None:
    """Nothing is stored as NULL because somebody left a name out."""
    with pytest.raises((KeyError, sa.exc.DBAPIError)):
        each_db_ctx.db.write(lambda connection: Direct(ADD).rows(connection, {"token": "a", "who": "Ann"}))


def test_statements_together_are_all_done(each_db_ctx: Context) -> None:
    """One INSERT with its RETURNING, and an UPDATE beside it."""
    rename = sa.update(t.person).where(t.person.c.public_id == sa.bindparam("other")).values(name=sa.bindparam("new_name"))
    both = Together(ADD.returning(t.person.c.id, t.person.c.name), rename)
    each_db_ctx.db.write(lambda connection: Direct(ADD).rows(connection, row("a")))
    values = {**row("b", "Ben"), "other": "a", "new_name": "Anna"}
    [added] = each_db_ctx.db.write(lambda connection: both.rows(connection, values))
    assert (added.id, added.name) == (2, "Ben")
    assert [each.name for each in each_db_ctx.db.read(lambda c: Direct(PEOPLE).rows(c, {}))] == ["Anna", "Ben"]


def lose_connections(ctx: Context) -> None:
    """As when PostgreSQL starts again: each connection of this lab is gone, and the lab does not know it."""
    others = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database()"
    admin = sa.create_engine(ctx.db.url)
    with admin.connect() as connection:
        connection.execute(sa.text(others + " AND pid <> pg_backend_pid()"))
    admin.dispose()


def at_once(connection: Connection, ctx: Context, more: int) -> list[Any]:
    """As many reads as this beside each other, each with a connection of its own."""
    if more:
        ctx.db.look(lambda next_one: at_once(next_one, ctx, more - 1))
    return Direct(PEOPLE).rows(connection, {})


def test_lost_connections_are_replaced(tmp_path: Path, clock: Clock, postgres_url: str) -> None:
    """PostgreSQL was started again: however many connections the lab held, whoever reads or writes next is served."""
    ctx = lab(tmp_path / "lab", clock, postgres_url)
    for number, use in enumerate((ctx.db.read, ctx.db.look, ctx.db.write)):
        ctx.db.read(lambda connection: at_once(connection, ctx, 9))
        lose_connections(ctx)
        assert len(use(lambda connection: Direct(PEOPLE).rows(connection, {}))) == number
        lose_connections(ctx)
        ctx.db.write(lambda connection, number=number: Direct(ADD).rows(connection, row(f"person {number}")))
    ctx.close()
