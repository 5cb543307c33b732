"""WebVTT and SRT: one file per source, times of the original. The file is named after the source, reversibly.

Source: w3.org/TR/webvtt1; SRT as SubRip writes it
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote, unquote

from pydantic import BaseModel

from accessibility.sentences import sentence
from task_types.cues.model import Cue
from task_types.errors import UnreadableExport
from task_types.protocol import Case, Item, Read
from task_types.settings import StepSettings

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
TIME = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{3})")
LONGEST_NAME = 200  # bytes; file systems stop at 255


class Captions(Generic[S, P, A]):
    """One of the two formats, given how an answer becomes a cue (None: nothing was said) and back."""

    suffix = ""

    def __init__(self, extension: str, cue: Callable[[Case[S, P], A], Cue | None], answer: Callable[[Cue], A]) -> None:
        self._extension = extension
        self._cue = cue
        self._answer = answer

    def write(self, items: Iterable[Item[S, P, A]], out: Path) -> Iterator[Path]:
        """A file for each source with something settled, also when nothing was said in it."""
        out.mkdir(parents=True, exist_ok=True)
        done = (item for item in items if item.settled is not None)
        for key, of_source in groupby(done, key=lambda item: item.source.key):
            found = (self._cue(item.case, item.settled) for item in of_source if item.settled is not None)
            cues = sorted((cue for cue in found if cue is not None), key=lambda cue: (cue.start_ms, cue.end_ms))
            path = out / f"{file_name(key)}.{self._extension}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(webvtt(cues) if self._extension == "vtt" else srt(cues), "utf-8")
            yield path

    def read(self, path: Path) -> Iterator[Read[A]]:
        """Every cue of one file, or of all files in a folder."""
        files = sorted(path.rglob(f"*.{self._extension}")) if path.is_dir() else [path]
        for file in files:
            name = file.relative_to(path).as_posix() if path.is_dir() else file.name
            source = unquote(name.removesuffix(f".{self._extension}"))
            for cue in parse(file.read_text("utf-8-sig"), file.name):
                yield Read(source, self._answer(cue), f"{cue.start_ms}-{cue.end_ms}")


def file_name(key: str) -> str:
    """A source key as a relative path that every file system takes; `unquote` gives the key again, unless it is very long."""
    return "/".join(_segment(part) for part in key.split("/")) or "source"


def _segment(part: str) -> str:
    safe = quote(part, safe=" ()[],'+=@&!$~")
    if part.strip(".") == "":
        safe = part.replace(".", "%2E") or "%"  # "." and ".." would climb, an empty name is none
    if len(safe) > LONGEST_NAME:
        safe = f"{safe[:120]}-{sha256(part.encode()).hexdigest()[:16]}"
    return safe


def webvtt(cues: Sequence[Cue]) -> str:
    """A WebVTT file."""
    blocks = [f"{_clock(cue.start_ms, '.')} --> {_clock(cue.end_ms, '.')}\n{_escaped(cue.text)}" for cue in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def srt(cues: Sequence[Cue]) -> str:
    """An SRT file."""
    blocks = [
        f"{i}\n{_clock(cue.start_ms, ',')} --> {_clock(cue.end_ms, ',')}\n{_lines(cue.text)}" for i, cue in enumerate(cues, 1)
    ]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def parse(text: str, name: str) -> Iterator[Cue]:
    """The cues of either format.

    Raises:
        UnreadableExport: a time that cannot be read, with its line.
    """
    web = text.startswith("WEBVTT")
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if "-->" not in line:
            continue
        times = list(TIME.finditer(line))
        if len(times) < 2:
            raise UnreadableExport(
                sentence("{name} line {line}: a time is like 00:01:02.500 --> 00:01:04.000.", name=name, line=i + 1)
            )
        words = _until_blank(lines, i + 1)
        yield Cue(_ms(times[0]), _ms(times[1]), _unescaped("\n".join(words)) if web else "\n".join(words))


def _until_blank(lines: Sequence[str], start: int) -> list[str]:
    end = next((i for i in range(start, len(lines)) if not lines[i].strip()), len(lines))
    return list(lines[start:end])


def _clock(ms: int, mark: str) -> str:
    seconds, rest = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{rest:03}"


def _ms(found: re.Match[str]) -> int:
    hours, minutes, seconds, rest = found.groups()
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)


def _lines(text: str) -> str:
    """A blank line would end the cue, an arrow would begin one."""
    return "\n".join(line.strip().replace("-->", "→") for line in text.splitlines() if line.strip())


def _escaped(text: str) -> str:
    return _lines(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
