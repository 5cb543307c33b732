"""Coach and manager make groups, edit their week and plan for one person."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.builders import person
from tests.conftest import Clock
from tests.test_timetable import told
from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench import coaching, listening, planning
from workbench.context import Context
from workbench.domain import Role
from workbench.store import blocks, groups, plans
from workbench.store import people as people_store
from workbench.timetable import day_of


@pytest.fixture
def manager(browser: SignIn) -> TestClient:
    """The lab manager's browser."""
    client = browser(Role.MANAGER)
    client.headers["x-csrf-token"] = csrf(client)
    return client


def today_of(ctx: Context, here: Furnished) -> list[str]:
    """The worker's plan of today."""
    me, now = here.by_role[Role.WORKER].person.id, ctx.now()
    day = day_of(now, "Europe/Amsterdam")
    plan, _ = ctx.db.read(lambda connection: planning.plan_of(connection, me, day, "Europe/Amsterdam"))
    return told(plan)


def test_a_group_is_made_filled_and_given_a_week(manager: TestClient, ctx: Context, here: Furnished) -> None:
    """From nothing to a day with coffee together; other days get the same blocks at once; days in between stay."""
    assert manager.post("/groups", data={"name": ""}).status_code == 422
    address = manager.post("/groups", data={"name": "Blauw"}).headers["location"]
    me = here.by_role[Role.WORKER].person.public_id
    assert ("Er is geen rooster" in manager.get(address).text, "Geen werk" in manager.get(address).text) == (True, False)
    refused = manager.post(address, data={"name": "Paars", "member": [me], "work_minutes": "zomaar"}).text
    assert re.search(f'value="{me}" checked', refused)
    assert [each for each in ("Paars", "zomaar") if f'value="{each}"' not in refused] == []
    manager.post(address, data={"name": "Blauw", "member": [me]})
    rows = {"begin": ["9:30", "10:30", ""], "minutes": ["45", "30", ""], "kind": ["work", "training", "work"]}
    data = {**rows, "title": ["", "Ondertitels", ""], "same": ["2"], "from_day": "2026-11-23"}
    assert manager.post(f"{address}/week/0", data=data).headers["location"] == f"{address}?saved=1"
    assert today_of(ctx, here) == ["work 09:30-10:15", "break 10:15-10:30", "training 10:30-11:00"]
    page = manager.get(address).text
    assert "10:30 – 11:00 Ondertitels" in page
    assert page.count("Geen werk") == 5


@pytest.mark.parametrize(
    "rows",
    [
        {"begin": ["half tien"], "minutes": ["45"]},
        {"begin": ["9:30"], "minutes": ["lang"]},
        {"begin": ["9:30", "9:45"], "minutes": ["45", "45"]},
        {"begin": ["23:30"], "minutes": ["45"]},
    ],
)
def test_what_cannot_be_is_said_beside_what_was_filled_in(manager: TestClient, here: Furnished, rows) -> None:
    """Nothing is changed, and nothing has to be typed twice."""
    count = len(rows["begin"])
    data = {**rows, "kind": ["work"] * count, "title": [""] * count, "from_day": "2026-11-23"}
    answer = manager.post(f"/groups/{here.paths['group_id']}/week/0", data=data)
    assert answer.status_code == 422
    assert f'value="{rows["begin"][0]}"' in answer.text.replace("09:30", "9:30")


def test_half_days_and_other_blocks_of_one_person(manager: TestClient, ctx: Context, here: Furnished) -> None:
    """Every Monday only the morning, and a talk in it."""
    me = here.by_role[Role.WORKER].person
    group = ctx.db.read(lambda c: groups.by_public_id(c, here.paths["group_id"]))
    ctx.db.write(lambda c: groups.put_in(c, group.id, me.id, now=1))
    address = f"/groups/people/{me.public_id}"
    days = {f"day_{number}": "whole" for number in range(7)} | {"day_0": "morning"}
    manager.post(f"{address}/week", data=days)
    talk = {"kind": "talk", "title": "Met Carla", "day": "2026-11-23", "begin": "10:00", "minutes": "30"}
    assert manager.post(f"{address}/blocks", data=talk).status_code == 303
    assert today_of(ctx, here) == [
        *("work 09:00-09:45", "break 09:45-10:00", "talk 10:00-10:30", "work 10:30-10:45", "break 10:45-11:00"),
        "work 11:00-11:45",
    ]
    assert "Met Carla" in manager.get(address).text
    planned = ctx.db.read(lambda c: plans.planned_between(c, person_id=me.id, group_id=None, start_ms=0, end_ms=2**62))
    manager.post(f"{address}/blocks/{planned[0].public_id}/end")
    assert "talk" not in " ".join(today_of(ctx, here))
    assert manager.post(f"{address}/blocks", data={**talk, "kind": "work"}).status_code == 422
    refused = manager.post(f"{address}/blocks", data={**talk, "begin": "half tien", "day": "2026-11-26"}).text
    assert [each for each in ("Met Carla", "half tien", "2026-11-26", "30") if f'value="{each}"' not in refused] == []


def test_a_coach_plans_for_their_own_people_only(browser: SignIn, ctx: Context, here: Furnished) -> None:
    """Somebody else's person looks as if they were not there."""
    coach, me = here.by_role[Role.COACH].person, person(ctx, "Noor")
    client = browser(Role.COACH)
    assert client.get(f"/groups/people/{me.public_id}").status_code == 404
    coaching.give_coach(ctx, me, coach, by=coach)
    assert client.get(f"/groups/people/{me.public_id}").status_code == 200


def test_a_group_that_ends_lets_its_people_go(manager: TestClient, ctx: Context, here: Furnished) -> None:
    """Their day then goes by its rhythm."""
    me = here.by_role[Role.WORKER].person
    group = ctx.db.read(lambda c: groups.by_public_id(c, here.paths["group_id"]))
    ctx.db.write(lambda c: groups.put_in(c, group.id, me.id, now=1))
    assert len(today_of(ctx, here)) > 1
    manager.post(f"/groups/{group.public_id}/end")
    assert today_of(ctx, here) == ["work 00:00-00:00"]


def test_the_coach_says_who_was_at_the_training(manager: TestClient, ctx: Context, here: Furnished, clock: Clock) -> None:
    """Nothing before it begins; then everybody is ticked, counted once, and the page says so."""
    address = manager.post("/groups", data={"name": "Blauw"}).headers["location"]
    me, now = here.by_role[Role.WORKER].person, ctx.now()
    manager.post(address, data={"name": "Blauw", "member": [me.public_id]})
    group = ctx.db.read(lambda connection: groups.group_of(connection, me.id))
    assert group
    planned = {"kind": "training", "title": "Ondertitels", "start_ms": now + 60_000, "end_ms": now + 3_660_000}
    ctx.db.write(lambda c: plans.plan_block(c, **planned, person_id=None, group_id=group.id, by=None, now=now))
    assert "Ondertitels" not in manager.get(f"{address}/attendance").text
    clock.forward(minutes=10)
    page = manager.get(f"{address}/attendance").text
    assert me.name in page
    start = re.search(r'name="start" value="(\d+)"', page)
    assert start
    for _ in range(2):
        sent = manager.post(f"{address}/attendance", data={"start": start.group(1), "here": [me.public_id]})
        assert sent.headers["location"] == f"{address}/attendance?saved=1"
    assert "Iedereen is meegeteld" in manager.get(f"{address}/attendance").text
    trained = ctx.db.read(lambda connection: [each.kind for each in blocks.between(connection, me.id, now, 2**62)])
    assert trained.count("training") == 1
    assert manager.post(f"{address}/attendance", data={"start": "1", "here": []}).status_code == 404


def test_how_much_sound_a_group_hears_at_once(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Two numbers of seconds on the group's page, a worker's own choice on theirs; what cannot be is told beside the field."""
    coach = browser(Role.COACH)
    group = ctx.db.write(lambda c: groups.add_group(c, name="Ochtend", now=ctx.now()))
    url, token = f"/groups/{group.public_id}", csrf(coach)
    wrong = coach.post(url, data={"csrf": token, "name": "Ochtend", "target_seconds": "9", "limit_seconds": "4"})
    assert wrong.status_code == 422
    assert "van 2 tot 120" in wrong.text
    wim = here.by_role[Role.WORKER].person
    sent = {"csrf": token, "name": "Ochtend", "member": wim.public_id, "target_seconds": "4", "limit_seconds": "8"}
    assert coach.post(url, data=sent).status_code == 303
    assert 'value="8"' in coach.get(url).text
    assert ctx.db.read(lambda c: listening.length_for(c, wim)) == listening.Length(4000, 8000)
    worker = browser(Role.WORKER)
    assert worker.post("/account/look", data={"csrf": csrf(worker), "sound_parts": "whole"}).status_code == 303
    assert 'value="whole" checked' in worker.get("/account").text
    assert ctx.db.read(lambda c: listening.length_for(c, people_store.person_by_id(c, wim.id))) is None
    assert "sound_parts" not in coach.get("/account").text
