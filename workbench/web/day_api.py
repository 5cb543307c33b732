"""The day as JSON under /api/v1, for programs and for doors without a page. It has no rules of its own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from pydantic import Field
from sqlalchemy.engine import Connection

from workbench import day, planning
from workbench.context import Context
from workbench.domain import Json, Person, Role
from workbench.store import blocks, own_words, requests
from workbench.store.own_words import CheckIn, Wish
from workbench.store.requests import Request as Asked
from workbench.web.access import Ctx, GuardFirst, Signed, require
from workbench.web.api_shapes import Body

router = APIRouter(prefix="/api/v1", tags=["day"], route_class=GuardFirst, dependencies=[Depends(HTTPBearer(auto_error=False))])
Worker = Annotated[Signed, Depends(require(Role.WORKER))]


class RequestIn(Body):
    """Something asked of the coach. `key` names this write: sent again, it gives the first outcome."""

    kind: str
    key: str = Field(min_length=8, max_length=64)
    words: str | None = None


class CheckInIn(Body):
    """A short word on the work; what is left out was skipped."""

    key: str = Field(min_length=8, max_length=64)
    pace: str | None = None
    difficulty: str | None = None
    work_kind: str | None = None
    shared: bool = False


class WishIn(Body):
    """A wish, in words or as names of symbols."""

    words: str | None = None
    symbols: list[str] = Field(default_factory=list, max_length=20)
    form: str = "text"


class ChoiceIn(Body):
    """The work to do from now on; null: whatever comes."""

    step: str | None


# --- the day ---------------------------------------------------------------------------------------------------------


@router.get("/day")
def the_day(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    What holds now, the day so far and what is planned; asking begins nothing.

    Who may: worker.
    """
    return _day(ctx, signed.person)


@router.post("/day/break")
def take_break(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    A break from now on; one that runs stays as it is.

    Who may: worker.
    """
    day.take_break(ctx, signed.person)
    return _day(ctx, signed.person)


@router.post("/day/break/longer")
def longer_break(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    The break lasts ten minutes longer, or begins.

    Who may: worker.
    """
    day.longer_break(ctx, signed.person)
    return _day(ctx, signed.person)


@router.post("/day/stop")
def stop(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    Stop for today; `go-on` takes it back. The coach is told by a request of kind `stop_today`.

    Who may: worker.
    """
    day.stop_today(ctx, signed.person)
    return _day(ctx, signed.person)


@router.post("/day/go-on")
def go_on(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    Takes back the stop, or a break that was taken a moment ago.

    Who may: worker.
    """
    day.go_on(ctx, signed.person)
    return _day(ctx, signed.person)


@router.get("/day/work")
def offers(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    The work that fits this person now, in the order in which it is offered.

    Who may: worker.
    """
    found = ctx.db.read(lambda connection: day.offers(connection, signed.person, ctx.now()))
    shown = [
        {"step": each.step, "name": each.name, "type": each.task_type, "now": each.now, "chosen": each.chosen} for each in found
    ]
    return JSONResponse({"work": shown})


@router.post("/day/work")
def choose(ctx: Ctx, signed: Worker, body: ChoiceIn) -> JSONResponse:
    """
    This work first, from now on; a question that was begun is finished first.

    Who may: worker.
    """
    day.choose(ctx, signed.person, body.step)
    return offers(ctx, signed)


def _day(ctx: Context, person: Person) -> JSONResponse:
    now = ctx.now()

    def read(connection: Connection) -> dict[str, Json]:
        latest = blocks.latest(connection, person.id)
        decision = planning.holds_now(connection, person.id, latest, now)
        plan = planning.day_of(connection, person.id, now)
        so_far = day.so_far(connection, person, now)
        return {
            "now": {"block": decision.kind, "until": decision.until_ms, "title": decision.title or None},
            "blocks": [
                {"block": each.kind, "since": each.started_ms, "until": each.ended_ms or each.planned_end_ms}
                for each in so_far.blocks
            ],
            "answered": so_far.answered,
            "plan": []
            if plan.free
            else [{"block": each.kind, "since": each.start_ms, "until": each.end_ms, "title": each.title} for each in plan.plan],
        }

    return JSONResponse(ctx.db.read(read))


# --- requests, check-ins, wishes -------------------------------------------------------------------------------------


@router.get("/requests")
def asked(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    What this person asked, newest first, with the answers.

    Who may: worker.
    """
    found = ctx.db.read(lambda connection: requests.of_person(connection, signed.person.id))
    return JSONResponse({"requests": [_request(each) for each in found]})


@router.post("/requests", status_code=201)
def ask(ctx: Ctx, signed: Worker, body: RequestIn) -> JSONResponse:
    """
    Ask the coach: talk, other_work, longer_break (it begins at once), stop_today (at once).

    Who may: worker.
    """
    found, created = day.ask(ctx, signed.person, body.kind, key=body.key, words=body.words, via="api")
    return JSONResponse(_request(found), status_code=201 if created else 200)


@router.post("/requests/{request_id}/take-back")
def take_back(ctx: Ctx, signed: Worker, request_id: str) -> JSONResponse:
    """
    It is no longer needed; 409 where somebody has answered.

    Who may: worker.
    """
    found = ctx.db.write(lambda connection: requests.take_back(connection, signed.person.id, request_id, now=ctx.now()))
    return JSONResponse(_request(found))


@router.get("/check-ins")
def check_ins(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    This person's own check-ins, newest first.

    Who may: worker.
    """
    found = ctx.db.read(lambda connection: own_words.check_ins(connection, signed.person.id))
    return JSONResponse({"check_ins": [_check_in(each) for each in found]})


@router.post("/check-ins", status_code=201)
def check_in(ctx: Ctx, signed: Worker, body: CheckInIn) -> JSONResponse:
    """
    A short word on the work; only `shared` shows it to the coach.

    Who may: worker.
    """

    def keep(connection: Connection) -> CheckIn:
        given: dict[str, Any] = body.model_dump()
        return own_words.add_check_in(connection, signed.person.id, **given, now=ctx.now())

    return JSONResponse(_check_in(ctx.db.write(keep)), status_code=201)


@router.get("/wishes")
def wishes(ctx: Ctx, signed: Worker) -> JSONResponse:
    """
    What this person would like to learn, newest first.

    Who may: worker.
    """
    found = ctx.db.read(lambda connection: own_words.wishes(connection, signed.person.id))
    return JSONResponse({"wishes": [_wish(each) for each in found]})


@router.post("/wishes", status_code=201)
def wish(ctx: Ctx, signed: Worker, body: WishIn) -> JSONResponse:
    """
    One more wish.

    Who may: worker.
    """

    def keep(connection: Connection) -> Wish:
        return own_words.add_wish(
            connection, signed.person.id, words=body.words, symbols=body.symbols, form=body.form, now=ctx.now()
        )

    return JSONResponse(_wish(ctx.db.write(keep)), status_code=201)


def _request(asked: Asked) -> dict[str, Json]:
    return {
        "id": asked.public_id,
        "kind": asked.kind,
        "words": asked.words,
        "asked_ms": asked.asked_ms,
        "answer": asked.answer,
        "answer_words": asked.answer_words,
        "answered_ms": asked.answered_ms,
        "answered_by": asked.answer_by,
    }


def _check_in(made: CheckIn) -> dict[str, Json]:
    answers = {name: getattr(made, name) for name in own_words.QUESTIONS}
    return {"id": made.public_id, **answers, "shared": made.shared, "at_ms": made.at_ms}


def _wish(made: Wish) -> dict[str, Json]:
    return {"id": made.public_id, "form": made.form, "words": made.words, "symbols": list(made.symbols), "at_ms": made.at_ms}
