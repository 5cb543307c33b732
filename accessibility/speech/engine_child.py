"""The other end of an engine process: reads requests from standard input, answers on standard output."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from accessibility.sentences import packed
from accessibility.speech.errors import EngineStopped, SpeechError
from accessibility.speech.frames import Header, read_frame, write_frame

Handler = Callable[[Header, bytes], tuple[Header, bytes]]


def serve(handle: Handler, replies: BinaryIO, *, threads: int = 1) -> None:
    """
    Answer every request until standard input closes, which is also what happens when the parent dies.

    Args:
        handle: (header, body) → (header, body); a SpeechError becomes an error frame.
        replies: from `take_standard_output()`.
        threads: how many requests may run at once; replies may then come out of order.
    """
    lock = threading.Lock()

    def answer(header: Header, body: bytes) -> None:
        reply, payload = _answered(handle, header, body)
        with lock:
            write_frame(replies, reply | {"id": header["id"]}, payload)

    with ThreadPoolExecutor(threads) as pool:
        # without threads where one is enough: an engine that forks needs a process of one thread
        submit = pool.submit if threads > 1 else (lambda work, *frame: work(*frame))
        while (frame := read_frame(sys.stdin.buffer)) is not None:
            submit(answer, *frame)


def in_fresh_copy(handle: Handler, *, seconds: int) -> Handler:
    """
    Answer each request in a copy of this process that ends after it: whatever the engine keeps is gone.

    Args:
        seconds: a copy that takes longer is ended by the system.
    """

    def handle_in_copy(header: Header, body: bytes) -> tuple[Header, bytes]:
        reading, writing = os.pipe()
        if (copy := os.fork()) == 0:
            signal.alarm(seconds)
            with os.fdopen(writing, "wb") as out:
                write_frame(out, *_answered(handle, header, body))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as answers:
            frame = read_frame(answers)
        os.waitpid(copy, 0)
        if frame is None:
            raise EngineStopped("The speech engine stopped at this text. Try a shorter one.")
        return frame

    return handle_in_copy


def _answered(handle: Handler, header: Header, body: bytes) -> tuple[Header, bytes]:
    try:
        return handle(header, body)
    except SpeechError as error:
        return {"error": error.code, "message": packed(error.message)}, b""
    except Exception as error:  # an engine's own failure must reach the parent as a sentence, not as silence
        return {"error": SpeechError.code, "message": f"{type(error).__name__}: {error}"}, b""


def take_standard_output() -> BinaryIO:
    """Keep the real standard output for frames; what libraries print there goes nowhere."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return replies
