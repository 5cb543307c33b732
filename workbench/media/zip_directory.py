"""The list at the end of a zip, looked at before `zipfile` reads it into memory, and against overlapping entries."""

from __future__ import annotations

import os
import struct
import zipfile
from typing import BinaryIO

from accessibility.sentences import sentence
from workbench.errors import RefusedUpload

_END, _END64, _LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_BYTES, _LOCATOR_BYTES, _COMMENT_BYTES = 22, 20, 65_535
_LOCAL_BYTES = 30
# Fixed part, a long name and a few extra fields: more than that per file is no list of files.
_BYTES_PER_ENTRY = 1_000


def check_directory(file: BinaryIO, shown: str, *, max_entries: int) -> None:
    """
    Refuse a zip whose list is too long, before it is read.

    Raises:
        RefusedUpload: more than `max_entries` files, a list too large for their number, or no list at all.
    """
    count, size = _announced(file, shown)
    if count > max_entries:
        raise RefusedUpload(
            sentence(
                '"{shown}" holds {count:,} files; {max_entries:,} at most. Send it in parts.',
                shown=shown,
                count=count,
                max_entries=max_entries,
            ),
            file=shown,
        )
    if size > (count + 1) * _BYTES_PER_ENTRY:
        raise RefusedUpload(sentence('The list of files in "{shown}" is not right. Make the zip again.', shown=shown), file=shown)


def _announced(file: BinaryIO, shown: str) -> tuple[int, int]:
    """Number of entries and bytes of the list, as the end of the file announces them."""
    file.seek(0, os.SEEK_END)
    start = max(0, file.tell() - _END_BYTES - _COMMENT_BYTES)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise RefusedUpload(sentence('"{shown}" is not a complete zip file. Make the zip again.', shown=shown), file=shown)
    count, size = struct.unpack_from("<HI", tail, at + 10)
    wide = _announced64(file, start + at)
    return wide if wide is not None else (count, size)


def _announced64(file: BinaryIO, end: int) -> tuple[int, int] | None:
    """The same of the wide kind of zip, for more than 65,535 files or 4 GB."""
    if end < _LOCATOR_BYTES:
        return None
    file.seek(end - _LOCATOR_BYTES)
    locator = file.read(_LOCATOR_BYTES)
    if not locator.startswith(_LOCATOR64):
        return None
    file.seek(struct.unpack_from("<Q", locator, 8)[0])
    record = file.read(56)
    if not record.startswith(_END64) or len(record) < 56:
        return None
    count, size = struct.unpack_from("<QQ", record, 32)
    return count, size


def check_overlaps(infos: list[zipfile.ZipInfo], file: BinaryIO, shown: str) -> None:
    """
    Refuse a zip in which several entries share the same bytes: the small bomb that unpacks to anything.

    Raises:
        RefusedUpload: two entries overlap, or one reaches behind the end of the file.
    """
    file.seek(0, os.SEEK_END)
    end = file.tell()
    for info in sorted(infos, key=lambda info: info.header_offset, reverse=True):
        length = _LOCAL_BYTES + len(info.orig_filename.encode("utf-8", "surrogateescape")) + info.compress_size
        if info.flag_bits & 0x800 == 0:  # one byte per character outside UTF-8
            length = _LOCAL_BYTES + len(info.orig_filename) + info.compress_size
        if info.header_offset + length > end:
            raise RefusedUpload(
                sentence('Files in "{shown}" overlap, which looks like an attack. Make the zip again.', shown=shown), file=shown
            )
        end = info.header_offset
