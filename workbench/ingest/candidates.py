"""What an upload holds, one source after the other: from table rows, from Label Studio tasks, from single files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from task_types.protocol import Part, Source
from workbench.context import Context
from workbench.domain import Project
from workbench.errors import BadInput
from workbench.ingest import columns, kinds, parts, rows
from workbench.ingest.entries import JSON_LINES, SUBTITLES, TABLES, Entry, Files
from workbench.store.datasets import Problem

Place = tuple[int, int]  # the file's number in the order of reading, the row in it: where a stopped ingest goes on
LONGEST_KEY = 1000
MEDIA_WEIGHT = 40  # a source with files counts for this many rows, so that a batch takes about as long


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source that may be new, with the place it was read from."""

    source: Source
    parts: str
    file: str
    line: int | None
    weight: int = 1


@dataclass(frozen=True)
class Intake:
    """One ingest: for which project, of which files. dataset_id None: only looking, nothing is added."""

    ctx: Context
    project: Project
    wanted: kinds.Wanted
    files: Files
    dataset_id: int | None
    loose: frozenset[str]  # names of files that did not come inside a zip: each is an upload of its own
    used: set[str] = field(default_factory=set)  # names of files that a row has spoken for

    def kept(self, entry: Entry) -> parts.Kept:
        """A file of the upload, in the store."""
        dataset_id = self.dataset_id if entry.name in self.loose else None
        return parts.keep(self.ctx, self.project, dataset_id, entry)


def in_reading_order(entries: Sequence[Entry]) -> list[Entry]:
    """Tables first: their rows say what the files beside them belong to."""
    return sorted(entries, key=lambda entry: (not entry.is_table, entry.name))


def candidates(intake: Intake, entries: Sequence[Entry], start: Place) -> Iterator[tuple[Place, Candidate | Problem]]:
    """Everything after `start`, in the same order every time."""
    for number, entry in enumerate(entries):
        if entry.is_table:
            for row, found in enumerate(
                _of_table(intake, entry, after=start[1] if number == start[0] else -1, done=number < start[0])
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
    try:
        kept = intake.kept(entry)
        if kept.kind not in intake.wanted.kinds:
            return Problem(entry.name, None, intake.wanted.refusal(entry.name, kept.kind, kept.media.mime))
        found = [parts.part_of(entry, kept, kept.kind), *_subtitles(intake, entry)]
    except BadInput as error:
        return Problem(error.file or entry.name, error.line, error.message)
    return Candidate(Source(entry.name, found), parts.parts_json(found), entry.name, None, MEDIA_WEIGHT)


def _subtitles(intake: Intake, entry: Entry) -> Iterator[Part]:
    for beside in intake.files.subtitles_beside(entry):
        kept = intake.kept(beside)
        if kept.kind == "subtitle":
            yield parts.part_of(beside, kept, "subtitle")


# --- tables ----------------------------------------------------------------------------------------------------------


def _of_table(intake: Intake, entry: Entry, *, after: int, done: bool) -> Iterator[Candidate | Problem | None]:
    """One item per row, also for rows that came in before: their files must not count as sources of their own."""
    if entry.suffix in TABLES:
        table = rows.read_csv(entry.path, entry.name)
    elif entry.suffix in JSON_LINES:
        table = rows.read_jsonl(entry.path, entry.name)
    else:
        return
    if not done and after < 0:
        _keep_table(intake, entry)
    for number, row in enumerate(table.rows):
        if isinstance(row, Problem):
            yield row
        elif done or number <= after:
            _speak_for(intake, entry, row.fields)
            yield None
        elif number == 0 and not intake.wanted.rows and not any(columns.references(row.fields, intake.files, entry.name)):
            yield Problem(entry.name, None, _no_files(intake, entry))
            return
        else:
            yield _of_row(intake, entry, number + 1, row)


def _keep_table(intake: Intake, entry: Entry) -> None:
    dataset_id = intake.dataset_id if entry.name in intake.loose else None
    parts.record_upload(intake.ctx, dataset_id, entry.name, parts.put(intake.ctx, entry.path))


def _speak_for(intake: Intake, entry: Entry, fields: Mapping[str, str]) -> None:
    if intake.files.others:
        intake.used.update(file.name for _, _, file in columns.references(fields, intake.files, entry.name) if file)


def _of_row(intake: Intake, entry: Entry, number: int, row: rows.Row) -> Candidate | Problem:
    own = columns.id_of(row.fields)
    key = own or f"{entry.name}#{number}"
    if len(key) > LONGEST_KEY:
        return Problem(
            entry.name, row.line, f"{entry.name} line {row.line} has an id of {len(key)} characters; {LONGEST_KEY} fit."
        )
    try:
        found = _parts_of_row(intake, entry, row)
    except BadInput as error:
        return Problem(entry.name, row.line, error.message)
    weight = 1 if found[0].media is None else MEDIA_WEIGHT
    return Candidate(Source(key, found, own), parts.parts_json(found), entry.name, row.line, weight)


def _parts_of_row(intake: Intake, entry: Entry, row: rows.Row) -> list[Part]:
    if not intake.files.others and intake.wanted.rows:
        return [_row_part(intake, row.fields)]
    found: list[Part] = []
    for column, said, file in columns.references(row.fields, intake.files, entry.name):
        if file is None:
            raise BadInput(_missing(entry, row.line, column, said))
        intake.used.add(file.name)
        kept = intake.kept(file)
        if kept.kind not in intake.wanted.kinds and kept.kind != "subtitle":
            raise BadInput(intake.wanted.refusal(file.name, kept.kind, kept.media.mime))
        found.append(parts.part_of(file, kept, column, None if found else row.fields))
    if found:
        return found
    if intake.wanted.rows:
        return [_row_part(intake, row.fields)]
    raise BadInput(
        f"{entry.name} line {row.line} names no file of this upload, and {intake.wanted.types} takes {intake.wanted.in_words}. "
        "Add a column that names the files, and put the files in the same upload."
    )


def _row_part(intake: Intake, fields: Mapping[str, str]) -> Part:
    if "row" in intake.wanted.kinds:
        return Part(name="row", kind="row", fields=fields)
    return Part(name="text", kind="text", text=fields.get("text") or max(fields.values(), key=len, default=""), fields=fields)


def _no_files(intake: Intake, entry: Entry) -> str:
    return (
        f"{entry.name} names no files of this upload, and {intake.wanted.types} takes {intake.wanted.in_words}. "
        "Add a column that names the files, and put the files in the same upload."
    )


def _missing(entry: Entry, line: int, column: str, said: str) -> str:
    if columns.is_address(said):
        return (
            f'{entry.name} line {line} names the address {said} in "{column}". The workbench fetches nothing from other '
            "servers: put the file in the same upload."
        )
    return f'{entry.name} line {line} names "{said}" in "{column}", and this upload has no such file. Add it, then ingest again.'
