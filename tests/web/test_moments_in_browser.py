"""Pages that only come after something was done: set-up, a wrong form, a PIN, a card, an upload and its download."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from accessibility import audit
from tests.browsing import somebody, watched
from tests.web.builders import PASSWORD, Furnished, furnish
from tests.web.serving import serving
from tests.web.test_pages_in_browser import chromium
from workbench import jobs, people
from workbench.context import Context
from workbench.domain import Role
from workbench.web.app import create_app

__all__ = ["chromium"]  # the fixture: one browser for this module


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page in English, whose scripts may not fail."""
    options = {"viewport": {"width": 1280, "height": 900}, "locale": "en", "accept_downloads": True}
    with somebody(chromium, **options) as context, watched(context) as page:
        yield page


def fine(page: Page) -> None:
    """Nothing is wrong with the page as it stands."""
    found = audit.audit_page(page, walk=True)
    assert found == [], audit.report(found)


def test_an_empty_lab_is_set_up_by_keyboard(ctx: Context, page: Page) -> None:
    """Three steps, each a page of its own; Enter goes on; the last may wait."""
    with serving(create_app(ctx, setup_code="1234")) as url:
        # By another name than the machine's own: who sits at the server itself is not asked for the code.
        page.goto(url.replace("127.0.0.1", "lab.localhost"))
        fine(page)
        page.get_by_label("Set-up code").fill("1235")
        page.get_by_label("Name of the lab").fill("Proeflab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("That is not the set-up code.")).to_be_visible()
        expect(page.get_by_label("Set-up code")).to_be_focused()
        fine(page)
        page.get_by_label("Set-up code").fill("1234")
        page.keyboard.press("Enter")
        page.get_by_label("Your name").fill("Mia")
        page.get_by_label("Password").fill(PASSWORD)
        fine(page)
        page.get_by_label("Password").press("Enter")
        expect(page.get_by_role("heading", name="The first project")).to_be_visible()
        fine(page)
        page.get_by_role("link", name="Later").click()
        expect(page.get_by_role("heading", name="Good to see you, Mia")).to_be_visible()


def test_a_badge_and_a_pin_are_typed_by_a_reader_and_a_person(ctx: Context, page: Page) -> None:
    """The field has the focus: a reader types and presses Enter; the PIN comes after it."""
    here = furnish(ctx, locale="en")
    worker = here.by_role[Role.WORKER]
    people.set_pin(ctx, worker.person, "2580", by=None)
    with serving(create_app(ctx)) as url:
        page.goto(f"{url}/sign-in")
        expect(page.get_by_label("Hold your badge to the reader")).to_be_focused()
        page.keyboard.type("AN-UNKNOWN-BADGE\n")
        expect(page.get_by_text("This badge is not known here.")).to_be_visible()
        fine(page)
        page.goto(f"{url}/sign-in")
        page.evaluate("document.activeElement.blur()")  # somebody pressed beside the field
        page.keyboard.type(f"{worker.badge_code}\n")
        expect(page.get_by_role("heading", name="Hello Wim")).to_be_visible()
        expect(page.get_by_label("Type your PIN")).to_be_focused()
        fine(page)
        page.get_by_label("Type your PIN").focus()  # the audit walked away from it
        page.keyboard.type("2580\n")
        expect(page).to_have_url(f"{url}/work")


def test_a_card_comes_out_of_a_new_person(ctx: Context, page: Page) -> None:
    """Add somebody: the card is there to print, once."""
    here = furnish(ctx, locale="en")
    with serving(create_app(ctx)) as url:
        page.goto(url + here.by_role[Role.MANAGER].link_path)
        page.goto(f"{url}/manager/people/new")
        page.get_by_label("Name").fill("Nora")
        page.get_by_role("button", name="Add, and show the card").click()
        expect(page.get_by_role("img", name="QR code with the sign-in link")).to_be_visible()
        fine(page)


def test_files_go_in_and_a_download_comes_out(ctx: Context, page: Page, tmp_path: Path) -> None:
    """A client uploads with the page's own progress, follows the work in the background, and downloads."""
    here = furnish(ctx, locale="en")
    text = tmp_path / "een.txt"
    text.write_text("Een korte tekst.")
    background = jobs.start_process(ctx.settings)
    try:
        with serving(create_app(ctx)) as url:
            _upload(page, url, here, text)
            _download(page, tmp_path)
    finally:
        background.terminate()
        background.wait(timeout=30)


def _upload(page: Page, url: str, here: Furnished, text: Path) -> None:
    page.goto(url + here.by_role[Role.CLIENT].link_path)
    page.goto(f"{url}/projects/{here.paths['project_id']}/upload")
    page.get_by_label("Files", exact=True).set_input_files(str(text))
    page.get_by_role("button", name="Upload").click()
    # The first start of the background process takes its time on a busy machine.
    expect(page.get_by_role("status")).to_have_text("Done", timeout=90_000)
    expect(page.locator(".facts")).to_contain_text("New files and rows")
    fine(page)


def _download(page: Page, folder: Path) -> None:
    page.get_by_role("link", name="Back to the project").click()
    page.get_by_label("Format").select_option("jsonl")
    page.get_by_role("button", name="Make a download").click()
    expect(page.get_by_role("status")).to_have_text("Done", timeout=90_000)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download").click()
    coming.value.save_as(folder / "out.zip")
    assert (folder / "out.zip").read_bytes()[:2] == b"PK"


def test_the_buttons_of_a_reviewer_do_what_they_say(ctx: Context, page: Page) -> None:
    """With the pages' own scripts: an answer is accepted, a check question doubted, a report asked for."""
    here = furnish(ctx, locale="en")
    with serving(create_app(ctx)) as url:
        page.goto(url + here.by_role[Role.MANAGER].link_path)
        project = f"{url}/projects/{here.paths['project_id']}"
        page.goto(f"{project}/answers/{here.paths['microtask_id']}")
        page.get_by_role("button", name="Accept", exact=True).click()
        expect(page).to_have_url(f"{project}/review")
        page.goto(f"{project}/gold/{here.paths['gold_id']}")
        page.get_by_role("button", name="In doubt").click()
        expect(page.get_by_text("It is in dispute")).to_be_visible()
        page.goto(f"{project}/quality")
        page.get_by_role("button", name="Make it again").click()
        expect(page.get_by_text("The report is being made.")).to_be_visible()


def test_an_upload_that_is_pressed_twice_is_sent_once(ctx: Context, page: Page) -> None:
    """A second press while it is on its way does nothing; a refusal is shown as the server said it, nothing is resent."""
    here, sent = furnish(ctx, locale="en"), []

    def refuse(route: Route) -> None:
        sent.append(route.request.method)
        route.fulfill(status=422, content_type="text/html", body="<main tabindex=-1><h1>Not these files</h1></main>")

    with serving(create_app(ctx)) as url:
        page.goto(url + here.by_role[Role.CLIENT].link_path)
        page.goto(f"{url}/projects/{here.paths['project_id']}/upload")
        page.get_by_label("Files", exact=True).set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"a"})
        page.route("**/upload", refuse)
        page.evaluate(
            """() => { const form = document.querySelector("form[data-upload]");
            for (let press = 0; press < 3; press++) form.requestSubmit(); }"""
        )
        expect(page.get_by_role("heading", name="Not these files")).to_be_visible()
    assert sent == ["POST"]
