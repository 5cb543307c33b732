"""Everybody's own page: language, how pages look, password, and signing out everywhere."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from accessibility import preferences as look
from workbench import people, sign_in
from workbench.domain import Role
from workbench.errors import WorkbenchError
from workbench.store import people as store
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form

router = APIRouter(include_in_schema=False)
Anyone = Annotated[Signed, Depends(require())]


@router.get("/account")
def account(request: Request, ctx: Ctx, signed: Anyone, saved: bool = False) -> Response:
    """
    How the workbench looks for this person.

    Who may: everybody signed in.
    """
    return _page(request, ctx, signed, saved=saved)


@router.post("/account/look")
def change_look(ctx: Ctx, signed: Anyone, form: Form) -> Response:
    """
    Language, theme, text size, font, spacing, shortcuts, reading aloud, one switch, how long a block still lasts, how much of
    a sound at once.

    Who may: everybody signed in.
    """
    names = ("theme", "text_size", "font", "spacing", "sound_parts", *look.SWITCH)
    flags = {name: form.flag(name) for name in ("shortcuts", "time_left", "read_aloud", "switch_spoken")}
    chosen = look.preferences({name: form.text(name) for name in names} | flags)
    locale = form.text("locale") if form.text("locale") in look.LOCALES else signed.person.locale
    kept = {**signed.person.preferences, **chosen.as_json()}
    ctx.db.write(lambda connection: store.update_preferences(connection, signed.person.id, kept, locale=locale))
    return pages.see_other("/account?saved=1")


@router.post("/account/password")
def change_password(request: Request, ctx: Ctx, signed: Anyone, form: Form) -> Response:
    """
    A new password; the old one is asked first. Other browsers are signed out.

    Who may: everybody signed in.
    """
    address = request.client.host if request.client else "-"
    try:
        sign_in.check_password(ctx, signed.person, form.secret("current"), address=address)
        people.set_password(ctx, signed.person, form.secret("password"), by=signed.person, but=signed.session_id)
    except WorkbenchError as error:
        # 422, not 401: this person is signed in, the form is what is wrong.
        return _page(request, ctx, signed, error=error, status=422 if error.status == 401 else error.status)
    return pages.see_other("/account?saved=1")


@router.post("/account/sign-out-everywhere")
def everywhere(ctx: Ctx, signed: Anyone) -> Response:
    """
    End all other sessions of this person.

    Who may: everybody signed in.
    """
    sign_in.sign_out_everywhere(ctx, signed.person, but=signed.session_id)
    return pages.see_other("/account?saved=1")


def _page(
    request: Request, ctx: Ctx, signed: Signed, *, saved: bool = False, error: WorkbenchError | None = None, status: int = 200
) -> Response:
    held = ctx.db.read(lambda connection: store.credentials_of(connection, signed.person.id, kind="password"))
    data = {
        "chosen": look.preferences(signed.person.preferences),
        "themes": look.THEMES,
        "sizes": look.TEXT_SIZES,
        "fonts": look.FONTS,
        "spacings": look.SPACINGS,
        "sound_parts": look.SOUND_PARTS if signed.person.has(Role.WORKER) else (),
        "switch": look.SWITCH,
        "has_password": bool(held),
        "saved": saved,
        "error": error,
    }
    return pages.render(request, "shell/account.html", signed, status=status, **data)
