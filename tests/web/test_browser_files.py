"""Styles and scripts: asked for once, and never an old one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.conftest import SignIn
from workbench.domain import Role
from workbench.web.browser_files import read, version

OLDER = "v0123456789ab"


def test_a_page_names_files_that_a_browser_may_keep_for_good(browser: SignIn) -> None:
    """All of them, by the name of their content: nothing is asked for twice, also on a slow network."""
    client = browser(Role.WORKER)
    page = client.get("/work").text
    found = re.findall(r'(?:src|href)="(/(?:static|widgets)/[^"]+)"', page)
    assert len(found) >= 4
    assert all(address.split("/")[2] == version() for address in found)
    assert f'"workbench/": "/static/{version()}/"' in page
    for address in found:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable"), address


@pytest.mark.parametrize("folder", ["", OLDER + "/"])
@pytest.mark.parametrize("path", ["/static/{}outbox.js", "/widgets/{}common/common.css"])
def test_under_another_address_it_is_as_the_server_has_it_now(browser: SignIn, folder: str, path: str) -> None:
    """A page that was open while the lab was updated still finds its files; no browser keeps those under the old name."""
    client = browser(None)
    answer, now = client.get(path.format(folder)), client.get(path.format(version() + "/"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
    assert answer.content == now.content


def test_what_an_update_puts_under_a_running_server_is_no_more_what_the_version_names(tmp_path: Path) -> None:
    """A browser would keep it for good under the name of before, and find it there when the lab goes back to that."""
    style, script = tmp_path / "a.css", tmp_path / "b.js"
    style.write_text("a {}"), script.write_text("1")
    before = read(tmp_path)
    assert before.holds(style)
    style.write_text("a { color: red }")
    assert (before.holds(style), before.holds(script), before.holds(tmp_path / "new.js")) == (False, True, False)
    assert read(tmp_path).version != before.version


@pytest.mark.parametrize("folder", ["", OLDER + "/", "{version}/"])
@pytest.mark.parametrize("name", ["rating/template.html", "rating/examples.yaml", "__init__.py", "rating", "../workbench.css"])
def test_only_what_a_browser_needs_is_served(browser: SignIn, folder: str, name: str) -> None:
    """These folders also hold templates, examples and Python."""
    assert browser(None).get(f"/widgets/{folder.format(version=version())}{name}").status_code == 404
