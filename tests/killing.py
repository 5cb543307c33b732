"""Kill a real server under load, start it again, and see what became of the answers."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from workbench import tables as t
from workbench.store.database import Database


@dataclass
class Seen:
    """What clients were told. `acknowledged`: keys with a 201 or 200; `tried`: all keys sent."""

    acknowledged: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    rounds: int = 0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`workbench serve` as a process of its own, with its children."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "workbench.cli", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """SIGTERM, as systemd does."""
        self.process.terminate()
        self.process.wait(timeout=60)


def worker(port: int, token: str, seen: Seen, stop: threading.Event, waiting: dict[str, tuple[str, dict[str, object]]]) -> None:
    """One client: repeats what was not acknowledged first, then works on until the server is gone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(path: str, body: object) -> tuple[int, bytes]:
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.read()

    def send(key: str) -> None:
        path, body = waiting[key]
        seen.tried.add(key)
        status, text = post(path, body)
        assert status in (200, 201), (status, text)
        seen.acknowledged.add(key)
        del waiting[key]

    try:
        for key in list(waiting):
            send(key)
        while not stop.is_set():
            status, text = post("/api/v1/work/next", {})
            if status != 200:
                return
            assignment = json.loads(text)["assignment"]["id"]
            key = str(uuid.uuid4())
            waiting[key] = (f"/api/v1/work/assignments/{assignment}/annotation", {"answer": {"value": 4}, "key": key})
            send(key)
    except (OSError, http.client.HTTPException):
        return


def wait_for(seen: Seen, acknowledged: int, most_seconds: float = 30) -> None:
    """Until so many answers are acknowledged."""
    until = time.monotonic() + most_seconds
    while len(seen.acknowledged) < acknowledged and time.monotonic() < until:
        time.sleep(0.005)


def run(environ: dict[str, str], tokens: list[str], *, rounds: int, rng: random.Random) -> Seen:
    """So many rounds of load, kill and start; the last one ends in peace."""
    seen = Seen()
    waiting: list[dict[str, tuple[str, dict[str, object]]]] = [{} for _ in tokens]
    for number in range(rounds + 1):
        server, stop = Server(environ), threading.Event()
        crowd = [
            threading.Thread(target=worker, args=(server.port, token, seen, stop, waiting[i])) for i, token in enumerate(tokens)
        ]
        for thread in crowd:
            thread.start()
        if number == rounds:
            wait_for(seen, len(seen.acknowledged) + 10)
            stop.set()
            for thread in crowd:
                thread.join()
            server.stop()
        else:
            # At a moment that nobody chose, but after some answers: a start takes a while on a busy machine.
            wait_for(seen, len(seen.acknowledged) + rng.randrange(3, 60))
            time.sleep(rng.uniform(0, 0.05))
            server.kill()
            for thread in crowd:
                thread.join()
        seen.rounds = number
    return seen


def stored_keys(database_url: str) -> Counter[str]:
    """How often each key is in the database."""
    db = Database(database_url)
    try:
        return Counter(db.read(lambda connection: list(connection.scalars(sa.select(t.annotation.c.key)))))
    finally:
        db.close()


def lost_and_doubled(seen: Seen, stored: Counter[str]) -> tuple[set[str], set[str]]:
    """(acknowledged but not stored, stored more than once)."""
    return seen.acknowledged - set(stored), {key for key, count in stored.items() if count > 1}


def database_of(folder: Path) -> str:
    """The URL of the lab in this folder."""
    return f"sqlite:///{folder / 'workbench.sqlite3'}"
