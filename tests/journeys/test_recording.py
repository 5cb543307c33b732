"""Recording, with a browser's own fake microphone and camera: agreed to each time, done again, and kept once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from accessibility.audit import audit_page, report
from tests.browsing import FAKE, chromium
from tests.builders import key
from tests.journeys.lab import Lab
from tests.journeys.test_worker import press_until
from tests.widgets import stand
from workbench import assign, projects, recordings, submit
from workbench import tables as t
from workbench.domain import Role
from workbench.errors import AnswerRefused, Invalid


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with a microphone that beeps and a camera that shows a clock."""
    with chromium(*FAKE, windows=True) as started:
        yield started


def to_read(lab: Lab, folder: Path, **settings: object) -> None:
    """One sentence to record, and a worker at its page's door."""
    files = {"zin.txt": b"The train leaves from platform five."}
    lab.project("Sentences", "recording", files, folder / "in", allowed=True, **settings)
    lab.person()


def rows(lab: Lab) -> list[sa.Row]:
    """All takes there ever were."""
    return lab.ctx.db.read(lambda connection: list(connection.execute(sa.select(t.recording).order_by(t.recording.c.id))))


@pytest.mark.parametrize("what", ["audio", "video"])
def test_record_listen_again_agree_and_send_by_keys_alone(lab: Lab, page: Page, tmp_path: Path, what: str) -> None:
    """The first take is done again and never leaves the computer; the second is kept, and in the answer by its id."""
    to_read(lab, tmp_path, record=what)
    lab.sign_in(page)
    press_until(page, "a[href='/work/next']", "Enter")
    page.wait_for_selector("record-yourself")
    camera = "camera=(self)" if what == "video" else "camera=()"
    assert camera in page.request.get(page.url).headers["permissions-policy"]
    for _ in range(2):
        press_until(page, "[data-do=record]", "Enter")
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        expect(page.locator("record-yourself")).to_have_attribute("data-heard", "")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Recorded. Play it")).to_be_visible()
    assert rows(lab) == []
    press_until(page, "[name=agreed]", " ")
    expect(page.get_by_text("Your recording is kept.")).to_be_visible()
    findings = audit_page(page)
    assert findings == [], report(findings)
    press_until(page, ".task__bar button:first-child", "Enter")
    page.wait_for_url("**/work/next*")
    [take], [answer] = rows(lab), lab.annotations()
    media = lab.ctx.db.read(lambda c: c.execute(sa.select(t.media).where(t.media.c.id == take.media_id)).one())
    assert answer.answer == {"media": media.public_id, "agreed": True}
    assert media.kind == what


def test_without_a_tick_nothing_is_sent(lab: Lab, page: Page, tmp_path: Path) -> None:
    """At 320 px: "Send" says what is missing, and nothing was uploaded."""
    page.set_viewport_size({"width": 320, "height": 640})
    to_read(lab, tmp_path)
    lab.sign_in(page)
    page.get_by_role("link", name="Start").click()
    page.get_by_role("button", name="Record").click()
    expect(page.locator("record-yourself")).to_have_attribute("data-heard", "")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Recorded. Play it")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".task__trouble")).to_contain_text("tick the box if it is good")
    assert (rows(lab), lab.annotations()) == ([], [])


def test_a_take_belongs_to_its_question_and_its_person(lab: Lab, tmp_path: Path) -> None:
    """Repeatable by key, replaced by the next, heard by who made it; nobody sends another's."""
    to_read(lab, tmp_path, overlap=2)
    ctx, ben = lab.ctx, lab.person("Ben")
    [mine] = assign.next_assignments(ctx, ben)
    first_key = key()
    first = recordings.keep(ctx, ben, mine.public_id, io.BytesIO(stand.sound()), key=first_key)
    assert recordings.keep(ctx, ben, mine.public_id, io.BytesIO(b""), key=first_key) == first
    second = recordings.keep(ctx, ben, mine.public_id, io.BytesIO(stand.sound(1.0)), key=key())
    assert [row.dropped_ms is None for row in rows(lab)] == [False, True]
    with pytest.raises(AnswerRefused, match="Record it again"):
        submit.submit(ctx, ben, mine.public_id, {**first, "agreed": True}, key=key(), via="api")
    with pytest.raises(Invalid, match="longer than"):
        recordings.keep(ctx, ben, mine.public_id, io.BytesIO(stand.sound(40.0)), key=key())
    with pytest.raises(Invalid, match="kind of recording"):
        recordings.keep(ctx, ben, mine.public_id, io.BytesIO(b"no sound at all"), key=key())
    submit.submit(ctx, ben, mine.public_id, {**second, "agreed": True}, key=key(), via="api")


def test_given_back_is_gone(lab: Lab, tmp_path: Path) -> None:
    """ "I don't know" keeps no recording."""
    to_read(lab, tmp_path)
    ben = lab.person("Ben")
    [mine] = assign.next_assignments(lab.ctx, ben)
    recordings.keep(lab.ctx, ben, mine.public_id, io.BytesIO(stand.sound()), key=key())
    submit.submit(lab.ctx, ben, mine.public_id, {"dont_know": True}, key=key(), via="api")
    [take] = rows(lab)
    media = lab.ctx.db.read(lambda c: c.execute(sa.select(t.media).where(t.media.c.id == take.media_id)).one())
    assert take.dropped_ms is not None
    assert not lab.ctx.files.exists(media.sha256)


def test_only_a_manager_switches_recording_on(lab: Lab) -> None:
    """A client can make the project, and not open the microphone."""
    client = lab.person("Cleo", Role.CLIENT, client="Omroep")
    with pytest.raises(Invalid) as refused:
        projects.create_by(lab.ctx, client, "Stemmen", "recording", {"allowed": True})
    assert refused.value.field == "allowed"
    made = projects.create_by(lab.ctx, client, "Stemmen", "recording", {})
    assert made.status == "draft"
    manager = lab.person("Mo", Role.MANAGER)
    projects.create_by(lab.ctx, manager, "Stemmen twee", "recording", {"allowed": True})
