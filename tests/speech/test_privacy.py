"""A worker's voice serves the transcript only: it is never on disk, and nothing else is derived from it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from accessibility.speech.heard import Alternative, Choice, Final, Partial, Trouble, TroubleCode, Word
from accessibility.speech.recognition import Recogniser
from tests.speech.conftest import Speaker

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc, which only Linux has")


@linux_only
def test_recognition_writes_no_file(model_folder: Path, speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """While someone speaks and fixes, the engine has no file open for writing, and no byte of it went to a disk."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # what Python keeps of its own modules is nobody's voice
    with Recogniser(model_folder, for_tests=True) as recogniser:
        session = recogniser.open("en", alternatives=3)
        (process_id,) = recogniser.process_ids()
        session.feed(speaker.say("please repeat the question"))
        assert _open_for_writing(process_id) == []
        session.finish()
        session.alternatives()
        assert _open_for_writing(process_id) == []
        assert _bytes_to_disk(process_id) == 0
        session.close()


LISTEN = """
import sys
from pathlib import Path
from accessibility.speech.recognition import Recogniser

with Recogniser(Path(sys.argv[1]), for_tests=True) as recogniser:
    session = recogniser.open("en", alternatives=3)
    session.feed(sys.stdin.buffer.read())
    print(session.finish()[0].text, session.alternatives()[0].text, sep="; ")
"""


def test_listening_leaves_nothing_behind(model_folder: Path, speaker: Speaker, tmp_path: Path) -> None:
    """A whole program that listens, in a home, temporary and working folder of its own, leaves all three empty."""
    home = Path(__file__).resolve().parents[2]
    own = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "TMP", "TEMP", "XDG_CACHE_HOME")}
    done = subprocess.run(
        [sys.executable, "-c", LISTEN, str(model_folder)],
        input=speaker.say("please repeat the question"),
        env={**os.environ, **own, "PYTHONPATH": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().strip() == "please repeat the question; please repeat the question"
    assert list(tmp_path.iterdir()) == []


@linux_only
def test_the_check_above_can_fail(tmp_path: Path) -> None:
    """A file that is open for writing is seen."""
    with (tmp_path / "voice.wav").open("wb"):
        assert _open_for_writing(os.getpid())[-1:] != []
        assert str(tmp_path / "voice.wav") in _open_for_writing(os.getpid())


def test_nothing_but_words_comes_out() -> None:
    """No event has a place for tone, stress, emotion, or who is speaking."""
    names = {
        kind.__name__: [field.name for field in fields(kind)] for kind in (Word, Choice, Alternative, Final, Partial, Trouble)
    }
    assert names == {
        "Word": ["text", "start_ms", "end_ms", "confidence", "choices"],
        "Choice": ["text", "takes"],
        "Alternative": ["text", "score"],
        "Final": ["text", "words", "alternatives"],
        "Partial": ["text"],
        "Trouble": ["code"],
    }
    assert set(get_args(TroubleCode)) == {"silence", "too_quiet", "too_loud", "noise", "not_understood", "odd_bytes"}


def _open_for_writing(process_id: int) -> list[str]:
    """Regular files that a process holds open for writing."""
    files = []
    for entry in Path(f"/proc/{process_id}/fd").iterdir():
        try:
            target, info = str(entry.readlink()), Path(f"/proc/{process_id}/fdinfo/{entry.name}").read_text()
        except FileNotFoundError:
            continue  # closed meanwhile
        flags = next(int(line.split()[1], 8) for line in info.splitlines() if line.startswith("flags"))
        if flags & os.O_ACCMODE and target.startswith("/") and Path(target).is_file():
            files.append(target)
    return files


def _bytes_to_disk(process_id: int) -> int:
    lines = dict(line.split(": ") for line in Path(f"/proc/{process_id}/io").read_text().splitlines())
    return int(lines["write_bytes"])
