"""One ingest's files and what it takes, and the sources that come out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from task_types.protocol import Source
from workbench.context import Context
from workbench.domain import Project
from workbench.ingest import kinds, parts
from workbench.ingest.entries import Entry, Files
from workbench.ingest.remarks import Remarks

Place = tuple[int, int]  # the file's number in the order of reading, the row in it: where a stopped ingest goes on
LONGEST_KEY = 1000
MEDIA_WEIGHT = 40  # a source with files counts for this many rows, so that a batch takes about as long


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source that may be new, with the place it was read from, and what a Label Studio task brought along."""

    source: Source
    parts: str
    file: str
    line: int | None
    weight: int = 1
    notes: Mapping[str, Any] | None = None
    subtitles: Sequence[Mapping[str, Any]] = ()  # what its subtitle files hold, see ingest.subtitles


@dataclass(frozen=True)
class Intake:
    """One ingest: for which project, of which files, into which dataset."""

    ctx: Context
    project: Project
    wanted: kinds.Wanted
    files: Files
    dataset_id: int
    used: set[str] = field(default_factory=set)  # names of files that a row has spoken for
    remarks: Remarks = field(default_factory=Remarks)

    def kept(self, entry: Entry) -> parts.Kept:
        """A file of the upload, in the store."""
        found = parts.keep(self.ctx, self.project, self.dataset_id, entry)
        self.remarks.add(entry.name, found.probe.warnings)
        return found
