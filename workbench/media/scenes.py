"""Where a new scene begins: a hard cut changes the whole picture at once, far more than the frames around it do.

Each frame is reduced to 64 × 36 pixels; its difference from the one before is the mean of the absolute differences
in brightness and colour. A cut is a difference that is large by itself and against its neighbours, so that a pan or a
shaky camera is none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np

from workbench.media import containers
from workbench.media.audio import Progress, no_progress
from workbench.media.video import video_of

WIDTH, HEIGHT = 64, 36
NEIGHBOURS = 5  # frames to either side
TIMES_NEIGHBOURS = 3.0


def scene_cuts(
    path: str | Path, name: str, *, threshold: float = 12.0, min_scene_ms: int = 600, progress: Progress = no_progress
) -> list[int]:
    """
    Milliseconds at which a new scene begins; the start of the video is not listed.

    Args:
        path, name: the file, and its name for messages.
        threshold: mean difference (0–255) a cut has at least.
        min_scene_ms: scenes shorter than this belong to the one before.
        progress: called with seconds of video done.

    Raises:
        BadInput: no moving pictures, or damaged.
    """
    cuts, last = [], 0.0
    for time_ms, difference, around in _with_neighbours(_differences(path, name, progress)):
        if difference >= max(threshold, TIMES_NEIGHBOURS * around) and time_ms - last >= min_scene_ms:
            cuts.append(round(time_ms))
            last = time_ms
    return cuts


def _differences(path: str | Path, name: str, progress: Progress) -> Iterator[tuple[float, float]]:
    """(time in ms, difference from the frame before) for every frame but the first."""
    with containers.opened(path, name) as container:
        stream, zero = video_of(container, name), containers.zero(container)
        # Smoothing of block edges takes a fifth of the time, and 64 × 36 pixels do not show it.
        stream.codec_context.options = {"skip_loop_filter": "all"}
        before = None
        for frame in containers.decoded(container, stream):
            now = _small(frame)
            time_ms = float((frame.pts * frame.time_base - zero) * 1000) if frame.pts is not None else 0.0
            if before is not None:
                yield time_ms, float(np.abs(now - before).mean())
            before = now
            progress(time_ms / 1000)


def _small(frame: Any) -> Any:
    pixels = frame.reformat(width=WIDTH, height=HEIGHT, format="yuv444p", interpolation="AREA").to_ndarray()
    return pixels.astype(np.int16)


def _with_neighbours(differences: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float, float]]:
    """Each (time, difference) with the mean difference of the frames around it."""
    window: deque[tuple[float, float] | None] = deque([None] * (2 * NEIGHBOURS + 1), maxlen=2 * NEIGHBOURS + 1)
    for item in chain(differences, repeat(None, NEIGHBOURS)):
        window.append(item)
        middle = window[NEIGHBOURS]
        if middle is not None:
            others = [near[1] for near in window if near is not None and near is not middle]
            yield (*middle, sum(others) / len(others) if others else 0.0)
