"""A furnished lab for tests of pages: people of every role, two companies, projects in several states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from accessibility import widgets
from accessibility.sentences import sentence
from task_types import registry
from tests.coached import a_life
from tests.planned import a_plan
from workbench import assign, certifying, coaching, day, ingest, people, projects, reports, together
from workbench import tables as t
from workbench.certificate import PARTS
from workbench.context import Context
from workbench.domain import MINUTE_MS, Project, Role, new_public_id
from workbench.ingest.remarks import Remarks
from workbench.people import Enrolled
from workbench.store import belonging, certificates, datasets, lab, lanes, measures, own_words, reviewing
from workbench.store import people as people_store
from workbench.store import projects as store

PASSWORD = "een zin om te onthouden"


@dataclass
class Furnished:
    """Who and what is in the lab. `by_role` has one person with each single role."""

    by_role: dict[Role, Enrolled] = field(default_factory=dict)
    rival: Enrolled | None = None
    project: Project | None = None
    paths: dict[str, str] = field(default_factory=dict)  # what stands for each {name} in a route


def furnish(ctx: Context, *, locale: str = "nl") -> Furnished:
    """Fill an empty lab; `paths` names a real thing for each path parameter."""
    here = Furnished()
    ctx.db.write(lambda connection: lab.set_up(connection, name="Proeflab", time_zone="Europe/Amsterdam", now=ctx.now()))
    names = {Role.WORKER: "Wim", Role.COACH: "Carla", Role.SUPERVISOR: "Sam", Role.CLIENT: "Omroep Oost", Role.MANAGER: "Mia"}
    for role, name in names.items():
        company = "Omroep Oost" if role is Role.CLIENT else None
        here.by_role[role] = people.enrol(ctx, name, [role], client=company, locale=locale)
    here.rival = people.enrol(ctx, "Zender Zuid", [Role.CLIENT], client="Zender Zuid", locale=locale)
    for name, status, client in (
        ("Journaal", "open", "Omroep Oost"),
        ("Archief", "draft", "Omroep Oost"),
        ("Geheim", "open", "Zender Zuid"),
    ):
        made = projects.create(ctx, name, "rating", {"question": "Hoe goed is dit?"}, client, draft=status == "draft")
        here.project = here.project or made
    ctx.db.write(lambda connection: _data(connection, ctx, here))
    coaching.give_coach(
        ctx, here.by_role[Role.WORKER].person, here.by_role[Role.COACH].person, by=here.by_role[Role.MANAGER].person
    )
    _take_along(ctx, here)
    return here


def _take_along(ctx: Context, here: Furnished) -> None:
    """A signed certificate of the worker."""
    worker, coach = here.by_role[Role.WORKER].person, here.by_role[Role.COACH].person
    drafted = certifying.draft(ctx, worker, shown=PARTS, kinds=[], own_words="Ik weet nu hoe computers leren.")
    certifying.ask(ctx, worker, drafted)
    asked = ctx.db.read(lambda connection: certificates.find(connection, drafted.public_id))
    part = certifying.CoachPart("Wim legt het anderen goed uit.", {}, "", "Ondertitels beoordelen", "")
    kept = certifying.add_coach_part(ctx, coach, asked, part)
    found = certifying.issue(ctx, coach, kept, certifying.issuer_of(ctx, "http://testserver"))
    asked_for = reports.Asked("progress", "municipality", date(2026, 11, 1), date(2026, 11, 30))
    report = reports.draft(ctx, coach, worker, asked_for)
    report = reports.act(ctx, coach, report, "save", role="coach", words="Wim leert graag bij.")
    reports.act(ctx, coach, report, "show", role="coach")
    here.paths |= {"report_id": report.public_id}
    here.paths |= {"certificate_id": found.public_id, "key_name": certifying.current_key(ctx).name}


def with_work(ctx: Context, here: Furnished, folder: Path) -> None:
    """Put texts into the open project, and the first question into the worker's hands."""
    assert here.project
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"Een korte tekst over nummer {number}.")
    ingest.ingest(ctx, here.project, [folder], created_by=None, progress=lambda _done, _total: None)
    worker = here.by_role[Role.WORKER].person
    first = assign.next_assignments(ctx, worker)
    here.paths["assignment_id"] = first[0].public_id
    day.ask(ctx, worker, "talk", key="furnished")

    def own_words_too(connection: Connection) -> None:
        own_words.add_check_in(connection, worker.id, pace="fine", difficulty="too_hard", key="furnished", now=ctx.now())
        own_words.add_wish(connection, worker.id, words="Subtitles", symbols=["sound"], form="symbols", now=ctx.now())

    ctx.db.write(own_words_too)
    invited = together.invite(ctx, here.by_role[Role.WORKER].person, first[0].public_id)
    here.paths["joining_id"] = together.join(ctx, here.by_role[Role.COACH].person, invited.code).public_id
    ctx.db.write(lambda connection: _said(connection, ctx, here, first[0].microtask.step_id))


def _said(connection: Connection, ctx: Context, here: Furnished, step_id: int) -> None:
    """Tips, news, thanks and a comment, some waiting, some shown."""
    assert here.project
    now, worker, coach = ctx.now(), here.by_role[Role.WORKER].person.id, here.by_role[Role.COACH].person.id
    for words in ("Lees de zin hardop.", "Kijk eerst naar het begin."):
        belonging.add_tip(connection, step_id=step_id, person_id=worker, words=words, now=now)
    tips = belonging.tips_of(connection, worker)
    belonging.moderate_tip(connection, tips[0].public_id, state="shown", words=None, by=coach, now=now)
    belonging.add_news(connection, group_id=None, words="Morgen is er taart.", by=coach, until_ms=None, now=now)
    belonging.add_comment(connection, person_id=None, words="De letters mogen groter.", page=None, now=now)
    belonging.say_thanks(connection, here.project.id, thanks="Dank jullie wel!", purpose="Beter zoeken in het archief.")
    here.paths |= {
        "tip_id": tips[1].public_id,
        "news_id": belonging.all_news(connection, now=now)[0].public_id,
        "comment_id": belonging.comments(connection)[0].public_id,
    }


def with_coach(ctx: Context, here: Furnished) -> None:
    """The worker has a coach and a past, so that no part of their pages is empty."""
    assert here.project
    here.paths |= a_life(ctx, here.by_role[Role.WORKER].person, here.by_role[Role.COACH].person, here.project)


def _data(connection: Connection, ctx: Context, here: Furnished) -> None:
    assert here.project
    added = datasets.create_dataset(connection, project_id=here.project.id, name="Week 47", created_by=None, now=ctx.now())
    problem = datasets.Problem("items.csv", 12, "items.csv line 12 has 3 fields, the header has 4.")
    datasets.add_problems(connection, added.id, [problem], now=ctx.now())
    known = Remarks()
    known.add("a.gif", [sentence("The picture moves: only the first of its {frames} frames is used.", frames=12)])
    datasets.update_dataset(connection, added.id, counts=known.to_json())
    jobs = [_job(connection, ctx, here.project.id, added, status) for status in ("running", "done", "failed")]
    here.paths = {
        "project_id": here.project.public_id,
        "dataset_id": added.public_id,
        "job_id": jobs[0],
        "person_id": here.by_role[Role.WORKER].person.public_id,
        "step": store.steps_of(connection, here.project.id)[0].public_id,
        "locale": "en",
        "symbol_name": "boat",
        "client_id": people_store.client_by_id(connection, here.project.client_id or 0).public_id,
        "secret": "no-such-card",
        **_reviewed(connection, ctx, here),
    }
    worker = here.by_role[Role.WORKER].person.id
    here.paths |= a_plan(connection, worker, ctx.now())
    planned = ctx.now() + 45 * MINUTE_MS
    connection.execute(sa.insert(t.block).values(person_id=worker, kind="work", started_ms=ctx.now(), planned_end_ms=planned))


def _reviewed(connection: Connection, ctx: Context, here: Furnished) -> dict[str, str]:
    """A settled answer in a sample, a check question, and a quality report."""
    assert here.project
    step = store.steps_of(connection, here.project.id)[0]
    now, names = ctx.now(), ("Gezien", "Bekend")
    parts = [{"name": "text", "kind": "text", "text": "Een tekst."}]
    dataset = datasets.create_dataset(connection, project_id=here.project.id, name="Week 46", created_by=None, now=now)
    made = []
    for name in names:
        values = {"project_id": here.project.id, "dataset_id": dataset.id, "key": name, "position": 0, "created_ms": now}
        source = connection.execute(sa.insert(t.source).values(public_id=new_public_id(), parts=parts, **values))
        lane = lanes.LaneKey(step.id, 8)
        row = lanes.MicrotaskRow(source.inserted_primary_key[0], lane, "0", '{"kind": "text", "text": "Een tekst."}', 1, 1)
        lanes.add_microtasks(connection, [row], now=now)
        made.append(connection.execute(sa.select(t.microtask).order_by(t.microtask.c.id.desc()).limit(1)).one())
    seen, known = made
    outcome = {"microtask_id": seen.id, "kind": "settled", "answer": {"value": 4}, "confidence": 0.7, "answers": 2}
    outcome |= {"method": "posterior", "detail": {}, "at_ms": now}
    held = connection.execute(sa.insert(t.outcome).values(outcome)).inserted_primary_key[0]
    settled = {"status": "settled", "outcome_id": held, "free": 0, "answers": 2, "wanted": 2}
    connection.execute(sa.update(t.microtask).where(t.microtask.c.id == seen.id).values(settled))
    supervisor = here.by_role[Role.SUPERVISOR].person.id
    batch = reviewing.add_batch(connection, here.project.id, supervisor, {seen.id: "doubtful"}, now)
    splinter = lanes.splinter(connection, known.id)
    lanes.make_gold(connection, splinter, [{"value": 2}], origin="client", created_by=None, now=now)
    measures.add_report(connection, here.project.id, REPORT, now)
    return {"microtask_id": seen.public_id, "batch_id": batch, "gold_id": known.public_id}


_SHARE = {"low": 0.86, "high": 0.97}
REPORT = {
    "project": "Journaal",
    "made_ms": 1_795_424_400_000,
    "workbench": "0",
    "steps": [
        {
            "step": "rating",
            "type": "rating",
            "kind": "ordinal",
            "title": {"nl": "Beoordelen", "en": "Rate"},
            "opinion": False,
            "counts": {"settled": 80, "open": 4, "answers": 210, "dont_know": 3},
            "versions": [{"version": 1, "answers": 210}],
            "methods": [
                {"method": "one-coin median", "version": 1, "outcomes": 79},
                {"method": "review", "version": 1, "outcomes": 1},
            ],
            "settled_by": {
                "by": [{"answers": 2, "microtasks": 60, "share": 0.75}, {"answers": 4, "microtasks": 20, "share": 0.25}],
                "mean": 2.5,
                "most": 5,
                "adaptive": True,
                "budget": 400,
                "promised": 220,
                "saved": 0.5,
            },
            "returned": {"unclear": 2},
            "asked_again": {"returned": 1, "instructions": 3},
            "review": {
                "verdicts": {"accepted": 9, "returned": 1},
                "returned_because": {"This is music, not speech.": 1},
                "random": {"looked": 10, "accepted": 9, "share": 0.9, **_SHARE},
            },
            "agreement": {"measure": "alpha interval", "value": 0.71, "low": 0.62, "high": 0.78, "microtasks": 70},
            "no_agreement": "",
            "gold_accuracy": {"answers": 120, "people": 8, "questions": 60, "mean": 0.93, **_SHARE},
            "confusion": {
                "given": ["1", "2", "?"],
                "rows": [
                    {"right": "1", "counts": [30, 2, 1], "answers": 33, "share": 0.909},
                    {"right": "2", "counts": [3, 40, 0], "answers": 43, "share": 0.93},
                ],
            },
            "confidence": {"microtasks": 79, "mean": 0.91, "corrected": True, "tenths": []},
            "calibration": {
                "gold": 60,
                "error": 0.02,
                "good": True,
                "curve": [{"shown": 0.6, "right": 0.62, "microtasks": 20}, {"shown": 0.95, "right": 0.93, "microtasks": 40}],
            },
            "audits": {"reopened": 4, "changed": 0, "low": 0.0, "high": 0.49},
        },
        {
            "step": "taste",
            "type": "choice",
            "title": {"nl": "Kiezen", "en": "Choose"},
            "opinion": True,
            "counts": {"settled": 3, "open": 0, "answers": 30, "dont_know": 0},
            "versions": [],
            "methods": [],
            "settled_by": {"by": [], "adaptive": False},
            "returned": {},
            "asked_again": {},
            "review": {"verdicts": {}, "random": None},
            "distribution": {"answers": 30, "rows": [{"value": "a", "share": 0.9, **_SHARE}]},
        },
    ],
}


def _job(connection: Connection, ctx: Context, project_id: int, dataset: datasets.Dataset, status: str) -> str:
    came_in = {"dataset": dataset.public_id, "sources_added": 7, "microtasks_added": 21, "problem_count": 1}
    row = {
        "public_id": new_public_id(),
        "kind": "ingest",
        "arguments": {},
        "status": status,
        "done": 3,
        "total": 10,
        "message": "items.csv could not be read." if status == "failed" else None,
        "result": came_in if status == "done" else None,
        "project_id": project_id,
        "created_ms": ctx.now(),
        "updated_ms": ctx.now(),
    }
    connection.execute(sa.insert(t.job).values(row))
    return str(row["public_id"])


def pageless() -> Any:
    """A task type that no page can ask; where there is none left, there is nothing to test."""
    types = [registry.get(name) for name in registry.names()]
    found = [each for each in types if each.widget(each.examples[0].case).name not in widgets.names()]
    return found[0] if found else pytest.skip("every task type has a widget")
