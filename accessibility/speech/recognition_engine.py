"""
The process that listens: Vosk with one model in memory, and one recogniser for each speaker.

Vosk lets go of Python's lock while it decodes, so a few threads in one process serve many speakers from one copy of
the model. Sound lives in this process's memory until the next utterance, and nowhere else.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

from accessibility.sentences import sentence
from accessibility.speech.engine_child import serve, take_standard_output
from accessibility.speech.errors import Busy, GrammarRefused, ModelRefused, NoEngine, SessionClosed, SpeechError
from accessibility.speech.frames import Header
from accessibility.speech.heard import UNKNOWN_WORD, to_json
from accessibility.speech.listener import Listener


class Model:
    """A Vosk model and what it knows."""

    def __init__(self, folder: str) -> None:
        try:
            import vosk
        except ImportError as error:
            raise NoEngine(
                sentence("Vosk is not installed ({error}). Run: pip install 'annotation-lab[voice]'", error=error)
            ) from error
        self._vosk, self._folder = vosk, folder
        vosk.SetLogLevel(-1)
        try:
            self._model = vosk.Model(folder)
        except Exception as error:  # vosk raises bare exceptions
            raise self._refused() from error

    def recogniser(self, rate_hz: int, grammar: list[str] | None) -> Any:
        """A recogniser for free dictation, or for these phrases and `[unk]` for all others."""
        # Vosk's own JSON reader takes \u00eb for six letters, so that no word with an accent would be heard.
        phrases = [] if grammar is None else [json.dumps([*grammar, UNKNOWN_WORD], ensure_ascii=False)]
        try:
            made = self._vosk.KaldiRecognizer(self._model, rate_hz, *phrases)
        except Exception as error:  # a damaged graph shows only here
            raise self._refused() from error
        made.SetWords(True)
        return made

    def _refused(self) -> ModelRefused:
        return ModelRefused(f"Vosk cannot use the model in {self._folder}. Install the model again.")

    def known(self, grammar: list[str]) -> list[str]:
        """The phrases of which the model knows every word; Vosk would drop single words from the others."""
        return [phrase for phrase in grammar if all(map(self._knows, phrase.split()))]

    def _knows(self, word: str) -> bool:
        return int(self._model.vosk_model_find_word(word)) >= 0


class Room:
    """All speakers of one language."""

    def __init__(self, model: Model, max_sessions: int, idle_seconds: float) -> None:
        self._model, self._max_sessions, self._idle_seconds = model, max_sessions, idle_seconds
        self._listeners: dict[str, Listener] = {}
        self._lock = threading.Lock()

    def answer(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """One request of one speaker."""
        if header["op"] == "open":
            return self._open(header), b""
        if header["op"] == "close":
            with self._lock:
                self._listeners.pop(header["session"], None)
            return {}, b""
        listener = self._listener(header["session"])
        with listener.lock:
            return _ask(listener, header, body), b""

    def _open(self, header: Header) -> Header:
        grammar, unknown = header["grammar"], []
        if grammar is not None:
            known = self._model.known(grammar)
            unknown = [phrase for phrase in grammar if phrase not in known]
            grammar = known
            if not known:
                raise GrammarRefused(
                    sentence("The model knows none of these commands: {commands}.", commands=", ".join(unknown[:10]))
                )
        with self._lock:
            self._forget_idle()
            if len(self._listeners) >= self._max_sessions:
                raise Busy(
                    sentence(
                        "{max_sessions} people are speaking already. Try again in a moment.", max_sessions=self._max_sessions
                    )
                )
            self._listeners[header["session"]] = Listener(
                lambda: self._model.recogniser(header["rate"], grammar),
                rate_hz=header["rate"],
                hands_free=header["hands_free"],
                alternatives=header["alternatives"],
                max_seconds=header["max_seconds"],
            )
        return {"unknown": unknown}

    def _forget_idle(self) -> None:
        """A client that was lost without a word must not keep its place for ever."""
        oldest = time.monotonic() - self._idle_seconds
        for name in [name for name, listener in self._listeners.items() if listener.last_heard < oldest]:
            del self._listeners[name]

    def _listener(self, name: str) -> Listener:
        with self._lock:
            self._forget_idle()
            if (listener := self._listeners.get(name)) is None:
                raise SessionClosed("Listening has stopped, since nothing came in for a while. Start it again.")
            listener.last_heard = time.monotonic()
            return listener


def _ask(listener: Listener, header: Header, body: bytes) -> Header:
    if header["op"] == "feed":
        return {"events": [to_json(event) for event in listener.feed(body)]}
    if header["op"] == "finish":
        return {"events": [to_json(event) for event in listener.finish()]}
    if header["op"] == "alternatives":
        return {"alternatives": [[other.text, other.score] for other in listener.others(header["limit"])]}
    raise SpeechError(sentence('The recogniser knows no "{operation}".', operation=header["op"]))


def main() -> None:
    """Arguments: model folder, most sessions, idle seconds. The model is loaded at the first request."""
    folder, max_sessions, idle_seconds = sys.argv[1:4]
    replies = take_standard_output()
    room: Room | None = None
    lock = threading.Lock()

    def handle(header: Header, body: bytes) -> tuple[Header, bytes]:
        nonlocal room
        with lock:
            room = room or Room(Model(folder), int(max_sessions), float(idle_seconds))
        return room.answer(header, body)

    serve(handle, replies, threads=max(2, os.cpu_count() or 2))


if __name__ == "__main__":
    main()
