"""Symbols: served to everybody who works here, and the manager's page to add the lab's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from accessibility.sentences import noted
from workbench import symbols
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Invalid, WorkbenchError
from workbench.store import audit
from workbench.symbol_files import MOST_BYTES
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require
from workbench.web.forms import Form

router = APIRouter(include_in_schema=False)
Anybody = Annotated[Signed, Depends(require())]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]

HEADERS = {
    # Shown as a picture only: opened by itself it may not run, load or frame anything either.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=3600",
}
NO_FILE = noted("Choose a picture: an SVG or PNG file.")


@router.get("/symbols/{symbol_name}")
def one_symbol(ctx: Ctx, _signed: Anybody, symbol_name: str) -> Response:
    """
    The picture of a symbol.

    Who may: everybody signed in.
    """
    found = symbols.find(ctx, symbol_name)
    return Response(found.path.read_bytes(), media_type=found.mime, headers=HEADERS)


@router.get("/manager/symbols")
def list_symbols(request: Request, ctx: Ctx, signed: Manager) -> Response:
    """
    All symbols, those of the lab and those of the workbench.

    Who may: manager.
    """
    return _page(request, ctx, signed)


@router.post("/manager/symbols")
def add_symbol(request: Request, ctx: Ctx, signed: Manager, form: Form) -> Response:
    """
    A symbol of the lab's own, out of a file that is checked.

    Who may: manager.
    """
    files = form.files("file")
    try:
        if not files:
            raise Invalid(NO_FILE, field="file")
        added = symbols.add(ctx, form.text("name"), files[0].file.read(MOST_BYTES + 1))
    except WorkbenchError as error:
        return _page(request, ctx, signed, error, form.text("name"))
    _log(ctx, signed, "symbol.add", added.name)
    return pages.see_other("/manager/symbols")


@router.post("/manager/symbols/{symbol_name}/remove")
def remove_symbol(request: Request, ctx: Ctx, signed: Manager, symbol_name: str) -> Response:
    """
    Take one of the lab's symbols away, where no project uses it.

    Who may: manager.
    """
    try:
        symbols.remove(ctx, symbol_name)
    except WorkbenchError as error:
        return _page(request, ctx, signed, error)
    _log(ctx, signed, "symbol.remove", symbol_name)
    return pages.see_other("/manager/symbols")


def _page(request: Request, ctx: Context, signed: Signed, error: WorkbenchError | None = None, name: str = "") -> Response:
    found = list(symbols.symbols(ctx).values())
    status = error.status if error else 200
    return pages.render(request, "manager/symbols.html", signed, status=status, symbols=found, error=error, name=name)


def _log(ctx: Context, signed: Signed, action: str, name: str) -> None:
    ctx.db.write(lambda c: audit.record(c, now=ctx.now(), person_id=signed.person.id, action=action, subject=name))
