"""A batch of candidates goes in: sources, microtasks, gold, problems and the place reached, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from workbench import split
from workbench.context import Context
from workbench.domain import Json, Project
from workbench.errors import BadInput
from workbench.ingest.intake import Candidate, Place
from workbench.ingest.reader import StoredMedia
from workbench.store import lanes, sources
from workbench.store.datasets import Problem


@dataclass(frozen=True)
class Tally:
    """How many came in."""

    sources_added: int = 0
    sources_known: int = 0
    microtasks_added: int = 0
    gold_added: int = 0
    problems: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(self.numbers, other.numbers, strict=True)))

    @property
    def numbers(self) -> tuple[int, ...]:
        """In the order of the fields."""
        return (self.sources_added, self.sources_known, self.microtasks_added, self.gold_added, self.problems)

    def to_json(self, place: Place | None) -> dict[str, Json]:
        """What the dataset's row keeps."""
        return {**dict(zip(_NAMES, self.numbers, strict=True)), **({"place": list(place)} if place else {})}

    @staticmethod
    def from_json(counts: Mapping[str, Json]) -> tuple[Tally, Place]:
        """The other way round, with the place reached."""
        row, number = counts.get("place", (-1, -1))
        return Tally(*(counts.get(name, 0) for name in _NAMES)), (row, number)


LONGEST_SECONDS = 5.0
_NAMES = ("sources_added", "sources_known", "microtasks_added", "gold_added", "problems")


@dataclass
class Batch:
    """What goes in together. place: that of the last row read."""

    candidates: list[Candidate] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    place: Place = (-1, -1)
    weight: int = 0
    rows: int = 0
    slow: bool = False  # it holds files, each of which may take long
    begun: float = field(default_factory=time.monotonic)

    def take(self, place: Place, found: Candidate | Problem) -> None:
        """One more."""
        self.place = place
        self.rows += 1
        if isinstance(found, Problem):
            self.problems.append(found)
            self.weight += 1
        else:
            self.candidates.append(found)
            self.weight += found.weight
            self.slow = self.slow or is_slow(found)

    def is_old(self) -> bool:
        """Have its files taken so long that they should be kept now?"""
        return self.slow and time.monotonic() - self.begun > LONGEST_SECONDS


def is_slow(candidate: Candidate) -> bool:
    """Does it hold files, which may take long?"""
    return candidate.weight > 1


class Cut(NamedTuple):
    """A candidate with its microtasks to be."""

    candidate: Candidate
    pieces: Sequence[split.Piece]


@dataclass(frozen=True)
class Sorted:
    """
    What a batch turned out to be, with its rows made ready, so that the transaction has nothing left to compute.

    again: how many the project has already; newest: id of the newest source of all when that was looked up;
    tasks: source_id holds the number of the source among `rows`.
    """

    cuts: Sequence[Cut]
    problems: Sequence[Problem]
    again: int
    newest: int
    rows: Sequence[sources.SourceRow]
    tasks: Sequence[lanes.MicrotaskRow]


def sort_out(
    ctx: Context,
    project: Project,
    candidates: Sequence[Candidate],
    splitters: Sequence[split.Splitter],
    media: StoredMedia,
    begun: Callable[[Candidate], None] = lambda _candidate: None,
) -> Sorted:
    """
    New sources cut into microtasks, what is wrong, and how many the project has already. Writes nothing.

    begun: called with each candidate before its turn.
    """
    keys = [each.source.key for each in candidates]
    newest, known = ctx.db.read(
        lambda connection: (sources.newest_id(connection), sources.known_sources(connection, project.id, keys))
    )
    cuts: list[Cut] = []
    problems: list[Problem] = []
    met: dict[str, Candidate] = {}
    again = 0
    for each in candidates:
        begun(each)
        key = each.source.key
        if key in known or key in met:
            again += 1
            same = met[key].parts == each.parts if key in met else _same(known[key], each)
            if not same:
                problems.append(_other_content(each))
            continue
        try:
            found = split.pieces(splitters, each.source, media)
            media.make_ready(each.source)
            cuts.append(Cut(each, found))
            met[key] = each
        except BadInput as error:
            problems.append(Problem(each.file, each.line, error.message))
    return Sorted(cuts, problems, again, newest, *_rows(cuts))


def _rows(cuts: Sequence[Cut]) -> tuple[list[sources.SourceRow], list[lanes.MicrotaskRow]]:
    rows = [sources.SourceRow(cut.candidate.source.key, cut.candidate.parts, cut.candidate.source.external_ref) for cut in cuts]
    return rows, [piece.step.row(piece, number) for number, cut in enumerate(cuts) for piece in cut.pieces]


def _same(known: sources.StoredSource, candidate: Candidate) -> bool:
    """Is it the same material? How a later version of the workbench describes it does not matter."""
    theirs = [(part["kind"], part.get("media"), part.get("text"), part.get("fields")) for part in known.parts]
    mine = [(part.kind, part.media, part.text, dict(part.fields) or None) for part in candidate.source.parts]
    return [_content(*each) for each in theirs] == [_content(*each) for each in mine]


def _content(kind: str, media: str | None, text: str | None, fields: Json) -> tuple[Json, ...]:
    return (kind, media) if media else (kind, text, fields)


def _other_content(candidate: Candidate) -> Problem:
    where = sentence("{file} line {line}", file=candidate.file, line=candidate.line) if candidate.line else candidate.file
    key = candidate.source.key
    return Problem(
        candidate.file,
        candidate.line,
        sentence(
            '{where}: this project already has "{key}" with other content, and keeps that. Give this one another name or id.',
            where=where,
            key=key,
        ),
    )


def add(connection: Connection, project_id: int, dataset_id: int, found: Sorted, before: Tally, now: int) -> Tally:
    """
    The new sources of a batch with their microtasks, in the caller's transaction.

    Args:
        before: what the dataset has so far.
    """
    sources.hold_project(connection, project_id)
    rows, tasks = found.rows, found.tasks
    if sources.newest_id(connection) != found.newest:
        rows, tasks = _rows(_still_new(connection, project_id, found.cuts))
    position = before.sources_added
    ids = sources.add_sources(connection, project_id=project_id, dataset_id=dataset_id, rows=rows, position=position, now=now)
    return Tally(
        sources_added=len(rows),
        sources_known=len(found.rows) - len(rows) + found.again,
        microtasks_added=lanes.add_microtasks(connection, tasks, now=now, source_ids=ids),
    )


def _still_new(connection: Connection, project_id: int, cuts: Sequence[Cut]) -> list[Cut]:
    """Somebody added sources since these were looked up; perhaps some of them."""
    known = sources.known_keys(connection, project_id, [cut.candidate.source.key for cut in cuts])
    return [cut for cut in cuts if cut.candidate.source.key not in known]
