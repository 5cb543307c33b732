"""
The quality report of a large project: peak memory and CPU of making it, beside a small project's in the same run.

    .venv/bin/python benchmarks/report.py [--sizes 1000,100000] [--database-url URL]

Every microtask has three answers and an outcome; one in twenty is a check question with nine scored answers instead. They
are put into the database directly. The report is made in a process of its own, so that memory and CPU are its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PEOPLE, ANSWERS, GOLD_ANSWERS, GOLD_EVERY = 12, 3, 9, 20
ROWS_AT_ONCE = 2000
GOAL_MORE_MIB = 20  # that a hundred times the microtasks may take beside the small project


def build(folder: Path, size: int, url: str | None) -> str:
    """A lab with one project of so many microtasks; returns the project's public id."""
    import sqlalchemy as sa

    from workbench import people, projects
    from workbench import tables as t
    from workbench.context import open_context
    from workbench.domain import Role
    from workbench.settings import Settings
    from workbench.store.lanes import LaneKey, take_ranks

    ctx = open_context(Settings.load({"WORKBENCH_DATABASE_URL": url} if url else {}, data=folder))
    project = projects.create(ctx, f"report of {size}", "rating", {"overlap": ANSWERS})
    crowd = [people.enrol(ctx, f"Worker {number}", [Role.WORKER]).person.id for number in range(PEOPLE)]
    now = ctx.now()

    def beginning(connection: Any) -> dict[str, int]:
        step = connection.scalar(sa.select(t.step.c.id).where(t.step.c.project_id == project.id))
        version = connection.scalar(sa.select(t.step_version.c.id).where(t.step_version.c.step_id == step))
        values = {"public_id": _id(), "project_id": project.id, "name": "built", "status": "ready", "counts": {}}
        dataset = connection.execute(sa.insert(t.dataset).values(**values, created_ms=now)).inserted_primary_key[0]
        lane, _ = take_ranks(connection, LaneKey(step, 0, "", False), size)
        first = {name: _next(connection, table) for name, table in tables.items()}
        return {"step": step, "version": version, "dataset": dataset, "lane": lane, "project": project.id, "now": now, **first}

    tables = {name: t.metadata.tables[name] for name in ("source", "microtask", "gold", "assignment", "annotation", "outcome")}
    known = ctx.db.write(beginning)
    rng = random.Random(6)
    for start in range(0, size, ROWS_AT_ONCE):
        rows = _rows(known, crowd, range(start, min(start + ROWS_AT_ONCE, size)), rng)

        def write(connection: Any, rows: Mapping[str, Sequence[dict[str, Any]]] = rows) -> None:
            for name, part in rows.items():
                connection.execute(sa.insert(t.metadata.tables[name]), part)

        ctx.db.write(write)
    ctx.close()
    return project.public_id


def _next(connection: Any, table: Any) -> int:
    import sqlalchemy as sa

    return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))) or 0) + 1


def _rows(known: dict[str, int], crowd: Sequence[int], numbers: range, rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Rows by table; `known` holds the next id of each table, and is counted on."""
    names = ("source", "microtask", "gold", "assignment", "annotation", "gold_score", "outcome")
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    now = known["now"]
    for number in numbers:
        golden, right = number % GOLD_EVERY == 0, rng.randint(1, 5)
        microtask, source, outcome = known["microtask"], known["source"], known["outcome"]
        text = f"Sentence {number}."
        many = GOLD_ANSWERS if golden else ANSWERS
        made["source"].append(
            {
                "id": source,
                "public_id": _id(),
                "project_id": known["project"],
                "dataset_id": known["dataset"],
                "key": str(number),
                "position": number,
                "parts": [{"name": "text", "kind": "text", "text": text}],
                "created_ms": now,
            }
        )
        made["microtask"].append(
            {
                "id": microtask,
                "public_id": _id(),
                "step_id": known["step"],
                "source_id": source,
                "lane_id": known["lane"],
                "key": "0",
                "payload": {"kind": "text", "text": text},
                "rank": number + 1,
                "wanted": ANSWERS,
                "answers": many,
                "free": 0,
                "status": "gold" if golden else "settled",
                "outcome_id": None if golden else outcome,
                "created_ms": now,
            }
        )
        for who in rng.sample(list(crowd), many):
            value = right if rng.random() < 0.85 else rng.randint(1, 5)
            _answer(made, known, who, value, golden, right)
        if golden:
            made["gold"].append(
                {
                    "id": known["gold"],
                    "microtask_id": microtask,
                    "accepted": [{"value": right}],
                    "origin": "client",
                    "created_ms": now,
                }
            )
            known["gold"] += 1
        else:
            made["outcome"].append(
                {
                    "id": outcome,
                    "microtask_id": microtask,
                    "kind": "settled",
                    "answer": {"value": right},
                    "confidence": round(rng.uniform(0.5, 1.0), 4),
                    "answers": many,
                    "method": "ordinal",
                    "detail": {},
                    "at_ms": now,
                }
            )
            known["outcome"] += 1
        known["microtask"] += 1
        known["source"] += 1
    return {name: rows for name, rows in made.items() if rows}


def _answer(made: dict[str, list[dict[str, Any]]], known: dict[str, int], who: int, value: int, golden: bool, right: int) -> None:
    now = known["now"]
    of = {"microtask_id": known["microtask"], "person_id": who, "step_version_id": known["version"]}
    lease = {"status": "submitted", "leased_ms": now, "expires_ms": now}
    made["assignment"].append({"id": known["assignment"], "public_id": _id(), **of, **lease})
    given = {"answer": {"value": value}, "via": "api", "key": _id(), "fingerprint": str(value), "submitted_ms": now}
    ids = {"id": known["annotation"], "public_id": _id(), "assignment_id": known["assignment"], "step_id": known["step"]}
    made["annotation"].append({**ids, **of, **given})
    if golden:
        score = {"gold_id": known["gold"], "person_id": who, "step_id": known["step"], "score": float(value == right)}
        made["gold_score"].append({"annotation_id": known["annotation"], **score, "at_ms": now})
    known["assignment"] += 1
    known["annotation"] += 1


def _id() -> str:
    return uuid.uuid4().hex[:16]


def make(folder: Path, project: str, url: str | None) -> None:
    """Print what making the report took beyond opening the lab, as JSON."""
    from workbench import projects, quality_report
    from workbench.context import open_context
    from workbench.settings import Settings

    ctx = open_context(Settings.load({"WORKBENCH_DATABASE_URL": url} if url else {}, data=folder))
    found = projects.named(ctx, project)
    before, began = time.process_time(), time.monotonic()
    body = quality_report.build(ctx, found)
    used = {"cpu_seconds": time.process_time() - before, "seconds": time.monotonic() - began}
    (step,) = body["steps"]
    used |= {"peak_mib": _peak_mib(), "answers": step["counts"]["answers"]}
    print(json.dumps(used))
    ctx.close()


def _peak_mib() -> float:
    """The most memory that this program had; ru_maxrss would also count the one that started it, which is large from building."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def measured(folder: Path, size: int, url: str | None) -> dict[str, float]:
    """Build in this process, make the report in another."""
    project = build(folder, size, url)
    command = [sys.executable, __file__, "--make", project, "--folder", str(folder), *(["--database-url", url] if url else [])]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def lines(sizes: Sequence[int], url: str | None) -> Iterator[str]:
    """The figures, one line per size."""
    yield f"load {os.getloadavg()[0]:.1f}"
    peaks = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-report-") as name:
            used = measured(Path(name), size, url)
        peaks.append(used["peak_mib"])
        yield (
            f"{size:>9,} microtasks {used['answers']:>9,} answers {used['cpu_seconds']:6.2f} s CPU {used['seconds']:6.2f} s "
            f"{used['peak_mib']:5.0f} MiB"
        )
    more = peaks[-1] - peaks[0]
    verdict = "holds" if more <= GOAL_MORE_MIB else "MISSED"
    yield f"goal: at most {GOAL_MORE_MIB} MiB more than the small one; {more:.0f} MiB more: {verdict}"


def main() -> None:
    """Measure, or make one report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--database-url")
    parser.add_argument("--make", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.make:
        make(chosen.folder, chosen.make, chosen.database_url)
        return
    for line in lines([int(size) for size in chosen.sizes.split(",")], chosen.database_url):
        print(line, flush=True)


if __name__ == "__main__":
    main()
