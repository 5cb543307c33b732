"""What splitting asks about media, answered by the sandbox and remembered."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.context import Context
from workbench.errors import Unavailable
from workbench.ingest.sniff import encoding_of
from workbench.store import datasets as store


class SandboxReader:
    """`task_types.protocol.MediaReader` over the lab's own files. Times are ms from the start of the original."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    def pieces_at_pauses(self, media: str, *, target_ms: int, limit_ms: int) -> Sequence[tuple[int, int]]:
        """Where a long sound may be cut."""
        raise Unavailable("Long sounds cannot be cut yet.")

    def scene_starts(self, media: str) -> Sequence[int]:
        """Where the scenes of a film begin."""
        raise Unavailable("Films cannot be cut yet.")

    def frame_times(self, media: str) -> Sequence[float]:
        """When each frame of a film is shown."""
        raise Unavailable("Films cannot be cut yet.")

    def text(self, media: str) -> str:
        """The words of a text file, however it is written."""
        found = self._ctx.db.read(lambda connection: store.media_by_public_id(connection, media))
        with self._ctx.files.local_path(found.sha256) as path:
            encoding, _ = encoding_of(path)
            return path.read_text(encoding=encoding, errors="replace")
