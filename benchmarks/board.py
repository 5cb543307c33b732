"""
The coach's board with 200 people: server time of the page, and how the database reads it.

    .venv/bin/python benchmarks/board.py [--workers 200] [--days 250] [--postgres]

The lab has as many people who left, and so many days of eight blocks each. The time is of the whole request, from the
router to the last byte, in this process: mean CPU, and median and 95th percentile on the clock, of a hundred. Goal: under
100 ms.

Then over a real connection: from the moment that a worker sends a request to the event of it at the coach's stream; median
and worst of twenty. Goal: 2 s.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx
import sqlalchemy as sa
from starlette.testclient import TestClient

from tests import postgres
from tests.crowded import crowd
from tests.web.serving import serving
from workbench import coaching, people
from workbench.context import Context, open_context
from workbench.domain import Person, Role, new_public_id
from workbench.settings import Settings
from workbench.store import board
from workbench.web.app import create_app

GOAL_MS, TRIES = 100, 100
TOLD_GOAL_S, ASKED = 2, 20
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


def measure(ctx: Context, workers: int, days: int) -> None:
    """Fill the lab, ask for the board, print."""
    coach = crowd(ctx, workers=workers, former=workers, days=days, asking=10)
    if not ctx.db.is_sqlite:
        ctx.db.write(lambda connection: connection.execute(sa.text("ANALYZE")))
    client = TestClient(create_app(ctx))
    assert client.get(people.new_card(ctx, coach, by=None).link_path).is_success
    for path in ("/coach", "/coach/board"):
        cpu = time.process_time()
        took = sorted(_milliseconds(client, path) for _ in range(TRIES))
        cpu_ms = (time.process_time() - cpu) / TRIES * 1000
        shown = f"median {statistics.median(took):.1f} ms, 95th percentile {took[int(TRIES * 0.95)]:.1f} ms"
        print(f"{path}: {cpu_ms:.1f} ms CPU; {shown} on the clock (goal {GOAL_MS})")
    with ctx.db.reading() as connection:
        for line in board.plan(connection, [coach.id], today_ms=ctx.now() - 3_600_000):
            print("  " + line)
    told(ctx, coach)


def told(ctx: Context, coach: Person) -> None:
    """Print how long a request is on its way to the coach's open board."""
    noor = people.enrol(ctx, "Noor", [Role.WORKER])
    coaching.give_coach(ctx, noor.person, coach, by=coach)
    with serving(create_app(ctx)) as url, httpx.Client(base_url=url, timeout=60) as board, httpx.Client(base_url=url) as worker:
        assert board.get(people.new_card(ctx, coach, by=None).link_path, follow_redirects=True).is_success
        assert worker.get(noor.link_path, follow_redirects=True).is_success
        csrf = CSRF.findall(worker.get("/work/more/coach").text)[0]
        with board.stream("GET", "/coach/stream", headers={"accept": "text/event-stream"}) as stream:
            lines = stream.iter_lines()
            next(_events(lines))
            took = sorted(_on_its_way(worker, lines, csrf, number) for number in range(ASKED))
    shown = f"median {statistics.median(took):.2f} s, worst {took[-1]:.2f} s"
    print(f"from a request to the coach's stream: {shown} of {ASKED} (goal {TOLD_GOAL_S})")


def _events(lines: Iterator[str]) -> Iterator[list[str]]:
    """The words of the requests that wait, at each event."""
    for line in lines:
        if line.startswith("data: "):
            yield [each["words"] for each in json.loads(line.removeprefix("data: "))["requests"]]


def _on_its_way(worker: httpx.Client, lines: Iterator[str], csrf: str, number: int) -> float:
    words, start = f"number {number}", time.perf_counter()
    form = {"csrf": csrf, "key": new_public_id(), "kind": "talk", "words": words}
    assert worker.post("/work/more/coach", data=form).is_redirect
    next(True for waiting in _events(lines) if words in waiting)
    return time.perf_counter() - start


def _milliseconds(client: TestClient, path: str) -> float:
    start = time.perf_counter()
    assert client.get(path).status_code == 200
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """SQLite, and PostgreSQL where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--days", type=int, default=250)
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgres.server() if given.postgres else nullcontext() as url:
        environ = {"WORKBENCH_DATABASE_URL": url} if url else {}
        ctx = open_context(Settings.load(environ, data=Path(folder) / "lab"))
        print(f"{ctx.db.engine.dialect.name}, {given.workers} people here, {given.days} days")
        measure(ctx, given.workers, given.days)
        ctx.close()


if __name__ == "__main__":
    main()
