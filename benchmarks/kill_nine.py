"""`kill -9` of the server under load, fifty times: no acknowledged annotation lost, none twice.

python benchmarks/kill_nine.py [--rounds 50]
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import killing
from tests.builders import rating
from tests.conftest import Clock, lab
from workbench import people
from workbench.domain import Role


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "lab"
        ctx = lab(folder, Clock())
        rating(ctx, texts=[f"{number:05}" for number in range(40_000)])
        tokens = [people.enrol(ctx, f"Worker {number}", [Role.WORKER]).token for number in range(4)]
        ctx.close()
        seen = killing.run({"WORKBENCH_DATA": str(folder)}, tokens, rounds=options.rounds, rng=random.Random(options.seed))
        lost, doubled = killing.lost_and_doubled(seen, killing.stored_keys(killing.database_of(folder)))
    sent = f"{len(seen.tried)} answers sent, {len(seen.acknowledged)} acknowledged"
    print(f"{seen.rounds} kills, {sent}: {len(lost)} lost, {len(doubled)} twice")
    sys.exit(bool(lost or doubled))


if __name__ == "__main__":
    main()
