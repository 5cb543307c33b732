"""What the columns of a table mean: which one is the id, which name files of the upload."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from task_types import subjects
from workbench.ingest.entries import Entry, Files

ID_COLUMNS = subjects.ID_COLUMNS
_FILE_COLUMN = re.compile(
    r"(file|file_?name|path|image|img|picture|photo|thumbnail|audio|sound|video|clip|media|subtitle|url"
    r"|bestand|bestandsnaam|foto|afbeelding|geluid|beeld|ondertitel)s?[ _-]?\d*",
    re.IGNORECASE,
)
_LIKE_A_FILE = re.compile(r"\S.{0,500}\.[A-Za-z0-9]{2,5}")
_ADDRESS = re.compile(r"(https?|s3|gs|azure-blob|ftp)://", re.IGNORECASE)
_UPLOADED = re.compile(r"[0-9a-f]{8}-")  # Label Studio writes this before the name of an uploaded file


def id_of(fields: Mapping[str, str]) -> str | None:
    """The client's own id of a row, from the first id column that has one."""
    for column in ID_COLUMNS:
        value = fields.get(column) or fields.get(column.upper()) or fields.get(column.capitalize())
        if value and value.strip():
            return value.strip()
    return None


def only_files(fields: Mapping[str, str]) -> bool:
    """Do the names of the columns promise files, and nothing that could be asked about by itself?"""
    names = [column for column in fields if column.lower() not in ID_COLUMNS]
    return bool(names) and all(_FILE_COLUMN.fullmatch(column) for column in names)


def is_remark(column: str, value: str, fields: Mapping[str, str]) -> bool:
    """An address beside a text, in a column that does not promise a file: where the text was found, say."""
    promises = _FILE_COLUMN.fullmatch(column) and column.lower() not in ("url", "urls")
    return is_address(value) and not promises and not only_files(fields)


def references(fields: Mapping[str, str], files: Files, table: str) -> Iterator[tuple[str, str, Entry | None]]:
    """
    Columns that name a file: (column, what it says, the file or None when the upload has no such file).

    A column counts when its name says so, when its value is the name of a file in the upload, or an address.
    """
    for column, value in fields.items():
        if not value or len(value) > 1000 or "\n" in value:
            continue
        if _FILE_COLUMN.fullmatch(column) or is_address(value):
            yield column, value, resolve(value, files, table)
        elif _LIKE_A_FILE.fullmatch(value) and (found := files.find(value, beside=table)):
            yield column, value, found


def is_address(value: str) -> bool:
    """Is this where some server keeps a file?"""
    return value.startswith(("/data/upload/", "/data/local-files/")) or _ADDRESS.match(value) is not None


def resolve(value: str, files: Files, table: str) -> Entry | None:
    """The file of the upload that a reference means: a path, or the last part of an address."""
    if not is_address(value):
        return files.find(value, beside=table)
    parts = urlsplit(value)
    asked = parse_qs(parts.query).get("d")  # /data/local-files/?d=folder/name.jpg
    path = asked[0] if asked else unquote(parts.path)
    name = path.rsplit("/", 1)[-1]
    return files.find(path.lstrip("/"), beside=table) or (
        files.find(_UPLOADED.sub("", name, count=1), beside=table) if _UPLOADED.match(name) else None
    )
