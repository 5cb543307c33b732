"""An engine for tests that can hang, die and babble: what real engines do on bad days."""

from __future__ import annotations

import os
import time

from accessibility.speech.engine_child import serve, take_standard_output
from accessibility.speech.errors import NoEngine
from accessibility.speech.frames import Header


def handle(header: Header, body: bytes) -> tuple[Header, bytes]:
    if header["op"] == "hang":
        time.sleep(60)
    if header["op"] == "die":
        os._exit(3)
    if header["op"] == "print":
        print("a library that talks on standard output")
    if header["op"] == "refuse":
        raise NoEngine("There is no engine here. Install one.")
    if header["op"] == "break":
        raise ValueError("an error of the library")
    return {"said": header["op"]}, body


if __name__ == "__main__":
    serve(handle, take_standard_output(), threads=2)
