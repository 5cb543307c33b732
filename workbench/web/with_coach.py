"""A worker's pages with their coach: what the coach sees, what they agreed, what fits, feedback, their own pace."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import agreements, drift_watch, fitting
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Invalid, WorkbenchError
from workbench.person_view import view_of
from workbench.store import agreements as store
from workbench.store import drift_signs
from workbench.store import feedback as feedback_store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.coach_person import answer, titles
from workbench.web.forms import Form
from workbench.web.pace_chart import chart

router = APIRouter(prefix="/work/more", include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]


@router.get("/coach-sees")
def coach_sees(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    Exactly what my coach sees of me, and who looked.

    Who may: worker.
    """
    view = ctx.db.read(lambda connection: view_of(connection, signed.person.id, now=ctx.now()))
    charts = [chart(each) for each in view.pace if each.days]
    return pages.render(request, "worker/coach_sees.html", signed, view=view, charts=charts, titles=titles(signed.person.locale))


@router.get("/feedback")
def feedback(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    What my coach passed on about my work.

    Who may: worker.
    """
    found = ctx.db.read(lambda connection: feedback_store.passed_to(connection, signed.person.id))
    ctx.db.write(lambda connection: feedback_store.mark_read(connection, signed.person.id, now=ctx.now()))
    return pages.render(request, "worker/feedback.html", signed, passed=found)


# --- what we agreed --------------------------------------------------------------------------------------------------


@router.get("/agreed")
def agreed(request: Request, ctx: Ctx, signed: Worker, none: bool = False) -> Response:
    """
    What my coach and I agreed, and what waits for my answer. `none`: there is nothing left to practise.

    Who may: worker.
    """
    found = ctx.db.read(lambda connection: store.of_person(connection, signed.person.id))
    said: dict[str, Any] = {"agreements": found, "none": none, "titles": titles(signed.person.locale)}
    return pages.render(request, "worker/agreed.html", signed, **said)


@router.post("/agreed/{agreement_id}/{act}")
def answer_agreement(ctx: Ctx, signed: Worker, form: Form, agreement_id: str, act: str) -> Response:
    """
    Say yes or no to what my coach proposes, practise what we agreed, or end it.

    Who may: worker.
    """
    if act == "practise":
        found = agreements.practise(ctx, signed.person, agreement_id)
        return pages.see_other(f"/work/{found.public_id}" if found else "/work/more/agreed?none=1")
    answer(ctx, signed.person, signed.person, agreement_id, act, form)
    return pages.see_other("/work/more/agreed")


@router.get("/fitting")
def fitting_page(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    What else fits me, and why.

    Who may: worker.
    """
    return _fitting_page(request, ctx, signed)


@router.post("/fitting")
def want(request: Request, ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    I would like this work first: my coach hears it, and we choose together.

    Who may: worker.
    """
    try:
        reason = form.text("reason") or pages.words(request, signed, "I would like to do this.")
        fitting.propose(ctx, signed.person, signed.person, form.text("step"), reason=reason)
    except Invalid as error:
        return _fitting_page(request, ctx, signed, error=error)
    return pages.see_other("/work/more/agreed")


# --- my own pace -----------------------------------------------------------------------------------------------------


@router.get("/pace")
def pace(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    My own pace, and, where the lab and I agreed to it, whether it changed. I read that first.

    Who may: worker.
    """
    person = signed.person
    drift_watch.watch(ctx, person)

    def read(connection: Connection) -> dict[str, Any]:
        view = view_of(connection, person.id, now=ctx.now())
        return {
            "view": view,
            "charts": [chart(each) for each in view.pace if each.days],
            "signs": drift_signs.of_person(connection, person.id),
            "lab_agreed": drift_watch.lab_agreed(connection),
            "consent": _drift_agreement(connection, person),
        }

    found = ctx.db.read(read)
    ctx.db.write(lambda connection: drift_signs.mark_seen(connection, person.id, now=ctx.now()))
    return pages.render(request, "worker/pace.html", signed, titles=titles(person.locale), **found)


@router.post("/pace/watch")
def watch(ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    Agree that the workbench may look whether my pace changes, or end that.

    Who may: worker.
    """
    person = signed.person
    held = ctx.db.read(lambda connection: _drift_agreement(connection, person))
    if form.text("watch") == "yes" and held is None:
        drift_watch.agree(ctx, person)
    elif form.text("watch") == "no" and held is not None:
        agreements.end(ctx, person, person, held.public_id)
    return pages.see_other("/work/more/pace")


@router.post("/pace/{sign_id}/share")
def share_sign(ctx: Ctx, signed: Worker, sign_id: str) -> Response:
    """
    Let my coach see this change of pace.

    Who may: worker.
    """
    ctx.db.write(lambda connection: drift_signs.share(connection, signed.person.id, sign_id, now=ctx.now()))
    return pages.see_other("/work/more/pace")


def _drift_agreement(connection: Connection, person: Person) -> store.Agreement | None:
    held = [each for each in store.of_person(connection, person.id, kind="drift") if each.holds]
    return held[0] if held else None


def _fitting_page(request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None) -> Response:
    found = ctx.db.read(lambda connection: fitting.offers(connection, signed.person, now=ctx.now(), secret=False))
    return pages.render(
        request,
        "worker/fitting.html",
        signed,
        status=error.status if error else 200,
        offers=found,
        titles=titles(signed.person.locale),
        error=error,
    )
