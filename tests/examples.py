"""How many examples a test of a property tries."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

USUAL = 100  # of Hypothesis, and of the profile that tests run with


def examples(count: int, **others: Any) -> settings:
    """This many: the same ones at each run. `--hypothesis-profile=explore` tries new ones, in the same proportion more."""
    return settings(max_examples=max(1, count * settings.default.max_examples // USUAL), **others)
