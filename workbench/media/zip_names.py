"""Names inside a zip: which characters they are, and which of them are safe."""

from __future__ import annotations

import copy
import re
import struct
import unicodedata
import zipfile
import zlib
from pathlib import PurePosixPath

from accessibility.sentences import sentence
from workbench.errors import RefusedUpload

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075  # Info-ZIP's extra field with the name in UTF-8
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
_CLUTTER = {".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db", ".directory"}
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".jar", ".cab", ".iso")
_DOCUMENTS = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub")


def clean(info: zipfile.ZipInfo, archive: str) -> str:
    """
    The name of an entry as a relative path with forward slashes, in composed Unicode (NFC).

    Raises:
        RefusedUpload: it leads out of the folder it would be unpacked in, or cannot be a name.
    """
    name = unicodedata.normalize("NFC", _text(info)).replace("\\", "/")
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or _DRIVE.match(name) or ".." in parts:
        raise RefusedUpload(
            sentence(
                '"{archive}" holds a file that would land outside its folder: "{name}". Make the zip again.',
                archive=archive,
                name=name,
            ),
            file=archive,
        )
    if _CONTROL.search(name) or "\x00" in info.orig_filename:
        raise RefusedUpload(
            sentence(
                '"{archive}" holds a name with invisible characters: {name!r}. Rename that file.', archive=archive, name=name
            ),
            file=archive,
        )
    return "/".join(part for part in parts if part != ".")


def _text(info: zipfile.ZipInfo) -> str:
    """The name in its right characters. Without a mark, it is UTF-8 where that is possible, else DOS's code page 437."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    raw = info.orig_filename.encode("cp437")
    if (unicode_path := _unicode_path(info.extra, raw)) is not None:
        return unicode_path
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return info.filename


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        data, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and len(data) > 5 and data[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return data[5:].decode("utf-8", errors="replace")
    return None


class Seen:
    """Names so far: two that differ only in capitals would be one file on many computers."""

    def __init__(self, archive: str) -> None:
        self._archive = archive
        self._names: dict[str, str] = {}

    def add(self, name: str) -> None:
        """Remember a name; RefusedUpload when it was there before."""
        folded = unicodedata.normalize("NFC", name.casefold())
        if (before := self._names.setdefault(folded, name)) is not name:
            raise RefusedUpload(
                sentence(
                    '"{archive}" holds "{before}" and "{name}", which cannot be told apart. Rename one.',
                    archive=self._archive,
                    before=before,
                    name=name,
                ),
                file=self._archive,
            )


def is_clutter(name: str) -> bool:
    """Whether a computer put this file there by itself."""
    *folders, last = name.split("/")
    return "__MACOSX" in folders or last.lower() in _CLUTTER or last.startswith("._")


def is_archive(name: str) -> bool:
    """Whether the name promises an archive."""
    return name.lower().endswith(_ARCHIVES)


def is_document(name: str) -> bool:
    """Whether the name promises an office document, which is a zip inside."""
    return name.lower().endswith(_DOCUMENTS)


def one_more_byte(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The same entry with room for one byte more than declared, so that a longer one shows itself."""
    generous = copy.copy(info)
    generous.file_size = info.file_size + 1
    return generous
