"""Several single questions about one piece, in order; each is asked when the one before has settled on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from tests.builders import key, person, rows
from workbench import assign, export, label_studio, review, steps, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import new_public_id
from workbench.errors import Invalid
from workbench.ingest import ingest

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


def test_an_export_joins_the_steps_by_source_and_key(ctx: Context, tmp_path: Path) -> None:
    """The same key for the same piece in each step."""
    made(ctx, tmp_path / "in")
    answer(ctx, {"label": "advert"}, {"label": "advert"}, {"value": 4}, {"value": 5}, {"spans": []}, {"spans": []})
    from workbench import projects

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
