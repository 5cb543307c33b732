"""Several single questions about one piece, in order; each is asked when the one before has settled on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from tests.builders import add_texts, key, person, rows
from workbench import assign, catching_up, export, job_kinds, jobs, label_studio, people, projects, review, reviews, steps, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role, new_public_id
from workbench.errors import Conflict, Invalid
from workbench.ingest import ingest
from workbench.store import projects as store

FILE = """
language: en
gold: off
steps:
  - name: kind
    type: choice
    labels: [advert, news]
  - name: strength
    type: rating
    depends: {step: kind, answer: advert}
  - name: other
    type: tags
    labels: [sport, politics]
    depends: {step: kind, unless: [advert]}
  - name: companies
    type: text_spans
    labels: [company]
    depends: strength
"""


def made(ctx: Context, folder: Path, text: str = FILE) -> None:
    """A project of four steps with two texts."""
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"Text {name} of Acme.")
    project = steps.create(ctx, "Texts", steps.plans_of(yaml.safe_load(text)))
    assert not ingest(ctx, project, [folder]).problems


def answer(ctx: Context, *answers: dict[str, Any]) -> list[str]:
    """Answer what is open, in its order; gives the step's name and the piece's text of each."""
    who = person(ctx, f"Worker {new_public_id()}")
    asked = []
    for one in answers:
        [found] = assign.next_assignments(ctx, who)
        submit.submit(ctx, who, found.public_id, one, key=key(), via="api")
        step = ctx.db.read(
            lambda c, found=found: c.scalar(sa.select(t.step.c.name).where(t.step.c.id == found.microtask.step_id))
        )
        asked.append(f"{step}: {found.microtask.payload['text'][:6]}")
        review.drain(ctx)
    assert assign.next_assignments(ctx, who) == []
    return asked


def test_a_later_step_is_asked_about_the_same_piece_once_the_earlier_settled_on_it(each_db_ctx: Context, tmp_path: Path) -> None:
    """An advert is rated and then searched for companies; what is none gets tags; nothing is asked that was not needed."""
    ctx = each_db_ctx
    made(ctx, tmp_path / "in")
    said = answer(
        ctx,
        {"label": "advert"},
        {"label": "news"},
        {"value": 4},
        {"labels": ["sport"]},
        {"spans": []},
    )
    assert said[:2] == ["kind: Text a", "kind: Text b"]
    assert sorted(said[2:]) == ["companies: Text a", "other: Text b", "strength: Text a"]
    found = rows(ctx, t.microtask)
    assert [row.parent_id is None for row in found].count(True) == 2
    review.drain(ctx)
    assert len(rows(ctx, t.microtask)) == 5


def test_an_answer_that_is_corrected_or_settles_anew_asks_the_step_that_waits_for_it(
    each_db_ctx: Context, tmp_path: Path
) -> None:
    """One text was taken for no advert and is corrected, the other is returned and then called an advert: both are rated."""
    ctx = each_db_ctx
    made(ctx, tmp_path / "in")
    project, sam = projects.named(ctx, "Texts"), person(ctx, "Sam", Role.SUPERVISOR)
    answer(ctx, {"label": "news"}, {"label": "news"}, {"labels": []}, {"labels": []})
    found = [row for row in rows(ctx, t.microtask) if row.parent_id is None]
    for row, verdict, right in zip(found, ("corrected", "returned"), ({"label": "advert"}, None), strict=True):
        reviews.judge(ctx, project, sam, row.public_id, verdict, outcome_id=row.outcome_id, answer=right, words="An advert.")
    said = answer(ctx, {"label": "advert"}, {"value": 4}, {"value": 4}, {"spans": []}, {"spans": []})
    assert sorted(said) == ["companies: Text a", "companies: Text b", "kind: Text b", "strength: Text a", "strength: Text b"]
    assert len(rows(ctx, t.microtask)) == 8


def test_an_export_joins_the_steps_by_source_and_key(ctx: Context, tmp_path: Path) -> None:
    """The same key for the same piece in each step."""
    made(ctx, tmp_path / "in")
    answer(ctx, {"label": "advert"}, {"label": "advert"}, {"value": 4}, {"value": 5}, {"spans": []}, {"spans": []})
    export.export(ctx, projects.named(ctx, "Texts"), "csv", tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text("utf-8")
    assert [text.count(f",{name},") for name in ("kind", "strength", "companies", "other")] == [2, 2, 2, 0]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("  - {type: rating, depends: nowhere}\n", "which is no step"),
        ("  - {type: bounding_box, labels: [x], depends: kind}\n  - {type: choice, name: kind, labels: [a, b]}\n", "same name"),
        ("  - {name: one, type: rating, depends: two}\n  - {name: two, type: rating, depends: one}\n", "wait for each other"),
        (
            "  - {name: sound, type: transcription}\n  - {name: text, type: text_spans, labels: [x], depends: sound}\n",
            "other material",
        ),
        ("  - {labels: [x]}\n", "has no type"),
        ("  - {type: rating, depends: [1]}\n", '"depends" is like'),
        ("  - {name: x, type: rating, depends: {step: kind, answer: advrt}}\n", "no answer of .kind.. Known: advert, news"),
        ("  - {type: video_faces}\n", "needs a legal basis"),
    ],
)
def test_steps_that_cannot_be_are_refused(ctx: Context, more: str, words: str) -> None:
    """In a sentence; nothing is made."""
    with pytest.raises(Invalid, match=words):
        steps.create(ctx, "Broken", steps.plans_of(yaml.safe_load(FILE + more)))
    assert rows(ctx, t.project) == []


def test_visible_when_of_label_studio_is_a_step_that_waits() -> None:
    """A control, or the view around it, that is shown for some choices only."""
    xml = """<View><Text name="text" value="$text"/>
      <Choices name="kind" toName="text"><Choice value="advert"/><Choice value="news"/></Choices>
      <View visibleWhen="choice-selected" whenTagName="kind" whenChoiceValue="advert,promo">
        <Rating name="strength" toName="text"/></View>
      <Labels name="who" toName="text" visibleWhen="choice-unselected" whenTagName="kind" whenChoiceValue="advert">
        <Label value="company"/></Labels></View>"""
    plans = {plan.name: plan.depends for plan in label_studio.steps_of(xml)}
    assert plans == {
        "kind": None,
        "strength": steps.Depends("kind", frozenset({"advert", "promo"})),
        "who": steps.Depends("kind", unless=frozenset({"advert"})),
    }


def test_a_question_that_comes_later_is_asked_about_what_is_settled_already(each_db_ctx: Context, tmp_path: Path) -> None:
    """Of two settled pieces the one whose answer it waits for; a question without a wait comes before the data."""
    ctx = each_db_ctx
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text(f"Text {name}")
    project = projects.create(ctx, "Texts", "choice", {"labels": ["advert", "news"], "gold": "off"}, "Omroep")
    assert not ingest(ctx, project, [tmp_path / "in"]).problems
    answer(ctx, {"label": "advert"}, {"label": "news"})
    cleo = people.enrol(ctx, "Cleo", [Role.CLIENT], client="Omroep").person
    with pytest.raises(Conflict, match="data in this project already"):
        steps.add(ctx, project, steps.Plan("again", "rating", {}), cleo)
    waits = steps.Depends("choice", frozenset({"advert"}))
    steps.add(ctx, project, steps.Plan("strength", "rating", {"gold": "off"}, waits), cleo)
    assert answer(ctx, {"value": 3}) == ["strength: Text a"]
    with pytest.raises(Conflict, match="draft without data"):
        steps.remove(ctx, project, ctx.db.read(lambda c: store.steps_of(c, project.id))[1].public_id)


def test_a_client_decides_no_more_with_steps_than_with_one(ctx: Context) -> None:
    """Settings that only the lab decides are refused in a step too, and the project is a draft of their own company."""
    cleo = people.enrol(ctx, "Cleo", [Role.CLIENT], client="Omroep").person
    plans = [steps.Plan("text", "rating", {}), steps.Plan("voice", "recording", {"allowed": True})]
    with pytest.raises(Invalid, match="Only the lab manager"):
        steps.create_by(ctx, cleo, "Mine", plans, "Somebody else")
    made = steps.create_by(ctx, cleo, "Mine", plans[:1], "Somebody else")
    assert (made.status, made.client_id) == ("draft", cleo.client_id)
    with pytest.raises(Invalid, match="Only the lab manager"):
        steps.add(ctx, made, plans[1], cleo)


def with_settled(ctx: Context, count: int) -> Any:
    """A project whose first question has settled on so many texts, each second one an advert."""
    project = projects.create(ctx, "Many", "choice", {"labels": ["advert", "news"], "gold": "off"}, "Omroep")
    add_texts(ctx, project, [f"Text {number}" for number in range(count)])

    def settle(connection: Any) -> None:
        for number, microtask in enumerate(connection.scalars(sa.select(t.microtask.c.id).order_by(t.microtask.c.id)).all()):
            values = {"microtask_id": microtask, "kind": "settled", "answer": {"label": ("advert", "news")[number % 2]}}
            outcome = connection.execute(sa.insert(t.outcome).values(**values, answers=1, method="test", detail={}, at_ms=1))
            done = {"status": "settled", "free": 0, "outcome_id": outcome.inserted_primary_key[0]}
            connection.execute(sa.update(t.microtask).where(t.microtask.c.id == microtask).values(done))

    ctx.db.write(settle)
    return project


def test_a_question_about_very_much_that_is_settled_is_asked_in_the_background(ctx: Context) -> None:
    """With progress, stopped and gone on with where it was; nothing is asked twice."""
    count = catching_up.AT_ONCE + 2 * catching_up.BATCH
    project, cleo = with_settled(ctx, count), people.enrol(ctx, "Cleo", [Role.CLIENT], client="Omroep").person
    waits = steps.Depends("choice", frozenset({"advert"}))
    step, job = steps.add(ctx, project, steps.Plan("strength", "rating", {"gold": "off"}, waits), cleo)

    def asked() -> int:
        return len(rows(ctx, t.microtask, t.microtask.c.step_id == step.id))

    assert job is not None
    assert asked() == 0
    with pytest.raises(Conflict, match="cannot be gone on with"):
        jobs.again(ctx, job, cleo.id)
    told: list[tuple[int, int | None]] = []

    def stop(done: int, total: int | None) -> None:
        told.append((done, total))
        if done:
            raise job_kinds.Cancelled

    with pytest.raises(job_kinds.Cancelled):
        catching_up.go_on(ctx, project, step.public_id, stop)
    assert told == [(0, count), (catching_up.BATCH, count)]
    assert asked() == catching_up.BATCH // 2
    assert job_kinds.run(ctx, job) == "done"
    assert jobs.get(ctx, job).result == {"microtasks_added": (count - catching_up.BATCH) // 2}
    assert asked() == count // 2


def test_stopped_work_is_gone_on_with_as_a_new_job(ctx: Context) -> None:
    """Only after it stopped; an export is asked for anew."""
    project, cleo = with_settled(ctx, catching_up.AT_ONCE + 1), people.enrol(ctx, "Cleo", [Role.CLIENT], client="Omroep").person
    waits = steps.Depends("choice", frozenset({"advert"}))
    _, job = steps.add(ctx, project, steps.Plan("strength", "rating", {"gold": "off"}, waits), cleo)
    assert job is not None
    jobs.cancel(ctx, job)
    other = jobs.again(ctx, job, cleo.id)
    assert job_kinds.run(ctx, other) == "done"
    with pytest.raises(Conflict, match="cannot be gone on with"):
        jobs.again(ctx, other, cleo.id)
