"""The files of an upload: what stands in folders and zips, by the name that the person knows."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from accessibility.sentences import sentence
from workbench.media import zip_names
from workbench.store.datasets import Problem

TABLES = frozenset({".csv", ".tsv"})
JSON_LINES = frozenset({".jsonl", ".ndjson"})
JSON = frozenset({".json"})
SUBTITLES = frozenset({".srt", ".vtt", ".ttml", ".dfxp", ".stl", ".xml", ".ebu", ".sub", ".ass", ".ssa"})
_RECORDINGS = """
    .mp4 .mov .mkv .webm .avi .mxf .mpg .mpeg .ts .m2ts .m4v .3gp .ogv .wmv .flv
    .wav .mp3 .flac .ogg .oga .opus .m4a .aac .wma .aif .aiff .amr .bwf .w64 .caf .mka
"""
RECORDINGS = frozenset(_RECORDINGS.split())
ZIPS = frozenset({".zip"})
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})


@dataclass(frozen=True)
class Given:
    """What somebody handed in: a file, a folder or a zip, with the name they know it by."""

    name: str
    path: Path


@dataclass(frozen=True, order=True)
class Entry:
    """One file of an upload. name: its path inside the upload, with `/`."""

    name: str
    path: Path = field(compare=False)

    @property
    def suffix(self) -> str:
        """Its ending in small letters, with the dot."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """Its path without the ending: what a sound and its subtitle have in common."""
        return str(PurePosixPath(self.name).with_suffix(""))

    @property
    def is_table(self) -> bool:
        """Does it hold many sources, a row each?"""
        return self.suffix in TABLES | JSON_LINES | JSON


def walk(folder: Path, prefix: str = "") -> Iterator[Entry | Problem]:
    """Every file below a folder, in the order of names. Links are not followed: they may point outside of it."""
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        name = prefix + path.name
        if zip_names.is_clutter(name):
            continue
        if path.is_symlink():
            yield Problem(
                name, None, sentence("{name} is a link, and links are not followed. Put the file itself in its place.", name=name)
            )
        elif path.is_dir():
            yield from walk(path, name + "/")
        elif not path.is_file():
            yield Problem(name, None, sentence("{name} is no ordinary file. Leave it out.", name=name))
        else:
            yield entry_of(name, path)


def entry_of(name: str, path: Path) -> Entry | Problem:
    """A file under the name that the person knows, or why it cannot be used."""
    name = unicodedata.normalize("NFC", name)
    if not os.access(path, os.R_OK):
        return Problem(
            name,
            None,
            sentence(
                "{name} cannot be opened: this program may not read it. Change its permissions, then ingest again.", name=name
            ),
        )
    return unsuitable_name(name) or Entry(name, path)


def unsuitable_name(name: str) -> Problem | None:
    """A name that cannot be kept: bytes that are no text, or too long."""
    if not name.isprintable():
        shown = name.encode("ascii", "backslashreplace").decode()
        return Problem(
            shown,
            None,
            sentence("The name {shown} has characters that cannot be read. Rename the file, then ingest again.", shown=shown),
        )
    if len(name) > 900:
        return Problem(
            name[:100],
            None,
            sentence("The path {name}… has {count} characters; 900 fit. Use shorter names.", name=name[:100], count=len(name)),
        )
    return None


class Files:
    """
    The files of one upload, to look up what a row or a task names.

    Args:
        entries: all files of the upload.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.by_name: Mapping[str, Entry] = {entry.name: entry for entry in entries}
        self._by_base: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by_base.setdefault(PurePosixPath(entry.name).name, []).append(entry)
        self._by_stem: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by_stem.setdefault(entry.stem, []).append(entry)
        self.others = any(not entry.is_table for entry in entries)

    def subtitles_beside(self, entry: Entry) -> list[Entry]:
        """Subtitle files with the same path and stem as this sound or film."""
        return [other for other in self._by_stem.get(entry.stem, ()) if other.suffix in SUBTITLES and other != entry]

    def media_beside(self, entry: Entry) -> bool:
        """Is there a sound or film that this subtitle file belongs to?"""
        return any(other.suffix in RECORDINGS for other in self._by_stem.get(entry.stem, ()))

    def find(self, reference: str, *, beside: str = "") -> Entry | None:
        """
        The file that a reference means: a path from the table's own folder (`beside` is the table's name), a path in
        the upload, or a file name that occurs once.
        """
        wanted = reference.strip().replace("\\", "/")
        folder = str(PurePosixPath(beside).parent)
        for path in (f"{folder}/{wanted}", wanted):
            found = self.by_name.get(_normal(path))
            if found:
                return found
        same = self._by_base.get(PurePosixPath(wanted).name, ())
        return same[0] if len(same) == 1 else None


def _normal(path: str) -> str:
    """`./a/../b` → `b`. A path that leads out of the upload stays as it is, and so names nothing."""
    kept: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        else:
            kept.append(part)
    return "/".join(kept)
