"""
Speech to words: sessions of many speakers over one Vosk process per language.

Every question waits for its answer, and a session has one chunk under way at a time. That is all the back pressure
there is to it: a slow recogniser slows down who speaks, a slow client holds up nobody else, and no queue can grow. A
client that was lost keeps its place until it has been idle for a while.

    with Recogniser(folder) as recogniser:
        session = recogniser.open("nl")
        for chunk in chunks:
            for event in session.feed(chunk): ...   # Partial, Final (hands-free), Trouble
        for event in session.finish(): ...          # Final, and Trouble where there is something to tell
        session.close()

Every method has a twin for event loops: `open_async`, `feed_async`, `finish_async` …
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from accessibility.sentences import sentence
from accessibility.speech import models
from accessibility.speech.engine_process import EngineProcess, Reply
from accessibility.speech.errors import AudioRefused, Busy, EngineStopped, EngineTimeout, ModelRefused, SessionClosed
from accessibility.speech.frames import Header
from accessibility.speech.heard import Alternative, Event, from_json

__all__ = ["SAMPLE_RATES", "Limits", "Recogniser", "Session"]

_MODULE = "accessibility.speech.recognition_engine"
SAMPLE_RATES = (16000, 22050, 24000, 32000, 44100, 48000)  # below 16 kHz Vosk's models refuse


@dataclass(frozen=True)
class Limits:
    """
    What one machine and one person may ask.

    Args:
        sessions: speakers at once, per language.
        utterance_seconds: longest utterance.
        idle_seconds: a session without sound for this long ends.
        load_seconds: how long loading a model may take.
        answer_seconds: no answer for this long counts as lost; a process that gives none to anybody is ended.
        chunk_bytes: largest chunk.
    """

    sessions: int = 128
    utterance_seconds: float = 120.0
    idle_seconds: float = 600.0
    load_seconds: float = 120.0
    answer_seconds: float = 15.0
    chunk_bytes: int = 1 << 20


class Session:
    """One speaker. Not for two threads at once: one chunk at a time, and wait for its answer."""

    def __init__(self, engine: EngineProcess, name: str, limits: Limits, unknown: tuple[str, ...]) -> None:
        self._engine, self._name, self._limits = engine, name, limits
        self._busy = threading.Lock()
        self._closed = False
        self.unknown_phrases = unknown
        """Phrases of the grammar that this model cannot hear; they need a key."""

    def feed(self, chunk: bytes) -> list[Event]:
        """
        Listen to a chunk of 16-bit little-endian mono PCM, best 100 to 250 ms.

        Raises:
            AudioRefused: the chunk or the utterance is too long (the code says which).
            Busy, SessionClosed, EngineTimeout, EngineStopped.
        """
        return _events(self._ask({"op": "feed"}, self._checked(chunk)))

    async def feed_async(self, chunk: bytes) -> list[Event]:
        """As `feed`."""
        return _events(await self._ask_async({"op": "feed"}, self._checked(chunk)))

    def finish(self) -> list[Event]:
        """End the utterance (the talk key is up): one Final, and a Trouble where there is something to tell."""
        return _events(self._ask({"op": "finish"}))

    async def finish_async(self) -> list[Event]:
        """As `finish`."""
        return _events(await self._ask_async({"op": "finish"}))

    def alternatives(self, limit: int = 5) -> tuple[Alternative, ...]:
        """Other readings of the last utterance, likeliest first; asked for when someone starts to fix."""
        return _alternatives(self._ask({"op": "alternatives", "limit": limit}))

    async def alternatives_async(self, limit: int = 5) -> tuple[Alternative, ...]:
        """As `alternatives`."""
        return _alternatives(await self._ask_async({"op": "alternatives", "limit": limit}))

    def close(self) -> None:
        """End the session and forget its sound. Never waits, may be called twice."""
        if not self._closed:
            self._closed = True
            self._engine.ask({"op": "close", "session": self._name})

    def _checked(self, chunk: bytes) -> bytes:
        if len(chunk) > self._limits.chunk_bytes:
            raise AudioRefused(
                sentence(
                    "A chunk of {count} bytes is too large; send at most {chunk_bytes} at a time.",
                    count=len(chunk),
                    chunk_bytes=self._limits.chunk_bytes,
                ),
                code="chunk_too_large",
            )
        return chunk

    def _ask(self, header: Header, body: bytes = b"") -> Reply:
        self._take_turn()
        try:
            return _wait(self._engine, header | {"session": self._name}, body, self._limits.answer_seconds)
        finally:
            self._busy.release()

    async def _ask_async(self, header: Header, body: bytes = b"") -> Reply:
        self._take_turn()
        try:
            return await _wait_async(self._engine, header | {"session": self._name}, body, self._limits.answer_seconds)
        finally:
            self._busy.release()

    def _take_turn(self) -> None:
        if self._closed:
            raise SessionClosed("Listening has stopped. Start it again.")
        if not self._busy.acquire(blocking=False):
            raise Busy("The sound before this is still being listened to. Send one chunk at a time.")


class Recogniser:
    """
    Listens to many speakers. Use as a context manager, or call `close()`.

    Args:
        folder: where the models are, a folder for each language.
        for_tests: also take models that are made for tests only.
    """

    def __init__(self, folder: Path, *, limits: Limits | None = None, for_tests: bool = False) -> None:
        self._folder, self._limits, self._for_tests = folder, limits or Limits(), for_tests
        self._engines: dict[str, EngineProcess] = {}
        self._lock = threading.Lock()

    def languages(self) -> tuple[str, ...]:
        """The languages that have a model."""
        return models.installed(self._folder, for_tests=self._for_tests)

    def open(
        self,
        language: str,
        *,
        grammar: Sequence[str] | None = None,
        rate: int = 16000,
        hands_free: bool = False,
        alternatives: int = 0,
    ) -> Session:
        """
        Start to listen to someone. The first of a language waits until its model is loaded.

        Args:
            grammar: phrases to listen for, all else is `[unk]`; None for free dictation.
            rate: samples per second of what is to come.
            hands_free: an utterance ends at a pause instead of at `finish()`.
            alternatives: other readings wanted with every Final (costs a second listening); see `alternatives()`.

        Raises:
            NoModel, ModelRefused, NoEngine, AudioRefused (rate), GrammarRefused, Busy, EngineTimeout.
        """
        engine, header = self._prepared(language, grammar, rate, hands_free, alternatives)
        with self._loading(language):
            reply, _ = _wait(engine, header, b"", self._limits.load_seconds)
        return Session(engine, header["session"], self._limits, tuple(reply["unknown"]))

    async def open_async(
        self,
        language: str,
        *,
        grammar: Sequence[str] | None = None,
        rate: int = 16000,
        hands_free: bool = False,
        alternatives: int = 0,
    ) -> Session:
        """As `open`."""
        engine, header = await asyncio.to_thread(self._prepared, language, grammar, rate, hands_free, alternatives)
        with self._loading(language):
            reply, _ = await _wait_async(engine, header, b"", self._limits.load_seconds)
        return Session(engine, header["session"], self._limits, tuple(reply["unknown"]))

    def check(self, language: str) -> None:
        """
        Listen to a second of silence: a model that was just installed either works, or is refused here.

        Raises:
            As `open`.
        """
        with self._loading(language):
            session = self.open(language)
            session.feed(bytes(2 * SAMPLE_RATES[0]))
            session.finish()
            session.close()

    def process_ids(self) -> tuple[int, ...]:
        """The engine processes, for measuring memory."""
        with self._lock:
            return tuple(engine.process_id for engine in self._engines.values() if engine.alive)

    def close(self) -> None:
        """End all engine processes; sessions get EngineStopped."""
        with self._lock:
            engines, self._engines = list(self._engines.values()), {}
        for engine in engines:
            engine.close()

    def __enter__(self) -> Recogniser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepared(
        self, language: str, grammar: Sequence[str] | None, rate: int, hands_free: bool, alternatives: int
    ) -> tuple[EngineProcess, Header]:
        if rate not in SAMPLE_RATES:
            known = ", ".join(map(str, SAMPLE_RATES))
            raise AudioRefused(
                sentence("Sound of {rate} samples per second cannot be understood. Use one of: {known}.", rate=rate, known=known),
                code="wrong_rate",
            )
        header = {
            "op": "open",
            "session": secrets.token_hex(8),
            "grammar": None if grammar is None else [phrase.lower() for phrase in grammar],
            "rate": rate,
            "hands_free": hands_free,
            "alternatives": alternatives,
            "max_seconds": self._limits.utterance_seconds,
        }
        return self._engine(language), header

    @contextlib.contextmanager
    def _loading(self, language: str) -> Iterator[None]:
        try:
            yield
        except EngineStopped as error:
            raise ModelRefused(
                sentence(
                    "The recogniser stopped while it loaded the model in {folder}. Either the model is damaged "
                    "(install it again), or it is too large for this machine's memory (install a smaller one).",
                    folder=self._folder / language,
                )
            ) from error

    def _engine(self, language: str) -> EngineProcess:
        model = models.find(self._folder, language, for_tests=self._for_tests)
        with self._lock:
            engine = self._engines.get(language)
            if engine is None or not engine.alive:
                arguments = [str(model), str(self._limits.sessions), str(self._limits.idle_seconds)]
                engine = self._engines[language] = EngineProcess(_MODULE, arguments)
            return engine


def _wait(engine: EngineProcess, header: Header, body: bytes, seconds: float) -> Reply:
    try:
        return engine.ask(header, body).result(seconds)
    except TimeoutError:
        raise _too_slow(engine, seconds) from None


async def _wait_async(engine: EngineProcess, header: Header, body: bytes, seconds: float) -> Reply:
    try:
        return await asyncio.wait_for(asyncio.wrap_future(engine.ask(header, body)), seconds)
    except TimeoutError:
        raise _too_slow(engine, seconds) from None


def _too_slow(engine: EngineProcess, seconds: float) -> EngineTimeout:
    # one slow answer among many is a busy machine; none to anybody is a process that hangs
    if engine.silent_seconds >= seconds * 0.9:
        engine.kill()
    return EngineTimeout(f"The recogniser gave no answer in {seconds:g} seconds. Please say it again.")


def _events(reply: Reply) -> list[Event]:
    return [from_json(event) for event in reply[0]["events"]]


def _alternatives(reply: Reply) -> tuple[Alternative, ...]:
    return tuple(Alternative(text, score) for text, score in reply[0]["alternatives"])
