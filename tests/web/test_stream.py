"""What a worker asks is on the coach's screen at once: over a real connection, also when another process took it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from tests.builders import key, person
from tests.conftest import Clock
from tests.web.builders import Furnished
from tests.web.conftest import SignIn
from tests.web.serving import serving
from workbench import coaching, day
from workbench.context import Context, open_context
from workbench.domain import Role
from workbench.store import requests

EVENTS = {"accept": "text/event-stream"}


def told(lines: Iterator[str]) -> dict:
    """The next event."""
    return next(json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: "))


@pytest.fixture
def listening(app: FastAPI, here: Furnished) -> Iterator[Iterator[str]]:
    """The lines that the coach's browser gets."""
    with serving(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        client.get(here.by_role[Role.COACH].link_path)
        with client.stream("GET", "/coach/stream", headers=EVENTS) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield answer.iter_lines()


def test_a_request_from_another_process_reaches_the_screen(
    ctx: Context, here: Furnished, listening: Iterator[str], clock: Clock
) -> None:
    """First what is there; then each change, the answer to it included."""
    assert told(listening)["requests"] == []
    other = open_context(ctx.settings, clock=clock)
    wim = here.by_role[Role.WORKER].person
    asked, _ = day.ask(other, wim, "talk", key=key(), words="Please come")
    seen = told(listening)["requests"]
    assert [(each["id"], each["name"], each["kind"], each["words"]) for each in seen] == [
        (asked.public_id, "Wim", "talk", "Please come")
    ]
    other.db.write(lambda connection: requests.answer(connection, asked.public_id, "coming", by=None, now=clock()))
    assert told(listening)["requests"] == []
    day.take_break(other, wim)
    assert told(listening)["people"][wim.public_id]["block"] == "break"
    other.close()


def test_a_coach_hears_of_their_own_people_and_of_who_has_no_coach(ctx: Context, here: Furnished, browser: SignIn) -> None:
    """What is asked of somebody else's coach stays there; nobody's request is lost."""
    joke, noor = person(ctx, "Joke", Role.COACH), person(ctx, "Noor")
    coaching.give_coach(ctx, noor, joke, by=here.by_role[Role.MANAGER].person)
    for who in (noor, here.by_role[Role.WORKER].person):
        day.ask(ctx, who, "talk", key=key())
    found = browser(Role.COACH).get("/coach/now").json()
    assert [each["name"] for each in found["requests"]] == ["Wim"]


def test_asking_now_and_then_costs_nothing_while_nothing_changed(browser: SignIn) -> None:
    """For browsers and proxies that know no stream."""
    client = browser(Role.COACH)
    first = client.get("/coach/now").json()
    assert client.get("/coach/now", params={"since": first["version"]}).status_code == 204
    assert client.get("/coach/stream").json() == first
