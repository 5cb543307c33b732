"""Certificates on pages: the worker picks, the coach adds and signs, anybody checks; and what verifying programs fetch."""

from __future__ import annotations

import base64
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy.engine import Connection

from workbench import certificate as rules
from workbench import certifying, coaching
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import NotFound, Unavailable, WorkbenchError
from workbench.signing import NotGenuine
from workbench.store import certificates as store
from workbench.store import people as people_store
from workbench.store.certificates import Certificate
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require, visitor
from workbench.web.forms import Fields, Form

router = APIRouter(include_in_schema=False)
Worker = Annotated[Signed, Depends(require(Role.WORKER))]
Coach = Annotated[Signed, Depends(require(Role.COACH))]
Manager = Annotated[Signed, Depends(require(Role.MANAGER))]
Visitor = Annotated[Signed | None, Depends(visitor)]

# Programs of other sites fetch these, from browsers too.
OPEN = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "public, max-age=300",
}
PRIVATE = {"x-robots-tag": "noindex", "referrer-policy": "no-referrer"}


# --- the worker ------------------------------------------------------------------------------------------------------


@router.get("/work/more/certificate")
def own(request: Request, ctx: Ctx, signed: Worker) -> Response:
    """
    My certificates, and the next one: what goes in.

    Who may: worker.
    """
    return _own_page(request, ctx, signed)


@router.post("/work/more/certificate")
def pick(request: Request, ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    Keep what the worker picked; with "ask", the coach is asked to sign.

    Who may: worker.
    """
    words = form.text("own_words")
    try:
        kept = certifying.draft(ctx, signed.person, shown=form.all("shown"), kinds=form.all("kinds"), own_words=words)
        if form.text("act") == "ask" and kept.status == "draft":
            certifying.ask(ctx, signed.person, kept)
    except WorkbenchError as error:
        return _own_page(request, ctx, signed, error=error, form=form)
    return pages.see_other("/work/more/certificate?saved=1")


@router.get("/work/more/certificate/{certificate_id}")
def own_certificate(request: Request, ctx: Ctx, signed: Worker, certificate_id: str) -> Response:
    """
    One of my certificates, to read, print and take along.

    Who may: worker.
    """
    found = _own(ctx, signed, certificate_id)
    return _certificate_page(request, ctx, signed, found, "take/own_certificate.html", error=None)


@router.get("/work/more/certificate/{certificate_id}/file")
def own_file(ctx: Ctx, signed: Worker, certificate_id: str) -> Response:
    """
    The signed certificate itself, for a wallet or a backpack of badges.

    Who may: worker.
    """
    found = _own(ctx, signed, certificate_id)
    if found.token is None:
        raise NotFound("This certificate has not been signed yet.")
    headers = {"content-disposition": f'attachment; filename="certificate-{found.public_id}.jwt"'}
    return PlainTextResponse(found.token, headers=headers, media_type="application/vc+jwt")


@router.get("/work/more/certificate/{certificate_id}/pdf")
def own_pdf(request: Request, ctx: Ctx, signed: Worker, certificate_id: str) -> Response:
    """
    The same as a tagged PDF.

    Who may: worker.
    """
    from workbench import pdf

    found = _own(ctx, signed, certificate_id)
    data = _certificate_data(request, ctx, found)
    try:
        made = pdf.render(pages.environment(found.content.locale).get_template("take/certificate_pdf.html").render(**data))
    except Unavailable as error:
        return _certificate_page(request, ctx, signed, found, "take/own_certificate.html", error=error)
    headers = {"content-disposition": f'attachment; filename="certificate-{found.public_id}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.post("/work/more/certificate/{certificate_id}/withdraw")
def withdraw(ctx: Ctx, signed: Worker, certificate_id: str) -> Response:
    """
    I do not want this one (any more).

    Who may: worker.
    """
    certifying.withdraw(ctx, signed.person, _own(ctx, signed, certificate_id))
    return pages.see_other("/work/more/certificate?saved=1")


# --- the coach -------------------------------------------------------------------------------------------------------


@router.get("/coach/certificates")
def waiting(request: Request, ctx: Ctx, signed: Coach) -> Response:
    """
    Certificates that wait for a signature, and those that were signed: where something on one is not true, it is revoked.

    Who may: coach.
    """

    def read(connection: Connection) -> dict[str, Any]:
        mine = coaching.people_of(connection, signed.person, now=ctx.now())
        waiting = [each for each in store.asked(connection) if each[0].person_id in set(mine)]
        return {"waiting": waiting, "done": store.signed_of(connection, mine)}

    return pages.render(request, "take/certificates_waiting.html", signed, **ctx.db.read(read))


@router.get("/coach/certificates/{certificate_id}")
def coach_page(request: Request, ctx: Ctx, signed: Coach, certificate_id: str) -> Response:
    """
    One certificate: add words and levels, sign, or revoke.

    Who may: coach.
    """
    return _coach_page(request, ctx, signed, _guided(ctx, signed, certificate_id))


@router.post("/coach/certificates/{certificate_id}")
def coach_acts(request: Request, ctx: Ctx, signed: Coach, form: Form, certificate_id: str) -> Response:
    """
    Keep what the coach adds; with "sign" it is signed, with "revoke" it no longer holds.

    Who may: coach.
    """
    found = _guided(ctx, signed, certificate_id)
    try:
        if form.text("act") == "revoke":
            certifying.revoke(ctx, signed.person, found, form.text("reason"))
        else:
            kept = certifying.add_coach_part(ctx, signed.person, found, _coach_part(found, form))
            if form.text("act") == "sign":
                certifying.issue(ctx, signed.person, kept, certifying.issuer_of(ctx, str(request.base_url)))
    except WorkbenchError as error:
        return _coach_page(request, ctx, signed, found, error=error, form=form)
    return pages.see_other(f"/coach/certificates/{certificate_id}?saved=1")


@router.post("/manager/lab/key")
def new_key(ctx: Ctx, signed: Manager) -> Response:
    """
    A new key signs from now on; what older ones signed stays genuine.

    Who may: manager.
    """
    certifying.rotate(ctx, by=signed.person)
    return pages.see_other("/manager/lab?saved=1")


# --- anybody ---------------------------------------------------------------------------------------------------------


@router.get("/verify")
def verify_page(request: Request, signed: Visitor) -> Response:
    """
    Check a certificate: paste it here.

    Who may: everybody.
    """
    return pages.render(request, "take/verify.html", signed, checked=None, error=None, pasted="")


@router.post("/verify")
def verify_pasted(request: Request, ctx: Ctx, signed: Visitor, form: Form) -> Response:
    """
    What a pasted certificate says, and whether it still holds.

    Who may: everybody.
    """
    try:
        checked = certifying.check_token(ctx, form.text("token"))
    except NotGenuine as error:
        pasted = form.text("token")[:2000]
        return pages.render(request, "take/verify.html", signed, status=422, checked=None, error=error, pasted=pasted)
    subject = checked.claims.get("credentialSubject", {})
    data = {"checked": checked, "narrative": str(subject.get("narrative", "")), "issuer": checked.claims.get("issuer", {})}
    return pages.render(request, "take/verify.html", signed, error=None, pasted="", **data)


@router.get("/verify/{certificate_id}")
def verify_by_id(request: Request, ctx: Ctx, signed: Visitor, certificate_id: str) -> Response:
    """
    Where the QR code of a certificate leads.

    Who may: everybody.
    """
    found, checked = certifying.check_id(ctx, certificate_id)
    answer = _certificate_page(request, ctx, signed, found, "take/verified.html", checked=checked)
    answer.headers.update(PRIVATE)
    return answer


@router.get("/certificates/keys", dependencies=[Depends(visitor)])
def keys(ctx: Ctx) -> Response:
    """
    The public halves of all keys, also those that no longer sign (JWKS).

    Who may: everybody.
    """
    return JSONResponse({"keys": [dict(key.public) for key in certifying.keys_of(ctx)]}, headers=OPEN)


@router.get("/certificates/keys/{key_name}", dependencies=[Depends(visitor)])
def key(ctx: Ctx, key_name: str) -> Response:
    """
    One public key (JWK): where the `kid` of a certificate leads.

    Who may: everybody.
    """
    found = next((each for each in certifying.keys_of(ctx) if each.name == key_name), None)
    if found is None:
        raise NotFound("There is no such key here.")
    return JSONResponse(dict(found.public), headers=OPEN)


@router.get("/certificates/issuer", dependencies=[Depends(visitor)])
def issuer(request: Request, ctx: Ctx) -> Response:
    """
    Who signs, as an Open Badges profile.

    Who may: everybody.
    """
    found = certifying.issuer_of(ctx, str(request.base_url))
    return JSONResponse(
        {"@context": list(rules.CONTEXT), "id": found.id, "type": ["Profile"], "name": found.name, "url": found.url}, headers=OPEN
    )


@router.get("/certificates/status", dependencies=[Depends(visitor)])
def status(request: Request, ctx: Ctx) -> Response:
    """
    The signed list of certificates that no longer hold.

    Who may: everybody.
    """
    text = certifying.status_list(ctx, certifying.issuer_of(ctx, str(request.base_url)))
    return PlainTextResponse(text, media_type="application/vc+jwt", headers=OPEN)


# --- parts -----------------------------------------------------------------------------------------------------------


def _own(ctx: Context, signed: Signed, public_id: str) -> Certificate:
    found = ctx.db.read(lambda connection: store.find(connection, public_id))
    if found.person_id != signed.person.id:
        raise NotFound("There is no such certificate here.")
    return found


def _guided(ctx: Context, signed: Signed, public_id: str) -> Certificate:
    def find(connection: Connection) -> Certificate:
        found = store.find(connection, public_id)
        if not coaching.may_guide(connection, signed.person, found.person_id, now=ctx.now()):
            raise NotFound("There is no such certificate here.")
        return found

    return ctx.db.read(find)


def _own_page(
    request: Request, ctx: Context, signed: Signed, *, error: WorkbenchError | None = None, form: Fields | None = None
) -> Response:
    mine = ctx.db.read(lambda connection: store.of_person(connection, signed.person.id))
    open_one = next((each for each in mine if each.is_open), None)
    now = certifying.experience(ctx, signed.person)
    before = open_one.content if open_one else None
    picked = {
        "shown": form.all("shown") if form else list(before.shown if before else rules.PARTS),
        "kinds": form.all("kinds") if form else [kind.name for kind in (before or now or rules.Content()).kinds],
        "own_words": form.text("own_words") if form else (before.own_words if before else ""),
    }
    data: dict[str, Any] = {
        "now": now,
        "open_one": open_one,
        "others": [each for each in mine if not each.is_open and each.status != "withdrawn"],
        "picked": picked,
        "parts": rules.PARTS,
        "saved": request.query_params.get("saved") == "1",
        "error": error,
    }
    return pages.render(request, "take/own_certificates.html", signed, status=error.status if error else 200, **data)


def _coach_part(found: Certificate, form: Fields) -> certifying.CoachPart:
    return certifying.CoachPart(
        words=form.text("coach_words"),
        levels={kind.name: form.text(f"level-{kind.name}") for kind in found.content.kinds},
        tools=form.text("tools"),
        training=form.text("training"),
        skills=form.text("skills"),
    )


def _coach_page(
    request: Request,
    ctx: Context,
    signed: Signed,
    found: Certificate,
    *,
    error: WorkbenchError | None = None,
    form: Fields | None = None,
) -> Response:
    content = found.content
    typed = {
        "coach_words": content.coach_words,
        "tools": "\n".join(content.tools),
        "training": "\n".join(content.training),
        "skills": "\n".join(skill.uri for skill in content.skills),
        "reason": "",
        **{f"level-{kind.name}": kind.level for kind in content.kinds},
    }
    if form:
        typed = {name: form.text(name, value) for name, value in typed.items()}
    data: dict[str, Any] = {"typed": typed, "error": error, "saved": request.query_params.get("saved") == "1"}
    data["unfit"] = rules.unfit_words(typed.get(error.field, "")) if error and error.field else []
    data["levels"] = rules.LEVELS
    return pages.render(
        request,
        "take/coach_certificate.html",
        signed,
        status=error.status if error else 200,
        **data,
        **_certificate_data(request, ctx, found),
    )


def _certificate_page(
    request: Request, ctx: Context, signed: Signed | None, found: Certificate, template: str, **more: Any
) -> Response:
    return pages.render(request, template, signed, **more, **_certificate_data(request, ctx, found))


def _certificate_data(request: Request, ctx: Context, found: Certificate) -> dict[str, Any]:
    def read(connection: Connection) -> tuple[Person | None, Person]:
        by = people_store.person_by_id(connection, found.signed_by) if found.signed_by else None
        return by, people_store.person_by_id(connection, found.person_id)

    coach, holder = ctx.db.read(read)
    who = certifying.issuer_of(ctx, str(request.base_url))
    address = who.page_of(found.public_id)
    return {
        "certificate": found,
        "told": found.content.picked(),
        "issuer": who,
        "coach": coach,
        "holder": holder,
        "address": address,
        "qr": qr_image(address),
        "zone": request.app.state.zone,
    }


def qr_image(text: str) -> str:
    """A QR code as an address of a picture: the same on a page and in a PDF."""
    drawn = segno.make(text, error="m").svg_inline(border=2, scale=4)
    whole = drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return "data:image/svg+xml;base64," + base64.b64encode(whole.encode()).decode()
