"""Speech for real: espeak-ng speaks, Vosk listens with the tiny models that the project made."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from accessibility.speech import models
from accessibility.speech.errors import NoEngine
from accessibility.speech.recognition import Recogniser
from accessibility.speech.synthesis import Synthesiser, Voice
from accessibility.speech.wav import Pcm, from_wav
from tests.speech.tiny_model.sound import resample

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both tiny models, installed as the workbench would."""
    folder = tmp_path_factory.mktemp("models")
    for language in ("nl", "en"):
        models.install(language, DATA / f"tinymodel-{language}", folder, for_tests=True)
    return folder


@pytest.fixture(scope="session")
def synthesiser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synthesiser]:
    """The real engine; a machine without one skips these tests and says what to install."""
    with Synthesiser(tmp_path_factory.mktemp("speech")) as engine:
        try:
            engine.voices()
        except NoEngine as error:
            pytest.skip(str(error))
        yield engine


@pytest.fixture(scope="session")
def recogniser(model_folder: Path) -> Iterator[Recogniser]:
    """The real recogniser; a machine without Vosk skips these tests and says what to install."""
    with Recogniser(model_folder, for_tests=True) as engine:
        try:
            engine.open("en").close()
        except NoEngine as error:
            pytest.skip(str(error))
        yield engine


class Speaker:
    """Says things as 16 kHz samples, with a little room around them, as a microphone would."""

    def __init__(self, synthesiser: Synthesiser) -> None:
        self._synthesiser = synthesiser

    @functools.lru_cache(maxsize=256)  # noqa: B019  # one speaker lives as long as the tests
    def say(self, text: str, language: str = "en", name: str = "", rate_hz: int = 16000) -> bytes:
        wav = self._synthesiser.say(text, Voice(language, rate=150, name=name)).wav
        return at_rate(from_wav(wav), rate_hz)


def at_rate(pcm: Pcm, rate_hz: int) -> bytes:
    """The samples at another rate, after 200 ms of quiet."""
    sound = np.frombuffer(pcm.samples, "<i2").astype(np.float32)
    changed = sound if rate_hz == pcm.rate_hz else resample(sound, rate_hz / pcm.rate_hz)
    quiet = np.zeros(rate_hz // 5, np.float32)
    return np.clip(np.round(np.concatenate([quiet, changed, quiet])), -32768, 32767).astype("<i2").tobytes()


@pytest.fixture(scope="session")
def speaker(synthesiser: Synthesiser) -> Speaker:
    """A voice for the recogniser to listen to."""
    return Speaker(synthesiser)
