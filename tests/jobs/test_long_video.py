"""Splitting long films in the background: seen, stopped, killed and gone on with, by a jobs process of its own."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.jobs.conftest import Start, until
from tests.media.test_video import steady, write_video
from workbench import jobs, projects
from workbench import tables as t
from workbench.context import Context
from workbench.store import projects as store

FRAMES, FILMS = 4000, 4
EMPTY_BOX = b"\x00\x00\x00\x08free"  # makes another file of the same film
FILM = 100  # progress is told in hundredths of a film


@pytest.fixture
def start(ctx: Context) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts jobs processes, and ends them afterwards."""
    running: list[subprocess.Popen[bytes]] = []

    def one() -> subprocess.Popen[bytes]:
        running.append(jobs.start_process(ctx.settings))
        return running[-1]

    yield one
    for process in running:
        process.kill()
        process.wait()


def made(ctx: Context) -> list[tuple[int, int, str]]:
    """(row, file, kind) of what was found in films and made of them."""
    query = sa.select(t.derivative.c.id, t.derivative.c.media_id, t.derivative.c.kind).order_by(t.derivative.c.id)
    return ctx.db.read(lambda connection: [tuple(row) for row in connection.execute(query)])


def test_films_are_split_once_whatever_happens(ctx: Context, start: Start, tmp_path: Path) -> None:
    """
    Films that need a copy for browsers. Stopped in the first: nothing half is left. Asked again, killed in the second:
    another process goes on, and does nothing of the first film again.
    """
    folder = tmp_path / "films"
    folder.mkdir()
    film = write_video(tmp_path / "film.mp4", steady(FRAMES, Fraction(25)), codec="mpeg4").read_bytes()
    for number in range(FILMS):
        (folder / f"{number}.mp4").write_bytes(film + number * EMPTY_BOX)
    project = projects.create(ctx, "films", "video_segments", {"gold": "off"})

    def asked() -> str:
        return jobs.enqueue(ctx, "ingest", {"project": project.public_id, "paths": [str(folder)]}, None, project.id)

    first = start()
    stopped = asked()
    seen = until(ctx, stopped, lambda job: 0 < job.done < FILM)
    assert seen.total == FILMS * FILM
    jobs.cancel(ctx, stopped)
    assert until(ctx, stopped, lambda job: job.finished).status == "cancelled"
    assert ctx.db.read(lambda connection: store.counts(connection, project.id))["microtasks"] == 0

    again = asked()
    until(ctx, again, lambda job: job.done > FILM)
    first.kill()
    first.wait()
    kept = made(ctx)
    assert kept
    assert jobs.get(ctx, again).status == "running"
    start()
    job = until(ctx, again, lambda job: job.finished)

    assert (job.status, job.result and job.result["sources_added"]) == ("done", FILMS)
    assert made(ctx)[: len(kept)] == kept
    assert sorted({kind for _, _, kind in made(ctx)}) == ["proxy", "scenes"]
    microtasks = ctx.db.read(lambda connection: connection.execute(sa.select(t.microtask.c.source_id, t.microtask.c.key)).all())
    assert len(microtasks) == len(set(microtasks))
    each = Counter(source for source, _ in microtasks)
    assert len(each) == FILMS
    assert len(set(each.values())) == 1  # the same film, the same scenes
