"""What settles may ask one more question about the same piece."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from task_types import registry
from tests.builders import key, person, rows, step_id
from workbench import assign, projects, review, reviews, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role, new_public_id
from workbench.store import settling
from workbench.store.lanes import LaneKey, MicrotaskRow, add_microtasks


def subtitle_project(ctx: Context, asks: Sequence[str] = ("meaning",), **settings: Any) -> None:
    """Open questions about one subtitle: does it say the same as the speaker, are the names right?"""
    task_type = registry.get("subtitle_quality")
    payload = next(each.case.payload for each in task_type.examples if each.case.payload.ask == "meaning")
    project = projects.create(ctx, "Subtitles", "subtitle_quality", {"gold": "off", **settings})
    step = step_id(ctx, project)

    def write(connection: sa.Connection) -> None:
        common = {"project_id": project.id, "created_ms": ctx.now()}
        values = {"public_id": new_public_id(), "name": "built", "status": "ready", "counts": {}, **common}
        dataset = connection.execute(sa.insert(t.dataset).values(values)).inserted_primary_key[0]
        values = {"public_id": new_public_id(), "dataset_id": dataset, "key": "news", "position": 0, "parts": [], **common}
        source = connection.execute(sa.insert(t.source).values(values)).inserted_primary_key[0]
        texts = {ask: payload.model_copy(update={"ask": ask}).model_dump_json(exclude_none=True) for ask in asks}
        made = [MicrotaskRow(source, LaneKey(step, 0), ask, text, 1, 1) for ask, text in texts.items()]
        add_microtasks(connection, made, now=ctx.now())

    ctx.db.write(write)


def answer(ctx: Context, value: str, field: str = "value") -> str | None:
    """Answer what is open; gives what was asked."""
    who = person(ctx, f"Worker {new_public_id()}")
    found = assign.next_assignments(ctx, who)
    if not found:
        return None
    submit.submit(ctx, who, found[0].public_id, {field: value}, key=key(), via="api")
    review.drain(ctx)
    return str(found[0].microtask.payload["ask"])


def test_a_subtitle_that_says_something_else_is_asked_how_bad_that_is(each_db_ctx: Context) -> None:
    """Only after the first question settled as "different", once, and about the same piece."""
    ctx = each_db_ctx
    subtitle_project(ctx)
    assert answer(ctx, "different") == "meaning"
    assert answer(ctx, "serious") == "seriousness"
    assert answer(ctx, "serious") is None
    first, second = rows(ctx, t.microtask)
    assert (second.parent_id, second.source_id) == (first.id, first.source_id)


def test_a_subtitle_that_a_reviewer_calls_different_is_asked_how_bad_that_is(each_db_ctx: Context) -> None:
    """It settled as the same; settling it anew asks nothing twice."""
    ctx = each_db_ctx
    subtitle_project(ctx)
    answer(ctx, "same")
    [task] = rows(ctx, t.microtask)
    project, sam = projects.named(ctx, "Subtitles"), person(ctx, "Sam", Role.SUPERVISOR)
    reviews.judge(ctx, project, sam, task.public_id, "corrected", outcome_id=task.outcome_id, answer={"value": "different"})
    assert answer(ctx, "serious") == "seriousness"
    ctx.db.write(lambda connection: settling.look_again(connection, [row.id for row in rows(ctx, t.microtask)], ctx.now()))
    review.drain(ctx)
    assert answer(ctx, "serious") is None


def test_a_subtitle_with_two_mistakes_is_corrected_once(each_db_ctx: Context) -> None:
    """Meaning and names are both wrong, each is asked how bad it is, and one better text is asked for."""
    ctx = each_db_ctx
    subtitle_project(ctx, ("meaning", "names"), correct=True)
    asked = [answer(ctx, "different"), answer(ctx, "wrong"), answer(ctx, "serious")]
    asked += [answer(ctx, *given) for given in (("minor",), ("De brug gaat morgen open.", "text"))]
    assert asked == ["meaning", "names", "seriousness", "seriousness", "correction"]
    assert answer(ctx, "late") is None


def test_a_subtitle_that_is_right_is_asked_nothing_more(ctx: Context) -> None:
    """No question without a reason."""
    subtitle_project(ctx)
    assert answer(ctx, "same") == "meaning"
    assert len(rows(ctx, t.microtask)) == 1
    assert json.loads(json.dumps(rows(ctx, t.outcome)[0].answer))["value"] == "same"
