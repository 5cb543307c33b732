"""What was handed in becomes a list of files: folders are walked, zips are unpacked beside the lab's own files."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from accessibility.sentences import sentence
from workbench.context import Context
from workbench.errors import BadInput
from workbench.ingest import parts
from workbench.ingest.candidates import in_reading_order
from workbench.ingest.entries import ZIPS, Entry, Given, entry_of, walk
from workbench.ingest.sniff import encoding_of
from workbench.media import unpack
from workbench.media.storage import Stored
from workbench.store.datasets import Problem

PREFIX = "zip-"
COPY_BYTES = 1 << 20


@dataclass(frozen=True)
class Gathered:
    """
    The files of an upload, in the order in which they are read.

    uploads: zips, kept as they came; about: how many sources there will be, for the progress bar;
    fingerprint: the same for the same files, so that a stopped ingest knows whether it may go on.
    """

    entries: Sequence[Entry]
    uploads: Sequence[tuple[str, Stored]]
    problems: Sequence[Problem]
    about: int
    fingerprint: str


def gather(ctx: Context, given: Sequence[Given], stack: ExitStack) -> Gathered:
    """
    All files of an upload. Unpacked zips stay until `stack` is closed.

    Raises:
        BadInput: a path is not there.
        RefusedUpload: a zip that is not safe to open.
    """
    found: list[Entry | Problem] = []
    uploads: list[tuple[str, Stored]] = []
    for each in _files(given):
        if isinstance(each, Entry) and each.suffix in ZIPS:
            found += unpacked(ctx, each, stack)
            uploads.append((each.name, parts.put(ctx, each.path)))
        else:
            found.append(each)
    entries, double = _once([each for each in found if isinstance(each, Entry)])
    problems = [*(each for each in found if isinstance(each, Problem)), *double]
    if not entries and not problems:
        raise BadInput(
            sentence(
                "There are no files in {names}. Choose others.",
                names=", ".join(each.name for each in given) or sentence("this upload"),
            )
        )
    return Gathered(in_reading_order(entries), uploads, problems, _about(entries), _fingerprint(entries))


def _files(given: Sequence[Given]) -> Iterator[Entry | Problem]:
    for each in given:
        if each.path.is_dir():
            yield from walk(each.path)
        elif each.path.is_file():
            yield entry_of(each.name, each.path)
        else:
            raise BadInput(
                sentence("There is no file or folder {path}. Check the path, then ingest again.", path=each.path), file=each.name
            )


def _about(entries: Sequence[Entry]) -> int:
    """Sources to expect: a file is one, a table one per line."""
    return sum(encoding_of(entry.path)[1] if entry.is_table else 1 for entry in entries)


def _fingerprint(entries: Sequence[Entry]) -> str:
    found = hashlib.sha256()
    for entry in entries:
        found.update(f"{entry.name}\0{entry.path.stat().st_size}\0".encode())
        if entry.is_table:  # the place reached is a row of it: every byte before that must be the same
            with entry.path.open("rb") as file:
                found.update(hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()


def _once(entries: Sequence[Entry]) -> tuple[list[Entry], list[Problem]]:
    """Two folders may hold a file of the same name; the first one stands."""
    seen: dict[str, Entry] = {}
    double: list[Problem] = []
    for entry in entries:
        if seen.setdefault(entry.name, entry) is not entry:
            message = sentence(
                "{file} is there twice in this upload; the first one is taken. Ingest their common folder instead.",
                file=entry.name,
            )
            double.append(Problem(entry.name, None, message))
    return list(seen.values()), double


def unpacked(ctx: Context, given: Entry, stack: ExitStack) -> list[Entry | Problem]:
    """
    The files in a zip, by the names they would have beside it. They are written into a folder that goes away with
    `stack`, under numbers: a name in a zip may be anything.

    Raises:
        RefusedUpload: the zip is not safe, or not what it says it is.
    """
    incoming = ctx.settings.data / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=incoming, prefix=PREFIX)))
    found: list[Entry | Problem] = []
    for number, inside in enumerate(unpack.walk(given.path, name=given.name)):
        path = folder / str(number)
        with inside.open() as content, path.open("xb") as out:
            shutil.copyfileobj(content, out, COPY_BYTES)
        name = (PurePosixPath(given.name).parent / inside.name).as_posix()
        found.append(entry_of(name, path))
    return found


def sweep(ctx: Context, *, now: int, older_than_seconds: int = 2 * 86_400) -> int:
    """Remove what a crash left of unpacked zips; returns how many folders that were. `now`: UTC ms."""
    left = [folder for folder in (ctx.settings.data / "incoming").glob(PREFIX + "*") if folder.is_dir()]
    old = [folder for folder in left if now / 1000 - folder.stat().st_mtime > older_than_seconds]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)
