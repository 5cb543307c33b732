"""Patterns of requesters: what is taken, and that none holds the lab up."""

from __future__ import annotations

import re

import pytest

from mturk_bridge import patterns

RUNNING_ON = [
    r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@)",
    r"^((\w+)\s?)+$",
    r"((a+))+",
    r"(?:a?){30}a{30}",
    r"(a|ab)*c",
    r"(?=(a*)+b)",
    r"(((ab){999}){999}){999}",
    "a" * 501,
]
QUICK = [
    (r"^\d{4}\s?[A-Z]{2}$", "3511 AB", "3511"),
    (r"^\d+([.,]\d{2})?$", "12,50", "12,5"),
    (r"(\d{3}-){2}\d{4}", "020-555-0100", "020-0100"),
    (r"^[^@\s]+@[^@\s]+\.[a-z]+$", "jan@example.org", "jan"),
    (r"^(ja|nee)$", "ja", "misschien"),
    (r"(?i)^nl", "NL1", "BE1"),
]


@pytest.mark.parametrize("pattern", RUNNING_ON)
def test_a_pattern_that_runs_on_is_not_taken(pattern: str) -> None:
    """Neither a repeated repetition at any depth, nor one that is very long; taken in long ago, it turns nothing away."""
    assert (patterns.is_quick(pattern), patterns.fits(pattern, "janvandenberg19841984!")) == (False, True)


@pytest.mark.parametrize(("pattern", "right", "wrong"), QUICK)
def test_what_requesters_ask_is_taken(pattern: str, right: str, wrong: str) -> None:
    """Postcodes, amounts, numbers, addresses, one of some words."""
    found = [patterns.fits(pattern, each) for each in (right, wrong)]
    assert (patterns.is_quick(pattern), found) == (True, [True, False])


def test_a_pattern_that_takes_long_is_given_up() -> None:
    """Many repetitions after each other: nobody waits for them, and the answer is taken."""
    pattern = r"(x+)" * 7 + r"\1\2z$"
    assert patterns.is_quick(pattern)
    assert patterns.fits(pattern, "x" * 400)


def test_what_is_no_pattern_is_told() -> None:
    """As Python tells it."""
    with pytest.raises(re.error):
        patterns.is_quick("(")
    assert patterns.fits("(", "a")
