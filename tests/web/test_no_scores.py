"""No ranking, no comparison of people, no score of a person: read from every page and export of coach and supervisor."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.builders import person
from tests.coached import a_life, history
from tests.web.builders import Furnished
from tests.web.conftest import SignIn
from tests.web.site import FILES
from tests.web.test_access import routes, who_may
from workbench import coaching
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.store import people as people_store
from workbench.web import pages

# Words that rank, compare or grade people, in both languages. "level" of reading is the person's own choice.
FORBIDDEN = re.compile(
    r"\b(rank\w*|ranglijst|ranking|leaderboard|top ?\d+|best(e)? (worker|medewerker)|slowest|fastest|langzaamste|snelste"
    r"|percentile|percentiel|average worker|gemiddelde medewerker|above average|below average|bovengemiddeld|ondergemiddeld"
    r"|productivity|productiviteit|performance|prestatie\w*|score[sd]?|scoren|efficiency|efficiëntie"
    r"|underperform\w*|too late|te laat|lateness|verzuim|absen\w+|sick|ziek\w*|stress\w*|mood|stemming)\b",
    re.IGNORECASE,
)
# A figure about somebody's work: a share, a time per answer, a number of answers, hours.
FIGURE = re.compile(r"\d+ ?%|\d+ (?:seconden|seconds|antwoorden|answers|antwoord|answer)\b|\d+ (?:u|h) \d+ min")
HOURS = re.compile(r"\d+ (?:u|h) \d+ min$")
SORTS = re.compile(r"[?&](sort|order|order_by)=|aria-sort|data-sort")


@pytest.fixture
def two(ctx: Context, here: Furnished) -> list[Person]:
    """Wim and Noor, both with a past, both of the same coach."""
    assert here.project
    coach = here.by_role[Role.COACH].person
    here.paths |= a_life(ctx, here.by_role[Role.WORKER].person, coach, here.project)
    noor = person(ctx, "Noor van Zeeland")
    coaching.give_coach(ctx, noor, coach, by=coach)
    history(ctx, noor, here.project, [60] * 8)
    return [here.by_role[Role.WORKER].person, noor]


def seen_by(app: FastAPI, here: Furnished, client: TestClient, role: Role, who: Person) -> dict[str, str]:
    """Every page, export and JSON answer that this role gets, by path; no file to take away, and no stream, which never ends."""
    paths = {**here.paths, "person_id": who.public_id}
    found = {}
    for method, route in routes(app):
        left_out = route.path in ("/metrics", "/coach/stream") or route.path.endswith(FILES)
        if method != "GET" or role not in who_may(route) or left_out:
            continue
        path = re.sub(r"{(\w+)(:\w+)?}", lambda name: paths.get(name.group(1), "no-such"), route.path)
        answer = client.get(path, headers={"accept": "text/html, application/json"})
        if answer.status_code == 200 and "octet" not in answer.headers.get("content-type", ""):
            found[path] = answer.text
    return found


def words_of(html: str) -> str:
    """What a person reads or hears of a page."""
    body = html.split("<main", 1)[-1].split("</main>", maxsplit=1)[0]
    body = re.sub(r"<script.*?</script>", " ", body, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", re.sub(r'(?:aria-label|title|alt)="([^"]*)"', r"> \1 <", body))


@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("role", [Role.COACH, Role.SUPERVISOR])
def test_no_page_ranks_compares_or_scores(
    app: FastAPI, ctx: Context, here: Furnished, browser: SignIn, two: list[Person], role: Role, locale: str
) -> None:
    """Two people's figures are never on one page, nothing sorts by a figure, and no word grades a person."""
    somebody = here.by_role[role].person
    ctx.db.write(lambda connection: people_store.update_preferences(connection, somebody.id, {}, locale=locale))
    found = seen_by(app, here, browser(role), role, two[0])
    assert len(found) >= 5
    troubles = []
    for path, html in found.items():
        words = words_of(html)
        troubles += [f"{path}: “{word.group(0)}”" for word in FORBIDDEN.finditer(words)]
        troubles += [f"{path}: sorts" for _ in SORTS.finditer(html)]
        if all(who.name in words for who in two):
            figures = [figure.group(0) for figure in FIGURE.finditer(words)]
            troubles += [
                f"{path}: {figure} beside two names" for figure in figures if not (path == "/hours" and HOURS.match(figure))
            ]
    assert troubles == []
    # Hours for payroll are a list of pay: minutes and nothing else, in the order of names, so that no figure ranks.
    listed = [place for who in sorted(two, key=lambda each: each.name) if (place := found.get("/hours", "").find(who.name)) >= 0]
    assert listed == sorted(listed)


def test_the_words_are_found_where_they_stand() -> None:
    """The test reads what it should read."""
    page = '<main><svg aria-label="Score 7"></svg><p>Noor is de snelste: 90 % van 20 antwoorden</p></main>'
    assert [found.group(0) for found in FORBIDDEN.finditer(words_of(page))] == ["Score", "snelste"]
    assert [found.group(0) for found in FIGURE.finditer(words_of(page))] == ["90 %", "20 antwoorden"]


def test_clients_supervisors_and_managers_see_nothing_of_the_coachs(
    app: FastAPI, here: Furnished, browser: SignIn, two: list[Person]
) -> None:
    """Notes, needs, requests, check-ins, wishes, goals and figures are on no page of theirs; colleagues see none either."""
    secret = ("Over morgen", "Samen geoefend", "bij het raam", "Ondertitels leren schrijven", "Een baan bij een archief")
    seen = []
    for role in (Role.CLIENT, Role.SUPERVISOR, Role.MANAGER):
        for path, html in seen_by(app, here, browser(role), role, two[0]).items():
            seen += [f"{role} {path}: {words}" for words in secret if words in html]
    assert seen == []


def test_the_guide_pages_are_the_coachs_only(app: FastAPI) -> None:
    """No route under /coach lets anybody in but coaches, and none of a client's starts there."""
    mine = [route for _, route in routes(app) if route.path.startswith(pages.HOMES[Role.COACH] + "/")]
    assert {who for route in mine for who in who_may(route)} == {Role.COACH}
