"""Dutch and English. The catalogue is compiled in memory when it is first needed: there is no .mo file to forget."""

from __future__ import annotations

import io
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

from accessibility.preferences import LOCALES
from accessibility.sentences import said
from workbench.domain import Person

CATALOGUES = Path(__file__).parents[1] / "locale"
DEFAULT = "nl"
NAMES = {"nl": "Nederlands", "en": "English"}


@lru_cache
def translations(locale: str) -> NullTranslations:
    """The words of this locale; English is what stands in the source."""
    path = CATALOGUES / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return GNUTranslations(compiled)


def say(locale: str, text: str, **values: object) -> str:
    """One message in this locale, `%(name)s` filled in."""
    words = translations(locale).gettext(text)
    return words % values if values else words


def told(locale: str, text: str) -> str:
    """What comes from elsewhere (an error's sentence, with or without values) in this locale, as far as it is known there."""
    return said(text, translations(locale).gettext, thousands="." if locale == "nl" else ",")


def asked_for(request: Request, person: Person | None) -> str:
    """The language of an answer to a program: the person's in a browser, else what the request asks for, else English."""
    named = "cookie" in request.headers or "accept-language" in request.headers
    return locale_of(request, person if "authorization" not in request.headers else None) if named else "en"


def locale_of(request: Request, person: Person | None) -> str:
    """Their own language; for a visitor the one chosen here, or the browser's first that we speak."""
    chosen = person.locale if person else request.cookies.get("lang", "")
    if chosen in LOCALES:
        return chosen
    asked = (part.partition(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").lower().split(","))
    return next((locale for locale in asked if locale in LOCALES), DEFAULT)
