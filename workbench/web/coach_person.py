"""One person as their coach sees them: the page, and what coach and worker write and agree there.

The page shows `person_view.PersonView` and nothing else about the person; /work/more/coach-sees shows them the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from task_types import registry
from workbench import agreements, coaching, fitting, person_file
from workbench.context import Context
from workbench.domain import NEED_BITS, Json, Person, Role
from workbench.errors import Invalid, WorkbenchError
from workbench.local_days import day_of
from workbench.person_view import PersonView, view_of
from workbench.store import coaches, drift_signs, lab, trajectories
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.coach import ANSWERS
from workbench.web.forms import Fields, Form
from workbench.web.manager import READING_LEVELS, USES
from workbench.web.pace_chart import chart

router = APIRouter(prefix="/coach/people/{person_id}", include_in_schema=False)
Coach = Annotated[Signed, Depends(require(Role.COACH))]


@router.get("")
def person_page(request: Request, ctx: Ctx, signed: Coach, person_id: str, saved: bool = False) -> Response:
    """
    One of my people. That I looked is kept, and the person can read it.

    Who may: coach.
    """
    return _page(request, ctx, signed, coaching.person_for(ctx, signed.person, person_id), saved=saved)


@router.get("/work")
def work_page(request: Request, ctx: Ctx, signed: Coach, person_id: str) -> Response:
    """
    All open work with why it fits this person or not, to choose together.

    Who may: coach.
    """
    person = coaching.person_for(ctx, signed.person, person_id)
    return _work_page(request, ctx, signed, person)


@router.post("/work")
def choose_work(request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str) -> Response:
    """
    Propose this work first; the worker agrees, and the reason is kept.

    Who may: coach.
    """
    person = coaching.person_for(ctx, signed.person, person_id)
    try:
        fitting.propose(ctx, signed.person, person, form.text("step"), reason=form.text("reason"))
    except Invalid as error:
        return _work_page(request, ctx, signed, person, error=error)
    return pages.see_other(_url(person))


@router.get("/file")
def file_page(request: Request, ctx: Ctx, signed: Coach, person_id: str) -> Response:
    """
    The person's file for the audit of the social enterprise, to print: suitable work, integration, guidance, goals, talks.

    Who may: coach.
    """
    person = coaching.person_for(ctx, signed.person, person_id)
    view = _looked(ctx, signed.person, person, "file")
    today = _today(ctx)
    return pages.render(
        request,
        "guide/file.html",
        signed,
        somebody=person,
        view=view,
        file=person_file.file_of(view, today=today),
        today=today,
        titles=titles(signed.person.locale),
    )


@router.post("/entries")
def add_entry(request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str) -> Response:
    """
    Write a talk, a note, guidance, suitable work or integration down.

    Who may: coach.
    """

    def write(person: Person) -> None:
        person_file.add_entry(
            ctx,
            signed.person,
            person,
            form.text("kind"),
            on_date=form.text("on_date"),
            words=form.text("words"),
            minutes=form.text("minutes"),
        )

    return _act(request, ctx, signed, person_id, write, form)


@router.post("/entries/{entry_id}/end")
def end_entry(request: Request, ctx: Ctx, signed: Coach, person_id: str, entry_id: str) -> Response:
    """
    Take a line away that was wrong.

    Who may: coach.
    """
    return _act(request, ctx, signed, person_id, lambda person: person_file.end_entry(ctx, signed.person, person, entry_id))


@router.post("/agreements")
def propose(request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str) -> Response:
    """
    Propose other blocks, needs, practice, training, or something in words. It holds when the worker agrees.

    Who may: coach.
    """

    def write(person: Person) -> None:
        kind = form.text("kind")
        agreements.propose(ctx, signed.person, person, kind, content_of(kind, form), reason=form.text("reason"))

    return _act(request, ctx, signed, person_id, write, form)


@router.post("/agreements/{agreement_id}/{act}")
def answer_agreement(
    request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str, agreement_id: str, act: str
) -> Response:
    """
    Agree to what the worker proposes, end an agreement, or say that practice was done.

    Who may: coach.
    """
    return _act(request, ctx, signed, person_id, lambda person: answer(ctx, signed.person, person, agreement_id, act, form))


@router.post("/trajectory")
def set_trajectory(request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str) -> Response:
    """
    When the trajectory begins and ends, and where it leads.

    Who may: coach.
    """

    def write(person: Person) -> None:
        start, end = person_file.day(form.text("start_day")), form.text("end_day")
        last, leads_to = person_file.day(end) if end else None, form.text("leads_to") or None

        def change(connection: Connection) -> None:
            trajectories.set_trajectory(
                connection, person.id, start_day=start, end_day=last, leads_to=leads_to, by=signed.person.id, now=ctx.now()
            )

        ctx.db.write(change)

    return _act(request, ctx, signed, person_id, write, form)


@router.post("/goals")
def add_goal(request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str) -> Response:
    """
    One more goal, in the words of worker and coach.

    Who may: coach.
    """

    def write(person: Person) -> None:
        def add(connection: Connection) -> None:
            found = trajectories.trajectory_of(connection, person.id)
            if found is None:
                raise Invalid("First write down when the trajectory begins.", field="words")
            trajectories.add_goal(connection, found.id, form.text("words"), now=ctx.now())

        ctx.db.write(add)

    return _act(request, ctx, signed, person_id, write, form)


@router.post("/goals/{goal_id}")
def mark_goal(request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str, goal_id: str) -> Response:
    """
    A goal is reached, let go, or open again.

    Who may: coach.
    """

    def write(person: Person) -> None:
        status = form.text("status")
        ctx.db.write(lambda connection: trajectories.mark_goal(connection, person.id, goal_id, status, now=ctx.now()))

    return _act(request, ctx, signed, person_id, write)


@router.post("/drift/{sign_id}")
def decide_drift(request: Request, ctx: Ctx, signed: Coach, form: Form, person_id: str, sign_id: str) -> Response:
    """
    What worker and coach decided about a change of pace that the worker shared, with the reason.

    Who may: coach.
    """

    def write(person: Person) -> None:
        words = form.text("words")
        if not words:
            raise Invalid("Write what you decided together, and why.", field="words")

        def decide(connection: Connection) -> None:
            shared = {each.public_id for each in drift_signs.shared(connection, person.id)}
            if sign_id in shared:
                drift_signs.decide(connection, person.id, sign_id, words, by=signed.person.id, now=ctx.now())

        ctx.db.write(decide)

    return _act(request, ctx, signed, person_id, write, form)


# --- parts -----------------------------------------------------------------------------------------------------------


def content_of(kind: str, form: Fields) -> dict[str, Json]:
    """What an agreement of this kind is about, from its form. Raises Invalid."""
    if kind == "blocks":
        return _blocks_of(form)
    if kind == "needs":
        return {
            "cannot_use": [need for need in form.all("cannot_use") if need in NEED_BITS],
            "uses": [each for each in form.all("uses") if each in USES],
            "reading_level": form.text("reading_level") if form.text("reading_level") in READING_LEVELS else "",
            "topics_off": [line.strip()[:60] for line in form.text("topics_off").splitlines() if line.strip()],
        }
    if kind == "practice":
        if form.text("task_type") not in registry.names():
            raise Invalid("Choose a kind of work.", field="task_type")
        return {"task_type": form.text("task_type")}
    if kind == "training":
        return {"title": form.text("reason")[:200]}
    return {}


def _blocks_of(form: Fields) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, least, most in (("work_minutes", 5, 120), ("break_minutes", 5, 120), ("most_blocks", 1, 16)):
        if text := form.text(name):
            if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
                raise Invalid("Give minutes from 5 to 120, and at most 16 blocks.", field=name)
            found[name] = int(text)
    if not found:
        raise Invalid("Give at least one of: minutes of work, minutes of break, blocks a day.", field="work_minutes")
    return found


def answer(ctx: Context, by: Person, person: Person, agreement_id: str, act: str, form: Fields) -> None:
    """Agree, end or done: for the coach's side and for the worker. Raises Invalid for anything else."""
    if act == "agree":
        agreements.agree(ctx, by, person, agreement_id)
    elif act == "end":
        agreements.end(ctx, by, person, agreement_id, reason=form.text("reason"))
    elif act == "done":
        agreements.mark_done(ctx, by, person, agreement_id)
    else:
        raise Invalid("Choose what to do: agree, end or done.")


def titles(locale: str) -> dict[str, str]:
    """What people call each kind of work."""
    return dict(pages.task_types(registry.names(), locale))


def _url(person: Person) -> str:
    return f"/coach/people/{person.public_id}"


def _today(ctx: Context) -> str:
    return day_of(ctx.now(), ctx.db.read(lambda connection: lab.time_zone(connection, ctx.now())))


def _act(
    request: Request,
    ctx: Context,
    signed: Signed,
    person_id: str,
    write: Callable[[Person], None],
    form: Fields | None = None,
) -> Response:
    person = coaching.person_for(ctx, signed.person, person_id)
    try:
        write(person)
    except Invalid as error:
        return _page(request, ctx, signed, person, error=error, typed=form)
    return pages.see_other(f"{_url(person)}?saved=1")


def _looked(ctx: Context, coach: Person, person: Person, page: str) -> PersonView:
    """The record, after it is kept that this coach looked."""

    def look(connection: Connection) -> None:
        coaches.add_look(connection, person_id=person.id, looked_by=coach.id, page=page, now=ctx.now())

    ctx.db.write(look)
    return ctx.db.read(lambda connection: view_of(connection, person.id, now=ctx.now()))


def _page(
    request: Request,
    ctx: Context,
    signed: Signed,
    person: Person,
    *,
    error: WorkbenchError | None = None,
    typed: Fields | None = None,
    saved: bool = False,
) -> Response:
    """The page; `typed` is the form that was refused: it is open, as it was filled in."""
    view = _looked(ctx, signed.person, person, "person")
    data: dict[str, Any] = {
        "somebody": person,
        "view": view,
        "answers": ANSWERS,
        "charts": [chart(each) for each in view.pace if each.days],
        "titles": titles(signed.person.locale),
        "today": _today(ctx),
        "needs": list(NEED_BITS),
        "uses": USES,
        "reading_levels": READING_LEVELS,
        "error": error,
        "refused": (request.url.path.removeprefix(_url(person) + "/"), typed.text("kind")) if typed else None,
        "typed": typed,
        "saved": saved,
    }
    return pages.render(request, "guide/person.html", signed, status=error.status if error else 200, **data)


def _work_page(
    request: Request, ctx: Context, signed: Signed, person: Person, *, error: WorkbenchError | None = None
) -> Response:
    offers = ctx.db.read(lambda connection: fitting.offers(connection, person, now=ctx.now()))
    view = _looked(ctx, signed.person, person, "person")
    return pages.render(
        request,
        "guide/work.html",
        signed,
        status=error.status if error else 200,
        somebody=person,
        view=view,
        offers=offers,
        titles=titles(signed.person.locale),
        error=error,
    )
