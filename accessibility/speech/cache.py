"""Spoken texts that were made before, on disk by content. Safe with many processes; a broken entry is made again."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from accessibility.speech.spoken_text import Speech, from_marks

_STORES_PER_SWEEP = 64


class SpeechCache:
    """
    A folder of WAV files with their marks beside them.

    Args:
        folder: made where it is not there.
        max_bytes: above this the sounds that were not used for longest go, at every 64th new one.
    """

    def __init__(self, folder: Path, max_bytes: int = 200 << 20) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._stores = 0
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> Speech | None:
        """What was kept under this key, or None."""
        wav, marks = self._paths(key)
        try:
            found = from_marks(wav.read_bytes(), json.loads(marks.read_bytes()))
            os.utime(wav)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found

    def put(self, key: str, speech: Speech) -> None:
        """Keep this. The marks come last: without them the entry does not count."""
        wav, marks = self._paths(key)
        wav.parent.mkdir(exist_ok=True)
        _replace(wav, speech.wav)
        _replace(marks, json.dumps(speech.marks()).encode())
        self._stores += 1
        if self._stores % _STORES_PER_SWEEP == 0:
            self.sweep()

    def sweep(self) -> None:
        """Remove the sounds that were not used for longest, until the rest fits."""
        found = [(path.stat(), path) for path in self._folder.glob("*/*.wav")]
        total = sum(stat.st_size for stat, _ in found)
        for stat, path in sorted(found, key=lambda entry: entry[0].st_mtime):
            if total <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)
            total -= stat.st_size

    def _paths(self, key: str) -> tuple[Path, Path]:
        stem = self._folder / key[:2] / key
        return stem.with_suffix(".wav"), stem.with_suffix(".json")


def _replace(path: Path, data: bytes) -> None:
    """All or nothing: a reader sees the old file or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
