"""Check questions: which comes when, practice, disputes, correction, and how new ones are made."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from task_types import reading, registry
from tests.builders import add_texts, key, person, rating, rows, step_id, workers
from workbench import agreements, assign, coaching, day, gold, ingest, quality_report, refit, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person, Project, Role, Step
from workbench.errors import Conflict, Invalid, NotNow
from workbench.store import exporting, gold_candidates, settling
from workbench.store import projects as project_store

ALWAYS = {"first": 0, "first_share": 1.0, "share": 1.0, "floor": 0.0}


def with_gold(ctx: Context, golden: dict[str, int], *, texts: int = 20, **settings: Any) -> Project:
    """A rating project in which every next question is gold while there is some."""
    project = rating(ctx, texts=[f"t{number:02}" for number in range(texts)], **{"gold": ALWAYS, **settings})
    add_texts(ctx, project, list(golden), gold=golden)
    return project


def step_of(ctx: Context, project: Project) -> Step:
    return ctx.db.read(lambda connection: project_store.steps_of(connection, project.id))[0]


def give(ctx: Context, who: Person, value: int = 3) -> str:
    """Answer what comes next; returns its text."""
    mine = assign.next_assignments(ctx, who)[0]
    submit.submit(ctx, who, mine.public_id, {"value": value}, key=key(), via="api")
    return str(mine.microtask.payload["text"])


def of_text(ctx: Context, project: Project, text: str) -> str:
    """The public id of the microtask about this text."""
    source = next(row for row in rows(ctx, t.source) if row.key == text and row.project_id == project.id)
    return str(next(row for row in rows(ctx, t.microtask) if row.source_id == source.id).public_id)


def scores(ctx: Context) -> list[float]:
    return [row.score for row in rows(ctx, t.gold_score)]


def test_gold_is_balanced_over_its_classes(each_db_ctx: Context) -> None:
    """Five of one class and two of another: the first four that somebody gets are two of each."""
    ctx = each_db_ctx
    with_gold(ctx, {"a1": 1, "a2": 1, "a3": 1, "a4": 1, "a5": 1, "b1": 5, "b2": 5})
    noor = person(ctx)
    classes = Counter(give(ctx, noor)[0] for _ in range(4))
    assert classes == {"a": 2, "b": 2}


def test_the_item_that_fewest_people_saw_comes_first_and_each_once(ctx: Context, clock: Any) -> None:
    """Two people between them use all four; one person never gets the same again."""
    with_gold(ctx, {"a1": 1, "a2": 1, "b1": 5, "b2": 5})
    noor, sem = workers(ctx, 2)
    first = {give(ctx, noor), give(ctx, noor)}
    clock.forward(seconds=61)  # the pool is read anew
    assert {give(ctx, sem), give(ctx, sem)}.isdisjoint(first)
    assert len({*first, give(ctx, noor), give(ctx, noor)}) == 4
    assert give(ctx, noor).startswith("t")


def test_gold_that_many_people_saw_is_not_served(ctx: Context) -> None:
    """With a limit of one exposure, the second person gets other work."""
    with_gold(ctx, {"a1": 1}, gold=ALWAYS | {"most_exposures": 1})
    noor, sem = workers(ctx, 2)
    assert give(ctx, noor) == "a1"
    assert give(ctx, sem).startswith("t")


def test_disputed_gold_is_not_served_until_somebody_looked(each_db_ctx: Context) -> None:
    """Also not by a server that read its pool a moment ago; kept, it comes back."""
    ctx = each_db_ctx
    project = with_gold(ctx, {"a1": 1})
    noor, sem, kim = workers(ctx, 3)
    sam = person(ctx, "Sam", Role.SUPERVISOR)
    assert give(ctx, noor) == "a1"
    gold.dispute(ctx, of_text(ctx, project, "a1"), sam, "It is a 2.")
    assert give(ctx, sem).startswith("t")
    gold.keep(ctx, of_text(ctx, project, "a1"), sam)
    assert give(ctx, kim) == "a1"
    events = [(row.what, row.words) for row in rows(ctx, t.gold_event)]
    assert events == [("disputed", "It is a 2."), ("kept", None)]


def test_corrected_gold_is_scored_anew_and_the_older_scores_are_kept_aside(each_db_ctx: Context) -> None:
    """The person was right after all."""
    ctx = each_db_ctx
    project = with_gold(ctx, {"a1": 1})
    noor, sam = person(ctx), person(ctx, "Sam", Role.SUPERVISOR)
    give(ctx, noor, 5)
    review.drain(ctx)
    assert scores(ctx)[0] < 0.5
    gold.correct(ctx, of_text(ctx, project, "a1"), sam, [{"value": 5}], "Noor is right")
    review.drain(ctx)
    assert scores(ctx) == [1.0]
    assert len(rows(ctx, t.gold_score_before)) == 1
    with pytest.raises(Invalid):
        gold.correct(ctx, of_text(ctx, project, "a1"), sam, [{"value": 9}])


def test_gold_that_comes_in_again_with_another_answer_is_a_correction(each_db_ctx: Context, tmp_path: Path) -> None:
    """Scores, skill and report follow, and a dispute ends; the same answer again changes nothing."""
    ctx = each_db_ctx
    project = with_gold(ctx, {"a1": 1})
    noor, sam = person(ctx), person(ctx, "Sam", Role.SUPERVISOR)
    mia = person(ctx, "Mia", Role.MANAGER)
    give(ctx, noor, 5)
    review.drain(ctx)
    step = step_of(ctx, project)
    refit.refit(ctx, step.id)
    [before] = rows(ctx, t.worker_skill)
    gold.dispute(ctx, of_text(ctx, project, "a1"), sam, "It is a 5.")
    items, known, due = tmp_path / "items.csv", tmp_path / "gold.csv", refit.Due()
    items.write_text("id,text\nb1,b1\n")
    for value, status, made in ((1, "disputed", 0), (5, "active", 1), (5, "active", 1)):
        known.write_text(f"source,value\na1,{value}\n")
        ingest.ingest(ctx, project, [items], gold=known, created_by=mia.id)
        assert [row.status for row in rows(ctx, t.gold)] == [status]
        assert len(rows(ctx, t.gold_score_before)) == made
        review.drain(ctx, due=due)
    assert scores(ctx) == [1.0]
    assert [(row.what, row.person_id) for row in rows(ctx, t.gold_event)] == [("disputed", sam.id), ("corrected", mia.id)]
    assert due.take(ctx.now()) == [step.id]
    refit.refit(ctx, step.id)
    [after] = rows(ctx, t.worker_skill)
    assert after.skill > before.skill
    [told] = quality_report.build(ctx, project)["steps"]
    assert told["gold_accuracy"]["mean"] == 1.0


def test_retired_gold_counts_for_nobody_and_is_settled_as_any_other(each_db_ctx: Context) -> None:
    """Its answers so far are answers."""
    ctx = each_db_ctx
    project = with_gold(ctx, {"a1": 1}, overlap=2)
    noor, sem = workers(ctx, 2)
    sam = person(ctx, "Sam", Role.SUPERVISOR)
    give(ctx, noor, 4)
    review.drain(ctx)
    gold.retire(ctx, of_text(ctx, project, "a1"), sam)
    assert scores(ctx) == []
    assert len(rows(ctx, t.gold_score_before)) == 1
    for _ in range(21):
        give(ctx, sem, 4)
    review.drain(ctx)
    known = {row.public_id: row for row in rows(ctx, t.microtask)}
    assert known[of_text(ctx, project, "a1")].status == "settled"
    with pytest.raises(Conflict):
        gold.dispute(ctx, of_text(ctx, project, "a1"), sam, None)


def test_practice_comes_first_is_explained_and_may_be_tried_again(each_db_ctx: Context) -> None:
    """It counts in nobody's figures, and is never a hidden question for who had it."""
    ctx = each_db_ctx
    project = with_gold(ctx, {"a1": 1}, gold={**ALWAYS, "share": 0.0})
    noor, sam = person(ctx), person(ctx, "Sam", Role.SUPERVISOR)
    with pytest.raises(Invalid, match="explanation"):
        gold.teach(ctx, of_text(ctx, project, "a1"), sam, {"nl": " "})
    gold.teach(ctx, of_text(ctx, project, "a1"), sam, {"nl": "Dit is slecht, want het is vaag.", "en": "Vague."})
    mine = assign.next_assignments(ctx, noor)[0]
    assert (mine.microtask.payload["text"], mine.microtask.status) == ("a1", "learning")
    assert gold.explain(ctx, mine, "en") is None
    submit.submit(ctx, noor, mine.public_id, {"value": 5}, key=key(), via="page")
    assert gold.explain(ctx, mine, "en") == gold.Explained(False, "Vague.")
    submit.submit(ctx, noor, mine.public_id, {"value": 1}, key=key(), via="page")
    assert gold.explain(ctx, mine, "nl") == gold.Explained(True, "Dit is slecht, want het is vaag.")
    review.drain(ctx)
    assert scores(ctx) == []
    gold.hide(ctx, of_text(ctx, project, "a1"), sam)
    assert [give(ctx, noor)[0] for _ in range(20)] == ["t"] * 20


def test_practice_counts_in_no_figure_of_the_step(each_db_ctx: Context) -> None:
    """Two people give the same wrong answer, are told, and give the right one: no agreement, no skill, no calibration of it."""
    ctx = each_db_ctx
    project = with_gold(ctx, {"a1": 1}, gold={**ALWAYS, "share": 0.0})
    sam = person(ctx, "Sam", Role.SUPERVISOR)
    gold.teach(ctx, of_text(ctx, project, "a1"), sam, {"en": "Vague."})
    for who in workers(ctx, 2):
        mine = assign.next_assignments(ctx, who)[0]
        for value in (5, 1):
            submit.submit(ctx, who, mine.public_id, {"value": value}, key=key(), via="page")
    review.drain(ctx)
    step = step_of(ctx, project)
    with exporting.one_moment(ctx.db) as connection:
        assert list(exporting.answered_twice(connection, step.id, 10)) == []
    assert ctx.db.read(lambda c: settling.of_step(c, step.id, 10)) == []
    assert refit.refit(ctx, step.id) == 0


def test_answers_of_practice_settle_nothing_when_it_is_taken_out(each_db_ctx: Context) -> None:
    """The explanation was wrong, and everybody followed it: it is asked anew, of the same people too."""
    ctx = each_db_ctx
    project = with_gold(ctx, {"a1": 1}, texts=0, gold={**ALWAYS, "share": 0.0}, overlap=2)
    sam, crowd = person(ctx, "Sam", Role.SUPERVISOR), workers(ctx, 3)
    gold.teach(ctx, of_text(ctx, project, "a1"), sam, {"en": "Vague."})
    add_texts(ctx, project, ["t"])
    for who in crowd[:2]:
        assert give(ctx, who, 1) == "a1"
    begun = assign.next_assignments(ctx, crowd[2])[0]
    gold.retire(ctx, of_text(ctx, project, "a1"), sam, "It is a 5.")
    review.drain(ctx)
    submit.submit(ctx, crowd[2], begun.public_id, {"value": 1}, key=key(), via="page")
    for who in crowd[:2]:
        given = {give(ctx, who, 5), give(ctx, who, 5)}
        assert given == {"a1", "t"}
    review.drain(ctx)
    assert {str(row.answer) for row in rows(ctx, t.outcome)} == {"{'value': 5}"}
    assert len(rows(ctx, t.outcome)) == 2


def test_practice_that_was_agreed_opens_as_practice_and_beside_the_work(ctx: Context) -> None:
    """Also after the first questions of a step: as much as there is, one at a time; a break holds here too."""
    project = with_gold(ctx, {"a1": 1, "a2": 2}, gold={**ALWAYS, "share": 0.0, "learning": 0})
    noor, carla, sam = person(ctx), person(ctx, "Carla", Role.COACH), person(ctx, "Sam", Role.SUPERVISOR)
    coaching.give_coach(ctx, noor, carla, by=carla)
    for text in ("a1", "a2"):
        gold.teach(ctx, of_text(ctx, project, text), sam, {"nl": "Kijk naar de vraag.", "en": "Look at the question."})
    made = agreements.propose(ctx, carla, noor, "practice", {"task_type": "rating"}, reason="")
    with pytest.raises(Conflict):
        agreements.practise(ctx, noor, made.public_id)
    agreements.agree(ctx, noor, noor, made.public_id)
    [work] = assign.next_assignments(ctx, noor)
    done = []
    while mine := agreements.practise(ctx, noor, made.public_id):
        again = agreements.practise(ctx, noor, made.public_id)
        assert again
        assert again.public_id == mine.public_id
        done.append((mine.microtask.status, mine.microtask.payload["text"]))
        submit.submit(ctx, noor, mine.public_id, {"value": 3}, key=key(), via="page")
        assert gold.explain(ctx, mine, "en")
    assert done == [("learning", "a1"), ("learning", "a2")]
    assert assign.next_assignments(ctx, noor)[0].public_id == work.public_id
    day.take_break(ctx, noor)
    with pytest.raises(NotNow):
        agreements.practise(ctx, noor, made.public_id)


def test_what_experts_agree_on_becomes_gold_when_somebody_approves(each_db_ctx: Context) -> None:
    """Two experts agree on one text and not on the other; a third person's answer plays no part."""
    ctx = each_db_ctx
    project = rating(ctx, texts=["a", "b"], overlap=3, gold={})
    noor, sem, kim = workers(ctx, 3)
    mia = person(ctx, "Mia", Role.MANAGER)
    for who, values in ((noor, (4, 2)), (sem, (4, 5)), (kim, (1, 1))):
        for value in values:
            give(ctx, who, value)
    ctx.db.write(lambda c: gold_candidates.set_experts(c, project.id, [noor.id, sem.id], given_by=mia.id, now=ctx.now()))
    step = step_of(ctx, project)
    found = ctx.db.read(lambda connection: gold.proposals(connection, step))
    assert [(each.source, each.answer) for each in found.experts] == [("a", {"value": 4})]
    assert gold.approve(ctx, step, [found.experts[0].microtask], "experts", mia) == 1
    assert gold.approve(ctx, step, [found.experts[0].microtask], "experts", mia) == 0
    made = rows(ctx, t.gold)[0]
    assert (made.accepted, made.origin, made.created_by) == ([{"value": 4}], "experts", mia.id)


def test_gold_does_not_judge_the_answers_that_made_it(each_db_ctx: Context, clock: Any) -> None:
    """Two experts make it; only who answers afterwards is scored, also when it was practice in between."""
    ctx = each_db_ctx
    project = rating(ctx, texts=["a", "b"], overlap=4, gold={**ALWAYS, "learning": 0})
    noor, sem, kim, daan = workers(ctx, 4)
    mia = person(ctx, "Mia", Role.MANAGER)
    for who in (noor, sem):
        give(ctx, who, 4)
    ctx.db.write(lambda c: gold_candidates.set_experts(c, project.id, [noor.id, sem.id], given_by=mia.id, now=ctx.now()))
    step, made = step_of(ctx, project), of_text(ctx, project, "a")
    assert gold.approve(ctx, step, [made], "experts", mia) == 1
    clock.forward(seconds=61)
    give(ctx, kim, 2)
    review.drain(ctx)
    assert [row.person_id for row in rows(ctx, t.gold_score)] == [kim.id]
    assert refit.refit(ctx, step.id) == 1
    gold.teach(ctx, made, mia, {"en": "Clear."})
    gold.hide(ctx, made, mia)
    clock.forward(seconds=61)
    give(ctx, daan, 4)
    gold.correct(ctx, made, mia, [{"value": 3}])
    review.drain(ctx)
    assert [row.person_id for row in rows(ctx, t.gold_score)] == [daan.id]


def test_sure_consensus_is_proposed_balanced_over_the_answers(each_db_ctx: Context) -> None:
    """Four people agree everywhere: what is proposed first is one of each answer, and nothing is gold without a person."""
    ctx = each_db_ctx
    project = rating(ctx, texts=[f"t{number}" for number in range(6)], overlap=6, gold={"share": 0, "first_share": 0})
    for who in workers(ctx, 6):
        for number in range(6):
            give(ctx, who, 1 if number < 4 else 5)
    review.drain(ctx)
    found = ctx.db.read(lambda connection: gold.proposals(connection, step_of(ctx, project), limit=2))
    assert sorted(each.answer["value"] for each in found.consensus) == [1, 5]
    assert rows(ctx, t.gold) == []


def test_the_wear_report_counts_what_is_used_up(ctx: Context) -> None:
    """One used, one not, one disputed."""
    project = with_gold(ctx, {"a1": 1, "b1": 2, "c1": 3}, gold={**ALWAYS, "most_exposures": 1})
    noor, sam = person(ctx), person(ctx, "Sam", Role.SUPERVISOR)
    give(ctx, noor)
    gold.dispute(ctx, of_text(ctx, project, "c1"), sam, None)
    found = ctx.db.read(lambda connection: gold.wear(connection, step_of(ctx, project)))
    assert (found.items, found.disputed, found.worn_out, found.unused) == (3, 1, 1, 2)


def test_only_answers_of_one_value_are_classes() -> None:
    """A table of what people said is of those: that two answers have boxes, or nothing unreadable, makes neither right."""
    examples = {name: registry.get(name).examples[0] for name in registry.names()}
    answers = {name: reading.dumped(one.accepted[0]) for name, one in examples.items()}
    known = {name for name, answer in answers.items() if gold.value_of(answer)}
    assert known == {"choice", "comparison", "image_choice", "rating", "subtitle_quality", "text_label"}
    assert gold.value_of({"dont_know": True}) == "?"
    assert (gold.class_of(answers["bounding_box"]), gold.class_of({"boxes": []})) == ("some", "none")


def test_a_project_without_right_answers_takes_no_gold(ctx: Context) -> None:
    """An opinion has nothing to propose."""
    project = rating(ctx, opinion=True)
    assert not gold.takes_gold(step_of(ctx, project))
    assert step_id(ctx, project)
