"""Engine processes: answers find who asked, and a process that hangs or dies harms one question at most."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessibility import speech
from accessibility.speech.engine_process import EngineProcess
from accessibility.speech.errors import EngineStopped, EngineTimeout, NoEngine, SpeechError
from accessibility.speech.frames import read_frame, write_frame


@pytest.fixture
def engine() -> Iterator[EngineProcess]:
    process = EngineProcess("tests.speech.odd_engine")
    yield process
    process.close()


def test_each_question_gets_its_own_answer(engine: EngineProcess) -> None:
    """Fifty questions at once come back with their own bodies."""
    asked = [engine.ask({"op": f"q{i}"}, bytes([i]) * i) for i in range(50)]
    assert [future.result(20) for future in asked] == [({"said": f"q{i}", "id": i + 1}, bytes([i]) * i) for i in range(50)]


def test_printing_libraries_do_not_disturb(engine: EngineProcess) -> None:
    """What a library prints on standard output does not end up among the answers."""
    assert engine.ask_and_wait({"op": "print"}, seconds=20)[0]["said"] == "print"


def test_a_reported_error_keeps_its_class_and_sentence(engine: EngineProcess) -> None:
    """A refusal in the process is the same refusal here; the process goes on."""
    with pytest.raises(NoEngine, match="Install one"):
        engine.ask_and_wait({"op": "refuse"}, seconds=20)
    with pytest.raises(SpeechError, match="an error of the library"):
        engine.ask_and_wait({"op": "break"}, seconds=20)
    assert engine.alive


def test_an_engine_that_hangs_is_ended(engine: EngineProcess) -> None:
    """No answer in time ends the process, so that the next call gets a fresh one."""
    engine.ask_and_wait({"op": "warm"}, seconds=20)
    with pytest.raises(EngineTimeout):
        engine.ask_and_wait({"op": "hang"}, seconds=0.2)
    engine.close()
    assert not engine.alive


def test_an_engine_that_dies_tells_everybody_who_waits(engine: EngineProcess) -> None:
    """Whoever waits, and whoever asks later, hears that the engine stopped."""
    waiting = [engine.ask({"op": "hang"}), engine.ask({"op": "die"})]
    for future in waiting:
        with pytest.raises(EngineStopped):
            future.result(20)
    with pytest.raises(EngineStopped):
        engine.ask({"op": "later"}).result(20)


def test_engines_are_not_loaded_where_they_are_asked() -> None:
    """The process of the pages imports all of this without Vosk, pyttsx3 or espeak-ng coming along."""
    names = [path.stem for path in Path(speech.__file__ or "").parent.glob("*.py") if path.stem != "__init__"]
    program = (
        "import importlib, sys\n"
        f"[importlib.import_module('accessibility.speech.' + name) for name in {names!r}]\n"
        "print(sorted({'vosk', 'pyttsx3', 'espeakng_loader', 'torch', 'scipy', 'cv2', 'av'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_frames_survive_the_trip_and_broken_ones_end_it() -> None:
    """A frame reads back; a truncated one is the end; impossible lengths are refused before memory is taken."""
    stream = io.BytesIO()
    write_frame(stream, {"tekst": "één"}, b"\0\1")
    whole = stream.getvalue()
    assert read_frame(io.BytesIO(whole)) == ({"tekst": "één"}, b"\0\1")
    assert read_frame(io.BytesIO(whole[:-1])) is None
    with pytest.raises(ValueError, match="beyond the limits"):
        read_frame(io.BytesIO(b"\xff" * 8))
