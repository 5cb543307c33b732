"""
What a blind person hears: Orca reads every page of a worker, in both languages.

Opt-in: `python -m pytest -m slow tests/web/test_orca.py`. Needs Debian's packages orca, xvfb, dbus and at-spi2-core beside
Chromium. Orca reads a page aloud from top to bottom when it opens; that is compared with what is on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web import orca
from tests.web.site import Site, site
from workbench.domain import Role
from workbench.store import people as store

__all__ = ["site"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(orca.missing()), reason=f"apt-get install orca xvfb dbus at-spi2-core (missing: {orca.missing()})"),
]
TOLD = frozenset(["heading", "link", "button", "textbox", "checkbox", "radio", "combobox", "slider", "spinbutton"])


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[orca.Reader]:
    """Chromium with the screen reader beside it."""
    with orca.reading(tmp_path) as started:
        yield started


def words(text: str) -> set[str]:
    """Without the marks that a screen reader puts between words."""
    return set(re.findall(r"\w+", text.lower()))


def on_page(reader: orca.Reader) -> list[tuple[str, str]]:
    """
    Role and accessible name of what must be told, as the browser gives them to every screen reader.

    Where a page puts the focus somewhere itself, Orca tells that: who works there wants to begin.
    """
    session = reader.page.context.new_cdp_session(reader.page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    told = [node for node in nodes if not node["ignored"] and str(node["role"]["value"]).lower() in TOLD]
    focused = [node for node in told if any(each["name"] == "focused" for each in node.get("properties", []))]
    return [(str(node["role"]["value"]), str(node.get("name", {}).get("value", ""))) for node in focused or told]


def troubles_of(reader: orca.Reader, url: str) -> list[str]:
    """What is on the page and not told, or has no name to tell."""
    reader.page.goto(url)
    heard = words(" ".join(reader.said()))
    wanted = on_page(reader)
    missing = [f"{role} {name!r}" for role, name in wanted if not words(name) or not words(name) <= heard]
    return [f"{url}: {each} is not told" for each in missing]


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_orca_tells_every_page_of_a_worker(reader: orca.Reader, site: Site, locale: str) -> None:
    """The headings, and every link, button and field, by name."""
    enrolled, ctx = site.here.by_role[Role.WORKER], site.app.state.ctx
    ctx.db.write(lambda connection: store.update_preferences(connection, enrolled.person.id, {}, locale=locale))
    reader.page.goto(site.url + enrolled.link_path)
    reader.said()
    troubles, seen = [], 0
    for path in site.pages_of(Role.WORKER):
        answer = reader.page.context.request.get(site.url + path)
        is_page = answer.ok and answer.headers.get("content-type", "").startswith("text/html")
        if not is_page or answer.url.partition("?")[0] != site.url + path:
            continue
        seen += 1
        found = troubles_of(reader, site.url + path)
        print(path, *found or ["is told"], sep="\n  ", flush=True)
        troubles += found
    assert seen >= 10
    assert troubles == [], "\n".join(troubles)
