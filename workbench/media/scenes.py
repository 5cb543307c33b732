"""Where a new scene begins: a hard cut changes the whole picture at once, far more than the frames around it do.

Each frame is reduced to 64 × 36 pixels; its difference from the one before is the mean of the absolute differences
in brightness and colour. A cut is a difference that is large for how light the picture is, and against its neighbours, so that
a pan or a shaky camera is none; and the picture of just before does not come back, so that a flash of light is none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from workbench.media import containers
from workbench.media.audio import Progress, no_progress
from workbench.media.video import video_of

WIDTH, HEIGHT = 64, 36
BLACK = 16  # in the usual range of video
NEIGHBOURS = 5  # frames to either side
TIMES_NEIGHBOURS = 3.0
BRIGHT, DARKEST = 80.0, 0.25  # mean brightness (0–219) from which the threshold holds in full; the least share of it
COMES_BACK = 1 / 3  # of the difference: so near to a picture of before, it is that picture again


class Moment(NamedTuple):
    """One frame: ms from the start, its small picture, its difference (0–255) from the frame before; None for the first."""

    time_ms: float
    picture: Any
    difference: float | None


def scene_cuts(
    path: str | Path, name: str, *, threshold: float = 12.0, min_scene_ms: int = 600, progress: Progress = no_progress
) -> list[int]:
    """
    Milliseconds at which a new scene begins; the start of the video is not listed.

    Args:
        path, name: the file, and its name for messages.
        threshold: mean difference (0–255) a cut has at least; less where the picture is dark.
        min_scene_ms: scenes shorter than this belong to the one before.
        progress: called with seconds of video done.

    Raises:
        BadInput: no moving pictures, or damaged.
    """
    cuts, last = [], 0.0
    for before, here, after in _with_neighbours(_moments(path, name, progress)):
        if here.time_ms - last >= min_scene_ms and _is_cut(before, here, after, threshold):
            cuts.append(round(here.time_ms))
            last = here.time_ms
    return cuts


def _is_cut(before: Sequence[Moment], here: Moment, after: Sequence[Moment], threshold: float) -> bool:
    if here.difference is None:
        return False
    others = [each.difference for each in (*before, *after) if each.difference is not None]
    around = median(others) if others else 0.0  # not the mean: a flash beside a cut does not hide it
    if here.difference < max(DARKEST * threshold, TIMES_NEIGHBOURS * around):
        return False
    light = max(_brightness(here), _brightness(before[-1])) / BRIGHT
    if here.difference < threshold * min(1.0, max(DARKEST, light)):
        return False
    back = min(_apart(old, new) for old in before for new in (here, *after))
    return back >= COMES_BACK * here.difference


def _moments(path: str | Path, name: str, progress: Progress) -> Iterator[Moment]:
    """Every frame, one after the other."""
    with containers.opened(path, name) as container:
        stream, zero = video_of(container, name), containers.zero(container)
        # Smoothing of block edges takes a fifth of the time, and 64 × 36 pixels do not show it.
        stream.codec_context.options = {"skip_loop_filter": "all"}
        before = None
        for frame in containers.decoded(container, stream):
            time_ms = float((frame.pts * frame.time_base - zero) * 1000) if frame.pts is not None else 0.0
            now = Moment(time_ms, _small(frame), None)
            before = now if before is None else now._replace(difference=_apart(before, now))
            yield before
            progress(time_ms / 1000)


def _apart(one: Moment, other: Moment) -> float:
    return float(np.abs(one.picture - other.picture).mean())


def _brightness(moment: Moment) -> float:
    return float(moment.picture[0].mean()) - BLACK


def _small(frame: Any) -> Any:
    pixels = frame.reformat(width=WIDTH, height=HEIGHT, format="yuv444p", interpolation="AREA").to_ndarray()
    return pixels.astype(np.int16)


def _with_neighbours(moments: Iterable[Moment]) -> Iterator[tuple[list[Moment], Moment, list[Moment]]]:
    """Each moment between those just before and just after it."""
    window: deque[Moment | None] = deque([None] * (2 * NEIGHBOURS + 1), maxlen=2 * NEIGHBOURS + 1)
    for item in chain(moments, repeat(None, NEIGHBOURS)):
        window.append(item)
        near = list(window)
        middle = near[NEIGHBOURS]
        if middle is not None:
            sides = near[:NEIGHBOURS], near[NEIGHBOURS + 1 :]
            before, after = ([each for each in side if each is not None] for side in sides)
            yield before, middle, after
