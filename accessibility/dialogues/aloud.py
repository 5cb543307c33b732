"""
Texts as people say them. Engines read 09:00 as "nine zero zero", and a date without its hyphens; a recogniser writes no
figures, capitals or signs.
"""

from __future__ import annotations

import re

from accessibility.dates import is_date
from accessibility.speech.numbers import HIGHEST, in_words

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


def sayable(text: str, locale: str) -> str:
    """An answer's text as a recogniser writes it: "Nummer 1" is "nummer een", "Ja, zeker!" is "ja zeker"."""
    said = re.sub(r"[^\w\s'-]|_", " ", text.lower().replace("\u2019", "'"))
    return " ".join(_figure(word, locale) for word in said.split() if word.strip("'-"))


def _figure(word: str, locale: str) -> str:
    return in_words(int(word), locale) if word.isascii() and word.isdigit() and int(word) <= HIGHEST else word


def fits(said: str, text: str, locale: str) -> bool:
    """Was this answer said or typed?"""
    found, meant = (sayable(each, locale).replace("één", "een") for each in (said, text))
    return said.lower().strip() == text.lower() or (found != "" and found == meant)


def phrases(texts: list[str], locale: str) -> tuple[str, ...]:
    """What to listen for, so that these are heard."""
    return tuple(dict.fromkeys(phrase for text in texts if (phrase := sayable(text, locale))))


def with_one(known: tuple[str, ...], locale: str) -> tuple[str, ...]:
    """A Dutch model writes 1 as "een" or as "één", perhaps with a sound for each: both are listened for."""
    stressed = (re.sub(r"\been\b", "één", phrase) for phrase in known) if locale == "nl" else ()
    return tuple(dict.fromkeys((*known, *stressed)))
