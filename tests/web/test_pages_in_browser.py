"""Every page a person can open, found in the app itself, in a real browser: for each role, language and theme."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from accessibility import audit
from accessibility.preferences import THEMES
from tests import browsing
from tests.web.site import Site, site
from workbench.domain import Role
from workbench.store import people as store

__all__ = ["site"]
ROLES: tuple[Role | None, ...] = (None, *Role)
VIEWS = {"nl": browsing.VIEW, "en": audit.NARROW}
LARGE = """async () => {
  document.documentElement.dataset.text = '400';
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const wide = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth > wide
    ? [...document.querySelectorAll('main *, header *')].filter((one) => one.getBoundingClientRect().right > wide + 1)
        .map((one) => `${one.tagName}.${one.className} sticks out of ${wide} px`).slice(0, 3)
    : [];
}"""
# A script that keeps a form for itself must be one of those that send it, or show only what it would look like.
KEPT = """() => {
  const scripts = '#task, [data-upload], #typing, #settings, [data-preview]:not([method=post])';
  if (document.querySelector('#task')) return [];  // there each form asks first whether the workbench answers
  const kept = [];
  const last = (event) => {
    if (event.defaultPrevented) kept.push(`${event.target.action} is never sent`);
    event.preventDefault();
  };
  addEventListener('submit', last);
  for (const form of document.querySelectorAll(`form:not(${scripts})`)) {
    form.noValidate = true;
    form.requestSubmit();
  }
  removeEventListener('submit', last);
  return kept;
}"""

CHANGING = re.compile(r"[0-9a-f]{8,}|[\w-]{30,}|\d+")  # tokens, ids and times, which say nothing about how a page looks
PARTS = re.compile("(?=<header|<main|<footer)")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for many pages."""
    with browsing.chromium() as started:
        yield started


def signed_in(
    site: Site, chromium: Browser, role: Role | None, locale: str, viewport: ViewportSize = browsing.VIEW
) -> BrowserContext:
    """A browser of somebody with this role, in this language."""
    site.clock.forward(minutes=20)  # the cards that are tried in vain do not count against who comes next
    context = chromium.new_context(viewport=viewport, locale=locale)
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


@dataclass
class Reader:
    """Reads pages as a browser with these cookies would, without opening one."""

    site: Site
    locale: str
    cookies: str

    def page(self, path: str) -> str | None:
        """The HTML at this address; None: no page, but a file, or the way to another page, which has its own turn."""
        asked = {"Accept": "text/html", "Accept-Language": self.locale, "Cookie": self.cookies}
        answers = http.client.HTTPConnection(urlsplit(self.site.url).netloc, timeout=120)  # some draw a PDF, on a busy machine
        with closing(answers):
            answers.request("GET", path, headers=asked)
            answer = answers.getresponse()
            is_page = answer.headers.get_content_type() == "text/html" and not 300 <= answer.status < 400
            return answer.read().decode() if is_page else None


def reader(site: Site, context: BrowserContext, locale: str) -> Reader:
    """Who reads along with this browser."""
    return Reader(site, locale, "; ".join(f"{each['name']}={each['value']}" for each in context.cookies(site.url)))


def is_new(site: Site, html: str, locale: str) -> bool:
    """Has some part of this page (head, bar, main, foot) never been looked at? Most pages look the same to several roles."""
    shapes = {f"{locale} {CHANGING.sub('#', part)}" for part in PARTS.split(html)}
    new = not shapes <= site.seen
    site.seen |= shapes
    return new


def look(site: Site, page: Page, *, deeply: bool) -> list[str]:
    """What is wrong with one page up to AAA; deeply: also by keyboard, at 400%, and in each theme."""
    found = [*audit.but_contrast(page), *audit.small_targets(page), *audit.too_wide(page)]
    if deeply:
        found += audit.judge_walk(audit.walk_by_keyboard(page))
    said = [str(each) for each in found] + contrast(site, page, THEMES if deeply else THEMES[:1])
    return said + [f"at 400%: {each}" for each in page.evaluate(LARGE)] + page.evaluate(KEPT) if deeply else said


def contrast(site: Site, page: Page, themes: Sequence[str]) -> list[str]:
    """Texts that are hard to see in one of these themes; what is written in an ink that was judged is not judged again."""
    found: list[str] = []
    for theme, inks in audit.inks(page, themes).items():
        if not inks <= site.inks:
            site.inks |= inks
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            found += [f"theme {theme}: {each}" for each in audit.contrast(page)]
    return found


@pytest.mark.timeout(600)  # some eighty pages, one after another
@pytest.mark.parametrize("locale", ["nl", "en"])
@pytest.mark.parametrize("role", ROLES, ids=lambda role: str(role or "signed out"))
def test_every_page_can_be_used_by_everybody(site: Site, chromium: Browser, role: Role | None, locale: str) -> None:
    """
    No page breaks a rule of axe up to AAA, none overflows at 320 px, every tab stop has a name and a visible focus, no script
    keeps a form from being sent.

    Every role sees each page in each language: Dutch on a desk, English on a telephone, where targets are as large. What does
    not change with the language, axe judges in Dutch; themes, 400% and the keyboard take one role's look. A page that is to the
    letter what it was for another role is not opened again.
    """
    context = signed_in(site, chromium, role, locale, VIEWS[locale])
    if locale == "nl":
        audit.bring_axe(context)
    read, page = reader(site, context, locale), context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    page.on(
        "console", lambda message: troubles.append(f"console: {message.text}") if "Content Security" in message.text else None
    )
    seen = 0
    for path in site.pages_of(role):
        html = read.page(path)
        if html is None:
            continue
        seen += 1
        assert f'<html lang="{locale}"' in html, path
        deeply = locale == "nl" and path not in site.deep
        if is_new(site, html, locale) or deeply:
            page.goto(site.url + path)
            wrong = look(site, page, deeply=deeply) if locale == "nl" else fits(page)
            troubles += [f"{path}: {each}" for each in wrong]
            site.deep |= {path} if deeply else set()
    browsing.leave(context)
    assert seen >= 3
    assert troubles == [], "\n".join(troubles)


def fits(page: Page) -> list[str]:
    """What is wrong with one page in another language: words of other lengths."""
    return [str(each) for each in (*audit.too_wide(page), *audit.small_targets(page))]
