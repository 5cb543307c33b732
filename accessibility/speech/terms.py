"""
Names and terms of a programme: offered first when fixing, and right by themselves once they were taught.

What Vosk allows, and why this is done on the words instead of in the recogniser: dictation uses the model's own
vocabulary. A grammar of phrases is a closed list, so it cannot lean a dictation towards a name; and a name that the
model does not know (most names) is left out of a grammar with a warning. So the list works on what came out: a stretch
of words that was heard for a name before is replaced by it, and a stretch that sounds like a name, and was not well
understood, gets the name as its first choice. The measurements are in docs/voice.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from functools import lru_cache

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from accessibility.speech.fixing import MAX_CHOICES, Words, in_place_of, text_of
from accessibility.speech.heard import Choice, Word

LONGEST_STRETCH = 4  # words that one name may have been heard as
WRITE_FROM = 0.75  # likeness to a form heard before at which unsure words are written as the name
SHORTEST_SOUND = 4  # shorter sounds are like too much
OFFER_FROM = 0.55  # likeness at which a name is offered for words that were not sure
OFFER_SURE_FROM = 0.8  # for words that the recogniser was sure of
SURE_FROM = 0.95


@dataclass(frozen=True)
class Term:
    """
    A name or term as it must be written.

    Args:
        heard_as: what the recogniser made of it before, in lower case; grows as people fix it.
    """

    text: str
    heard_as: tuple[str, ...] = ()


def learn(terms: Sequence[Term], heard: str, wanted: str) -> tuple[Term, ...]:
    """Remember that `heard` was to be `wanted`: from now on it is right by itself."""
    heard = _lower(heard)
    known = [term for term in terms if term.text == wanted]
    others = tuple(
        changed(term, heard_as=tuple(form for form in term.heard_as if form != heard)) for term in terms if term.text != wanted
    )
    before = tuple(form for term in known for form in term.heard_as if form != heard)
    forms = (*before, heard) if heard and heard != _lower(wanted) else before
    return (*others, Term(wanted, forms))


def apply_terms(words: Words, terms: Sequence[Term]) -> Words:
    """Write known names as they must be written, and offer names that sound like what was not sure."""
    return _offered(_taught(words, terms), terms)


def likeness(heard: str, term: str) -> float:
    """How much two texts sound alike: 1 the same, 0 nothing in common."""
    return float(Levenshtein.normalized_similarity(_sound(heard), _sound(term)))


def _taught(words: Words, terms: Sequence[Term]) -> Words:
    """Names that were heard before, in place of what they were heard as; the likest stretch wins."""
    chosen: dict[int, _Match] = {}
    taken: set[int] = set()
    for match in sorted(_matches(words, terms), key=lambda match: (not match.exact, -match.like, -match.size, match.at)):
        if taken.isdisjoint(range(match.at, match.at + match.size)):
            taken.update(range(match.at, match.at + match.size))
            chosen[match.at] = match
    done: list[Word] = []
    for at, word in enumerate(words):
        if at in chosen:
            done += _written(words[at : at + chosen[at].size], chosen[at])
        elif at not in taken:
            done.append(word)
    return tuple(done)


@dataclass(frozen=True)
class _Match:
    at: int
    size: int
    like: float
    name: str
    exact: bool


def _matches(words: Words, terms: Sequence[Term]) -> Iterator[_Match]:
    """Stretches that are a form heard before, and unsure ones that sound nearly like one."""
    exact = {form: term.text for term in terms for form in (*term.heard_as, _lower(term.text))}
    taught = [(form, term.text) for term in terms for form in term.heard_as if len(_sound(form)) >= SHORTEST_SOUND]
    unsure: list[tuple[int, int]] = []
    for at, size in _stretches(words):
        key = _key(words[at : at + size])
        if key in exact:
            yield _Match(at, size, 1.0, exact[key], exact=True)
        elif doubted(words[at : at + size]):
            unsure.append((at, size))
    keys = [_key(words[at : at + size]) for at, size in unsure]
    for row, column, like in _alike(keys, [form for form, _ in taught], WRITE_FROM):
        yield _Match(*unsure[row], like, taught[column][1], exact=False)


def _alike(heard: Sequence[str], forms: Sequence[str], least: float) -> Iterator[tuple[int, int, float]]:
    """(index in `heard`, index in `forms`, likeness) of all pairs that are alike: a list of hundreds is compared at once."""
    if not heard or not forms:
        return
    sounds, known = ([_sound(text) for text in texts] for texts in (heard, forms))
    table = process.cdist(sounds, known, scorer=Levenshtein.normalized_similarity, score_cutoff=least, dtype=np.float64)
    for row, column in np.argwhere(table >= least):
        if sounds[row] and known[column]:  # two texts without a sound are not alike
            yield int(row), int(column), float(table[row, column])


def _written(stretch: Words, match: _Match) -> Words:
    """The stretch as the name; what was heard stays as a choice."""
    heard, text = text_of(stretch), match.name
    if heard == text:
        return stretch
    if len(stretch) == len(text.split()) and _lower(heard) == _lower(text):
        return tuple(changed(word, text=new) for word, new in zip(stretch, text.split(), strict=True))
    first, *rest = in_place_of(stretch, text)
    first = changed(first, choices=(Choice(heard, 1 + len(rest)),))
    # the very words that were taught are right; what only sounds like them stays marked as unsure
    sure = None if match.exact else min(word.confidence for word in stretch if word.confidence is not None)
    return tuple(changed(word, confidence=sure) for word in (first, *rest))


def _offered(words: Words, terms: Sequence[Term]) -> Words:
    """Each stretch that sounds like a name gets it as the first choice of its first word."""
    found: dict[int, list[tuple[float, Choice]]] = {}
    places = list(_stretches(words))
    keys = [_key(words[at : at + size]) for at, size in places]
    for row, column, like in _alike(keys, [term.text for term in terms], OFFER_FROM):
        at, size = places[row]
        stretch, name = words[at : at + size], terms[column].text
        if like >= _threshold(stretch) and not _within(name, stretch):
            found.setdefault(at, []).append((like, Choice(name, size)))
    return tuple(changed(word, choices=_first(found.get(at, []), word)) for at, word in enumerate(words))


def _first(offers: list[tuple[float, Choice]], word: Word) -> tuple[Choice, ...]:
    """The likest first, each name once, then what the recogniser itself had."""
    best: dict[str, Choice] = {}
    for _, choice in sorted(offers, key=lambda offer: (-offer[0], offer[1].text, offer[1].takes)):
        best.setdefault(choice.text, choice)
    return tuple(dict.fromkeys((*best.values(), *word.choices)))[:MAX_CHOICES]


def _threshold(stretch: Words) -> float:
    """Names are offered freely where the recogniser doubted, and sparingly where it did not."""
    return OFFER_FROM if doubted(stretch) else OFFER_SURE_FROM


def doubted(stretch: Words) -> bool:
    """Was the recogniser not sure of one of these words?"""
    return any(word.confidence is not None and word.confidence < SURE_FROM for word in stretch)


def _within(text: str, stretch: Words) -> bool:
    """A stretch that has the name already, with a neighbour, must not offer to swallow the neighbour."""
    return f" {text} " in f" {text_of(stretch)} "


def _stretches(words: Words) -> Iterator[tuple[int, int]]:
    for at in range(len(words)):
        for size in _sizes(words, at):
            yield at, size


def _sizes(words: Words, at: int) -> range:
    """The longest first."""
    return range(min(LONGEST_STRETCH, len(words) - at), 0, -1)


def _key(stretch: Sequence[Word]) -> str:
    return _lower(" ".join(word.text for word in stretch))


def _lower(text: str) -> str:
    return " ".join(text.lower().split())


# Spelling → a rough sound, for Dutch and English alike; in this order.
_SOUNDS = (
    (r"sch|sh", "s"),
    (r"ph", "f"),
    (r"th|dt", "t"),
    (r"ch|gh", "g"),
    (r"ck|q|c(?![eiy])", "k"),
    (r"c|z", "s"),
    (r"x", "ks"),
    (r"v", "f"),
    (r"w", "f"),
    (r"ij|ei|ey|ai|ay", "y"),
    (r"ou|au|ow", "o"),
    (r"oe|oo|u+", "o"),
    (r"ie|ee|ea|i", "e"),
    (r"aa", "a"),
    (r"h|'", ""),
    (r"j", "e"),
    (r"d\b", "t"),
    (r"b\b", "p"),
)


@lru_cache(maxsize=8192)
def _sound(text: str) -> str:
    """Words as one string of rough sounds: what a recogniser mixes up is written the same."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(sign for sign in plain if sign.isalnum() or sign in " '")
    for pattern, sound in _SOUNDS:
        plain = re.sub(pattern, sound, plain)
    return re.sub(r"(.)\1+", r"\1", plain.replace(" ", ""))
