"""Sound and video made on the spot, so that nothing binary is kept with the tests."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000


def beeps(seconds: float, at: list[float], *, rate: int = RATE, length: float = 0.1) -> NDArray[np.int16]:
    """Silence with a beep of 1 kHz starting at each of these seconds."""
    samples = np.zeros(int(seconds * rate), np.float64)
    tone = 0.6 * np.sin(2 * np.pi * 1000 * np.arange(int(length * rate)) / rate)
    for start in at:
        first = int(start * rate)
        samples[first : first + len(tone)] = tone[: len(samples) - first]
    return (samples * 32767).astype(np.int16)


def onsets(samples: NDArray[np.int16], rate: int, *, threshold: int = 4000, apart: float = 0.3) -> list[float]:
    """Seconds at which sound starts after at least `apart` seconds of silence."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > threshold)
    if not len(loud):
        return []
    first = np.concatenate([[True], np.diff(loud) > apart * rate])
    return [float(at) / rate for at in loud[first]]


def write_audio(path: Path, samples: NDArray[np.int16], codec: str, *, rate: int = RATE, **options: Any) -> Path:
    """Encode mono samples; the ending of the path chooses the container."""
    with av.open(str(path), "w", options=options) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = 128_000
        add_audio(container, stream, samples, rate)
    return path


def add_audio(container: Any, stream: Any, samples: NDArray[np.int16], rate: int, *, start: int = 0, end: bool = True) -> None:
    """Encode samples into an open container, the first presented at sample `start`; `end`: no more will follow."""
    for at in range(0, len(samples), 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + 1024], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start + at, Fraction(1, rate)
        container.mux(stream.encode(frame))
    if end:
        container.mux(stream.encode(None))
