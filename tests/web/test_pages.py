"""Pages over HTTP: headers, cookies, set-up, errors, limits, and what a manager and a client do with forms."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI
from sqlalchemy.engine import Connection
from starlette.testclient import TestClient

from tests.web.builders import PASSWORD, Furnished
from tests.web.conftest import SignIn, csrf
from tests.web.test_access import ROLES, routes, who_may
from workbench import people, projects
from workbench.context import Context
from workbench.domain import Role
from workbench.store import datasets, overviews
from workbench.store import people as store
from workbench.store import projects as project_store
from workbench.store.jobs import finish
from workbench.web import access
from workbench.web.app import create_app
from workbench.web.health import LEAST_FREE_BYTES, room

ElsewhereClient = Callable[[FastAPI], TestClient]


class Inline(HTMLParser):
    """Finds what a strict policy would block: scripts without the nonce, style and on… attributes."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce = nonce
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One opening tag."""
        names = dict(attrs)
        inert = names.get("type") == "application/json"
        if tag == "script" and "src" not in names and not inert and names.get("nonce") != self.nonce:
            self.found.append("script")
        if tag == "style":
            self.found.append("style element")
        self.found += [name for name in names if name == "style" or name.startswith("on")]
        self.found += [str(value) for name, value in attrs if name in ("href", "src") and _is_elsewhere(str(value))]


def _is_elsewhere(address: str) -> bool:
    """Another host, or a script for an address. A certificate names this very host in full: it is printed."""
    return address.startswith(("http", "//", "javascript")) and not address.startswith("http://testserver/")


def inline_of(text: str, policy: str) -> list[str]:
    """What in this page the policy would block, or loads from elsewhere."""
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce, policy
    parser = Inline(nonce.group(1))
    parser.feed(text)
    return parser.found


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role or "signed out"))
def test_every_page_has_a_strict_policy_and_nothing_inline(
    app: FastAPI, here: Furnished, browser: SignIn, role: Role | None
) -> None:
    """CSP, nosniff, referrer, permissions, opener and no-store on every page; nothing inline or from elsewhere."""
    client, seen = browser(role), 0
    for method, route in routes(app):
        if method != "GET" or role not in who_may(route):
            continue
        path = re.sub(r"{(\w+)(:\w+)?}", lambda name: here.paths.get(name.group(1), "no-such"), route.path)
        answer = client.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert inline_of(answer.text, policy) == [], path
        kept = {
            name: answer.headers.get(name) for name in ("x-content-type-options", "cache-control", "cross-origin-opener-policy")
        }
        assert kept == {
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
            "cross-origin-opener-policy": "same-origin",
        }, path
        assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer"), path
        assert "microphone=(self)" in answer.headers["permissions-policy"]
        seen += 1
    assert seen >= 3


def test_two_pages_never_share_a_nonce(browser: SignIn) -> None:
    """A nonce that is used twice protects nothing."""
    client = browser(None)
    assert client.get("/sign-in").headers["content-security-policy"] != client.get("/sign-in").headers["content-security-policy"]


def test_cookies_are_kept_from_scripts_and_bound_to_https(app: FastAPI, here: Furnished) -> None:
    """HttpOnly and SameSite always; on https Secure, the __Host- prefix and HSTS as well."""
    plain, secure = (
        TestClient(app, follow_redirects=False),
        TestClient(app, base_url="https://lab.example", follow_redirects=False),
    )
    link = here.by_role[Role.WORKER].link_path
    over_http, over_https = plain.get(link).headers, secure.get(link).headers
    assert re.fullmatch(r"session=[\w-]+; HttpOnly; Path=/; SameSite=lax", over_http["set-cookie"])
    assert re.fullmatch(r"__Host-session=[\w-]+; HttpOnly; Path=/; SameSite=lax; Secure", over_https["set-cookie"])
    assert "strict-transport-security" in over_https
    assert "strict-transport-security" not in over_http


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-purpose": "prefetch"}])
def test_a_card_link_from_elsewhere_asks_for_a_press(app: FastAPI, here: Furnished, headers: dict[str, str]) -> None:
    """A page of another site, or a program that looks ahead, signs nobody in."""
    client = TestClient(app, follow_redirects=False)
    answer = client.get(here.by_role[Role.WORKER].link_path, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert "Wim" in answer.text
    pressed = client.post(here.by_role[Role.WORKER].link_path)
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/work")


def test_a_qr_scanner_that_types_the_link_is_understood(browser: SignIn, here: Furnished) -> None:
    """A reader of QR codes types the whole address into the badge field."""
    client = browser(None)
    typed = "https://lab.example" + here.by_role[Role.WORKER].link_path
    assert client.post("/sign-in/badge", data={"badge": typed}).headers["location"] == "/work"


def test_a_sign_in_never_leads_to_another_site(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """`next` is a path of our own, or nothing."""
    people.set_password(ctx, here.by_role[Role.MANAGER].person, PASSWORD, by=None)
    for given, expected in {"//evil.example": "/", "https://evil.example": "/", "/manager/people": "/manager/people"}.items():
        fields = {"name": "Mia", "password": PASSWORD, "next": given}
        assert browser(None).post("/sign-in/password", data=fields).headers["location"] == expected


def test_too_many_tries_are_told_with_the_seconds(browser: SignIn) -> None:
    """In words on the page, and in a header."""
    client = browser(None)
    answers = [client.post("/sign-in/password", data={"name": "Mia", "password": "x"}) for _ in range(7)]
    last = answers[-1]
    assert (last.status_code, last.headers["retry-after"]) == (429, "2")
    assert "Wacht 2 seconden" in last.text


def test_signing_out_ends_the_session_on_the_server(browser: SignIn) -> None:
    """The old cookie is worth nothing afterwards."""
    client = browser(Role.WORKER)
    old = client.cookies["session"]
    assert client.post("/sign-out", data={"csrf": csrf(client)}).status_code == 303
    client.cookies.set("session", old)
    assert client.get("/account").headers["location"] == "/sign-in?next=/account"
    sent = client.post("/account/look", headers={"referer": "http://testserver/account"}).headers["location"]
    assert sent == "/sign-in?next=/account&again=1"
    page = client.get(sent).text
    assert ("Log opnieuw in" in page, 'name="next" value="/account"' in page) == (True, True)
    elsewhere = client.post("/account/look", headers={"referer": "http://testserver.example/account"})
    assert elsewhere.headers["location"] == "/sign-in?again=1"


def test_an_empty_lab_is_set_up_in_three_steps(ctx: Context) -> None:
    """The lab, its manager, its first project; then the set-up is closed."""
    client = TestClient(create_app(ctx, setup_code="1234-abcd"), follow_redirects=False)
    assert client.get("/").headers["location"] == "/setup"
    lab = {"name": "Proeflab", "time_zone": "Europe/Amsterdam"}
    assert client.post("/setup/lab", data=lab | {"code": "wrong"}).status_code == 403
    assert client.post("/setup/lab", data=lab | {"code": "1234-abcd"}).headers["location"] == "/setup"
    assert "Proeflab" in client.get("/setup").text
    manager = {"name": "Mia", "password": PASSWORD}
    stranger = TestClient(client.app, follow_redirects=False)
    assert stranger.post("/setup/manager", data=manager).status_code == 403
    assert client.post("/setup/manager", data=manager | {"password": "short"}).status_code == 422
    assert client.post("/setup/manager", data=manager).headers["location"] == "/setup/project"
    fields = {"csrf": csrf(client), "name": "Eerste", "type": "rating", "question": "Hoe mooi is dit?"}
    assert client.post("/setup/project", data=fields).headers["location"].startswith("/projects/")
    assert projects.named(ctx, "Eerste").status == "draft"
    assert client.get("/setup").headers["location"] == "/"
    assert client.post("/setup/manager", data=manager).status_code == 409
    assert ctx.db.read(lambda connection: store.count_people(connection, role=Role.MANAGER)) == 1


def test_only_at_the_server_itself_no_code_is_asked_for(ctx: Context) -> None:
    """Not through a proxy on the same machine, nor by a name of somebody else's that points here."""
    app = create_app(ctx, setup_code="1234-abcd")
    lab = {"name": "Proeflab", "time_zone": "Europe/Amsterdam"}

    def asked(address: str, **headers: str) -> bool:
        client = TestClient(app, client=(address, 5000), headers=headers, follow_redirects=False)
        refused = client.post("/setup/lab", data=lab).status_code == 403
        assert refused == ('name="code"' in client.get("/setup").text)
        return refused

    near, away = "127.0.0.1", "192.0.2.7"
    assert [asked(near, host=host) for host in ("localhost:8000", "127.0.0.1", "[::1]:80")] == [False] * 3
    assert [asked(near, host=host) for host in ("lab.example", "a_b.example", "localhost.example", "")] == [True] * 4
    assert [asked(near, host="localhost", **{name: near}) for name in ("x-forwarded-for", "forwarded", "x-real-ip")] == [True] * 3
    assert asked(away, host="localhost")


def test_errors_are_problems_for_programs_and_pages_for_people(browser: SignIn) -> None:
    """The same moment, told in the way of who asks."""
    client = browser(Role.WORKER)
    page, program = client.get("/no-such"), client.get("/api/v1/no-such")
    assert (page.status_code, program.status_code) == (404, 404)
    assert "We kunnen dit niet vinden" in page.text
    assert program.json() == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "There is nothing at this address.",
    }


def test_a_mistake_of_ours_is_told_calmly_and_found_by_its_number(app: FastAPI) -> None:
    """500 with a number, the security headers, and nothing of the inside."""

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a secret of the inside")

    client = TestClient(app, raise_server_exceptions=False, headers={"accept-language": "en"})
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_body_that_is_too_large_is_refused(ctx: Context, app: FastAPI) -> None:
    """By its announced length, and by counting when nothing is announced."""
    client = TestClient(app)
    assert client.post("/sign-in/badge", content=b"x" * (3 << 20)).status_code == 413
    chunks = (b"x" * (1 << 20) for _ in range(4))
    answer = client.post("/sign-in/badge", content=chunks, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 413


def test_a_server_without_room_is_not_well(ctx: Context) -> None:
    """It reads as well as ever, and takes no answer: whoever watches it should hear so."""
    assert TestClient(create_app(ctx)).get("/health").json() == {"status": "ok"}
    assert (room(LEAST_FREE_BYTES), room(LEAST_FREE_BYTES - 1)) == ("ok", "disk")


def test_only_known_host_names_are_answered(ctx: Context) -> None:
    """Where a lab names its hosts, a request for another name is refused."""
    client = TestClient(create_app(ctx, hosts=["lab.example"]), base_url="http://lab.example:8000")
    assert client.get("/health").status_code == 200
    assert client.get("/health", headers={"host": "evil.example"}).status_code == 400


def test_metrics_are_for_this_machine_and_for_managers(app: FastAPI, browser: SignIn) -> None:
    """Loopback without a proxy, or a manager."""
    near = TestClient(app, client=("127.0.0.1", 1))
    assert "workbench_requests_total" in near.get("/metrics").text
    assert near.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}, follow_redirects=False).status_code == 303
    assert browser(Role.WORKER).get("/metrics").status_code == 403
    assert browser(Role.MANAGER).get("/metrics").status_code == 200


def test_a_name_cannot_become_html(browser: SignIn, ctx: Context) -> None:
    """Other people's text is data, in a list, in a title and in an error."""
    client = browser(Role.MANAGER)
    fields = {"csrf": csrf(client), "name": "<script>alert(1)</script>%s{{7*7}}", "roles": "worker", "locale": "nl"}
    card = client.post("/manager/people", data=fields)
    assert card.status_code == 200
    for text in (card.text, client.get("/manager/people").text):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;%s{{7*7}}" in text


def test_a_manager_adds_somebody_who_can_sign_in_with_the_card(browser: SignIn, app: FastAPI) -> None:
    """The link and the badge code on the card work."""
    client = browser(Role.MANAGER)
    fields = {"csrf": csrf(client), "name": "Nora", "roles": ["worker", "coach"], "locale": "en"}
    card = client.post("/manager/people", data=fields).text
    link = re.search(r"http://testserver(/s/[\w-]+)", card)
    code = re.search(r'pass__code">([A-Z0-9]+)<', card)
    assert link
    assert code
    fresh = TestClient(app, follow_redirects=False)
    assert fresh.get(link.group(1)).headers["location"] == "/work"
    assert fresh.post("/sign-in/badge", data={"badge": code.group(1)}).headers["location"] == "/work"


def test_a_profile_keeps_needs_and_has_no_place_for_a_diagnosis(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Needs are stored, unknown fields are not, and the record of changes does not say what was chosen."""
    client, person = browser(Role.MANAGER), here.by_role[Role.WORKER].person
    fields = {
        "csrf": csrf(client),
        "cannot_use": ["sight", "nonsense"],
        "uses": "braille",
        "topics_off": "geweld",
        "diagnosis": "x",
    }
    assert client.post(f"/manager/people/{person.public_id}/profile", data=fields).status_code == 303
    now = ctx.db.read(lambda connection: store.person_by_id(connection, person.id))
    assert now.profile == {"cannot_use": ["sight"], "uses": ["braille"], "reading_level": "", "topics_off": ["geweld"]}
    assert "diagnos" not in client.get(f"/manager/people/{person.public_id}").text.replace("geen diagnose", "")


def test_a_client_makes_a_project_of_its_own_company(browser: SignIn, ctx: Context) -> None:
    """Whatever company the form names; it stays a draft, and only a manager opens it."""
    client = browser(Role.CLIENT)
    fields = {
        "csrf": csrf(client),
        "type": "rating",
        "name": "Nieuw",
        "question_nl": "Goed?",
        "question_en": "Good?",
        "client": "Zender Zuid",
        "overlap": "3",
    }
    made = client.post("/projects", data=fields)
    project = projects.named(ctx, "Nieuw")
    assert made.headers["location"] == f"/projects/{project.public_id}"
    assert project.status == "draft"
    assert people.client_name(ctx, project.client_id or 0) == "Omroep Oost"
    opening = {"csrf": csrf(client), "status": "open"}
    assert client.post(f"/projects/{project.public_id}/status", data=opening).status_code == 403
    boss = browser(Role.MANAGER)
    assert boss.post(f"/projects/{project.public_id}/status", data={"csrf": csrf(boss), "status": "open"}).status_code == 303
    assert projects.named(ctx, "Nieuw").status == "open"


def test_a_wrong_setting_is_told_and_nothing_typed_is_lost(browser: SignIn) -> None:
    """The page comes back filled in."""
    client = browser(Role.MANAGER)
    fields = {"csrf": csrf(client), "type": "rating", "name": "Nieuw", "question_nl": "Hoe mooi?", "overlap": "veel"}
    answer = client.post("/projects", data=fields)
    assert answer.status_code == 422
    assert "Geef hier een getal." in answer.text
    assert 'value="Hoe mooi?"' in answer.text


def test_changed_settings_are_a_new_version(browser: SignIn, here: Furnished) -> None:
    """The old version stays to be seen by the supervisor; another tab that shows it overwrites nothing unseen."""
    client, path = browser(Role.MANAGER), here.paths["project_id"]
    fields = {"csrf": csrf(client), "step": here.paths["step"], "question_nl": "En nu?", "note": "Korter"}
    assert client.post(f"/projects/{path}/settings", data=fields).status_code == 303
    late = client.post(f"/projects/{path}/settings", data={**fields, "version": "1", "question_nl": "Andere tab"})
    assert (late.status_code, "in een ander tabblad" in late.text, "Andere tab" in late.text) == (409, True, True)
    page = browser(Role.SUPERVISOR).get(f"/supervisor/projects/{path}").text
    assert "En nu?" in page
    assert "Andere tab" not in page
    assert "Hoe goed is dit?" in page
    assert "Korter" in page


def test_an_upload_waits_for_the_background_under_its_own_names(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Names of files lose their folders; two of the same name are both kept; the job knows project, gold and choice."""
    from workbench import jobs

    client, path = browser(Role.CLIENT), here.paths["project_id"]
    files = [("files", ("../../etc/a.txt", b"one")), ("files", ("a.txt", b"two")), ("gold", ("gold.jsonl", b"{}"))]
    answer = client.post(f"/projects/{path}/upload", data={"csrf": csrf(client), "problems": "refuse"}, files=files)
    assert answer.status_code == 303
    job = jobs.get(ctx, answer.headers["location"].removeprefix("/jobs/"))
    # In the store, where a jobs process on another machine finds them; nothing lies in a folder of this one.
    sent = (*job.arguments["uploads"], job.arguments["gold"])
    kept = {each["name"]: b"".join(ctx.files.open(each["sha256"])) for each in sent}
    assert kept == {"a.txt": b"one", "a-2.txt": b"two", "gold.jsonl": b"{}"}
    assert not (ctx.settings.data / "incoming").exists()
    assert (job.kind, job.arguments["project"], job.arguments["whole"]) == ("ingest", path, True)
    assert job.arguments["gold"]["name"] == "gold.jsonl"


def test_nothing_goes_into_a_closed_project(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Its questions would never be asked: the page says so, by form and for programs, and keeps no file."""
    assert here.project
    project, client = here.project, browser(Role.CLIENT)
    ctx.db.write(lambda connection: project_store.set_status(connection, project.id, "closed", ctx.now()))
    assert f"{project.public_id}/upload" not in client.get(f"/projects/{project.public_id}").text
    sent = [("files", ("a.txt", b"Een tekst"))]
    form = client.post(f"/projects/{project.public_id}/upload", data={"csrf": csrf(client)}, files=sent)
    token = {"authorization": f"Bearer {here.by_role[Role.CLIENT].token}"}
    program = client.post(f"/api/v1/projects/{project.public_id}/datasets", headers=token, files=sent)
    assert (form.status_code, program.status_code, "Dit project is gesloten" in form.text) == (409, 409, True)


def test_a_reviewer_corrects_nothing_twice(browser: SignIn, here: Furnished) -> None:
    """Words were missing: the correction is still there. The answer changed meanwhile: the words are, beside the newer answer."""
    client, path = browser(Role.CLIENT), f"/projects/{here.paths['project_id']}/answers/{here.paths['microtask_id']}"
    shown = re.search(r'name="outcome" value="(\d+)"', client.get(path).text)
    assert shown
    sent = {"csrf": csrf(client), "outcome": shown.group(1), "verdict": "returned", "value": "2"}
    missing = client.post(path, data=sent)
    assert (missing.status_code, re.findall(r'value="(\d)"[^>]* checked', missing.text)) == (422, ["2"])
    newer = client.post(path, data={**sent, "outcome": "1000000", "words": "Kijk nog eens."})
    assert (newer.status_code, re.findall(r'value="(\d)"[^>]* checked', newer.text)) == (409, ["4"])
    assert "Kijk nog eens." in newer.text


def test_a_client_has_a_quality_report_made(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """The button asks for it in the background; the page says that it is being made, and when it could not be."""
    client, path = browser(Role.CLIENT), f"/projects/{here.paths['project_id']}/quality"
    assert client.post(path, data={"csrf": csrf(client)}).headers["location"] == path
    assert "Het rapport wordt gemaakt" in client.get(path).text

    def fail(connection: Connection) -> None:
        last = overviews.jobs(connection, limit=1)[0]
        finish(connection, last.public_id, "failed", now=ctx.now(), message="Something went wrong on our side.", result=None)

    ctx.db.write(fail)
    assert "Het rapport kon niet worden gemaakt." in client.get(path).text


def test_what_did_not_come_in_is_told_where_the_upload_ends(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """On the page of the background work, with the way to the lines; on the upload's own page with all of them counted."""
    assert here.project
    client, path = browser(Role.CLIENT), f"/projects/{here.project.public_id}"
    upload, lost = f"{path}/datasets/{here.paths['dataset_id']}", "1 ding kwam niet binnen"
    pages = [client.get(each).text for each in set(re.findall(r"/jobs/[0-9a-f]+", client.get(path).text))]
    assert [lost in page for page in pages if upload in page] == [True]
    assert "Er zijn geen problemen" not in client.get(upload).text

    def refuse(connection: Connection) -> None:
        assert here.project
        known = next(each for each in datasets.datasets_of(connection, here.project.id) if each.public_id in upload)
        datasets.update_dataset(connection, known.id, counts={"problems": 2500}, status="refused")

    ctx.db.write(refuse)
    page = client.get(upload).text
    assert "2500 dingen" in page.replace(".", "")
    assert "Er is niets binnengekomen" in page


def test_too_many_files_at_once_are_refused_with_the_way_out(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """A zip holds them; nothing half-done is left behind."""
    client, path = browser(Role.CLIENT), here.paths["project_id"]
    files = [("files", (f"{number}.txt", b"x")) for number in range(access.MOST_FILES + 1)]
    answer = client.post(f"/projects/{path}/upload", data={"csrf": csrf(client)}, files=files)
    assert answer.status_code == 400
    assert "zip" in answer.text
    assert not (ctx.settings.data / "incoming").exists()


def test_a_rival_cannot_follow_or_stop_a_job(app: FastAPI, here: Furnished) -> None:
    """Another company's job looks as if it did not exist."""
    assert here.rival
    client = TestClient(app, follow_redirects=False)
    client.get(here.rival.link_path)
    path = f"/jobs/{here.paths['job_id']}"
    statuses = [client.get(path).status_code, client.get(f"{path}/state").status_code, client.get(f"{path}/download").status_code]
    statuses.append(client.post(f"{path}/cancel", data={"csrf": csrf(client)}).status_code)
    assert statuses == [404] * 4


def test_a_persons_look_is_kept_and_shown(browser: SignIn) -> None:
    """Language, theme, size, font and spacing are there on the next page; nonsense is not."""
    client = browser(Role.WORKER)
    fields = {"csrf": csrf(client), "locale": "en", "theme": "calm", "text_size": "200", "font": "lexend", "spacing": "sparkling"}
    assert client.post("/account/look", data=fields).status_code == 303
    page = client.get("/help").text
    assert (
        '<html lang="en" data-theme="calm" data-text="200" data-font="lexend" data-spacing="normal" data-shortcuts="off">' in page
    )


def test_the_web_process_stays_light() -> None:
    """Serving pages imports nothing that decodes, recognises or fits."""
    code = (
        "import sys, workbench.web.app; print([n for n in ('scipy', 'cv2', 'av', 'vosk', 'torch', 'dbos') if n in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_names_of_files_mean_nothing_to_the_file_system() -> None:
    """Folders, reserved signs and dots in front go; something always stays."""
    from workbench.web.data import safe_name

    given = ["a.txt", "../../etc/passwd", "C:\\temp\\b.wav", "..", "", "x\x00y.png", "." * 400, "n" * 400 + ".jpg"]
    assert [safe_name(name) for name in given][:6] == ["a.txt", "passwd", "b.wav", "file", "file", "xy.png"]
    assert all(0 < len(safe_name(name)) <= 200 for name in given)


def test_access_calls_a_request_without_an_origin_our_own() -> None:
    """Programs send neither header; browsers do."""
    from starlette.datastructures import Headers

    own = [{"host": "lab"}, {"host": "lab", "origin": "http://lab"}, {"host": "lab", "sec-fetch-site": "none"}]
    other = [{"host": "lab", "origin": "http://lab.evil"}, {"host": "lab", "origin": "null"}]
    assert [access.same_origin(Headers(each)) for each in own + other] == [True, True, True, False, False]


def test_an_embargo_ends_when_the_day_begins_where_the_lab_is(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Midnight in Amsterdam is 23:00 UTC the day before; the form shows the day that was filled in."""
    client, address = browser(Role.MANAGER), f"/projects/{here.paths['project_id']}/embargo"
    assert client.post(address, data={"until": "2027-01-31", "csrf": csrf(client)}).status_code == 303
    assert projects.named(ctx, "Journaal").embargo_until_ms == 1_801_350_000_000  # 2027-01-30 23:00 UTC
    assert 'value="2027-01-31"' in client.get(address).text
