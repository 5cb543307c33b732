"""Asking again: what was answered under an older instruction, and nothing else."""

from __future__ import annotations

from tests.builders import key, rating, rows, workers
from tests.conftest import Clock
from workbench import asking, assign, projects, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person, Project, Step
from workbench.store import asking as store
from workbench.store import projects as project_store


def step_of(ctx: Context, project: Project) -> Step:
    return ctx.db.read(lambda connection: project_store.steps_of(connection, project.id))[0]


def give(ctx: Context, who: Person, value: int) -> str:
    mine = assign.next_assignments(ctx, who)[0]
    submit.submit(ctx, who, mine.public_id, {"value": value}, key=key(), via="api")
    return str(mine.microtask.payload["text"])


def outcomes(ctx: Context) -> list[tuple[str, int | None, int]]:
    """(status, value that holds, answers) of each microtask."""
    known = {row.id: row for row in rows(ctx, t.outcome)}
    return [
        (row.status, known[row.outcome_id].answer["value"] if row.outcome_id else None, row.answers)
        for row in rows(ctx, t.microtask)
    ]


def test_only_what_was_answered_under_the_old_instruction_is_asked_again(each_db_ctx: Context) -> None:
    """Of three texts one was answered before the change and one after it: the first comes back, also to the same person."""
    ctx = each_db_ctx
    project = rating(ctx, texts=["a", "b", "c"])
    noor, sem = workers(ctx, 2)
    assert give(ctx, noor, 1) == "a"
    review.drain(ctx)
    step = projects.change_settings(ctx, step_of(ctx, project), {"gold": "off", "question": "Is it clear?"})
    assert give(ctx, sem, 4) == "b"
    review.drain(ctx)
    assert asking.count_under(ctx, step, step.version) == 1
    assert asking.reask_under(ctx, step, step.version) == 1
    assert outcomes(ctx) == [("open", None, 0), ("settled", 4, 1), ("open", None, 0)]
    assert [give(ctx, noor, 5), give(ctx, noor, 5)] == ["c", "a"]
    review.drain(ctx)
    assert outcomes(ctx) == [("settled", 5, 1), ("settled", 4, 1), ("settled", 5, 1)]
    assert len(rows(ctx, t.annotation)) == 4
    assert asking.reask_under(ctx, step, step.version) == 0


def test_newer_answers_go_on_counting(each_db_ctx: Context) -> None:
    """Of two answers wanted one is old: one more is asked."""
    ctx = each_db_ctx
    project = rating(ctx, texts=["a"], overlap=2)
    noor, sem, kim = workers(ctx, 3)
    give(ctx, noor, 1)
    step = projects.change_settings(ctx, step_of(ctx, project), {"gold": "off", "overlap": 2, "question": "Is it clear?"})
    give(ctx, sem, 5)
    review.drain(ctx)
    asking.reask_under(ctx, step, step.version)
    assert outcomes(ctx) == [("open", None, 1)]
    assert give(ctx, kim, 5) == "a"
    review.drain(ctx)
    assert outcomes(ctx) == [("settled", 5, 2)]


def test_an_answer_that_was_on_its_way_is_kept_and_counts_no_more(each_db_ctx: Context) -> None:
    """Somebody still has the old question before them: their answer is taken, and the question comes again."""
    ctx = each_db_ctx
    project = rating(ctx, texts=["a"])
    noor, sem = workers(ctx, 2)
    before = assign.next_assignments(ctx, noor)[0]
    step = projects.change_settings(ctx, step_of(ctx, project), {"gold": "off", "question": "Is it clear?"})
    assert asking.reask_under(ctx, step, step.version) == 1
    submit.submit(ctx, noor, before.public_id, {"value": 1}, key=key(), via="offline")
    review.drain(ctx)
    assert outcomes(ctx) == [("open", None, 0)]
    assert give(ctx, sem, 4) == "a"
    review.drain(ctx)
    assert outcomes(ctx) == [("settled", 4, 1)]


def test_one_answer_more_keeps_those_that_are_there(each_db_ctx: Context) -> None:
    """An audit asks once more; the first answer still counts."""
    ctx = each_db_ctx
    rating(ctx, texts=["a"])
    noor, sem = workers(ctx, 2)
    give(ctx, noor, 4)
    review.drain(ctx)
    ctx.db.write(lambda connection: store.ask_more(connection, [rows(ctx, t.microtask)[0].id]))
    assert assign.next_assignments(ctx, noor) == []
    assert give(ctx, sem, 4) == "a"
    review.drain(ctx)
    assert outcomes(ctx) == [("settled", 4, 2)]


def test_one_answer_more_after_a_late_answer_is_asked_for(each_db_ctx: Context, clock: Clock) -> None:
    """One was wanted and two came, because a lease had run out: a third is asked, of somebody else."""
    ctx = each_db_ctx
    rating(ctx, texts=["a"], lease_minutes=10)
    noor, sem, kim = workers(ctx, 3)
    late = assign.next_assignments(ctx, noor)[0]
    clock.forward(minutes=11)
    assert give(ctx, sem, 3) == "a"
    submit.submit(ctx, noor, late.public_id, {"value": 3}, key=key(), via="offline")
    review.drain(ctx)
    [(status, _, answers)] = outcomes(ctx)
    assert (status, answers) == ("settled", 2)
    ctx.db.write(lambda connection: store.ask_more(connection, [row.id for row in rows(ctx, t.microtask)]))
    assert [(row.wanted, row.free) for row in rows(ctx, t.microtask)] == [(3, 1)]
    assert give(ctx, kim, 4) == "a"
    review.drain(ctx)
    assert outcomes(ctx) == [("settled", 3, 3)]


def test_more_answers_wanted_reach_those_who_came_past_it(each_db_ctx: Context) -> None:
    """The first text was in somebody's hands when others came past; then one answer more is wanted of it."""
    ctx = each_db_ctx
    project = rating(ctx, texts=["a", "b", "c"])
    noor, sem = workers(ctx, 2)
    assign.next_assignments(ctx, noor)
    assert [give(ctx, sem, 3), give(ctx, sem, 3)] == ["b", "c"]
    projects.change_settings(ctx, step_of(ctx, project), {"gold": "off", "overlap": 2})
    assert give(ctx, sem, 3) == "a"
