"""A worker for whom reading is hard: the page says what stands on it, and shows where it is."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.lab import Lab
from workbench.store import people as store

# Chromium without windows has no voices: this one says nothing, and ends when the test says so.
VOICE = """window.said = [];
Object.defineProperty(window, 'speechSynthesis', {
  value: { speak: (words) => { said.push(words); words.onstart(); }, cancel() {} } });"""
MARKED = "[...(CSS.highlights.get('read-aloud') ?? [])].map(String)"
WORDS = "said.map(each => [each.lang, each.text])"


def test_a_page_is_read_sentence_by_sentence_and_the_one_that_sounds_is_marked(lab: Lab, page: Page, tmp_path: Path) -> None:
    """From the question to its buttons, in the language of the text; a second press stops it."""
    lab.texts(tmp_path, ["First one. Then another."])
    person = lab.person()
    lab.ctx.db.write(lambda connection: store.update_preferences(connection, person.id, {"read_aloud": "on"}, locale="en"))
    page.add_init_script(VOICE)
    lab.sign_in(page)
    page.goto(lab.url + "/work/next")
    button = page.get_by_role("button", name="Read aloud")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    seen: list[str] = []
    while page.evaluate("said.length") > len(seen):
        seen += page.evaluate(MARKED)
        page.evaluate("said.at(-1).onend()")
    told = page.evaluate(WORDS)
    assert [" ".join(each.split()) for each in seen] == [words for _, words in told]
    texts = [words for _, words in told]
    assert texts.index("First one.") + 1 == texts.index("Then another.") < texts.index("Fine") < texts.index("Send")
    assert "Read aloud" not in texts
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    button.click()
    assert page.evaluate(MARKED) == []


def test_a_browser_without_a_voice_says_so(lab: Lab, page: Page) -> None:
    """And nothing else happens."""
    person = lab.person()
    lab.ctx.db.write(lambda connection: store.update_preferences(connection, person.id, {"read_aloud": "on"}, locale="en"))
    page.add_init_script("Object.defineProperty(window, 'speechSynthesis', { value: undefined });")
    lab.sign_in(page)
    page.get_by_role("button", name="Read aloud").click()
    expect(page.get_by_text("This browser has no voice.")).to_be_visible()
