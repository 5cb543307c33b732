"""What is to be said and how, and what comes back: plain records, shared by the engine, the cache and the pages."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from accessibility.sentences import sentence
from accessibility.speech.errors import TextRefused, UnknownVoice

LANGUAGES = {"nl": "gmw/nl", "en": "gmw/en"}  # the engine's own voice for each of our languages
MAX_CODE_POINTS = 5000
_FORMAT = 1  # raise it when the same text must be rendered again
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Voice:
    """
    How it should sound; all of it is the listener's choice.

    Args:
        language: "nl" or "en".
        rate: words per minute, 80 to 450.
        pitch: 0 (low) to 99 (high), 50 is the voice's own.
        name: an engine voice with an optional variant, as "gmw/en-us" or "gmw/nl+f3"; empty: the language's own.
    """

    language: str
    rate: int = 165
    pitch: int = 50
    name: str = ""

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise UnknownVoice(
                sentence('There is no voice for the language "{language}". Choose from: en, nl.', language=self.language)
            )
        if not 80 <= self.rate <= 450:
            raise UnknownVoice(
                sentence("A speech rate of {rate} words per minute is not possible. Choose 80 to 450.", rate=self.rate)
            )
        if not 0 <= self.pitch <= 99:
            raise UnknownVoice(sentence("A pitch of {pitch} is not possible. Choose 0 (low) to 99 (high).", pitch=self.pitch))

    @property
    def engine_name(self) -> str:
        return self.name or LANGUAGES[self.language]


@dataclass(frozen=True)
class Mark:
    """
    A sentence or word in the text and in the sound.

    Args:
        text_start, text_end: offsets in the text, in code points, end excluded.
        start_ms, end_ms: in the sound, from its start.
    """

    text_start: int
    text_end: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Speech:
    """
    Spoken text.

    Args:
        wav: a complete WAV file, mono, 16 bit.
        duration_ms: of the whole.
        sentences: one mark per sentence, without gaps.
        words: one mark per word as the engine counts words; empty where an engine gives no word times.
    """

    wav: bytes
    duration_ms: int
    sentences: tuple[Mark, ...]
    words: tuple[Mark, ...]

    def sentence_at(self, at_ms: int) -> Mark | None:
        """The sentence that sounds at this time."""
        return next((mark for mark in self.sentences if mark.start_ms <= at_ms < mark.end_ms), None)

    def marks(self) -> dict[str, Any]:
        """Everything but the sound, as JSON."""
        return {key: value for key, value in asdict(self).items() if key != "wav"}


def from_marks(wav: bytes, marks: dict[str, Any]) -> Speech:
    """The inverse of `Speech.marks()`."""
    sentences, words = (tuple(Mark(**mark) for mark in marks[key]) for key in ("sentences", "words"))
    return Speech(wav, marks["duration_ms"], sentences, words)


def speakable(text: str) -> str:
    """
    The text without control characters, of the same length, so that offsets stay true.

    Raises:
        TextRefused: nothing to say, or more than 5000 characters.
    """
    if len(text) > MAX_CODE_POINTS:
        raise TextRefused(
            sentence(
                "This text has {count} characters; at most {max_code_points} can be spoken at once. Speak it in parts.",
                count=len(text),
                max_code_points=MAX_CODE_POINTS,
            )
        )
    clean = _CONTROL.sub(" ", text)
    if not clean.strip():
        raise TextRefused("There is no text to speak here.")
    return clean


def content_key(text: str, voice: Voice) -> str:
    """The name under which this sound is kept: the same words in the same voice have the same key."""
    content = json.dumps([_FORMAT, text, voice.engine_name, voice.rate, voice.pitch], ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()
