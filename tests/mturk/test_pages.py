"""The bridge's pages: a manager's money and decisions, a worker's say."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from mturk_bridge import tables as b
from tests.builders import rows
from tests.mturk.furnish import with_bridge
from tests.web.builders import Furnished, furnish
from tests.web.conftest import csrf
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Invalid
from workbench.settings import Settings
from workbench.store import people
from workbench.web.app import create_app


@pytest.fixture
def here(ctx: Context) -> Furnished:
    """A lab with a requester."""
    made = furnish(ctx, locale="en")
    with_bridge(ctx, made)
    return made


def browser(ctx: Context, here: Furnished, role: Role) -> TestClient:
    """Somebody with this role, signed in."""
    client = TestClient(create_app(ctx), follow_redirects=True)
    assert client.get(here.by_role[role].link_path).status_code == 200
    return client


def test_a_manager_sees_what_waits_and_decides(ctx: Context, here: Furnished) -> None:
    """A yes opens the work; an upheld rejection pays the requester back, once, and nobody else anything."""
    manager = browser(ctx, here, Role.MANAGER)
    page = manager.get("/manager/mturk").text
    assert "Whose boat is this?" in page
    assert "It says bicycle" in page
    token = csrf(manager)
    waiting = next(row for row in rows(ctx, b.hit_type) if row.held == "waiting")
    assert manager.post(f"/manager/mturk/types/{waiting.hit_type_id}/yes", data={"csrf": token}).status_code == 200
    dispute = rows(ctx, b.dispute)[0].public_id
    for expected in (200, 404):
        given = {"csrf": token, "outcome": "upheld"}
        assert manager.post(f"/manager/mturk/disputes/{dispute}", data=given).status_code == expected
    assert [(row.kind, row.amount_cents) for row in rows(ctx, b.entry)] == [("credit", 100_000), ("reward", -50), ("repaid", 50)]
    assert "Whose boat is this?" not in manager.get("/manager/mturk").text


def test_keys_and_credit_are_made_on_a_page(ctx: Context, here: Furnished) -> None:
    """The secret shows once; a wrong amount is told beside its field."""
    manager, url = browser(ctx, here, Role.MANAGER), f"/manager/mturk/requesters/{here.paths['requester_id']}"
    token = csrf(manager)
    shown = manager.post(f"{url}/keys", data={"csrf": token, "label": "tests"}).text
    secret = shown.partition("aws_secret_access_key = ")[2].partition("<")[0].strip()
    assert len(secret) == 40
    assert secret not in manager.get(url).text
    wrong = manager.post(f"{url}/credit", data={"csrf": token, "dollars": "lots", "note": "x"})
    assert (wrong.status_code, "such as 250" in wrong.text) == (422, True)
    manager.post(f"{url}/credit", data={"csrf": token, "dollars": "12,50", "note": "invoice 7"})
    assert "$12.50" in manager.get(url).text
    manager.post(f"{url}/keys/{here.paths['access_key_id']}/end", data={"csrf": token})
    assert sum(row.ended_ms is not None for row in rows(ctx, b.key_pair)) == 1


def test_the_statement_shows_sums_and_principles_and_names_nobody(ctx: Context, here: Furnished) -> None:
    """Pay by the hour beside the Fairwork principles."""
    manager = browser(ctx, here, Role.MANAGER)
    page = manager.get(f"/manager/mturk/requesters/{here.paths['requester_id']}/statement").text
    assert "Fair representation" in page
    assert "€&nbsp;52.17" in page  # 50 cents for 30 seconds
    assert "Fatima" not in page
    for path in (f"batches/{here.paths['batch_project_id']}", f"orders/{here.paths['order_id']}"):
        page = manager.get(f"/manager/mturk/{path}/statement").text
        assert "Fair representation" in page
        assert "There was no work yet" not in page


def test_a_worker_sees_the_record_says_no_and_asks(ctx: Context, here: Furnished) -> None:
    """No work of this company, with one press, and back; a question goes without a name and its answer comes back."""
    worker, url = browser(ctx, here, Role.WORKER), f"/mturk/requesters/{here.paths['requester_id']}"
    assert "Zender Noord" in worker.get("/mturk/requesters").text
    page = worker.get(url).text
    assert "Answers it did not want: 1. The lab agreed with 0 of them." in page
    token, who = csrf(worker), here.by_role[Role.WORKER].person.id
    for wanted, off in (("no", {"Zender Noord"}), ("yes", set())):
        worker.post(f"{url}/wanted", data={"csrf": token, "wanted": wanted})
        assert ctx.db.read(lambda c: people.person_by_id(c, who)).topics_off == off
    assert worker.post(f"{url}/words", data={"csrf": token, "words": ""}).status_code == 422
    manager = browser(ctx, here, Role.MANAGER)
    answer = {"csrf": csrf(manager), "words": "Yes, a ferry counts."}
    assert manager.post(f"/manager/mturk/messages/{here.paths['message_id']}", data=answer).status_code == 200
    assert "Yes, a ferry counts." in worker.get(url).text


@pytest.mark.parametrize("wrong", ["https://pages.example/a", "pages.example", "https://a b", "https://x; script-src *"])
def test_the_name_for_pages_is_just_an_address(wrong: str) -> None:
    """It goes into headers: nothing else fits. None is none."""
    with pytest.raises(Invalid, match="WORKBENCH_PAGES_URL"):
        Settings.load({"WORKBENCH_PAGES_URL": wrong})
    assert Settings.load({"WORKBENCH_PAGES_URL": "https://Pages.example:8443/"}).pages_url == "https://pages.example:8443"
    assert Settings.load({}).pages_url is None


def test_a_managers_yes_lets_an_order_go(ctx: Context, here: Furnished) -> None:
    """The page says what it is about; after the yes it is approved, by name, in the record."""
    manager, url = browser(ctx, here, Role.MANAGER), f"/manager/mturk/orders/{here.paths['order_id']}"
    assert "partner.example" in manager.get(url).text
    assert "May go out" in manager.post(f"{url}/yes", data={"csrf": csrf(manager)}).text
    assert [row.approved_by for row in rows(ctx, b.order)] == [here.by_role[Role.MANAGER].person.id]
