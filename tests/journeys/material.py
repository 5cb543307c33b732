"""A client's zip: drawn pictures with one red door each, recordings of plain tones; and eyes and ears to answer with."""

from __future__ import annotations

import io
import json
import wave
import zipfile
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

SIZE = (640, 480)
RATE = 16_000
Box = tuple[int, int, int, int]  # x, y, width, height in pixels of the picture

# Two stand where no arrow leads but dot by dot, the others at whole steps of 40 dots from where the cross begins.
DOORS: dict[str, Box] = {
    "pictures/house-1.png": (119, 120, 80, 160),
    "pictures/house-2.png": (330, 200, 121, 203),
    "pictures/house-3.png": (39, 280, 120, 160),
    "pictures/house-4.png": (500, 31, 60, 99),
    "pictures/check-1.png": (199, 160, 80, 200),
    "pictures/check-2.png": (399, 80, 80, 120),
}
WORDS = {300: "laag", 600: "midden", 1200: "hoog", 2400: "piep", 3600: "fluit"}  # Hz → what a worker types
# (Hz, seconds); 0 Hz is silence
RECORDINGS: dict[str, list[tuple[int, float]]] = {
    "sound/long.wav": [(300, 4.0), (0, 1.0), (600, 4.0), (0, 1.0)],
    "sound/short.wav": [(1200, 2.0)],
    "sound/check-a.wav": [(2400, 2.0)],
    "sound/check-b.wav": [(3600, 2.0)],
}
CHECKS = {"sound/check-a.wav": "piep", "sound/check-b.wav": "fluit"}


def house(door: Box) -> bytes:
    """A grey house with a red door, as PNG."""
    picture = Image.new("RGB", SIZE, "#bcd4e6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 620, 460), fill="#9a9a9a")
    x, y, width, height = door
    draw.rectangle((x, y, x + width - 1, y + height - 1), fill="#e00000")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def recording(parts: list[tuple[int, float]]) -> bytes:
    """Tones and silences one after the other, as WAV."""
    moments = [np.arange(round(seconds * RATE)) / RATE for _, seconds in parts]
    tones = [np.sin(2 * np.pi * hertz * moment) for (hertz, _), moment in zip(parts, moments, strict=True)]
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
        file.writeframes((np.concatenate(tones) * 12_000).astype("<i2").tobytes())
    return out.getvalue()


def make_zip(path: Path) -> Path:
    """All of it in one file, with a picture that is cut off in the middle."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, door in DOORS.items():
            packed.writestr(name, house(door))
        for name, parts in RECORDINGS.items():
            packed.writestr(name, recording(parts))
        packed.writestr("pictures/torn.png", house((1, 1, 9, 9))[:200])
    return path


def gold_boxes(path: Path) -> Path:
    """What the client knows already of the pictures, as COCO."""
    checks = {name: door for name, door in DOORS.items() if "check" in name}
    images = [{"id": n, "file_name": name, "width": 640, "height": 480} for n, name in enumerate(checks, 1)]
    annotations = [{"id": n, "image_id": n, "category_id": 1, "bbox": list(door)} for n, door in enumerate(checks.values(), 1)]
    data = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "door"}]}
    path.write_text(json.dumps(data))
    return path


def gold_texts(path: Path) -> Path:
    """What the client knows already of the recordings, as JSON lines."""
    path.write_text("".join(json.dumps({"source": name, "answer": {"text": text}}) + "\n" for name, text in CHECKS.items()))
    return path


def see(picture: bytes) -> Box:
    """Where the red door is in a picture as a browser gets it."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
    rows, columns = np.nonzero((pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 80))
    x, y = int(columns.min()), int(rows.min())
    return x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y


def hear(sound: bytes) -> str:
    """What is "said" in a sound as a browser gets it: the word for its loudest tone."""
    with av.open(io.BytesIO(sound), "r") as container:
        stream = container.streams.audio[0]
        frames: list[Any] = [frame.to_ndarray() for frame in container.decode(stream)]
        rate = stream.rate
    mono = np.concatenate([frame.reshape(-1, frame.shape[-1])[0] for frame in frames], axis=-1)
    spectrum = np.abs(np.fft.rfft(mono))
    loudest = float(np.fft.rfftfreq(len(mono), 1 / rate)[int(spectrum.argmax())])
    return WORDS[min(WORDS, key=lambda hertz: abs(hertz - loudest))]


def cues(text: str) -> list[tuple[int, int, str]]:
    """(start_ms, end_ms, text) of WebVTT or SRT, read by ourselves: what a player would show."""
    found = []
    for block in text.replace("\r\n", "\n").strip().split("\n\n"):
        lines = block.split("\n")
        place = next((number for number, line in enumerate(lines) if "-->" in line), None)
        if place is not None:
            start, end = lines[place].split(" --> ")
            found.append((_ms(start), _ms(end.split(" ")[0]), "\n".join(lines[place + 1 :])))
    return found


def _ms(moment: str) -> int:
    clock, thousandths = moment.strip().replace(",", ".").split(".")
    hours, minutes, seconds = (["0", *clock.split(":")])[-3:]
    return (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int(thousandths)
