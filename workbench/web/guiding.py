"""What coaches, supervisors and clients do for belonging and growth: read tips first, pairs, news, thanks, levels."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from task_types import registry
from workbench import coaching, growth, people
from workbench.context import Context
from workbench.domain import DAY_MS, Person, Role
from workbench.errors import Invalid, NotFound
from workbench.store import belonging, groups
from workbench.store import people as people_store
from workbench.store import projects as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, may_see_project, project_for, require
from workbench.web.belonging import words_of
from workbench.web.forms import Form

router = APIRouter(include_in_schema=False)
Supervisor = Annotated[Signed, Depends(require(Role.SUPERVISOR))]
Coach = Annotated[Signed, Depends(require(Role.COACH))]
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
Owner = Annotated[Signed, Depends(require(Role.CLIENT, Role.MANAGER))]


# --- the supervisor reads first --------------------------------------------------------------------------------------


@router.get("/supervisor/words")
def waiting(request: Request, ctx: Ctx, signed: Supervisor) -> Response:
    """
    Tips of workers and thanks of clients that wait to be passed on.

    Who may: supervisor.
    """

    def read(connection: Connection) -> dict[str, Any]:
        mine = _projects(connection, ctx, signed)
        return {"tips": belonging.tips_waiting(connection, mine), "said": belonging.thanks_waiting(connection, mine)}

    return pages.render(request, "belonging/waiting.html", signed, **ctx.db.read(read))


@router.post("/supervisor/tips/{tip_id}")
def moderate(ctx: Ctx, signed: Supervisor, tip_id: str, form: Form) -> Response:
    """
    Show a tip, perhaps in clearer words, or hold it.

    Who may: supervisor.
    """
    state = "shown" if form.text("do") == "show" else "held"
    words, now = form.text("words")[:2000] or None, ctx.now()

    def keep(connection: Connection) -> None:
        if belonging.tip_project(connection, tip_id) not in _projects(connection, ctx, signed):
            raise NotFound("There is no such tip here.")
        belonging.moderate_tip(connection, tip_id, state=state, words=words, by=signed.person.id, now=now)

    ctx.db.write(keep)
    return pages.see_other("/supervisor/words")


@router.post("/supervisor/projects/{project_id}/thanks")
def pass_on(ctx: Ctx, signed: Supervisor, project_id: str, form: Form) -> Response:
    """
    Pass a client's thanks on to who did the work, perhaps in clearer words.

    Who may: supervisor.
    """
    project = project_for(ctx, signed.person, project_id)
    thanks, purpose = form.text("thanks")[:2000] or None, form.text("purpose")[:500] or None
    ctx.db.write(lambda connection: belonging.pass_on(connection, project.id, thanks=thanks, purpose=purpose))
    return pages.see_other("/supervisor/words")


def _projects(connection: Connection, ctx: Context, signed: Signed) -> list[int]:
    """Ids of the projects that this supervisor guides."""
    cleared = people_store.clearances_of(connection, signed.person.id)
    mine = [each for each in store.projects_of(connection, None) if may_see_project(signed.person, each, cleared, ctx.now())]
    return [project.id for project in mine]


# --- a client says thanks --------------------------------------------------------------------------------------------


@router.get("/projects/{project_id}/thanks")
def thanks_form(request: Request, ctx: Ctx, signed: Owner, project_id: str, saved: bool = False) -> Response:
    """
    What the dataset is for, and a word of thanks.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    return pages.render(request, "belonging/say_thanks.html", signed, project=project, saved=saved)


@router.post("/projects/{project_id}/thanks")
def say_thanks(ctx: Ctx, signed: Owner, project_id: str, form: Form) -> Response:
    """
    Keep them; the lab reads them before anybody who did the work does.

    Who may: client, manager.
    """
    project = project_for(ctx, signed.person, project_id)
    thanks, purpose = form.text("thanks")[:2000] or None, form.text("purpose")[:500] or None
    ctx.db.write(lambda connection: belonging.say_thanks(connection, project.id, thanks=thanks, purpose=purpose))
    return pages.see_other(f"/projects/{project_id}/thanks?saved=1")


# --- the coach: pairs, news, levels ----------------------------------------------------------------------------------


@router.get("/coach/news")
def news(request: Request, ctx: Ctx, signed: Coach) -> Response:
    """
    News for a group or the whole lab.

    Who may: coach.
    """
    now = ctx.now()
    read = ctx.db.read(lambda connection: (belonging.all_news(connection, now=now), groups.groups(connection)))
    return pages.render(request, "belonging/write_news.html", signed, news=read[0], groups=read[1])


@router.post("/coach/news")
def add_news(ctx: Ctx, signed: Coach, form: Form) -> Response:
    """
    Tell it; after the days that were chosen it is news no more.

    Who may: coach.
    """
    words, now = words_of(form), ctx.now()
    days = form.text("days")
    until = now + int(days) * DAY_MS if days.isdigit() and 0 < int(days) <= 365 else None

    def keep(connection: Connection) -> None:
        group = groups.by_public_id(connection, form.text("group")) if form.text("group") else None
        group_id = group.id if group else None
        belonging.add_news(connection, group_id=group_id, words=words, by=signed.person.id, until_ms=until, now=now)

    ctx.db.write(keep)
    return pages.see_other("/coach/news")


@router.post("/coach/news/{news_id}/end")
def end_news(ctx: Ctx, _signed: Coach, news_id: str) -> Response:
    """
    Not news any more.

    Who may: coach.
    """
    now = ctx.now()
    ctx.db.write(lambda connection: belonging.end_news(connection, news_id, now=now))
    return pages.see_other("/coach/news")


@router.get("/coach/people/{person_id}/growth")
def growth_page(request: Request, ctx: Ctx, signed: Coach, person_id: str, saved: bool = False) -> Response:
    """
    Levels that are agreed with somebody, whether they want to learn, and with whom they are paired.

    Who may: coach.
    """
    person = coaching.person_for(ctx, signed.person, person_id)

    def read(connection: Connection) -> dict[str, Any]:
        mine = coaching.people_of(connection, signed.person, now=ctx.now())
        others = [people_store.person_by_id(connection, each) for each in mine if each != person.id]
        return {"mate": belonging.mate_of(connection, person.id), "others": sorted(others, key=lambda each: each.name)}

    kinds = [(name, registry.get(name).title) for name in registry.names()]
    shown: dict[str, Any] = {"someone": person, "kinds": kinds, "levels": growth.levels_of(person), **ctx.db.read(read)}
    return pages.render(
        request, "belonging/growth.html", signed, all_levels=growth.LEVELS, learns=growth.learns(person), saved=saved, **shown
    )


@router.post("/coach/people/{person_id}/growth")
def set_levels(ctx: Ctx, signed: Coach, person_id: str, form: Form) -> Response:
    """
    Levels as coach and worker agreed.

    Who may: coach.
    """
    person = coaching.person_for(ctx, signed.person, person_id)
    levels = {name: int(form.text(f"level_{name}")) for name in registry.names() if form.text(f"level_{name}").isdigit()}
    _change_profile(ctx, signed.person, person, growth.with_levels(person.profile, levels))
    return pages.see_other(f"/coach/people/{person_id}/growth?saved=1")


@router.post("/coach/people/{person_id}/pair")
def make_pair(ctx: Ctx, signed: Coach, person_id: str, form: Form) -> Response:
    """
    Two colleagues help each other; nobody chosen: no pair any more.

    Who may: coach.
    """
    person = coaching.person_for(ctx, signed.person, person_id)
    other = coaching.person_for(ctx, signed.person, form.text("with")) if form.text("with") else None
    if other is not None and other.id == person.id:
        raise Invalid("A pair is two people. Choose somebody else.", field="with")
    now = ctx.now()

    def keep(connection: Connection) -> None:
        if other is None:
            belonging.end_pairs(connection, person.id, now=now)
        else:
            belonging.make_pair(connection, person.id, other.id, by=signed.person.id, now=now)

    ctx.db.write(keep)
    return pages.see_other(f"/coach/people/{person_id}/growth?saved=1")


# --- a worker's own growth -------------------------------------------------------------------------------------------


@router.get("/work/more/growth")
def own_growth(request: Request, signed: Worker, saved: bool = False) -> Response:
    """
    What I can do, and whether I want to learn more.

    Who may: worker.
    """
    levels = growth.levels_of(signed.person)
    titles = {name: registry.get(name).title for name in registry.names()}
    known = [(titles[name], level) for name, level in levels.items() if name in titles]
    return pages.render(
        request, "belonging/own_growth.html", signed, known=known, learns=growth.learns(signed.person), saved=saved
    )


@router.post("/work/more/growth")
def want_to_learn(ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    Work a little above my level, or not.

    Who may: worker.
    """
    profile = growth.with_learning(signed.person.profile, form.flag("learning"))
    _change_profile(ctx, signed.person, signed.person, profile)
    return pages.see_other("/work/more/growth?saved=1")


def _change_profile(ctx: Context, by: Person, person: Person, profile: dict[str, Any]) -> None:
    def keep(connection: Connection) -> None:
        people_store.update_profile(connection, person.id, profile)
        people.log(connection, ctx, by, "person.growth", person, levels=profile.get("levels"), learning=profile.get("learning"))

    ctx.db.write(keep)
