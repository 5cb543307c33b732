"""How espeak-ng says each word, as a text file that is carried: another espeak-ng would say some words differently."""

from __future__ import annotations

import collections
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.speech.tiny_model.espeak import Espeak, Happening
from tests.speech.tiny_model.phones import SILENCE, phone_name
from tests.speech.tiny_model.words import ACCENTS

Lexicon = dict[str, dict[tuple[str, ...], float]]
"""Word → pronunciation (phones) → cost (0 for the usual one)."""

_RARE = 0.05  # ways of saying a word that are rarer than this, against the usual one, are left out
_TOGETHER = 5  # words said in one go, for how they run into each other


@dataclass(frozen=True)
class Utterance:
    """
    Spoken words with their phones.

    Args:
        sound: shape (samples,).
        names: phones in order of time.
        starts_s: when each begins, in seconds.
        by_word: the phones of each word; None where espeak-ng ran words together.
    """

    sound: npt.NDArray[np.float32]
    names: list[str]
    starts_s: list[float]
    by_word: list[tuple[str, ...]] | None


def utter(engine: Espeak, words: Sequence[str], voice: str, *, rate: int = 175, pitch: int = 50, spread: int = 50) -> Utterance:
    """Say words, and learn which phones belong to which."""
    sound, happenings = engine.say(" ".join(words), voice, rate=rate, pitch=pitch, spread=spread)
    names, starts, of_word = _phones(happenings, _offsets(words))
    grouped = [tuple(n for n, w in zip(names, of_word, strict=True) if w == i and n != SILENCE) for i in range(len(words))]
    return Utterance(sound, names, starts, grouped if all(grouped) else None)


def _offsets(words: Sequence[str]) -> dict[int, int]:
    """Offset in the text → index of the word."""
    offsets, position = {}, 0
    for index, word in enumerate(words):
        offsets[position] = index
        position += len(word) + 1
    return offsets


def _phones(happenings: Sequence[Happening], offsets: dict[int, int]) -> tuple[list[str], list[float], list[int | None]]:
    names: list[str] = []
    starts: list[float] = []
    of_word: list[int | None] = []
    word: int | None = None
    onset_ms: int | None = None
    for happening in happenings:
        if isinstance(happening.value, int):
            word = offsets.get(happening.value, word)
        elif happening.value.startswith(("_!", "_|")):
            # a glottal onset is the beginning of the phone after it
            onset_ms = happening.at_ms if onset_ms is None else onset_ms
        else:
            names.append(phone_name(happening.value))
            starts.append((happening.at_ms if onset_ms is None else onset_ms) / 1000)
            of_word.append(word)
            onset_ms = None
    return names, starts, of_word


def make_lexicon(language: str, words: Sequence[str], phones: Sequence[str], *, seed: int = 1) -> Lexicon:
    """
    Each word as all accents say it, alone and among others.

    Args:
        phones: what the acoustic model knows; a way of saying a word with another phone is left out, and so is a
            word that can be said in no other way.
    """
    rng, engine = random.Random(seed), Espeak()
    seen: dict[str, collections.Counter[tuple[str, ...]]] = collections.defaultdict(collections.Counter)
    for voice in ACCENTS[language]:
        for together in (1, _TOGETHER, _TOGETHER, _TOGETHER):
            pool = rng.sample(list(words), len(words))
            for start in range(0, len(pool), together):
                said = pool[start : start + together]
                for word, way in zip(said, utter(engine, said, voice).by_word or [], strict=False):
                    seen[word][way] += 1
    usual = {word: _usual(seen[word], set(phones)) for word in words}
    return {word: ways for word, ways in usual.items() if ways}


def _usual(seen: collections.Counter[tuple[str, ...]], phones: set[str]) -> dict[tuple[str, ...], float]:
    possible = {way: count for way, count in seen.items() if phones.issuperset(way)}
    most = max(possible.values(), default=0)
    return {way: math.log(most / count) for way, count in sorted(possible.items()) if count >= _RARE * most}


def write_lexicon(path: Path, lexicon: Lexicon) -> None:
    """One line for each way of saying a word: word, cost, phones, with tabs between."""
    lines = [f"{word}\t{cost:.4f}\t{' '.join(way)}" for word, ways in lexicon.items() for way, cost in ways.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_lexicon(path: Path) -> Lexicon:
    """The inverse of `write_lexicon`."""
    lexicon: Lexicon = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, cost, way = line.split("\t")
        lexicon.setdefault(word, {})[tuple(way.split())] = float(cost)
    return lexicon
