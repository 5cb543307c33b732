"""Sources become microtasks: lanes by what somebody needs, ranks in order, later steps from what was settled."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from task_types.protocol import Source
from task_types.subjects import Subject
from tests.ingest.conftest import Write, picture, project
from workbench import ingest, projects, split
from workbench import tables as t
from workbench.context import Context
from workbench.domain import need_bits
from workbench.errors import BadInput, Conflict, Invalid, NotFound
from workbench.store import projects as store


def test_a_picture_and_a_text_are_in_lanes_of_their_own(each_db_ctx: Context, tmp_path: Path) -> None:
    """Who cannot see does not meet the pictures; each lane counts for itself."""
    ctx = each_db_ctx
    for name in ("a.png", "c.png"):
        picture(tmp_path / "in" / name)
    (tmp_path / "in" / "b.txt").write_text("Een zin.")
    ingest.ingest(ctx, project(ctx, topic="reizen"), [tmp_path / "in"])
    query = (
        sa.select(t.source.c.key, t.lane.c.needs, t.lane.c.topic, t.microtask.c.rank)
        .join_from(t.microtask, t.lane, t.lane.c.id == t.microtask.c.lane_id)
        .join(t.source, t.source.c.id == t.microtask.c.source_id)
        .order_by(t.source.c.key)
    )
    sight, reading = need_bits(["sight"]), need_bits(["reading"])
    assert [tuple(row) for row in ctx.db.read(lambda c: c.execute(query).all())] == [
        ("a.png", sight, "reizen", 1), ("b.txt", reading, "reizen", 1), ("c.png", sight, "reizen", 2),
    ]  # fmt: skip
    lanes = ctx.db.read(lambda c: c.execute(sa.select(t.lane.c.needs, t.lane.c.next_rank).order_by(t.lane.c.needs)).all())
    assert [tuple(lane) for lane in lanes] == [(sight, 3), (reading, 2)]


def test_every_step_that_waits_for_nothing_is_asked(ctx: Context, write: Write) -> None:
    """A step that depends on an earlier one gets its microtasks when that has settled."""
    ours = project(ctx)
    for depends in (None, {"step": 1, "label": "goed"}):
        ctx.db.write(
            lambda c, depends=depends: store.create_step(
                c, project_id=ours.id, task_type="rating", task_type_version=1, settings={}, depends=depends, now=1, name="later"
            )
        )
    ingest.ingest(ctx, ours, [write("a.csv", "tekst\nEen\n")])
    steps = ctx.db.read(lambda c: store.steps_of(c, ours.id))
    asked = ctx.db.read(lambda c: c.scalars(sa.select(t.microtask.c.step_id).order_by(t.microtask.c.step_id)).all())
    assert asked == [steps[0].id, steps[1].id]

    parent, source = ctx.db.read(lambda c: c.execute(sa.select(t.microtask.c.id, t.microtask.c.source_id)).first() or (0, 0))
    payloads = [Subject(kind="text", text="Waarom?"), Subject(kind="text", text="Hoe dan?")]
    made = ctx.db.write(lambda c: split.follow_ups(c, steps[2], parent_id=parent, source_id=source, payloads=payloads, now=5))
    later = ctx.db.read(lambda c: c.execute(sa.select(t.microtask).where(t.microtask.c.step_id == steps[2].id)).all())
    assert made == 2
    assert [(each.parent_id, each.payload["text"], each.created_ms) for each in later] == [
        (parent, "Waarom?", 5),
        (parent, "Hoe dan?", 5),
    ]


def test_a_new_version_of_the_instructions_keeps_the_microtasks(each_db_ctx: Context, write: Write) -> None:
    """Settings have versions; what was split stays."""
    ctx = each_db_ctx
    ours = project(ctx, question="Hoe goed?")
    ingest.ingest(ctx, ours, [write("a.csv", "tekst\nEen\n")])
    step = ctx.db.read(lambda c: store.steps_of(c, ours.id))[0]
    newer = projects.change_settings(ctx, step, {"question": "Hoe mooi?"}, note="Mooi is wat telt.")
    assert (newer.id, newer.version, newer.settings["question"]) == (step.id, 2, "Hoe mooi?")
    versions = ctx.db.read(lambda c: store.versions_of(c, step.id))
    assert [(each.number, each.settings["question"], each.note) for each in versions] == [
        (1, "Hoe goed?", None), (2, "Hoe mooi?", "Mooi is wat telt."),
    ]  # fmt: skip
    assert ctx.db.read(lambda c: store.counts(c, ours.id))["microtasks"] == 1
    with pytest.raises(Invalid, match="vraag"):
        projects.change_settings(ctx, newer, {"vraag": "Hoe mooi?"})
    assert ctx.db.read(lambda c: store.step_by_id(c, step.id)).version == 2


def test_a_source_that_nobody_can_ask_about_is_refused() -> None:
    """With the sentence of the task type."""
    with pytest.raises(BadInput, match=r"a\.xyz holds nothing to ask about"):
        split.pieces([], Source("a.xyz", []), None)  # type: ignore[arg-type]


def test_projects_are_made_by_name(each_db_ctx: Context) -> None:
    """Open at once unless they are a draft; a new client's name makes a client."""
    ctx = each_db_ctx
    first = projects.create(ctx, "  Boten   1 ", "rating", {"scale": 3}, "Omroep", language="en")
    second = projects.create(ctx, "Boten 2", "rating", {}, "Omroep", draft=True)
    assert (first.name, first.status, first.language, second.status, second.language) == ("Boten 1", "open", "en", "draft", "nl")
    assert first.client_id == second.client_id
    assert projects.named(ctx, first.public_id) == projects.named(ctx, "Boten 1") == first
    assert ctx.db.read(lambda c: [each.name for each in store.projects_of(c, first.client_id)]) == ["Boten 2", "Boten 1"]
    with pytest.raises(NotFound, match=r'There is no project "Botan 1"\. Did you mean "Boten 1"\?'):
        projects.named(ctx, "Botan 1")
    with pytest.raises(Conflict, match="already a project"):
        projects.create(ctx, "Boten 1", "rating", {}, "Omroep")
    ctx.db.write(lambda c: store.set_status(c, second.id, "deleted", 1))
    assert [each.name for each in ctx.db.read(lambda c: store.projects_of(c, None))] == ["Boten 1"]


def test_no_client_learns_what_another_calls_its_projects(each_db_ctx: Context) -> None:
    """Each has names of its own, the lab too; who names one by a name that several gave is told which there are."""
    ctx = each_db_ctx
    own, one, other = (projects.create(ctx, "Boten", "rating", {}, client) for client in (None, "Omroep", "Zender"))
    assert len({own.client_id, one.client_id, other.client_id}) == 3
    with pytest.raises(Conflict, match="already a project"):
        projects.create(ctx, "Boten", "rating", {})
    with pytest.raises(Conflict, match=rf"{own.public_id} \(–\), {one.public_id} \(Omroep\), {other.public_id} \(Zender\)"):
        projects.named(ctx, "Boten")
    assert projects.named(ctx, other.public_id) == other


@pytest.mark.parametrize(
    ("name", "type_name", "settings", "sentence"),
    [
        ("x", "ratin", {}, 'Did you mean "rating"'),
        ("x", "rating", {"overlap": 0}, "overlap"),
        ("x", "rating", {"overlpa": 2}, "overlpa"),
        ("  ", "rating", {}, "needs a name"),
        ("x" * 201, "rating", {}, "201 characters"),
    ],
)
def test_a_project_that_cannot_be_is_refused(
    ctx: Context, name: str, type_name: str, settings: dict[str, object], sentence: str
) -> None:
    """With the setting's name; nothing is made."""
    with pytest.raises(Invalid, match=sentence):
        projects.create(ctx, name, type_name, settings)
    assert ctx.db.read(lambda c: store.projects_of(c, None)) == []
