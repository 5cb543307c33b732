"""Certificates on pages: picked by the worker, signed by the coach, checked by anybody."""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from contextlib import suppress

import jwt
import pytest

from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench import pdf
from workbench.domain import Role


def test_a_worker_picks_and_asks_and_the_coach_signs(browser: SignIn, here: Furnished) -> None:
    """From the form to a page that anybody can open; the version before is superseded."""
    worker, coach, anybody = browser(Role.WORKER), browser(Role.COACH), browser(None)
    old = here.paths["certificate_id"]
    fields = {"shown": ["hours", "coach_words"], "own_words": "", "act": "ask", "csrf": csrf(worker)}
    assert worker.post("/work/more/certificate", data=fields).status_code == 303
    assert "1 certificaat om te tekenen" in coach.get("/coach").text
    waiting = coach.get("/coach/certificates").text
    found = re.search(r"/coach/certificates/(\w{24})", waiting)
    assert found
    words = {"coach_words": "Werkt graag samen.", "act": "sign", "csrf": csrf(coach)}
    assert coach.post(found.group(0), data=words).status_code == 303
    page = anybody.get(f"/verify/{found.group(1)}")
    assert "Werkt graag samen." in page.text
    shown = page.text.split("<main")[1]
    assert [name for name in ("Wim", here.by_role[Role.COACH].person.name) if name in shown] == []
    assert "Proeflab" in shown
    assert page.headers["x-robots-tag"] == "noindex"
    assert f"/verify/{found.group(1)}" in anybody.get(f"/verify/{old}").text
    signed = coach.get("/coach/certificates").text.partition('id="done"')[2]
    assert found.group(0) in signed
    assert f"/coach/certificates/{old}" in signed
    assert "Er is een nieuwer certificaat" in signed


def test_words_about_health_are_told_beside_the_field_and_kept(browser: SignIn, here: Furnished) -> None:
    """Nothing is lost, nothing is signed."""
    worker, coach = browser(Role.WORKER), browser(Role.COACH)
    worker.post("/work/more/certificate", data={"shown": "hours", "act": "ask", "csrf": csrf(worker)})
    address = re.findall(r"/coach/certificates/\w{24}", coach.get("/coach/certificates").text)[0]
    answer = coach.post(address, data={"coach_words": "Goed, ondanks autisme", "act": "sign", "csrf": csrf(coach)})
    assert answer.status_code == 422
    assert 'id="coach_words-error"' in answer.text
    assert "Goed, ondanks autisme" in answer.text
    assert "autis" in answer.text


def test_a_pasted_certificate_is_checked_by_anybody(browser: SignIn, here: Furnished) -> None:
    """Signed out, with the file's whole text, also broken over lines."""
    worker, anybody = browser(Role.WORKER), browser(None)
    token = worker.get(f"/work/more/certificate/{here.paths['certificate_id']}/file").text
    good = anybody.post("/verify", data={"token": f"{token[:80]}\n{token[80:]}"})
    assert good.status_code == 200
    assert "Ik weet nu hoe computers leren." in good.text
    assert anybody.post("/verify", data={"token": token[:-4] + "AAAA"}).status_code == 422


def test_a_revoked_certificate_shows_nothing_but_that(browser: SignIn, here: Furnished) -> None:
    """Neither the name nor the reason."""
    coach, anybody = browser(Role.COACH), browser(None)
    address = f"/coach/certificates/{here.paths['certificate_id']}"
    fields = {"act": "revoke", "reason": "De periode klopt niet", "csrf": csrf(coach)}
    assert coach.post(address, data=fields).status_code == 303
    text = anybody.get(f"/verify/{here.paths['certificate_id']}").text.split("<main")[1]
    assert "telt niet meer" in text
    assert "Wim" not in text
    assert "De periode klopt niet" not in text


def test_programs_find_the_key_and_the_status_list_by_the_addresses_in_the_token(browser: SignIn, here: Furnished) -> None:
    """`kid` leads to a key that verifies; the status list is signed by the same lab; a new key keeps the old one there."""
    worker, anybody, manager = browser(Role.WORKER), browser(None), browser(Role.MANAGER)
    token = worker.get(f"/work/more/certificate/{here.paths['certificate_id']}/file").text
    kid = jwt.get_unverified_header(token)["kid"].removeprefix("http://testserver")
    public = jwt.PyJWK(anybody.get(kid).json())
    claims = jwt.decode(token, public, algorithms=["EdDSA"])
    listed = anybody.get(claims["credentialStatus"]["statusListCredential"].removeprefix("http://testserver"))
    assert jwt.decode(listed.text, public, algorithms=["EdDSA"])["iss"] == claims["iss"]
    assert listed.headers["access-control-allow-origin"] == "*"
    assert anybody.get(claims["issuer"]["id"].removeprefix("http://testserver")).json()["name"] == "Proeflab"
    assert manager.post("/manager/lab/key", data={"csrf": csrf(manager)}).status_code == 303
    assert len(anybody.get("/certificates/keys").json()["keys"]) == 2
    assert anybody.get(kid).status_code == 200


def test_other_people_s_certificates_are_not_there(browser: SignIn, here: Furnished) -> None:
    """A certificate that was not signed has no page for anybody, and a coach sees their own people's only."""
    assert browser(None).get("/verify/no-such").status_code == 404
    assert browser(Role.COACH).get("/coach/certificates/no-such").status_code == 404


@pytest.mark.skipif(not pdf.available(), reason="the extra [pdf] is not installed")
def test_the_pdf_is_tagged_and_says_that_it_is_pdf_ua(browser: SignIn, here: Furnished) -> None:
    """Structure for a screen reader, a title, a language."""
    made = browser(Role.WORKER).get(f"/work/more/certificate/{here.paths['certificate_id']}/pdf")
    assert made.headers["content-type"] == "application/pdf"
    assert made.content.startswith(b"%PDF")
    for part in (b"/StructTreeRoot", b"/MarkInfo", b"pdfuaid:part", b"/Lang"):
        assert part in inflated(made.content)


def inflated(made: bytes) -> bytes:
    """A PDF with its packed objects unpacked."""
    found = [made]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL):
        with suppress(zlib.error):
            found.append(zlib.decompress(packed))
    return b"\n".join(found)


def test_without_the_extra_there_is_a_clear_sentence() -> None:
    """A machine without WeasyPrint: the same module, run where it cannot be found."""
    code = (
        "import sys; sys.modules['weasyprint'] = None; sys.meta_path.insert(0, type('No', (), {'find_spec': "
        "staticmethod(lambda name, *a: None)})); import importlib.util as u; u.find_spec = lambda name: None\n"
        "from workbench import pdf\n"
        "try:\n    pdf.render('<p>x</p>')\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("Unavailable PDF needs an extra.")
