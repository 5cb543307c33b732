"""What was acknowledged is there after `kill -9`, once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests import killing
from tests.builders import rating
from tests.conftest import Clock, lab
from workbench import people
from workbench.domain import Role


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_kill_nine_under_load_loses_nothing_and_doubles_nothing(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Four clients, two kills at moments nobody chose; `benchmarks/kill_nine.py` does fifty."""
    folder = tmp_path / "lab"
    url = request.getfixturevalue("postgres_url") if store == "postgresql" else None
    environ = {"WORKBENCH_DATA": str(folder), **({"WORKBENCH_DATABASE_URL": url} if url else {})}
    ctx = lab(folder, Clock(), url)
    rating(ctx, texts=[f"{number:04}" for number in range(1000)])
    tokens = [people.enrol(ctx, f"Worker {number}", [Role.WORKER]).token for number in range(4)]
    ctx.close()
    seen = killing.run(environ, tokens, rounds=2, rng=random.Random(9))
    stored = killing.stored_keys(url or killing.database_of(folder))
    assert killing.lost_and_doubled(seen, stored) == (set(), set())
    assert len(seen.acknowledged) > 15
