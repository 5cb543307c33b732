"""A date as a form's field, a dialogue and an answer have it: 2026-11-28."""

from __future__ import annotations

import re
from datetime import date


def is_date(text: str) -> bool:
    """Is this a day of the calendar, written as year, month and day with hyphens?"""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
