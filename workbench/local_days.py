"""Calendar days of the lab: where a moment falls, and when a day begins."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def day_of(at_ms: int, time_zone: str) -> str:
    """The lab's day of a moment (UTC ms), as YYYY-MM-DD."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(time_zone)).date().isoformat()


def start_of(day: str, time_zone: str) -> int:
    """When this day (YYYY-MM-DD) begins, UTC ms. Raises ValueError: not a day."""
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(time_zone))
    return int(midnight.timestamp() * 1000)


def end_of(day: str, time_zone: str) -> int:
    """When the next day begins, UTC ms; a day of 23 or 25 hours included. Raises ValueError: not a day."""
    return start_of((date.fromisoformat(day) + timedelta(days=1)).isoformat(), time_zone)


@lru_cache(maxsize=64)
def monday_of(day: str) -> str:
    """The Monday of this day's week."""
    found = date.fromisoformat(day)
    return (found - timedelta(days=found.weekday())).isoformat()
