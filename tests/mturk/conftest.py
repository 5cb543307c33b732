"""A lab that answers MTurk's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browsing import chromium
from tests.mturk.endpoint import Desk, a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A lab with one requester, on a server."""
    with a_desk(tmp_path / "lab") as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The whole Chromium: only there a sandboxed frame has a process of its own."""
    with chromium(windows=True) as started:
        yield started
