"""Every registered task type's examples on the widget it names: what the type gives, the widget shows and gives back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from accessibility.audit import report, run_axe
from task_types import registry

CASES = [(name, number) for name in registry.names() for number in range(len(registry.get(name).examples))]


@pytest.mark.parametrize(("name", "number"), CASES)
def test_the_page_is_sound_and_gives_an_accepted_answer_back(page: Page, stand_url: str, name: str, number: int) -> None:
    """With the type's own data and its answer as a draft: axe up to AAA; the fields it posts are read as the same answer."""
    task_type: Any = registry.get(name)
    example = task_type.examples[number]
    reply = page.goto(f"{stand_url}/type/{name}/{number}?drafted=1")
    assert reply is not None
    assert reply.ok, f"{name} {number}: {reply.status}"
    page.locator(".widget").wait_for()
    findings = run_axe(page)
    assert findings == [], report(findings)
    raw = page.evaluate(
        """() => { const all = {};
        for (const [name, value] of new FormData(document.getElementById("task")))
          all[name] = name in all ? [all[name], value].flat() : value;
        return all; }"""
    )
    read = task_type.parse(example.case, raw).model_dump()
    # A page always says in which order it showed things; an answer by program need not.
    assert {name: value for name, value in read.items() if name != "order"} == {
        name: value for name, value in example.accepted[0].model_dump().items() if name != "order"
    }
