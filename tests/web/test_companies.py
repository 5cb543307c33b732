"""Companies stay apart: nobody stands between them, and no company takes the lab's people by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from task_types import reading
from tests.web.builders import Furnished, pageless
from tests.web.conftest import SignIn, csrf
from workbench import ingest, people, projects
from workbench.context import Context
from workbench.domain import Project, Role
from workbench.errors import Invalid, NotAllowed, Unavailable
from workbench.store import overviews, sessions
from workbench.store import people as store
from workbench.web.app import create_app


def test_a_client_always_belongs_to_a_company(ctx: Context, browser: SignIn, here: Furnished) -> None:
    """Not when somebody joins, and not when somebody is changed: an unknown company empties nothing."""
    with pytest.raises(Invalid, match="which company"):
        people.enrol(ctx, "Nergens", [Role.CLIENT])
    client, manager = here.by_role[Role.CLIENT].person, browser(Role.MANAGER)
    fields = {"csrf": csrf(manager), "name": client.name, "roles": "client", "locale": "nl"}
    answers = [manager.post(f"/manager/people/{client.public_id}", data=fields | {"client": name}) for name in ("", "Omrep Oost")]
    kept = ctx.db.read(lambda connection: store.person_by_id(connection, client.id))
    assert ([answer.status_code for answer in answers], kept.client_id) == ([422, 422], client.client_id)


def test_a_clients_project_waits_for_a_manager(ctx: Context, browser: SignIn, here: Furnished) -> None:
    """By page and by program, of its own company, whatever was asked for."""
    client, own = browser(Role.CLIENT), here.by_role[Role.CLIENT]
    page = {"csrf": csrf(client), "name": "Een", "type": "rating", "question_nl": "Hoe mooi?", "client": "Zender Zuid"}
    assert client.post("/projects", data=page).status_code == 303
    body = {"name": "Twee", "type": "rating", "draft": False, "client": "Zender Zuid"}
    headers = {"authorization": f"Bearer {own.token}"}
    assert browser(None).post("/api/v1/projects", headers=headers, json=body).status_code == 201
    made = [projects.named(ctx, name) for name in ("Een", "Twee")]
    assert [(each.status, each.client_id) for each in made] == [("draft", own.person.client_id)] * 2


def test_somebody_without_a_company_makes_no_project(ctx: Context, here: Furnished) -> None:
    """Not even of a company that is named."""
    with pytest.raises(NotAllowed, match="company"):
        projects.create_by(ctx, here.by_role[Role.WORKER].person, "Drie", "rating", {}, "Omroep Oost")


def test_a_kind_of_work_without_a_page_makes_no_project(ctx: Context) -> None:
    """It is said at once, not to each worker."""
    kind = pageless()
    settings = reading.dumped(kind.examples[0].case.settings)
    with pytest.raises(Unavailable, match="cannot be asked on a page yet"):
        projects.create(ctx, "Zonder pagina", kind.name, settings)


def test_a_new_password_or_card_ends_what_the_old_one_began(ctx: Context, browser: SignIn, here: Furnished) -> None:
    """Who held the old one is out; the browser where a password was chosen stays in."""
    worker, manager = here.by_role[Role.WORKER].person, here.by_role[Role.MANAGER].person
    with_card, at_desk, elsewhere = browser(Role.WORKER), browser(Role.MANAGER), browser(Role.MANAGER)
    people.new_card(ctx, worker, by=manager)
    assert with_card.get("/work").status_code == 303
    people.set_password(ctx, manager, "een zin om te onthouden", by=manager)
    assert ctx.db.read(lambda connection: sessions.running(connection, manager.id, now=ctx.now())) == 0
    assert [client.get("/account").status_code for client in (at_desk, elsewhere)] == [303, 303]


def under_embargo(ctx: Context, project: Project) -> None:
    """Secret for an hour."""
    until = ctx.now() + 3_600_000
    ctx.db.write(lambda connection: overviews.set_embargo(connection, project.id, until_ms=until))


def test_an_embargo_closes_the_names_of_files_too(ctx: Context, browser: SignIn, here: Furnished, tmp_path: Path) -> None:
    """A supervisor guides the work; names and accepted answers are for those who are cleared."""
    assert here.project
    project, now = here.project, ctx.now()
    (tmp_path / "verrassing.txt").write_text("Een tekst.")
    (tmp_path / "gold.jsonl").write_text('{"source": "verrassing.txt", "answer": {"value": 4}}')
    told = ingest.ingest(
        ctx, project, [tmp_path / "verrassing.txt"], gold=tmp_path / "gold.jsonl", created_by=None, progress=lambda *_: None
    )
    assert told.gold_added == 1, told.problems
    supervisor, me = browser(Role.SUPERVISOR), here.by_role[Role.SUPERVISOR].person
    under_embargo(ctx, project)

    closed = supervisor.get(f"/supervisor/projects/{project.public_id}")
    ctx.db.write(lambda c: store.set_clearances(c, project.id, [me.id], given_by=None, now=now))
    cleared = supervisor.get(f"/supervisor/projects/{project.public_id}")

    assert [(page.status_code, "verrassing" in page.text) for page in (closed, cleared)] == [(200, False), (200, True)]


def test_a_card_carries_the_address_of_the_lab(ctx: Context, here: Furnished) -> None:
    """Not the name by which a browser on the server itself asked."""
    at = replace(ctx, settings=replace(ctx.settings, public_url="https://lab.example"))
    client = TestClient(create_app(at), follow_redirects=False)
    client.get(here.by_role[Role.MANAGER].link_path)
    worker = here.by_role[Role.WORKER].person.public_id
    card = client.post(f"/manager/people/{worker}/card", data={"csrf": csrf(client)}).text
    assert ("https://lab.example/s/" in card, "testserver/s/" in card) == (True, False)


def test_a_client_is_only_offered_work_that_a_page_can_ask(browser: SignIn) -> None:
    """No way to a kind of work that would then be refused."""
    page = browser(Role.CLIENT).get("/projects/new").text
    assert "type=rating" in page
    assert "type=video_faces" in page
    assert f"type={pageless().name}" not in page
