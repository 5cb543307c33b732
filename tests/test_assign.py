"""Who gets what, and when."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from tests.builders import add_texts, key, person, rating, rows, workers
from tests.conftest import Clock
from workbench import assign, projects, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person
from workbench.errors import Conflict, NotFound, NotNow
from workbench.store import blocks, offering
from workbench.store import projects as project_store


def take(ctx: Context, who: Person) -> str | None:
    """The text that this person is asked about now."""
    found = assign.next_assignments(ctx, who)
    return found[0].microtask.payload["text"] if found else None


def answer(ctx: Context, who: Person, value: int = 4) -> None:
    """Answer what is open."""
    assignment = assign.next_assignments(ctx, who)[0]
    submit.submit(ctx, who, assignment.public_id, {"value": value}, key=key(), via="api")


def all_texts(ctx: Context, who: Person) -> list[str]:
    """Answer until there is no more."""
    seen = []
    while (text := take(ctx, who)) is not None:
        seen.append(text)
        answer(ctx, who)
    return seen


def test_the_order_is_that_of_the_dataset(each_db_ctx: Context) -> None:
    """One after the other, each once, and then nothing."""
    rating(each_db_ctx)
    assert all_texts(each_db_ctx, person(each_db_ctx)) == ["a", "b", "c"]


def test_asking_again_gives_the_same_microtask(each_db_ctx: Context) -> None:
    """A repeat of `next` is safe: it leases nothing more."""
    rating(each_db_ctx)
    noor = person(each_db_ctx)
    assert [take(each_db_ctx, noor) for _ in range(3)] == ["a", "a", "a"]
    assert len(rows(each_db_ctx, t.assignment)) == 1


def test_two_tabs_that_ask_at_once_share_one_microtask(each_db_ctx: Context) -> None:
    """Six calls for one person at the same moment: one lease."""
    rating(each_db_ctx)
    noor = person(each_db_ctx)
    threads = [threading.Thread(target=take, args=(each_db_ctx, noor)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rows(each_db_ctx, t.assignment)) == 1


def test_overlap_is_kept_to(each_db_ctx: Context) -> None:
    """With two answers wanted, the third person goes on to the next microtask."""
    rating(each_db_ctx, overlap=2)
    assert [take(each_db_ctx, who) for who in workers(each_db_ctx, 5)] == ["a", "a", "b", "b", "c"]


def test_eight_people_at_once_never_share_a_microtask_that_wants_one_answer(each_db_ctx: Context) -> None:
    """Eight threads finish forty microtasks: forty answers, each microtask once."""
    rating(each_db_ctx, texts=[f"{number:02}" for number in range(40)])
    crowd = workers(each_db_ctx, 8)
    seen: list[list[str]] = [[] for _ in crowd]
    threads = [
        threading.Thread(target=lambda i=i, who=who: seen[i].extend(all_texts(each_db_ctx, who))) for i, who in enumerate(crowd)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(text for each in seen for text in each) == [f"{number:02}" for number in range(40)]


def test_work_that_needs_what_somebody_cannot_use_is_not_offered(each_db_ctx: Context) -> None:
    """A person who does not use sight gets the sound, never the picture."""
    rating(each_db_ctx, texts=["picture"], name="Pictures", needs=["sight"])
    rating(each_db_ctx, texts=["sound"], name="Sounds", needs=["hearing"])
    blind = person(each_db_ctx, "Bram", cannot_use=["sight"])
    assert all_texts(each_db_ctx, blind) == ["sound"]


def test_a_lease_that_ran_out_is_offered_to_somebody_else_and_the_late_answer_counts(ctx: Context, clock: Clock) -> None:
    """Expiry is a row of its own; nobody loses an answer by it."""
    rating(ctx, texts=["a"], lease_minutes=10)
    slow, quick = workers(ctx, 2)
    late = assign.next_assignments(ctx, slow)[0]
    assert take(ctx, quick) is None
    clock.forward(minutes=11)
    assert take(ctx, quick) == "a"
    assert submit.submit(ctx, slow, late.public_id, {"value": 2}, key=key(), via="offline").created
    assert [row.reason for row in rows(ctx, t.work_return)] == ["expired"]
    assert len(rows(ctx, t.annotation)) == 1


def test_what_was_given_back_goes_to_others_and_later_comes_back(each_db_ctx: Context) -> None:
    """ "Not for me" is final for this person; "later" is not."""
    ctx = each_db_ctx
    rating(ctx, texts=["a", "b", "c"])
    noor = person(ctx)
    for reason in ("not_for_me", "later"):
        open_now = assign.next_assignments(ctx, noor)[0]
        submit.give_back(ctx, noor, open_now.public_id, reason=reason, key=key())
    assert all_texts(ctx, noor) == ["c", "b"]
    assert all_texts(ctx, person(ctx, "Sem")) == ["a"]


def test_what_was_put_off_and_answered_after_all_is_not_asked_again(each_db_ctx: Context) -> None:
    """By the Back button, before and after it was handed out again; the place that this took is there for others."""
    ctx = each_db_ctx
    rating(ctx, texts=["a", "b"], overlap=2)
    noor, sem = workers(ctx, 2)
    put_off = []
    for _ in "ab":
        put_off.append(assign.next_assignments(ctx, noor)[0])
        submit.give_back(ctx, noor, put_off[-1].public_id, reason="later", key=key())
    submit.submit(ctx, noor, put_off[0].public_id, {"value": 2}, key=key(), via="page")
    assert take(ctx, noor) == "b"
    submit.submit(ctx, noor, put_off[1].public_id, {"value": 2}, key=key(), via="page")
    assert take(ctx, noor) is None
    assert sorted(all_texts(ctx, sem)) == ["a", "b"]
    review.drain(ctx)
    assert [(row.status, row.free, row.answers) for row in rows(ctx, t.microtask)] == [("settled", 0, 2)] * 2


def test_what_a_pause_took_away_comes_back_to_the_same_person(each_db_ctx: Context) -> None:
    """Who pressed Next while the project was paused gets the question again when it is open."""
    ctx = each_db_ctx
    rating(ctx, texts=["a"])
    noor = person(ctx)
    take(ctx, noor)
    for status, text in (("paused", None), ("open", "a")):
        ctx.db.write(lambda c, status=status: c.execute(sa.update(t.project).values(status=status)))
        assert take(ctx, noor) == text


@pytest.mark.parametrize(("reason", "next_text"), [("cannot_see", ["b"]), ("later", ["b", "a"])])
def test_giving_back_a_question_whose_time_ran_out(each_db_ctx: Context, clock: Clock, reason: str, next_text: list[str]) -> None:
    """It does not come back at once; after "later" it comes back at the end."""
    ctx = each_db_ctx
    rating(ctx, texts=["a", "b"], lease_minutes=10)
    noor = person(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    clock.forward(minutes=11)
    ctx.db.write(lambda connection: offering.expire(connection, now=ctx.now()))
    submit.give_back(ctx, noor, held.public_id, reason=reason, key=key())
    assert all_texts(ctx, noor) == next_text


def test_a_break_comes_after_three_quarters_of_an_hour(ctx: Context, clock: Clock) -> None:
    """The running microtask is finished first; then there is no work until the break is over."""
    rating(ctx)
    noor = person(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    clock.forward(minutes=46)
    submit.submit(ctx, noor, held.public_id, {"value": 3}, key=key(), via="page")
    with pytest.raises(NotNow) as stop:
        take(ctx, noor)
    assert (stop.value.reason, stop.value.until_ms) == ("break", clock.now_ms + 15 * 60_000)
    clock.forward(minutes=15)
    assert take(ctx, noor) == "b"


def test_gold_is_mixed_in_and_looks_like_any_other(ctx: Context) -> None:
    """Of the first twenty about 30% is gold, each gold microtask at most once for one person."""
    project = rating(ctx, texts=[f"t{n}" for n in range(30)], gold={})
    add_texts(ctx, project, [f"g{n}" for n in range(10)], gold={f"g{n}": 4 for n in range(10)})
    seen = []
    noor = person(ctx)
    for _ in range(20):
        seen.append(take(ctx, noor))
        answer(ctx, noor)
    golden = [text for text in seen if text.startswith("g")]
    assert len(set(seen)) == 20
    assert 3 <= len(golden) <= 9


def test_gold_alone_is_no_work(ctx: Context) -> None:
    """When only check questions are left there is nothing to do."""
    project = rating(ctx, texts=[], gold={})
    add_texts(ctx, project, ["g"], gold={"g": 4})
    assert take(ctx, person(ctx)) is None


def test_somebody_elses_assignment_does_not_exist(ctx: Context) -> None:
    """Not "forbidden": a stranger learns nothing."""
    rating(ctx)
    noor, sem = workers(ctx, 2)
    mine = assign.next_assignments(ctx, noor)[0]
    with pytest.raises(NotFound):
        assign.open_assignment(ctx, sem, mine.public_id)


def test_several_may_be_held_for_work_without_a_connection(ctx: Context) -> None:
    """`ahead` leases more at once, and never more than asked for."""
    rating(ctx, texts=list("abcdef"))
    noor = person(ctx)
    assert [each.microtask.payload["text"] for each in assign.next_assignments(ctx, noor, ahead=3)] == ["a", "b", "c"]
    assert len(assign.next_assignments(ctx, noor, ahead=3)) == 3


def test_a_paused_project_and_an_embargo_keep_their_work(ctx: Context, clock: Clock) -> None:
    """Nothing of a project that is not open; embargoed material only for cleared people."""
    project = rating(ctx)
    noor = person(ctx)
    ctx.db.write(lambda c: c.execute(sa.update(t.project).values(embargo_until_ms=clock.now_ms + 60_000)))
    assert take(ctx, noor) is None
    clock.forward(minutes=2)
    assert take(ctx, noor) == "a"
    ctx.db.write(lambda c: c.execute(sa.update(t.project).values(status="paused")))
    assert take(ctx, person(ctx, "Sem")) is None
    assert project.status == "open"


def test_a_question_whose_time_ran_out_comes_back_with_its_draft(each_db_ctx: Context, clock: Clock) -> None:
    """After a long lunch Start gives the half-done question, not another one."""
    ctx = each_db_ctx
    rating(ctx, texts=["a", "b"], lease_minutes=10)
    noor = person(ctx)
    mine = assign.next_assignments(ctx, noor)[0]
    submit.save_draft(ctx, noor, mine.public_id, {"value": 2}, 1)
    clock.forward(minutes=11)
    ctx.db.write(lambda connection: offering.expire(connection, now=ctx.now()))
    again = assign.next_assignments(ctx, noor)[0]
    assert again.public_id == mine.public_id
    assert submit.load_draft(ctx, noor, again.public_id) == ({"value": 2}, 1)
    assert [row.free for row in rows(ctx, t.microtask)] == [0, 1]


def test_what_came_under_an_embargo_is_taken_out_of_sight(ctx: Context, clock: Clock) -> None:
    """A held question of an embargoed project is not shown any more; an answer on its way still counts."""
    rating(ctx)
    noor = person(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    ctx.db.write(lambda c: c.execute(sa.update(t.project).values(embargo_until_ms=clock.now_ms + 10**9)))
    with pytest.raises(Conflict):
        assign.shown_assignment(ctx, noor, held.public_id)
    assert take(ctx, noor) is None
    assert submit.submit(ctx, noor, held.public_id, {"value": 2}, key=key(), via="offline").created


def test_working_through_the_break_still_leads_to_a_break(ctx: Context, clock: Clock) -> None:
    """Who finishes a question fourteen minutes after the block's end has not rested."""
    rating(ctx)
    noor = person(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    clock.forward(minutes=59)
    submit.submit(ctx, noor, held.public_id, {"value": 3}, key=key(), via="page")
    with pytest.raises(NotNow):
        take(ctx, noor)


def test_a_question_left_open_over_lunch_leads_to_no_second_break(ctx: Context, clock: Clock) -> None:
    """Nobody takes so long over one: they had their break, came back to the question, and go on."""
    rating(ctx)
    noor = person(ctx)
    held = assign.next_assignments(ctx, noor)[0]
    clock.forward(minutes=101)
    submit.submit(ctx, noor, held.public_id, {"value": 3}, key=key(), via="page")
    assert take(ctx, noor)
    found = ctx.db.read(lambda connection: blocks.between(connection, noor.id, 0, 2**62))
    minutes = [(each.kind, each.ended_ms and (each.ended_ms - each.started_ms) // 60_000) for each in found]
    assert minutes == [("work", 45), ("break", 15), ("work", None)]


def test_a_lane_is_not_passed_while_somebody_is_busy_in_it(each_db_ctx: Context) -> None:
    """Six people at once, each microtask wants two answers: everybody gets one of the first three, none is left over."""
    rating(each_db_ctx, texts=list("abc"), overlap=2)
    crowd = workers(each_db_ctx, 6)
    got: list[str | None] = []
    threads = [threading.Thread(target=lambda who=who: got.append(take(each_db_ctx, who))) for who in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, got)) == ["a", "a", "b", "b", "c", "c"]


def test_more_answers_wanted_later_are_asked_for_and_fewer_settle(each_db_ctx: Context) -> None:
    """A client who changes the overlap changes it for what is still open."""
    ctx = each_db_ctx
    project = rating(ctx, texts=["a"], overlap=2)
    noor, sem, kim = workers(ctx, 3)
    answer(ctx, noor)
    step = ctx.db.read(lambda connection: project_store.steps_of(connection, project.id))[0]
    projects.change_settings(ctx, step, {"gold": "off", "overlap": 3})
    assert [take(ctx, sem), take(ctx, kim)] == ["a", "a"]
    projects.change_settings(ctx, step, {"gold": "off", "overlap": 1})
    review.drain(ctx)
    assert rows(ctx, t.microtask)[0].status == "settled"
