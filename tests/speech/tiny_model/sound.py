"""Synthetic sound made less clean: resampled, echoed, coloured, noisy, at any level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.speech.tiny_model.features import RATE_HZ, Floats

_HALF_KERNEL = 16
_SPEECH_LEVEL = 3000.0
_PEAK = 32767


def resample(sound: Floats, ratio: float) -> Floats:
    """Windowed-sinc resampling; the result has len(sound) × ratio samples."""
    cut = min(1.0, ratio) * 0.95
    at = np.arange(int(len(sound) * ratio)) / ratio
    base = np.floor(at).astype(np.int64)
    taps = np.arange(-_HALF_KERNEL + 1, _HALF_KERNEL + 1)
    distance = (taps[None] - (at - base)[:, None]).astype(np.float32)
    kernel = np.sinc(distance * cut) * cut * (0.5 + 0.5 * np.cos(np.pi * distance / _HALF_KERNEL))
    padded = np.pad(sound, _HALF_KERNEL).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _HALF_KERNEL)[base + 1]
    return np.asarray(np.einsum("ij,ij->i", windows, kernel.astype(np.float32)))


def noise(samples: int, slope: float, rng: np.random.Generator) -> Floats:
    """Noise of unit level: slope 0 is white, 1 is a rumble."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    spectrum *= np.maximum(np.arange(len(spectrum)), 8.0) ** (-slope)
    made = np.fft.irfft(spectrum, samples)
    return np.asarray(made / (made.std() + 1e-9), np.float32)


def worsen(sound: Floats, rng: np.random.Generator) -> Floats:
    """A room, a microphone, noise and a level, each by chance; whole numbers on the scale of 16 bits."""
    worse = np.asarray(sound, np.float64)
    if rng.random() < 0.35:
        worse = _in_room(worse, rng)
    if rng.random() < 0.5:
        worse = _through_microphone(worse, rng)
    loud = worse[np.abs(worse) > 100]
    level = float(np.sqrt((loud**2).mean())) if len(loud) else 1.0
    if rng.random() < 0.65:
        worse = worse + noise(len(worse), rng.uniform(0, 1.0), rng) * level * 10 ** (-rng.uniform(3, 40) / 20)
    worse = worse * 10 ** rng.uniform(-1.3, 0.2) * _SPEECH_LEVEL / max(level, 1.0)
    return np.asarray(np.clip(np.round(worse), -_PEAK - 1, _PEAK), np.float32)


def _in_room(sound: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    length = int(rng.uniform(0.05, 0.3) * RATE_HZ)
    tail = rng.standard_normal(length) * np.exp(-6.0 * np.arange(length) / length)
    tail *= rng.uniform(0.1, 0.7) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    size = 1 << (len(sound) + length).bit_length()
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)[: len(sound)])


def _through_microphone(sound: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """A loose stand-in: a random curve over the spectrum."""
    size = 1 << len(sound).bit_length()
    curve_db = np.interp(np.linspace(0, 8, size // 2 + 1), np.arange(9), rng.normal(0, 4.0, 9))
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * 10 ** (curve_db / 20), size)[: len(sound)])
