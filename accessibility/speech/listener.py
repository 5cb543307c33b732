"""One speaker: a recogniser, the level of the sound, and the present utterance in memory."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from accessibility.sentences import sentence
from accessibility.speech.errors import AudioRefused
from accessibility.speech.heard import UNKNOWN_WORD, Alternative, Event, Final, Partial, Trouble, Word
from accessibility.speech.loudness import LoudnessMeter


class Listener:
    """
    Turns chunks of sound into events.

    Push to talk: an utterance lasts until `finish()`, also over pauses. Hands-free: an utterance ends where the
    recogniser hears that the speaker paused.

    Args:
        recogniser: makes a Vosk recogniser.
        alternatives: other readings wanted with every Final; 0 for none.
        max_seconds: the longest utterance that is kept.
    """

    def __init__(
        self,
        recogniser: Callable[[], Any],
        *,
        rate_hz: int,
        hands_free: bool,
        alternatives: int,
        max_seconds: float,
    ) -> None:
        self._make, self._recogniser = recogniser, recogniser()
        self._rate_hz, self._hands_free, self._alternatives = rate_hz, hands_free, alternatives
        self._max_bytes = int(max_seconds * rate_hz) * 2
        self._last_sound = b""
        self._earlier_bytes = 0
        self._begin()
        self.lock = threading.Lock()
        self.last_heard = time.monotonic()

    def feed(self, chunk: bytes) -> list[Event]:
        """Listen to a chunk: a Partial where it changed and, hands-free, a Final where the speaker paused."""
        if len(chunk) % 2:
            # sound that lost a byte is noise from there on: this chunk goes, the next one starts clean
            return [Trouble("odd_bytes")]
        if len(self._sound) + len(chunk) > self._max_bytes:
            raise AudioRefused(
                sentence(
                    "This is more than {seconds:.0f} seconds in one go. Finish what you have, then go on.",
                    seconds=self._max_bytes / 2 / self._rate_hz,
                ),
                code="too_long",
            )
        self._sound += chunk
        self._meter.add(np.frombuffer(chunk, "<i2"))
        if not chunk or not self._recogniser.AcceptWaveform(chunk):
            return self._partial()
        self._pieces += self._words(self._recogniser.Result())
        if not self._hands_free:
            return self._partial()
        return self._end() if self._pieces else self._passed()

    def finish(self) -> list[Event]:
        """End the utterance: always one Final, and a Trouble where there is something to tell."""
        if self._sound:
            self._pieces += self._words(self._recogniser.FinalResult())
        return self._end()

    def others(self, limit: int) -> tuple[Alternative, ...]:
        """Other readings of the last utterance, likeliest first, by listening to it once more."""
        sound = bytes(self._sound) or self._last_sound
        if not sound:
            return ()
        again = self._make()
        again.SetMaxAlternatives(limit)
        again.AcceptWaveform(sound)
        found = json.loads(again.FinalResult()).get("alternatives", [])
        return tuple(Alternative(other["text"], float(other["confidence"])) for other in found if other["text"])

    def _begin(self) -> None:
        self._sound = bytearray()
        self._meter = LoudnessMeter(self._rate_hz)
        self._pieces: list[Word] = []
        self._shown = ""

    def _partial(self) -> list[Event]:
        """Pieces before a pause, then what is being said now; nothing where that did not change."""
        now = json.loads(self._recogniser.PartialResult()).get("partial", "")
        text = " ".join([word.text for word in self._pieces] + now.split())
        if text == self._shown:
            return []
        self._shown = text
        return [Partial(text)]

    def _passed(self) -> list[Event]:
        """Silence between utterances is nobody's, however long: it does not add up to one that is too long."""
        shown = self._shown
        self._earlier_bytes += len(self._sound)
        self._begin()
        self._shown = shown
        return self._partial()

    def _end(self) -> list[Event]:
        words = self._pieces
        if all(word.text == UNKNOWN_WORD for word in words):
            words = []
        self._last_sound = bytes(self._sound)
        self._earlier_bytes += len(self._sound)
        trouble = self._meter.trouble(understood=bool(words))
        others = self.others(self._alternatives) if self._alternatives and words else ()
        self._begin()
        final = Final(" ".join(word.text for word in words), tuple(words), others)
        return [final, Trouble(trouble)] if trouble else [final]

    def _words(self, result: str) -> list[Word]:
        """Vosk counts time from the first sound it ever got; we count from the start of the utterance."""
        start_s = self._earlier_bytes / 2 / self._rate_hz
        return [
            Word(word["word"], _ms(word["start"] - start_s), _ms(word["end"] - start_s), round(float(word["conf"]), 4))
            for word in json.loads(result).get("result", [])
        ]


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))
