"""Work through the JSON interface: the next microtask, drafts, returns and answers. It has no rules of its own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from workbench import assign, submit
from workbench.context import Context
from workbench.domain import Assignment, Json, Person, Role
from workbench.errors import NotSignedIn
from workbench.pacing import Decision
from workbench.web.access import Ctx, Guard, Signed, require
from workbench.web.api_shapes import Body, api_router, refusals
from workbench.web.waiting import written

router = api_router()
WORKER = require(Role.WORKER)
Worker = Annotated[Signed, Depends(WORKER)]
NOT_YOURS = refusals(s404="no such assignment, or somebody else's")


class DraftIn(Body):
    """An answer in the making. `rev` grows with each save; an older one that arrives late changes nothing."""

    answer: Json
    rev: int = Field(ge=0)


class ReturnIn(Body):
    """A microtask given back."""

    reason: str
    key: str
    words: str | None = None


class AnnotationIn(Body):
    """An answer. `key` names this write: sent again, it gives the first outcome."""

    answer: dict[str, Json]
    key: str
    active_ms: int | None = Field(default=None, ge=0, le=86_400_000)


class AssignmentOut(BaseModel):
    """A microtask for this person. `token` lets an outbox deliver its answer after sign-out."""

    id: str
    microtask: str
    type: str
    payload: dict[str, Json]
    settings: dict[str, Json]
    expires_ms: int
    token: str


class NextOut(BaseModel):
    """What to do now; `assignments` with `?ahead=n` only, oldest first."""

    assignment: AssignmentOut
    assignments: list[AssignmentOut] | None = None


class ReceiptOut(BaseModel):
    """What is told after the answer is on disk."""

    annotation: str
    assignment: str
    microtask: str
    revision: int


# --- the way of one answer --------------------------------------------------------------------------------------------


@router.post(
    "/work/next",
    tags=["work"],
    responses={
        200: {"model": NextOut},
        204: {"description": "no work for this person now"},
        **refusals(s409="a break, or the day is over; with `reason` and `until`"),
    },
)
async def next_work(ctx: Ctx, signed: Worker, ahead: Annotated[int, Query(ge=1, le=assign.MOST_AHEAD)] = 1) -> Response:
    """
    The person's open assignment, else the next microtask that fits. A repeat is safe.

    409 with `reason` and `until` during a break or after the day. Who may: worker.
    """
    found = await written(lambda: assign.next_soon(ctx, signed.person, ahead=ahead))
    if not found or isinstance(found, Decision):
        found = await run_in_threadpool(assign.found_next, ctx, signed.person, found, ahead=ahead)
    if not found:
        return Response(status_code=204)
    body = {"assignment": assignment_json(ctx, found[0])}
    if ahead > 1:
        body["assignments"] = [assignment_json(ctx, each) for each in found]  # type: ignore[assignment]
    return JSONResponse(body)


@router.get("/work/assignments/{assignment_id}", tags=["work"], responses=NOT_YOURS)
def one_assignment(ctx: Ctx, signed: Worker, assignment_id: str) -> JSONResponse:
    """
    One assignment of this person, with its draft.

    Who may: worker.
    """
    assignment = assign.shown_assignment(ctx, signed.person, assignment_id)
    draft = submit.load_draft(ctx, signed.person, assignment_id)
    kept = {"answer": draft[0], "rev": draft[1]} if draft else None
    return JSONResponse({"assignment": assignment_json(ctx, assignment), "draft": kept})


@router.put("/work/assignments/{assignment_id}/draft", tags=["work"], responses=NOT_YOURS)
def put_draft(ctx: Ctx, signed: Worker, assignment_id: str, body: DraftIn) -> JSONResponse:
    """
    Keep an answer in the making.

    Who may: worker.
    """
    return JSONResponse({"rev": submit.save_draft(ctx, signed.person, assignment_id, body.answer, body.rev)})


@router.post(
    "/work/assignments/{assignment_id}/return",
    status_code=201,
    tags=["work"],
    responses={200: {"description": "this key was here before"}, **NOT_YOURS, **refusals(s409="answered already")},
)
def give_back(ctx: Ctx, signed: Worker, assignment_id: str, body: ReturnIn) -> JSONResponse:
    """
    Give a microtask back without an answer; it is not offered to this person again, except after "later".

    Who may: worker.
    """
    answer, created = submit.give_back(ctx, signed.person, assignment_id, reason=body.reason, key=body.key, words=body.words)
    return JSONResponse(answer, status_code=201 if created else 200)


async def _who_answers(request: Request) -> Signed | None:
    """Somebody signed in, or None: the holder of the assignment's own token (the browser's outbox)."""
    token = request.headers.get("x-assignment-token")
    if token is None:
        return await WORKER(request)
    submit.check_token(request.app.state.ctx, request.path_params["assignment_id"], token)
    return None


@router.post(
    "/work/assignments/{assignment_id}/annotation",
    status_code=201,
    tags=["work"],
    responses={
        200: {"model": ReceiptOut, "description": "this key was here before: the first outcome"},
        201: {"model": ReceiptOut, "description": "on disk"},
        **NOT_YOURS,
        **refusals(s409="a newer revision after the question was settled"),
    },
)
async def annotate(
    request: Request,
    ctx: Ctx,
    assignment_id: str,
    body: AnnotationIn,
    signed: Annotated[Signed | None, Depends(Guard(_who_answers))],
    x_assignment_token: Annotated[str | None, Header()] = None,
) -> JSONResponse:
    """
    Take an answer: 201 once it is on disk; the same key again gives 200 with the same body.

    With `X-Assignment-Token` (the browser's outbox) nobody needs to be signed in: the token stands for the one person
    who holds the assignment. Who may: worker.
    """
    person = signed.person if signed else await run_in_threadpool(_outbox_person, ctx, assignment_id, x_assignment_token)
    how: dict[str, Any] = {"key": body.key, "via": "api" if signed else "offline", "active_ms": body.active_ms}
    found = await written(lambda: submit.submit_soon(ctx, person, assignment_id, body.answer, **how))
    receipt = await run_in_threadpool(submit.taken, ctx, found) if found.dropped else found.receipt
    wake = getattr(request.app.state, "settling", None)
    if wake is not None:
        wake.wake()
    return JSONResponse(receipt.body, status_code=201 if receipt.created else 200)


def _outbox_person(ctx: Context, assignment_id: str, token: str | None) -> Person:
    if token is None:
        raise NotSignedIn("Please sign in first.")
    return submit.person_of_token(ctx, assignment_id, token)


def assignment_json(ctx: Context, assignment: Assignment) -> dict[str, Json]:
    """An assignment as programs see it."""
    return {
        "id": assignment.public_id,
        "microtask": assignment.microtask.public_id,
        "type": assignment.task_type,
        "payload": assignment.microtask.payload,
        "settings": _shown(assignment.settings),
        "expires_ms": assignment.expires_ms,
        "token": submit.outbox_token(ctx, assignment),
    }


def _shown(settings: Any) -> dict[str, Json]:
    # A worker's program gets what it needs to ask the question, not how checks are scheduled.
    return {name: value for name, value in settings.items() if name not in ("adaptive", "gold", "overlap")}
