"""The demo lab: people of every role and a project of every kind of work, on media that are made on the spot."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from workbench.context import Context, open_context
from workbench.demo import cast, jobs_of_demo, pictures, sounds
from workbench.settings import Settings

LINKS = "demo-sign-ins.json"


def prepare(settings: Settings, *, fresh: bool = False) -> list[tuple[str, str]]:
    """
    Make the demo lab where there is none yet.

    Returns:
        (who, path) for each sign-in link.
    """
    kept = settings.data / LINKS
    if fresh and kept.exists():  # only ever a folder that this function filled
        shutil.rmtree(settings.data)
    if kept.exists():
        return [(who, path) for who, path in json.loads(kept.read_text(encoding="utf-8"))]
    ctx = open_context(settings)
    try:
        links = _make(ctx)
    finally:
        ctx.close()
    # Secrets are kept as hashes in the database; a demo's links are no secrets.
    kept.write_text(json.dumps(links), encoding="utf-8")
    return links


def _make(ctx: Context) -> list[tuple[str, str]]:
    print("Making the demo lab (once): people, pictures, speech …", flush=True)
    cast.name_lab(ctx)
    links = cast.enrol_everybody(ctx)
    with tempfile.TemporaryDirectory() as folder:
        media = Path(folder)
        made = [*pictures.make(media / "pictures"), *sounds.make(media / "sounds")]
        jobs_of_demo.make(ctx, media, _names(made))
    return links


def _names(paths: Sequence[Path]) -> set[str]:
    return {path.name for path in paths}
