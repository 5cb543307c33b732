"""
Patterns that requesters send for what a worker writes. They run on this lab's server, so none may run on and on: one that
repeats what has more than one length is not taken, and each is given up after a tenth of a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import regex

LONGEST = 500  # characters
MOST_TIMES = 1000  # what a repetition of a fixed number may come to, repeated
SECONDS = 0.1  # of computing, for one answer
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})


def is_quick(pattern: str) -> bool:
    """
    Is this a pattern that ends soon, whatever it is held against?

    Raises:
        re.error: it cannot be read.
    """
    if len(pattern) > LONGEST:
        return False
    try:
        # Python's own reading of it: there is no public one.
        return not _runs_on(re._parser.parse(pattern))  # type: ignore[attr-defined]
    except RecursionError:
        return False


def fits(pattern: str, text: str) -> bool:
    """
    Is the pattern found in this text? A pattern that cannot be tried turns nobody's answer away: it may have been taken in before
    it was looked at as closely as now.
    """
    ready = _compiled(pattern)
    if ready is None:
        return True
    try:
        return ready.search(text, timeout=SECONDS, concurrent=True) is not None
    except TimeoutError:
        return True


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    try:
        return regex.compile(pattern) if is_quick(pattern) else None
    except (re.error, regex.error):
        return None


def _runs_on(parts: Iterable[tuple[object, Any]], times: int = 1) -> bool:
    """Does something that is repeated hold a choice, or something of more than one length, at any depth?"""
    for sign, value in parts:
        kind = str(sign)
        if kind in _REPEATS:
            low, high, inner = value
            if times > 1 and (low != high or times * high > MOST_TIMES):
                return True
            if _runs_on(inner, times * max(high, 1)):
                return True
        elif (kind == "BRANCH" and times > 1) or any(_runs_on(inner, times) for inner in _within(kind, value)):
            return True
    return False


def _within(kind: str, value: Any) -> list[Any]:
    """What stands in a part that is no repetition."""
    if kind == "BRANCH":
        return list(value[1])
    if kind == "GROUPREF_EXISTS":
        return [each for each in value[1:] if each is not None]
    if kind == "ATOMIC_GROUP":
        return [value]
    return [value[-1]] if kind in ("SUBPATTERN", "ASSERT", "ASSERT_NOT") else []
