"""The write queue, and the schema's history."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from workbench import migrations
from workbench.context import Context
from workbench.doctor import database_trouble
from workbench.errors import Conflict, Invalid, Unavailable
from workbench.store.database import Database
from workbench.tables import client, metadata


def add_client(name: str):
    return lambda connection: connection.execute(sa.insert(client).values(public_id=name, name=name, created_ms=0))


def names(db: Database) -> list[str]:
    return db.read(lambda connection: list(connection.scalars(sa.select(client.c.name).order_by(client.c.name))))


def test_a_write_that_fails_leaves_its_neighbours_alone(each_db_ctx: Context) -> None:
    """Writes that share a commit are each all or nothing."""
    db = each_db_ctx.db
    db.write(add_client("a"))
    futures = [db.write_soon(add_client(name)) for name in ("b", "a", "c")]
    outcomes = [future.exception() is None for future in futures]
    assert outcomes == [True, False, True]
    assert names(db) == ["a", "b", "c"]


def test_many_threads_write_and_nothing_is_refused(each_db_ctx: Context) -> None:
    """Forty writers at once wait in line; nobody hears that the database is busy."""
    db = each_db_ctx.db
    threads = [threading.Thread(target=db.write, args=(add_client(f"{i:02}"),)) for i in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(db) == [f"{i:02}" for i in range(40)]


def test_the_newest_revision_is_the_schema_of_the_tables(each_db_ctx: Context) -> None:
    """From empty, the migrations make just the tables that the code knows."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with each_db_ctx.db.reading() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)
    assert difference == []


def test_history_is_one_line_and_a_second_start_changes_nothing(tmp_path: Path) -> None:
    """Each revision follows the one before it; upgrading twice is harmless."""
    url = f"sqlite:///{tmp_path / 'lab.sqlite3'}"
    migrations.upgrade(url)
    migrations.upgrade(url)
    assert migrations.current(url) == migrations.HEAD
    script = ScriptDirectory(str(migrations.HERE))
    chain = [revision.revision for revision in script.walk_revisions()]
    assert chain == sorted(chain, reverse=True)
    assert chain[0] == migrations.HEAD


def test_a_database_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    """No address, no server, no database, or a newer workbench's: one line each, and no password in it."""
    junk, newer = tmp_path / "junk.sqlite3", tmp_path / "newer.sqlite3"
    junk.write_text("no database " * 100)
    migrations.upgrade(f"sqlite:///{newer}")
    engine = sa.create_engine(f"sqlite:///{newer}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    expected = {
        "lab": (Invalid, "WORKBENCH_DATABASE_URL"),
        "nosql://lab": (Unavailable, "nosql"),
        "postgresql://lab:hidden@127.0.0.1:1/lab": (Unavailable, "refused"),
        f"sqlite:///{junk}": (Unavailable, "not a database"),
        f"sqlite:///{newer}": (Conflict, "newer workbench"),
    }
    for url, (kind, words) in expected.items():
        with pytest.raises(kind, match=words) as caught:
            migrations.upgrade(url)
        assert "hidden" not in str(caught.value)
        assert database_trouble(url) == caught.value.message


def test_sqlite_keeps_an_answer_through_a_power_cut(ctx: Context) -> None:
    """WAL, synchronous=FULL and foreign keys are on for each connection."""
    if not ctx.db.is_sqlite:
        pytest.fail("this fixture is SQLite's")
    with ctx.db.reading() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]


def test_a_migration_that_breaks_off_leaves_nothing_half_made(tmp_path: Path) -> None:
    """Its tables come in one transaction: here the last of the first revision is in the way."""
    url = f"sqlite:///{tmp_path / 'lab.sqlite3'}"
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE to_settle (stray INTEGER)"))
    with pytest.raises(sa.exc.OperationalError):
        migrations.upgrade(url)
    assert sa.inspect(engine).get_table_names() == ["to_settle"]
    engine.dispose()


def test_a_writer_that_dies_lets_nobody_wait(tmp_path: Path) -> None:
    """Its disk went away: whoever waits hears so, and so does whoever comes later."""
    folder = tmp_path / "lab"
    db = Database(f"sqlite:///{folder / 'lab.sqlite3'}")
    folder.rmdir()  # the writer cannot open its lock
    heard = [db.write_soon(add_client(name)) for name in ("a",)]
    with pytest.raises(Unavailable, match="cannot be written to"):
        heard[0].result(timeout=30)
    with pytest.raises(Unavailable, match="start the workbench again"):
        db.write(add_client("b"))
