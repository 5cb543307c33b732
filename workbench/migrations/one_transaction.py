"""Running a history of migrations: in one transaction, under the writers' lock on SQLite."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import context

LOCK = 727001  # one number for all histories: only one of them runs at a time


@contextmanager
def _alone(url: sa.URL) -> Iterator[None]:
    """Two processes that start together must not both migrate."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        yield
        return
    with Path(url.database + ".write-lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name != "sqlite":
        return engine

    # Left to itself Python's driver commits each CREATE TABLE on its own: a migration that is killed would leave half.
    @sa.event.listens_for(engine, "connect")
    def _no_commits_of_its_own(raw: Any, _record: Any) -> None:
        raw.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def run(metadata: sa.MetaData, version_table: str = "alembic_version") -> None:
    """Migrate the database of Alembic's configuration; called by a history's env.py."""
    url = context.config.attributes["url"]
    engine = _engine(url)
    with _alone(url), engine.begin() as connection:
        if url.get_backend_name() == "postgresql":
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, version_table=version_table)
        context.run_migrations()
    engine.dispose()
