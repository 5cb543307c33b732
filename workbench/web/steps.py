"""Several questions about one piece: the steps of a project, one more of them, and when each is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from task_types import registry
from task_types.carrying import can_follow
from task_types.errors import TaskTypeError
from workbench import projects, steps
from workbench.context import Context
from workbench.domain import Project, Role
from workbench.errors import Invalid, WorkbenchError
from workbench.steps import Plan
from workbench.store import audit
from workbench.web import pages, settings_form
from workbench.web.access import Ctx, Signed, project_for, require
from workbench.web.forms import Fields, Form
from workbench.web.languages import say

router = APIRouter(include_in_schema=False)
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER))]

OTHER_MATERIAL = noted("This kind of work asks about other material than the question before it. Choose another kind.")
NO_ANSWER = noted("Choose at least one answer, or let the question always be asked.")


@router.get("/projects/{project_id}/steps")
def steps_page(request: Request, ctx: Ctx, signed: Owner, project_id: str) -> Response:
    """
    The questions of a project in order, and when each is asked.

    Who may: client, manager.
    """
    return _list(request, ctx, signed, project_for(ctx, signed.person, project_id))


@router.get("/projects/{project_id}/steps/new")
def new_step(request: Request, ctx: Ctx, signed: Owner, project_id: str, after: str = "", type: str = "") -> Response:
    """
    One question more: first after which one and of which kind, then its settings.

    Who may: client, manager.
    """
    return _new(request, ctx, signed, project_for(ctx, signed.person, project_id), after, type)


@router.post("/projects/{project_id}/steps")
def add_step(request: Request, ctx: Ctx, signed: Owner, form: Form, project_id: str) -> Response:
    """
    Add the question; a later one is asked about what its earlier one has settled on already, in the background where that
    is much.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    type_name, after = form.text("type"), form.text("after")
    try:
        settings = settings_form.read(registry.get(type_name).settings_model, form)
        plan = Plan(form.text("name") or type_name, type_name, settings, _condition(form, after))
        made = steps.add(ctx, project, plan, signed.person)
    except (WorkbenchError, TaskTypeError) as error:
        return _new(request, ctx, signed, project, after, type_name, error=error, form=form)
    _log(ctx, signed, project, "step.add", step=made.step.public_id, name=made.step.name)
    return pages.see_other(f"/jobs/{made.job}" if made.job else f"/projects/{project.public_id}/steps")


@router.post("/projects/{project_id}/steps/remove")
def remove_step(request: Request, ctx: Ctx, signed: Owner, form: Form, project_id: str) -> Response:
    """
    Take a question out of a draft without data.

    Who may: client, manager.
    """
    project, wanted = project_for(ctx, signed.person, project_id), form.text("step")
    try:
        steps.remove(ctx, project, wanted)
    except WorkbenchError as error:
        return _list(request, ctx, signed, project, error)
    _log(ctx, signed, project, "step.remove", step=wanted)
    return pages.see_other(f"/projects/{project.public_id}/steps")


def _condition(form: Fields, after: str) -> steps.Depends | None:
    """
    When the question is asked, out of the form.

    Raises:
        Invalid: it waits for some answers, and names none.
    """
    if not after:
        return None
    when = form.text("when")
    answers = frozenset(form.all("answer")) | frozenset(
        line.strip() for line in form.text("answers").splitlines() if line.strip()
    )
    if when in ("answers", "unless") and not answers:
        raise Invalid(NO_ANSWER, field="answer")
    return steps.Depends(after, answers if when == "answers" else frozenset(), answers if when == "unless" else frozenset())


def called(plan: Plan, locale: str) -> str:
    """How a page calls a step: by its name, or by its kind where nobody gave it one."""
    return plan.name if plan.name != plan.task_type else dict(pages.task_types([plan.task_type], locale))[plan.task_type]


def said_when(plan: Plan, plans: Sequence[Plan], locale: str) -> str:
    """When a step is asked, in plain words."""
    if plan.depends is None:
        return say(locale, "Asked at once.")
    earlier = next((each for each in plans if each.name == plan.depends.after), None)
    labels = steps.possible(earlier) if earlier else {}
    names = [labels[value].words(locale) if value in labels else value for value in _in_order(plan.depends, labels)]
    values = {"step": called(earlier, locale) if earlier else plan.depends.after, "answers": ", ".join(names)}
    if plan.depends.answers:
        return say(locale, "Asked after “%(step)s”, when the answer is: %(answers)s.", **values)
    if plan.depends.unless:
        return say(locale, "Asked after “%(step)s”, unless the answer is: %(answers)s.", **values)
    return say(locale, "Asked after “%(step)s”, whatever the answer is.", **values)


def _in_order(depends: steps.Depends, labels: dict[str, Any]) -> list[str]:
    places = {value: place for place, value in enumerate(labels)}
    return sorted(depends.answers | depends.unless, key=lambda value: (places.get(value, len(places)), value))


def _list(request: Request, ctx: Context, signed: Signed, project: Project, error: WorkbenchError | None = None) -> Response:
    there = ctx.db.read(lambda connection: steps.planned(connection, project.id))
    plans, locale = [plan for _, plan in there], signed.person.locale
    titles = dict(pages.task_types([plan.task_type for plan in plans], locale))
    lines = [(step, called(plan, locale), titles[plan.task_type], said_when(plan, plans, locale)) for step, plan in there]
    data: dict[str, Any] = {"project": project, "lines": lines, "error": error}
    return pages.render(request, "projects/steps.html", signed, status=error.status if error else 200, **data)


def _new(
    request: Request,
    ctx: Context,
    signed: Signed,
    project: Project,
    after: str,
    type_name: str,
    *,
    error: WorkbenchError | TaskTypeError | None = None,
    form: Fields | None = None,
) -> Response:
    locale = signed.person.locale
    plans = {plan.name: plan for _, plan in ctx.db.read(lambda connection: steps.planned(connection, project.id))}
    earlier, known = plans.get(after), type_name in projects.askable()
    if known and earlier and not can_follow(registry.get(earlier.task_type), registry.get(type_name)):
        known, error = False, error or Invalid(OTHER_MATERIAL, field="type")
    if not known:
        kinds = pages.task_types(projects.askable(), locale)
        data: dict[str, Any] = {
            "project": project,
            "plans": [(name, called(plan, locale)) for name, plan in plans.items()],
            "after": after,
            "kinds": kinds,
            "error": error,
        }
        return pages.render(request, "projects/new_step_kind.html", signed, status=422 if error else 200, **data)
    fields = settings_form.fields_of(registry.get(type_name).settings_model, {}, locale)
    labels = steps.possible(earlier) if earlier else {}
    data = {
        "project": project,
        "after": earlier.name if earlier else "",
        "after_title": called(earlier, locale) if earlier else "",
        "answers": [(value, label.words(locale)) for value, label in labels.items()],
        "type_name": type_name,
        "type_title": dict(pages.task_types([type_name], locale))[type_name],
        "fields": fields,
        "filled": settings_form.filled(fields, form),
        "form_sent": form,
        "error": error,
    }
    return pages.render(request, "projects/new_step.html", signed, status=422 if error else 200, **data)


def _log(ctx: Context, signed: Signed, project: Project, action: str, **detail: str) -> None:
    def write(connection: Connection) -> None:
        audit.record(
            connection, now=ctx.now(), person_id=signed.person.id, action=action, subject=project.public_id, detail=detail
        )

    ctx.db.write(write)
