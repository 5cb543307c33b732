"""Skills are refitted from the whole of a step, and the next settling leans on them."""

from __future__ import annotations

import random
from collections.abc import Mapping

from tests.builders import key, rating, rows, step_id, workers
from tests.export.builders import everybody_answers, photos
from workbench import assign, refit, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Json, Person


def answer_all(ctx: Context, project_size: int, values: dict[int, list[int]]) -> None:
    """Each worker answers every microtask with the value that `values` has for it."""
    for who in workers(ctx, len(values)):
        for number in range(project_size):
            mine = assign.next_assignments(ctx, who)[0]
            submit.submit(ctx, who, mine.public_id, {"value": values[int(who.name[-1])][number]}, key=key(), via="api")


def test_who_agrees_with_the_truth_counts_for_more(each_db_ctx: Context) -> None:
    """Two careful workers and one who always says 1: the careless one gets the lowest skill."""
    ctx = each_db_ctx
    truth = [1, 2, 3, 4, 5, 4, 3, 2, 5, 1]
    project = rating(ctx, texts=[str(number) for number in range(10)], overlap=3)
    answer_all(ctx, 10, {1: truth, 2: truth, 3: [1] * 10})
    review.drain(ctx)
    assert refit.refit(ctx, step_id(ctx, project)) == 3
    skills = {row.person_id: row.skill for row in rows(ctx, t.worker_skill)}
    careful, other, careless = (skills[who] for who in sorted(skills))
    assert careless < min(careful, other)


def test_boxes_are_settled_without_the_habits_of_those_who_drew_them(each_db_ctx: Context) -> None:
    """Three draw ten pixels too wide, two exactly. Once a refit knows that, the merged boxes are those of the exact ones."""
    ctx, rng = each_db_ctx, random.Random(2)
    project, crowd = photos(ctx, [str(number) for number in range(12)], overlap=5), workers(ctx, 5)
    loose = {who.id for who in crowd[:3]}

    def drawn(who: Person, _payload: Mapping[str, Json]) -> Json:
        margin, noise = (10, 1.5) if who.id in loose else (0, 0.2)
        x1, y1, x2, y2 = (v + rng.gauss(0, noise) for v in (100 - margin, 100 - margin, 160 + margin, 160 + margin))
        return {"boxes": [{"label": "boat", "x": x1, "y": y1, "width": x2 - x1, "height": y2 - y1}]}

    everybody_answers(ctx, crowd, drawn)
    before = [row.answer["boxes"][0]["width"] for row in rows(ctx, t.outcome)]
    assert min(before) > 70
    assert refit.refit(ctx, step_id(ctx, project)) == 5
    habits = {row.person_id: row.habit["habit"] for row in rows(ctx, t.worker_skill)}
    assert all((habits[who.id][0] < -4) == (who.id in loose) for who in crowd)
    review.drain(ctx)
    after = [row.answer["boxes"][0]["width"] for row in rows(ctx, t.outcome, t.outcome.c.number == 2)]
    assert len(after) == 12
    assert max(abs(width - 60) for width in after) < 3


def test_an_opinion_has_no_skill(ctx: Context) -> None:
    """Nobody is more right than anybody else."""
    project = rating(ctx, texts=["a"], overlap=2, opinion=True)
    answer_all(ctx, 1, {1: [1], 2: [5]})
    review.drain(ctx)
    assert refit.refit(ctx, step_id(ctx, project)) == 0
    assert rows(ctx, t.worker_skill) == []
    assert rows(ctx, t.outcome)[0].kind == "distribution"


def test_a_refit_waits_until_enough_is_new() -> None:
    """Fifty new outcomes, and a minute since the last one."""
    due = refit.Due()
    for _ in range(49):
        due.count(7)
    assert due.take(10**12) == []
    due.count(7)
    assert due.take(10**12) == [7]
    for _ in range(60):
        due.count(7)
    assert due.take(10**12 + 30_000) == []
    assert due.take(10**12 + 60_000) == [7]
