"""Was there a voice at all? Levels only: nothing about who speaks or how they feel is ever derived."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from accessibility.speech.heard import TroubleCode

FRAME_MS = 30
_SILENT_DBFS = -60.0  # loudest frame below this: the microphone is off or muted
_QUIET_DBFS = -45.0  # below this the words are hard to make out
_STEADY_DB = 6.0  # speech swings by tens of dB; a fan or a hiss by a few
_CLIPPED_SHARE = 0.01


class LoudnessMeter:
    """Levels of one utterance, frame by frame."""

    def __init__(self, rate_hz: int) -> None:
        self._frame = rate_hz * FRAME_MS // 1000
        self._rest: npt.NDArray[np.int16] = np.zeros(0, np.int16)
        self._levels: list[float] = []
        self._clipped = 0
        self._samples = 0

    def add(self, samples: npt.NDArray[np.int16]) -> None:
        """More sound: int16, shape (n,)."""
        self._samples += len(samples)
        self._clipped += int((np.abs(samples.astype(np.int32)) >= 32767).sum())
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // self._frame * self._frame
        self._rest = sound[whole:]
        frames = sound[:whole].reshape(-1, self._frame).astype(np.float64)
        power = (frames**2).mean(axis=1) if len(frames) else np.zeros(0)
        self._levels += list(10 * np.log10(np.maximum(power, 1e-3) / 32768.0**2))

    def trouble(self, *, understood: bool) -> TroubleCode | None:
        """
        What to tell the speaker, or None.

        Args:
            understood: some word came out. Then only sound that is too loud is worth a word.
        """
        if self._samples and self._clipped > _CLIPPED_SHARE * self._samples:
            return "too_loud"
        if understood:
            return None
        return self._why_nothing()

    def _why_nothing(self) -> TroubleCode:
        loudest = max(self._levels, default=-120.0)
        if loudest < _SILENT_DBFS:
            return "silence"
        if loudest < _QUIET_DBFS:
            return "too_quiet"
        low, high = np.percentile(self._levels, [10, 90])
        return "noise" if high - low < _STEADY_DB else "not_understood"
