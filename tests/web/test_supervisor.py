"""The supervisor's pages: questions answered once for all, newer instructions, and what must be asked again."""

from __future__ import annotations

from pathlib import Path

from tests.builders import person, rows
from tests.web.builders import Furnished, with_work
from tests.web.conftest import SignIn, csrf
from workbench import assign, projects, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role
from workbench.store import instructions, terms
from workbench.store import projects as store


def project_url(here: Furnished) -> str:
    """The supervisor's page of the project."""
    return f"/supervisor/projects/{here.paths['project_id']}"


def test_a_question_is_answered_once_for_everybody(browser: SignIn, here: Furnished, ctx: Context, tmp_path: Path) -> None:
    """The worker asks from the work; the supervisor sees no name; the answer stands beside the work until it is taken away."""
    with_work(ctx, here, tmp_path / "texts")
    worker, supervisor = browser(Role.WORKER), browser(Role.SUPERVISOR)
    work = f"/work/{here.paths['assignment_id']}"
    form = {"csrf": csrf(worker), "words": "Telt een plaatje ook mee?", "key": "k1"}
    assert worker.post(f"{work}/ask", data={**form, "words": " "}).status_code == 422
    assert worker.post(f"{work}/ask", data=form).status_code == 200
    worker.post(f"{work}/ask", data=form)
    page = supervisor.get(project_url(here)).text
    assert page.count("<q>Telt een plaatje ook mee?</q>") == 1, "sent twice, kept once"
    assert "Wim" not in page
    assert "1 vraag over de uitleg" in supervisor.get("/supervisor").text
    [asked] = ctx.db.read(lambda connection: instructions.of_project(connection, here.project.id if here.project else 0))
    answer = {"csrf": csrf(supervisor), "shown_as": "Tellen plaatjes mee?", "answer": "Nee, alleen de tekst."}
    url = f"{project_url(here)}/questions/{asked.public_id}"
    assert supervisor.post(url, data=answer).status_code == 303
    text = worker.get(work).text
    assert "Tellen plaatjes mee?" in text
    assert "Nee, alleen de tekst." in text
    supervisor.post(url, data={"csrf": csrf(supervisor), "act": "take_away"})
    assert "Nee, alleen de tekst." not in worker.get(work).text


def test_a_newer_version_asks_again_only_what_is_older(browser: SignIn, here: Furnished, ctx: Context, tmp_path: Path) -> None:
    """An answer under version 1 is asked again from version 2 on; one under version 2 is not."""
    with_work(ctx, here, tmp_path / "texts")
    assert here.project
    noor = person(ctx, "Noor")
    given = next(each for each in assign.next_assignments(ctx, noor, ahead=3) if each.microtask.status == "open")
    submit.submit(ctx, noor, given.public_id, {"value": 3}, key="a" * 8, via="page")
    review.drain(ctx)
    supervisor = browser(Role.SUPERVISOR)
    [step] = ctx.db.read(lambda connection: store.steps_of(connection, here.project.id if here.project else 0))
    url = f"{project_url(here)}/steps/{step.public_id}"
    form = {"csrf": csrf(supervisor), "question": "Hoe goed is deze tekst?", "instructions": "Lees alles.", "note": ""}
    assert supervisor.post(f"{url}/instructions", data=form).status_code == 422, "what changed must be said"
    assert supervisor.post(f"{url}/instructions", data={**form, "note": "Duidelijker"}).headers["location"].endswith("/ask-again")
    page = supervisor.get(f"{url}/ask-again").text
    assert "opnieuw gesteld" in page
    assert "0 vragen worden opnieuw gesteld" not in page
    assert "Duidelijker" in page
    supervisor.post(f"{url}/ask-again", data={"csrf": csrf(supervisor), "version": "2"})
    assert "0 vragen worden opnieuw gesteld" in supervisor.get(f"{url}/ask-again").text
    [kept] = rows(ctx, t.annotation, t.annotation.c.person_id == noor.id)
    [asked] = rows(ctx, t.microtask, t.microtask.c.id == kept.microtask_id)
    assert (asked.status, asked.free) == ("open", 1), "the answer stays, and counts no more"


def test_nothing_else_of_the_settings_changes_with_the_instructions(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """Overlap, language and the rest stay; words in two languages keep both."""
    assert here.project
    [step] = ctx.db.read(lambda connection: store.steps_of(connection, here.project.id if here.project else 0))
    both = {**step.settings, "question": {"nl": "Hoe goed?", "en": "How good?"}, "overlap": 3}
    projects.change_settings(ctx, step, both)
    supervisor = browser(Role.SUPERVISOR)
    form = {"csrf": csrf(supervisor), "question.nl": "Hoe mooi?", "question.en": "How good?", "instructions": "", "note": "mooi"}
    supervisor.post(f"{project_url(here)}/steps/{step.public_id}/instructions", data=form)
    [after] = ctx.db.read(lambda connection: store.steps_of(connection, here.project.id if here.project else 0))
    assert after.settings == {**both, "question": {"nl": "Hoe mooi?", "en": "How good?"}}
    assert after.version == step.version + 2


def test_another_companys_project_is_not_found(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """A question id of one project does nothing under another one."""
    supervisor = browser(Role.SUPERVISOR)
    answered = supervisor.post(
        f"{project_url(here)}/questions/no-such", data={"csrf": csrf(supervisor), "shown_as": "a", "answer": "b"}
    )
    assert answered.status_code == 409


def test_names_for_recognition_come_from_subtitles_as_chosen(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """The file is read and not kept; only what stays ticked goes on the list, and what is there is not asked again."""
    assert here.project
    project_id, supervisor = here.project.id, browser(Role.SUPERVISOR)
    url, form = f"{project_url(here)}/names", {"csrf": csrf(supervisor)}
    text = "1\n00:00:01,000 --> 00:00:03,000\nVandaag is Noor de Wit in Almelo.\n"
    files = {"subtitles": ("news.srt", text.encode(), "text/plain")}
    page = supervisor.post(f"{url}/subtitles", data=form, files=files).text
    assert 'value="Noor de Wit" checked' in page
    assert 'value="Almelo" checked' in page
    assert not ctx.db.read(lambda connection: terms.terms_of(connection, project_id)), "nothing is kept before somebody chose"
    assert supervisor.post(url, data={**form, "name": ["Noor de Wit"]}).status_code == 303
    [kept] = ctx.db.read(lambda connection: terms.terms_of(connection, project_id))
    assert (kept.text, kept.origin) == ("Noor de Wit", "subtitles")
    again = supervisor.post(f"{url}/subtitles", data=form, files=files).text
    assert "Almelo" in again
    assert 'value="Noor de Wit"' not in again
    broken = supervisor.post(f"{url}/subtitles", data=form, files={"subtitles": ("news.srt", b"no subtitles", "text/plain")})
    assert broken.status_code == 422
    assert "news.srt" in broken.text
    assert supervisor.post(f"{url}/subtitles", data=form).status_code == 422
