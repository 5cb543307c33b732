"""The demo's film: a guest and a harbour by turns, with cuts between them. Encoded in a process of its own."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageDraw

from workbench.demo import pictures

SIZE = (480, 360)
RATE = 10  # frames per second
SCENES = (("guest", 4), ("harbour", 4), ("guest", 3))  # what is seen, and for how many seconds
NAME = "studio.webm"


def make(folder: Path, photos: Path) -> list[Path]:
    """The film in this folder; the guest is the astronaut of `photos`, or a drawn face where that photograph is not there."""
    folder.mkdir(parents=True)
    # Decoders and encoders stay out of the process that will serve pages.
    program = f"import sys; from {__name__} import write; write(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", program, str(folder / NAME), str(photos / "astronaut.png")], check=True)
    return [folder / NAME]


def guest(photo: Path) -> Image.Image:
    """Somebody to recognise, in a picture that is larger than the film."""
    if photo.exists():
        found = Image.open(photo).convert("RGB")
        return found.crop((0, 0, found.width, found.width * 3 // 4)).resize((640, 480))
    picture = Image.new("RGB", (640, 480), "#6d7f8c")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((230, 90, 410, 330), fill="#d8a07a")
    draw.pieslice((225, 70, 415, 260), 180, 360, fill="#40291a")
    for x in (280, 340):
        draw.ellipse((x, 190, x + 20, 204), fill="#1c1c1c")
    draw.arc((280, 230, 360, 290), 20, 160, fill="#7a2b2b", width=6)
    draw.rectangle((180, 330, 460, 480), fill="#2b4c6f")
    return picture


def frames(photo: Path) -> Iterator[Image.Image]:
    """All frames in order: the camera moves slowly to the right, so that no two are the same."""
    seen = {"guest": guest(photo), "harbour": pictures.harbour(random.Random(9)).resize((720, 480))}  # noqa: S311 - a drawing
    for what, seconds in SCENES:
        for number in range(seconds * RATE):
            x, y = number * 3, number // 4
            yield seen[what].crop((x, y, x + SIZE[0], y + SIZE[1]))


def write(out: str, photo: str) -> None:
    """Encode the film, with a free codec."""
    import av
    import numpy as np

    with av.open(out, "w") as container:
        stream = container.add_stream("libvpx-vp9", rate=RATE, options={"deadline": "realtime", "cpu-used": "8", "crf": "34"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number, picture in enumerate(frames(Path(photo))):
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
