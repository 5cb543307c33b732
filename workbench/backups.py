"""The whole lab in one zip file: database, files, keys; and back into an empty folder.

The database's copy is one moment (SQLite's own backup), so work may go on meanwhile. Files are addressed by their
content and never change; what the copied database knows is in the zip.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from accessibility.sentences import sentence
from workbench import __version__, migrations, symbols
from workbench import tables as t
from workbench.context import Context
from workbench.errors import BadInput, Conflict, Unavailable
from workbench.settings import OURS_ONLY, Settings

DATABASE = "workbench.sqlite3"
ABOUT = "about.json"
SYMBOL = re.compile(rf"{symbols.FOLDER}/[a-z0-9-]+\.(svg|png)")  # a name that leads nowhere else
KEYS = ("secret.key", "tls/authority.pem", "tls/authority.key")
CHUNK = 1 << 20


def backup(ctx: Context, file: Path) -> str:
    """
    Write the lab to this file, whole or not at all.

    Raises:
        Unavailable: on PostgreSQL, whose own tools (pg_dump, base backups) do this better.
        Conflict: the file is there already.
    """
    if not ctx.db.is_sqlite:
        raise Unavailable("This lab is on PostgreSQL. Back it up with pg_dump, and the file store with its own tools.")
    if file.exists():
        raise Conflict(sentence("{file} is there already. Choose another name: a backup is never written over.", file=file))
    file.parent.mkdir(parents=True, exist_ok=True)
    started = file.with_name(file.name + ".part")
    try:
        count = _pack(ctx, started)
        started.replace(file)
    finally:
        started.unlink(missing_ok=True)
    return sentence("{file}: the database and {count} files.", file=file, count=count)


def _pack(ctx: Context, target: Path) -> int:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, _private(target) as out:
        copy = Path(folder) / DATABASE
        _copy_database(str(ctx.db.url.database), copy)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            archive.write(copy, DATABASE, zipfile.ZIP_DEFLATED)
            for name in KEYS:
                if (ctx.settings.data / name).exists():
                    archive.write(ctx.settings.data / name, name)
            for path in sorted((ctx.settings.data / symbols.FOLDER).glob("*.*")):
                archive.write(path, f"{symbols.FOLDER}/{path.name}")
            count = sum(_add_file(ctx, archive, sha256, needed) for sha256, needed in _files(copy))
            about = {"workbench": __version__, "revision": migrations.current(ctx.settings.database_url), "files": count}
            archive.writestr(ABOUT, json.dumps(about, indent=1))
        out.flush()
        os.fsync(out.fileno())
    return count


def restore(settings: Settings, file: Path) -> str:
    """
    Put a backup into an empty data folder; each file's content is checked against its name.

    Raises:
        BadInput: not a backup, or damaged: says what.
        Conflict: there is a lab in this folder already.
    """
    database = sa.make_url(settings.database_url)
    if database.get_backend_name() != "sqlite" or database.database is None:
        raise Unavailable("A backup file goes into a lab on SQLite. Unset WORKBENCH_DATABASE_URL and try again.")
    target = Path(database.database)
    # Also what a lab left that was killed: SQLite would write its last changes over the database that is put here.
    if any(target.with_name(target.name + left).exists() for left in ("", "-wal", "-shm", "-journal")):
        raise Conflict(
            sentence("There is a lab in {data} already. Restore into an empty folder with --data FOLDER.", data=settings.data)
        )
    try:
        archive = zipfile.ZipFile(file)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput(
            sentence("{file} is not a backup of the workbench. Choose the zip that workbench backup wrote.", file=file),
            file=str(file),
        ) from error
    with archive:
        try:
            return _unpack(settings, archive, target, file)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise BadInput(
                sentence("{file} is damaged: {error}. Use another backup.", file=file, error=error), file=str(file)
            ) from error


def _unpack(settings: Settings, archive: zipfile.ZipFile, target: Path, file: Path) -> str:
    names = set(archive.namelist())
    if not {DATABASE, ABOUT} <= names:
        raise BadInput(sentence("{file} is a zip file, but not a backup of the workbench.", file=file), file=str(file))
    from workbench.media.storage import open_store

    settings.data.mkdir(mode=OURS_ONLY, parents=True, exist_ok=True)
    store = open_store(settings.storage_url)
    count = 0
    for name in sorted(names):
        if not name.startswith("files/"):
            continue
        expected = name.removeprefix("files/")
        with archive.open(name) as stream:
            stored = store.put(stream)
        if stored.sha256 != expected:
            raise BadInput(
                sentence("{file} is damaged: {name} is not what it was. Use another backup.", file=file, name=name),
                file=str(file),
            )
        count += 1
    for name in KEYS:
        if name in names:
            _write_private(settings.data / name, archive.read(name))
    for name in sorted(name for name in names if SYMBOL.fullmatch(name)):
        (settings.data / name).parent.mkdir(exist_ok=True)
        (settings.data / name).write_bytes(archive.read(name))
    started = target.with_name(target.name + ".part")
    with archive.open(DATABASE) as stream, started.open("wb") as out:
        while chunk := stream.read(CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    _let_jobs_wait(started)
    started.replace(target)  # last: a lab is there when all of it is there
    return sentence("{folder}: the database and {count} files are back.", folder=settings.data, count=count)


def _copy_database(source: str, target: Path) -> None:
    # In one step: between two steps somebody commits, and SQLite begins again, in a busy lab for ever. WAL lets them go on.
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)


def _let_jobs_wait(copy: Path) -> None:
    """A job that ran when the backup was made runs nowhere in the lab that comes of it: it is begun again."""
    with closing(sqlite3.connect(copy)) as database, database:
        if database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'job'").fetchone():
            database.execute("UPDATE job SET status = 'waiting' WHERE status = 'running'")


def _files(copy: Path) -> Iterator[tuple[str, bool]]:
    """(sha256, must be there): a derivative can be made again, an original cannot."""
    engine = sa.create_engine(f"sqlite:///{copy}")
    with engine.connect() as connection:
        originals = set(connection.scalars(sa.select(t.blob.c.sha256).where(t.blob.c.deleted_ms.is_(None))))
        derived = set(connection.scalars(sa.select(t.derivative.c.sha256)))
    engine.dispose()
    yield from ((sha256, sha256 in originals) for sha256 in sorted(originals | derived))


def _add_file(ctx: Context, archive: zipfile.ZipFile, sha256: str, needed: bool) -> int:
    if not ctx.files.exists(sha256):
        if not needed:
            return 0
        raise BadInput(
            sentence("The stored file {sha256} is missing on this disk. Restore it from an older backup.", sha256=sha256),
            file=sha256,
        )
    digest = hashlib.sha256()
    name = f"files/{sha256}"
    with archive.open(name, "w", force_zip64=True) as out, ctx.files.local_path(sha256) as path, path.open("rb") as stored:
        while chunk := stored.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != sha256:
        raise BadInput(
            sentence("The stored file {sha256} is damaged on this disk. Restore it from an older backup.", sha256=sha256),
            file=sha256,
        )
    return 1


def _write_private(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _private(path) as file:
        file.write(content)


def _private(path: Path) -> IO[bytes]:
    """A new file that its owner only may read: keys, and everything that people here have said."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
