"""
Batches: a template with `${places}` and a table become a project, one question for each row.

The table comes in by the workbench's own ingest: batch by batch, in constant memory, and again without doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from mturk_bridge import fair_pay, migrations, money, pricing, questions
from mturk_bridge.microtasks import LONGEST_LEASE_MINUTES, SHORTEST_LEASE_MINUTES, topic_of
from mturk_bridge.pages import checking, converting, filling
from mturk_bridge.pages.checking import Checked
from mturk_bridge.store import hits, requesters
from workbench import ingest, minimum_wages, projects
from workbench.context import Context
from workbench.domain import Json, Project
from workbench.errors import BadInput, Invalid
from workbench.ingest import rows
from workbench.store.datasets import Problem

LARGEST_PAGE = 1_000_000  # characters
LONGEST_TITLE = 128
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Wanted:
    """
    What somebody says of a batch.

    reward_cents: US cents for each answer; None: what the floor asks. seconds: expected; None: estimated from the page.
    native: as questions of the workbench itself, where the page allows that.
    """

    name: str
    requester: str
    title: str = ""
    description: str = ""
    keywords: str = ""
    assignments: int = 1
    reward_cents: int | None = None
    seconds: float | None = None
    duration_seconds: int = 3600
    html_columns: Sequence[str] = ()
    hosts: Sequence[str] = ()
    language: str = "nl"
    opinion: bool = False
    native: bool = False


@dataclass(frozen=True)
class Made:
    """The project of a batch, and what is known of its page. `held`: it asks for personal data, so a manager opens it."""

    project: Project
    checked: Checked
    held: bool
    problems: Sequence[Problem] = field(default_factory=list)
    rows: int = 0


def read_page(path: Path) -> str:
    """The template in a file. Raises BadInput."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            sentence("{file} cannot be read as UTF-8 text. Check its name, or save it as UTF-8.", file=path.name), file=path.name
        ) from error


def columns_of(path: Path, name: str) -> tuple[str, ...]:
    """
    The header of a table.

    Raises:
        BadInput: it has none, or one that cannot be used.
    """
    if not path.is_file():
        raise BadInput(
            sentence("There is no file {name}. Give the CSV file with one row for each question.", name=name), file=name
        )
    table = rows.read_csv(path, name)
    if not table.columns:
        problem = next(table.rows)
        words = problem.message if isinstance(problem, Problem) else sentence("{name} has no header.", name=name)
        raise BadInput(words, file=name)
    return table.columns


def import_batch(
    ctx: Context, html: str, table: Path, wanted: Wanted, *, progress: Progress = lambda _done, _total: None
) -> Made:
    """
    Make the project and read the whole table into it.

    Raises:
        BadInput, Invalid: a page or a table that cannot be used; nothing is made. RequestError: a reward under the floor.
    """
    made = create(ctx, html, columns_of(table, table.name), wanted)
    report = ingest.ingest(ctx, made.project, [table], progress=progress)
    return Made(made.project, made.checked, made.held, report.problems, report.sources_added)


def create(ctx: Context, html: str, columns: Sequence[str], wanted: Wanted, *, created_by: int | None = None) -> Made:
    """
    The project of a batch, without its rows.

    Args:
        columns: of the table; only these are places.

    Raises:
        Invalid: an empty page, or one too large; not a single place; columns that are not there; not to be asked natively.
        Conflict: the name is taken. RequestError: a reward under the floor, or no exchange rate to check it with.
    """
    _check(html, columns, wanted)
    migrations.ready(ctx)
    checked = checking.check(html, columns)
    asked = questions.of_page(html)
    seconds = wanted.seconds if wanted.seconds is not None else asked.seconds
    facts, batch = ctx.db.read(lambda connection: _facts(connection, wanted, seconds, ctx.now()))
    shared: dict[str, Json] = {
        "facts": facts,
        "batch": batch,
        "columns": list(columns),
        "overlap": wanted.assignments,
        "gold": None,
        "opinion": wanted.opinion,
        "language": wanted.language,
        "topic": topic_of(wanted.requester),
        "lease_minutes": min(max(SHORTEST_LEASE_MINUTES, -(-wanted.duration_seconds // 60)), LONGEST_LEASE_MINUTES),
    }
    type_name, own = _asked(ctx, html, wanted)
    # Who asks for data about people waits for a person's yes.
    held = asked.personal
    project = projects.create(ctx, wanted.name, type_name, {**shared, **own}, wanted.requester, draft=held, created_by=created_by)
    return Made(project, checked, held)


def _asked(ctx: Context, html: str, wanted: Wanted) -> tuple[str, dict[str, Json]]:
    """The kind of work, and the settings that are its own."""
    sha256 = ctx.db.write(lambda connection: hits.keep_page(connection, html, ctx.now()))
    if wanted.native:
        return "mturk_form", {"template": converting.convert(html), "page": sha256}
    return "mturk_html", {"page": sha256, "html_columns": list(wanted.html_columns), "hosts": list(wanted.hosts)}


def _check(html: str, columns: Sequence[str], wanted: Wanted) -> None:
    if not html.strip():
        raise Invalid("The template is empty.", field="template")
    if len(html) > LARGEST_PAGE:
        raise Invalid(
            sentence("The template has {count:,} characters; {largest_page:,} fit.", count=len(html), largest_page=LARGEST_PAGE),
            field="template",
        )
    if not set(filling.names_in(html)) & set(columns):
        raise Invalid(
            sentence(
                "The template names none of the columns {columns}. Write a place such as ${{{column}}} in it.",
                columns=", ".join(columns[:10]),
                column=columns[0],
            ),
            field="template",
        )
    missing = [name for name in wanted.html_columns if name not in columns]
    if missing:
        raise Invalid(
            sentence('There is no column "{missing}". Known: {columns}.', missing=missing[0], columns=", ".join(columns[:20])),
            field="html_columns",
        )
    if not 1 <= wanted.assignments <= 100:
        raise Invalid("Ask for 1 to 100 answers for each row.", field="assignments")
    if len(wanted.title) > LONGEST_TITLE:
        raise Invalid(
            sentence(
                "The title has {count} characters; {longest_title} fit.", count=len(wanted.title), longest_title=LONGEST_TITLE
            ),
            field="title",
        )


def _facts(connection: Connection, wanted: Wanted, seconds: float, now: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What workers are told, and what a results file tells. Nothing comes in under the floor."""
    rate = requesters.rate(connection, now)
    floor_eur = _floor_eur(connection, now)
    reward, hourly = wanted.reward_cents, floor_eur
    if reward is not None or rate is not None:
        floor = pricing.floor_of(connection, now)
        least = fair_pay.reward_for(seconds, floor)
        reward = least if reward is None else reward
        pricing.check(pricing.Price(seconds, least, 0, floor), reward)
        hourly = fair_pay.hourly_eur(reward, seconds, floor.usd_per_eur)
    known = requesters.by_name(connection, wanted.requester)
    facts = {
        "title": wanted.title or wanted.name,
        "description": wanted.description,
        "requester": wanted.requester,
        "seconds": round(seconds),
        "hourly_eur": f"{max(hourly, floor_eur):.2f}",
        "about": known.public_id if known else None,
    }
    batch = {
        "reward": money.dollars(reward or 0),
        "keywords": wanted.keywords,
        "duration_seconds": wanted.duration_seconds,
        "created_ms": now,
    }
    return facts, batch


def _floor_eur(connection: Connection, now: int) -> Decimal:
    return minimum_wages.known(connection, now).today.hourly
