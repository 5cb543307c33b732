"""The demo lab: people of every role and a project of every kind of work, on media that are made on the spot."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from accessibility.sentences import packed, sentence, unpacked
from workbench.commands.telling import tell
from workbench.context import Context, open_context
from workbench.demo import cast, films, jobs_of_demo, pictures, sounds
from workbench.errors import Conflict
from workbench.settings import Settings
from workbench.store import people

LINKS = "demo-sign-ins.json"
BEGUN = "demo-unfinished"
# What a lab makes in its folder; not speech models, nor the certificate authority that workstations trust.
MADE = ("workbench.sqlite3*", "jobs.sqlite3*", "files", "symbols", "incoming", "exports", "alive", LINKS, BEGUN)


def prepare(settings: Settings, *, fresh: bool = False, kinds: AbstractSet[str] | None = None) -> list[tuple[str, str]]:
    """
    Make the demo lab where there is none yet; one that was broken off half way is made again.

    Args:
        kinds: only projects of these kinds of work; all by default.

    Returns:
        (who, path) for each sign-in link; who: a sentence, to be told in the language of the terminal.

    Raises:
        Conflict: there is a real lab, which must not get people whose links everybody knows.
    """
    kept, begun = settings.data / LINKS, settings.data / BEGUN
    if begun.exists() or (fresh and kept.exists()):
        _clear(settings.data)
    if kept.exists():
        return [(unpacked(who), path) for who, path in json.loads(kept.read_text(encoding="utf-8"))]
    ctx = open_context(settings)
    try:
        _refuse_real_lab(ctx)
        begun.touch()
        links = _make(ctx, kinds)
    finally:
        ctx.close()
    # Secrets are kept as hashes in the database; a demo's links are no secrets.
    kept.write_text(json.dumps([(packed(who), path) for who, path in links]), encoding="utf-8")
    begun.unlink()
    return links


def _clear(folder: Path) -> None:
    """Take away what a lab made here, and nothing else that somebody may keep in this folder."""
    for path in [path for name in MADE for path in folder.glob(name)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _refuse_real_lab(ctx: Context) -> None:
    if ctx.db.read(people.count_people):
        raise Conflict(
            sentence(
                "There is a lab in {data} already, and it is no demo. Serve it with: workbench serve. Or choose "
                "another folder with --data FOLDER.",
                data=ctx.settings.data,
            )
        )


def _make(ctx: Context, kinds: AbstractSet[str] | None) -> list[tuple[str, str]]:
    tell("Making the demo lab (once): people, pictures, speech …")
    cast.name_lab(ctx)
    links = cast.enrol_everybody(ctx)
    with tempfile.TemporaryDirectory() as folder:
        media = Path(folder)
        made = [*pictures.make(media / "pictures"), *sounds.make(media / "sounds")]
        made += films.make(media / "films", media / "pictures")
        jobs_of_demo.make(ctx, media, _names(made), kinds)
    return links


def _names(paths: Sequence[Path]) -> set[str]:
    return {path.name for path in paths}
