"""The child's side of sandbox.py: limits first, then decoders, then one file after the other."""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import queue
import resource
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

# name → "module:function" and whether it reports progress. Nothing else can be asked for.
FUNCTIONS: dict[str, tuple[str, bool]] = {
    "limits": ("workbench.media.sandbox_child:limits_in_force", False),
    "probe": ("workbench.media.sandbox_child:probe", False),
    "speech": ("workbench.media.sandbox_child:speech", True),
    "upright": ("workbench.media.images:make_upright", False),
    "thumbnail": ("workbench.media.images:make_thumbnail", False),
    "crop": ("workbench.media.images:make_crop", False),
    "peaks": ("workbench.media.audio:make_peaks", True),
    "clip": ("workbench.media.audio:make_clip", False),
    "frames": ("workbench.media.video:make_frames", True),
    "frame": ("workbench.media.video:make_frame", False),
    "proposals": ("workbench.media.proposals:make_proposals", False),
    "poster": ("workbench.media.video:make_poster", False),
    "strip": ("workbench.media.video:make_strip", True),
    "proxy": ("workbench.media.proxy:make_proxy", True),
    "scenes": ("workbench.media.scenes:scene_cuts", True),
}
PROGRESS_SECONDS = 0.3
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def main(arguments: list[str]) -> None:
    """Serve requests from standard input until it closes."""
    limits = json.loads(arguments[0])
    network = not _leave_network()
    _limit(limits)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # a decoder that prints must not spoil the conversation
    os.environ["WORKBENCH_SANDBOX_NETWORK"] = "on" if network else "off"
    requests: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        request = json.loads(requests.get())
        _allow_cpu(limits["cpu_seconds"])
        answers.write(json.dumps(_answer(request, answers.write)).encode() + b"\n")


def _listen(requests: queue.Queue[bytes]) -> None:
    """Read requests; when the parent is gone, end at once, also in the middle of a file."""
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _answer(request: dict[str, Any], write: Callable[[bytes], Any]) -> dict[str, Any]:
    try:
        place, reports = FUNCTIONS[request["function"]]
        module, function = place.split(":")
        arguments = dict(request["arguments"])
        if reports:
            arguments["progress"] = _reporter(write)
        return {"result": getattr(importlib.import_module(module), function)(**arguments)}
    except Exception as error:
        return {"error": _told(error, str(request["arguments"].get("name", "the file")))}


def _told(error: Exception, name: str) -> dict[str, Any]:
    from accessibility.sentences import packed, sentence
    from workbench.errors import BadInput, WorkbenchError

    if isinstance(error, MemoryError):
        error = BadInput(sentence('"{name}" needs more memory than one file may use. Make it smaller.', name=name), file=name)
    elif isinstance(error, OSError) and error.errno == 27:  # EFBIG
        error = BadInput(
            sentence('What is made from "{name}" is larger than allowed. Send a shorter file.', name=name), file=name
        )
    if isinstance(error, WorkbenchError):
        return {"type": type(error).__name__, "message": packed(error.message), "file": getattr(error, "file", None)}
    return {"type": type(error).__name__, "message": str(error), "file": None}


def _reporter(write: Callable[[bytes], Any]) -> Callable[[float], None]:
    """A function that tells the parent about progress, not too often."""
    last = time.monotonic()

    def report(done: float) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_SECONDS:
            last = time.monotonic()
            write(json.dumps({"progress": done}).encode() + b"\n")

    return report


def _limit(limits: dict[str, Any]) -> None:
    memory, size, files = limits["memory_bytes"], limits["file_bytes"], limits["open_files"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash must not leave a client's material on the disk


def _allow_cpu(seconds: int) -> None:
    """So many seconds more than were used up to now: the limit counts for the whole life of a process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + 1 + seconds, hard))


def _leave_network() -> bool:
    """Move into a network namespace with nothing in it; False where the system does not allow that."""
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    if unshare is None:
        return False
    return any(unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def limits_in_force(**_arguments: object) -> dict[str, Any]:
    """What this process may use, for `workbench doctor` and for tests."""
    return {
        "memory_bytes": resource.getrlimit(resource.RLIMIT_AS)[0],
        "file_bytes": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "network": os.environ["WORKBENCH_SANDBOX_NETWORK"],
        "environment": sorted(os.environ),
        "pid": os.getpid(),
    }


def probe(path: str, name: str) -> dict[str, Any]:
    """`probe.probe` as plain JSON."""
    from workbench.media.probe import probe

    return probe(path, name).to_json()


def speech(path: str, name: str, progress: Callable[[float], None], aggressiveness: int = 2) -> dict[str, Any]:
    """`audio.speech` as plain JSON: flags as a text of 0 and 1."""
    from workbench.media.audio import speech

    duration_ms, flags = speech(path, name, aggressiveness=aggressiveness, progress=progress)
    return {"duration_ms": duration_ms, "flags": "".join("1" if flag else "0" for flag in flags)}


if __name__ == "__main__":
    main(sys.argv[1:])
