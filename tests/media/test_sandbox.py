"""Foreign media is decoded elsewhere, with limits, and nothing it does reaches the application."""

from __future__ import annotations

import os
import random
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.media.make_media import beeps, write_audio
from workbench.errors import BadInput, RefusedUpload, WorkbenchError
from workbench.media import Derived, derive, pauses, probe_file, sandbox, scene_cuts, speech_flags
from workbench.media.sandbox import Limits, run


@pytest.fixture(autouse=True)
def no_children_left() -> Iterator[None]:
    """Every test starts and ends without waiting children."""
    sandbox.close()
    yield
    sandbox.close()


def picture(folder: Path, size: tuple[int, int] = (300, 200)) -> Path:
    path = folder / "a.png"
    Image.new("L", size).save(path, compress_level=1)
    return path


def long_sound(folder: Path, hours: int = 10) -> Path:
    """Ten hours of silence that take no room on the disk, and seconds of work for a decoder."""
    path, size = folder / "long.wav", hours * 3600 * 16_000 * 2
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data", size)
    path.write_bytes(head)
    os.truncate(path, len(head) + size)
    return path


def test_the_application_never_loads_a_decoder() -> None:
    """Importing the media package brings in no library that decodes, and nothing heavy."""
    code = (
        "import sys, workbench.media, workbench.media.unpack, workbench.media.storage, workbench.media.browsers;"
        "print([m for m in ('av', 'cv2', 'scipy', 'numpy', 'PIL', 'pi_heif', 'webrtcvad', 'obstore') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_file_is_probed_in_another_process(tmp_path: Path) -> None:
    """The answer is the same record as in-process."""
    from workbench.media.probe import probe

    path = picture(tmp_path)
    assert probe_file(path, "a.png") == probe(path, "a.png")


def test_things_are_derived_into_a_folder(tmp_path: Path) -> None:
    """Files come back as paths, the main one first."""
    (upright,) = derive("upright", picture(tmp_path), tmp_path)
    assert Image.open(upright).size == (300, 200)
    sound = write_audio(tmp_path / "b.wav", beeps(1, [0.5]), "pcm_s16le")
    assert [path.name for path in derive("peaks", sound, tmp_path)] == ["peaks.i8", "peaks.json"]
    assert [path.name for path in derive("clip", sound, tmp_path, start_ms=0, end_ms=500)] == ["clip.wav"]
    with pytest.raises(ValueError, match="cannot derive 'soup'"):
        derive("soup", sound, tmp_path)  # type: ignore[arg-type]


def test_pauses_come_through_the_sandbox(tmp_path: Path) -> None:
    """Flags and pieces cover the whole recording."""
    sound = write_audio(tmp_path / "b.wav", beeps(20, [0.5]), "pcm_s16le")
    duration_ms, flags = speech_flags(sound, "b.wav")
    assert (duration_ms, len(flags)) == (20_000, 666)
    assert pauses(sound, "b.wav", target_ms=10_000, limit_ms=12_000) == [(0, 10_000), (10_000, 20_000)]


def test_a_child_is_used_again(tmp_path: Path) -> None:
    """Starting one per file would cost more than the files; one that got other limits is another."""
    first, second = run("limits")["pid"], run("limits")["pid"]
    other = run("limits", limits=Limits(open_files=50))["pid"]
    assert first == second != other
    assert os.getpid() not in {first, other}


def test_limits_are_in_force_and_secrets_stay_outside() -> None:
    """The child says what it may use; no key of a store or database is in its environment."""
    os.environ["AWS_SECRET_ACCESS_KEY"] = os.environ.get("AWS_SECRET_ACCESS_KEY", "secret")
    found = run("limits", limits=Limits(memory_bytes=3 << 30, file_bytes=1 << 20, open_files=40))
    assert (found["memory_bytes"], found["file_bytes"], found["open_files"]) == (3 << 30, 1 << 20, 40)
    assert not [name for name in found["environment"] if name.startswith(("AWS", "WORKBENCH_D", "DATABASE", "HOME"))]


def test_the_child_has_no_network() -> None:
    """Where the system lets us take it away."""
    ways = (["unshare", "-rn", "true"], ["unshare", "-n", "true"])  # root may without a namespace of users, as in a chroot
    allowed = any(subprocess.run(way, capture_output=True, check=False).returncode == 0 for way in ways)
    assert run("limits")["network"] == ("off" if allowed else "on")


def test_a_picture_too_large_for_the_memory_gets_a_sentence(tmp_path: Path) -> None:
    """The limit holds, the sentence names the file, and the next file works."""
    tight = Limits(memory_bytes=600 << 20)
    with pytest.raises(BadInput, match=r'"large.png" (needs more memory|could not be read)'):
        derive("upright", picture(tmp_path, (10_000, 10_000)), tmp_path, name="large.png", limits=tight)
    assert derive("upright", picture(tmp_path), tmp_path, limits=tight)


def test_too_much_computing_gets_a_sentence(tmp_path: Path) -> None:
    """A second of computing is not enough for ten hours of sound."""
    with pytest.raises(BadInput, match="more than 0 seconds of computing"):
        derive("peaks", long_sound(tmp_path), tmp_path, limits=Limits(cpu_seconds=0))


def test_too_much_time_gets_a_sentence(tmp_path: Path) -> None:
    """The clock on the wall counts as well."""
    with pytest.raises(BadInput, match=r'"long.wav" could not be read: it took longer than 0\.05 seconds'):
        derive("peaks", long_sound(tmp_path), tmp_path, limits=Limits(timeout_seconds=0.05))


def test_too_large_an_output_gets_a_sentence(tmp_path: Path) -> None:
    """A small file may not fill the disk."""
    with pytest.raises(BadInput, match="larger than allowed"):
        derive("peaks", long_sound(tmp_path), tmp_path, limits=Limits(file_bytes=10_000))


def test_a_crash_is_a_sentence_and_the_next_file_works(tmp_path: Path) -> None:
    """A decoder that dies takes its own process along and nothing else."""
    path, pid = long_sound(tmp_path), run("limits", limits=sandbox.LONG)["pid"]
    threading.Timer(0.2, os.kill, (pid, signal.SIGSEGV)).start()
    with pytest.raises(BadInput, match='"interview" could not be read: the decoder broke down'):
        derive("peaks", path, tmp_path, name="interview")
    assert derive("clip", path, tmp_path, start_ms=0, end_ms=100)


def test_progress_is_told_and_can_stop_the_work(tmp_path: Path) -> None:
    """What the listener raises ends the child and reaches the caller."""
    seen: list[float] = []

    class Cancelled(Exception):
        pass

    def cancel(seconds: float) -> None:
        seen.append(seconds)
        raise Cancelled

    pid = run("limits", limits=sandbox.LONG)["pid"]
    with pytest.raises(Cancelled):
        derive("peaks", long_sound(tmp_path), tmp_path, on_progress=cancel)
    assert 0 < seen[0] < 36_000
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_errors_keep_their_kind_and_their_file(tmp_path: Path) -> None:
    """A refusal stays a refusal over the pipe."""
    with pytest.raises(RefusedUpload) as refused:
        derive("upright", picture(tmp_path), tmp_path, name="huge.png", max_pixels=10)
    assert refused.value.file == "huge.png"


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    """Also when the parent is killed without a word."""
    code = (
        "import os, signal; from workbench.media.sandbox import run;"
        "print(run('limits')['pid'], flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout)
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists() or "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
            break
        threading.Event().wait(0.05)
    else:
        pytest.fail("the child is still running")


def test_many_threads_ask_at_once(tmp_path: Path) -> None:
    """Each gets its own answer."""
    paths = []
    for number in range(1, 7):
        paths.append(tmp_path / f"{number}.png")
        Image.new("L", (number, 1)).save(paths[-1])
    widths: dict[int, int | None] = {}

    def ask(number: int) -> None:
        widths[number] = probe_file(paths[number - 1], "x").width

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert widths == {number: number for number in range(1, 7)}


def test_video_is_handled_within_the_limits(tmp_path: Path) -> None:
    """Everything that is made from a video, through the process that makes it."""
    from tests.media.test_video import steady, write_video

    path = write_video(tmp_path / "a.avi", steady(60), codec="mpeg4", sound=True, audio_codec="libmp3lame")
    assert probe_file(path, "a.avi").kind == "video"
    made = [file.name for kind in ("frames", "poster", "strip", "proxy") for file in derive(kind, path, tmp_path)]
    assert made == ["frames.json", "poster.jpg", "strip.jpg", "strip.json", "proxy.webm"]
    assert all((tmp_path / name).stat().st_size > 0 for name in made)
    assert scene_cuts(path, "a.avi", threshold=200) == []


def test_damaged_files_give_a_sentence_or_what_they_have(tmp_path: Path) -> None:
    """A hundred files with random damage: nothing but our own errors comes out."""
    from tests.media.test_images import corners
    from tests.media.test_video import steady, write_video

    whole: list[tuple[Path, Derived]] = []
    for kind, codec in SOUNDS.items():
        whole.append((write_audio(tmp_path / f"a.{kind}", beeps(2, [1]), codec), "peaks"))
    whole += [(write_video(tmp_path / f"v.{kind}", steady(10)), "poster") for kind in ("mp4", "mkv")]
    for kind in ("jpg", "png", "gif", "tiff", "webp", "avif"):
        corners().save(tmp_path / f"i.{kind}")
        whole.append((tmp_path / f"i.{kind}", "thumbnail"))
    rng, path, outcomes = random.Random(1), tmp_path / "damaged", set()
    for number in range(100):
        original, making = whole[number % len(whole)]
        data = bytearray(original.read_bytes())
        for _ in range(rng.choice([1, 5, 30])):
            data[rng.randrange(min(len(data), rng.choice([64, 600, len(data)])))] = rng.randrange(256)
        path.write_bytes(data)
        try:
            probe_file(path, "damaged")
            derive(making, path, tmp_path)
            outcomes.add("made")
        except WorkbenchError as error:
            outcomes.add("said" if '"damaged"' in str(error) else str(error))
    assert outcomes == {"made", "said"}


SOUNDS = {"wav": "pcm_s16le", "mp3": "libmp3lame", "flac": "flac", "m4a": "aac", "ogg": "libopus"}
