"""What the columns of a table mean: which one is the id, which name files of the upload."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qs, unquote, urlsplit

from workbench.ingest.entries import Entry, Files

ID_COLUMNS = ("id", "key", "external_ref", "external_id", "item_id", "uid", "uuid", "guid")
_FILE_WORDS = """
    file filename file_name path image images image_1 image_2 picture photo thumbnail audio sound video clip media subtitle url
    bestand bestandsnaam foto afbeelding geluid beeld ondertitel
"""
FILE_COLUMNS = frozenset(_FILE_WORDS.split())
_ADDRESS = re.compile(r"(https?|s3|gs|azure-blob|ftp)://", re.IGNORECASE)
_UPLOADED = re.compile(r"[0-9a-f]{8}-")  # Label Studio writes this before the name of an uploaded file


def id_of(fields: Mapping[str, str]) -> str | None:
    """The client's own id of a row, from the first id column that has one."""
    for column in ID_COLUMNS:
        value = fields.get(column) or fields.get(column.upper()) or fields.get(column.capitalize())
        if value and value.strip():
            return value.strip()
    return None


def references(fields: Mapping[str, str], files: Files, table: str) -> Iterator[tuple[str, str, Entry | None]]:
    """
    Columns that name a file: (column, what it says, the file or None when the upload has no such file).

    A column counts when its name says so, or when its value is the path of a file in the upload, or an address.
    """
    for column, value in fields.items():
        if not value or len(value) > 1000 or "\n" in value:
            continue
        named = column.lower() in FILE_COLUMNS
        if not named and value not in files.by_name and not is_address(value):
            continue
        yield column, value, resolve(value, files, table)


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
