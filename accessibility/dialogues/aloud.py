"""Times and dates as people say them: engines read 09:00 as "nine zero zero", and a date without its hyphens."""

from __future__ import annotations

from accessibility.dates import is_date

_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}


def clock(time: str, locale: str) -> str:
    """
    A time of day.

    Args:
        time: as 09:05, of 24 hours.
    """
    hour, minute = (int(part) for part in time.split(":"))
    if locale == "nl":
        return f"{hour} uur {minute}" if minute else f"{hour} uur"
    minutes = f" oh {minute}" if 0 < minute < 10 else f":{minute}" if minute else ""
    return f"{hour % 12 or 12}{minutes} {'am' if hour < 12 else 'pm'}"


def day(date: str, locale: str) -> str:
    """A date such as 2026-11-23; what is none stays as it is."""
    if not is_date(date):
        return date
    year, month, number = date.split("-")
    return f"{int(number)} {_MONTHS[locale].split()[int(month) - 1]} {year}"
