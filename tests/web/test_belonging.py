"""Tips, thanks, pairs, news and comments: who reads first, and whose name is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.builders import Furnished, with_work
from tests.web.conftest import SignIn, csrf
from workbench import coaching, people
from workbench.context import Context
from workbench.domain import Role
from workbench.store import people as store


@pytest.fixture
def lab(ctx: Context, here: Furnished, tmp_path: Path) -> Furnished:
    """With a question in the worker's hands."""
    with_work(ctx, here, tmp_path / "texts")
    return here


def post(client: TestClient, path: str, **fields: str) -> int:
    """Send a form of our own."""
    return client.post(path, data={"csrf": csrf(client), **fields}).status_code


def test_a_tip_is_read_by_a_supervisor_before_colleagues_read_it(lab: Furnished, browser: SignIn) -> None:
    """In the supervisor's words, and without the name of who gave it."""
    worker, supervisor = browser(Role.WORKER), browser(Role.SUPERVISOR)
    page = f"/work/{lab.paths['assignment_id']}/tips"
    assert post(worker, page, words="Zoek het werkwoord.") == 303
    assert "Zoek het werkwoord." in supervisor.get("/supervisor/words").text
    others = worker.get(page).text.split("<h2>")[0]
    assert "Zoek het werkwoord." not in others
    assert "Wim" not in supervisor.get("/supervisor/words").text
    assert post(supervisor, f"/supervisor/tips/{lab.paths['tip_id']}", do="show", words="Zoek eerst het werkwoord.") == 303
    assert "Zoek eerst het werkwoord." in worker.get(page).text.split("<h2>")[0]


def test_a_clients_thanks_reach_workers_by_way_of_the_lab(ctx: Context, lab: Furnished, browser: SignIn) -> None:
    """A client never addresses a worker: the lab passes it on, perhaps in clearer words."""
    client, supervisor = browser(Role.CLIENT), browser(Role.SUPERVISOR)
    project = lab.paths["project_id"]
    assert post(client, f"/projects/{project}/thanks", thanks="Merci!", purpose="Zoeken.") == 303
    assert "Merci!" in supervisor.get("/supervisor/words").text
    assert post(supervisor, f"/supervisor/projects/{project}/thanks", thanks="Dank jullie wel.", purpose="Zoeken.") == 303
    worker = browser(Role.WORKER)
    assert "Dank jullie wel." not in worker.get("/work/more/thanks").text  # nothing was answered yet
    answered = worker.post(f"/work/{lab.paths['assignment_id']}", data={"csrf": csrf(worker), "key": "12345678", "value": "3"})
    assert answered.status_code == 303
    shown = worker.get("/work/more/thanks").text
    assert "Dank jullie wel." in shown
    assert "Merci!" not in shown


def test_a_comment_has_a_name_only_where_its_writer_wants_that(ctx: Context, lab: Furnished, browser: SignIn) -> None:
    """And the answer is for everybody, without names."""
    worker, manager = browser(Role.WORKER), browser(Role.MANAGER)
    assert post(worker, "/comments", words="De knop is te klein.") == 303
    assert "Wim" not in manager.get("/manager/comments").text
    assert post(worker, "/comments", words="De pauze is fijn.", with_name="on") == 303
    assert "Wim" in manager.get("/manager/comments").text
    assert post(manager, f"/manager/comments/{lab.paths['comment_id']}", words="Dat kan bij Mijn instellingen.") == 303
    shown = worker.get("/comments").text
    assert "Dat kan bij Mijn instellingen." in shown
    assert "De pauze is fijn." not in shown


def test_pairs_levels_and_news_are_made_by_the_coach(ctx: Context, lab: Furnished, browser: SignIn) -> None:
    """For their own people only; the worker reads it, and ends a pair without a reason."""
    coach_person, worker_person = lab.by_role[Role.COACH].person, lab.by_role[Role.WORKER].person
    other = people.enrol(ctx, "Sem", [Role.WORKER]).person
    manager = lab.by_role[Role.MANAGER].person
    for each in (worker_person, other):
        coaching.give_coach(ctx, each, coach_person, by=manager)
    coach, worker = browser(Role.COACH), browser(Role.WORKER)
    page = f"/coach/people/{worker_person.public_id}"
    assert post(coach, f"{page}/growth", level_rating="2") == 303
    now = ctx.db.read(lambda connection: store.person_by_id(connection, worker_person.id))
    assert now.profile["levels"] == {"rating": 2}
    assert "2" in worker.get("/work/more/growth").text
    assert post(worker, "/work/more/growth", learning="on") == 303
    assert post(coach, f"{page}/pair", **{"with": other.public_id}) == 303
    assert "Sem" in worker.get("/work/more/news").text
    assert "taart" in worker.get("/work/more/news").text
    assert post(worker, "/work/more/pair/end") == 303
    assert "Sem" not in worker.get("/work/more/news").text
    assert post(coach, f"/coach/people/{lab.by_role[Role.MANAGER].person.public_id}/growth") == 404


def test_who_looks_along_sees_the_question_and_changes_nothing(lab: Furnished, browser: SignIn) -> None:
    """The coach has the page; it says how far the draft is; nobody else has it."""
    coach = browser(Role.COACH)
    page = f"/together/{lab.paths['joining_id']}"
    assert "Hoe goed is dit?" in coach.get(page).text
    assert coach.get(f"{page}/now").json() == {"rev": 0, "open": True}
    assert browser(Role.SUPERVISOR).get(page).status_code == 404
