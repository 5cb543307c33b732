"""How work by voice sounds and listens: kept with the person, so that every computer of the lab knows it."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from accessibility.voice_preferences import VoicePreferences, voice_preferences
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.people import enrol
from workbench.store import people
from workbench.web.app import create_app


@pytest.fixture
def browser(ctx: Context) -> TestClient:
    """A worker who signed in."""
    made = TestClient(create_app(ctx))
    made.get(enrol(ctx, "Noor", [Role.WORKER], locale="en").link_path)
    return made


def noor(ctx: Context) -> Person:
    """As she is stored."""
    [found] = ctx.db.read(lambda connection: people.people_by_name(connection, "Noor"))
    return found


def csrf(browser: TestClient) -> str:
    """The token of her forms."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/voice").text)
    assert found
    return found.group(1)


def test_settings_are_kept_with_the_person(ctx: Context, browser: TestClient) -> None:
    """As a plain form, or sent by the page whenever something changes; they come back on the page."""
    sent = {"csrf": csrf(browser), "way": "reader", "verbosity": "brief", "rate": "300", "hands_free": "on", "first": "on"}
    assert browser.post("/voice/settings", data=sent).status_code == 200
    chosen = voice_preferences(noor(ctx).preferences["voice"])
    assert chosen == VoicePreferences(way="reader", verbosity="brief", rate=300, hands_free=True, first=True)
    page = browser.get("/voice").text
    assert re.search(r'value="reader" checked', page)
    assert re.search(r'name="rate"[^>]*value="300"', page)


def test_who_works_by_voice_comes_there_at_once(ctx: Context, browser: TestClient) -> None:
    """Right after the badge; nobody else does."""
    assert browser.get("/").url.path == "/work"
    browser.post("/voice/settings", data={"csrf": csrf(browser), "first": "on"})
    assert browser.get("/").url.path == "/voice"


def test_own_keys_are_kept_all_or_none(ctx: Context, browser: TestClient) -> None:
    """Two commands on one key are refused with a sentence, and what was typed stays."""
    token = csrf(browser)
    refused = browser.post("/voice/keys", data={"csrf": token, "key_play": "x"})
    assert refused.status_code == 422
    assert "Two commands have the same key." in refused.text
    assert "voice" not in noor(ctx).preferences
    assert browser.post("/voice/keys", data={"csrf": token, "key_play": "F2", "key_fix": "x"}).status_code == 200
    assert noor(ctx).preferences["voice"]["keys"] == {"play": "F2"}
    assert "<kbd>F2</kbd>" in browser.get("/voice").text


@pytest.mark.parametrize(
    "raw", [{"rate": "many"}, {"way": "loud", "rate": "99999999"}, {"keys": {"play": "x"}}, {"keys": {"a": 3}}]
)
def test_what_makes_no_sense_becomes_the_default(raw: dict[str, object]) -> None:
    """Old rows and forged forms stay readable."""
    assert voice_preferences(raw) == VoicePreferences()
