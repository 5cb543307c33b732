"""A furnished lab for tests of pages: people of every role, two companies, projects in several states."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tests.coached import a_life
from workbench import assign, certifying, coaching, day, ingest, people, projects, together
from workbench import tables as t
from workbench.certificate import PARTS
from workbench.context import Context
from workbench.domain import MINUTE_MS, Project, Role, new_public_id
from workbench.people import Enrolled
from workbench.store import belonging, certificates, datasets, lab, own_words
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
    jobs = [_job(connection, ctx, here.project.id, status) for status in ("running", "done", "failed")]
    here.paths = {
        "project_id": here.project.public_id,
        "dataset_id": added.public_id,
        "job_id": jobs[0],
        "person_id": here.by_role[Role.WORKER].person.public_id,
        "step": store.steps_of(connection, here.project.id)[0].public_id,
        "locale": "en",
        "secret": "no-such-card",
    }
    worker = here.by_role[Role.WORKER].person.id
    planned = ctx.now() + 45 * MINUTE_MS
    connection.execute(sa.insert(t.block).values(person_id=worker, kind="work", started_ms=ctx.now(), planned_end_ms=planned))


def _job(connection: Connection, ctx: Context, project_id: int, status: str) -> str:
    row = {
        "public_id": new_public_id(),
        "kind": "ingest",
        "arguments": {},
        "status": status,
        "done": 3,
        "total": 10,
        "message": "items.csv could not be read." if status == "failed" else None,
        "result": {"sources_added": 7, "microtasks_added": 21} if status == "done" else None,
        "project_id": project_id,
        "created_ms": ctx.now(),
        "updated_ms": ctx.now(),
    }
    connection.execute(sa.insert(t.job).values(row))
    return str(row["public_id"])
