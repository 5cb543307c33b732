"""What was acknowledged is there after `kill -9`, once."""

from __future__ import annotations

import random
from pathlib import Path

from tests import killing
from tests.builders import rating
from tests.conftest import Clock, lab
from workbench import people
from workbench.domain import Role


def test_kill_nine_under_load_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Four clients, three kills at moments nobody chose; `benchmarks/kill_nine.py` does fifty."""
    folder = tmp_path / "lab"
    ctx = lab(folder, Clock())
    rating(ctx, texts=[f"{number:04}" for number in range(1500)])
    tokens = [people.enrol(ctx, f"Worker {number}", [Role.WORKER]).token for number in range(4)]
    ctx.close()
    seen = killing.run({"WORKBENCH_DATA": str(folder)}, tokens, rounds=3, rng=random.Random(9))
    stored = killing.stored_keys(killing.database_of(folder))
    assert killing.lost_and_doubled(seen, stored) == (set(), set())
    assert len(seen.acknowledged) > 20
