"""
Ingest of CSV rows: CPU seconds and peak memory, beside a plain `executemany` of the same rows in the same run.

    .venv/bin/python benchmarks/ingest.py [--rows 1000000] [--database-url URL]

Each part runs in a process of its own, so that its CPU time and its peak memory are its own. The plain one reads the
same file and inserts the same number of rows (a source and a microtask each) into SQLite tables with no index but the
primary key: the floor that no ingest goes under.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

_TEXT = "de het een van in is op te dat die voor met zijn niet aan er om ook als maar bij uit nog naar door over"
WORDS = _TEXT.split()
GOAL_SECONDS, GOAL_MIB = 60, 300


def write_rows(path: Path, count: int) -> None:
    """A table of ids and sentences of 6 to 14 words, always the same."""
    rng = random.Random(20)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", "text"])
        for number in range(count):
            out.writerow([f"row-{number}", " ".join(rng.choices(WORDS, k=rng.randint(6, 14))).capitalize() + "."])


def workbench(folder: Path, database_url: str | None) -> dict[str, int]:
    """The real ingest, into a fresh lab."""
    from workbench import ingest, projects
    from workbench.context import open_context
    from workbench.settings import Settings
    from workbench.store import projects as store

    environ = {"WORKBENCH_DATABASE_URL": database_url} if database_url else {}
    ctx = open_context(Settings.load(environ, data=folder / "lab"))
    project = projects.create(ctx, f"rows {time.time_ns()}", "rating", {})
    report = ingest.ingest(ctx, project, [folder / "rows.csv"])
    counts = ctx.db.read(lambda connection: store.counts(connection, project.id))
    ctx.close()
    assert (report.problem_count, report.sources_added) == (0, counts["microtasks"]), report
    return counts


def plain(folder: Path, _url: str | None) -> dict[str, int]:
    """The floor."""
    database = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE source (id INTEGER PRIMARY KEY, key TEXT, parts TEXT)")
    database.execute("CREATE TABLE microtask (id INTEGER PRIMARY KEY, source_id INTEGER, payload TEXT)")
    with (folder / "rows.csv").open(newline="", encoding="utf-8") as file:
        rows = enumerate(csv.DictReader(file), 1)
        while batch := list(islice(rows, 1000)):
            database.execute("BEGIN IMMEDIATE")
            parts = [(number, row["id"], json.dumps([{"name": "row", "kind": "row", "fields": row}])) for number, row in batch]
            database.executemany("INSERT INTO source VALUES (?, ?, ?)", parts)
            payloads = [(number, number, json.dumps({"kind": "text", "text": row["text"]})) for number, row in batch]
            database.executemany("INSERT INTO microtask VALUES (?, ?, ?)", payloads)
            database.execute("COMMIT")
    return {"microtasks": database.execute("SELECT count(*) FROM microtask").fetchone()[0]}


PARTS = {"plain": plain, "workbench": workbench}


def measured(part: str, folder: Path, url: str | None) -> dict[str, float]:
    """Run one part in a process of its own."""
    command = [sys.executable, __file__, "--part", part, "--folder", str(folder), *(["--database-url", url] if url else [])]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def run_part(part: str, folder: Path, url: str | None) -> None:
    """Print what one part took, as JSON."""
    start = time.monotonic()
    counts = PARTS[part](folder, url)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = {
        "rows": counts["microtasks"],
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "seconds": time.monotonic() - start,
        "peak_mib": usage.ru_maxrss / 1024,
    }
    print(json.dumps(used))


def lines(rows: int, url: str | None) -> Iterator[str]:
    """The figures, one line per part."""
    with tempfile.TemporaryDirectory(prefix="bench-ingest-") as name:
        folder = Path(name)
        write_rows(folder / "rows.csv", rows)
        yield f"{rows:,} rows, {(folder / 'rows.csv').stat().st_size / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}"
        for part in PARTS:
            used = measured(part, folder, url if part == "workbench" else None)
            rate = used["rows"] / used["cpu_seconds"]
            yield (
                f"{part:10} {used['cpu_seconds']:6.1f} s CPU  {used['seconds']:6.1f} s  {used['peak_mib']:5.0f} MiB  "
                f"{rate:9,.0f} rows per CPU second"
            )
        yield f"goal for 1,000,000 rows: under {GOAL_SECONDS} s CPU and {GOAL_MIB} MiB"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database-url")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.part:
        run_part(chosen.part, chosen.folder, chosen.database_url)
        return
    for line in lines(chosen.rows, chosen.database_url):
        print(line, flush=True)


if __name__ == "__main__":
    main()
