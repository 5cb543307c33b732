"""What splitting asks about media, answered by the media process and kept: asked again, it costs a look-up."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from task_types.protocol import Source
from workbench import derivatives
from workbench.context import Context
from workbench.domain import Json
from workbench.ingest.sniff import encoding_of
from workbench.media import derive, sandbox, scene_cuts, speech_flags
from workbench.media.cutting import cut_at_pauses, pauses_in
from workbench.store import datasets as store

Progress = Callable[[float], None]
SHORTEST_PAUSE_MS = 180  # a breath between two words; what is shorter is part of one


class StoredMedia:
    """
    `task_types.protocol.MediaReader` over the lab's own files. Times are ms from the start of the original.

    Args:
        on_progress: called with the share (0–1) of the source that is done; what it raises stops the work.

    Every method raises BadInput when the file cannot be decoded, NotFound when it was deleted.
    """

    def __init__(self, ctx: Context, on_progress: Progress | None = None) -> None:
        self._ctx = ctx
        self._on_progress = on_progress
        self._stretches = 0  # how often this source's media was gone through

    def make_ready(self, source: Source) -> None:
        """What browsers refuse gets its proxy now: nobody is handed a question that cannot be played yet."""
        for part in source.parts:
            if part.media is not None and part.kind in ("audio", "video"):
                derivatives.prepare(self._ctx, part.media, self._telling(part.duration_ms))
        self._stretches = 0

    def _telling(self, duration_ms: int | None) -> Progress | None:
        """
        Progress of one more time through a source's media, told in seconds of it: nobody knows how many there will be, so
        each takes half of what is left.
        """
        tell = self._on_progress
        if tell is None:
            return None
        self._stretches += 1
        left, whole = 0.5**self._stretches, duration_ms or float("inf")
        return lambda seconds: tell(1 - left * (2 - min(1.0, max(0.0, seconds * 1000 / whole))))

    def pieces_at_pauses(self, media: str, *, target_ms: int, limit_ms: int) -> Sequence[tuple[int, int]]:
        """Where a long sound is cut: in its pauses."""
        duration_ms, speech = self._heard(media)
        return cut_at_pauses(duration_ms, speech, target_ms=target_ms, limit_ms=limit_ms)

    def pauses(self, media: str) -> Sequence[tuple[int, int]]:
        """Where nobody speaks, long enough to stop there."""
        duration_ms, speech = self._heard(media)
        return pauses_in(speech, duration_ms, at_least_ms=SHORTEST_PAUSE_MS)

    def _heard(self, media: str) -> tuple[int, bytes]:
        """How long it is, and for each stretch whether somebody speaks."""
        found = self._once(media, "speech", self._speech)
        return found["duration_ms"], bytes(flag == "1" for flag in found["flags"])

    def scene_starts(self, media: str) -> Sequence[int]:
        """Where the scenes of a film begin, 0 included."""
        return [0, *self._once(media, "scenes", self._scenes)]

    def frame_times(self, media: str) -> Sequence[float]:
        """When each frame of a film is presented, in ms."""
        return [float(time) for time in self._once(media, "frames", self._frames)["times_ms"]]

    def text(self, media: str) -> str:
        """The words of a text file, however it is written."""
        found = self._ctx.db.read(lambda connection: store.media_by_public_id(connection, media))
        with self._ctx.files.local_path(found.sha256) as path:
            encoding, _ = encoding_of(path)
            return path.read_text(encoding=encoding, errors="replace")

    def data(self, media: str) -> bytes:
        """A file as it came, byte for byte."""
        found = self._ctx.db.read(lambda connection: store.media_by_public_id(connection, media))
        return b"".join(self._ctx.files.open(found.sha256))

    def _speech(self, path: Path, name: str, tell: Progress | None) -> Json:
        duration_ms, flags = speech_flags(path, name, on_progress=tell)
        return {"duration_ms": duration_ms, "flags": "".join("1" if flag else "0" for flag in flags)}

    def _scenes(self, path: Path, name: str, tell: Progress | None) -> Json:
        return scene_cuts(path, name, on_progress=tell)

    def _frames(self, path: Path, name: str, tell: Progress | None) -> Json:
        with tempfile.TemporaryDirectory() as folder:
            return json.loads(derive("frames", path, folder, name=name, limits=sandbox.LONG, on_progress=tell)[0].read_text())

    def _once(self, media: str, kind: str, find: Callable[[Path, str, Progress | None], Json]) -> Json:
        """What was found before, or is found now; kept as a derivative of the file."""
        found = self._ctx.db.read(lambda connection: store.media_by_public_id(connection, media))
        kept = self._ctx.db.read(lambda connection: store.derivative(connection, found.id, kind, ""))
        if kept:
            return json.loads(b"".join(self._ctx.files.open(kept)))
        with self._ctx.files.local_path(found.sha256) as path:
            answer = find(path, found.name, self._telling(found.probe.get("duration_ms")))
        stored, now = self._ctx.files.put(io.BytesIO(json.dumps(answer).encode())), self._ctx.now()
        self._ctx.db.write(
            lambda connection: store.add_derivative(
                connection,
                media_id=found.id,
                kind=kind,
                parameters="",
                sha256=stored.sha256,
                size=stored.size,
                mime="application/json",
                now=now,
            )
        )
        return answer
