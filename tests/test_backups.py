"""A backup while people work, and the whole lab back from it."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import key, person, rating, rows
from tests.conftest import Clock
from workbench import assign, backups, ingest, jobs, projects, submit, symbols
from workbench import tables as t
from workbench.context import Context, open_context
from workbench.domain import Person
from workbench.errors import BadInput, Conflict, Unavailable
from workbench.settings import Settings
from workbench.store import jobs as store


def settings_for(folder: Path) -> Settings:
    """A lab in this folder."""
    return Settings.load({}, data=folder)


def with_files(ctx: Context, folder: Path) -> None:
    """A project whose texts lie in the file store."""
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"Tekst {number}.")
    ingest.ingest(ctx, projects.create(ctx, "Teksten", "rating", {"gold": "off"}), [folder])


def answer(ctx: Context, worker: Person) -> str:
    """One answer; its key, once it is on disk."""
    name = key()
    mine = assign.next_assignments(ctx, worker)[0]
    submit.submit(ctx, worker, mine.public_id, {"value": 3}, key=name, via="page")
    return name


def stored(folder: Path, clock: Clock) -> set[str]:
    """The keys of all answers in this lab."""
    ctx = open_context(settings_for(folder), clock=clock)
    try:
        return {row.key for row in rows(ctx, t.annotation)}
    finally:
        ctx.close()


def test_everything_comes_back(ctx: Context, clock: Clock, tmp_path: Path) -> None:
    """Answers, files and the lab's secret: a token for an assignment is still good there."""
    with_files(ctx, tmp_path / "texts")
    drawn = symbols.add(ctx, "boat", symbols.find(ctx, "boat").path.read_bytes()).path.read_bytes()
    noor = person(ctx)
    done = {answer(ctx, noor)}
    [waiting] = assign.next_assignments(ctx, noor)
    token = submit.outbox_token(ctx, waiting)
    backups.backup(ctx, tmp_path / "lab.zip")
    assert "3 files" in backups.restore(settings_for(tmp_path / "again"), tmp_path / "lab.zip")
    assert (tmp_path / "lab.zip").stat().st_mode & 0o777 == 0o600
    assert stored(tmp_path / "again", clock) == done
    again = open_context(settings_for(tmp_path / "again"), clock=clock)
    for row in rows(ctx, t.blob):
        with again.files.local_path(row.sha256) as there, ctx.files.local_path(row.sha256) as here:
            assert there.read_bytes() == here.read_bytes()
    assert submit.person_of_token(again, waiting.public_id, token).name == "Noor"
    assert (tmp_path / "again" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert symbols.find(again, "boat").path.read_bytes() == drawn
    again.close()


def test_a_backup_while_people_work_is_one_moment(ctx: Context, clock: Clock, tmp_path: Path) -> None:
    """Every answer from before is in it, none is half, and nobody who works meanwhile is refused."""
    rating(ctx, [str(number) for number in range(400)])
    noor = person(ctx)
    before: set[str] = set()
    during: list[str] = []
    for _ in range(20):
        before.add(answer(ctx, noor))
    stop = threading.Event()
    failures: list[Exception] = []

    def work() -> None:
        try:
            while not stop.is_set() and len(during) < 300:
                during.append(answer(ctx, noor))
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    for number in range(3):
        backups.backup(ctx, tmp_path / f"{number}.zip")
    stop.set()
    thread.join()
    assert failures == []
    backups.restore(settings_for(tmp_path / "again"), tmp_path / "2.zip")
    found = stored(tmp_path / "again", clock)
    assert before <= found <= before | set(during)
    with sqlite3.connect(tmp_path / "again" / "workbench.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
    # An answer is there with everything around it, or not at all.
    again = open_context(settings_for(tmp_path / "again"), clock=clock)
    submitted = {row.id for row in rows(again, t.assignment, t.assignment.c.status == "submitted")}
    assert submitted == {row.assignment_id for row in rows(again, t.annotation)}
    again.close()


def test_a_backup_ends_however_busy_the_lab_is(ctx: Context, tmp_path: Path) -> None:
    """Somebody commits all the time, and the database is large: the copy is made once, not begun again at each commit."""
    database = str(ctx.db.url.database)
    with closing(sqlite3.connect(database)) as large, large:
        large.execute("CREATE TABLE ballast (content)")
        large.executemany("INSERT INTO ballast VALUES (zeroblob(?))", [(1 << 20,)] * 24)
    is_made, gave_up = threading.Event(), threading.Event()

    def work() -> None:
        with closing(sqlite3.connect(database, timeout=60)) as connection:
            until = time.monotonic() + 60
            while not is_made.is_set():
                with connection:
                    connection.execute("INSERT INTO ballast VALUES (1)")
                if time.monotonic() > until:
                    gave_up.set()
                    return

    thread = threading.Thread(target=work)
    thread.start()
    backups.backup(ctx, tmp_path / "lab.zip")
    is_made.set()
    thread.join()
    assert not gave_up.is_set()


def test_what_ran_when_the_backup_was_made_is_begun_again(ctx: Context, clock: Clock, tmp_path: Path) -> None:
    """Nobody does it in the restored lab, and a job that is called running nobody would pick up."""
    done, running = (
        jobs.enqueue(ctx, "export", {"project": "p", "format": "jsonl", "every_answer": False}, None, None) for _ in "ab"
    )
    ctx.db.write(lambda connection: store.begin(connection, running, now=ctx.now()))
    ctx.db.write(lambda connection: store.finish(connection, done, "done", now=ctx.now()))
    backups.backup(ctx, tmp_path / "lab.zip")
    backups.restore(settings_for(tmp_path / "again"), tmp_path / "lab.zip")
    again = open_context(settings_for(tmp_path / "again"), clock=clock)
    assert (jobs.get(again, running).status, jobs.get(again, done).status) == ("waiting", "done")
    assert not list((tmp_path / "again").glob("*.part*"))
    again.close()


def test_a_backup_is_never_written_over(ctx: Context, tmp_path: Path) -> None:
    """Nor is a lab: restoring goes into an empty folder only."""
    file = tmp_path / "lab.zip"
    backups.backup(ctx, file)
    first = file.read_bytes()
    with pytest.raises(Conflict, match="is there already"):
        backups.backup(ctx, file)
    with pytest.raises(Conflict, match="empty folder"):
        backups.restore(ctx.settings, file)
    assert file.read_bytes() == first


def damaged(file: Path, target: Path) -> Path:
    """The same backup with other bytes in one of its files: a valid zip with a wrong content."""
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(target, "w") as out:
        names = [name for name in whole.namelist() if name.startswith("files/")]
        for name in whole.namelist():
            out.writestr(name, b"something else" if name == names[0] else whole.read(name))
    return target


def flipped(file: Path, target: Path) -> Path:
    """The same backup with one bit of its first stored file turned over, as a bad disk does."""
    with zipfile.ZipFile(file) as whole:
        place = next(each for each in whole.infolist() if each.filename.startswith("files/"))
    content = bytearray(file.read_bytes())
    at = content.index(b"Tekst", place.header_offset)
    content[at] ^= 1
    target.write_bytes(bytes(content))
    return target


def cut(file: Path, target: Path) -> Path:
    """The first half, as a full disk leaves it."""
    content = file.read_bytes()
    target.write_bytes(content[: len(content) // 2])
    return target


@pytest.mark.parametrize("spoil", [damaged, flipped, cut], ids=lambda spoil: spoil.__name__)
def test_a_damaged_backup_is_refused_and_makes_no_lab(ctx: Context, tmp_path: Path, spoil: object) -> None:
    """In words, naming the file; the good backup still goes into the same folder afterwards."""
    with_files(ctx, tmp_path / "texts")
    good, again = tmp_path / "lab.zip", settings_for(tmp_path / "again")
    backups.backup(ctx, good)
    assert callable(spoil)
    bad = spoil(good, tmp_path / "bad.zip")
    with pytest.raises(BadInput, match=r"bad\.zip is damaged|bad\.zip is not a backup"):
        backups.restore(again, bad)
    assert not (again.data / "workbench.sqlite3").exists()
    backups.restore(again, good)
    assert (again.data / "workbench.sqlite3").exists()


def test_a_killed_labs_last_changes_are_not_written_over_what_comes_back(ctx: Context, tmp_path: Path) -> None:
    """Somebody took the database away and left the file beside it: SQLite would read that into the lab that is put there."""
    again = settings_for(tmp_path / "again")
    backups.backup(ctx, tmp_path / "lab.zip")
    again.data.mkdir()
    left = again.data / "workbench.sqlite3-wal"
    left.write_text("of another lab")
    with pytest.raises(Conflict, match="empty folder"):
        backups.restore(again, tmp_path / "lab.zip")
    left.unlink()
    backups.restore(again, tmp_path / "lab.zip")


def test_what_is_no_backup_is_refused(ctx: Context, tmp_path: Path) -> None:
    """Another zip, another file, no file, and names that would climb out of the folder."""
    again = settings_for(tmp_path / "again")
    (tmp_path / "text.zip").write_text("no zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("files/../../evil", "x")
    for name in ("text.zip", "other.zip", "nowhere.zip"):
        with pytest.raises(BadInput, match=name):
            backups.restore(again, tmp_path / name)
    assert not (tmp_path / "evil").exists()


def test_a_damaged_file_on_disk_is_found_while_backing_up(ctx: Context, tmp_path: Path) -> None:
    """Better now than when the backup is needed; nothing that looks like a backup is left."""
    with_files(ctx, tmp_path / "texts")
    sha256 = rows(ctx, t.blob)[0].sha256
    [path] = [each for each in ctx.settings.data.rglob("*") if each.is_file() and each.name.endswith(sha256[-20:])]
    path.chmod(0o600)
    path.write_bytes(b"something else")
    with pytest.raises(BadInput, match=sha256):
        backups.backup(ctx, tmp_path / "out" / "lab.zip")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_backup_says_what_it_is(ctx: Context, tmp_path: Path) -> None:
    """Version, revision of the database and the number of files, for whoever opens it in ten years."""
    with_files(ctx, tmp_path / "texts")
    backups.backup(ctx, tmp_path / "lab.zip")
    with zipfile.ZipFile(tmp_path / "lab.zip") as archive:
        about = json.loads(archive.read("about.json"))
    assert about.keys() == {"workbench", "revision", "files"}
    assert about["files"] == 3
    assert about["revision"]


def test_another_database_has_its_own_tools(tmp_path: Path) -> None:
    """A backup file is for SQLite; who uses PostgreSQL is told what to use."""
    elsewhere = Settings.load({"WORKBENCH_DATABASE_URL": "postgresql://lab@127.0.0.1/lab"}, data=tmp_path)
    with pytest.raises(Unavailable, match="SQLite"):
        backups.restore(elsewhere, tmp_path / "lab.zip")
