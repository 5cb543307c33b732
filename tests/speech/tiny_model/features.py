"""
Kaldi's MFCCs in numpy, for the settings in conf/mfcc.conf and without dither.

Source: Kaldi, feat/feature-mfcc.cc and feat/mel-computations.cc (the method, not the code).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

RATE_HZ = 16000
_FRAME, _SHIFT, _FFT = 400, 160, 512  # 25 ms, 10 ms
_BINS = _CEPSTRA = 40
_LOW_HZ, _HIGH_HZ = 20.0, RATE_HZ / 2 - 400.0
_PRE_EMPHASIS = 0.97
_LIFTER = 22.0
MFCC_CONF = """--use-energy=false
--sample-frequency=16000
--num-mel-bins=40
--num-ceps=40
--low-freq=20
--high-freq=-400
--dither=0.0
"""


def mfcc(samples: npt.ArrayLike) -> Floats:
    """
    Features.

    Args:
        samples: shape (n,), on the scale of 16-bit integers, 16 kHz.

    Returns:
        Shape (frames, 40); a frame every 10 ms that fits wholly.
    """
    sound = np.asarray(samples, np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_SHIFT]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    windowed = (frames - _PRE_EMPHASIS * before) * _povey_window()
    power = np.abs(np.fft.rfft(windowed, _FFT, axis=1)[:, : _FFT // 2]) ** 2
    energies = np.maximum(power @ _mel_banks().T, np.finfo(np.float32).eps)
    return np.asarray(np.log(energies) @ _cosines().T, np.float32)


@cache
def _povey_window() -> Doubles:
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / (_FRAME - 1))
    return np.asarray(hann**0.85)


@cache
def _mel_banks() -> Doubles:
    """Triangles that are straight on the mel scale, shape (bins, fft bins)."""
    edges = np.linspace(_mel(_LOW_HZ), _mel(_HIGH_HZ), _BINS + 2)
    at = _mel(np.arange(_FFT // 2) * RATE_HZ / _FFT)
    left, centre, right = (edges[i : i + _BINS, None] for i in range(3))
    rising, falling = (at - left) / (centre - left), (right - at) / (right - centre)
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def _mel(hertz: npt.ArrayLike) -> Doubles:
    return np.asarray(1127.0 * np.log1p(np.asarray(hertz, np.float64) / 700.0))


@cache
def _cosines() -> Doubles:
    """The orthonormal cosine transform with Kaldi's lifter in it, shape (cepstra, bins)."""
    order, place = np.arange(_CEPSTRA)[:, None], np.arange(_BINS)[None] + 0.5
    cosines = np.sqrt(2.0 / _BINS) * np.cos(np.pi / _BINS * order * place)
    cosines[0] = np.sqrt(1.0 / _BINS)
    lifter = 1.0 + 0.5 * _LIFTER * np.sin(np.pi * np.arange(_CEPSTRA) / _LIFTER)
    return np.asarray(cosines * lifter[:, None])
