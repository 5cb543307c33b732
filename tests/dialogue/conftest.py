"""A lab with work for ears, and real speech: espeak-ng speaks, Vosk listens with the tiny models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.speech.conftest import model_folder, recogniser, speaker, synthesiser
from workbench.speech import Engines

__all__ = ["model_folder", "recogniser", "speaker", "synthesiser"]


@pytest.fixture
def engines(tmp_path: Path, model_folder: Path, recogniser: object) -> Iterator[Engines]:
    """The lab's own engines; skipped with a reason where speech is not installed."""
    made = Engines(tmp_path / "sounds", model_folder, for_tests=True)
    yield made
    made.close()
