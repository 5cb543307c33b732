"""A lab for each test: an own folder, an own database, a clock that stands still until it is moved."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import postgres
from workbench.context import Context, open_context
from workbench.settings import Settings

MONDAY_NINE = 1_795_424_400_000  # Monday 23 November 2026, 09:00 UTC (10:00 in Amsterdam)


@dataclass
class Clock:
    """A clock that tests set."""

    now_ms: int = MONDAY_NINE

    def __call__(self) -> int:
        return self.now_ms

    def forward(self, *, minutes: float = 0, seconds: float = 0) -> int:
        """Let time pass."""
        self.now_ms += int(minutes * 60_000 + seconds * 1000)
        return self.now_ms


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL server."""
    with postgres.server() as url:
        if url is None:
            pytest.skip("No PostgreSQL here: set DATABASE_URL, or apt-get install postgresql")
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of its own."""
    name = "wb_" + secrets.token_hex(6)
    admin = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def clock() -> Clock:
    """Monday morning."""
    return Clock()


def lab(folder: Path, clock: Clock, database_url: str | None = None) -> Context:
    """An empty lab in this folder."""
    environ = {"WORKBENCH_DATABASE_URL": database_url} if database_url else {}
    return open_context(Settings.load(environ, data=folder), clock=clock)


@pytest.fixture
def ctx(tmp_path: Path, clock: Clock) -> Iterator[Context]:
    """An empty lab on SQLite and a local folder."""
    context = lab(tmp_path / "lab", clock)
    yield context
    context.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_db_ctx(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Context]:
    """An empty lab, once on SQLite and once on a real PostgreSQL."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    context = lab(tmp_path / "lab", clock, url)
    yield context
    context.close()
