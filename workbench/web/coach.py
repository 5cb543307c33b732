"""The coach's pages of the day: the board, requests and their answers, feedback to pass on, who stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.engine import Connection

from workbench import coaching
from workbench.context import Context
from workbench.domain import DAY_MS, Person, Role
from workbench.errors import Conflict, Invalid, NotFound, WorkbenchError
from workbench.local_days import day_of, end_of, start_of
from workbench.store import agreements, board, certificates, coaches, lab, reports, requests, trajectories
from workbench.store import feedback as feedback_store
from workbench.store import people as people_store
from workbench.store.board import OnBoard
from workbench.store.coaches import Coached
from workbench.store.feedback import Feedback
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Fields, Form

router = APIRouter(prefix="/coach", include_in_schema=False)
Coach = Annotated[Signed, Depends(require(Role.COACH))]
MONTH_MS = 28 * DAY_MS  # a trajectory that ends so soon is worth a talk
# What fits as an answer to each kind of request, the plainest first.
ANSWERS = {
    "talk": ("coming", "later"),
    "other_work": ("yes", "talk", "later"),
    "longer_break": ("yes", "talk"),
    "stop_today": ("yes", "talk"),
}


@dataclass(frozen=True)
class Batch:
    """Feedback about one person that is decided about at once."""

    person: str
    person_public_id: str
    batch: str
    project: str
    pieces: Sequence[Feedback]

    @property
    def state(self) -> str:
        """waiting, held or discuss."""
        return self.pieces[0].state

    @property
    def words(self) -> str:
        """All of it, to begin rewriting from."""
        return "\n".join(piece.words for piece in self.pieces)


# --- the board -------------------------------------------------------------------------------------------------------


@router.get("")
def today(request: Request, ctx: Ctx, signed: Coach, taken: bool = False) -> Response:
    """
    The board of today: who is here, in which block, and who asked for me. No ranking, no scores, no cause for anything.

    Who may: coach.
    """
    message = pages.words(request, signed, "Somebody answered this already.") if taken else None
    return pages.render(request, "guide/coach.html", signed, message=message, **_board(ctx, signed.person))


@router.get("/board")
def board_part(request: Request, ctx: Ctx, signed: Coach) -> Response:
    """
    The board alone, as {"html"}, for the page to put in place when something changed.

    Who may: coach.
    """
    part = pages.render(request, "guide/board.html", signed, **_board(ctx, signed.person))
    return JSONResponse({"html": bytes(part.body).decode()})


@router.post("/requests/{request_id}")
def answer_request(ctx: Ctx, signed: Coach, form: Form, request_id: str) -> Response:
    """
    Answer what somebody asked, on the board itself.

    Who may: coach.
    """

    def answer(connection: Connection) -> None:
        asked = requests.by_public_id(connection, request_id)
        if not coaching.may_guide(connection, signed.person, asked.person_id, now=ctx.now()):
            raise NotFound("There is no such request here.")
        words = form.text("words") or None
        requests.answer(connection, request_id, form.text("answer"), by=signed.person.id, words=words, now=ctx.now())

    try:
        ctx.db.write(answer)
    except Conflict:
        return pages.see_other("/coach?taken=1")
    return pages.see_other("/coach")


@router.post("/people/{person_id}/take-on")
def take_on(ctx: Ctx, signed: Coach, person_id: str) -> Response:
    """
    Become the coach of somebody whom nobody coaches.

    Who may: coach.
    """
    coaching.take_on(ctx, signed.person, person_id)
    return pages.see_other("/coach")


@router.post("/people/{person_id}/step-in")
def step_in(ctx: Ctx, signed: Coach, person_id: str) -> Response:
    """
    Stand in today for a coach who does not answer.

    Who may: coach.
    """
    try:
        coaching.step_in(ctx, signed.person, person_id)
    except NotFound:
        return pages.see_other("/coach?taken=1")
    return pages.see_other("/coach")


def _board(ctx: Context, coach: Person) -> dict[str, Any]:
    now = ctx.now()

    def read(connection: Connection) -> dict[str, Any]:
        zone = lab.time_zone(connection, now)
        helped = coaches.stands_in_for(connection, coach.id, now=now)
        people = board.board(connection, {coach.id, *helped}, today_ms=start_of(day_of(now, zone), zone))
        mine = coaching.people_of(connection, coach, now=now)
        alone = coaches.without_coach(connection)
        return {
            "people": people,
            "today": day_of(now, zone),
            "asking": _asking(people),
            "away": [each for each in coaches.stand_ins(connection, now=now, coach_id=coach.id) if each.from_ms <= now],
            "unheard": coaching.unheard_by_others(connection, coach, now=now),
            "alone": alone,
            "alone_asking": _asking_alone(connection, alone),
            "feedback_waits": len(batches(feedback_store.not_done(connection, mine))),
            "certificates": sum(each.person_id in mine for each, _name in certificates.asked(connection)),
            "reports_read": reports.count(connection, mine, "read"),
            "proposals": agreements.waiting_for_coach(connection, mine),
            "ending": trajectories.ending(
                connection, mine, first=day_of(now - MONTH_MS, zone), last=day_of(now + MONTH_MS, zone)
            ),
        }

    return {**ctx.db.read(read), "answers": ANSWERS, "me": coach.id}


def _asking(people: Sequence[OnBoard]) -> list[tuple[OnBoard, board.Asked]]:
    """Who asked for the coach, longest first."""
    found = [(person, asked) for person in people for asked in person.asked]
    return sorted(found, key=lambda each: (each[1].asked_ms, each[1].public_id))


def _asking_alone(connection: Connection, alone: Sequence[Coached]) -> set[str]:
    """Whom nobody coaches and who asked for something: that must not be lost; what they asked is for their coach."""
    return {each.person_public_id for each in requests.waiting(connection, [one.id for one in alone])} if alone else set()


# --- feedback --------------------------------------------------------------------------------------------------------


@router.get("/feedback")
def feedback(request: Request, ctx: Ctx, signed: Coach) -> Response:
    """
    Words about people's answers that wait: nobody else has read them.

    Who may: coach.
    """
    return _feedback_page(request, ctx, signed)


@router.post("/people/{person_id}/feedback")
def moderate(request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str) -> Response:
    """
    Pass a batch on in my own words, hold it, discuss it first, or close it.

    Who may: coach.
    """
    person = coaching.person_for(ctx, signed.person, person_id)
    try:
        coaching.moderate(ctx, signed.person, person, form.text("batch"), form.text("decision"), form.text("words"))
    except Invalid as error:
        return _feedback_page(request, ctx, signed, error=error, typed=form)
    return pages.see_other("/coach/feedback")


def batches(pieces: Sequence[Feedback]) -> list[Batch]:
    """Feedback by person and batch, in the order in which it is read."""
    found: dict[tuple[str, str], list[Feedback]] = {}
    for piece in pieces:
        found.setdefault((piece.person_public_id, piece.batch), []).append(piece)
    return [Batch(many[0].person, who, batch, many[0].project, many) for (who, batch), many in found.items()]


def _feedback_page(
    request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None, typed: Fields | None = None
) -> Response:
    def read(connection: Connection) -> list[Batch]:
        return batches(feedback_store.not_done(connection, coaching.people_of(connection, signed.person, now=ctx.now())))

    found = ctx.db.read(read)
    batch = typed.text("batch") if typed else None
    status = error.status if error else 200
    return pages.render(request, "guide/feedback.html", signed, status=status, batches=found, error=error, error_batch=batch)


# --- who stands in ---------------------------------------------------------------------------------------------------


@router.get("/stand-in")
def stand_in_page(request: Request, ctx: Ctx, signed: Coach) -> Response:
    """
    Who has my people while I am away.

    Who may: coach.
    """
    return _stand_in_page(request, ctx, signed)


@router.post("/stand-in")
def add_stand_in(request: Request, ctx: Ctx, signed: Coach, form: Form) -> Response:
    """
    Somebody stands in for me, from and until a day.

    Who may: coach.
    """
    try:
        plan_stand_in(ctx, signed.person, form, by=signed.person)
    except WorkbenchError as error:
        return _stand_in_page(request, ctx, signed, error=error, typed=form)
    return pages.see_other("/coach/stand-in")


@router.post("/stand-in/{stand_in_id}/end")
def end_stand_in(ctx: Ctx, signed: Coach, stand_in_id: str) -> Response:
    """
    I am back: nobody stands in for me any more.

    Who may: coach.
    """

    def mine(connection: Connection) -> bool:
        planned = coaches.stand_ins(connection, now=ctx.now(), coach_id=signed.person.id)
        return any(each.public_id == stand_in_id and each.coach_id == signed.person.id for each in planned)

    if not ctx.db.read(mine):
        raise NotFound("There is nobody here who stands in for you.")
    coaching.end_stand_in(ctx, stand_in_id, by=signed.person)
    return pages.see_other("/coach/stand-in")


def plan_stand_in(ctx: Context, coach: Person, form: Fields, *, by: Person) -> None:
    """What the form says: `stand_in` (public id), `from` and `until` (days, both included). Raises Invalid."""
    zone = ctx.db.read(lambda connection: lab.time_zone(connection, ctx.now()))
    try:
        from_ms, until_ms = start_of(form.text("from"), zone), end_of(form.text("until"), zone)
    except ValueError as error:
        raise Invalid("Please give both days.", field="from") from error
    try:
        other = ctx.db.read(lambda connection: people_store.person_by_public_id(connection, form.text("stand_in")))
    except NotFound as error:
        raise Invalid("Please choose who stands in.", field="stand_in") from error
    coaching.stand_in(ctx, coach, other, from_ms=from_ms, until_ms=until_ms, by=by)


def _stand_in_page(
    request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None, typed: Fields | None = None
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        everybody = people_store.list_people(connection, role=Role.COACH, page_size=500)
        return {
            "coaches": [each for each in everybody if each.id != signed.person.id],
            "planned": coaches.stand_ins(connection, now=ctx.now(), coach_id=signed.person.id),
            "today": day_of(ctx.now(), lab.time_zone(connection, ctx.now())),
            "filled": {name: typed.text(name) for name in typed.data} if typed else {},
        }

    status = error.status if error else 200
    return pages.render(
        request, "guide/stand_in.html", signed, status=status, error=error, me=signed.person.id, **ctx.db.read(read)
    )
