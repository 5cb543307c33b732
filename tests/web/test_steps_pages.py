"""A client builds several questions about one piece on the project's pages."""

from __future__ import annotations

from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench import projects, steps
from workbench.context import Context
from workbench.domain import Role


def test_a_client_adds_a_question_and_says_when_it_is_asked(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """After which one, of which kind, for which answers; the list says it in plain words; it can be taken out again."""
    made = projects.create(ctx, "Reclame", "choice", {"labels": ["spot", "nieuws"]}, "Omroep Oost", draft=True)
    client, url = browser(Role.CLIENT), f"/projects/{made.public_id}/steps"
    assert "After" not in client.get(url).text, "Dutch"
    assert "Na “Kiezen”, over hetzelfde stuk" in client.get(f"{url}/new").text
    assert client.get(f"{url}/new?after=choice&type=video_faces").status_code == 422
    assert "nieuws" in client.get(f"{url}/new?after=choice&type=rating").text
    form = {"csrf": csrf(client), "after": "choice", "type": "rating", "name": "sterkte", "when": "answers"}
    refused = client.post(url, data=form)
    assert refused.status_code == 422
    assert "Kies minstens één antwoord" in refused.text
    assert client.post(url, data={**form, "answer": "spot"}).status_code == 303
    page = client.get(url).text
    assert "Na “Kiezen”, als het antwoord is: spot." in page
    there = ctx.db.read(lambda connection: steps.planned(connection, made.id))
    assert [plan.depends for _, plan in there] == [None, steps.Depends("choice", frozenset({"spot"}))]
    again = client.post(url, data={**form, "answer": "spot"})
    assert again.status_code == 422
    assert client.post(f"{url}/remove", data={"csrf": csrf(client), "step": there[0][0].public_id}).status_code == 409
    assert client.post(f"{url}/remove", data={"csrf": csrf(client), "step": there[1][0].public_id}).status_code == 303
    assert len(ctx.db.read(lambda connection: steps.planned(connection, made.id))) == 1


def test_another_company_does_not_see_the_questions(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Their project is not there for this client."""
    made = projects.create(ctx, "Van Zuid", "rating", {}, "Zender Zuid", draft=True)
    client = browser(Role.CLIENT)
    form = {"csrf": csrf(client), "type": "rating", "name": "x"}
    assert client.get(f"/projects/{made.public_id}/steps").status_code == 404
    assert client.post(f"/projects/{made.public_id}/steps", data=form).status_code == 404
