"""A process of our own for a speech engine: start it, ask it, notice when it hangs or dies, end it."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import BinaryIO

from accessibility.sentences import sentence, unpacked
from accessibility.speech.errors import EngineStopped, EngineTimeout, by_code
from accessibility.speech.frames import Header, read_frame, write_frame

Reply = tuple[Header, bytes]
_HOME = Path(__file__).resolve().parents[2]  # the folder that holds the `accessibility` package


class EngineProcess:
    """
    One child process; any thread may ask, and each question gets its own answer.

    Writing and reading have a thread each, so that a child that stops reading never blocks who asks.
    """

    def __init__(self, module: str, arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(environment or {}),
            start_new_session=True,  # Ctrl-C in a terminal is for us; the child ends when its input does
        )
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Reply]] = {}
        self._outgoing: queue.SimpleQueue[tuple[Header, bytes] | None] = queue.SimpleQueue()
        self._next_id = 0
        self._gone = False
        self._last_sign = time.monotonic()
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._threads = [
            threading.Thread(target=self._write, args=(self._child.stdin,), daemon=True),
            threading.Thread(target=self._read, args=(self._child.stdout,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """False once the process has ended."""
        return not self._gone

    @property
    def process_id(self) -> int:
        """For measuring memory."""
        return self._child.pid

    @property
    def silent_seconds(self) -> float:
        """How long the process has owed an answer without giving any."""
        return time.monotonic() - self._last_sign if self._waiting else 0.0

    def ask(self, header: Header, body: bytes = b"") -> Future[Reply]:
        """Send a request; the future gets the reply, a SpeechError that the child reported, or EngineStopped."""
        future: Future[Reply] = Future()
        with self._lock:
            if self._gone:
                future.set_exception(_stopped())
                return future
            if not self._waiting:
                self._last_sign = time.monotonic()
            self._next_id += 1
            self._waiting[self._next_id] = future
            self._outgoing.put((header | {"id": self._next_id}, body))
        return future

    def ask_and_wait(self, header: Header, body: bytes = b"", *, seconds: float) -> Reply:
        """
        Ask and wait. An engine that gives no reply in time is ended, so that the next call gets a fresh one.

        Raises:
            EngineTimeout, EngineStopped, or what the child reported.
        """
        try:
            return self.ask(header, body).result(seconds)
        except TimeoutError:
            self.kill()
            raise EngineTimeout(
                sentence(
                    "The speech engine gave no answer in {seconds:g} seconds. It is started again: try once more.",
                    seconds=seconds,
                )
            ) from None

    def kill(self) -> None:
        """End the process at once; whoever waits gets EngineStopped."""
        self._child.kill()

    def close(self) -> None:
        """Ask the process to end by closing its input; end it after two seconds. Whoever waits gets EngineStopped."""
        self._outgoing.put(None)
        try:
            self._child.wait(2)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for thread in self._threads:
            thread.join(2)

    def _write(self, stream: BinaryIO) -> None:
        try:
            while (frame := self._outgoing.get()) is not None:
                write_frame(stream, *frame)
            stream.close()
        except (OSError, ValueError):
            pass  # the process is gone: the reading thread tells everybody

    def _read(self, stream: BinaryIO) -> None:
        try:
            while (frame := read_frame(stream)) is not None:
                self._last_sign = time.monotonic()
                self._settle(*frame)
        except (OSError, ValueError):
            self._child.kill()  # no frame: the stream cannot be trusted any more
        self._end(stream)

    def _settle(self, header: Header, body: bytes) -> None:
        with self._lock:
            future = self._waiting.pop(header["id"], None)
        if future is None or not future.set_running_or_notify_cancel():
            return
        if "error" in header:
            future.set_exception(by_code(header["error"], unpacked(header["message"])))
        else:
            future.set_result((header, body))

    def _end(self, stream: BinaryIO) -> None:
        with self._lock:
            self._gone = True
            waiting, self._waiting = list(self._waiting.values()), {}
        self._outgoing.put(None)
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(_stopped())
        stream.close()
        self._child.wait()


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Ours, plus where our own package is: the child may be started from any folder."""
    paths = [str(_HOME), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path), **extra}


def _stopped() -> EngineStopped:
    return EngineStopped("The speech engine stopped. It starts again by itself: try once more.")
