"""Looking into a file, in a process of its own: foreign media is never decoded in this one."""

from __future__ import annotations

from pathlib import Path

from workbench import media
from workbench.media.probe import HEAD_BYTES, Probe, text_mime


def look(path: Path, name: str) -> Probe:
    """
    What a file holds. `name`: what the person calls it.

    Raises:
        BadInput: it cannot be decoded, or not safely.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        mime = text_mime(file.read(HEAD_BYTES), whole=size <= HEAD_BYTES)
    # A text is read here: there is nothing to decode, and a folder of texts would wait for the other process each time.
    return Probe("text", mime, size) if mime == "text/plain" else media.probe_file(path, name)
