"""What a person uploads, one entry after the other: a zip, a folder or a single file.

Nothing is written to disk and nothing is opened twice. Everything about a zip that can be judged from its list is
judged before the first entry comes out; what only reading can tell is told while reading. An archive that lies about
one thing is refused whole: there is no telling what else it lies about.
"""

from __future__ import annotations

import io
import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from accessibility.sentences import sentence
from workbench.errors import RefusedUpload
from workbench.media import zip_names
from workbench.media.zip_directory import check_directory, check_overlaps


@dataclass(frozen=True)
class Limits:
    """
    How much one upload may be.

    Attributes:
        entries: files in it. The list of a zip is held in memory, about 1 kB for each.
        entry_bytes, total_bytes: unpacked size of one file, and of all.
        ratio: unpacked size divided by packed size, for files above `ratio_from_bytes`. Media hardly shrink at all;
            text by ten or twenty.
        ratio_from_bytes: smaller files may be packed as tightly as they like.
    """

    entries: int = 200_000
    entry_bytes: int = 200 << 30
    total_bytes: int = 1 << 40
    ratio: int = 200
    ratio_from_bytes: int = 16 << 20


@dataclass(frozen=True)
class Entry:
    """One file: its name with forward slashes, its size in bytes as declared, and a way to read it."""

    name: str
    size: int
    _open: Callable[[], IO[bytes]] = field(repr=False, compare=False)

    def open(self) -> IO[bytes]:
        """Open for reading, to be closed. Reading raises RefusedUpload when the content is not what was declared."""
        return self._open()


class Walk:
    """The entries of an upload, in order of name; iterate once. `ignored` counts what computers add by themselves."""

    def __init__(self, entries: Callable[[Walk], Iterator[Entry]]) -> None:
        self.ignored = 0
        self._entries = entries

    def __iter__(self) -> Iterator[Entry]:
        self.ignored = 0
        return self._entries(self)


_DEFAULT = Limits()


def walk(path: str | Path, *, limits: Limits = _DEFAULT, name: str | None = None) -> Walk:
    """
    The files of a zip, a folder, or one file.

    Args:
        path: where it is.
        limits: how much it may be.
        name: what the person calls it, for messages; the last part of `path` by default.

    Raises (while iterating):
        RefusedUpload: names that lead out of the folder, links, devices, encrypted or nested archives, bombs, two
            names that differ only in capitals, more than the limits allow, or content that is not as declared.
    """
    path = Path(path)
    shown = name or path.name
    if path.is_dir():
        return Walk(lambda walk: _folder(path, shown, limits, walk))
    if _is_zip(path, shown):
        return Walk(lambda walk: _zip(path, shown, limits, walk))
    return Walk(lambda _walk: iter([Entry(shown, path.stat().st_size, lambda: path.open("rb"))]))


def _is_zip(path: Path, shown: str) -> bool:
    # Office documents are zips too; whoever sends one means the document.
    if zip_names.is_document(shown):
        return False
    if shown.lower().endswith(".zip"):
        return True
    with path.open("rb") as file:
        return file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"} and zipfile.is_zipfile(path)


def _zip(path: Path, shown: str, limits: Limits, walk: Walk) -> Iterator[Entry]:
    with path.open("rb") as file:
        check_directory(file, shown, max_entries=limits.entries)
    archive = _opened_zip(path, shown)  # closed with the last entry that still uses it
    with path.open("rb") as file:
        check_overlaps(archive.infolist(), file, shown)
    for name, info in _judged(archive, shown, limits, walk):
        yield Entry(name, info.file_size, _opener(archive, info, f"{shown}: {name}"))


def _opened_zip(path: Path, shown: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise RefusedUpload(
            sentence('"{shown}" is not a complete zip file. Make the zip again.', shown=shown), file=shown
        ) from error


def _judged(archive: zipfile.ZipFile, shown: str, limits: Limits, walk: Walk) -> list[tuple[str, zipfile.ZipInfo]]:
    """Names and entries in order, after every check that the list alone allows."""
    kept: list[tuple[str, zipfile.ZipInfo]] = []
    names, total = zip_names.Seen(shown), 0
    for info in archive.infolist():
        name = zip_names.clean(info, shown)
        _check_kind(info, name, shown)
        if info.is_dir() or zip_names.is_clutter(name):
            walk.ignored += not info.is_dir()
            continue
        names.add(name)
        if len(kept) >= limits.entries:
            raise RefusedUpload(
                sentence('"{shown}" holds more than {entries:,} files. Send it in parts.', shown=shown, entries=limits.entries),
                file=shown,
            )
        _check_entry(info, name, shown, limits)
        total += info.file_size
        if total > limits.total_bytes:
            raise RefusedUpload(
                sentence(
                    '"{shown}" unpacks to more than {total_bytes:,} bytes. Send it in parts.',
                    shown=shown,
                    total_bytes=limits.total_bytes,
                ),
                file=shown,
            )
        kept.append((name, info))
    return sorted(kept, key=lambda pair: pair[0])


def _check_kind(info: zipfile.ZipInfo, name: str, shown: str) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        what = sentence("a link") if kind == stat.S_IFLNK else sentence("a device")
        raise RefusedUpload(
            sentence(
                '"{shown}" holds {what}, "{name}". Only plain files are taken; make the zip without it.',
                shown=shown,
                what=what,
                name=name,
            ),
            file=shown,
        )
    if info.flag_bits & 0x1:
        raise RefusedUpload(
            sentence('"{name}" in "{shown}" is encrypted. Make the zip without a password.', name=name, shown=shown), file=shown
        )


def _check_entry(info: zipfile.ZipInfo, name: str, shown: str, limits: Limits) -> None:
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise RefusedUpload(
            sentence('"{name}" in "{shown}" is packed in an unusual way. Make a plain zip (deflate).', name=name, shown=shown),
            file=shown,
        )
    if zip_names.is_archive(name):
        raise RefusedUpload(
            sentence('"{shown}" holds another archive, "{name}". Unpack that one first.', shown=shown, name=name), file=shown
        )
    if info.file_size > limits.entry_bytes:
        raise RefusedUpload(
            sentence(
                '"{name}" in "{shown}" is larger than {entry_bytes:,} bytes.',
                name=name,
                shown=shown,
                entry_bytes=limits.entry_bytes,
            ),
            file=shown,
        )
    packed = max(info.compress_size, 1)
    if info.file_size > limits.ratio_from_bytes and info.file_size / packed > limits.ratio:
        raise RefusedUpload(
            sentence('"{name}" in "{shown}" would grow {times:,} times when unpacked, which looks like an attack. '
"Send this file by itself.", name=name, shown=shown, times=info.file_size // packed), file=shown,
        )  # fmt: skip


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> Callable[[], IO[bytes]]:
    def open_entry() -> IO[bytes]:
        try:
            return io.BufferedReader(_Honest(archive, info, shown))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
            raise RefusedUpload(sentence('"{shown}" is damaged. Make the zip again.', shown=shown), file=shown) from error

    return open_entry


class _Honest(io.RawIOBase):
    """An entry that must hold as many bytes as it declared, and the ones its checksum says."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> None:
        generous = zip_names.one_more_byte(info)  # zipfile itself would silently stop at the declared size
        self._file = archive.open(generous)
        self._declared, self._seen, self._shown = info.file_size, 0, shown

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer
        try:
            data = self._file.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise self._lie() from error
        self._seen += len(data)
        if self._seen > self._declared or (not data and len(buffer) and self._seen < self._declared):
            raise self._lie()
        buffer[: len(data)] = data
        return len(data)

    def _lie(self) -> RefusedUpload:
        return RefusedUpload(
            sentence(
                '"{file}" does not hold the {declared:,} bytes it says. It is damaged; make the zip again.',
                file=self._shown,
                declared=self._declared,
            ),
            file=self._shown,
        )

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def _folder(root: Path, shown: str, limits: Limits, walk: Walk) -> Iterator[Entry]:
    count = total = 0
    names = zip_names.Seen(shown)
    for path in _files(root, root.resolve(), shown, walk):
        name = path.relative_to(root).as_posix()
        if zip_names.is_clutter(name):
            walk.ignored += 1
            continue
        names.add(name)
        size = path.stat().st_size
        count, total = count + 1, total + size
        if count > limits.entries or total > limits.total_bytes or size > limits.entry_bytes:
            raise RefusedUpload(
                sentence('Folder "{shown}" is larger than allowed, at "{name}". Send it in parts.', shown=shown, name=name),
                file=shown,
            )
        yield Entry(unicodedata.normalize("NFC", name), size, _folder_opener(path))


def _files(folder: Path, root: Path, shown: str, walk: Walk) -> Iterator[Path]:
    """Plain files below a folder, sorted; links only where they stay inside."""
    for item in sorted(os.scandir(folder), key=lambda item: item.name):
        path = Path(item.path)
        if item.is_symlink():
            _check_link(path, root, shown)
            if path.is_dir():  # what it points to is walked under its own name; this may be a circle
                walk.ignored += 1
                continue
        if item.is_dir(follow_symlinks=False):
            yield from _files(path, root, shown, walk)
        elif path.is_file():
            yield path
        else:
            raise RefusedUpload(
                sentence(
                    '"{file}" in "{shown}" is a device. Only plain files are taken.',
                    file=path.relative_to(folder),
                    shown=shown,
                ),
                file=shown,
            )


def _check_link(path: Path, root: Path, shown: str) -> None:
    try:
        inside = path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # leads nowhere, or round in a circle
        inside = False
    if not inside:
        raise RefusedUpload(
            sentence(
                '"{file}" in "{shown}" is a link to something outside the folder. Put the file itself there.',
                file=path.name,
                shown=shown,
            ),
            file=shown,
        )


def _folder_opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")
