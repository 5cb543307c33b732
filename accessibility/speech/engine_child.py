"""The other end of an engine process: reads requests from standard input, answers on standard output."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from accessibility.speech.errors import SpeechError
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
        while (frame := read_frame(sys.stdin.buffer)) is not None:
            pool.submit(answer, *frame)


def _answered(handle: Handler, header: Header, body: bytes) -> tuple[Header, bytes]:
    try:
        return handle(header, body)
    except SpeechError as error:
        return {"error": error.code, "message": error.message}, b""
    except Exception as error:  # an engine's own failure must reach the parent as a sentence, not as silence
        return {"error": SpeechError.code, "message": f"{type(error).__name__}: {error}"}, b""


def take_standard_output() -> BinaryIO:
    """Keep the real standard output for frames; what libraries print there goes nowhere."""
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return replies
