"""Hours, quotes and the lab's settings on pages."""

from __future__ import annotations

from tests.conftest import Clock
from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench.domain import Role

DAY_MINUTES = 24 * 60


def test_a_worker_reads_their_own_hours_and_a_correction_with_its_reason(browser: SignIn, here: Furnished, clock: Clock) -> None:
    """Half an hour of work; the coach adds a quarter and says why."""
    clock.forward(minutes=30)
    worker, coach = browser(Role.WORKER), browser(Role.COACH)
    assert "0:30" in worker.get("/work/more/hours").text
    fields = {"day": "2026-11-23", "kind": "work", "minutes": "15", "reason": "De computer deed het niet", "csrf": csrf(coach)}
    address = f"/hours/{here.by_role[Role.WORKER].person.public_id}"
    assert coach.post(address, data=fields).status_code == 303
    told = worker.get("/work/more/hours").text
    assert "Alles samen telt mee: 0:45." in told  # in words too: with large letters the table's last column is off the screen
    assert "De computer deed het niet" in told
    assert "0:45" in coach.get("/hours").text


def test_a_wrong_correction_says_so_beside_the_field(browser: SignIn, here: Furnished) -> None:
    """And keeps what was typed."""
    coach = browser(Role.COACH)
    fields = {"day": "2026-11-23", "kind": "work", "minutes": "much", "reason": "Bus", "csrf": csrf(coach)}
    answer = coach.post(f"/hours/{here.by_role[Role.WORKER].person.public_id}", data=fields)
    assert answer.status_code == 422
    assert 'id="minutes-error"' in answer.text
    assert 'value="Bus"' in answer.text


def test_payroll_downloads_a_file_and_the_lab_knows_who_did(browser: SignIn, clock: Clock) -> None:
    """One line for the worker of today."""
    clock.forward(minutes=45)
    manager = browser(Role.MANAGER)
    answer = manager.get("/hours/payroll.csv?first=2026-11-01&last=2026-11-30")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[1].startswith("Wim,")
    assert browser(Role.COACH).get("/hours/payroll.csv").status_code == 403


def test_a_rate_makes_a_price_and_one_below_the_minimum_wage_is_told(browser: SignIn, here: Furnished) -> None:
    """The manager sets the rate; the quote follows at once."""
    manager, address = browser(Role.MANAGER), f"/projects/{here.paths['project_id']}/quote"
    assert "geen tarief" in manager.get(address).text
    form = {"hourly_rate": "10", "margin_percent": "5,5", "vat_percent": "21", "paid_breaks": "yes", "csrf": csrf(manager)}
    assert manager.post("/manager/lab", data=form).status_code == 303
    assert "onder het minimumloon" in manager.get(address).text
    assert "een marge van 5,5%" in manager.get(address).text
    settings = manager.get("/manager/lab").text
    assert ('value="10"' in settings, 'value="5,5"' in settings) == (True, True)


def test_a_half_year_without_a_minimum_wage_is_told_until_a_manager_adds_it(
    browser: SignIn, here: Furnished, clock: Clock
) -> None:
    """On hours and quotes; a wrong amount is told beside its field, and what was typed stays."""
    clock.forward(minutes=60 * DAY_MINUTES)
    manager, told = browser(Role.MANAGER), "Het lab weet het minimumloon van dit halfjaar niet"
    pages = ("/hours", f"/projects/{here.paths['project_id']}/quote", "/manager/lab")
    assert [told in manager.get(page).text for page in pages] == [True, True, True]
    form = {"since": "2027-01-01", "hourly": "1.50", "source": "Staatscourant 2026, 12345", "csrf": csrf(manager)}
    answer = manager.post("/manager/lab/minimum-wage", data=form)
    assert answer.status_code == 422
    assert 'id="hourly-error"' in answer.text
    assert 'value="Staatscourant 2026, 12345"' in answer.text
    assert manager.post("/manager/lab/minimum-wage", data=form | {"hourly": "15,21"}).status_code == 303
    assert [told in manager.get(page).text for page in pages] == [False, False, False]
    assert "Staatscourant 2026, 12345" in manager.get("/manager/lab").text
    assert told not in browser(Role.COACH).get("/hours").text
