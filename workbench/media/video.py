"""Moving pictures: when each frame is shown, and stills of them.

Times are milliseconds from the start of the original (containers.zero); stills are upright, with square pixels. Runs
in the sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from PIL import Image

from accessibility.sentences import sentence
from workbench.errors import BadInput
from workbench.media import containers
from workbench.media.audio import Progress, no_progress

# Seeking goes by decoding time, which runs ahead of presentation time by a few frames.
SEEK_MARGIN = Fraction(1, 2)
# A still with less contrast than this (standard deviation of grey) is a black or empty picture.
DULL = 12.0


def video_of(container: Any, name: str) -> Any:
    """The stream of moving pictures, ready to decode on all cores; BadInput where there is none."""
    stream = containers.main_video(container)
    if stream is None:
        raise BadInput(sentence('"{name}" has no moving pictures.', name=name), file=name)
    stream.thread_type = "AUTO"
    return stream


def frame_times(path: str | Path, name: str, progress: Progress = no_progress) -> tuple[list[float], float]:
    """
    When each frame is presented, in order, and when the last one ends: milliseconds, exact to a microsecond.

    Read from the packets, without decoding, wherever the container tells; else from decoded frames. `progress` is called
    with seconds of video done.

    Raises:
        BadInput: no moving pictures, or damaged.
    """
    with containers.opened(path, name) as container:
        stream, zero = video_of(container, name), containers.zero(container)
        shown = _from_packets(container, stream, progress)
    if shown is None:
        with containers.opened(path, name) as container:
            shown = _from_frames(container, video_of(container, name), progress)
    shown.sort()
    if not shown:
        raise BadInput(sentence('"{name}" has no frame that can be shown.', name=name), file=name)
    times = [_ms(start - zero) for start, _ in shown]
    last = shown[-1][1] or (shown[-1][0] - shown[-2][0] if len(shown) > 1 else Fraction(1, 25))
    return times, _ms(shown[-1][0] + last - zero)


def _ms(seconds: Fraction) -> float:
    return round(float(seconds * 1000), 3)


Shown = list[tuple[Fraction, Fraction]]  # (start, length) in seconds of the file's clock


def _from_packets(container: Any, stream: Any, progress: Progress) -> Shown | None:
    """Frames as the packets tell, or None where one does not tell."""
    shown: Shown = []
    first: int | None = None  # what is shown before the first key frame cannot be decoded
    for packet in container.demux(stream):
        if packet.size == 0 or packet.is_discard:
            continue
        if packet.pts is None:
            return None
        if first is None and packet.is_keyframe:
            first = packet.pts
        if first is not None and packet.pts >= first:
            base = stream.time_base
            shown.append((packet.pts * base, (packet.duration or 0) * base))
            progress(float(packet.pts * base))
    return shown


def _from_frames(container: Any, stream: Any, progress: Progress) -> Shown:
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    shown: Shown = []
    for frame in containers.decoded(container, stream):
        time = frame.pts * frame.time_base if frame.pts is not None else len(shown) / rate
        shown.append((time, 1 / rate))
        progress(float(time))
    return shown


def make_frames(path: str | Path, out_dir: str | Path, *, name: str, progress: Progress = no_progress) -> list[str]:
    """
    Write `frames.json`: {"times_ms": […], "end_ms": …}.

    To show frame n exactly, a player seeks to the middle between its time and the next.
    """
    times, end = frame_times(path, name, progress)
    (Path(out_dir) / "frames.json").write_text(json.dumps({"times_ms": times, "end_ms": end}, separators=(",", ":")))
    return ["frames.json"]


def stills(path: str | Path, name: str, times_ms: list[float], *, max_side: int) -> Iterator[tuple[float, Image.Image]]:
    """
    What is on the screen at these times (rising), with the time it was first shown.

    Raises:
        BadInput: no moving pictures, or damaged.
    """
    with containers.opened(path, name) as container:
        stream, zero = video_of(container, name), containers.zero(container)
        aspect = float(stream.sample_aspect_ratio or 1)
        for time_ms in times_ms:
            frame = _seek(container, stream, zero + Fraction(time_ms) / 1000)
            if frame is not None:
                yield _ms(_shown_at(frame) - zero), picture(frame, aspect=aspect, max_side=max_side)


# A moment that was rounded to a millisecond may fall just before its own frame; no frame is shown as short as this.
ROUNDING_MS = 0.6
LARGEST_STILL = 16_384  # pixels: a still is as large as its video


def still(path: str | Path, name: str, at_ms: float) -> Image.Image:
    """
    The frame that is on the screen at this time, in the video's own size.

    Raises:
        BadInput: no moving pictures, damaged, or nothing is shown at that time.
    """
    for _, image in stills(path, name, [at_ms + ROUNDING_MS], max_side=LARGEST_STILL):
        return image
    raise BadInput(sentence('"{name}" shows no picture at {at_ms:g} ms.', name=name, at_ms=at_ms), file=name)


def squared(path: str | Path, name: str) -> tuple[float, float]:
    """
    How much wider and higher a still is than what is stored: 1.0 and 1.0 where the video's pixels are square.

    Raises:
        BadInput: no moving pictures, or damaged.
    """
    with containers.opened(path, name) as container:
        stream = video_of(container, name)
        aspect = float(stream.sample_aspect_ratio or 1)
        if aspect == 1:
            return 1.0, 1.0
        sideways = any(containers.rotation_of(frame) in {90, 270} for frame in islice(containers.decoded(container, stream), 1))
    return (1.0, aspect) if sideways else (aspect, 1.0)


def make_frame(path: str | Path, out_dir: str | Path, *, name: str, at_ms: float) -> list[str]:
    """Write `frame.jpg`: `still`."""
    still(path, name, at_ms).save(Path(out_dir) / "frame.jpg", quality=90)
    return ["frame.jpg"]


def _seek(container: Any, stream: Any, wanted: Fraction) -> Any | None:
    """The last frame that starts at `wanted` or before; the first of all where there is none."""
    with suppress(av.error.FFmpegError):  # formats without an index stay where they are
        container.seek(int((wanted - SEEK_MARGIN) / stream.time_base), stream=stream, backward=True)
    best = None
    with suppress(av.error.EOFError):
        for frame in containers.decoded(container, stream):
            if best is not None and _shown_at(frame) > wanted:
                return best
            best = frame
    return best


def _shown_at(frame: Any) -> Fraction:
    return Fraction(0) if frame.pts is None else frame.pts * Fraction(frame.time_base)


def picture(frame: Any, *, aspect: float, max_side: int) -> Image.Image:
    """A frame as an upright picture with square pixels (`aspect` is what they were), at most `max_side` either way."""
    width, height = frame.width * aspect, frame.height
    scale = min(1.0, max_side / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    pixels = frame.reformat(width=size[0], height=size[1], format="rgb24").to_ndarray()
    turned = np.rot90(pixels, -containers.rotation_of(frame) // 90)
    return Image.fromarray(np.ascontiguousarray(turned))


def make_poster(
    path: str | Path, out_dir: str | Path, *, name: str, at_ms: float | None = None, max_side: int = 960
) -> list[str]:
    """Write `poster.jpg`: the frame at `at_ms`, or by default one from the first half that shows something."""
    if at_ms is not None:
        chosen = [image for _, image in stills(path, name, [at_ms], max_side=max_side)]
    else:
        chosen = list(_candidates(path, name, max_side))
    if not chosen:
        raise BadInput(sentence('"{name}" has no frame that can be shown.', name=name), file=name)
    chosen[-1].save(Path(out_dir) / "poster.jpg", quality=85)
    return ["poster.jpg"]


def _candidates(path: str | Path, name: str, max_side: int) -> Iterator[Image.Image]:
    """Frames at a tenth, a quarter and half of the video, each more telling than the one before, until one will do."""
    duration_ms = _duration_ms(path, name)
    best = -1.0
    for _, image in stills(path, name, [duration_ms * part for part in (0.1, 0.25, 0.5)], max_side=max_side):
        contrast = float(np.asarray(image.convert("L")).std())
        if contrast > best:
            best = contrast
            yield image
        if contrast > DULL:
            return


def _duration_ms(path: str | Path, name: str) -> float:
    with containers.opened(path, name) as container:
        if container.duration:
            return float(container.duration / 1000)
    return frame_times(path, name)[1]


def make_strip(
    path: str | Path, out_dir: str | Path, *, name: str, count: int = 20, height: int = 90, progress: Progress = no_progress
) -> list[str]:
    """
    Write `strip.jpg`, `count` stills side by side, evenly spread, and `strip.json`:
    {"times_ms": […], "width": of one still, "height": …}.
    """
    duration_ms = _duration_ms(path, name)
    images, times = [], []
    for time_ms, image in stills(path, name, [duration_ms * (n + 0.5) / count for n in range(count)], max_side=height * 8):
        images.append(image.resize((max(1, round(image.width * height / image.height)), height)))
        times.append(time_ms)
        progress(time_ms / 1000)
    if not images:
        raise BadInput(sentence('"{name}" has no frame that can be shown.', name=name), file=name)
    width = images[0].width
    strip = Image.new("RGB", (width * len(images), height))
    for number, image in enumerate(images):
        strip.paste(image.resize((width, height)), (number * width, 0))
    strip.save(Path(out_dir) / "strip.jpg", quality=75)
    (Path(out_dir) / "strip.json").write_text(json.dumps({"times_ms": times, "width": width, "height": height}))
    return ["strip.jpg", "strip.json"]
