"""How hard a text is to read, and whether it asks one thing at a time: warnings for a writer, never a refusal.

A score is no proof that people understand: somebody from the group reads every text before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Language = Literal["nl", "en"]
THRESHOLD = 70.0  # people.md §2
LONGEST_SENTENCE = 15  # words, for A2

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…:]+(?=\s|$)|\n+")
_JOINED = {
    "nl": re.compile(
        r"\b(en|of) (?:dan |daarna |vervolgens )?(?:klik|kies|druk|luister|kijk|typ|lees|sleep|schrijf|teken)\w*\b", re.I
    ),
    "en": re.compile(r"\b(?:and|or|then) (?:then )?(?:click|choose|press|listen|look|type|read|drag|write|draw)\b", re.I),
}
_VOWELS = {
    "nl": re.compile(r"[aeiouyàáâãäåèéêëìíîïòóôõöùúûüÿ]+", re.I),
    "en": re.compile(r"[aeiouyéèêëïöüàâîôû]+", re.I),
}
# Two vowels that Dutch says as one sound; any other pair of vowels breaks into two syllables ("idee-en", "radi-o").
_NL_SOUNDS = re.compile(
    r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|ai|oi|y|[aeiouàáâãåèéêìíîòóôõùúû]|[äëïöü]", re.I
)


@dataclass(frozen=True)
class Counts:
    """What the formulas count."""

    sentences: int
    words: int
    syllables: int


@dataclass(frozen=True)
class Remark:
    """One remark for the writer: which line (1-based, 0 = the whole text), what, and what to do."""

    line: int
    message: str


def syllables(word: str, language: Language) -> int:
    """
    Syllables of one word, by rule.

    Dutch: vowel sounds. English: groups of vowels, without a silent final e; -ed and -es after most consonants are
    silent too. Both are estimates: fine for a mean over a text, not for one word.
    """
    found = _dutch_syllables(word) if language == "nl" else _english_syllables(word)
    return max(1, found)


def _dutch_syllables(word: str) -> int:
    return sum(len(_NL_SOUNDS.findall(group)) for group in _VOWELS["nl"].findall(word))


def _english_syllables(word: str) -> int:
    low = word.lower().replace("’", "'").removesuffix("'s")
    count = len(_VOWELS["en"].findall(low))
    silent_e = low.endswith("e") and not re.search(r"([^aeiouy]l|[aeiouy])e$", low)
    silent_ed = low.endswith("ed") and not re.search(r"(t|d|[aeiouy])ed$", low)
    silent_es = low.endswith("es") and not re.search(r"(s|x|z|ch|sh|c|g|[^aeiouy]l|[aeiouy])es$", low)
    breaks = len(re.findall(r"ia(?!l\b)|io(?!u|n)|iu|eo(?!u)|ua(?=l|t)", low))
    return count - int(silent_e or silent_ed or silent_es) + breaks


def count(text: str, language: Language) -> Counts:
    """Sentences, words and syllables of a text; a line end ends a sentence too."""
    parts = [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    words = _WORD.findall(text)
    return Counts(len(parts), len(words), sum(syllables(word, language) for word in words))


def reading_ease(text: str, language: Language) -> float | None:
    """
    How easy a text reads: about 0 (very hard) to 100 (very easy); None for a text without words.

    Source: Flesch 1948, doi:10.1037/h0057532 (English); Douma 1960, De leesbaarheid van landbouwbladen (Dutch).
    """
    counts = count(text, language)
    if not counts.words:
        return None
    words_per_sentence = counts.words / counts.sentences
    syllables_per_word = counts.syllables / counts.words
    if language == "nl":
        return 206.84 - 0.93 * words_per_sentence - 77.0 * syllables_per_word
    return 206.835 - 1.015 * words_per_sentence - 84.6 * syllables_per_word


def remarks(text: str, language: Language, *, threshold: float = THRESHOLD) -> list[Remark]:
    """What a writer may want to change: a hard text, a long sentence, several instructions on one line."""
    found: list[Remark] = []
    ease = reading_ease(text, language)
    if ease is not None and ease < threshold:
        found.append(Remark(0, f"Reading ease is {ease:.0f}; {threshold:.0f} or more is asked. Use shorter words and sentences."))
    for number, line in enumerate(text.splitlines(), start=1):
        found += [Remark(number, message) for message in _line_remarks(line, language)]
    return found


def _line_remarks(line: str, language: Language) -> list[str]:
    found = []
    sentences = [part for part in _SENTENCE_END.split(line) if _WORD.search(part)]
    longest = max((len(_WORD.findall(part)) for part in sentences), default=0)
    if longest > LONGEST_SENTENCE:
        found.append(f"A sentence has {longest} words; {LONGEST_SENTENCE} is enough. Cut it in two.")
    if len(sentences) > 1 or _JOINED[language].search(line):
        found.append("There may be more than one instruction on this line. Give each its own line.")
    return found


def instructions(text: str) -> Sequence[str]:
    """The text as instructions: one per line, empty lines and list marks left out."""
    lines = (re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]
