"""Synthetic speech with a phone for every 10 ms: espeak-ng tells when each phone sounds, so nothing has to be aligned."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tests.speech.tiny_model.espeak import Espeak
from tests.speech.tiny_model.features import RATE_HZ, Floats, mfcc
from tests.speech.tiny_model.lexicon import utter
from tests.speech.tiny_model.phones import SILENCE
from tests.speech.tiny_model.sound import noise, resample, worsen
from tests.speech.tiny_model.words import ACCENTS, VARIANTS, dialogue_words, trained_words

_PARTS, _WORTH_PARTS = 8, 0.1  # hours
_FRAME_CENTRE, _FRAME_SHIFT = 200, 160
_TOO_SHORT = 4000  # samples; espeak-ng said nothing


class Examples(NamedTuple):
    """
    Args:
        features: shape (frames, 40).
        labels: shape (frames,), index in `phones`.
        phones: silence first.
    """

    features: Floats
    labels: npt.NDArray[np.int64]
    phones: list[str]


class _Job(NamedTuple):
    language: str
    seconds: float
    seed: int


def make_examples(language: str, hours: float, *, seed: int = 1, processes: int = 2) -> Examples:
    """Hours of random words in many voices. The same arguments give the same examples."""
    count = _PARTS if hours >= _WORTH_PARTS else 1
    jobs = [_Job(language, hours * 3600 / count, seed * 1000 + part) for part in range(count)]
    # a fresh process for each part: espeak-ng keeps state between texts
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        parts = pool.map(_part, jobs, chunksize=1)
    names = [name for _, labels in parts for name in labels]
    phones = [SILENCE, *sorted(set(names) - {SILENCE})]
    numbers = {phone: number for number, phone in enumerate(phones)}
    labels = np.array([numbers[name] for name in names])
    return Examples(np.concatenate([features for features, _ in parts]), labels, phones)


def _part(job: _Job) -> tuple[Floats, list[str]]:
    rng, numpy_rng, engine = random.Random(job.seed), np.random.default_rng(job.seed), Espeak()
    features: list[Floats] = []
    labels: list[str] = []
    frames_wanted = int(job.seconds * RATE_HZ / _FRAME_SHIFT)
    while len(labels) < frames_wanted:
        made = _nothing(numpy_rng) if rng.random() < 0.05 else _spoken(job.language, engine, rng, numpy_rng)
        if made is not None:
            features.append(made[0])
            labels += made[1]
    return np.concatenate(features), labels


def _nothing(rng: np.random.Generator) -> tuple[Floats, list[str]]:
    """Quiet, hum or hiss: silence for the recogniser."""
    sound = noise(int(rng.uniform(1, 4) * RATE_HZ), rng.uniform(0, 1.2), rng) * 10 ** rng.uniform(-1, 3.2)
    found = mfcc(np.clip(np.round(sound), -32768, 32767))
    return found, [SILENCE] * len(found)


def _spoken(language: str, engine: Espeak, rng: random.Random, numpy_rng: np.random.Generator) -> tuple[Floats, list[str]] | None:
    voice = rng.choice(ACCENTS[language]) + rng.choice(VARIANTS)
    style = {"rate": rng.randint(110, 250), "pitch": rng.randint(15, 85), "spread": rng.randint(20, 80)}
    said = utter(engine, _random_words(language, rng), voice, **style)
    if len(said.sound) < _TOO_SHORT:
        return None
    speed = numpy_rng.uniform(0.9, 1.1)
    lead, tail = (int(numpy_rng.uniform(0.03, 0.5) * RATE_HZ) for _ in range(2))
    sound = resample(said.sound, RATE_HZ / engine.rate_hz / speed)
    padded = np.concatenate([np.zeros(lead), sound, np.zeros(tail)]).astype(np.float32)
    found = mfcc(worsen(padded, numpy_rng))
    centres_s = (np.arange(len(found)) * _FRAME_SHIFT + _FRAME_CENTRE - lead) / RATE_HZ * speed
    return found, _labels(centres_s, said.starts_s, said.names, len(said.sound) / engine.rate_hz)


def _labels(centres_s: npt.ArrayLike, starts_s: Sequence[float], names: Sequence[str], end_s: float) -> list[str]:
    centres = np.asarray(centres_s)
    at = np.searchsorted(np.array(starts_s), centres, side="right") - 1
    return [SILENCE if i < 0 or c > end_s else names[i] for i, c in zip(at, centres, strict=True)]


def _random_words(language: str, rng: random.Random) -> list[str]:
    """One word, a few, or a string of them; commands more often than their number."""
    commands, everyday = trained_words(language)
    kind = rng.random()
    count = 1 if kind < 0.25 else rng.randint(2, 3) if kind < 0.45 else rng.randint(4, 9)
    pools = (commands, everyday, dialogue_words(language))
    words = [rng.choice(rng.choices(pools, (0.35, 0.45, 0.2))[0]) for _ in range(count)]
    if rng.random() < 0.15:
        words[rng.randrange(count)] += ","
    return words
