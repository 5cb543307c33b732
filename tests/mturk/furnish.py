"""A lab whose bridge has something on each page: for tests that open all pages."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from mturk_bridge import batches, migrations
from mturk_bridge.operations import OPERATIONS, Call
from mturk_bridge.outgoing import orders
from mturk_bridge.store import hits, workers
from tests.builders import person, rating, rows
from tests.mturk.endpoint import FORM, PAGE, TYPE, with_requester, work
from tests.web.builders import Furnished
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role


def with_bridge(ctx: Context, here: Furnished) -> None:
    """A requester with HITs, answers, a rejection, a question from a worker, and an order that waits for a yes."""
    migrations.ready(ctx)
    requester, pair = with_requester(ctx)

    def ask(operation: str, **given: Any) -> dict[str, Any]:
        return OPERATIONS[operation](Call(ctx, requester, operation, given, ctx.now()))

    hit = ask("CreateHIT", **TYPE, LifetimeInSeconds=86_400, Question=FORM, MaxAssignments=3)["HIT"]
    personal = FORM.replace("Why?", "Which phone number stands on it?")
    ask("CreateHIT", **{**TYPE, "Title": "Whose boat is this?"}, LifetimeInSeconds=86_400, Question=personal)
    someone = person(ctx, "Fatima")
    for status in ("closed", "open"):
        # Only the HITs are offered for a moment, so that the first question is one.
        _others(ctx, hit, status)
        if status == "closed":
            work(ctx, someone, {"fields": {"q1": "yes", "q2": "It sails."}})
    one = ask("ListAssignmentsForHIT", HITId=hit["HITId"])["Assignments"][0]
    ask("RejectAssignment", AssignmentId=one["AssignmentId"], RequesterFeedback="It says bicycle, please read the line again.")

    def say(connection: Any) -> str:
        about = {"way": "to_requester", "about": "question", "words": "Is a ferry a boat?", "now": ctx.now()}
        return workers.say(connection, requester_id=requester.id, person_id=here.by_role[Role.WORKER].person.id, **about)

    message = ctx.db.write(say)
    sha256 = ctx.db.write(lambda connection: hits.keep_page(connection, PAGE, ctx.now()))
    project = rating(ctx, ["Een tekst over een boot."], name="Overloop", question="How clear?", language="en")
    order = orders.propose(ctx, project, "https://partner.example/mturk/requester", assignments=1, budget_cents=2500).order
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "boats.csv"
        table.write_text("name\nZeilboot\n", encoding="utf-8")
        batch = batches.import_batch(ctx, PAGE, table, batches.Wanted(name="Boten", requester="Zender Noord")).project
    here.paths |= {
        "batch_project_id": batch.public_id,
        "requester_id": requester.public_id,
        "access_key_id": pair.access_key_id,
        "order_id": order.public_id,
        "message_id": message,
        "hit_type_id": hit["HITTypeId"],
        "dispute_id": "no-such",
        "token": "no-such",
        "sha256": sha256,
        "library": "jquery.js",
    }


def _others(ctx: Context, hit: dict[str, Any], status: str) -> None:
    import sqlalchemy as sa

    mine = sa.select(t.step.c.project_id).where(t.step.c.task_type == "mturk_form")
    change = sa.update(t.project).where(t.project.c.id.not_in(mine), t.project.c.status.in_(("open", "closed")))
    ctx.db.write(lambda connection: connection.execute(change.values(status=status)))
    assert hit
    assert rows(ctx, t.project)
