"""Skills are refitted from the whole of a step, and the next settling leans on them."""

from __future__ import annotations

from tests.builders import key, rating, rows, step_id, workers
from workbench import assign, refit, review, submit
from workbench import tables as t
from workbench.context import Context


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
