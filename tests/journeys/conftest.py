"""A running lab and a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.lab import Lab, opened
from tests.widgets.conftest import browser, page
from workbench.context import Context

__all__ = ["browser", "lab", "page"]


@pytest.fixture
def lab(ctx: Context) -> Iterator[Lab]:
    """An empty lab that answers over HTTP."""
    with opened(ctx) as lab:
        yield lab
