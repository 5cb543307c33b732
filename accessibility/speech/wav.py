"""WAV as we make and read it: mono, 16-bit PCM."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass

from accessibility.sentences import sentence
from accessibility.speech.errors import AudioRefused


@dataclass(frozen=True)
class Pcm:
    """Mono 16-bit little-endian samples.

    Args:
        samples: two bytes each.
        rate_hz: samples per second.
    """

    samples: bytes
    rate_hz: int

    @property
    def duration_ms(self) -> int:
        return round(len(self.samples) / 2 * 1000 / self.rate_hz)


def to_wav(pcm: Pcm) -> bytes:
    """A complete WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(pcm.rate_hz)
        file.writeframes(pcm.samples)
    return out.getvalue()


def from_wav(data: bytes) -> Pcm:
    """
    Read a WAV file.

    Raises:
        AudioRefused: not WAV, not mono, or not 16-bit PCM.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            kind = (file.getnchannels(), file.getsampwidth())
            pcm = Pcm(file.readframes(file.getnframes()), file.getframerate())
    except (wave.Error, EOFError) as error:
        raise AudioRefused(sentence("This is no WAV file ({error}). Save it as WAV, mono, 16 bit.", error=error)) from error
    if kind != (1, 2):
        raise AudioRefused(
            sentence(
                "This WAV file has {channels} channels of {bits} bits. Save it as mono, 16 bit.",
                channels=kind[0],
                bits=kind[1] * 8,
            ),
        )
    return pcm
