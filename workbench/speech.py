"""The lab's speech engines: one voice and one recogniser, started when they are first used."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from accessibility.speech.recognition import Recogniser
from accessibility.speech.synthesis import Synthesiser
from workbench.settings import Settings


def models_folder(settings: Settings) -> Path:
    """Where recognition models are: `models` in the data folder, or WORKBENCH_VOICE_MODELS."""
    given = os.environ.get("WORKBENCH_VOICE_MODELS")
    return Path(given).expanduser() if given else settings.data / "models"


class Engines:
    """
    Both engines, each in processes of its own. `close()` ends them.

    Args:
        sounds: our own sentences are kept here; a worker's words never are.
        models: a folder for each language.
        for_tests: also take models that are made for tests only.
    """

    def __init__(self, sounds: Path, models: Path, *, for_tests: bool = False) -> None:
        self._sounds, self._models, self._for_tests = sounds, models, for_tests
        self._lock = threading.Lock()
        self._out: Synthesiser | None = None
        self._in: Recogniser | None = None

    @staticmethod
    def of(settings: Settings) -> Engines:
        """The engines of this lab."""
        return Engines(settings.data / "speech", models_folder(settings))

    @property
    def out(self) -> Synthesiser:
        """Speaks."""
        with self._lock:
            self._out = self._out or Synthesiser(self._sounds)
            return self._out

    @property
    def ears(self) -> Recogniser:
        """Listens."""
        with self._lock:
            self._in = self._in or Recogniser(self._models, for_tests=self._for_tests)
            return self._in

    def close(self) -> None:
        """End what was started."""
        with self._lock:
            engines, self._out, self._in = (self._out, self._in), None, None
        for engine in engines:
            if engine is not None:
                engine.close()
