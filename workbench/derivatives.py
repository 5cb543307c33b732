"""What is made from a medium when it is first asked for, and kept: upright pictures, thumbnails, pieces of sound.

Everything made can be made again: the originals are what is kept for good. Decoding happens in the media sandbox.
"""

from __future__ import annotations

import json
import tempfile
from bisect import bisect_right
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from accessibility.sentences import sentence
from workbench import media as making
from workbench.context import Context
from workbench.domain import Json
from workbench.errors import BadInput, NotFound
from workbench.media import Derived, Progress, sandbox
from workbench.media.browsers import needs_proxy
from workbench.media.probe import Probe
from workbench.store import media as store
from workbench.store.media import Made, Medium

LONGEST_CLIP_MS = 30 * 60_000
MIMES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
    ".mp4": "video/mp4",
    ".json": "application/json",
    ".vtt": "text/vtt",
}
PEAKS_PER_SECOND = 100  # pairs in a waveform


def made(
    ctx: Context, medium: Medium, kind: Derived, parameters: Mapping[str, float], on_progress: Progress | None = None
) -> Made:
    """
    The derivative, made now if it was never made.

    Args:
        on_progress: called with seconds of media done; what it raises stops the work.

    Raises:
        BadInput: the file cannot be decoded, or has nothing at these times.
    """
    written = json.dumps(dict(parameters), sort_keys=True, separators=(",", ":")) if parameters else ""
    found = ctx.db.read(lambda connection: store.derivative(connection, medium.id, kind, written))
    if found and ctx.files.exists(found.sha256):
        return found
    new = _make(ctx, medium, kind, parameters, on_progress)
    now = ctx.now()
    ctx.db.write(lambda connection: store.add_derivative(connection, medium.id, kind, written, new, now=now))
    return new


def _make(ctx: Context, medium: Medium, kind: Derived, parameters: Mapping[str, Any], on_progress: Progress | None) -> Made:
    limits = sandbox.LONG if kind == "frames" else None  # an hour of film has 90,000 of them
    with ctx.files.local_path(medium.sha256) as original, tempfile.TemporaryDirectory() as folder:
        main = making.derive(kind, original, folder, name=medium.name, limits=limits, on_progress=on_progress, **parameters)[0]
        with Path(main).open("rb") as file:
            stored = ctx.files.put(file)
        return Made(stored.sha256, MIMES.get(main.suffix, "application/octet-stream"))


def picture(ctx: Context, medium: Medium, kind: Derived) -> Made:
    """An image turned upright, in a format that browsers show; or its thumbnail."""
    if medium.kind != "image":
        raise NotFound(sentence('"{name}" is not a picture.', name=medium.name))
    return made(ctx, medium, kind, {})


def crop(ctx: Context, medium: Medium, x: int, y: int, width: int, height: int) -> Made:
    """A rectangle of an upright picture, in its own pixels."""
    if medium.kind != "image" or width <= 0 or height <= 0:
        raise NotFound(sentence('"{name}" is not a picture.', name=medium.name))
    return made(ctx, medium, "crop", {"x": x, "y": y, "width": width, "height": height})


def frame(ctx: Context, medium: Medium, at_ms: float | None) -> Made:
    """The picture that a video shows at this time, in ms from the start of the original."""
    if medium.kind != "video" or at_ms is None:
        raise NotFound(sentence('"{name}" is not a video, or no time was given.', name=medium.name))
    return made(ctx, medium, "frame", {"at_ms": at_ms})


def proposals(ctx: Context, medium: Medium, at_ms: float | None) -> Made:
    """What a program sees in a picture, or in a frame of a video: suggestions for somebody who draws."""
    if (medium.kind, at_ms is None) not in (("image", True), ("video", False)):
        raise NotFound(sentence('There are no suggestions for "{name}".', name=medium.name))
    return made(ctx, medium, "proposals", {} if at_ms is None else {"at_ms": at_ms})


def overview(ctx: Context, medium: Medium, kind: Derived) -> Made:
    """A film at a glance: one telling picture (`poster`), or twenty side by side (`strip`)."""
    if medium.kind != "video":
        raise NotFound(sentence('"{name}" is not a video.', name=medium.name))
    return made(ctx, medium, kind, {})


def clip(ctx: Context, medium: Medium, start_ms: int, end_ms: int | None) -> Made:
    """
    A piece of sound, exactly from start to end. Without an end: up to the end of the recording.

    Args:
        start_ms, end_ms: from the start of the original.
    """
    end = end_ms if end_ms is not None else int(medium.probe.get("duration_ms") or 0)
    if not 0 <= start_ms < end or end - start_ms > LONGEST_CLIP_MS:
        raise BadInput(
            sentence(
                "A piece from {start_ms} to {end} ms cannot be given. The end must follow the start, at most 30 minutes later.",
                start_ms=start_ms,
                end=end,
            )
        )
    return made(ctx, medium, "clip", {"start_ms": start_ms, "end_ms": end})


def playable(ctx: Context, medium: Medium) -> Made:
    """The whole recording: its proxy where one was made, the original where browsers play it, else its sound."""
    proxy = ctx.db.read(lambda connection: store.derivative(connection, medium.id, "proxy", ""))
    if proxy and ctx.files.exists(proxy.sha256):
        return proxy
    if not _refused(medium):
        return Made(medium.sha256, medium.mime)
    if medium.kind == "audio":
        return clip(ctx, medium, 0, None)
    raise NotFound(sentence('"{name}" is still being made ready to play. Try again in a few minutes.', name=medium.name))


def prepare(ctx: Context, public_id: str, on_progress: Progress | None = None) -> None:
    """
    Make a recording ready to be asked about: what browsers refuse gets its proxy, before anybody is handed a question.

    Raises:
        BadInput: it cannot be decoded. What `on_progress` raises.
    """
    medium = ctx.db.read(lambda connection: store.medium(connection, public_id))
    if medium is not None and medium.kind in ("audio", "video") and _refused(medium):
        made(ctx, medium, "proxy", {}, on_progress)


def _refused(medium: Medium) -> bool:
    """Do browsers refuse it as it came? By what is in it: an MP4 may hold anything."""
    return needs_proxy(Probe.from_json(medium.probe)) if medium.probe else False


def frames(ctx: Context, medium: Medium, start_ms: int, end_ms: int | None) -> dict[str, Json]:
    """
    When the frames of a piece are shown: `first`, the number of the first one in the original; `times_ms`; `end_ms`,
    when the last one goes. To show frame n, seek to the middle between its time and the next.
    """
    if medium.kind != "video":
        raise NotFound(sentence('"{name}" has no frames.', name=medium.name))
    whole = json.loads(b"".join(ctx.files.open(made(ctx, medium, "frames", {}).sha256)))
    times, end = whole["times_ms"], whole["end_ms"]
    first = max(0, bisect_right(times, start_ms) - 1)
    last = len(times) if end_ms is None else max(first + 1, bisect_right(times, end_ms - 0.001))
    return {"first": first, "times_ms": times[first:last], "end_ms": times[last] if last < len(times) else end}


def peaks(ctx: Context, medium: Medium, start_ms: int, end_ms: int | None) -> bytes:
    """The waveform of a piece: (lowest, highest) pairs of signed bytes, PEAKS_PER_SECOND a second; made once, for the whole."""
    if medium.kind not in ("audio", "video"):
        raise NotFound(sentence('"{name}" has no sound.', name=medium.name))
    found = made(ctx, medium, "peaks", {"per_second": PEAKS_PER_SECOND})
    size = ctx.files.size(found.sha256)
    start = min(size, start_ms * PEAKS_PER_SECOND // 1000 * 2)
    end = size if end_ms is None else min(size, -(-end_ms * PEAKS_PER_SECOND // 1000) * 2)
    return b"".join(ctx.files.open(found.sha256, start, end)) if start < end else b""
