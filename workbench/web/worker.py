"""A worker's pages: one big button, one question at a time, thank you, a break.

Every page works as a plain form. The scripts (static/task.js, static/outbox.js) add drafts, and answers that wait on
the computer while the network is away.
"""

from __future__ import annotations

import re
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from accessibility import widgets
from accessibility.preferences import preferences
from task_types.protocol import Need
from workbench import assign, listening, pacing, recordings, submit
from workbench.context import Context
from workbench.domain import MINUTE_MS, Assignment, Block, Json, Role
from workbench.errors import AnswerRefused, Conflict, NotNow
from workbench.pacing import Decision
from workbench.store import answers, blocks, instructions, offering
from workbench.store.requests import Request as Asked
from workbench.web import day, first, pages, posted
from workbench.web.access import Ctx, Guard, GuardFirst, Signed, require, visitor
from workbench.web.forms import Form
from workbench.web.security import CAMERA_POLICY, content_security_policy, framed

router = APIRouter(include_in_schema=False, route_class=GuardFirst)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]

SERVICE_WORKER = Path(__file__).parents[1] / "static" / "sw.js"
NEWS_MS = 30 * MINUTE_MS  # so long an answer of the coach stands beside the work; later on the start page only
AHEAD = 3  # questions a browser keeps, to go on with while the network is away
# Why somebody may give a question back, and for which needs that is a reason at all.
REASONS: Mapping[str, frozenset[Need]] = {
    "cannot_hear": frozenset({Need.HEARING}),
    "no_speech": frozenset({Need.HEARING}),
    "cannot_see": frozenset({Need.SIGHT}),
    "other_language": frozenset({Need.HEARING, Need.READING}),
    "unclear": frozenset(),
    "not_for_me": frozenset(),
    "later": frozenset(),
}


class DraftIn(BaseModel):
    """An answer in the making, from a page."""

    model_config = ConfigDict(extra="forbid")

    answer: Json
    rev: int = Field(ge=0)


class FieldsIn(BaseModel):
    """The fields of a page's form, kept in the browser for a while."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, str | list[str]]
    key: str
    active_ms: int | None = Field(default=None, ge=0, le=86_400_000)


@dataclass(frozen=True)
class Trouble:
    """What was wrong with what was sent, and what was filled in. `errors`: field → sentence."""

    message: str
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)


@router.get("/work/next")
def next_question(
    request: Request, ctx: Ctx, signed: Worker, thanks: bool = False, longer: bool = False, again: bool = False
) -> Response:
    """
    The way to the next question, or to a break, or to "nothing left". Asking twice gives the same question.

    `longer`: the break was stretched; `again`: somebody wanted to go on. The break's page then says until when it lasts.

    Who may: worker.
    """
    try:
        found = assign.next_assignments(ctx, signed.person)
    except NotNow:
        return day.not_now(request, ctx, signed, thanks=thanks, longer=longer, again=again)
    if not found:
        return pages.render(request, "worker/nothing.html", signed, **_thanks(ctx, signed, thanks))
    return pages.see_other(f"/work/{found[0].public_id}{'?thanks=1' if thanks else ''}")


@router.get("/work/ahead")
def ahead(ctx: Ctx, signed: Worker) -> Response:
    """
    The questions to keep in this browser for when the network goes away, and how long the block still lasts (`left_ms`).

    It goes on with work that was begun, and begins none itself. Who may: worker.
    """
    held = ctx.db.read(lambda connection: offering.open_assignments(connection, signed.person.id))
    left_ms = _left_ms(ctx, signed)
    found = []
    if held and left_ms != 0:
        with suppress(NotNow):
            found = assign.next_assignments(ctx, signed.person, ahead=AHEAD)
    return JSONResponse({"pages": [f"/work/{each.public_id}" for each in found], "left_ms": left_ms})


@router.get("/work/break")
def break_page(request: Request, signed: Worker) -> Response:
    """
    What the browser shows when the network is away and the block is over.

    Who may: worker.
    """
    away, said = Decision("break", None), dict.fromkeys(("thanks", "longer", "again"), False)
    return pages.render(request, "worker/break.html", signed, now=away, day=None, online=False, **said)


@router.get("/work/offline")
def offline(request: Request, signed: Worker) -> Response:
    """
    What the browser shows when the network is away and no question is kept.

    Who may: worker.
    """
    return pages.render(request, "worker/offline.html", signed)


@router.get("/work/sw.js", dependencies=[Depends(visitor)])
def service_worker() -> Response:
    """
    The script that keeps questions for when the network is away. It works under the policy it is served with.

    Who may: everybody.
    """
    headers = {
        "content-security-policy": "default-src 'none'; connect-src 'self'",
        "service-worker-allowed": "/work",
        "cache-control": "no-cache",
    }
    return FileResponse(SERVICE_WORKER, media_type="text/javascript", headers=headers)


@router.get("/work/{assignment_id}")
def question(
    request: Request, ctx: Ctx, signed: Worker, assignment_id: str, thanks: bool = False, change: bool = False
) -> Response:
    """
    One question. An expired one still takes its answer.

    Who may: worker.
    """
    try:
        assignment = assign.shown_assignment(ctx, signed.person, assignment_id)
    except NotNow:
        return pages.see_other("/work/next")
    if assignment.status == "returned" or (assignment.status == "submitted" and not change):
        settled = assignment.microtask.is_closed
        return pages.render(
            request, "worker/answered.html", signed, assignment=assignment, may_change=_answered(assignment) and not settled
        )
    if not _has_page(assignment, signed):
        return _without_page(request, ctx, signed, assignment)
    return _question_page(request, ctx, signed, assignment, thanks=thanks)


@router.post("/work/{assignment_id}")
def answer(request: Request, ctx: Ctx, signed: Worker, assignment_id: str, form: Form) -> Response:
    """
    Take the answer of a plain form; the next question follows.

    Who may: worker.
    """
    assignment = assign.open_assignment(ctx, signed.person, assignment_id)
    try:
        given = posted.parsed(assignment, form, signed.person.locale)
        submit.submit(
            ctx, signed.person, assignment_id, given, key=form.text("key"), via="page", active_ms=posted.active_ms(form)
        )
    except AnswerRefused as refused:
        trouble = Trouble(refused.message, {refused.field: refused.message} if refused.field else {}, posted.raw(form))
        return _question_page(request, ctx, signed, assignment, trouble=trouble)
    except Conflict:
        return pages.render(request, "worker/answered.html", signed, assignment=assignment, may_change=False)
    _wake(request)
    if assignment.microtask.status == "learning":
        return pages.see_other(f"/work/{assignment.public_id}/explained")
    return pages.see_other("/work/next?thanks=1")


@router.post("/work/{assignment_id}/return")
def give_back(ctx: Ctx, signed: Worker, assignment_id: str, form: Form) -> Response:
    """
    Give a question back, with one press.

    Who may: worker.
    """
    submit.give_back(ctx, signed.person, assignment_id, reason=form.text("reason"), key=form.text("return_key"))
    recordings.drop_of(ctx, signed.person, assignment_id)
    return pages.see_other("/work/next")


async def _holder(request: Request) -> None:
    """Lets in who has the assignment's own token."""
    token = request.headers.get("x-assignment-token", "")
    submit.check_token(request.app.state.ctx, request.path_params["assignment_id"], token)


@router.post("/work/{assignment_id}/fields", status_code=201, dependencies=[Depends(visitor), Depends(Guard(_holder))])
def take_fields(
    request: Request, ctx: Ctx, assignment_id: str, body: FieldsIn, x_assignment_token: Annotated[str, Header()] = ""
) -> Response:
    """
    The outbox's way for widgets whose fields the server reads. The assignment's own token says whose answer it is.

    Who may: everybody.
    """
    person = submit.person_of_token(ctx, assignment_id, x_assignment_token)
    assignment = assign.open_assignment(ctx, person, assignment_id)
    given = posted.read(assignment, body.fields, person.locale)
    receipt = submit.submit(ctx, person, assignment_id, given, key=body.key, via="offline", active_ms=body.active_ms)
    _wake(request)
    return JSONResponse(receipt.body, status_code=201 if receipt.created else 200)


@router.post("/work/{assignment_id}/recording", status_code=201)
async def take_recording(
    request: Request, ctx: Ctx, signed: Worker, assignment_id: str, x_key: Annotated[str, Header()] = ""
) -> Response:
    """
    Keep what this person recorded and agreed to send, for this question; the same `X-Key` again is the same recording.

    Who may: worker.
    """
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as body:
        async for chunk in request.stream():
            body.write(chunk)
        body.seek(0)
        kept = await to_thread.run_sync(
            lambda: recordings.keep(ctx, signed.person, assignment_id, cast(BinaryIO, body), key=x_key)
        )
    return JSONResponse(kept, status_code=201)


@router.put("/work/{assignment_id}/draft")
def keep_draft(ctx: Ctx, signed: Worker, assignment_id: str, draft: DraftIn) -> Response:
    """
    Keep an answer in the making.

    Who may: worker.
    """
    return JSONResponse({"rev": submit.save_draft(ctx, signed.person, assignment_id, draft.answer, draft.rev)})


# --- the question's page ---------------------------------------------------------------------------------------------


def _question_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    assignment: Assignment,
    *,
    thanks: bool = False,
    trouble: Trouble | None = None,
) -> Response:
    task_type, case = submit.case_of(assignment, signed.person.locale)
    widget = task_type.widget(case)
    needs = task_type.needs(case.settings, case.payload)
    draft, rev = _draft(ctx, signed, assignment)
    page = pages.render(
        request,
        "worker/question.html",
        signed,
        status=422 if trouble else 200,
        assignment=assignment,
        question=task_type.question(case),
        first=first.of(ctx, task_type.name, case),
        widget=widgets.find(widget.name),
        data=_divided(ctx, signed, widget.data),
        draft=posted.typed_again(trouble.typed) if trouble else draft,
        rev=rev,
        typed=trouble.typed if trouble else {},
        errors=trouble.errors if trouble else {},
        message=trouble.message if trouble else None,
        media_url=media_url,
        key=str(uuid.uuid4()),
        return_key=str(uuid.uuid4()),
        token=submit.outbox_token(ctx, assignment),
        reasons=[reason for reason, only in REASONS.items() if not only or only & needs],
        **_thanks(ctx, signed, thanks),
        **_time(ctx, signed),
        answered=ctx.db.read(lambda connection: instructions.answered(connection, assignment.microtask.step_id)),
    )
    if widget.data.get("record") == "video":
        page.headers["permissions-policy"] = CAMERA_POLICY  # on this page only
    if widget.data.get("site"):
        # Somebody else's server, in a frame on this page only.
        frames = framed(ctx.settings.pages_url, _server(widget.data["site"]))
        page.headers["content-security-policy"] = content_security_policy(request.state.nonce, frames)
    return page


def _divided(ctx: Context, signed: Signed, data: Mapping[str, Json]) -> dict[str, Json]:
    """Sound in parts of the length that this person hears best."""
    return listening.divided(data, ctx.db.read(lambda connection: listening.length_for(connection, signed.person)))


def _server(site: str) -> str | None:
    """The address of another server; its name is in a header, so only what a name may hold."""
    return f"https://{site}" if re.fullmatch(r"[a-z0-9.-]+(:[0-9]{1,5})?", site) else None


def _has_page(assignment: Assignment, signed: Signed) -> bool:
    task_type, case = submit.case_of(assignment, signed.person.locale)
    return task_type.widget(case).name in widgets.names()


def _without_page(request: Request, ctx: Context, signed: Signed, assignment: Assignment) -> Response:
    """Nobody can do anything about a question that no page can ask: it goes back, and the next one follows."""
    if assignment.status != "submitted":
        key = f"no-page-{assignment.public_id}"
        submit.give_back(ctx, signed.person, assignment.public_id, reason="not_for_me", key=key, words="no page asks this yet")
    return pages.render(request, "worker/no_page.html", signed)


def media_url(media: str, variant: str, **parameters: float | None) -> str:
    """The address of a file in a form that a browser shows."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"/media/{media}/{variant}" + (f"?{urlencode(given)}" if given else "")


def _draft(ctx: Context, signed: Signed, assignment: Assignment) -> tuple[Json, int]:
    if _answered(assignment):
        before = ctx.db.read(lambda connection: answers.submitted(connection, assignment.id))
        last = before[-1].annotation if before else None
        return (None if last is None or last.dont_know else last.answer), 0
    kept = submit.load_draft(ctx, signed.person, assignment.public_id)
    return kept if kept and isinstance(kept[0], Mapping) else (None, 0)


def _answered(assignment: Assignment) -> bool:
    return assignment.status == "submitted"


def _thanks(ctx: Context, signed: Signed, thanks: bool) -> dict[str, Any]:
    """The thank-you, with the way back to what was just answered."""
    return {"thanks": thanks, "before": submit.changeable(ctx, signed.person) if thanks else None}


def _time(ctx: Context, signed: Signed) -> dict[str, Any]:
    """
    What the coach answered; the soft sign before a break, now or in `soon_ms`; and how long it is until the break, for who
    chose to see that.
    """

    def read(connection: Connection) -> tuple[Block | None, list[Asked]]:
        fresh = day.news(connection, signed.person, ctx.now(), since_ms=ctx.now() - NEWS_MS)
        return blocks.latest(connection, signed.person.id), fresh

    latest, news = ctx.db.read(read)
    left_ms, soon = pacing.left_ms(latest, ctx.now()), pacing.almost_over(latest, ctx.now())
    shown = left_ms is not None and preferences(signed.person.preferences).time_left
    return {
        "news": news,
        "break_soon": soon,
        "soon_ms": None if soon or left_ms is None else left_ms - pacing.ALMOST_MS,
        "left_ms": left_ms if shown else None,
        "break_ms": latest.planned_end_ms if latest and shown else None,
    }


def _left_ms(ctx: Context, signed: Signed) -> int | None:
    """How long the block still lasts; None where no block with an end is running."""
    return pacing.left_ms(ctx.db.read(lambda connection: blocks.latest(connection, signed.person.id)), ctx.now())


def _wake(request: Request) -> None:
    settling = getattr(request.app.state, "settling", None)
    if settling is not None:
        settling.wake()
