"""Every example of every widget: sound for everybody, at any width, and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from accessibility import widgets
from accessibility.audit import audit_page, report
from tests.browsing import somebody
from tests.widgets.stand import posted

CASES = [(name, number) for name in widgets.names() for number in range(len(widgets.examples(name)))]


@pytest.mark.parametrize(("name", "number"), CASES)
def test_an_example_passes_the_audit(page: Page, stand_url: str, name: str, number: int) -> None:
    """Axe up to AAA, 44 px, 320 px, names and visible focus at every stop; closed parts opened too."""
    page.goto(f"{stand_url}/try/{name}/{number}")
    for opened in (False, True):
        if opened:
            if page.locator("details:not([open])").count() == 0:
                return
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        findings = audit_page(page, walk=True)
        assert findings == [], report(findings)


@pytest.mark.parametrize(("name", "number"), CASES)
def test_an_example_passes_the_audit_with_a_mistake_shown(page: Page, stand_url: str, name: str, number: int) -> None:
    """The sentence beside the field keeps the page sound."""
    example = widgets.examples(name)[number]
    field = next(iter(example.answer or example.form))
    page.goto(f"{stand_url}/try/{name}/{number}?broken={field}")
    findings = audit_page(page)
    assert page.locator(".error", has_text="Please answer this.").count() == 1
    assert findings == [], report(findings)


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[Page]:
    """A tab of a phone that runs no scripts, and so keeps nothing from one page to the next."""
    with somebody(browser, java_script_enabled=False, viewport={"width": 320, "height": 640}) as context:
        yield context.new_page()


@pytest.mark.parametrize(("name", "number"), CASES)
def test_without_a_script_the_form_posts_what_was_filled_in(plain: Page, stand_url: str, name: str, number: int) -> None:
    """A plain form: what the example's fields say is what arrives."""
    example = widgets.examples(name)[number]
    plain.goto(f"{stand_url}/try/{name}/{number}")
    for field, value in example.form.items():
        fill_in(plain, field, value)
    plain.get_by_role("button", name="Send").click()
    plain.wait_for_url("**/post")
    sent = {field: value for field, value in posted(plain.inner_text("body")).items() if value != ""}
    assert dict(example.form) == {field: sent.get(field) for field in example.form}


def fill_in(page: Page, field: str, value: str | list[str]) -> None:
    """Fill in one field of whatever kind."""
    for one in value if isinstance(value, list) else [value]:
        box = page.locator(f'[name="{field}"]')
        kind = box.first.evaluate("one => one.localName + ':' + (one.type ?? '')")
        if kind.endswith(("radio", "checkbox")):
            page.locator(f'[name="{field}"][value="{one}"]').check()
        elif kind.startswith("select"):
            box.select_option(one)
        elif not kind.endswith("hidden"):
            box.fill(one)


@pytest.mark.parametrize(("name", "number"), [case for case in CASES if widgets.examples(case[0])[case[1]].draft])
def test_a_draft_comes_back_as_the_answer(page: Page, stand_url: str, name: str, number: int) -> None:
    """The element's answer, untouched, is the draft it was given."""
    example = widgets.examples(name)[number]
    page.goto(f"{stand_url}/try/{name}/{number}")
    assert page.locator(".widget").evaluate("one => 'answer' in one ? one.answer : one.draft") == example.draft


def test_every_widget_has_examples_with_criteria() -> None:
    """Examples feed the docs, these tests and axe."""
    for name in widgets.names():
        assert any(example.criteria for example in widgets.examples(name)), name


def test_only_scripts_styles_and_drawings_are_given_out() -> None:
    """No templates, and nothing outside the folder."""
    assert widgets.static_file("rating/template.html") is None
    assert widgets.static_file("../audit.js") is None
    assert widgets.static_file("rating/widget.js") is not None


def test_an_unknown_widget_is_refused_with_the_nearest_name() -> None:
    """Did you mean …?"""
    with pytest.raises(widgets.UnknownWidget, match='Did you mean "rating"'):
        widgets.find("ratings")


def test_every_widget_is_documented() -> None:
    """docs/widgets.md names each."""
    text = (Path(__file__).parents[2] / "docs" / "widgets.md").read_text(encoding="utf-8")
    assert [name for name in widgets.names() if f"`{name}`" not in text] == []
