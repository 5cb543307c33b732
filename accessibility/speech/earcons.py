"""
Short tones that say what happens without a word. They differ in melody and length, not only in pitch, so that people
who hear few high tones can still tell them apart; nothing is ever said by a tone alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from accessibility.speech.wav import Pcm, to_wav

RATE_HZ = 22050  # as espeak-ng speaks, so that tones and speech can be joined
_LEVEL = 0.25  # -12 dBFS: present, and not startling in headphones
_EDGE_MS = 6  # fades without a click
_REST = 0.0


@dataclass(frozen=True)
class Earcon:
    """
    One sound.

    Args:
        notes: (frequency in Hz, length in ms); frequency 0 is a rest.
        meaning: what it says, per language, for the page that teaches the sounds.
    """

    name: str
    notes: tuple[tuple[float, int], ...]
    meaning: dict[str, str]

    @property
    def duration_ms(self) -> int:
        return sum(length for _, length in self.notes)


def _earcon(name: str, notes: tuple[tuple[float, int], ...], nl: str, en: str) -> Earcon:
    return Earcon(name, notes, {"nl": nl, "en": en})


EARCONS: dict[str, Earcon] = {
    earcon.name: earcon
    for earcon in (
        _earcon("listen_start", ((523.3, 60), (784.0, 90)), "Ik luister nu.", "I am listening now."),
        _earcon("listen_stop", ((784.0, 60), (523.3, 90)), "Ik luister niet meer.", "I have stopped listening."),
        _earcon(
            "accepted",
            ((523.3, 70), (659.3, 70), (784.0, 150)),
            "Je antwoord is bewaard.",
            "Your answer is stored.",
        ),
        _earcon("error", ((220.0, 120), (_REST, 60), (220.0, 200)), "Er ging iets mis.", "Something went wrong."),
        _earcon("cue_in", ((880.0, 45),), "De ondertitel komt in beeld.", "The subtitle appears."),
        _earcon("cue_out", ((440.0, 45),), "De ondertitel gaat weg.", "The subtitle goes."),
        _earcon("line_break", ((1318.5, 12),), "Hier begint een nieuwe regel.", "A new line begins here."),
        _earcon(
            "block_end",
            ((392.0, 250), (_REST, 80), (330.0, 250), (_REST, 80), (262.0, 450)),
            "Het is bijna pauze.",
            "It is nearly time for a break.",
        ),
        _earcon("word_unsure", ((659.3, 30), (_REST, 25), (659.3, 30)), "Dit woord weet ik niet zeker.", "Unsure word."),
    )
}


@cache
def earcon_wav(name: str) -> bytes:
    """
    A complete WAV file, mono, 16 bit, 22,050 Hz; the same bytes every time.

    Raises:
        KeyError: no earcon of that name.
    """
    notes = np.concatenate([_note(frequency, length) for frequency, length in EARCONS[name].notes])
    return to_wav(Pcm(np.round(notes * 32767).astype("<i2").tobytes(), RATE_HZ))


def _note(frequency_hz: float, length_ms: int) -> npt.NDArray[np.float64]:
    """A tone with a soft overtone, faded at both ends; a rest where the frequency is 0."""
    time_s = np.arange(RATE_HZ * length_ms // 1000) / RATE_HZ
    if frequency_hz == _REST:
        return np.zeros(len(time_s))
    tone = np.sin(2 * np.pi * frequency_hz * time_s) + 0.3 * np.sin(4 * np.pi * frequency_hz * time_s)
    from_start, to_end = time_s * 1000, time_s[::-1] * 1000
    fade = np.minimum(1.0, np.minimum(from_start, to_end) / min(_EDGE_MS, length_ms / 2))
    return np.asarray(_LEVEL / 1.3 * tone * fade)
