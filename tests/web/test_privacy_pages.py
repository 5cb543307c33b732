"""My data, being erased, the law pack, material that goes, reports and capacity: on pages."""

from __future__ import annotations

import io
import json
import zipfile

from tests.coached import a_life
from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench.context import Context
from workbench.domain import Role


def test_a_worker_takes_everything_along_and_asks_to_be_erased(browser: SignIn, here: Furnished) -> None:
    """One press for the file; the manager sees the wish, erases with a reason, and the card signs nobody in any more."""
    worker, manager = browser(Role.WORKER), browser(Role.MANAGER)
    assert "Mijn gegevens" in worker.get("/work/more/data").text
    found = json.loads(worker.get("/work/more/data/file").text)
    assert found["tables"]["person"]["rows"][0]["name"] == "Wim"
    assert worker.post("/work/more/data/erase", data={"csrf": csrf(worker)}).status_code == 303
    assert "1 persoon vroeg om gewist te worden" in manager.get("/manager").text
    assert "Wim" in manager.get("/manager/privacy").text
    address = f"/manager/people/{here.by_role[Role.WORKER].person.public_id}/erase"
    assert manager.post(address, data={"csrf": csrf(manager), "reason": ""}).status_code == 422
    assert manager.post(address, data={"csrf": csrf(manager), "reason": "Op verzoek"}).status_code == 200
    assert "Wim" not in manager.get("/manager/people").text
    assert "gewist te worden" not in manager.get("/manager").text
    assert manager.get(address.removesuffix("/erase")).status_code == 404
    assert worker.get("/work").status_code == 303


def test_the_law_pack_is_one_press(browser: SignIn) -> None:
    """Five documents."""
    packed = browser(Role.MANAGER).get("/manager/privacy/law-pack.zip").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert len(archive.namelist()) == 5


def test_a_report_goes_by_the_worker_to_the_coach(browser: SignIn, here: Furnished) -> None:
    """Drafted, shown, read, sent; the coach cannot send before."""
    worker, coach = browser(Role.WORKER), browser(Role.COACH)
    report = here.paths["report_id"]
    page = f"/coach/reports/{report}"
    assert coach.post(page, data={"act": "send", "csrf": csrf(coach)}).status_code == 409
    fields = {"own_words": "Ik ben tevreden.", "csrf": csrf(worker)}
    assert worker.post(f"/work/more/reports/{report}", data=fields).status_code == 303
    assert "Ik ben tevreden." in coach.get(page).text
    assert coach.post(page, data={"act": "send", "csrf": csrf(coach)}).status_code == 303
    assert "Verstuurd" in worker.get("/work/more/reports").text


def test_a_report_about_somebody_who_worked_names_the_kinds_of_work(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """With goals and where it leads; numbers of answers only in an extract for a wage value, which somebody asked for."""
    assert here.project
    a_life(ctx, here.by_role[Role.WORKER].person, here.by_role[Role.COACH].person, here.project)
    coach, who = browser(Role.COACH), here.by_role[Role.WORKER].person.public_id
    form = {"csrf": csrf(coach), "person": who, "audience": "municipality", "first": "2026-11-01", "last": "2026-11-30"}
    told = {}
    for kind in ("progress", "wage_value"):
        made = coach.post("/coach/reports", data={**form, "kind": kind, "asked_by": "De gemeente"})
        told[kind] = coach.get(made.headers["location"]).text
    assert ["Waarderen" in each and "Een hele ochtend werken" in each for each in told.values()] == [True, True]
    assert [" antwoorden</li>" in told[kind] for kind in ("progress", "wage_value")] == [False, True]


def test_material_is_deleted_from_the_project_s_page(browser: SignIn, here: Furnished) -> None:
    """With a reason; afterwards the page shows the proof."""
    manager = browser(Role.MANAGER)
    address = f"/projects/{here.paths['project_id']}/material"
    assert manager.post(address, data={"reason": "", "csrf": csrf(manager)}).status_code in (409, 422)
    assert manager.get(address).status_code == 200


def test_the_manager_asks_what_can_be_promised(browser: SignIn) -> None:
    """A young lab says so; a wrong day is told beside the field."""
    manager = browser(Role.MANAGER)
    assert "twee hele weken" in manager.get("/manager/capacity?wanted=40&until=2026-12-15").text
    assert manager.get("/manager/capacity?wanted=40&until=soon").status_code == 422
