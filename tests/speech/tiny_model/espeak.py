"""espeak-ng through ctypes, for the sound together with the times of its phones and words."""

from __future__ import annotations

import ctypes
import ctypes.util
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_SYNCHRONOUS = 2
_PHONE_EVENTS, _STAY_ALIVE = 1, 0x8000
_UTF8 = 1
_RATE, _PITCH, _SPREAD = 1, 3, 4
_WORD, _PHONE = 1, 7


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("uid", ctypes.c_uint),
        ("position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


@dataclass(frozen=True)
class Happening:
    """Something at a time in the sound: a word (value: its offset in the text) or a phone (value: its mnemonic)."""

    value: int | str
    at_ms: int


class Espeak:
    """One espeak-ng per process: the library cannot start twice."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
        self.rate_hz: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONE_EVENTS | _STAY_ALIVE)
        if self.rate_hz <= 0:
            raise RuntimeError("espeak-ng does not start. Install it with: apt install espeak-ng")
        prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
        self._callback = prototype(self._collect)  # the library does not keep it alive
        self._library.espeak_SetSynthCallback(self._callback)
        self._sound: list[npt.NDArray[np.float32]] = []
        self._events: list[Happening] = []

    def say(
        self, text: str, voice: str, *, rate: int = 175, pitch: int = 50, spread: int = 50
    ) -> tuple[npt.NDArray[np.float32], list[Happening]]:
        """
        Speak.

        Returns:
            Sound, shape (samples,), on the scale of 16-bit integers, at `rate_hz`; and what happens in it.

        Raises:
            ValueError: no such voice.
        """
        self._sound, self._events = [], []
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f'espeak-ng has no voice "{voice}".')
        for parameter, value in ((_RATE, rate), (_PITCH, pitch), (_SPREAD, spread)):
            self._library.espeak_SetParameter(parameter, value, 0)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
        return np.concatenate([*self._sound, np.zeros(1, np.float32)]), self._events

    def _collect(self, sound: Any, count: int, events: Any) -> int:
        if count > 0 and sound:
            self._sound.append(np.ctypeslib.as_array(sound, (count,)).astype(np.float32))
        index = 0
        while (event := events[index]).type != 0:
            if event.type == _WORD:
                self._events.append(Happening(event.position - 1, event.audio_ms))
            elif event.type == _PHONE:
                self._events.append(Happening(event.id.decode("utf-8", "replace"), event.audio_ms))
            index += 1
        return 0
