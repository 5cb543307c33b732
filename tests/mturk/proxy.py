"""A wire between a program and a lab that fails as wires do: an answer is lost on its way, or the lab says "too fast"."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Trouble = Callable[[str, int], str | None]  # (operation, number of the call) → "lost", "throttled" or None


@contextmanager
def a_bad_wire(target: str, trouble: Trouble) -> Iterator[tuple[str, list[str]]]:
    """Its address, and what happened on it. The Host that was signed goes along, so signatures stay right."""
    happened: list[str] = []
    parts = urlsplit(target)
    counting = threading.Lock()

    class Wire(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            operation = self.headers["x-amz-target"].rpartition(".")[2]
            with counting:
                number = sum(each.startswith(operation + " ") for each in happened)
                what = trouble(operation, number)
                happened.append(f"{operation} {what}")
            if what == "throttled":
                self._say(400, json.dumps({"__type": "ThrottlingException", "message": "Rate exceeded"}).encode())
                return
            there = http.client.HTTPConnection(parts.hostname or "", parts.port)
            there.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() != "connection":
                    there.putheader(name, value)
            there.endheaders(body)
            answer = there.getresponse()
            content = answer.read()
            there.close()
            if what == "lost":
                self.close_connection = True  # it was done, and nobody hears of it
                self.connection.close()
                return
            self._say(answer.status, content)

        def _say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError):  # the wire was cut on purpose
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Wire)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}{parts.path}", happened
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)
