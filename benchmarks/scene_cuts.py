"""
Our own finder of scene cuts beside PySceneDetect's, on films whose cuts are known: found, missed, invented, and time.

    .venv/bin/python -m pip install --no-deps scenedetect && .venv/bin/python benchmarks/scene_cuts.py [SECONDS]

Each film shows the photographs of scikit-image, each for one to five seconds, filmed in one way: still, with a slow pan and
zoom, by a shaking hand, in the dark, or with flashes of light. A cut is found when it is told to within one frame.
Source of the other: PySceneDetect (scenedetect.com), ContentDetector and AdaptiveDetector with their own defaults.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from workbench.media.scenes import scene_cuts

RATE, SIZE = 25, (640, 360)
WAYS = ("still", "pan", "shaky", "dark", "flashes")
NAMES = (
    "astronaut",
    "coffee",
    "chelsea",
    "rocket",
    "immunohistochemistry",
    "retina",
    "camera",
    "coins",
    "brick",
    "grass",
    "page",
)


def photographs() -> list[Image.Image]:
    """Real pictures, larger than the film, so that the camera can move over them."""
    from skimage import data

    return [Image.fromarray(getattr(data, name)()).convert("RGB").resize((960, 540)) for name in NAMES]


def shots(rng: random.Random, seconds: int) -> list[tuple[int, int]]:
    """(photograph, frames) of each shot; never the same one twice in a row."""
    found: list[tuple[int, int]] = []
    while sum(count for _, count in found) < seconds * RATE:
        others = [number for number in range(len(NAMES)) if not found or number != found[-1][0]]
        found.append((rng.choice(others), rng.randint(RATE, 5 * RATE)))
    return found


def frames(way: str, seconds: int, rng: random.Random) -> Iterator[tuple[bool, np.ndarray[Any, Any]]]:
    """(is it the first of a new shot, the picture) of each frame."""
    pictures = photographs()
    grains = [np.random.default_rng(seed).normal(0, 3, (SIZE[1], SIZE[0], 1)) for seed in range(16)]
    for number, (which, count) in enumerate(shots(rng, seconds)):
        for step in range(count):
            share, shake = step / count, (rng.uniform(-9, 9), rng.uniform(-9, 9)) if way == "shaky" else (0.0, 0.0)
            zoom, move = (0.7 + 0.25 * share, 200 * share) if way == "pan" else (0.8, 60)
            width, height = 960 * zoom, 540 * zoom
            left, top = min(max(move / 2 + shake[0], 0), 960 - width), min(max(40 + shake[1], 0), 540 - height)
            seen = pictures[which].resize(SIZE, box=(left, top, left + width, top + height))
            light = 0.2 if way == "dark" else 2.2 if way == "flashes" and step % 37 in (20, 21) else 1.0
            yield number > 0 and step == 0, np.clip(np.asarray(seen) * light + grains[step % 16], 0, 255).astype(np.uint8)


def written(way: str, seconds: int, path: Path) -> list[int]:
    """Make the film; the frames at which a new shot begins."""
    cuts = []
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=RATE, options={"crf": "23", "preset": "veryfast"})
        (stream.width, stream.height), stream.pix_fmt = SIZE, "yuv420p"
        for number, (first, picture) in enumerate(frames(way, seconds, random.Random(way))):
            cuts += [number] if first else []
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return cuts


def ours(path: Path) -> list[int]:
    """By this project."""
    return [round(ms * RATE / 1000) for ms in scene_cuts(path, path.name)]


def theirs(name: str) -> Callable[[Path], list[int]]:
    """By PySceneDetect."""
    import scenedetect

    def find(path: Path) -> list[int]:
        found = scenedetect.detect(str(path), getattr(scenedetect, name)())
        return [start.frame_num for start, _ in found[1:]]

    return find


def main(seconds: int = 180) -> None:
    """A line for each film and finder."""
    finders = {"ours": ours, **{name: theirs(name) for name in ("ContentDetector", "AdaptiveDetector")}}
    print(f"{'film':<8} {'finder':<17} {'cuts':>5} {'missed':>7} {'invented':>9} {'seconds':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for way in WAYS:
            path = Path(folder) / f"{way}.mp4"
            known = written(way, seconds, path)
            for name, find in finders.items():
                began = time.process_time()
                found = find(path)
                took = time.process_time() - began
                missed = [cut for cut in known if not any(abs(cut - one) <= 1 for one in found)]
                invented = [one for one in found if not any(abs(cut - one) <= 1 for cut in known)]
                print(f"{way:<8} {name:<17} {len(known):>5} {len(missed):>7} {len(invented):>9} {took:>8.1f}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
