"""What an upload holds, one source after the other: from its tables, then from its single files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from task_types.protocol import Part, Source
from workbench.errors import BadInput
from workbench.ingest import parts, rows, subtitles
from workbench.ingest.entries import SUBTITLES, WORKBOOKS, Entry
from workbench.ingest.intake import MEDIA_WEIGHT, Candidate, Intake, Place
from workbench.ingest.table_rows import of_table
from workbench.store.datasets import Problem


def in_reading_order(entries: Sequence[Entry]) -> list[Entry]:
    """Tables first: their rows say what the files beside them belong to."""
    return sorted(entries, key=lambda entry: (not entry.is_table, entry.name))


def candidates(intake: Intake, entries: Sequence[Entry], start: Place) -> Iterator[tuple[Place, Candidate | Problem]]:
    """Everything after `start`, in the same order every time."""
    for number, entry in enumerate(entries):
        if entry.is_table:
            for row, found in enumerate(
                of_table(intake, entry, after=start[1] if number == start[0] else -1, done=number < start[0])
            ):
                if found is not None and (number, row) > start:
                    yield (number, row), found
        elif (number, 0) > start and entry.name not in intake.used:
            found = _of_file(intake, entry)
            if found is not None:
                yield (number, 0), found


# --- files -----------------------------------------------------------------------------------------------------------


def _of_file(intake: Intake, entry: Entry) -> Candidate | Problem | None:
    if entry.suffix in SUBTITLES and intake.files.media_beside(entry):
        return None  # it comes along with its sound or film
    if entry.suffix in WORKBOOKS:
        return rows.workbook(entry.name)
    try:
        kept = intake.kept(entry)
        if kept.kind not in intake.wanted.kinds:
            return Problem(entry.name, None, intake.wanted.refusal(entry.name, kept.kind, kept.media.mime))
        beside = list(_subtitles(intake, entry))
        found = [parts.part_of(entry, kept, kept.kind), *(part for part, _ in beside)]
    except BadInput as error:
        return Problem(error.file or entry.name, error.line, error.message)
    remarks = [subtitles.remark(file) for _, file in beside]
    return Candidate(Source(entry.name, found), parts.parts_json(found), entry.name, None, MEDIA_WEIGHT, subtitles=remarks)


def _subtitles(intake: Intake, entry: Entry) -> Iterator[tuple[Part, Entry]]:
    for beside in intake.files.subtitles_beside(entry):
        kept = intake.kept(beside)
        if kept.kind == "subtitle":
            yield parts.part_of(beside, kept, "subtitle"), beside
