"""Tables, row by row: CSV and JSON lines. A bad row is told with its line, the rows after it are read on."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accessibility.sentences import noted, sentence
from task_types import reasons
from workbench.ingest.sniff import dialect_of, encoding_of, errors_of
from workbench.store.datasets import Problem

LONGEST_VALUE = 1_000_000  # characters; a longer one is nearly always a quotation mark that is never closed
LONGEST_LINE = 16_000_000  # characters of one JSON object
_UNREADABLE = re.compile("[\ud800-\udfff]")
_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # Excel's and LibreOffice's of today, and those of before 2007


@dataclass(frozen=True, slots=True)
class Row:
    """
    One row.

    line: 1-based line of the file at which it begins; own_id: the client's id, where the format has a place for it;
    notes: annotations and predictions that a Label Studio task brought along.
    """

    line: int
    fields: dict[str, str]
    own_id: str | None = None
    notes: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Table:
    """A table that is open for reading. about: rows there will be, as far as line ends tell."""

    columns: tuple[str, ...]
    about: int
    rows: Iterator[Row | Problem]


def read_csv(path: Path, name: str) -> Table:
    """
    Open a CSV file. `name`: what the person calls it, for messages.

    An empty file or a header that cannot be used gives a table of no columns whose only row is the Problem.
    """
    if _is_workbook(path):
        return _nothing(workbook(name))
    encoding, line_ends = encoding_of(path)
    rows = _csv_rows(path, name, encoding)
    first = next(rows, None)
    if first is None:
        return _nothing(
            Problem(name, None, sentence("{name} is empty. Put a header line and at least one row in it.", name=name))
        )
    if isinstance(first, Problem):
        return _nothing(first)
    line, header = first
    wrong = _header_problem(name, header, line)
    if wrong:
        return _nothing(wrong)
    columns = tuple(value.strip() for value in header)
    return Table(columns, max(line_ends - line + 1, 1), _checked(name, columns, rows))


def read_jsonl(path: Path, name: str) -> Table:
    """Open a file with one JSON object per line. Values that are no text become their JSON text."""
    encoding, line_ends = encoding_of(path)
    return Table((), max(line_ends, 1), _json_rows(path, name, encoding))


def workbook(name: str) -> Problem:
    """What a spreadsheet's own file is told."""
    said = sentence("{name} is a workbook, not a table of text. Save it as CSV, then ingest again.", name=name)
    return Problem(name, None, said)


def _is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in _WORKBOOKS


def _nothing(problem: Problem) -> Table:
    return Table((), 0, iter([problem]))


# --- CSV -------------------------------------------------------------------------------------------------------------


def _csv_rows(path: Path, name: str, encoding: str) -> Iterator[tuple[int, list[str]] | Problem]:
    """Rows with the line each begins at; blank lines are left out."""
    dialect = dialect_of(path, encoding)
    csv.field_size_limit(LONGEST_VALUE)
    with path.open(encoding=encoding, errors=errors_of(encoding), newline="") as file:
        for _ in range(dialect.skip_lines):
            file.readline()
        reader = csv.reader(file, delimiter=dialect.delimiter)
        while True:
            line = dialect.skip_lines + reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error:
                yield Problem(name, line, _unclosed(name, line))
                continue
            if row is None:
                return
            if row:
                yield line, row


def _unclosed(name: str, line: int) -> str:
    return sentence(
        "{file} line {line} has a value of more than {most:,} characters. "
        "Look for a quotation mark that is never closed, then ingest again.",
        file=name,
        line=line,
        most=LONGEST_VALUE,
    )


def _header_problem(name: str, header: list[str], line: int) -> Problem | None:
    columns = [value.strip() for value in header]
    double = {column for column in columns if columns.count(column) > 1 and column}
    if double:
        return Problem(
            name,
            line,
            sentence(
                '{name} has two columns called "{column}". Give each its own name, then ingest again.',
                name=name,
                column=min(double),
            ),
        )
    if not all(columns):
        where = columns.index("") + 1
        return Problem(
            name,
            line,
            sentence("{name} has no name for column {where} in its header. Name it, then ingest again.", name=name, where=where),
        )
    if bad := unreadable(name, line, "\n".join(columns)):
        return bad
    return None


def _checked(name: str, columns: tuple[str, ...], rows: Iterator[tuple[int, list[str]] | Problem]) -> Iterator[Row | Problem]:
    width, some = len(columns), False
    for each in rows:
        some = True
        if isinstance(each, Problem):
            yield each
            continue
        line, values = each
        text = "".join(values)
        # Checked on the whole row at once: nearly every row is plain ASCII.
        bad = None if text.isascii() and "\x00" not in text else unreadable(name, line, text)
        if bad is None and len(values) != width:
            if len(values) < width or any(values[width:]):
                bad = Problem(name, line, _ragged(name, line, len(values), width))
            del values[width:]  # Excel writes empty cells after the last column
        yield bad or Row(line, dict(zip(columns, values, strict=True)))
    if not some:
        yield Problem(
            name, None, sentence("{name} has a header but no rows. Add at least one row, then ingest again.", name=name)
        )


def _ragged(name: str, line: int, found: int, wanted: int) -> str:
    return sentence(
        "{file} line {line} has {fields}, the header has {wanted}. Quote values that contain commas, then ingest again.",
        file=name,
        line=line,
        fields=sentence("1 field") if found == 1 else sentence("{count} fields", count=found),
        wanted=wanted,
    )


def unreadable(name: str, line: int, text: str) -> Problem | None:
    """What no database and no page can show: zero bytes, bytes outside the encoding, half characters."""
    if "\x00" in text:
        return Problem(
            name, line, sentence("{name} line {line} has a zero byte in it. Remove it, then ingest again.", name=name, line=line)
        )
    found = _UNREADABLE.search(text)
    if found is None:
        return None
    byte = ord(found.group()) - 0xDC00
    shown = sentence("byte 0x{byte:02X}", byte=byte) if 0 <= byte <= 0xFF else sentence("half a character")
    return Problem(
        name,
        line,
        sentence(
            "{name} line {line} has {shown}, which does not fit its encoding. Save the file as UTF-8, then ingest again.",
            name=name,
            line=line,
            shown=shown,
        ),
    )


def spoiled(name: str, line: int, value: Any, raw: str) -> Problem | None:
    """The same of a JSON value, wherever in it; there half a character may be written as an escape too. raw: its text."""
    halves = isinstance(value, dict) and _ESCAPED_HALF.search(raw)
    return unreadable(name, line, raw) or (unreadable(name, line, json.dumps(value, ensure_ascii=False)) if halves else None)


# --- JSON lines ------------------------------------------------------------------------------------------------------


def json_lines(path: Path, name: str, encoding: str) -> Iterator[tuple[int, Any] | Problem]:
    """(line, value) for every line that is not blank."""
    with path.open(encoding=encoding, errors=errors_of(encoding)) as file:
        for line, text in enumerate(iter(lambda: file.readline(LONGEST_LINE), ""), 1):
            if text.strip():
                yield _json_value(name, line, text)


def _json_value(name: str, line: int, text: str) -> tuple[int, Any] | Problem:
    if bad := unreadable(name, line, text):
        return bad
    try:
        # Without its end: what is missing there would be told as the first character of a line after it.
        value = json.loads(text.rstrip("\r\n"))
        return spoiled(name, line, value, text) or (line, value)
    except (ValueError, RecursionError) as error:
        return Problem(
            name,
            line,
            sentence(
                "{name} line {line} is not JSON ({reason}). Write one JSON object per line, then ingest again.",
                name=name,
                line=line,
                reason=reasons.of_json(error),
            ),
        )


KINDS_OF_JSON: Mapping[type, str] = {
    list: noted("a list"),
    str: noted("a text"),
    int: noted("a number"),
    float: noted("a number"),
    bool: noted("true or false"),
    type(None): noted("null, which is nothing"),
}


def _json_rows(path: Path, name: str, encoding: str) -> Iterator[Row | Problem]:
    some = False
    for each in json_lines(path, name, encoding):
        some = True
        yield each if isinstance(each, Problem) else _json_row(name, *each)
    if not some:
        yield Problem(name, None, sentence("{name} is empty. Write one JSON object per line.", name=name))


def _json_row(name: str, line: int, value: Any) -> Row | Problem:
    if not isinstance(value, dict):
        message = sentence(
            '{file} line {line} is {kind}, not an object such as {{"text": "…"}}. Change it, then ingest again.',
            file=name,
            line=line,
            kind=sentence(KINDS_OF_JSON[type(value)]),
        )
        return Problem(name, line, message)
    fields = as_fields(value)
    return unreadable(name, line, "".join((*fields, *fields.values()))) or Row(line, fields)


def as_fields(value: Mapping[str, Any]) -> dict[str, str]:
    """A JSON object as a table row: text stays text, nothing becomes empty, all else becomes its JSON."""
    return {key: each if isinstance(each, str) else _text(each) for key, each in value.items()}


def _text(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
