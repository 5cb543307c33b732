"""Files become parts of a source: kept in the store, looked into, described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accessibility.sentences import sentence
from task_types.protocol import Part
from workbench.context import Context
from workbench.domain import Json, Project
from workbench.errors import BadInput
from workbench.ingest.entries import SUBTITLES, Entry
from workbench.ingest.looking import look
from workbench.ingest.sniff import encoding_of
from workbench.media.probe import Probe
from workbench.media.storage import Stored
from workbench.store import datasets as store
from workbench.store.bulk import as_json

LONGEST_TEXT = 100_000  # characters of a text that stands in the database itself; a longer one stays a file
SUBTITLE_MIMES = {"text/vtt", "application/x-subrip", "application/ttml+xml"}
PLAIN_TEXTS = {"text/plain"}


@dataclass(frozen=True)
class Kept:
    """A file of the upload, safe in the store and looked into. kind: that of a part."""

    media: store.MediaFile
    kind: str
    probe: Probe


def keep(ctx: Context, project: Project, dataset_id: int, entry: Entry) -> Kept:
    """
    Put a file into the store, look into it, and give it an id that questions can show.

    Raises:
        BadInput: it is broken, or not safe to open.
    """
    stored = put(ctx, entry.path)
    known = ctx.db.read(lambda connection: store.media_by_content(connection, project.id, stored.sha256))
    probe = Probe.from_json(known.probe) if known else look(entry.path, entry.name)
    now = ctx.now()
    media = known or ctx.db.write(
        lambda connection: store.add_media(
            connection,
            project_id=project.id,
            sha256=stored.sha256,
            kind=kind_of(entry, probe),
            mime=probe.mime,
            name=entry.name,
            probe=probe.to_json(),
            now=now,
        )
    )
    record_upload(ctx, dataset_id, entry.name, stored)
    return Kept(media, kind_of(entry, probe), probe)


def put(ctx: Context, path: Path) -> Stored:
    """A file into the store; the same bytes twice are one file."""
    with path.open("rb") as file:
        return ctx.files.put(file)


def record_upload(ctx: Context, dataset_id: int, name: str, stored: Stored) -> None:
    """Note that this file came in this dataset, byte for byte."""
    now, sha256, size = ctx.now(), stored.sha256, stored.size
    ctx.db.write(
        lambda connection: store.add_upload(connection, dataset_id=dataset_id, name=name, sha256=sha256, size=size, now=now)
    )


def kind_of(entry: Entry, probe: Probe) -> str:
    """The kind of part that a file is; a text with times is a subtitle, and not every text is one to read."""
    if probe.mime in SUBTITLE_MIMES or (probe.kind in ("text", "other") and entry.suffix in SUBTITLES - {".xml"}):
        return "subtitle"
    if probe.kind == "text" and probe.mime not in PLAIN_TEXTS:
        return "other"
    return probe.kind


def part_of(entry: Entry, kept: Kept, name: str, fields: Mapping[str, str] | None = None) -> Part:
    """
    The part of a source that this file is; a short text stands in it as words.

    Raises:
        BadInput: a text without words.
    """
    probe = kept.probe
    text = _words(entry) if kept.kind == "text" and probe.size_bytes <= LONGEST_TEXT else None
    return Part(
        name=name,
        kind=kept.kind,  # type: ignore[arg-type]  # kind_of gives these words only
        media=None if text is not None else kept.media.public_id,
        text=text,
        mime=kept.media.mime,
        file_name=entry.name,
        width=probe.width,
        height=probe.height,
        duration_ms=probe.duration_ms,
        frame_rate=probe.frame_rate,
        fields=dict(fields or {}),
    )


def _words(entry: Entry) -> str:
    encoding, _ = encoding_of(entry.path)
    text = entry.path.read_text(encoding=encoding, errors="replace").replace("\x00", "").strip()
    if not text:
        raise BadInput(sentence("{file} is empty. Put a text in it, then ingest again.", file=entry.name), file=entry.name)
    return text


_EMPTY = ("media", "text", "mime", "file_name", "width", "height", "duration_ms", "frame_rate", "fields")


def plain(part: Part) -> dict[str, Json]:
    """A part as JSON, without what it has not got; `Part(**plain(part))` reads it."""
    kept: dict[str, Json] = {"name": part.name, "kind": part.kind}
    for name in _EMPTY:
        value = getattr(part, name)
        if value is not None and value != {}:
            kept[name] = value
    return kept


def parts_json(parts: list[Part]) -> str:
    """Parts as the JSON text that the database keeps."""
    return as_json([plain(part) for part in parts])
