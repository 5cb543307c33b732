"""
Names by letters: the Dutch spelling alphabet, the NATO alphabet, bare letters, digits and signs.

    "R van Rudolf u van Utrecht t t e"  → "rutte"
    "capital romeo uniform tango tango echo" → "Rutte"
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from accessibility.speech.numbers import in_words

# The first word of a letter is the one that is spoken back.
_DUTCH = (
    "a anton,b bernard,c cornelis,d dirk,e eduard,f ferdinand,g gerard,h hendrik,i izaak isaak,j johan jan,k karel,"
    "l lodewijk,m maria,n nico,o otto,p pieter,q quirinus quotiënt,r rudolf richard,s simon,t teunis theodoor,"
    "u utrecht,v victor,w willem,x xantippe,y ypsilon,z zacharias zaandam"
)
_NATO = (
    "a alfa alpha,b bravo,c charlie,d delta,e echo,f foxtrot,g golf,h hotel,i india,j juliett juliet,k kilo,l lima,"
    "m mike,n november,o oscar,p papa,q quebec,r romeo,s sierra,t tango,u uniform,v victor,w whiskey whisky,"
    "x x-ray xray,y yankee,z zulu"
)
_OF = {"nl": "van", "en": "as in"}
_SIGNS: Mapping[str, Mapping[str, str]] = {
    "nl": {"spatie": " ", "streepje": "-", "apostrof": "'", "punt": ".", "ampersand": "&"},
    "en": {"space": " ", "hyphen": "-", "dash": "-", "apostrophe": "'", "point": ".", "ampersand": "&"},
}
_CAPITAL = {"nl": "hoofdletter", "en": "capital"}
_DOUBLE = {"nl": "dubbel", "en": "double"}
_ACCENTS = {"trema": "\u0308", "umlaut": "\u0308", "aigu": "\u0301", "grave": "\u0300"} | {
    "cedille": "\u0327",
    "circonflexe": "\u0302",
    "tilde": "\u0303",
}


def _letters(alphabet: str) -> dict[str, str]:
    entries = (entry.split() for entry in alphabet.split(","))
    return {word: letter for letter, *words in entries for word in words}


_WORDS = {"nl": _letters(_DUTCH), "en": _letters(_NATO)}
_SPOKEN = {language: {letter: word for word, letter in reversed(words.items())} for language, words in _WORDS.items()}
# Both alphabets work in both languages: many Dutch people learned the NATO words.
_ALL_WORDS = _WORDS["en"] | _WORDS["nl"]


@dataclass(frozen=True)
class Spelled:
    """
    What was spelled.

    Args:
        text: the letters together.
        unknown: words in between that stand for no letter; to be said again.
    """

    text: str
    unknown: tuple[str, ...] = ()


def spelled(text: str, language: str) -> Spelled:
    """
    Letters from what was said.

    Args:
        text: as a recogniser writes it or a person types it.
        language: "nl" or "en": which words stand for signs, digits, "capital" and "double".
    """
    letters, unknown = "", []
    capital = double = False
    for word in _tokens(text, language):
        if word in (_CAPITAL[language], _DOUBLE[language]):
            capital, double = capital or word == _CAPITAL[language], double or word == _DOUBLE[language]
            continue
        if word in _ACCENTS and letters:
            letters = unicodedata.normalize("NFC", letters + _ACCENTS[word])
            continue
        sign = _sign(word, language)
        if sign is None:
            unknown.append(word)
            continue
        letters += (sign.upper() if capital else sign) * (2 if double else 1)
        capital = double = False
    return Spelled(letters, tuple(unknown))


def spell_out(text: str, language: str) -> str:
    """
    A word spelled for the ear: "R van Rudolf, u van Utrecht". `spelled` gives the word back.

    What has no spoken form, e.g. a Chinese character, is passed on as it is.
    """
    return ", ".join(_spell_sign(sign, language) for sign in unicodedata.normalize("NFC", text))


def spelling_phrases(language: str) -> list[str]:
    """Everything that can be said while spelling, for a closed grammar."""
    digits = [in_words(digit, language) for digit in range(10)]
    letters = list("abcdefghijklmnopqrstuvwxyz")
    words = [*_ALL_WORDS, *letters, *digits, *_SIGNS[language], _CAPITAL[language], _DOUBLE[language], *_ACCENTS]
    links = [f"{letter} {_OF[language]} {word}" for word, letter in _WORDS[language].items()]
    return list(dict.fromkeys([*words, *links]))


def _tokens(text: str, language: str) -> list[str]:
    """Lower-case words, without the link and the bare letter before it: "a van anton" → "anton"."""
    words = text.lower().replace(",", " ").split()
    link, kept = _OF[language].split(), []
    i = 0
    while i < len(words):
        after = i + 1 + len(link)
        links = len(words[i]) == 1 and words[i + 1 : after] == link and after < len(words)
        i = after if links else i
        kept.append(words[i])
        i += 1
    return kept


def _sign(word: str, language: str) -> str | None:
    if word in _ALL_WORDS:
        return _ALL_WORDS[word]
    if word in _SIGNS[language]:
        return _SIGNS[language][word]
    if len(word) == 1:
        return word
    return next((str(digit) for digit in range(10) if in_words(digit, language) == word), None)


def _spell_sign(sign: str, language: str) -> str:
    parts = unicodedata.normalize("NFD", sign)
    base, marks = parts[0], parts[1:]
    capital = f"{_CAPITAL[language]} " if base != base.lower() and base.lower() in _SPOKEN[language] else ""
    accents = "".join(f" {name}" for mark in marks for name in _accent_name(mark))
    word = _SPOKEN[language].get(base.lower())
    if word is not None:
        return f"{capital}{base.lower()} {_OF[language]} {word}{accents}"
    if base.isascii() and base.isdigit():
        return in_words(int(base), language)
    return next((name for name, known in _SIGNS[language].items() if known == sign), sign)


def _accent_name(mark: str) -> list[str]:
    return [name for name, known in _ACCENTS.items() if known == mark][:1]
