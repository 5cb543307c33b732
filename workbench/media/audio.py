"""Sound: decoded in constant memory, on one clock, whatever the container.

Sample 0 is the first that a player presents (see containers.zero). Runs in the sandbox.
"""

from __future__ import annotations

import io
import json
import wave
from array import array
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import webrtcvad
from numpy.typing import NDArray

from accessibility.sentences import sentence
from workbench.errors import BadInput
from workbench.media import containers
from workbench.media.cutting import FRAME_MS

RATE = 16_000  # what voice detection, recognition and peaks work with
GAP_SECONDS = 0.005  # less than this between two packets is rounding of the container's clock
SEEK_MARGIN = Fraction(1)  # seconds decoded before a clip: codecs need some to settle

Samples = NDArray[np.int16]
Progress = Callable[[float], None]


def no_progress(_fraction: float) -> None:
    """Nobody watches."""


def decode(
    path: str | Path, name: str, *, rate: int = RATE, channels: int = 1, start: Fraction = Fraction(0)
) -> Iterator[Samples]:
    """
    Decode the first stream of sound.

    Args:
        path: the file.
        name: what the person calls it, for messages.
        rate: samples per second wanted.
        channels: 1 or 2; what the file has is mixed to it.
        start: seconds into the file where to begin.

    Yields:
        int16 arrays of shape (n, channels). Silence fills what the file leaves out, so that sample n is always
        presented n / rate seconds after `start`.

    Raises:
        BadInput: there is no sound, or it cannot be decoded.
    """
    with containers.opened(path, name) as container:
        stream = containers.main_audio(container)
        if stream is None:
            raise BadInput(sentence('"{name}" has no sound.', name=name), file=name)
        zero = containers.zero(container)
        if start > 0:
            target = max(zero, zero + start - SEEK_MARGIN)
            container.seek(int(target / stream.time_base), stream=stream, backward=True)
        aligned = _Aligner(rate, channels, zero + start)
        yield from aligned.run(containers.decoded(container, stream))


class _Aligner:
    """Resamples frames and lays them out on one clock: cuts what comes before `origin`, fills gaps with silence."""

    def __init__(self, rate: int, channels: int, origin: Fraction) -> None:
        self.rate, self.channels, self.origin = rate, channels, origin
        self.written = 0  # samples laid out since `origin`
        self.expected: Fraction | None = None  # when the next frame should start, in seconds of the file's clock
        self.shape: tuple[object, ...] | None = None
        self.resampler = self._fresh()

    def _fresh(self) -> Any:
        layout = "mono" if self.channels == 1 else "stereo"
        self.position: int | None = None  # where the next sample out of the resampler belongs
        return av.AudioResampler(format="s16", layout=layout, rate=self.rate)

    def run(self, frames: Iterator[Any]) -> Iterator[Samples]:
        for frame in frames:
            if self._jumps(frame):
                yield from self._emit(self.resampler.resample(None) if self.position is not None else [])
                self.resampler = self._fresh()
            if self.position is None:
                self.position = self._place(frame)
            yield from self._emit(self.resampler.resample(frame))
        if self.position is not None:
            yield from self._emit(self.resampler.resample(None))

    def _jumps(self, frame: Any) -> bool:
        """Whether this frame does not simply follow the one before. Remembers it."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        time = None if frame.pts is None else frame.pts * frame.time_base
        expected, changed = self.expected, shape != self.shape
        begins = time if time is not None and (expected is None or abs(time - expected) > GAP_SECONDS) else expected
        self.shape, self.expected = shape, (begins or Fraction(0)) + Fraction(frame.samples, frame.sample_rate)
        return changed or begins is not expected

    def _place(self, frame: Any) -> int:
        time = self.origin if frame.pts is None else frame.pts * frame.time_base
        return round((time - self.origin) * self.rate)

    def _emit(self, frames: list[Any]) -> Iterator[Samples]:
        for frame in frames:
            samples: Samples = frame.to_ndarray().reshape(-1, self.channels)
            assert self.position is not None
            begin, self.position = self.position, self.position + len(samples)
            if begin > self.written:
                yield from self._silence(begin - self.written)
            samples = samples[max(0, self.written - begin) :]  # before the origin, or told twice
            self.written += len(samples)
            if len(samples):
                yield samples

    def _silence(self, count: int) -> Iterator[Samples]:
        self.written += count
        while count > 0:  # in pieces: a file may claim a gap of days
            piece = min(count, self.rate)
            yield np.zeros((piece, self.channels), np.int16)
            count -= piece


def speech(path: str | Path, name: str, *, aggressiveness: int = 2, progress: Progress = no_progress) -> tuple[int, bytes]:
    """
    Where somebody speaks.

    Returns:
        (duration_ms, flags): one byte per `cutting.FRAME_MS`, 1 while there is speech.
    """
    detector = webrtcvad.Vad(aggressiveness)
    frame_bytes = RATE * FRAME_MS // 1000 * 2
    flags, rest, samples = bytearray(), b"", 0
    for chunk in decode(path, name):
        samples += len(chunk)
        data = rest + chunk.tobytes()
        whole = len(data) - len(data) % frame_bytes
        flags += bytes(detector.is_speech(data[at : at + frame_bytes], RATE) for at in range(0, whole, frame_bytes))
        rest = data[whole:]
        progress(samples / RATE)
    return round(samples * 1000 / RATE), bytes(flags)


def make_peaks(
    path: str | Path, out_dir: str | Path, *, name: str, per_second: int = 100, progress: Progress = no_progress
) -> list[str]:
    """
    Write `peaks.i8`, pairs of (lowest, highest) as signed bytes, `per_second` pairs a second, and `peaks.json`.

    Raises:
        BadInput: no sound, or damaged; ValueError: `per_second` does not divide 16,000.
    """
    if RATE % per_second:
        raise ValueError(f"per_second must divide {RATE}, not {per_second}")
    size, samples = RATE // per_second, 0
    rest: Samples = np.zeros(0, np.int16)
    out = Path(out_dir)
    with (out / "peaks.i8").open("wb") as file:
        for chunk in decode(path, name):
            samples += len(chunk)
            data = np.concatenate([rest, chunk[:, 0]])
            whole = len(data) - len(data) % size
            file.write(_pairs(data[:whole].reshape(-1, size)))
            rest = data[whole:]
            progress(samples / RATE)
        if len(rest):
            file.write(_pairs(rest.reshape(1, -1)))
    facts = {"per_second": per_second, "duration_ms": round(samples * 1000 / RATE), "pairs": -(-samples // size)}
    (out / "peaks.json").write_text(json.dumps(facts))
    return ["peaks.i8", "peaks.json"]


def _pairs(rows: Samples) -> bytes:
    # Rounded away from zero, so that the faintest sound still shows.
    low, high = rows.min(axis=1), rows.max(axis=1)
    pairs = np.stack([np.floor(low / 256), np.minimum(np.ceil(high / 256), 127)], axis=1)
    return pairs.astype(np.int8).tobytes()


def clip(path: str | Path, name: str, start_ms: int, end_ms: int, *, kind: str = "wav") -> bytes:
    """
    A piece of the sound that every browser plays.

    Args:
        path, name: the file, and its name for messages.
        start_ms, end_ms: from the start of the original; what lies behind its end is left out.
        kind: "wav" (16 bits, the original's rate up to 48 kHz, at most two channels) or "webm" (Opus, small).

    Raises:
        BadInput: there is no sound between these times.
    """
    if not 0 <= start_ms < end_ms:
        raise BadInput(
            sentence(
                'A clip of "{name}" from {start_ms} to {end_ms} ms is not possible: the end must follow the start.',
                name=name,
                start_ms=start_ms,
                end_ms=end_ms,
            )
        )
    rate, channels = _clip_shape(path, name, kind)
    pieces, wanted = [], round((end_ms - start_ms) * rate / 1000)
    for chunk in decode(path, name, rate=rate, channels=channels, start=Fraction(start_ms, 1000)):
        pieces.append(chunk[:wanted])
        wanted -= len(pieces[-1])
        if wanted == 0:
            break
    samples = np.concatenate(pieces) if pieces else np.zeros((0, channels), np.int16)
    if not len(samples):
        raise BadInput(
            sentence('"{name}" has no sound from {start_ms} to {end_ms} ms.', name=name, start_ms=start_ms, end_ms=end_ms),
            file=name,
        )
    return _wav(samples, rate) if kind == "wav" else _opus(samples, rate)


def _clip_shape(path: str | Path, name: str, kind: str) -> tuple[int, int]:
    with containers.opened(path, name) as container:
        stream = containers.main_audio(container)
        if stream is None:
            raise BadInput(sentence('"{name}" has no sound.', name=name), file=name)
        rate = min(stream.codec_context.sample_rate, 48_000) if kind == "wav" else 48_000
        return max(rate, 8_000), min(stream.codec_context.channels, 2)


def _wav(samples: Samples, rate: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def _opus(samples: Samples, rate: int) -> bytes:
    out = io.BytesIO()
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    with av.open(out, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=rate, layout=layout)
        stream.bit_rate = 64_000 * samples.shape[1]
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def make_clip(path: str | Path, out_dir: str | Path, *, name: str, start_ms: int, end_ms: int, kind: str = "wav") -> list[str]:
    """Write `clip.wav` or `clip.webm`; see `clip`."""
    target = Path(out_dir) / f"clip.{kind}"
    target.write_bytes(clip(path, name, start_ms, end_ms, kind=kind))
    return [target.name]


def peaks_of(data: bytes) -> list[tuple[int, int]]:
    """Read `peaks.i8` back: (lowest, highest) pairs from -128 to 127."""
    values = array("b", data)
    return list(zip(values[::2], values[1::2], strict=True))
