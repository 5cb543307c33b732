"""`kill -9` of the server under load, fifty times: no acknowledged annotation lost, none twice.

On SQLite and on a PostgreSQL that waits for the disk.

python benchmarks/kill_nine.py [--rounds 50] [--store sqlite]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import killing, postgres
from tests.builders import rating
from tests.conftest import Clock, lab
from workbench import migrations, people
from workbench.domain import Role


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), action="append", help="which one; without it both")
    options = parser.parse_args()
    wrong = 0
    for store in options.store or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as place, database(store) as url:
            wrong += killed(store, Path(place) / "lab", url, options.rounds, random.Random(options.seed))
    sys.exit(bool(wrong))


@contextmanager
def database(store: str) -> Iterator[str | None]:
    """The URL of an empty database; None: the lab's own file."""
    if store == "sqlite":
        yield None
        return
    with postgres.server(durable=True) as url:
        if url is None:
            sys.exit("No PostgreSQL here: set DATABASE_URL, or apt-get install postgresql")
        yield url


def killed(store: str, folder: Path, url: str | None, rounds: int, rng: random.Random) -> int:
    """So many kills of one server; prints one line. Returns how many answers are lost or there twice."""
    environ = {"WORKBENCH_DATA": str(folder), **({"WORKBENCH_DATABASE_URL": url} if url else {})}
    if url:
        migrations.upgrade(url)
    ctx = lab(folder, Clock(), url)
    rating(ctx, texts=[f"{number:05}" for number in range(40_000)])
    tokens = [people.enrol(ctx, f"Worker {number}", [Role.WORKER]).token for number in range(4)]
    ctx.close()
    seen = killing.run(environ, tokens, rounds=rounds, rng=rng)
    lost, doubled = killing.lost_and_doubled(seen, killing.stored_keys(url or killing.database_of(folder)))
    sent = f"{len(seen.tried)} answers sent, {len(seen.acknowledged)} acknowledged"
    print(f"{store}: {seen.rounds} kills, {sent}: {len(lost)} lost, {len(doubled)} twice", flush=True)
    return len(lost) + len(doubled)


if __name__ == "__main__":
    main()
