"""
One hour of video with subtitles becomes microtasks: rating its subtitles, transcribing its speech, marking its scenes.

    .venv/bin/python benchmarks/one_hour_video.py [MINUTES]

The video is made here: a moving picture at 25 frames per second with a cut every 20 seconds, and tones with pauses for
speech, as H.264 and AAC; its subtitles are EBU STL that starts at ten o'clock. Making it is not counted. Prints how many
times faster than real time each ingest was (goal: 10 on 2 cores), and the most memory that this process and the media
process held.
"""

from __future__ import annotations

import os
import struct
import sys
import tempfile
import threading
import time
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from workbench import projects
from workbench.context import Context, open_context
from workbench.domain import Project
from workbench.ingest import ingest
from workbench.settings import Settings

WIDTH, HEIGHT, FPS, RATE = 640, 360, 25, 16_000
SCENE_SECONDS, CUE_SECONDS = 20, 4


def make_video(path: Path, seconds: int) -> None:
    """Frames of one grey per scene with a bar that moves; a tone of 3 seconds, then a second of silence."""
    greys = np.random.default_rng(7).integers(40, 200, seconds // SCENE_SECONDS + 1, dtype=np.uint8)
    tone = (8000 * np.sin(np.arange(RATE) * 2 * np.pi * 220 / RATE) * (1 + np.sin(np.arange(RATE) / 900))).astype(np.int16)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        picture = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "30", "g": "50"})
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = out.add_stream("aac", rate=RATE, layout="mono")
        planes = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        for number in range(seconds * FPS):
            planes[:HEIGHT] = greys[number // FPS // SCENE_SECONDS]
            place = number * 3 % (WIDTH - 20)
            planes[150:210, place : place + 20] = 235
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(picture.encode(frame))
            if number % FPS == 0:
                second = number // FPS
                samples = av.AudioFrame.from_ndarray((tone * (second % 4 < 3))[None], format="s16", layout="mono")
                samples.sample_rate, samples.pts, samples.time_base = RATE, second * RATE, Fraction(1, RATE)
                out.mux(sound.encode(samples))
        out.mux(picture.encode(None))
        out.mux(sound.encode(None))


def make_stl(path: Path, seconds: int) -> None:
    """A subtitle every four seconds, of two lines."""
    head = bytearray(b" " * 1024)
    head[0:3], head[3:11], head[12:14], head[256:264] = b"437", b"STL25.01", b"00", b"10000000"
    blocks = []
    for number, start in enumerate(range(0, seconds - CUE_SECONDS, CUE_SECONDS), 1):
        times = [part for at in (start, start + 3) for part in (10 + at // 3600, at // 60 % 60, at % 60, 0)]
        text = b"Ondertitel nummer %d\x8aop twee regels." % number
        blocks.append(struct.pack("<BHBB8BBBB", 0, number % 65536, 0xFF, 0, *times, 20, 2, 0) + text.ljust(112, b"\x8f"))
    path.write_bytes(bytes(head) + b"".join(blocks))


def main(minutes: int) -> None:
    """Make, ingest twice, print."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "in"
        files.mkdir()
        began = time.perf_counter()
        make_video(files / "programme.mp4", minutes * 60)
        make_stl(files / "programme.stl", minutes * 60)
        size = (files / "programme.mp4").stat().st_size >> 20
        print(f"made {minutes} minutes of video ({size} MiB) in {time.perf_counter() - began:.0f} s")
        ctx = open_context(Settings.load({}, data=Path(folder) / "lab"))
        for kind in ("subtitle_quality", "transcription", "video_segments"):
            _measured(ctx, projects.create(ctx, kind, kind, {"gold": "off"}), files, minutes)
        ctx.close()


def _measured(ctx: Context, project: Project, files: Path, minutes: int) -> None:
    with _Watch() as watch:
        began = time.perf_counter()
        report = ingest(ctx, project, [files])
        took = time.perf_counter() - began
    print(
        f"{project.name:17} {report.microtasks_added:6,} microtasks in {took:6.1f} s: {minutes * 60 / took:5.1f} times real "
        f"time, at most {watch.own >> 20} MiB here and {watch.children >> 20} MiB in the media process",
        flush=True,
    )
    assert not report.problems, report.problems


class _Watch(threading.Thread):
    """The most memory that this process and those it started held, in bytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own = self.children = 0
        self._stopped = threading.Event()

    def __enter__(self) -> _Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self.join()

    def run(self) -> None:
        while not self._stopped.wait(0.1):
            self.own = max(self.own, _resident(os.getpid()))
            self.children = max(self.children, sum(_resident(pid) for pid in _started_by(os.getpid())))


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _started_by(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(each) for each in path.read_text().split()]
    return found + [below for each in found for below in _started_by(each)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
