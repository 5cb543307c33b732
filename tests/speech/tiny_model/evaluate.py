"""
How well a tiny model does, on voices that were left out of its training; by hand.

    python -m tests.speech.tiny_model.evaluate en tests/speech/data/tinymodel-en
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import vosk
from rapidfuzz.distance import Levenshtein

from tests.speech.tiny_model.espeak import Espeak
from tests.speech.tiny_model.features import RATE_HZ, Floats
from tests.speech.tiny_model.sound import noise, resample
from tests.speech.tiny_model.words import ACCENTS, sentences, trained_words

LEFT_OUT = ("+m7", "+m8", "+f5", "+klatt4", "+Annie", "+Alex")
_QUIET = np.zeros(RATE_HZ // 4, np.float32)


def spoken(engine: Espeak, text: str, voice: str, rate: int) -> Floats:
    """16 kHz, with quiet around it."""
    sound, _ = engine.say(text, voice, rate=rate)
    return np.concatenate([_QUIET, resample(sound, RATE_HZ / engine.rate_hz), _QUIET])


def with_noise(sound: Floats, ratio_db: float, rng: np.random.Generator) -> Floats:
    """Pinkish noise under the speech."""
    level = float(np.sqrt((sound[np.abs(sound) > 100] ** 2).mean()))
    return sound + noise(len(sound), 0.5, rng) * level * 10 ** (-ratio_db / 20)


def recognised(model: vosk.Model, sound: Floats, grammar: Sequence[str] | None = None) -> list[str]:
    """The words that were heard."""
    recogniser = vosk.KaldiRecognizer(model, RATE_HZ, *([json.dumps([*grammar, "[unk]"])] if grammar else []))
    recogniser.AcceptWaveform(np.clip(np.round(sound), -32768, 32767).astype("<i2").tobytes())
    words: list[str] = json.loads(recogniser.FinalResult())["text"].split()
    return words


def word_accuracy(pairs: Sequence[tuple[str, list[str]]]) -> float:
    """One minus the word error rate."""
    wrong = sum(Levenshtein.distance(said.split(), heard) for said, heard in pairs)
    return 1 - wrong / sum(len(said.split()) for said, _ in pairs)


def evaluate(language: str, folder: Path, *, seed: int = 7) -> dict[str, float]:
    """Word accuracy by kind of speech, and the share of other words that a command grammar turns away."""
    vosk.SetLogLevel(-1)
    model, engine, rng, numpy_rng = vosk.Model(str(folder)), Espeak(), random.Random(seed), np.random.default_rng(seed)
    commands, everyday = trained_words(language)

    def say(text: str) -> Floats:
        return spoken(engine, text, rng.choice(ACCENTS[language]) + rng.choice(LEFT_OUT), rng.choice([125, 160, 200]))

    words = [(word, say(word)) for word in commands]
    texts = [(text, say(text)) for text in sentences(language) for _ in range(2)]
    others = [say(word) for word in everyday[150:300]]
    noisy = [(word, with_noise(sound, 15, numpy_rng)) for word, sound in words]
    noisy_texts = [(text, with_noise(sound, 15, numpy_rng)) for text, sound in texts]
    return {
        "commands, open": word_accuracy([(word, recognised(model, sound)) for word, sound in words]),
        "commands, grammar": word_accuracy([(word, recognised(model, sound, commands)) for word, sound in words]),
        "commands, grammar, 15 dB": word_accuracy([(word, recognised(model, sound, commands)) for word, sound in noisy]),
        "sentences": word_accuracy([(text, recognised(model, sound)) for text, sound in texts]),
        "sentences, 15 dB": word_accuracy([(text, recognised(model, sound)) for text, sound in noisy_texts]),
        "other words turned away": float(np.mean([set(recognised(model, sound, commands)) <= {"[unk]"} for sound in others])),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", choices=["en", "nl"])
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    for name, value in evaluate(arguments.language, arguments.folder).items():
        sys.stdout.write(f"{name:28} {value:6.1%}\n")


if __name__ == "__main__":
    main()
