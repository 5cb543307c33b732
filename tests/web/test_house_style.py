"""A client's house style for subtitles: where a project says nothing else, its subtitles are measured against it."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench import projects, steps
from workbench.context import Context
from workbench.domain import Json, Project, Role
from workbench.store import projects as store


def limit(ctx: Context, project: Project) -> Json:
    """Characters of a line, as its first step has it; None: the public default."""
    return ctx.db.read(lambda connection: store.steps_of(connection, project.id))[0].settings.get("line_length")


def test_new_projects_start_with_the_house_style(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Of this client only; what a project says itself goes first; a project that is there keeps its own."""
    before = projects.create(ctx, "Eerder", "subtitle_quality", {}, "Omroep Oost")
    client, url = browser(Role.CLIENT), f"/clients/{here.paths['client_id']}/subtitles"
    form = {"csrf": csrf(client), "line_length": "37", "speed_warning": "12,5"}
    wrong = client.post(url, data={**form, "speed_limit": "9"})
    assert wrong.status_code == 422
    assert "Geef een hoger getal" in wrong.text
    assert client.post(url, data={**form, "line_length": "3"}).status_code == 422
    assert client.post("/clients/mine/subtitles", data=form).status_code == 303
    assert 'value="37"' in browser(Role.MANAGER).get(url).text
    after = projects.create(ctx, "Later", "subtitle_quality", {}, "Omroep Oost")
    own = projects.create(ctx, "Zelf", "subtitle_quality", {"line_length": 50}, "Omroep Oost")
    other = projects.create(ctx, "Zuid", "subtitle_quality", {}, "Zender Zuid")
    both = steps.create(ctx, "Stappen", [steps.Plan("one", "subtitle_quality", {})], client="Omroep Oost")
    assert [limit(ctx, each) for each in (before, after, own, other, both)] == [None, 37, 50, None, 37]
    assert client.post(url, data={"csrf": form["csrf"]}).status_code == 303
    assert limit(ctx, projects.create(ctx, "Weer", "subtitle_quality", {}, "Omroep Oost")) is None


def test_another_company_finds_no_house_style(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Neither to read nor to change."""
    made = projects.create(ctx, "Van Zuid", "rating", {}, "Zender Zuid")
    other = here.rival.person.client_id if here.rival else 0
    assert made.client_id == other
    client = browser(Role.CLIENT)
    assert client.get("/clients/Zender Zuid/subtitles").status_code == 404
    assert client.post("/clients/Zender Zuid/subtitles", data={"csrf": csrf(client)}).status_code == 404


def test_programs_read_and_change_the_house_style(app: FastAPI, here: Furnished, ctx: Context) -> None:
    """All limits come back, in force; a name that is no limit is told; another company finds none."""
    web, url = TestClient(app), "/api/v1/clients/mine/subtitles"
    mine = {"authorization": f"Bearer {here.by_role[Role.CLIENT].token}"}
    assert web.get(url, headers=mine).json()["line_length"] == 42
    changed = web.put(url, headers=mine, json={"line_length": 37})
    assert (changed.status_code, changed.json()["line_length"], changed.json()["most_lines"]) == (200, 37, 2)
    refused = web.put(url, headers=mine, json={"line_lenght": 37})
    assert (refused.status_code, refused.json()["field"]) == (422, "line_lenght")
    assert web.put(url.replace("mine", "Zender Zuid"), headers=mine, json={}).status_code == 404
    assert limit(ctx, projects.create(ctx, "Na", "subtitle_quality", {}, "Omroep Oost")) == 37
