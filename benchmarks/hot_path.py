"""Next + submit through the API, beside a bare FastAPI endpoint that makes one committed insert, in one run.

    python benchmarks/hot_path.py [--seconds 8] [--sizes 1000 1000000] [--postgres]

For each database, size and number of clients: requests per second and its share of the bare endpoint's rate, p50 and
p99 of both requests, server CPU per pair, refusals. Goals (issue 2): a quarter of the bare rate or more, at most 5 ms of
server CPU per pair, a million microtasks at most 1.3 times a thousand, with 8 clients no refusal and p99 under 100 ms.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

BARE = """
import os, threading
import sqlalchemy as sa
from fastapi import FastAPI
from pydantic import BaseModel

engine = sa.create_engine(os.environ["BARE_URL"])
answer = sa.Table("answer", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text))
if engine.dialect.name == "sqlite":
    @sa.event.listens_for(engine, "connect")
    def prepare(raw, _):
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            raw.execute("PRAGMA " + pragma)
answer.metadata.create_all(engine)
app = FastAPI()

class In(BaseModel):
    body: str

@app.post("/answer", status_code=201)
def take(given: In):
    with engine.begin() as connection:
        connection.execute(sa.insert(answer).values(body=given.body))
    return {"stored": True}
"""


@dataclass
class Figures:
    """What one run gave. Times in ms, rates in requests per second."""

    requests: int
    seconds: float
    cpu_seconds: float
    next_ms: list[float] = field(default_factory=list)
    submit_ms: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


# --- servers ---------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], environ: dict[str, str], port: int, cwd: str | None = None) -> Iterator[int]:
    """A server of its own; gives its process id."""
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(command, env={**os.environ, **environ}, stdout=log, stderr=log, cwd=cwd)
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if child.poll() is not None:
                    log.seek(0)
                    sys.exit(log.read().decode()[-2000:])
                time.sleep(0.1)
            time.sleep(0.7)
            yield child.pid
        finally:
            child.terminate()
            child.wait(timeout=30)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children that live, in seconds."""
    total = 0.0
    for process in [pid, *children(pid)]:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def settle_down(pid: int, most_seconds: float = 30) -> None:
    """Until the server's processes have little to do."""
    until = time.time() + most_seconds
    while time.time() < until:
        before = cpu_seconds(pid)
        time.sleep(1.5)
        if cpu_seconds(pid) - before < 0.15:
            return


def peak_memory_mb(pid: int) -> float:
    """Most memory that this process itself ever used."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def children(pid: int) -> list[int]:
    """Processes that this one started, at any depth."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # a thread that ended meanwhile
            for child in task.read_text().split():
                found += [int(child), *children(int(child))]
    return found


# --- clients ---------------------------------------------------------------------------------------------------------


def call(connection: http.client.HTTPConnection, path: str, token: str, body: object) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    return response.status, response.read()


@dataclass(frozen=True)
class Round:
    """What a client does: so many seconds, or so many pairs if those are done sooner."""

    port: int
    seconds: float
    most: int = 10**9


def bare_client(round_: Round, _token: str, ready: Any, out: Any) -> None:
    connection, times = http.client.HTTPConnection("127.0.0.1", round_.port), []
    connection.connect()
    ready.wait()
    until = time.time() + round_.seconds
    while time.time() < until:
        start = time.perf_counter()
        status, _ = call(connection, "/answer", "x", {"body": '{"value": 4}'})
        assert status == 201, status
        times.append((time.perf_counter() - start) * 1000)
    out.put((len(times), times, [], 0))


def lab_client(round_: Round, token: str, ready: Any, out: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", round_.port)
    next_ms: list[float] = []
    submit_ms: list[float] = []
    refused = 0
    connection.connect()
    ready.wait()
    until = time.time() + round_.seconds
    while time.time() < until and len(submit_ms) < round_.most:
        start = time.perf_counter()
        status, body = call(connection, "/api/v1/work/next", token, {})
        next_ms.append((time.perf_counter() - start) * 1000)
        if status != 200:
            refused += status != 204
            break
        assignment = json.loads(body)["assignment"]["id"]
        start = time.perf_counter()
        answer = {"answer": {"value": 4}, "key": str(uuid.uuid4())}
        status, body = call(connection, f"/api/v1/work/assignments/{assignment}/annotation", token, answer)
        submit_ms.append((time.perf_counter() - start) * 1000)
        refused += status != 201
    out.put((len(next_ms) + len(submit_ms), next_ms, submit_ms, refused))


def drive(client: object, pid: int, tokens: list[str], round_: Round) -> Figures:
    """All clients at once, each a process of its own; the clock starts when all are connected."""
    out: Any = multiprocessing.Queue()
    ready = multiprocessing.Barrier(len(tokens) + 1)
    workers = [multiprocessing.Process(target=client, args=(round_, token, ready, out)) for token in tokens]  # type: ignore[arg-type]
    for worker in workers:
        worker.start()
    ready.wait()
    before, start = cpu_seconds(pid), time.time()
    got = [out.get() for _ in workers]
    seconds, spent = time.time() - start, cpu_seconds(pid) - before
    for worker in workers:
        worker.join()
    figures = Figures(sum(each[0] for each in got), seconds, spent)
    figures.next_ms = [value for each in got for value in each[1]]
    figures.submit_ms = [value for each in got for value in each[2]]
    figures.refused = sum(each[3] for each in got)
    return figures


# --- the lab ---------------------------------------------------------------------------------------------------------


WARM_UP = 4_000  # microtasks, in a project of their own that is closed before anything is measured


def build(environ: dict[str, str], size: int, people: int) -> list[str]:
    """A lab with two rating projects, one to warm up and one of so many microtasks; gives the workers' tokens."""
    from workbench import people as enrolling
    from workbench.domain import Role

    with opened(environ) as ctx:
        fill(ctx, "Warm-up", WARM_UP)
        fill(ctx, "Bench", size)
        if not ctx.db.is_sqlite:
            with ctx.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        return [enrolling.enrol(ctx, f"Worker {number}", [Role.WORKER]).token for number in range(people)]


@contextmanager
def opened(environ: dict[str, str]) -> Iterator[Any]:
    """The lab of this environment."""
    from workbench.context import open_context
    from workbench.settings import Settings

    ctx = open_context(Settings.load({**os.environ, **environ}))
    yield ctx
    ctx.close()


def fill(ctx: Any, name: str, size: int) -> None:
    """An open project of so many microtasks, each to be answered once."""
    import sqlalchemy as sa

    from workbench import projects
    from workbench import tables as t
    from workbench.store.lanes import LaneKey, MicrotaskRow, add_microtasks

    project = projects.create(ctx, name, "rating", {"gold": "off"})
    step = ctx.db.read(lambda c: c.scalar(sa.select(t.step.c.id).where(t.step.c.project_id == project.id)))
    dataset = {"public_id": name, "project_id": project.id, "name": name, "status": "ready", "counts": {}, "created_ms": 0}
    dataset_id = ctx.db.write(lambda c: c.execute(sa.insert(t.dataset).values(dataset)).inserted_primary_key[0])
    payload = json.dumps({"kind": "text", "text": "Is this clear?"})

    def row(number: int) -> dict[str, Any]:
        place = {"project_id": project.id, "dataset_id": dataset_id, "key": str(number), "position": number}
        return {"public_id": secrets.token_hex(12), **place, "parts": [], "created_ms": 0}

    def add(connection: sa.Connection, numbers: range) -> None:
        connection.execute(sa.insert(t.source), [row(number) for number in numbers])
        query = sa.select(t.source.c.id).where(t.source.c.project_id == project.id)
        ids = connection.scalars(query.order_by(t.source.c.id.desc()).limit(len(numbers))).all()
        add_microtasks(connection, [MicrotaskRow(each, LaneKey(step, 8), "0", payload, 1, 1) for each in reversed(ids)], now=0)

    for first in range(0, size, 10_000):
        ctx.db.write(lambda c, first=first: add(c, range(first, min(size, first + 10_000))))


def close_warm_up(environ: dict[str, str]) -> None:
    """What is left of it is offered no more."""
    import sqlalchemy as sa

    from workbench import tables as t

    with opened(environ) as ctx:
        ctx.db.write(lambda c: c.execute(sa.update(t.project).where(t.project.c.name == "Warm-up").values(status="closed")))


def measure(kind: str, base: str | None, sizes: list[int], seconds: float) -> None:
    """One database: the bare endpoint, then each size, with 1 and 8 clients."""
    bare: dict[int, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "bare.py").write_text(textwrap.dedent(BARE))
        url, port = base or f"sqlite:///{folder}/bare.sqlite3", free_port()
        command = [sys.executable, "-m", "uvicorn", "bare:app", "--port", str(port), "--log-level", "warning", "--no-access-log"]
        with running(command, {"BARE_URL": url}, port, cwd=folder) as pid:
            drive(bare_client, pid, ["x"] * 8, Round(port, 2))
            for clients in (1, 8):
                bare[clients] = drive(bare_client, pid, ["x"] * clients, Round(port, seconds))
                print(
                    f"{kind:<10} bare insert        {clients} client(s) {bare[clients].rate:8.0f} requests/s"
                    f"   p99 {percentile(bare[clients].next_ms, 0.99):6.1f} ms"
                    f"   CPU {1000 * bare[clients].cpu_seconds / bare[clients].requests:5.2f} ms per request"
                )
    cpu: dict[tuple[int, int], float] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            environ = {"WORKBENCH_DATA": folder} | ({"WORKBENCH_DATABASE_URL": fresh_database(base)} if base else {})
            tokens, port = build(environ, size, 17), free_port()
            with running([sys.executable, "-m", "workbench.cli", "serve", "--port", str(port)], environ, port) as pid:
                # Libraries are loaded, connections opened and statements prepared once: the start's cost, not the path's.
                drive(lab_client, pid, tokens[9:], Round(port, 4))
                close_warm_up(environ)
                settle_down(pid)
                for clients in (1, 8):
                    # A thousand microtasks are gone in seconds: fewer pairs, not other work.
                    most = size * 2 // 5 if clients == 1 else size // 2 // clients
                    who = tokens[:1] if clients == 1 else tokens[1 : clients + 1]
                    got = drive(lab_client, pid, who, Round(port, seconds, most))
                    pairs = max(1, len(got.submit_ms))
                    cpu[size, clients] = 1000 * got.cpu_seconds / pairs
                    print(
                        f"{kind:<10} {size:>9,} tasks    {clients} client(s) {got.rate:8.0f} requests/s"
                        f" = {got.rate / bare[clients].rate:.2f} of bare"
                        f"   next p50 {statistics.median(got.next_ms):5.1f} p99 {percentile(got.next_ms, 0.99):6.1f} ms"
                        f"   submit p50 {statistics.median(got.submit_ms):5.1f} p99 {percentile(got.submit_ms, 0.99):6.1f} ms"
                        f"   CPU {cpu[size, clients]:5.2f} ms per pair   refused {got.refused}"
                    )
                print(f"{kind:<10} {size:>9,} tasks    web process at most {peak_memory_mb(pid):.0f} MiB")
    if len(sizes) > 1:
        for clients in (1, 8):
            ratio = cpu[sizes[-1], clients] / cpu[sizes[0], clients]
            print(f"{kind:<10} CPU per pair at {sizes[-1]:,} / at {sizes[0]:,}, {clients} client(s): {ratio:.2f}")


def fresh_database(base: str) -> str:
    import sqlalchemy as sa

    name = "bench_" + secrets.token_hex(4)
    engine = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return sa.make_url(base).set(database=name).render_as_string(hide_password=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--postgres", action="store_true", help="also a private PostgreSQL (or DATABASE_URL)")
    options = parser.parse_args()
    measure("SQLite", None, options.sizes, options.seconds)
    if options.postgres:
        from tests import postgres

        with postgres.server(durable=True) as url:
            if url is None:
                sys.exit("No PostgreSQL here: set DATABASE_URL, or apt-get install postgresql")
            measure("PostgreSQL", url, options.sizes, options.seconds)


if __name__ == "__main__":
    main()
