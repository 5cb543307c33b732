"""What makes a lab a place of one's own: tips, pairs, news, where work went, and a say about the workbench itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from workbench import assign
from workbench.domain import Role
from workbench.errors import Invalid
from workbench.store import belonging, groups
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
Anyone = Annotated[Signed, Depends(require())]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]

LONGEST = 2000


def words_of(form: Fields, name: str = "words") -> str:
    """Somebody's words. Raises Invalid when there are none, or far too many."""
    words = form.text(name)
    if not words:
        raise Invalid("Please write a few words first.", field=name)
    if len(words) > LONGEST:
        raise Invalid("These words are too long. Please make them shorter.", field=name)
    return words


# --- a worker's own pages --------------------------------------------------------------------------------------------


@router.get("/work/more/thanks")
def where_it_went(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    Where my work went: what it is for, and thanks.

    Who may: worker.
    """
    went = ctx.db.read(lambda connection: belonging.where_it_went(connection, signed.person.id))
    return pages.render(request, "belonging/thanks.html", signed, went=went)


@router.get("/work/more/news")
def news(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    News of my group and the lab, and the colleague with whom I help each other.

    Who may: worker.
    """
    now = ctx.now()

    def read(connection: Connection) -> dict[str, Any]:
        group = groups.group_of(connection, signed.person.id)
        return {
            "news": belonging.news_for(connection, group.id if group else None, now=now),
            "mate": belonging.mate_of(connection, signed.person.id),
        }

    return pages.render(request, "belonging/news.html", signed, **ctx.db.read(read))


@router.post("/work/more/pair/end")
def end_pair(ctx: Ctx, signed: Worker) -> Response:
    """
    No pair any more, without a reason.

    Who may: worker.
    """
    now = ctx.now()
    ctx.db.write(lambda connection: belonging.end_pairs(connection, signed.person.id, now=now))
    return pages.see_other("/work/more/news")


@router.get("/work/{assignment_id}/tips")
def tips(request: Request, ctx: Ctx, signed: Worker, assignment_id: str, sent: bool = False) -> Response:
    """
    Tips from colleagues about this kind of work, and a place for one's own.

    Who may: worker.
    """
    assignment = assign.open_assignment(ctx, signed.person, assignment_id)
    step_id = assignment.microtask.step_id

    def read(connection: Connection) -> dict[str, Any]:
        own = [tip for tip in belonging.tips_of(connection, signed.person.id) if tip.step_id == step_id]
        return {"tips": belonging.tips_for(connection, step_id), "own": own}

    shown: dict[str, Any] = {"assignment_id": assignment_id, "sent": sent, **ctx.db.read(read)}
    return pages.render(request, "belonging/tips.html", signed, **shown)


@router.post("/work/{assignment_id}/tips")
def give_tip(ctx: Ctx, signed: Worker, assignment_id: str, form: Form) -> Response:
    """
    Give a tip; a supervisor reads it first.

    Who may: worker.
    """
    assignment = assign.open_assignment(ctx, signed.person, assignment_id)
    words, now = words_of(form), ctx.now()
    step_id, person_id = assignment.microtask.step_id, signed.person.id
    ctx.db.write(lambda connection: belonging.add_tip(connection, step_id=step_id, person_id=person_id, words=words, now=now))
    return pages.see_other(f"/work/{assignment_id}/tips?sent=1")


@router.post("/work/more/tips/{tip_id}/withdraw")
def withdraw_tip(ctx: Ctx, signed: Worker, tip_id: str) -> Response:
    """
    Take one's own tip back.

    Who may: worker.
    """
    now = ctx.now()
    ctx.db.write(lambda connection: belonging.withdraw_tip(connection, signed.person.id, tip_id, now=now))
    return pages.see_other("/work")


# --- a say about the workbench itself --------------------------------------------------------------------------------


@router.get("/comments")
def comments(request: Request, ctx: Ctx, signed: Anyone, sent: bool = False) -> Response:
    """
    Say something about the workbench, and read what was said and answered.

    Who may: everybody signed in.
    """
    answered = ctx.db.read(belonging.answered_comments) if signed.person.client_id is None else []
    return pages.render(request, "belonging/comments.html", signed, answered=answered, sent=sent, error=None)


@router.post("/comments")
def comment(ctx: Ctx, signed: Anyone, form: Form) -> Response:
    """
    Keep a comment; the name goes along only when its writer ticks that.

    Who may: everybody signed in.
    """
    words, now = words_of(form), ctx.now()
    person_id = signed.person.id if form.flag("with_name") else None
    page = form.text("page")[:200] or None
    ctx.db.write(lambda connection: belonging.add_comment(connection, person_id=person_id, words=words, page=page, now=now))
    return pages.see_other("/comments?sent=1")


@router.get("/manager/comments")
def all_comments(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    What people say about the workbench.

    Who may: manager.
    """
    return pages.render(request, "belonging/all_comments.html", signed, comments=ctx.db.read(belonging.comments))


@router.post("/manager/comments/{comment_id}")
def answer_comment(ctx: Ctx, signed: Manager, comment_id: str, form: Form) -> Response:
    """
    Answer, for everybody to read.

    Who may: manager.
    """
    words, now = words_of(form), ctx.now()
    ctx.db.write(lambda connection: belonging.answer_comment(connection, comment_id, words, by=signed.person.id, now=now))
    return pages.see_other("/manager/comments")
