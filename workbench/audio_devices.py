"""This machine's microphone and loudspeaker, through PortAudio (sounddevice)."""

from __future__ import annotations

import io
import queue
import threading
import time
import wave
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from accessibility.sentences import sentence
from accessibility.speech.errors import SpeechError
from workbench.errors import Unavailable
from workbench.terminal import Sound

RATE_HZ = 16000
CHUNK = RATE_HZ // 10
LONGEST_SECONDS = 110  # below the recogniser's own limit

Samples = npt.NDArray[np.int16]


def devices() -> Any:
    """
    The sounddevice module.

    Raises:
        Unavailable: it, PortAudio or a device is missing; says what to install.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise Unavailable(
            sentence(
                "The microphone cannot be used ({error}). Install: apt install libportaudio2, and pip install "
                "'annotation-lab[voice]'.",
                error=error,
            )
        ) from error
    try:
        sounddevice.check_input_settings(samplerate=RATE_HZ, channels=1, dtype="int16")
        sounddevice.check_output_settings(channels=1, dtype="int16")
    except (sounddevice.PortAudioError, ValueError) as error:
        raise Unavailable(
            sentence("No microphone or loudspeaker was found ({error}). Plug one in, then start again.", error=error)
        ) from error
    return sounddevice


class DeviceMicrophone:
    """
    The default microphone.

    Args:
        ready: did the worker press a key to say that they are done?
        patience_seconds: without sound for so long it is not there any more.
    """

    rate_hz = RATE_HZ

    def __init__(self, sounddevice: Any, ready: Callable[[], bool], *, patience_seconds: float = 5) -> None:
        self._devices, self._ready, self._patience_seconds = sounddevice, ready, patience_seconds

    def record(self) -> Iterator[bytes]:
        """
        Chunks of 100 ms until a key is pressed.

        Raises:
            SpeechError: the microphone is gone, e.g. a headset that was pulled out.
        """
        try:
            yield from self._chunks()
        except (queue.Empty, OSError, self._devices.PortAudioError) as error:
            # its spoken form asks whether the microphone is on
            raise SpeechError("The microphone gives no sound. Plug it in, then talk again.", code="silence") from error

    def _chunks(self) -> Iterator[bytes]:
        heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        with self._devices.RawInputStream(
            RATE_HZ, CHUNK, channels=1, dtype="int16", callback=lambda data, *_: heard.put(bytes(data))
        ):
            until = time.monotonic() + LONGEST_SECONDS
            while not self._ready() and time.monotonic() < until:
                yield heard.get(timeout=self._patience_seconds)


class DeviceLoudspeaker:
    """The default loudspeaker. Sounds play in a thread of their own, so that a key is heard meanwhile."""

    def __init__(self, sounddevice: Any) -> None:
        self._devices = sounddevice
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._clip: tuple[float, Sound, int] | None = None  # when it began, what, how long in ms of the original

    def play(self, sounds: Iterable[Sound]) -> None:
        """One after another."""
        self.stop()
        sounds = list(sounds)
        if any(sound.recording for sound in sounds):
            self._clip = None  # a mark belongs to what sounds now
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._play, args=(sounds, self._stop), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Silence."""
        self._stop.set()
        self._devices.stop()
        if self._thread is not None:
            self._thread.join(timeout=2)

    @property
    def busy(self) -> bool:
        """Is anything to be heard now?"""
        return self._thread is not None and self._thread.is_alive()

    def at_ms(self) -> int | None:
        """How far the last recording is."""
        if self._clip is None:
            return None
        began, sound, length_ms = self._clip
        return sound.start_ms + min(length_ms, round((time.monotonic() - began) * 1000 * sound.speed))

    def _play(self, sounds: list[Sound], stop: threading.Event) -> None:
        for sound in sounds:
            if stop.is_set():
                return
            samples, rate_hz = mixed(sound)
            if sound.recording:
                self._clip = (time.monotonic(), sound, round(len(samples) / rate_hz * 1000))
            self._devices.play(samples, round(rate_hz * sound.speed))
            self._devices.wait()


def mixed(sound: Sound) -> tuple[Samples, int]:
    """The samples of a sound, with its tones laid over it; (samples, rate in Hz)."""
    samples, rate_hz = _samples(sound.wav)
    louder = samples.astype(np.int32)
    for at_ms, wav in sound.tones:
        tone, tone_rate = _samples(wav)
        at_rate = np.interp(np.arange(0, len(tone), tone_rate / rate_hz), np.arange(len(tone)), tone).astype(np.int32)
        start = round((at_ms - sound.start_ms) * rate_hz / 1000)
        if 0 <= start < len(louder):
            end = min(len(louder), start + len(at_rate))
            louder[start:end] += at_rate[: end - start]
    return np.clip(louder, -32768, 32767).astype(np.int16), rate_hz


def _samples(wav: bytes) -> tuple[Samples, int]:
    with wave.open(io.BytesIO(wav)) as file:
        found = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        channels = file.getnchannels()
        mono = found.reshape(-1, channels).mean(axis=1).astype(np.int16) if channels > 1 else found
        return mono, file.getframerate()
