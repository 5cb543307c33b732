"""`workbench serve`: over https, and what it says when it cannot start."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.commands.running import PROGRAM, refusal, workbench

PATIENCE_SECONDS = 60


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address that a server with TLS prints, and its process. Output goes to a file: a pipe would fill up."""
    environ = {**os.environ, "WORKBENCH_DATA": str(tmp_path / "lab")}
    printed = tmp_path / "printed"
    with printed.open("wb") as out:
        command = [str(PROGRAM), "serve", "--tls", "--port", "0"]
        process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := re.search(r"https://localhost:\d+", printed.read_text())):
        assert process.poll() is None, printed.read_text()
        assert time.monotonic() < until, printed.read_text()
        time.sleep(0.05)
    yield found.group(), process
    if process.poll() is None:
        process.kill()
        process.wait()


def test_https_with_a_certificate_made_here(served: tuple[str, subprocess.Popen[bytes]], tmp_path: Path) -> None:
    """A program that trusts the lab's authority gets in; one that does not breaks off; SIGTERM ends all of it."""
    url, process = served
    trusting = ssl.create_default_context(cafile=str(tmp_path / "lab" / "tls" / "authority.pem"))
    with httpx.Client(verify=trusting, trust_env=False, timeout=PATIENCE_SECONDS) as client:
        answer = client.get(f"{url}/api/v1/openapi.json")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["strict-transport-security"]
    with pytest.raises(httpx.ConnectError, match="certificate"), httpx.Client(trust_env=False) as strict:
        strict.get(f"{url}/api/v1/openapi.json")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0


def test_what_cannot_be_served_is_told_in_one_line(tmp_path: Path) -> None:
    """A port that is taken, several processes on SQLite: exit status 1, and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "--port" in refusal(workbench(tmp_path / "lab", "serve", "--port", port))
    assert "PostgreSQL" in refusal(workbench(tmp_path / "lab", "serve", "--workers", "2"))
    assert "--host" in refusal(workbench(tmp_path / "lab", "serve", "--host", "192.0.2.1", "--port", "0"))


def children_of(pid: int, name: str) -> set[int]:
    """Processes that this one started, with `name` in their command line."""
    found = {int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()}
    return {child for child in found if name in Path(f"/proc/{child}/cmdline").read_text()}


def runs(pid: int) -> bool:
    """Does this process still run? One that nobody has asked for its status yet does not."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_text())
    except OSError:
        return False


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def test_a_second_server_process_that_dies_is_replaced_and_goes_with_the_first(tmp_path: Path, postgres_url: str) -> None:
    """`--workers 2`: the second is killed and another takes its place; when the first is killed it does not stay behind."""
    environ = {**os.environ, "WORKBENCH_DATA": str(tmp_path / "lab"), "WORKBENCH_DATABASE_URL": postgres_url}
    with (tmp_path / "printed").open("wb") as out:
        command = [str(PROGRAM), "serve", "--workers", "2", "--port", "0"]
        process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        until(lambda: len(children_of(process.pid, "workbench.serving")) == 1)
        [second] = children_of(process.pid, "workbench.serving")
        os.kill(second, signal.SIGKILL)
        until(lambda: bool(children_of(process.pid, "workbench.serving") - {second}))
        [third] = children_of(process.pid, "workbench.serving")
    finally:
        process.kill()
        process.wait()
    until(lambda: not runs(third))
