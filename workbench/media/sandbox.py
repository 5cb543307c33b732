"""Foreign media is decoded in a process of its own, with limits.

Decoders are large, written in C, and meet files made by anybody. So the application never loads them: it asks a child
process, over a pipe, in JSON. The child has limits on memory, computing time, open files and the size of what it
writes; no secrets in its environment; and no network where the system allows that to be taken away. When it crashes
or meets a limit, the file gets a sentence and the application goes on.

    parent:  run("probe", path=…, name=…)    →  {"function": "probe", "arguments": {…}}
    child:   {"progress": 12.5}*  then  {"result": …}  or  {"error": {"type", "message", "file"}}

A child that did its work is used again for a while, because starting one takes a third of a second.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from accessibility.sentences import sentence, unpacked
from workbench.errors import BadInput, NotFound, RefusedUpload, Unavailable, WorkbenchError

FILES_PER_CHILD = 200
IDLE_CHILDREN = 2


@dataclass(frozen=True)
class Limits:
    """What one file may use. The memory is address space, of which libraries reserve more than they touch."""

    memory_bytes: int = 4 << 30
    cpu_seconds: int = 600
    timeout_seconds: float = 900
    file_bytes: int = 4 << 30
    open_files: int = 64


QUICK = Limits()
LONG = Limits(cpu_seconds=12 * 3600, timeout_seconds=12 * 3600, file_bytes=64 << 30)


def run(function: str, *, limits: Limits = QUICK, on_progress: Callable[[float], None] | None = None, **arguments: Any) -> Any:
    """
    Run one of `sandbox_child.FUNCTIONS` in a process of its own.

    Args:
        function: its name.
        limits: what it may use.
        on_progress: called with seconds of media done, several times a second; what it raises stops the work.
        arguments: plain JSON, or paths; `name` is what messages call the file.

    Returns:
        What the function returns, as plain JSON.

    Raises:
        BadInput: the file cannot be decoded, crashes the decoder, or needs more than the limits.
        RefusedUpload: the file is not safe.
        Unavailable: no child process can be started.
    """
    name = str(arguments.get("name") or Path(str(arguments.get("path", "the file"))).name)
    child = _take(limits)
    try:
        answer = child.ask(function, arguments, on_progress)
    except _Died as died:
        child.end()
        raise BadInput(
            sentence('"{name}" could not be read: {reason}', name=name, reason=died.reason(limits)), file=name
        ) from died
    except BaseException:
        child.end()  # stopped half way: whatever it still says belongs to nobody
        raise
    _give_back(child)
    if "error" in answer:
        raise _error(answer["error"])
    return answer["result"]


_ERRORS: dict[str, type[WorkbenchError]] = {kind.__name__: kind for kind in (BadInput, RefusedUpload, NotFound, Unavailable)}


def _error(told: dict[str, Any]) -> Exception:
    kind = _ERRORS.get(told["type"])
    if kind is None:  # a mistake of ours in the child: it must not look like one of the person's
        return RuntimeError(f"{told['type']} in the media process: {told['message']}")
    message = unpacked(told["message"])
    return kind(message, file=told["file"]) if issubclass(kind, BadInput) else kind(message)


class _Died(Exception):
    """The child is gone or out of time."""

    def __init__(self, status: int | None, last_words: str = "") -> None:
        super().__init__(f"exit status {status}: {last_words}")
        self.status = status

    def reason(self, limits: Limits) -> str:
        if self.status is None:
            return sentence(
                "it took longer than {seconds:g} seconds. Send a shorter or smaller file.", seconds=limits.timeout_seconds
            )
        if self.status == -signal.SIGXCPU:
            return sentence(
                "it took more than {seconds} seconds of computing. Send a shorter or smaller file.", seconds=limits.cpu_seconds
            )
        return sentence("the decoder broke down on it. Save it again in a common format, then upload it again.")


class _Child:
    """One child process and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.done, self.pid_of_parent = limits, 0, os.getpid()
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child; what the child says when it dies
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "workbench.media.sandbox_child", json.dumps(asdict(limits))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words, env=_environment(), start_new_session=True,
        )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, function: str, arguments: dict[str, Any], on_progress: Callable[[float], None] | None) -> dict[str, Any]:
        self.done += 1
        request = json.dumps({"function": function, "arguments": arguments}, default=str)
        try:
            self._stdin.write(request.encode() + b"\n")
            self._stdin.flush()
        except BrokenPipeError:
            self._mourn()
        for line in self._lines(time.monotonic() + self.limits.timeout_seconds):
            message: dict[str, Any] = json.loads(line)
            if "progress" not in message:
                return message
            if on_progress is not None:
                on_progress(message["progress"])
        return self._mourn()

    def _lines(self, deadline: float) -> Iterator[bytes]:
        """Lines from the child until it closes its end."""
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise _Died(None)
                data = os.read(self._stdout.fileno(), 1 << 16)
                if not data:
                    return
                *lines, rest = (rest + data).split(b"\n")
                yield from lines

    def _mourn(self) -> NoReturn:
        status = self._process.wait()
        self._words.seek(0)
        raise _Died(status, self._words.read()[-2000:].decode(errors="replace"))

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def alive(self) -> bool:
        return self.pid_of_parent == os.getpid() and self._process.poll() is None

    def end(self) -> None:
        if self.pid_of_parent != os.getpid():
            return  # inherited over a fork: it belongs to our parent
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._stdin.close()
        self._stdout.close()
        self._words.close()


def _environment() -> dict[str, str]:
    """Only what Python needs: no keys of stores, no address of the database."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    package = str(Path(__file__).resolve().parents[2])
    # One thread pool per library would reserve address space by the number of processors.
    return {**kept, "PYTHONPATH": package, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


_idle: defaultdict[Limits, list[_Child]] = defaultdict(list)
_lock = threading.Lock()


def _take(limits: Limits) -> _Child:
    with _lock:
        while _idle[limits]:
            child = _idle[limits].pop()
            if child.alive():
                return child
    try:
        return _Child(limits)
    except OSError as error:
        raise Unavailable(
            sentence("The media process cannot be started: {error}. Free some memory, then try again.", error=error)
        ) from error


def _give_back(child: _Child) -> None:
    with _lock:
        if child.done < FILES_PER_CHILD and len(_idle[child.limits]) < IDLE_CHILDREN:
            _idle[child.limits].append(child)
            return
    child.end()


def close() -> None:
    """End the children that wait for work. Called at exit; the next `run` starts new ones."""
    with _lock:
        children = [child for waiting in _idle.values() for child in waiting]
        _idle.clear()
    for child in children:
        child.end()


atexit.register(close)
