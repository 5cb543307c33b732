"""Every route, every role: the routes are found in the app itself, and what their docstrings promise is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from tests.mturk.furnish import with_bridge
from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench import projects
from workbench.context import Context
from workbench.domain import Person, Project, Role
from workbench.web import access

WHO_MAY = re.compile(r"Who may: ([^.]+)\.")
ROLES: tuple[Role | None, ...] = (None, *Role)


def routes(app: FastAPI) -> list[tuple[str, APIRoute]]:
    """Every method and route of the app, mounted routers included."""
    found = [(method, route) for route in _api_routes(app) for method in sorted(route.methods or ())]
    assert len(found) > 40, "the walk no longer finds the routes"
    return found


def _api_routes(app: FastAPI) -> Iterator[APIRoute]:
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop(0)
        if isinstance(route, APIRoute):
            yield route
        else:
            inner = getattr(route, "original_router", None) or getattr(route, "router", None)
            waiting += list(getattr(inner, "routes", ()) or ())


def who_may(route: APIRoute) -> frozenset[Role | None]:
    """Who a route's docstring lets in; None stands for somebody signed out."""
    found = WHO_MAY.search(route.endpoint.__doc__ or "")
    assert found, f"{route.path}: its docstring has no “Who may: …” sentence"
    said = found.group(1).strip()
    if said == "everybody":
        return frozenset(ROLES)
    if said == "everybody signed in":
        return frozenset(Role)
    return frozenset(Role(name.strip()) for name in said.split(","))


def ask(client: TestClient, method: str, path: str, token: str | None) -> int:
    """The status of one request; a way to the sign-in page counts as 401."""
    headers = {"x-csrf-token": token} if token else {}
    answer = client.request(method, path, headers=headers)
    turned_away = answer.status_code == 303 and re.fullmatch(r"/sign-in(\?next=.*|\?again=1)?", answer.headers["location"])
    return 401 if turned_away and path != "/" else answer.status_code


@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role or "signed out"))
def test_every_route_lets_in_who_it_says(ctx: Context, app: FastAPI, here: Furnished, browser: SignIn, role: Role | None) -> None:
    """Each route answers 401 or 403 to exactly the roles that its docstring does not name."""
    wrong = []
    with_bridge(ctx, here)
    client = browser(role)
    token = csrf(client) if role else None
    for method, route in sorted(routes(app), key=lambda each: each[1].path == "/sign-out"):
        path = re.sub(r"{(\w+)(:\w+)?}", lambda name: here.paths.get(name.group(1), "no-such"), route.path)
        status = ask(client, method, path, token)
        expected = role in who_may(route)
        refused = status == 401 if role is None else status == 403
        # 503: this machine has not got what it takes (a maker of PDFs), and the page says so.
        if (status >= 500 and status != 503) or expected == refused:
            wrong.append(
                f"{method} {route.path}: {status}, but its docstring says {WHO_MAY.findall(route.endpoint.__doc__ or '')}"
            )
    assert wrong == []


def test_a_bearer_token_opens_the_api_and_a_wrong_one_does_not(browser: SignIn, here: Furnished) -> None:
    """Programs sign in with a token; a wrong one is answered in problem+json with the scheme to use."""
    client = browser(None)
    token = here.by_role[Role.WORKER].token
    assert client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"}).status_code == 200
    refused = client.get("/api/v1/me", headers={"authorization": "Bearer wrong"})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["status"] == 401


def test_a_form_without_its_token_is_refused(browser: SignIn) -> None:
    """A post with a good cookie and no CSRF token changes nothing."""
    client = browser(Role.MANAGER)
    assert client.post("/manager/clients", data={"name": "Zender Noord"}).status_code == 403
    assert "Zender Noord" not in client.get("/manager/clients").text
    assert client.post("/manager/clients", data={"name": "Zender Noord", "csrf": csrf(client)}).status_code == 303
    assert "Zender Noord" in client.get("/manager/clients").text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_another_site_is_refused(browser: SignIn, headers: dict[str, str]) -> None:
    """Even with the right token, and also where nobody is signed in yet."""
    client = browser(Role.MANAGER)
    fields = {"name": "Zender Noord", "csrf": csrf(client)}
    assert client.post("/manager/clients", data=fields, headers=headers).status_code == 403
    assert browser(None).post("/sign-in/badge", data={"badge": "X"}, headers=headers).status_code == 403


def test_a_client_sees_only_its_own_company(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Another company's project looks as if it did not exist, on every page."""
    own, other = projects.named(ctx, "Journaal"), projects.named(ctx, "Geheim")
    client = browser(Role.CLIENT)
    assert client.get(f"/projects/{own.public_id}").status_code == 200
    assert "Geheim" not in client.get("/projects").text
    for path in ("", "/settings", "/upload", "/preview"):
        assert client.get(f"/projects/{other.public_id}{path}").status_code == 404
    nowhere = client.get("/projects/no-such").text
    assert client.get(f"/projects/{other.public_id}").text.split("<main")[1] == nowhere.split("<main")[1]


def test_a_client_page_names_no_worker(browser: SignIn, here: Furnished) -> None:
    """No worker's name and no worker's id on any page of a client."""
    client, worker = browser(Role.CLIENT), here.by_role[Role.WORKER].person
    for path in ("/projects", f"/projects/{here.paths['project_id']}", f"/projects/{here.paths['project_id']}/preview"):
        text = client.get(path).text
        assert worker.name not in text
        assert worker.public_id not in text


def a_project(*, client_id: int | None = 1, embargo: int | None = None) -> Project:
    """A project, for rules that need no database."""
    return Project(7, "p", "P", client_id, "open", "nl", embargo, {}, 0)


def a_person(*roles: Role, client_id: int | None = None) -> Person:
    """A person, for rules that need no database."""
    return Person(1, "x", "X", frozenset(roles), client_id=client_id)


def test_an_embargo_opens_for_cleared_people_only() -> None:
    """While it lasts: cleared people and the client's own; afterwards everybody again."""
    secret = a_project(embargo=100)
    worker, own, rival = a_person(Role.WORKER), a_person(Role.CLIENT, client_id=1), a_person(Role.CLIENT, client_id=2)
    manager = a_person(Role.MANAGER)
    seen = {
        "worker": access.may_see_material(worker, secret, (), 99),
        "cleared worker": access.may_see_material(worker, secret, {7}, 99),
        "worker afterwards": access.may_see_material(worker, secret, (), 100),
        "own client": access.may_see_material(own, secret, (), 99),
        "rival": access.may_see_material(rival, secret, (), 99),
        "cleared rival": access.may_see_material(rival, secret, {7}, 99),
        "manager": access.may_see_material(manager, secret, (), 99),
        "manager knows of it": access.may_see_project(manager, secret, (), 99),
        "worker knows of it": access.may_see_project(worker, secret, (), 99),
    }
    assert seen == {
        "worker": False,
        "cleared worker": True,
        "worker afterwards": True,
        "own client": True,
        "rival": False,
        "cleared rival": False,
        "manager": False,
        "manager knows of it": True,
        "worker knows of it": False,
    }


def test_a_client_without_a_company_sees_nothing() -> None:
    """No company, no projects: not even those that belong to no client."""
    assert not access.may_see_project(a_person(Role.CLIENT), a_project(client_id=None), (), 0)
