"""A worker's day on pages: the start page with one big button, breaks, and behind "more" the worker's own words.

Every page works as a plain form; nothing counts down and nothing happens by itself.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from task_types import registry
from workbench import coaching, day, planning, submit, timetable
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Conflict, WorkbenchError
from workbench.pacing import STOPPED, Decision
from workbench.store import blocks, own_words, requests
from workbench.store.requests import Request as Asked
from workbench.web import more, pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form

router = APIRouter(include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
WISHES = ("sound", "picture", "text", "video", "people", "computer", "camera", "numbers")


@dataclass(frozen=True)
class Standing:
    """How a worker's day stands: what holds, what may be undone, what the coach answered."""

    decision: Decision
    may_undo: bool
    stopped: bool
    running: bool
    news: list[Asked]
    block_id: int | None = None


def standing(connection: Connection, person: Person, now: int) -> Standing:
    """For the start page and the break page."""
    latest = blocks.latest(connection, person.id)
    decision = planning.holds_now(connection, person.id, latest, now)
    return Standing(
        decision,
        day.may_undo(latest, now),
        # Once the plan's own day is over (it says when the next begins) there is nothing to go on with.
        decision.kind == "over" and decision.until_ms is None and latest is not None and latest.reason == STOPPED,
        latest is not None and latest.ended_ms is None and decision.works and not decision.starts,
        news(connection, person, now),
        latest.id if latest else None,
    )


def news(connection: Connection, person: Person, now: int, *, since_ms: int = 0) -> list[Asked]:
    """What the coach answered today, and since then, and this person did not see yet."""
    today = planning.midnight(planning.zone_of(connection, now), now)
    asked = requests.of_person(connection, person.id, since_ms=today)
    told = [each for each in asked if each.answer in requests.ANSWERS and each.seen_ms is None]
    return [each for each in told if (each.answered_ms or 0) >= since_ms]


# --- the start page and the break ------------------------------------------------------------------------------------


@router.get("/work")
def home(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    One big button: start, or what comes now.

    Who may: worker.
    """
    found = ctx.db.read(lambda connection: standing(connection, signed.person, ctx.now()))
    return pages.render(request, "worker/home.html", signed, day=found, now=found.decision)


@router.post("/work/break")
def take_break(ctx: Ctx, signed: Worker) -> Response:
    """
    A break now.

    Who may: worker.
    """
    day.take_break(ctx, signed.person)
    return pages.see_other("/work/next")


@router.post("/work/break/longer")
def longer_break(ctx: Ctx, signed: Worker) -> Response:
    """
    The break lasts longer.

    Who may: worker.
    """
    day.longer_break(ctx, signed.person)
    return pages.see_other("/work/next?longer=1")


@router.post("/work/go-on")
def go_on(ctx: Ctx, signed: Worker) -> Response:
    """
    Not a break after all, or not the end of the day.

    Who may: worker.
    """
    day.go_on(ctx, signed.person)
    return pages.see_other("/work/next")


@router.post("/work/here")
def here(ctx: Ctx, signed: Worker) -> Response:
    """
    I am at the training, the practice or the talk that is planned now.

    Who may: worker.
    """
    now = ctx.now()

    def begin(connection: Connection) -> None:
        latest = blocks.latest(connection, signed.person.id, lock=True)
        decision = planning.holds_now(connection, signed.person.id, latest, now)
        if not decision.works:
            planning.turn(connection, signed.person.id, latest, decision, now)

    ctx.db.write(begin)
    return pages.see_other("/work")


# --- more ------------------------------------------------------------------------------------------------------------


@router.get("/work/more")
def more_page(request: Request, signed: Worker) -> Response:
    """
    Everything else, in three groups.

    Who may: worker.
    """
    return pages.render(request, "worker/more.html", signed, groups=more.links(request.app))


@router.get("/work/more/day")
def my_day(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    My block, my day so far, what is planned today and later, and what was agreed about today.

    Who may: worker.
    """
    now = ctx.now()

    def read(connection: Connection) -> dict[str, Any]:
        plan = planning.day_of(connection, signed.person.id, now)
        return {
            "day": standing(connection, signed.person, now),
            "so_far": day.so_far(connection, signed.person, now),
            "plan": [] if plan.free else plan.plan,
            "free": plan.free,
            **planning.told(connection, signed.person.id, now),
        }

    found = ctx.db.read(read)
    clock_text = timetable.clock_text
    return pages.render(request, "worker/day.html", signed, now=found["day"].decision, clock_text=clock_text, **found)


@router.get("/work/more/work")
def other_work(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    Other work, now.

    Who may: worker.
    """
    return _other_work(request, ctx, signed)


@router.post("/work/more/work")
def choose_work(request: Request, ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    This work first, from now on.

    Who may: worker.
    """
    try:
        day.choose(ctx, signed.person, form.text("step") or None)
    except WorkbenchError as error:
        return _other_work(request, ctx, signed, error=error)
    return pages.see_other("/work/next")


def _other_work(request: Request, ctx: Context, signed: Signed, error: WorkbenchError | None = None) -> Response:
    offers = ctx.db.read(lambda connection: day.offers(connection, signed.person, ctx.now()))
    titles = {each.task_type: registry.get(each.task_type).title for each in offers}
    status = 422 if error else 200
    return pages.render(request, "worker/other_work.html", signed, status=status, offers=offers, titles=titles, error=error)


# --- the coach -------------------------------------------------------------------------------------------------------


@router.get("/work/more/coach")
def ask_page(request: Request, ctx: Ctx, signed: Worker, sent: bool = False) -> Response:
    """
    Ask the coach, and what was asked today.

    Who may: worker.
    """
    return _ask_page(request, ctx, signed, sent=sent)


@router.post("/work/more/coach")
def ask(request: Request, ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    One press asks.

    Who may: worker.
    """
    try:
        day.ask(ctx, signed.person, form.text("kind"), key=form.text("key"), words=form.text("words") or None)
    except WorkbenchError as error:
        return _ask_page(request, ctx, signed, error=error)
    return pages.see_other("/work/more/coach?sent=1")


@router.post("/work/more/coach/{request_id}/take-back")
def take_back(ctx: Ctx, signed: Worker, request_id: str) -> Response:
    """
    It is no longer needed.

    Who may: worker.
    """
    with suppress(Conflict):  # answered meanwhile: the page shows the answer
        ctx.db.write(lambda connection: requests.take_back(connection, signed.person.id, request_id, now=ctx.now()))
    return pages.see_other("/work/more/coach")


def _ask_page(
    request: Request, ctx: Context, signed: Signed, error: WorkbenchError | None = None, *, sent: bool = False
) -> Response:
    now = ctx.now()

    def write(connection: Connection) -> list[Asked]:
        today = planning.midnight(planning.zone_of(connection, now), now)
        found = requests.of_person(connection, signed.person.id, since_ms=today)
        if any(each.answered_ms and not each.seen_ms for each in found):
            requests.mark_seen(connection, signed.person.id, now=now)
        return found

    asked = ctx.db.write(write)
    status = 422 if error else 200
    data: dict[str, Any] = {"kinds_of_request": requests.KINDS, "key": str(uuid.uuid4()), "error": error}
    data |= {"sent": sent, "long_ago": now - coaching.UNHEARD_MS, "needs_somebody": requests.NEEDS_SOMEBODY}
    return pages.render(request, "worker/coach.html", signed, status=status, asked=asked, **data)


# --- check-in --------------------------------------------------------------------------------------------------------


@router.get("/work/more/check-in")
def check_in_page(request: Request, ctx: Ctx, signed: Worker, thanks: bool = False) -> Response:
    """
    Three questions about the work, each with three pictures; none has to be answered.

    Who may: worker.
    """
    mine = ctx.db.read(lambda connection: own_words.check_ins(connection, signed.person.id, limit=10))
    data: dict[str, Any] = {"questions": own_words.QUESTIONS, "key": str(uuid.uuid4()), "thanks": thanks}
    return pages.render(request, "worker/check_in.html", signed, mine=mine, **data)


@router.post("/work/more/check-in")
def check_in(ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    Keep it. Without any answer nothing is kept.

    Who may: worker.
    """
    given = {name: form.text(name) or None for name in own_words.QUESTIONS}
    if not any(given.values()):
        return pages.see_other("/work")
    now = ctx.now()

    def keep(connection: Connection) -> None:
        latest = blocks.latest(connection, signed.person.id)
        own_words.add_check_in(
            connection,
            signed.person.id,
            pace=given["pace"],
            difficulty=given["difficulty"],
            work_kind=given["work_kind"],
            shared=form.flag("shared"),
            block_id=latest.id if latest else None,
            key=form.text("key") or str(uuid.uuid4()),
            now=now,
        )

    ctx.db.write(keep)
    return pages.see_other("/work/more/check-in?thanks=1")


@router.post("/work/more/check-in/{check_in_id}/share")
def share(ctx: Ctx, signed: Worker, form: Form, check_in_id: str) -> Response:
    """
    The coach may see this one, or no longer.

    Who may: worker.
    """
    shared = form.flag("shared")
    ctx.db.write(lambda connection: own_words.share(connection, signed.person.id, check_in_id, shared))
    return pages.see_other("/work/more/check-in")


# --- wishes ----------------------------------------------------------------------------------------------------------


@router.get("/work/more/wish")
def wish_page(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    What I would like to learn: in words or with symbols.

    Who may: worker.
    """
    return _wish_page(request, ctx, signed)


@router.post("/work/more/wish")
def wish(request: Request, ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    Keep a wish.

    Who may: worker.
    """
    chosen = [name for name in form.all("symbol") if name in WISHES]
    words = form.text("words")
    kind = "text" if words else "symbols"

    def keep(connection: Connection) -> None:
        own_words.add_wish(connection, signed.person.id, words=words, symbols=chosen, form=kind, now=ctx.now())

    try:
        ctx.db.write(keep)
    except WorkbenchError as error:
        return _wish_page(request, ctx, signed, error=error)
    return pages.see_other("/work/more/wish")


@router.post("/work/more/wish/{wish_id}/withdraw")
def withdraw(ctx: Ctx, signed: Worker, wish_id: str) -> Response:
    """
    Not any more.

    Who may: worker.
    """
    ctx.db.write(lambda connection: own_words.withdraw(connection, signed.person.id, wish_id, now=ctx.now()))
    return pages.see_other("/work/more/wish")


def _wish_page(request: Request, ctx: Context, signed: Signed, error: WorkbenchError | None = None) -> Response:
    mine = ctx.db.read(lambda connection: own_words.wishes(connection, signed.person.id))
    status = 422 if error else 200
    return pages.render(request, "worker/wish.html", signed, status=status, wishes=mine, wish_symbols=WISHES, error=error)


def not_now(request: Request, ctx: Context, signed: Signed, **said: bool) -> Response:
    """The page of a break, another block, or the end of the day. said: `thanks`, `longer`, `again`, as in the address."""
    found = ctx.db.read(lambda connection: standing(connection, signed.person, ctx.now()))
    before = submit.changeable(ctx, signed.person) if said.get("thanks") else None
    return pages.render(request, "worker/break.html", signed, now=found.decision, day=found, online=True, before=before, **said)
