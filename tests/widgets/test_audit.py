"""The audit finds seeded defects, each by its rule, and leaves a sound page alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from accessibility.audit import (
    Finding,
    Suppressed,
    audit_page,
    but_contrast,
    contrast,
    inks,
    report,
    run_axe,
    small_targets,
    too_wide,
    walk_by_keyboard,
)

SOUND = """<!doctype html><html lang="en"><head><title>Sound</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ color: #111; background: #fff; font: 1.2rem/1.5 sans-serif }}
button, input {{ min-height: 44px; min-width: 44px; font: inherit }}
:focus-visible {{ outline: 3px solid #0b57d0; outline-offset: 2px }} {css}</style></head>
<body><main><h1>Sound</h1><p>Text with <a href="#x">a link</a> in it.</p>{body}</main></body></html>"""
BUTTONS = '<button id="x">One</button> <button>Two</button>'


def show(page: Page, body: str = BUTTONS, css: str = "") -> None:
    page.set_content(SOUND.format(body=body, css=css))


def test_a_sound_page_has_no_findings(page: Page) -> None:
    """Nothing is found where nothing is wrong, the walk by keyboard included."""
    show(page)
    assert audit_page(page, walk=True) == []


@pytest.mark.parametrize(
    ("body", "css", "rule"),
    [
        ('<input id="a">', "", "label"),
        ("<button></button>", "", "button-name"),
        ("<p>grey</p>", "p { color: #666 }", "color-contrast-enhanced"),
        ("<p>too light for AA</p>", "p { color: #aaa }", "color-contrast-enhanced"),
        ("<p>hardly there</p>", "p { color: #eee }", "color-contrast-enhanced"),
        ("<p>large</p>", "p { color: #888; font-size: 30px }", "color-contrast-enhanced"),
        ("<button>Small</button>", "button { min-height: 30px; height: 30px; padding: 0 }", "target-size"),
        ("<div class='wide'>wide</div>", ".wide { width: 500px }", "reflow"),
        ("<button>Unseen</button>", ":focus-visible { outline: none }", "focus-visible"),
        ('<div tabindex="0"></div>', "div { height: 50px }", "focus-name"),
    ],
)
def test_each_seeded_defect_is_found_by_its_rule(page: Page, body: str, css: str, rule: str) -> None:
    """A defect put in on purpose is reported under its own rule."""
    show(page, body, css)
    findings = audit_page(page, walk=True)
    assert rule in {finding.rule for finding in findings}, report(findings)


def test_a_bar_that_covers_the_focused_control_is_found(page: Page) -> None:
    """WCAG 2.4.12: focus may not vanish under something that stays on top."""
    show(page, BUTTONS + '<div class="bar">bar</div>', ".bar { position: fixed; inset: 0; background: #eee }")
    assert "focus-covered" in {finding.rule for finding in audit_page(page, walk=True)}


def test_the_walk_stops_at_every_control_in_order(page: Page) -> None:
    """The walk gives the tab order with names."""
    show(page)
    assert [stop.name for stop in walk_by_keyboard(page).stops] == ["a link", "One", "Two"]


def test_the_walk_goes_into_a_player_and_a_frame_and_out_again(page: Page) -> None:
    """Each is one stop, whatever has the focus inside it; what comes after them is looked at too."""
    frame = "<iframe title='Frame' srcdoc='<button>Inside</button><button>More</button>'></iframe>"
    show(page, f"<audio controls aria-label='Sound' src='data:audio/wav;base64,'></audio>{frame}<button>After</button>")
    walk = walk_by_keyboard(page)
    assert [stop.name for stop in walk.stops] == ["a link", "Sound", "Frame", "After"]
    assert walk.came_round


@pytest.mark.parametrize("to", ["one", "two"])
def test_a_place_that_tab_does_not_leave_is_found(page: Page, to: str) -> None:
    """Whether focus stays where it is or goes to and fro between two."""
    show(page, '<button id="one">One</button><button id="two">Two</button>')
    page.evaluate(
        "to => document.getElementById('two').onkeydown = () => { document.getElementById(to).focus(); return false; }", to
    )
    assert "focus-trap" in {finding.rule for finding in audit_page(page, walk=True)}


def test_aa_pages_may_have_smaller_targets_and_grey_text(page: Page) -> None:
    """strict=False judges by WCAG 2.2 AA."""
    show(page, "<p>grey</p><button>Small</button>", "p { color: #767676 } button { min-height: 30px; height: 30px; padding: 0 }")
    assert audit_page(page, strict=False) == []
    assert run_axe(page, strict=True) != []
    assert small_targets(page) != []


def test_the_contrast_of_one_theme_after_another(page: Page) -> None:
    """Only that, on a page that axe has been on."""
    show(page, "<p>text</p><input>")
    run_axe(page)
    assert contrast(page) == []
    page.add_style_tag(content="p { color: #999 }")
    assert {finding.rule for finding in contrast(page)} == {"color-contrast-enhanced"}


def test_texts_of_one_ink_need_one_look(page: Page) -> None:
    """Colour, size, ground, theme: whatever the contrast follows from makes another ink; what is not there makes none."""
    themed = ".grey { color: #999 } [data-theme=dark] body { color: #eee; background: #222 }"
    show(page, "<p>text</p>", themed)
    plain = inks(page, ["light", "dark"])
    assert all(plain.values())
    assert plain["light"].isdisjoint(plain["dark"])

    def more(body: str) -> int:
        show(page, f"<p>text</p>{body}", themed)
        return len(inks(page, ["light"])["light"] - plain["light"])

    assert more("<p>other words</p><p hidden class='grey'>not there</p>") == 0
    assert more("<p class='grey'>one more</p><p class='grey'>of the same</p>") == 1
    assert more("<div style='background: #000'><p>on another ground</p></div>") == 1
    assert more("<div style='opacity: 0.5'><p>faint</p></div>") == 1
    assert more("<div id='lid' style='position: absolute'><p>over something</p></div>") == 1
    assert more("<p><input aria-label='name'></p>") == 1


def test_contrast_can_be_left_to_others(page: Page) -> None:
    """Everything else is found all the same."""
    show(page, "<p style='color: #999'>grey</p><input>")
    assert {finding.rule for finding in but_contrast(page)} == {"label"}


def test_a_suppressed_finding_is_let_through_only_where_it_was_meant(page: Page) -> None:
    """The target narrows a suppression."""
    show(page, '<div class="wide">wide</div>', ".wide { width: 500px }")
    allowed = Suppressed("reflow", reason="a test", link="https://www.w3.org/TR/WCAG22/#reflow", target="wide")
    assert audit_page(page, suppressed=[allowed]) == []
    assert audit_page(page, suppressed=[Suppressed("reflow", reason="", link="", target="elsewhere")]) != []


def test_the_viewport_is_put_back(page: Page) -> None:
    """Looking at 320 px leaves the page as it was."""
    show(page)
    assert too_wide(page) == []
    assert page.viewport_size == {"width": 1280, "height": 900}


def test_a_finding_reads_as_one_line() -> None:
    """What, where, how bad."""
    assert (
        str(Finding("reflow", "reaches 500 px at 320 px", "div.wide")) == "reflow (serious) at div.wide: reaches 500 px at 320 px"
    )
