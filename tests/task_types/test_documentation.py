"""The pages about task types say what the types say."""

from __future__ import annotations

from pathlib import Path

import pytest

from task_types import documentation

FOLDER = Path(__file__).parents[2] / "docs" / "task-types"
PAGES = documentation.pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_is_what_the_type_says(name: str) -> None:
    """Out of date? Run: python -m task_types.documentation docs/task-types"""
    assert (FOLDER / name).read_text("utf-8") == PAGES[name]


def test_no_page_is_left_over() -> None:
    """A page of a type that is gone is gone too."""
    assert {path.name for path in FOLDER.glob("*.md")} == set(PAGES)
