"""
Text to WAV, in Dutch and English, without ever blocking a request.

A `Synthesiser` has a few engine processes, a waiting line of limited length, and a cache by content. The same text
asked for by twenty people at once is made once.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from accessibility.sentences import sentence
from accessibility.speech.cache import SpeechCache
from accessibility.speech.engine_process import EngineProcess
from accessibility.speech.errors import Busy, EngineStopped
from accessibility.speech.frames import Header
from accessibility.speech.spoken_text import Speech, Voice, content_key, from_marks, speakable
from accessibility.speech.wav import Pcm, to_wav

__all__ = ["Speech", "Synthesiser", "Voice"]

_MODULE = "accessibility.speech.synthesis_engine"


class Synthesiser:
    """
    Speaks texts. Use as a context manager, or call `close()`.

    Args:
        folder: where sounds are kept for next time.
        processes: engines at the same time; each starts at its first text.
        max_waiting: texts in line before `Busy` is raised.
        seconds: how long one text may take before its engine is started again.
        environment: extra variables for the engine, e.g. ESPEAK_DATA_PATH.
    """

    def __init__(
        self,
        folder: Path,
        *,
        processes: int = 2,
        max_waiting: int = 100,
        seconds: float = 20.0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._cache = SpeechCache(folder)
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="speech-out")
        self._idle: queue.LifoQueue[EngineProcess | None] = queue.LifoQueue()  # a warm one first
        for _ in range(processes):
            self._idle.put(None)
        self._processes = processes
        self._max_waiting = max_waiting
        self._seconds = seconds
        self._environment = dict(environment or {})
        self._lock = threading.Lock()
        self._making: dict[tuple[str, bool], Future[Speech]] = {}

    def say(self, text: str, voice: Voice, *, keep: bool = True) -> Speech:
        """
        Speak and wait for it.

        Args:
            keep: False for a worker's own words (hear back): they are not kept in the folder.

        Raises:
            TextRefused, UnknownVoice, NoEngine, Busy, EngineTimeout, EngineStopped.
        """
        return self.submit(text, voice, keep=keep).result()

    async def say_async(self, text: str, voice: Voice, *, keep: bool = True) -> Speech:
        """As `say`, for an event loop. Giving up waiting does not disturb others who wait for the same text."""
        return await asyncio.shield(asyncio.wrap_future(self.submit(text, voice, keep=keep)))

    def submit(self, text: str, voice: Voice, *, keep: bool = True) -> Future[Speech]:
        """Put a text in line. What was kept before is there at once."""
        clean = speakable(text)
        key = content_key(clean, voice)
        if (known := self._cache.get(key)) is not None:
            return _done(known)
        with self._lock:
            if (making := self._making.get((key, keep))) is not None:
                return making
            if len(self._making) >= self._max_waiting:
                raise Busy(
                    sentence(
                        "{max_waiting} texts are waiting to be spoken. Try again in a moment.", max_waiting=self._max_waiting
                    )
                )
            future = self._threads.submit(self._make, clean, voice, key, keep)
            self._making[(key, keep)] = future
        # outside the lock: a future that is done already calls back at once, in this thread
        future.add_done_callback(lambda _: self._making.pop((key, keep), None))
        return future

    def voices(self) -> tuple[str, ...]:
        """What the engine has for `Voice.name`: voices as "gmw/nl", and variants as "+f3" to put after one."""
        reply, _ = self._threads.submit(self._ask, {"op": "voices"}).result()
        return tuple(reply["voices"])

    def close(self) -> None:
        """End all engines. Texts still in line are dropped."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for _ in range(self._processes):
            if (engine := self._idle.get()) is not None:
                engine.close()

    def __enter__(self) -> Synthesiser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _make(self, text: str, voice: Voice, key: str, keep: bool) -> Speech:
        header, samples = self._ask(
            {"op": "speak", "text": text, "voice": voice.engine_name, "rate": voice.rate, "pitch": voice.pitch}
        )
        speech = from_marks(to_wav(Pcm(samples, header["rate_hz"])), header)
        if keep:
            self._cache.put(key, speech)
        return speech

    def _ask(self, header: Header) -> tuple[Header, bytes]:
        engine = self._idle.get()
        try:
            if engine is None or not engine.alive:
                engine = EngineProcess(_MODULE, environment=self._environment)
            try:
                return engine.ask_and_wait(header, seconds=self._seconds)
            except EngineStopped:
                # it may have died while idle: a text is harmless to say again, once
                engine = EngineProcess(_MODULE, environment=self._environment)
                return engine.ask_and_wait(header, seconds=self._seconds)
        finally:
            self._idle.put(engine)


def _done(speech: Speech) -> Future[Speech]:
    future: Future[Speech] = Future()
    future.set_result(speech)
    return future
