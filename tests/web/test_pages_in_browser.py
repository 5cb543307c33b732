"""Every page a person can open, found in the app itself, in a real browser: for each role, language and theme."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from accessibility import audit
from accessibility.preferences import THEMES
from tests import browsing
from tests.web.site import Site, site
from workbench.domain import Role
from workbench.store import people as store

__all__ = ["site"]
ROLES: tuple[Role | None, ...] = (None, *Role)
LARGE = """async () => {
  document.documentElement.dataset.text = '400';
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const wide = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth > wide
    ? [...document.querySelectorAll('main *, header *')].filter((one) => one.getBoundingClientRect().right > wide + 1)
        .map((one) => `${one.tagName}.${one.className} sticks out of ${wide} px`).slice(0, 3)
    : [];
}"""

CHANGING = re.compile(r"[0-9a-f]{8,}|[\w-]{30,}|\d+")  # tokens, ids and times, which say nothing about how a page looks


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium where it is, else Playwright's own."""
    with browsing.chromium() as started:
        yield started


def signed_in(site: Site, chromium: Browser, role: Role | None, locale: str) -> BrowserContext:
    """A browser of somebody with this role, in this language."""
    site.clock.forward(minutes=20)  # the cards that are tried in vain do not count against who comes next
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale=locale)
    if role is not None:
        enrolled = site.here.by_role[role]
        ctx = site.app.state.ctx
        ctx.db.write(lambda connection: store.update_preferences(connection, enrolled.person.id, {}, locale=locale))
        assert context.request.get(site.url + enrolled.link_path).ok
    return context


def is_page(context: BrowserContext, url: str) -> bool:
    """Does this address answer with HTML? The way to another page is not one: that page has its own turn."""
    answer = context.request.get(url, timeout=120_000)  # some addresses draw a PDF, on a machine that may be busy
    return answer.headers.get("content-type", "").startswith("text/html") and answer.url.partition("?")[0] == url


def is_new(site: Site, page: Page, locale: str) -> bool:
    """Has some part of this page (bar, main, foot) never been looked at? Most pages look the same to several roles."""
    parts = page.evaluate("() => [...document.body.children].map((one) => one.outerHTML)")
    shapes = {f"{locale} {CHANGING.sub('#', part)}" for part in parts}
    new = not shapes <= site.seen
    site.seen |= shapes
    return new


def look(page: Page, path: str, *, themes: bool, structure: bool) -> list[str]:
    """What is wrong with one page. `structure`: also what does not change with the language, which axe judges."""
    if structure:
        found = [str(each) for each in audit.audit_page(page, walk=themes)]
    else:
        found = [str(each) for each in (*audit.too_wide(page), *audit.small_targets(page))]
    for theme in THEMES if themes else ():
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        found += [f"theme {theme}: {each}" for each in audit.contrast(page)]
    if themes:
        found += [f"at 400%: {each}" for each in page.evaluate(LARGE)]
    return [f"{path}: {each}" for each in found]


@pytest.mark.timeout(600)  # some eighty pages, one after another
@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role or "signed out"))
def test_every_page_can_be_used_by_everybody(site: Site, chromium: Browser, role: Role | None, locale: str) -> None:
    """No page breaks a rule of axe up to AAA, none overflows at 320 px, every tab stop has a name and a visible focus."""
    context = signed_in(site, chromium, role, locale)
    audit.bring_axe(context)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on(
        "console", lambda message: troubles.append(f"console: {message.text}") if "Content Security" in message.text else None
    )
    seen = 0
    for path in site.pages_of(role):
        if not is_page(context, site.url + path):
            continue
        page.goto(site.url + path)
        assert page.locator("html").get_attribute("lang") == locale, path
        # Every role sees each page in each language; axe needs one language, themes, 400% and the keyboard one role's look.
        deeply = locale == "nl" and path not in site.deep
        seen += 1
        if is_new(site, page, locale) or deeply:
            troubles += look(page, path, themes=deeply, structure=locale == "nl")
            site.deep |= {path} if deeply else set()
    browsing.leave(context)
    assert seen >= 3
    assert troubles == [], "\n".join(troubles)
