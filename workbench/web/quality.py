"""A project's quality: the report, samples to look at, and the least sure answers. No worker is named."""

from __future__ import annotations

import json
import random
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from accessibility import widgets
from task_types import reading, registry
from task_types.protocol import AnswerError
from workbench import quality_report, reviews
from workbench.context import Context
from workbench.domain import Json, Person, Project, Role
from workbench.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable, WorkbenchError
from workbench.store import measures, overviews, reviewing
from workbench.store import people as people_store
from workbench.store import projects as store
from workbench.store.reviewing import Batch, Settled
from workbench.web import pages, posted
from workbench.web.access import Ctx, Signed, may_see_material, project_for, require
from workbench.web.forms import Fields, Form
from workbench.web.worker import media_url

router = APIRouter(include_in_schema=False)
Guide = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER, Role.SUPERVISOR))]
OURS = frozenset({"csrf", "verdict", "words", "outcome", "batch", "dont_know"})


@router.get("/projects/{project_id}/quality")
def quality_page(request: Request, ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    The newest quality report, and a button that makes one.

    Who may: client, manager, supervisor.
    """
    return _quality_page(request, ctx, signed, project_for(ctx, signed.person, project_id))


def _quality_page(
    request: Request, ctx: Context, signed: Signed, project: Project, *, error: WorkbenchError | None = None
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        jobs = overviews.jobs(connection, project_id=project.id, limit=20)
        last = next((job for job in jobs if job.kind == "report"), None)
        newest = measures.newest_report(connection, project.id)
        return {"report": newest and quality_report.filled(newest), "last": last, "error": error}

    status = error.status if error else 200
    return pages.render(request, "quality/report.html", signed, status=status, project=project, **ctx.db.read(read))


@router.post("/projects/{project_id}/quality")
def make_report(ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    Make the report anew, in the background.

    Who may: client, manager, supervisor.
    """
    from workbench import jobs  # the durable queue is loaded when it is used

    project = project_for(ctx, signed.person, project_id)
    jobs.enqueue(ctx, "report", {"project": project.public_id}, person_id=signed.person.id, project_id=project.id)
    return pages.see_other(f"/projects/{project.public_id}/quality")


@router.get("/projects/{project_id}/quality/report.json")
def report_json(ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    The newest report for programs.

    Who may: client, manager, supervisor.
    """
    body = json.dumps(newest_report(ctx, project_for(ctx, signed.person, project_id)), ensure_ascii=False, indent=2)
    return _download(body.encode(), "quality-report.json", "application/json")


@router.get("/projects/{project_id}/quality/report.html")
def report_html(ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    The newest report as one page that needs nothing else, to keep or to print.

    Who may: client, manager, supervisor.
    """
    body = newest_report(ctx, project_for(ctx, signed.person, project_id))
    # A file to keep, with its style inside: as a page of ours the policy would not let it have one.
    page = quality_report.as_html(ctx, body, signed.person.locale)
    return _download(page.encode(), "quality-report.html", "application/octet-stream")


@router.get("/projects/{project_id}/quality/report.pdf")
def report_pdf(request: Request, ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    The newest report as a tagged PDF; where the lab has no maker of PDFs, the page says what to do instead.

    Who may: client, manager, supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    try:
        made = quality_report.as_pdf(ctx, project, newest_report(ctx, project), signed.person.locale)
    except Unavailable as error:
        return _quality_page(request, ctx, signed, project, error=error)
    return _download(made, "quality-report.pdf", "application/pdf")


# --- samples ---------------------------------------------------------------------------------------------------------


@router.get("/projects/{project_id}/review")
def review_page(request: Request, ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    Samples so far, a new one, and the least sure answers.

    Who may: client, manager, supervisor.
    """
    return _review_page(request, ctx, signed, material(ctx, signed.person, project_id))


@router.post("/projects/{project_id}/review")
def draw_sample(request: Request, ctx: Ctx, signed: Guide, form: Form, project_id: str) -> Response:
    """
    Draw a sample: half at random, half the least sure.

    Who may: client, manager, supervisor.
    """
    project = material(ctx, signed.person, project_id)
    size = form.text("size")
    try:
        number = int(size) if size.isascii() and size.isdigit() else 0
        batch = reviews.sample(ctx, project, signed.person, number, random.SystemRandom())
    except WorkbenchError as error:
        return _review_page(request, ctx, signed, project, error=error)
    return pages.see_other(f"/projects/{project.public_id}/review/{batch}")


@router.get("/projects/{project_id}/review/{batch_id}")
def batch_page(request: Request, ctx: Ctx, signed: Guide, project_id: str, batch_id: str) -> Response:
    """
    One sample: what was looked at, and the way to the next.

    Who may: client, manager, supervisor.
    """
    project = material(ctx, signed.person, project_id)

    def read(connection: Connection) -> tuple[Batch, list[Settled]]:
        found = reviewing.batch(connection, project.id, batch_id)
        return found, reviewing.items_of(connection, found.id)

    batch, items = ctx.db.read(read)
    left = reviews.next_of(items)
    return pages.render(request, "quality/batch.html", signed, project=project, batch=batch, items=items, next_one=left)


@router.get("/projects/{project_id}/answers/{microtask_id}")
def answer_page(request: Request, ctx: Ctx, signed: Guide, project_id: str, microtask_id: str, batch: str = "") -> Response:
    """
    One settled answer with its material: accept it, correct it, or return it with words.

    Who may: client, manager, supervisor.
    """
    project = material(ctx, signed.person, project_id)
    return _answer_page(request, ctx, signed, project, microtask_id, batch)


@router.post("/projects/{project_id}/answers/{microtask_id}")
def judge_answer(request: Request, ctx: Ctx, signed: Guide, form: Form, project_id: str, microtask_id: str) -> Response:
    """
    Keep the verdict; the next of the sample follows.

    Who may: client, manager, supervisor.
    """
    project = material(ctx, signed.person, project_id)
    batch_id = form.text("batch")
    batch = ctx.db.read(lambda connection: reviewing.batch(connection, project.id, batch_id)) if batch_id else None
    try:
        answer = _corrected(ctx, project, microtask_id, form) if form.text("verdict") == "corrected" else None
        reviews.judge(
            ctx,
            project,
            signed.person,
            microtask_id,
            form.text("verdict"),
            outcome_id=int(form.text("outcome") or 0),
            answer=answer,
            words=form.text("words"),
            batch=batch,
        )
    except (Conflict, Invalid, ValueError) as error:
        return _answer_page(request, ctx, signed, project, microtask_id, batch_id, error=error, form=form)
    return pages.see_other(_after(ctx, project, batch))


def _after(ctx: Context, project: Project, batch: Batch | None) -> str:
    if batch is None:
        return f"/projects/{project.public_id}/review"
    left = reviews.next_of(ctx.db.read(lambda connection: reviewing.items_of(connection, batch.id)))
    if left is None:
        ctx.db.write(lambda connection: reviewing.finish(connection, batch.id, ctx.now()))
        return f"/projects/{project.public_id}/review/{batch.public_id}"
    return f"/projects/{project.public_id}/answers/{left.microtask}?batch={batch.public_id}"


# --- parts -----------------------------------------------------------------------------------------------------------


def material(ctx: Context, person: Person, project_id: str) -> Project:
    """The project, when this person may see its material: answers and file names tell what it is."""
    project = project_for(ctx, person, project_id)
    cleared = ctx.db.read(lambda connection: people_store.clearances_of(connection, person.id))
    if not may_see_material(person, project, cleared, ctx.now()):
        raise NotAllowed("This material is under embargo. Ask the lab manager to clear you.")
    return project


def _review_page(
    request: Request, ctx: Context, signed: Signed, project: Project, *, error: WorkbenchError | None = None
) -> Response:
    def read(connection: Connection) -> dict[str, Any]:
        steps = [step.id for step in store.steps_of(connection, project.id)]
        known = measures.calibrations(connection, steps)
        doubts = reviewing.doubts(connection, steps, reviews.DOUBTS)
        return {
            "batches": reviewing.batches(connection, project.id),
            "doubts": [(each, _shown(each, known.get(each.step_id)), in_short(each.answer)) for each in doubts],
        }

    status = error.status if error else 200
    data = ctx.db.read(read) | {"error": error, "size": reviews.SAMPLE}
    return pages.render(request, "quality/review.html", signed, status=status, project=project, **data)


def _shown(held: Settled, known: measures.Known | None) -> float | None:
    if held.confidence is None or known is None or not known.is_used:
        return held.confidence
    return known.shown(held.confidence)


def in_short(answer: Json) -> str:
    """An answer in a few words, for a list."""
    if not isinstance(answer, dict):
        return "–"
    for name in ("value", "label", "chosen", "text"):
        if isinstance(answer.get(name), str | int | float):
            return str(answer[name])[:80]
    for name, value in answer.items():
        if isinstance(value, list):
            plain = [str(each) for each in value if isinstance(each, str)]
            return ", ".join(plain)[:80] if plain else f"{name}: {len(value)}"
    return "–"


def _answer_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    project: Project,
    microtask: str,
    batch: str,
    *,
    error: Exception | None = None,
    form: Fields | None = None,
) -> Response:
    def read(connection: Connection) -> tuple[Settled, Any, measures.Known | None]:
        held = reviewing.one(connection, microtask)
        if held.project_id != project.id:
            raise NotFound("There is no such question in this project.")
        return held, store.step_by_id(connection, held.step_id), measures.calibration_of(connection, held.step_id)

    held, step, known = ctx.db.read(read)
    # Nobody corrects a thing twice because the words were missing; what changed meanwhile is looked at as it is now.
    typed = _typed(step, held.payload, form) if form and not isinstance(error, Conflict) else None
    data = shown_with_answer(step, held.payload, typed or held.answer, signed.person.locale)
    field, words = getattr(error, "field", None), form.text("words") if form else ""
    more = {"held": held, "confidence": _shown(held, known), "batch": batch, "words": words, "error": error, "field": field}
    status = getattr(error, "status", 422) if error else 200
    return pages.render(request, "quality/answer.html", signed, status=status, project=project, **data, **more)


def shown_with_answer(step: Any, payload: Any, answer: Json, locale: str) -> dict[str, Any]:
    """A question's widget with this answer filled in."""
    task_type = registry.get(step.task_type)
    case = reading.case(task_type, step.settings, payload, "nl" if locale == "nl" else "en")
    widget = task_type.widget(case)
    return {
        "question": task_type.question(case),
        "widget": widgets.find(widget.name),
        "data": widget.data,
        "draft": answer,
        "errors": {},
        "media_url": media_url,
    }


def parsed(step: Any, payload: Any, form: Fields, ours: frozenset[str] = OURS) -> dict[str, Json]:
    """
    The answer in a widget's form.

    Raises:
        Invalid: the type does not take it.
    """
    task_type: Any = registry.get(step.task_type)
    case = reading.case(task_type, step.settings, payload, "en")
    try:
        return reading.dumped(task_type.parse(case, _raw(form, ours)))
    except AnswerError as error:
        raise Invalid(error.message, field="answer") from error
    except ValueError as error:
        raise Invalid("This answer is not complete. Fill it in, then try again.", field="answer") from error


def _typed(step: Any, payload: Any, form: Fields) -> dict[str, Json]:
    """What a reviewer filled in, as the widget shows it again: an answer where it is one."""
    try:
        return parsed(step, payload, form)
    except Invalid:
        return posted.typed_again(_raw(form))


def _raw(form: Fields, ours: frozenset[str] = OURS) -> dict[str, Any]:
    """The fields of a form that are the answer's own."""
    found = {name: form.all(name) for name in form.data if name not in ours}
    return {name: values[0] if len(values) == 1 else values for name, values in found.items() if values}


def _corrected(ctx: Context, project: Project, microtask: str, form: Fields) -> dict[str, Json]:
    held = ctx.db.read(lambda connection: reviewing.one(connection, microtask))
    if held.project_id != project.id:
        raise NotFound("There is no such question in this project.")
    return parsed(ctx.db.read(lambda connection: store.step_by_id(connection, held.step_id)), held.payload, form)


def newest_report(ctx: Context, project: Project) -> Any:
    """The newest report as it was kept. Raises NotFound: none was made."""
    found = ctx.db.read(lambda connection: measures.newest_report(connection, project.id))
    if found is None:
        raise NotFound("There is no report yet. Make it first.")
    return found


def _download(body: bytes, name: str, mime: str) -> Response:
    return Response(body, media_type=mime, headers={"content-disposition": f'attachment; filename="{name}"'})
