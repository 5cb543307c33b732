"""A lab for each test: an own folder, an own database, a clock that stands still until it is moved."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa
from hypothesis import settings

from tests import postgres
from workbench import migrations
from workbench.context import Context, open_context
from workbench.settings import Settings
from workbench.store.database import Database

# No deadline for an example: a busy machine misses it. The same examples each time, so that what was well stays well;
# `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("repeatable")

# What commands say is compared in English, on a Dutch machine too; tests of languages choose their own.
os.environ["WORKBENCH_LANGUAGE"] = "en"

# Each of these keeps one process busy for twenty seconds or more, the longest first. Of several processes the one that gets such
# a file last would go on alone.
LONG_FILES_FIRST = (
    "web/test_pages_in_browser.py",
    "journeys/test_client.py",
    "journeys/test_every_type.py",
    "jobs/test_process.py",
    "widgets/test_every_widget.py",
    "mturk/test_endless.py",
    "jobs/test_long_video.py",
    "journeys/test_worker_outbox.py",
    "journeys/test_worker.py",
    "journeys/test_voice.py",
    "test_durability.py",
    "widgets/test_types_fit.py",
    "mturk/test_frames.py",
    "web/test_access.py",
    "journeys/test_exact_sound.py",
    "task_types/test_contract.py",
    "widgets/test_frames.py",
    "start/test_wheel.py",
    "web/test_pages.py",
    "commands/test_language.py",
    "journeys/test_day.py",
    "demo/test_demo.py",
    "ingest/test_ingest.py",
    "mturk/test_program.py",
    "dialogue/test_terminal.py",
    "journeys/test_recording.py",
    "mturk/test_outgoing.py",
    "commands/test_serve.py",
)
HERE = Path(__file__).parent

MONDAY_NINE = 1_795_424_400_000  # Monday 23 November 2026, 09:00 UTC (10:00 in Amsterdam)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first; all others, and the tests of each, stay in their order."""
    places = {HERE / name: place for place, name in enumerate(LONG_FILES_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


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


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database at the newest revision: others are copied from it, which is cheaper than migrating each."""
    with _database(postgres_server, "") as url:
        migrations.upgrade(url)
        yield str(sa.make_url(url).database)


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A database of its own, at the newest revision, with nothing in it."""
    with _database(postgres_server, f"TEMPLATE {postgres_template}") as url:
        yield url


@contextmanager
def _database(server: str, copied_from: str) -> Iterator[str]:
    name = "wb_" + secrets.token_hex(6)
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} {copied_from}"))
    yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def clock() -> Clock:
    """Monday morning."""
    return Clock()


@cache
def empty_database() -> bytes:
    """An SQLite file at the newest revision: made once, then copied, which is cheaper than migrating each."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/lab.sqlite3"
        migrations.upgrade(url)
        made = Database(url)
        made.read(lambda connection: connection.execute(sa.text("SELECT 1")))  # a connection turns WAL on
        made.close()
        return Path(folder, "lab.sqlite3").read_bytes()


def lab(folder: Path, clock: Clock, database_url: str | None = None) -> Context:
    """An empty lab in this folder."""
    settings = Settings.load({"WORKBENCH_DATABASE_URL": database_url} if database_url else {}, data=folder)
    file = sa.make_url(settings.database_url).database if database_url is None else None
    if file and not Path(file).exists():
        folder.mkdir(parents=True, exist_ok=True)
        Path(file).write_bytes(empty_database())
    return open_context(settings, clock=clock)


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
