"""JSON files with many objects: Label Studio tasks, or plain rows. Read piece by piece: memory does not grow with the file."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from accessibility.sentences import sentence
from task_types import reasons
from workbench.ingest.rows import LONGEST_LINE, Row, Table, as_fields, spoiled, unreadable
from workbench.ingest.sniff import encoding_of, errors_of
from workbench.store.datasets import Problem

CHUNK_CHARACTERS = 1 << 18
_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


def read_json(path: Path, name: str) -> Table:
    """Open a JSON file: a list of tasks or rows, or a single one."""
    encoding, line_ends = encoding_of(path)
    return Table((), max(line_ends, 1), _rows(path, name, encoding))


def objects(path: Path, name: str, encoding: str) -> Iterator[tuple[int, Any] | Problem]:
    """
    (line at which it begins, value) for every element of a JSON list; of another value, that one.

    Several values after one another are read too: JSON lines under the name of JSON.
    """
    with path.open(encoding=encoding, errors=errors_of(encoding)) as file:
        text = _Ahead(file)
        if text.peek() == "":
            yield from _next(text, name)  # which says that there is nothing
        while mark := text.peek():
            if not (yield from (_elements if mark == "[" else _next)(text, name)):
                return


Found = Generator[tuple[int, Any] | Problem, None, bool]  # ends with: can what follows be read?


def _elements(text: _Ahead, name: str) -> Found:
    text.skip()
    while text.peek() not in ("]", ""):
        if not (yield from _next(text, name)):
            return False
        if text.peek() == ",":
            text.skip()
    if text.peek() == "":
        yield Problem(name, text.line, sentence("{name} ends in the middle of its list. Save or send the file again.", name=name))
        return False
    text.skip()
    return True


def _next(text: _Ahead, name: str) -> Found:
    text.peek()
    line = text.line
    try:
        value, raw = text.take()
    except (ValueError, RecursionError) as error:
        yield Problem(
            name,
            line,
            sentence(
                "{name} line {line} is not JSON ({reason}). Mend it there, then ingest again.",
                name=name,
                line=line,
                reason=reasons.of_json(error, placed=False),
            ),
        )
        return False
    yield spoiled(name, line, value, raw) or (line, value)
    return True


class _Ahead:
    """A text file with as much read ahead as the next value needs. line: 1-based, of the next character."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._text, self._at, self.line = file, "", 0, 1

    def peek(self) -> str:
        """The next character that is no space, or "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self.skip()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Step over one character."""
        self.line += self._text[self._at] == "\n"
        self._at += 1

    def take(self) -> tuple[Any, str]:
        """The value that begins here, and its text. Raises ValueError when it is no JSON, or longer than is sensible."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                end = len(self._text)
                if len(self._text) - self._at > LONGEST_LINE or not self._more():
                    raise
                continue
            if end == len(self._text) and not isinstance(value, dict | list | str) and self._more():
                continue  # a number may go on
            raw = self._text[self._at : end]
            self.line += raw.count("\n")
            self._at = end
            return value, raw

    def _more(self) -> bool:
        # Twice as much each time: a long value is tried a few times, not once per chunk.
        chunk = self._file.read(max(CHUNK_CHARACTERS, len(self._text) - self._at))
        self._text, self._at = self._text[self._at :] + chunk, 0
        return bool(chunk)


def _rows(path: Path, name: str, encoding: str) -> Iterator[Row | Problem]:
    some = False
    for each in objects(path, name, encoding):
        some = True
        yield each if isinstance(each, Problem) else _row(name, *each)
    if not some:
        yield Problem(name, None, sentence("{name} is an empty list. Put at least one task in it.", name=name))


def _row(name: str, line: int, value: Any) -> Row | Problem:
    if not isinstance(value, dict):
        return Problem(
            name,
            line,
            sentence(
                '{name} line {line} is no task: a task is an object such as {{"data": {{"text": "…"}}}}.', name=name, line=line
            ),
        )
    if {"images", "annotations", "categories"} <= value.keys():
        return Problem(
            name,
            None,
            sentence("{name} is COCO: answers, not material. Give it as gold, and the pictures as dataset.", name=name),
        )
    task = is_task(value)
    fields = as_fields(value["data"] if task else value)
    bad = unreadable(name, line, "".join((*fields, *fields.values())))
    return bad or (_of_task(line, value, fields) if task else Row(line, fields))


def is_task(value: Mapping[str, Any]) -> bool:
    """Is this one of Label Studio's tasks?"""
    return isinstance(value.get("data"), dict)


def _of_task(line: int, task: Mapping[str, Any], fields: dict[str, str]) -> Row:
    own = task.get("id")
    kept = {name: task[name] for name in ("annotations", "predictions") if task.get(name)}
    return Row(line, fields, None if own is None else str(own), kept or None)
