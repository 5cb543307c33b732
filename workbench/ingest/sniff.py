"""What a table is written in: its encoding, the sign between its values. Found out, because nobody knows theirs."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 1 << 20
SAMPLE_CHARACTERS = 64 << 10
DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"  # a table of one column: a sign that stands in no text
_ESCAPED = re.compile("[\udc80-\udcff]")
_SEP_LINE = re.compile(r'\ufeff?"?sep=(.)"?\r?\n', re.IGNORECASE)
HALF = "\ud800"  # half a character: what stands where a wide encoding breaks off
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Dialect:
    """How a table is written. skip_lines: lines before the header that are no data (Excel's `sep=;`)."""

    encoding: str
    delimiter: str
    skip_lines: int = 0


def encoding_of(path: Path) -> tuple[str, int]:
    """
    The encoding of a text file, and its number of line ends. Reads the whole file once, in constant memory.

    A byte order mark decides; else UTF-8 where it fits, or where it fits more often than not (the bad places are told
    line by line later); else UTF-16 by its zero bytes; else Windows' Western European, in which every file can be read.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, _line_ends(path, encoding)
    if head.count(0) > len(head) // 8:
        wide = "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
        return wide, _line_ends(path, wide)
    good, bad, lines = _utf8_fit(path)
    return ("utf-8" if bad == 0 or good > bad else "cp1252"), lines


def _half(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return HALF, error.end


codecs.register_error("workbench.half", _half)


def errors_of(encoding: str) -> str:
    """How to read what does not fit this encoding, so that it can be told by line: as something that no text holds."""
    return "workbench.half" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def _utf8_fit(path: Path) -> tuple[int, int, int]:
    """Characters beyond ASCII that are good UTF-8, bytes that are not, line ends."""
    good = bad = lines = 0
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for chunk in _chunks(path):
        lines += chunk.count(b"\n")
        text = decoder.decode(chunk)
        if not text.isascii():
            wrong = len(_ESCAPED.findall(text))
            bad += wrong
            good += sum(1 for character in text if character > "\x7f") - wrong
    return good, bad + len(decoder.decode(b"", final=True)), lines


def _line_ends(path: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return sum(decoder.decode(chunk).count("\n") for chunk in _chunks(path))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def dialect_of(path: Path, encoding: str) -> Dialect:
    """The delimiter of a table, from its header and first rows; a `sep=` line decides."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(SAMPLE_CHARACTERS)
    said = _SEP_LINE.match(sample)
    if said:
        return Dialect(encoding, said.group(1), skip_lines=1)
    whole = len(sample) < SAMPLE_CHARACTERS
    fits = [(_fit(sample, delimiter, whole=whole), delimiter) for delimiter in DELIMITERS]
    best, delimiter = max(fits, key=lambda fit: fit[0])
    return Dialect(encoding, delimiter if best > (0.0, 0) else NO_DELIMITER)


def _fit(sample: str, delimiter: str, *, whole: bool) -> tuple[float, int]:
    """How well a delimiter cuts every row into as many values as the header: (share of rows, values)."""
    rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
    if not whole and len(rows) > 2:
        rows.pop()  # cut off in its middle
    if not rows or len(rows[0]) < 2:
        return 0.0, 0
    return sum(len(row) == len(rows[0]) for row in rows) / len(rows), len(rows[0])
