"""Check questions of a project: what needs a look, how used up they are, making new ones, and one of them. No worker is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import gold
from workbench.context import Context
from workbench.domain import Project, Role, Step
from workbench.errors import Invalid, NotFound, WorkbenchError
from workbench.store import audit, gold_candidates
from workbench.store import gold as gold_store
from workbench.store import people as people_store
from workbench.store import projects as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form
from workbench.web.quality import in_short, material, parsed, shown_with_answer

router = APIRouter(include_in_schema=False)
Guide = Annotated[Signed, Depends(require(Role.SUPERVISOR, Role.MANAGER))]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
OURS = frozenset({"csrf", "action", "words", "explanation_nl", "explanation_en", "dont_know"})


@router.get("/projects/{project_id}/gold")
def gold_page(request: Request, ctx: Ctx, signed: Guide, project_id: str) -> Response:
    """
    Check questions: those in doubt first, how used up they are, and what could become one.

    Who may: supervisor, manager.
    """
    project = material(ctx, signed.person, project_id)

    def read(connection: Connection) -> dict[str, Any]:
        steps = [step for step in store.steps_of(connection, project.id) if gold.takes_gold(step)]
        people = people_store.list_people(connection, page_size=1_000) if signed.person.has(Role.MANAGER) else []
        return {
            "lines": gold_store.lines(connection, [step.id for step in steps]),
            "steps": [(step, gold.wear(connection, step), gold.proposals(connection, step)) for step in steps],
            "workers": [each for each in people if each.has(Role.WORKER)],
            "experts": gold_candidates.experts_of(connection, project.id),
        }

    return pages.render(request, "quality/gold.html", signed, project=project, short=in_short, **ctx.db.read(read))


@router.post("/projects/{project_id}/gold/approve")
def approve(ctx: Ctx, signed: Guide, form: Form, project_id: str) -> Response:
    """
    Make check questions of what consensus or experts propose.

    Who may: supervisor, manager.
    """
    project = material(ctx, signed.person, project_id)
    origin = form.text("origin")
    if origin not in ("consensus", "experts"):
        raise Invalid("Choose what to approve.", field="origin")
    gold.approve(ctx, _step(ctx, project, form.text("step")), form.all("microtask"), origin, signed.person)
    return pages.see_other(f"/projects/{project.public_id}/gold")


@router.post("/projects/{project_id}/gold/experts")
def choose_experts(ctx: Ctx, signed: Manager, form: Form, project_id: str) -> Response:
    """
    Whose equal answers are proposed as check questions. It changes nothing about their work.

    Who may: manager.
    """
    project = material(ctx, signed.person, project_id)

    def write(connection: Connection) -> None:
        chosen = [people_store.person_by_public_id(connection, each).id for each in form.all("expert")]
        gold_candidates.set_experts(connection, project.id, chosen, given_by=signed.person.id, now=ctx.now())
        detail = {"experts": chosen}
        audit.record(
            connection, now=ctx.now(), person_id=signed.person.id, action="gold.experts", subject=project.public_id, detail=detail
        )

    ctx.db.write(write)
    return pages.see_other(f"/projects/{project.public_id}/gold")


@router.get("/projects/{project_id}/gold/{gold_id}")
def one_page(request: Request, ctx: Ctx, signed: Guide, project_id: str, gold_id: str) -> Response:
    """
    One check question with its accepted answer, what happened to it, and what to do with it.

    Who may: supervisor, manager.
    """
    return _one_page(request, ctx, signed, material(ctx, signed.person, project_id), gold_id)


@router.post("/projects/{project_id}/gold/{gold_id}")
def act(request: Request, ctx: Ctx, signed: Guide, form: Form, project_id: str, gold_id: str) -> Response:
    """
    Keep, correct, dispute or retire it, or make it a practice question with an explanation.

    Who may: supervisor, manager.
    """
    project = material(ctx, signed.person, project_id)
    found, step, payload = _found(ctx, project, gold_id)
    words, by = form.text("words"), signed.person
    actions: Mapping[str, Callable[[], None]] = {
        "dispute": lambda: gold.dispute(ctx, found.microtask, by, words),
        "keep": lambda: gold.keep(ctx, found.microtask, by, words),
        "correct": lambda: gold.correct(ctx, found.microtask, by, [parsed(step, payload, form, OURS)], words),
        "retire": lambda: gold.retire(ctx, found.microtask, by, words),
        "teach": lambda: gold.teach(
            ctx, found.microtask, by, {"nl": form.text("explanation_nl"), "en": form.text("explanation_en")}
        ),
        "hide": lambda: gold.hide(ctx, found.microtask, by),
    }
    try:
        if form.text("action") not in actions:
            raise Invalid("Choose what to do with it.", field="action")
        actions[form.text("action")]()
    except WorkbenchError as error:
        return _one_page(request, ctx, signed, project, gold_id, error=error)
    retired = form.text("action") == "retire"
    return pages.see_other(f"/projects/{project.public_id}/gold{'' if retired else f'/{found.microtask}'}")


def _one_page(
    request: Request, ctx: Context, signed: Signed, project: Project, gold_id: str, *, error: WorkbenchError | None = None
) -> Response:
    found, step, payload = _found(ctx, project, gold_id)
    data = shown_with_answer(step, payload, found.accepted[0] if found.accepted else None, signed.person.locale)
    data |= {"gold": found, "events": ctx.db.read(lambda c: gold_store.events_of(c, found.id)), "error": error}
    return pages.render(request, "quality/gold_one.html", signed, status=error.status if error else 200, project=project, **data)


def _found(ctx: Context, project: Project, gold_id: str) -> tuple[gold_store.Gold, Step, Any]:
    def read(connection: Connection) -> tuple[gold_store.Gold, Step, Any]:
        found = gold_store.of_microtask(connection, gold_id)
        if found.project_id != project.id:
            raise NotFound("There is no such check question here.")
        payload = gold_store.microtask_of(connection, found.microtask_id).payload
        return found, store.step_by_id(connection, found.step_id), payload

    return ctx.db.read(read)


def _step(ctx: Context, project: Project, public_id: str) -> Step:
    steps = ctx.db.read(lambda connection: store.steps_of(connection, project.id))
    found = next((step for step in steps if step.public_id == public_id), None)
    if found is None:
        raise NotFound("There is no such step in this project.")
    return found
