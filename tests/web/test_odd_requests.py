"""Requests that nobody sends by accident, what they leave in the log, and two people at one moment."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog
from fastapi import FastAPI
from sqlalchemy.engine import Connection
from starlette.testclient import TestClient

from tests.web.builders import Furnished, pageless, with_work
from tests.web.conftest import SignIn
from workbench import people
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Conflict
from workbench.store import lab
from workbench.web import logs, media, setup
from workbench.web.app import create_app
from workbench.web.media import _one_at_a_time


def test_a_range_of_thousands_of_digits_gets_the_whole() -> None:
    """Python refuses to read such a number: it is no range."""
    assert media._part(f"bytes={'1' * 5000}-", 10) is None
    assert media._part("bytes=2-5", 10) == (2, 6)


def test_a_cookie_with_strange_letters_is_only_a_wrong_code(ctx: Context) -> None:
    """The set-up page asks for the code, as of anybody."""
    client = TestClient(create_app(ctx, setup_code="1234-abcd"), raise_server_exceptions=False)
    assert client.get("/setup", headers={"cookie": "setup=é".encode("latin-1")}).status_code == 200


def test_methods_that_somebody_made_up_are_counted_together(app: FastAPI) -> None:
    """A measure for each of them would fill the memory."""
    client = TestClient(app, client=("127.0.0.1", 5000))
    client.request("FROBNICATE", "/health")
    told = client.get("/metrics").text
    assert ("FROBNICATE" in told, 'method="other"' in told) == (False, True)


def test_of_two_first_managers_there_is_one(each_db_ctx: Context) -> None:
    """Both have the code and finish at the same moment: the second is told."""
    ctx = each_db_ctx
    ctx.db.write(lambda connection: lab.set_up(connection, name="Lab", time_zone="Europe/Amsterdam", now=ctx.now()))
    ready = threading.Barrier(2)

    def finish(name: str) -> str:
        ready.wait()
        try:
            return people.enrol(ctx, name, [Role.MANAGER], check=setup._still_nobody).person.name
        except Conflict as error:
            return error.message

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(finish, ("Mia", "Max")))
    assert ("This lab is set up already. Sign in instead." in told, len(set(told) & {"Mia", "Max"})) == (True, 1)


@pytest.fixture
def log_lines(ctx: Context) -> Iterator[object]:
    """The lab's log, begun and ended again: what was written so far, as a function."""
    logs.begin(ctx.settings)
    logs.begin(ctx.settings)
    path = ctx.settings.data / "logs" / "web.jsonl"
    yield lambda: [json.loads(line) for line in path.read_text().splitlines()]
    plain = logging.getLogger(logs.ROOT)
    for each in list(plain.handlers):
        plain.removeHandler(each)
        each.close()
    plain.propagate = True
    plain.setLevel(logging.NOTSET)
    structlog.reset_defaults()


def test_the_log_holds_no_secret(app: FastAPI, here: Furnished, log_lines: object) -> None:
    """Neither a card's secret in the address nor what an error quotes; where it happened, once."""

    @app.get("/s/{secret}/broken")
    def broken(secret: str) -> None:
        raise ValueError(f"row of {secret}")

    client = TestClient(app, raise_server_exceptions=False)
    assert client.get("/s/verysecret/broken").status_code == 500
    client.get(here.by_role[Role.WORKER].link_path)
    lines = log_lines()  # type: ignore[operator]

    assert "verysecret" not in json.dumps(lines)
    assert here.by_role[Role.WORKER].link_path not in json.dumps(lines)
    [unexpected] = [line for line in lines if line["event"] == "unexpected"]
    assert unexpected["route"] == "/s/{secret}/broken"
    assert (unexpected["exception"][0], "broken" in unexpected["exception"][-1]) == ("builtins.ValueError", True)


def test_our_other_loggers_tell_as_little(ctx: Context, log_lines: object) -> None:
    """A job that goes wrong is written down with its place, without its words and variables."""
    secret = "verysecret"
    try:
        raise KeyError(secret)
    except KeyError:
        structlog.get_logger("workbench.job_kinds").exception("job failed", job="1")
    [line] = log_lines()  # type: ignore[operator]
    assert (line["event"], line["exception"][0], secret in json.dumps(line)) == ("job failed", "builtins.KeyError", False)


def test_three_who_ask_for_one_piece_wait_for_it() -> None:
    """One makes it, the others find it made."""
    inside: list[int] = []
    most: list[int] = []

    def ask(_number: int) -> None:
        with _one_at_a_time(("same", "piece")):
            inside.append(1)
            most.append(len(inside))
            threading.Event().wait(0.02)  # the others come meanwhile
            inside.pop()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(ask, range(3)))
    assert (max(most), media._making) == (1, {})


def test_a_question_that_no_page_can_ask_goes_back(ctx: Context, browser: SignIn, here: Furnished, tmp_path: Path) -> None:
    """A lab from before the rule has such a project: the worker reads that nothing is wrong, and goes on."""
    with_work(ctx, here, tmp_path / "texts")
    assignment_id = here.paths["assignment_id"]
    payload = pageless().examples[0].case.payload.model_dump(mode="json")
    settings = pageless().examples[0].case.settings.model_dump(mode="json")

    def turn(connection: Connection) -> None:
        connection.execute(sa.update(t.step).values(task_type=pageless().name))
        connection.execute(sa.update(t.step_version).values(settings=settings))
        connection.execute(sa.update(t.microtask).values(payload=payload))

    ctx.db.write(turn)
    client = browser(Role.WORKER)
    shown = client.get(f"/work/{assignment_id}")
    again = client.get(f"/work/{assignment_id}")

    assert [page.status_code for page in (shown, again)] == [200, 200]
    statuses = ctx.db.read(lambda c: c.scalars(sa.select(t.assignment.c.status)).all())
    assert statuses == ["returned"]
