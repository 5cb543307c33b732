"""Connections, and the one queue that SQLite's writes go through.

On SQLite one writer thread per process takes waiting writes together: each runs in a savepoint of its own, one commit
(one fsync) serves them all, and nobody is told "stored" before it. A file lock makes writers of other processes (the
background jobs, a command) wait in line in the kernel, where SQLite's own busy handler would poll: polling made p99
245 ms with 8 clients. On PostgreSQL each write is a transaction of its own.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Engine, make_url

from accessibility.sentences import sentence
from workbench.errors import Unavailable

T = TypeVar("T")
Work = Callable[[Connection], T]
BATCH = 64  # writes that may share one commit
THREADS = 16  # statements that may wait for PostgreSQL at a time, on behalf of asynchronous callers
MOST_IDLE = 8  # connections kept for looking something up: the pool has others to serve
TRIES = 5  # PostgreSQL: serialization failures and deadlocks are tried again


class Database:
    """Reads and writes of one lab's database.

    Args:
        url: SQLAlchemy URL; `sqlite:///…` or `postgresql+psycopg://…`.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        # On PostgreSQL a read is one statement after another, without BEGIN and ROLLBACK going to and fro.
        self._reads = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._writer = _Writer(self.engine, lock_path(self.url)) if self.is_sqlite else None
        self._looks = _Looks(self.engine.execution_options(looks=True) if self.is_sqlite else self._reads)
        self._threads = ThreadPoolExecutor(THREADS, "database")  # none is started before it is needed

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""
        return self.engine.connect()

    def read(self, work: Work[T]) -> T:
        """Run a function that only reads. On PostgreSQL each statement sees its own moment; `reading()` sees one."""
        for attempt in range(1, TRIES + 1):
            try:
                with self._reads.connect() as connection:
                    return work(connection)
            except sa.exc.DBAPIError as error:
                # The server was started again since the connection was made: a fresh one will do.
                if not error.connection_invalidated or attempt == TRIES:
                    raise
        raise AssertionError("unreachable")

    def look(self, work: Work[T]) -> T:
        """Run a function that reads with one statement: on a connection that is kept for it, which costs less than a read."""
        try:
            return self._looks.run(work)
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return self.read(work)  # the server was started again

    def write(self, work: Work[T]) -> T:
        """Run a function in a transaction; returns after the commit is on disk, or raises and nothing is kept."""
        return self._writer.submit(work).result() if self._writer else _write_with_retry(self.engine, work)

    def write_soon(self, work: Work[T]) -> Future[T]:
        """Like `write`, as a future: for asynchronous callers."""
        return self._writer.submit(work) if self._writer else self.beside(lambda: _write_with_retry(self.engine, work))

    def beside(self, work: Callable[[], T]) -> Future[T]:
        """Run what waits for PostgreSQL in a thread kept for that: an asynchronous caller goes on meanwhile."""
        return self._threads.submit(work)

    def close(self) -> None:
        """Finish waiting writes and let go of all connections."""
        if self._writer:
            self._writer.close()
        self._threads.shutdown()
        self._looks.close()
        self.engine.dispose()


def lock_path(url: sa.URL) -> Path | None:
    """The file that writers of all processes lock; none for a database in memory."""
    return Path(url.database + ".write-lock") if url.database and url.database != ":memory:" else None


def for_update(query: sa.Select[Any], *, skip_locked: bool = False, of: Any = None) -> sa.Select[Any]:
    """Lock the rows (of these tables) until the transaction ends; on SQLite, with its single writer, this says nothing."""
    return query.with_for_update(skip_locked=skip_locked, of=of, key_share=True)


def upsert(table: sa.Table) -> postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which is spelled the same on both databases."""
    return postgresql.insert(table)


def _sqlite_engine(url: sa.URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        connect_args={"timeout": 30, "check_same_thread": False, "isolation_level": None},
        pool_size=32,
        max_overflow=32,
        hide_parameters=True,  # answers must not end up in a log
    )

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, _record: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # a thank-you page must survive a power cut
            "foreign_keys=ON",
            "busy_timeout=30000",
            "temp_store=MEMORY",
            "cache_size=-16000",
        ):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Reads see one moment; a write says so at once, or two workers could lease one microtask.
        options = connection.get_execution_options()
        if not options.get("looks"):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def _postgres_engine(url: sa.URL) -> Engine:
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    return sa.create_engine(url, pool_size=16, max_overflow=32, hide_parameters=True)


def _write_with_retry(engine: Engine, work: Work[T]) -> T:
    for attempt in range(1, TRIES + 1):
        try:
            with engine.begin() as connection:
                return work(connection)
        except sa.exc.DBAPIError as error:
            again = getattr(error.orig, "sqlstate", None) in ("40001", "40P01") or error.connection_invalidated
            if not again or attempt == TRIES:
                raise
    raise AssertionError("unreachable")


class _Looks:
    """Connections that are kept for looking something up. They hold no transaction, so each statement sees the newest."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Connection] = []

    def run(self, work: Work[T]) -> T:
        """On one that nobody uses now."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect()
        try:
            found = work(connection)
        except BaseException:
            connection.close()
            self.close()  # what broke one may have broken all: PostgreSQL was started again
            raise
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return found

    def close(self) -> None:
        """Close those that are idle."""
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


class _Writer:
    """One thread that takes waiting writes and commits them together."""

    def __init__(self, engine: Engine, lock: Path | None) -> None:
        self._engine = engine.execution_options(writes=True)
        self._waiting: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._lock = lock
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._started = threading.Lock()
        self._closed = False
        self._broken: BaseException | None = None

    def submit(self, work: Work[T]) -> Future[T]:
        """Put a write in the queue."""
        with self._started:
            if self._closed:
                raise RuntimeError("the database is closed")
            if self._broken is not None:
                raise self._unavailable()
            if not self._thread.ident:
                self._thread.start()
            done: Future[T] = Future()
            self._waiting.put((work, done))
        return done

    def close(self) -> None:
        """Let the queue run empty and end the thread."""
        with self._started:
            self._closed = True
            self._waiting.put(None)
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            # A writer that dies silently would let everybody wait for ever.
            with self._started:
                self._broken = error
            while not self._waiting.empty():
                if (each := self._waiting.get()) is not None:
                    each[1].set_exception(self._unavailable())

    def _unavailable(self) -> Unavailable:
        return Unavailable(
            sentence(
                "The database cannot be written to: {reason}. Mend that, then start the workbench again.", reason=self._broken
            )
        )

    def _work(self) -> None:
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600) if self._lock else None
        with self._engine.connect() as connection:
            while (batch := self._take()) is not None:
                try:
                    if descriptor is not None:
                        fcntl.flock(descriptor, fcntl.LOCK_EX)
                    _commit_together(connection, batch)
                except BaseException as error:
                    for _, done in batch:
                        if not done.done():
                            done.set_exception(error)
                    raise
                finally:
                    if descriptor is not None:
                        fcntl.flock(descriptor, fcntl.LOCK_UN)
        if descriptor is not None:
            os.close(descriptor)

    def _take(self) -> list[tuple[Work[Any], Future[Any]]] | None:
        first = self._waiting.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < BATCH:
            try:
                more = self._waiting.get_nowait()
            except queue.Empty:
                break
            if more is None:
                self._waiting.put(None)  # finish this batch first, then end
                break
            batch.append(more)
        return batch


def _commit_together(connection: Connection, batch: list[tuple[Work[Any], Future[Any]]]) -> None:
    batch = [(work, done) for work, done in batch if done.set_running_or_notify_cancel()]
    outcomes: list[tuple[Future[Any], Any]] = []
    alone = len(batch) == 1
    try:
        with connection.begin():
            for work, done in batch:
                try:
                    if alone:
                        outcomes.append((done, work(connection)))
                        continue
                    with connection.begin_nested():
                        result = work(connection)
                    outcomes.append((done, result))
                except Exception as error:
                    done.set_exception(error)
                    if alone:
                        raise
    except Exception as error:
        for _, done in batch:
            if not done.done():
                done.set_exception(error)
        with suppress(Exception):
            connection.rollback()
        return
    for done, result in outcomes:
        done.set_result(result)
