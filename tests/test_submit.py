"""The one door for answers."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from tests.builders import add_texts, key, person, rating, rows, workers
from workbench import assign, projects, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Assignment, Person
from workbench.errors import AnswerRefused, Conflict, Invalid, KeyReused
from workbench.store import projects as project_store
from workbench.store import settling


def opened(ctx: Context, **settings: object) -> tuple[Person, Assignment]:
    """A person with one open microtask."""
    rating(ctx, **settings)
    noor = person(ctx)
    return noor, assign.next_assignments(ctx, noor)[0]


def test_the_same_key_gives_the_first_receipt_and_one_row(each_db_ctx: Context) -> None:
    """A page that is not sure may send again."""
    ctx = each_db_ctx
    noor, mine = opened(ctx)
    name = key()
    first = submit.submit(ctx, noor, mine.public_id, {"value": 4}, key=name, via="page")
    again = submit.submit(ctx, noor, mine.public_id, {"value": 4}, key=name, via="page")
    assert (first.created, again.created) == (True, False)
    assert first.body == again.body
    assert len(rows(ctx, t.annotation)) == 1


def test_ten_repeats_at_once_are_one_row(each_db_ctx: Context) -> None:
    """Also when the repeats race each other."""
    ctx = each_db_ctx
    noor, mine = opened(ctx)
    name = key()
    made: list[bool] = []
    threads = [
        threading.Thread(
            target=lambda: made.append(submit.submit(ctx, noor, mine.public_id, {"value": 4}, key=name, via="page").created)
        )
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 9 + [True]
    assert len(rows(ctx, t.annotation)) == 1


def test_the_same_key_with_another_answer_is_refused(ctx: Context) -> None:
    """A key names one write."""
    noor, mine = opened(ctx)
    name = key()
    submit.submit(ctx, noor, mine.public_id, {"value": 4}, key=name, via="page")
    with pytest.raises(KeyReused):
        submit.submit(ctx, noor, mine.public_id, {"value": 5}, key=name, via="page")


def test_a_new_key_is_a_newer_revision_until_it_is_settled(ctx: Context) -> None:
    """A change of mind is a new row; after settling the first answer stands."""
    noor, mine = opened(ctx, overlap=2)
    submit.submit(ctx, noor, mine.public_id, {"value": 4}, key=key(), via="page")
    newer = submit.submit(ctx, noor, mine.public_id, {"value": 5}, key=key(), via="page")
    assert newer.body["revision"] == 2
    sem = person(ctx, "Sem")
    submit.submit(ctx, sem, assign.next_assignments(ctx, sem)[0].public_id, {"value": 5}, key=key(), via="page")
    review.drain(ctx)
    with pytest.raises(Conflict, match="settled"):
        submit.submit(ctx, noor, mine.public_id, {"value": 1}, key=key(), via="page")
    assert [row.answer["value"] for row in rows(ctx, t.annotation)] == [4, 5, 5]


@pytest.mark.parametrize(
    "answer",
    [{"value": 9}, {"value": "4"}, {}, {"value": 4, "extra": 1}, {"boxes": []}],
    ids=["off scale", "text", "empty", "more", "other"],
)
def test_an_answer_of_the_wrong_shape_is_refused_in_words(ctx: Context, answer: dict[str, object]) -> None:
    """Nothing is stored, and the sentence says what to do."""
    noor, mine = opened(ctx)
    with pytest.raises(AnswerRefused):
        submit.submit(ctx, noor, mine.public_id, answer, key=key(), via="api")
    assert rows(ctx, t.annotation) == []


def test_i_do_not_know_is_an_answer(ctx: Context) -> None:
    """It is stored, it counts, and it settles as "nobody knew" when it is the only one."""
    noor, mine = opened(ctx)
    submit.submit(ctx, noor, mine.public_id, {"dont_know": True}, key=key(), via="page")
    review.drain(ctx)
    (outcome,) = rows(ctx, t.outcome)
    assert (outcome.answer, outcome.answers) == (None, 1)


def test_a_draft_is_kept_and_an_older_one_never_wins(each_db_ctx: Context) -> None:
    """Two tabs: the higher rev stays; after the answer the draft is gone."""
    ctx = each_db_ctx
    noor, mine = opened(ctx)
    assert submit.save_draft(ctx, noor, mine.public_id, {"value": 2}, 2) == 2
    assert submit.save_draft(ctx, noor, mine.public_id, {"value": 1}, 1) == 2
    assert submit.load_draft(ctx, noor, mine.public_id) == ({"value": 2}, 2)
    submit.submit(ctx, noor, mine.public_id, {"value": 2}, key=key(), via="page")
    assert submit.load_draft(ctx, noor, mine.public_id) is None


def test_an_outbox_token_stands_for_one_assignment_only(ctx: Context) -> None:
    """An answer that waited in the browser arrives under the person it belongs to."""
    noor, mine = opened(ctx)
    token = submit.outbox_token(ctx, mine)
    assert submit.person_of_token(ctx, mine.public_id, token) == noor
    sem = person(ctx, "Sem")
    theirs = assign.next_assignments(ctx, sem)[0]
    with pytest.raises(Exception, match="not known"):
        submit.person_of_token(ctx, theirs.public_id, token)


def test_giving_back_twice_is_one_row_and_an_unknown_reason_is_refused(ctx: Context) -> None:
    """The same key, the same body."""
    noor, mine = opened(ctx)
    name = key()
    first = submit.give_back(ctx, noor, mine.public_id, reason="cannot_hear", key=name)
    again = submit.give_back(ctx, noor, mine.public_id, reason="cannot_hear", key=name)
    assert (first[1], again[1], first[0]) == (True, False, again[0])
    with pytest.raises(Invalid, match="Unknown reason"):
        submit.give_back(ctx, noor, mine.public_id, reason="boring", key=key())


def test_gold_is_scored_and_consensus_settled_as_answers_arrive(each_db_ctx: Context) -> None:
    """Three answers to one question: one outcome; the status says settled."""
    ctx = each_db_ctx
    rating(ctx, texts=["a"], overlap=3)
    for who, value in zip(workers(ctx, 3), (4, 4, 2), strict=True):
        submit.submit(ctx, who, assign.next_assignments(ctx, who)[0].public_id, {"value": value}, key=key(), via="api")
        review.drain(ctx)
    (outcome,) = rows(ctx, t.outcome)
    (microtask,) = rows(ctx, t.microtask)
    assert (outcome.kind, outcome.answer, outcome.answers) == ("settled", {"value": 4}, 3)
    assert (microtask.status, microtask.outcome_id, microtask.answers) == ("settled", outcome.id, 3)
    assert rows(ctx, t.to_settle) == []


def test_two_servers_that_settle_the_same_leave_one_outcome(each_db_ctx: Context) -> None:
    """Whoever comes second finds it out of the line, and an answer that came meanwhile keeps it there."""
    ctx = each_db_ctx
    noor, mine = opened(ctx, texts=["a"])
    submit.submit(ctx, noor, mine.public_id, {"value": 4}, key=key(), via="api")
    batch = ctx.db.read(lambda connection: settling.waiting(connection, 10, ctx.now()))
    for _ in range(2):
        ctx.db.write(lambda connection: settling.keep(connection, review.settle_all(batch), ctx.now()))
    assert [row.number for row in rows(ctx, t.outcome)] == [1]


def test_one_that_cannot_be_settled_holds_nobody_up(each_db_ctx: Context) -> None:
    """A damaged row waits, longer each time; all others are settled."""
    ctx = each_db_ctx
    rating(ctx, texts=["a", "b"])
    noor = person(ctx)
    for _ in range(2):
        submit.submit(ctx, noor, assign.next_assignments(ctx, noor)[0].public_id, {"value": 4}, key=key(), via="api")
    first = rows(ctx, t.microtask)[0].id
    ctx.db.write(lambda c: c.execute(sa.update(t.microtask).where(t.microtask.c.id == first).values(payload={"kind": "?"})))
    review.drain(ctx)
    review.drain(ctx)
    assert [row.microtask_id for row in rows(ctx, t.outcome)] == [first + 1]
    (waiting,) = rows(ctx, t.to_settle)
    assert (waiting.tries, waiting.since_ms > ctx.now()) == (1, True)


def test_a_shorter_scale_does_not_spoil_what_was_answered_before(ctx: Context) -> None:
    """Answers are settled under the rules they were given under."""
    project = rating(ctx, texts=["a"])
    noor = person(ctx)
    submit.submit(ctx, noor, assign.next_assignments(ctx, noor)[0].public_id, {"value": 5}, key=key(), via="api")
    step = ctx.db.read(lambda connection: project_store.steps_of(connection, project.id))[0]
    projects.change_settings(ctx, step, {"gold": "off", "scale": 3})
    review.drain(ctx)
    assert rows(ctx, t.outcome)[0].answer == {"value": 5}


def test_answered_gold_looks_settled_like_any_other_and_is_scored_once(ctx: Context) -> None:
    """Nobody can tell a check question by what happens afterwards."""
    project = rating(ctx, texts=["a"], gold={"first_share": 1.0})
    add_texts(ctx, project, ["g"], gold={"g": 4})
    noor = person(ctx)
    golden = assign.next_assignments(ctx, noor)[0]
    ctx.db.write(lambda c: c.execute(sa.update(t.microtask).values(wanted=1)))
    submit.submit(ctx, noor, golden.public_id, {"value": 1}, key=key(), via="api")
    review.drain(ctx)
    with pytest.raises(Conflict, match="settled"):
        submit.submit(ctx, noor, golden.public_id, {"value": 4}, key=key(), via="api")
    assert golden.microtask.payload["text"] == "g"
    assert [row.score for row in rows(ctx, t.gold_score)] == [0.25]


@pytest.mark.parametrize("text", ["a\x00b", "half \ud800"], ids=["NUL", "half a character"])
def test_what_a_database_cannot_keep_is_refused_in_words(ctx: Context, text: str) -> None:
    """Never a fault of ours: a sentence, for drafts and words as well."""
    noor, mine = opened(ctx)
    with pytest.raises(AnswerRefused):
        submit.save_draft(ctx, noor, mine.public_id, {"text": text}, 1)
    with pytest.raises(AnswerRefused):
        submit.give_back(ctx, noor, mine.public_id, reason="other", key=key(), words=text)
