"""
Fixing a transcript without a cursor: by word number, as people say it ("word three").

Pure functions: words in, words out. A word that a person put in has no confidence: it is theirs, not a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as changed
from difflib import SequenceMatcher

from accessibility.sentences import sentence
from accessibility.speech.errors import NoSuchWord
from accessibility.speech.heard import Alternative, Choice, Word
from accessibility.speech.spelling import spelled

Words = tuple[Word, ...]
UNSURE_BELOW = 0.8
MAX_CHOICES = 5


def text_of(words: Sequence[Word]) -> str:
    """The transcript."""
    return " ".join(word.text for word in words)


def replace(words: Words, number: int, text: str) -> Words:
    """
    Say word `number` again.

    Args:
        number: 1 is the first word.
        text: one word or several; nothing takes the word out.

    Raises:
        NoSuchWord: there is no word of that number.
    """
    at = _index(words, number)
    return words[:at] + in_place_of((words[at],), text) + words[at + 1 :]


def insert_after(words: Words, number: int, text: str) -> Words:
    """
    Put words in after word `number`; after 0 is at the start.

    Raises:
        NoSuchWord: there is no word of that number.
    """
    at = 0 if number == 0 else _index(words, number) + 1
    return words[:at] + tuple(Word(word) for word in text.split()) + words[at:]


def delete(words: Words, number: int) -> Words:
    """
    Take word `number` out.

    Raises:
        NoSuchWord: there is no word of that number.
    """
    at = _index(words, number)
    return words[:at] + words[at + 1 :]


def choose(words: Words, number: int, choice: int) -> Words:
    """
    Take another reading of word `number`; what stood there becomes a choice, so that it can be taken back.

    Args:
        choice: 1 is the likeliest other one.

    Raises:
        NoSuchWord: there is no such word or no such choice.
    """
    at = _index(words, number)
    word = words[at]
    if not 1 <= choice <= len(word.choices):
        raise NoSuchWord(
            sentence(
                '"{text}" has {count} other choices. Choose one of those, or spell it.', text=word.text, count=len(word.choices)
            )
        )
    taken = word.choices[choice - 1]
    old = words[at : at + taken.takes]
    first, *rest = in_place_of(old, taken.text)
    undo = Choice(text_of(old), 1 + len(rest))
    others = tuple(other for other in word.choices if other != taken and other.takes == taken.takes and not rest)
    return (*words[:at], changed(first, choices=(undo, *others)), *rest, *words[at + taken.takes :])


def in_place_of(old: Words, text: str) -> Words:
    """New words in the time of old ones, in equal parts. At least one old word."""
    texts, start_ms, end_ms = text.split(), old[0].start_ms, old[-1].end_ms
    if start_ms is None or end_ms is None:
        return tuple(Word(new) for new in texts)
    edges = [start_ms + (end_ms - start_ms) * i // max(1, len(texts)) for i in range(len(texts) + 1)]
    return tuple(Word(new, edges[i], edges[i + 1]) for i, new in enumerate(texts))


def respell(words: Words, number: int, said: str, language: str) -> Words:
    """
    Spell word `number`.

    Args:
        said: as `spelling.spelled` takes it.

    Raises:
        NoSuchWord: there is no such word, or something said stands for no letter.
    """
    result = spelled(said, language)
    if result.unknown or not result.text.strip():
        raise NoSuchWord(
            sentence("These are no letters: {names}. Spell the word again.", names=", ".join(result.unknown) or "(nothing)")
        )
    return replace(words, number, result.text)


def unsure(words: Sequence[Word], below: float = UNSURE_BELOW) -> list[int]:
    """The numbers of the words that were not well understood, the least sure first."""
    doubtful = [(word.confidence, n) for n, word in enumerate(words, 1) if _is_unsure(word, below)]
    return [number for _, number in sorted(doubtful, key=lambda entry: (entry[0] or 0.0, entry[1]))]


def read_back(words: Sequence[Word], below: float = UNSURE_BELOW) -> list[tuple[str, bool]]:
    """The transcript in stretches to speak, each sure or not; the page marks the unsure ones with a tone."""
    stretches: list[tuple[str, bool]] = []
    for word in words:
        doubt = _is_unsure(word, below)
        if stretches and stretches[-1][1] == doubt:
            stretches[-1] = (f"{stretches[-1][0]} {word.text}", doubt)
        else:
            stretches.append((word.text, doubt))
    return stretches


def with_choices(words: Words, alternatives: Sequence[Alternative]) -> Words:
    """Give each word what other readings of the whole have in its place, the likeliest reading first."""
    found = [list(word.choices) for word in words]
    for other in sorted(alternatives, key=lambda reading: -reading.score):
        for at, choice in _differences([word.text for word in words], other.text.split()):
            if choice not in found[at] and len(found[at]) < MAX_CHOICES:
                found[at].append(choice)
    return tuple(changed(word, choices=tuple(found[at])) for at, word in enumerate(words))


def _differences(best: list[str], other: list[str]) -> list[tuple[int, Choice]]:
    """(index in `best`, what `other` has there): word by word where the counts agree, else the stretch as a whole."""
    found = []
    for kind, start, end, other_start, other_end in SequenceMatcher(a=best, b=other, autojunk=False).get_opcodes():
        if kind == "replace" and end - start == other_end - other_start:
            found += [(start + i, Choice(other[other_start + i])) for i in range(end - start)]
        elif kind == "replace":
            found.append((start, Choice(" ".join(other[other_start:other_end]), end - start)))
    return found


def _is_unsure(word: Word, below: float) -> bool:
    return word.confidence is not None and word.confidence < below


def _index(words: Words, number: int) -> int:
    if not 1 <= number <= len(words):
        raise NoSuchWord(
            sentence("There is no word {number}; there are {count}. Say another number.", number=number, count=len(words))
        )
    return number - 1
