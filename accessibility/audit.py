"""What a machine can judge about a page: axe with WCAG 2.2 up to AAA, targets, reflow, and a walk by keyboard.

A clean result is not proof: people test too (docs/testing-with-people.md). Every finding that is let through carries
its reason.

The page is Playwright's `Page` (sync). Nothing is added to the page by a script tag, so that a strict
Content-Security-Policy stays on while it is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, ViewportSize

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
TAGS_STRICT = (*TAGS, "wcag2aaa")
TARGET_PX = 44  # WCAG 2.5.5 (AAA)
TARGET_PX_AA = 24  # WCAG 2.5.8
NARROW: ViewportSize = {"width": 320, "height": 640}  # WCAG 1.4.10; the same as 1280 px at 400%
# Axe looks at each text's contrast twice: for AA, and for AAA, which leaves to AA what is under 4.5 : 1. That look takes
# longest of all; here AAA judges everything under 7 : 1 (4.5 : 1 for large text), so that one look is enough.
CONTRAST_ONCE: dict[str, Any] = {
    "rules": {"color-contrast": {"enabled": False}, "color-contrast-enhanced": {"enabled": True}},
    "checks": {
        "color-contrast-enhanced": {"options": {"contrastRatio": {"normal": {"minThreshold": 0}, "large": {"minThreshold": 0}}}}
    },
}
LONGEST_WALK = 250  # presses of Tab; a page that asks for more has a trap or needs a shorter way
FURTHER = 4  # presses at a time where the first guess was too few


class AuditError(RuntimeError):
    """The page cannot be judged: axe is not installed, or the page is gone."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, where, and where to read about it."""

    rule: str
    message: str
    target: str = ""
    impact: str = "serious"
    link: str = ""

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}) at {self.target or 'page'}: {self.message} {self.link}".rstrip()


@dataclass(frozen=True)
class Suppressed:
    """A finding that is let through, with the reason and where it is discussed. An empty target means anywhere."""

    rule: str
    reason: str
    link: str
    target: str = ""

    def covers(self, finding: Finding) -> bool:
        """Is this the finding that was meant?"""
        return finding.rule == self.rule and self.target in finding.target


@dataclass(frozen=True)
class Stop:
    """One stop of the Tab key: role, accessible name as the browser computes it, and whether focus can be seen."""

    tag: str
    name: str
    target: str
    focus_seen: bool
    covered: bool  # by something fixed on top of it (WCAG 2.4.12)


@dataclass(frozen=True)
class Walk:
    """Where the Tab key came, in order, and whether it came round again or left the page."""

    stops: tuple[Stop, ...]
    came_round: bool


def audit_page(page: Page, *, strict: bool = True, suppressed: Sequence[Suppressed] = (), walk: bool = False) -> list[Finding]:
    """
    Everything that is wrong with the page as it stands.

    Args:
        strict: also what people.md asks of worker pages: AAA contrast, targets of 44 px.
        suppressed: findings to let through, each with its reason.
        walk: also walk it with the Tab key (moves focus).
    """
    findings = [*run_axe(page, strict=strict), *small_targets(page, TARGET_PX if strict else TARGET_PX_AA)]
    findings += too_wide(page)
    if walk:
        findings += judge_walk(walk_by_keyboard(page))
    return [finding for finding in findings if not any(one.covers(finding) for one in suppressed)]


def bring_axe(visitor: BrowserContext) -> None:
    """Axe comes with each page of this visitor, compiled once: for somebody who has many pages to judge."""
    visitor.add_init_script(_axe_source())


def run_axe(page: Page, *, strict: bool = True) -> list[Finding]:
    """Violations that axe is sure of, one finding per element."""
    return _by_axe(page, {"runOnly": list(TAGS_STRICT if strict else TAGS), **(CONTRAST_ONCE if strict else {})})


def but_contrast(page: Page) -> list[Finding]:
    """What `run_axe` finds, up to AAA, but for contrast: where `contrast` judges that, for one theme after another."""
    return _by_axe(page, {"runOnly": list(TAGS_STRICT), "rules": {rule: {"enabled": False} for rule in CONTRAST_ONCE["rules"]}})


def contrast(page: Page) -> list[Finding]:
    """Texts under the contrast of AAA."""
    return _by_axe(page, {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}, **CONTRAST_ONCE})


def inks(page: Page, themes: Sequence[str]) -> dict[str, set[str]]:
    """
    How each text is written in these themes: all that its contrast follows from. For somebody who has many pages to judge:
    `contrast` takes twenty times as long, and says the same of the same ink.

    Returns:
        theme → one string for each way of writing, to compare only. What lies over something else has one of its own.
    """
    return {theme: set(found) for theme, found in page.evaluate(_script("inks"), list(themes)).items()}


def small_targets(page: Page, least_px: int = TARGET_PX) -> list[Finding]:
    """Controls smaller than they should be. A checkbox counts with its label; links inside a sentence are exempt."""
    return [
        Finding("target-size", f"is {one['width']} × {one['height']} px; at least {least_px} is asked", one["target"])
        for one in page.evaluate(_script("smallTargets"), least_px)
    ]


def too_wide(page: Page) -> list[Finding]:
    """What sticks out at 320 px, where a page may scroll in one direction only."""
    with _narrow(page):
        culprits = page.evaluate(_script("tooWide"))
    return [Finding("reflow", f"reaches {one['right']} px at 320 px", one["target"]) for one in culprits]


def walk_by_keyboard(page: Page, *, longest: int = LONGEST_WALK) -> Walk:
    """Press Tab from the top until focus comes round again or leaves the page. The page notes each stop while Tab is pressed."""
    enough = page.evaluate(_script("setOut"))
    pressed = 0
    while True:
        presses = min(FURTHER if pressed else enough, longest - pressed)
        for _ in range(presses):
            page.keyboard.press("Tab")
        pressed += presses
        found = page.evaluate(_script("walked"))
        if found["over"] or pressed >= longest:
            break
    return Walk(tuple(Stop(**stop) for stop in found["stops"]), came_round=found["round"])


def judge_walk(walk: Walk) -> list[Finding]:
    """Tab stops without a name, without a visible focus, or under something else; a walk that never ends."""
    findings = [Finding("focus-name", "a tab stop has no name", stop.target) for stop in walk.stops if not stop.name]
    findings += [Finding("focus-visible", "focus cannot be seen", stop.target) for stop in walk.stops if not stop.focus_seen]
    findings += [Finding("focus-covered", "focus is under something else", stop.target) for stop in walk.stops if stop.covered]
    if not walk.came_round:
        last = walk.stops[-1].target if walk.stops else ""
        findings.append(Finding("focus-trap", "Tab does not come round", last))
    return findings


def report(findings: Sequence[Finding]) -> str:
    """The findings as lines to read in a failing test."""
    return "\n".join(str(finding) for finding in findings) or "nothing found"


def _by_axe(page: Page, asked: dict[str, Any]) -> list[Finding]:
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(_axe_source() + ";0")
    result = page.evaluate("asked => axe.run(document, asked)", {"resultTypes": ["violations"], **asked})
    return [_axe_finding(rule, node) for rule in result["violations"] for node in rule["nodes"]]


def _axe_finding(rule: dict[str, Any], node: dict[str, Any]) -> Finding:
    return Finding(
        rule=str(rule["id"]),
        message=" ".join(str(node.get("failureSummary") or rule["help"]).split()),
        target=" ".join(str(part) for part in node["target"]),
        impact=str(node.get("impact") or rule.get("impact") or "serious"),
        link=str(rule["helpUrl"]),
    )


@cache
def _axe_source() -> str:
    try:
        return resources.files("workbench_assets").joinpath("axe.js").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise AuditError("axe.js is not here. Install the project again (pip install -e .): its build fetches it.") from error


@cache
def _script(name: str) -> str:
    source = resources.files("accessibility").joinpath("audit.js").read_text(encoding="utf-8")
    return f"(() => {{ {source}\nreturn {name}; }})()"


@contextmanager
def _narrow(page: Page) -> Iterator[None]:
    was = page.viewport_size
    if was == NARROW:
        yield
        return
    page.set_viewport_size(NARROW)
    try:
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        yield
    finally:
        if was:
            page.set_viewport_size(was)
