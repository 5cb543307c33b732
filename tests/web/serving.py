"""An app on a free port of this machine, for tests with a real browser."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


def a_free_port() -> socket.socket:
    """A port of this machine, for an app that must know its own address before it starts."""
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    return found


@contextmanager
def serving(app: FastAPI, on: socket.socket | None = None) -> Iterator[str]:
    """The address of the running app; it stops at the end."""
    listening = on or a_free_port()
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 120
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listening.close()
