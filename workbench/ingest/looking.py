"""Looking into a file, in a process of its own: foreign media is never decoded in this one."""

from __future__ import annotations

from pathlib import Path

from workbench import media
from workbench.media.probe import HEAD_BYTES, Probe, is_image, text_mime

# Written in plain letters, and still no text that anybody should read.
_DOCUMENTS = ((b"%PDF", "application/pdf"), (b"{\\rtf", "application/rtf"), (b"%!PS", "application/postscript"))


def look(path: Path, name: str) -> Probe:
    """
    What a file holds. `name`: what the person calls it.

    Raises:
        BadInput: it cannot be decoded, or not safely.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for start, mime in _DOCUMENTS:
        if head.startswith(start):
            return Probe("other", mime, size)
    # A text is read here: there is nothing to decode, and a folder of texts would wait for the other process each time.
    if not is_image(head) and text_mime(head, whole=size <= HEAD_BYTES) == "text/plain":
        return Probe("text", "text/plain", size)
    return media.probe_file(path, name)
