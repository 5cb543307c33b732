"""The process that does the jobs. Durable by DBOS; what its open version lacks, taking over from a dead process, is here.

    python -m workbench.jobs_process [--parent PID]

Each process holds a lock that the kernel, or PostgreSQL, lets go of when it dies. The others see that and give its work
back to the queue. Several may run, on several machines when the database is PostgreSQL.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from dbos._error import DBOSException

from workbench import drift_watch, job_kinds, jobs_leftovers, retention
from workbench.context import Context, open_context
from workbench.ingest import gathering
from workbench.settings import Settings
from workbench.store import jobs as store
from workbench.store import retention as retention_store
from workbench.web import logs

QUEUE = "jobs"
AT_ONCE = 2  # jobs of one process
LOOK_SECONDS = 0.3  # how often new jobs are looked for
REAP_SECONDS = 2.0
SWEEP_SECONDS = 86_400.0
MOST_TRIES = 20  # a job that ends its process this often is given up; restarts of the server count as well
# PostgreSQL notices a machine that went away without a word after 25 seconds.
KEEP_ALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
LOCK_SPACE = 7_311  # of our advisory locks

log = structlog.get_logger()


class Alive(Protocol):
    """Locks that say which processes live. Taking another one's proves that it is dead."""

    def take(self, who: str) -> bool: ...

    def drop(self, who: str) -> None: ...

    def check(self) -> None: ...


class FileLocks:
    """One locked file per process, in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, IO[str]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, who: str) -> bool:
        """The lock of this process; False when it is alive."""
        file = (self._folder / f"{who}.alive").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._files[who] = file
        return True

    def drop(self, who: str) -> None:
        """Nobody needs this lock any more."""
        file = self._files.pop(who)
        Path(file.name).unlink(missing_ok=True)
        file.close()

    def check(self) -> None:
        """A locked file stays locked for as long as we live."""


class AdvisoryLocks:
    """One advisory lock per process, held by a connection to PostgreSQL."""

    def __init__(self, url: sa.URL) -> None:
        import psycopg

        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True, options=KEEP_ALIVE)

    def take(self, who: str) -> bool:
        """The lock of this process; False when it is alive."""
        row = self._connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, %s))", [who, LOCK_SPACE]).fetchone()
        return bool(row and row[0])

    def drop(self, who: str) -> None:
        """Nobody needs this lock any more."""
        self._connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, %s))", [who, LOCK_SPACE])

    def check(self) -> None:
        """Raises when the connection, and with it our lock, is gone: then others think us dead."""
        self._connection.execute("SELECT 1")


def durable(context: Context) -> Callable[[str], str]:
    """The workflow that DBOS keeps going: one job, done or begun again until it has ended."""

    @DBOS.step(name="do_job")
    def do_job(public_id: str) -> str:
        return job_kinds.run(context, public_id)

    @DBOS.workflow(name="job", max_recovery_attempts=MOST_TRIES)
    def job(public_id: str) -> str:
        return do_job(public_id)

    return job


def configure(settings: Settings, who: str) -> DBOSConfig:
    """DBOS with tables of its own: a file beside the database, or a schema in PostgreSQL."""
    url = sa.make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        path = settings.data / "jobs.sqlite3"
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA journal_mode=WAL")
        url = sa.URL.create("sqlite", database=str(path))
    else:
        url = url.set(drivername="postgresql+psycopg")
    return DBOSConfig(
        name="workbench",
        system_database_url=url.render_as_string(hide_password=False),
        dbos_system_schema="dbos",
        executor_id=who,
        application_version="1",  # the default is a hash of the code, which would strand running work after an upgrade
        serializer=DBOSPortableJSONSerializer(),
        console_log_level="WARNING",
    )


def locks(settings: Settings) -> Alive:
    """The kind of lock that fits the database."""
    url = sa.make_url(settings.database_url)
    return FileLocks(settings.data / "alive") if url.get_backend_name() == "sqlite" else AdvisoryLocks(url)


def reap(context: Context, alive: Alive, me: str) -> None:
    """Give the work of dead processes back to the queue; give up jobs that keep ending their process."""
    alive.check()
    running = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    for who in {each.executor_id for each in running} - {me, None}:
        if alive.take(str(who)):
            DBOS._recover_pending_workflows([str(who)])
            alive.drop(str(who))
    for each in DBOS.list_workflows(status="MAX_RECOVERY_ATTEMPTS_EXCEEDED", load_input=False, load_output=False):
        message = (
            f"This work ended the process that did it {MOST_TRIES} times, and was given up. The log of the server says more."
        )
        _fail(context, each.workflow_id, message)


def _fail(context: Context, public_id: str, message: str) -> None:
    now = context.now()
    context.db.write(lambda connection: store.finish(connection, public_id, "failed", now=now, message=message))


def pick_up(context: Context, job: Callable[[str], str], seen: set[str]) -> None:
    """Put new jobs into the queue. Every process does; a job goes in once, because its id is the workflow's."""
    for public_id in context.db.read(store.waiting):
        if public_id not in seen:
            with SetWorkflowID(public_id), suppress(DBOSException):
                DBOS.enqueue_workflow(QUEUE, job, public_id)
            seen.add(public_id)


def serve(settings: Settings, *, parent: int | None, stop: threading.Event) -> None:
    """Do jobs until `stop` is set, or until the parent process is gone."""
    me = f"{socket.gethostname()}-{uuid.uuid4().hex[:10]}"  # one id per process, never used again
    context = open_context(settings)
    alive = locks(settings)
    alive.take(me)  # before launch: nobody may think us dead
    job = durable(context)
    DBOS(config=configure(settings, me))
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=LOOK_SECONDS)
    seen: set[str] = set()
    reaped, swept = 0.0, float("-inf")  # at once, then daily
    while not stop.wait(LOOK_SECONDS) and (parent is None or os.getppid() == parent):
        _watch(lambda: pick_up(context, job, seen))
        if time.monotonic() - reaped > REAP_SECONDS:
            alive.check()
            _watch(lambda: reap(context, alive, me))
            reaped = time.monotonic()
        if time.monotonic() - swept > SWEEP_SECONDS:
            _watch(lambda: sweep(context))
            swept = time.monotonic()


def sweep(context: Context) -> None:
    """Once a day: leftovers in the data folder and what has had its time go; paces are looked at where that was agreed."""
    gathering.sweep(context, now=context.now())
    jobs_leftovers.sweep(context, now=context.now())
    if context.now() - (context.db.read(retention_store.last_run) or 0) > SWEEP_SECONDS * 1000 / 2:
        drift_watch.watch_all(context)  # before retention: it looks at what retention takes away
        retention.run(context, via="jobs")  # several processes, and each restart, look: one of them does it


def _watch(work: Callable[[], Any]) -> None:
    """The loop goes on after an error: the database may be away for a moment."""
    try:
        work()
    except Exception:
        log.exception("jobs process: trying again")


def main() -> None:
    """Serve until told to stop. A job in hand is left where it is: the next process goes on with it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parent", type=int, help="end when this process is gone")
    chosen = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = Settings.load()
    logs.begin(settings, "jobs")
    try:
        serve(settings, parent=chosen.parent, stop=stop)
    finally:
        # Not DBOS.destroy: it would wait for the job in hand, which may take hours and loses nothing by stopping.
        os._exit(0)


if __name__ == "__main__":
    main()
