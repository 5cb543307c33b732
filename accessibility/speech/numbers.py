"""The numbers 0 to 99 as people say them, in Dutch and English: "word seven", "zeven"."""

from __future__ import annotations

from functools import cache

from accessibility.sentences import sentence

_BELOW_TWENTY = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
    "achttien negentien",
}
_UNITS = {language: words.split() for language, words in _BELOW_TWENTY.items()}
_TENS = {
    "en": ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
    "nl": ["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"],
}
HIGHEST = 99


def in_words(number: int, language: str) -> str:
    """
    A number as it is said and as Vosk writes it: lower case, without accents.

    Raises:
        ValueError: not between 0 and 99.
    """
    if not 0 <= number <= HIGHEST:
        raise ValueError(sentence("{number} is not between 0 and {highest}.", number=number, highest=HIGHEST))
    if number < 20:
        return _UNITS[language][number]
    tens, unit = _TENS[language][number // 10 - 2], number % 10
    if unit == 0:
        return tens
    if language == "en":
        return f"{tens} {_UNITS['en'][unit]}"
    word = _UNITS["nl"][unit]
    return f"{word}{'ën' if word.endswith('e') else 'en'}{tens}"


def number_phrases(highest: int, language: str) -> list[str]:
    """All numbers from zero to `highest`."""
    return [in_words(number, language) for number in range(min(highest, HIGHEST) + 1)]


def heard_number(text: str, language: str) -> int | None:
    """The number that was said or typed, or None. Accents and a trema do not matter."""
    text = text.lower().strip()
    if text.isascii() and text.isdigit():
        return int(text)
    return _numbers(language).get(_plain(text))


@cache
def _numbers(language: str) -> dict[str, int]:
    return {_plain(in_words(number, language)): number for number in range(HIGHEST + 1)}


def _plain(text: str) -> str:
    return text.replace("ë", "e").replace("é", "e").replace("-", " ")
