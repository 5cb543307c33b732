"""Looking into a file, in a process of its own: foreign media is never decoded in this one."""

from __future__ import annotations

from pathlib import Path

from workbench.media.probe import Probe, probe


def look(path: Path, name: str) -> Probe:
    """
    What a file holds. `name`: what the person calls it.

    Raises:
        BadInput: it cannot be decoded, or not safely.
    """
    return probe(path, name)
