"""Rows of a table become candidates: text of their own, or the files of the upload that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from accessibility.sentences import sentence
from task_types.protocol import Part, Source
from workbench.errors import BadInput
from workbench.ingest import columns, parts, rows, subtitles
from workbench.ingest.entries import JSON_LINES, TABLES, Entry
from workbench.ingest.intake import LONGEST_KEY, MEDIA_WEIGHT, Candidate, Intake
from workbench.ingest.json_tasks import read_json
from workbench.store.bulk import as_json
from workbench.store.datasets import Problem


def of_table(intake: Intake, entry: Entry, *, after: int, done: bool) -> Iterator[Candidate | Problem | None]:
    """
    One item per row: a candidate, a problem, or None for a row that came in before. Those are read as well, because the
    files that they name must not count as sources of their own.

    Args:
        after: number of the last row that came in (-1: none); done: the whole table did.
    """
    table = opened(entry)
    if not done and after < 0:
        parts.record_upload(intake.ctx, intake.dataset_id, entry.name, parts.put(intake.ctx, entry.path))
    for number, row in enumerate(table.rows):
        if isinstance(row, Problem):
            yield row
        elif done or number <= after:
            _speak_for(intake, entry, row.fields)
            yield None
        elif number == 0 and _is_of_no_use(intake, entry, row):
            yield Problem(entry.name, None, _no_files(intake, entry))
            return
        else:
            yield _of_row(intake, entry, number + 1, row)


def opened(entry: Entry) -> rows.Table:
    """A table, open for reading, whatever its format."""
    if entry.suffix in TABLES:
        return rows.read_csv(entry.path, entry.name)
    return (rows.read_jsonl if entry.suffix in JSON_LINES else read_json)(entry.path, entry.name)


def _is_of_no_use(intake: Intake, entry: Entry, row: rows.Row) -> bool:
    """Nobody asks about rows by themselves, and this table names no files: told once, not on each of its lines."""
    return not intake.wanted.rows and not any(columns.references(row.fields, intake.files, entry.name))


def _speak_for(intake: Intake, entry: Entry, fields: Mapping[str, str]) -> None:
    if intake.files.others:
        intake.used.update(file.name for _, _, file in columns.references(fields, intake.files, entry.name) if file)


def _of_row(intake: Intake, entry: Entry, number: int, row: rows.Row) -> Candidate | Problem:
    own = None if intake.wanted.only_rows else row.own_id or columns.id_of(row.fields)
    try:
        named = _files_of_row(intake, entry, row)
        key = own or _key_of_file(intake, named) or f"{entry.name}#{number}"
        if len(key) > LONGEST_KEY:
            raise BadInput(
                sentence(
                    "{file} line {line} has an id of {count} characters; {most} fit.",
                    file=entry.name,
                    line=row.line,
                    count=len(key),
                    most=LONGEST_KEY,
                )
            )
        found = _parts_of_row(intake, row, named)
    except BadInput as error:
        return Problem(entry.name, row.line, error.message)
    finally:
        _speak_for(intake, entry, row.fields)
    weight = MEDIA_WEIGHT if named else 1
    told = [subtitles.remark(file) for part, (_, file) in zip(found, named, strict=False) if part.kind == "subtitle"]
    return Candidate(Source(key, found, own), parts.parts_json(found), entry.name, row.line, weight, row.notes, told)


def _key_of_file(intake: Intake, named: Sequence[tuple[str, Entry]]) -> str | None:
    """A row about one file describes that file, and goes by its name; a second row about it cannot."""
    return named[0][1].name if len(named) == 1 and named[0][1].name not in intake.used else None


def _files_of_row(intake: Intake, entry: Entry, row: rows.Row) -> list[tuple[str, Entry]]:
    """The files that a row is about, with the column that names each."""
    if intake.wanted.only_rows:
        return []
    if intake.wanted.rows and not intake.files.others and not columns.only_files(row.fields):
        return []
    named: list[tuple[str, Entry]] = []
    for column, said, file in columns.references(row.fields, intake.files, entry.name):
        if file is not None:
            named.append((column, file))
        elif not (intake.wanted.rows and columns.is_remark(column, said, row.fields)):
            raise BadInput(_missing(entry, row.line, column, said))
    if not named and not intake.wanted.rows:
        raise BadInput(sentence("{file} line {line} names no file. Name one, then ingest again.", file=entry.name, line=row.line))
    return named


def _parts_of_row(intake: Intake, row: rows.Row, named: Sequence[tuple[str, Entry]]) -> list[Part]:
    found: list[Part] = []
    for column, file in named:
        kept = intake.kept(file)
        if kept.kind not in intake.wanted.kinds and kept.kind != "subtitle":
            raise BadInput(intake.wanted.refusal(file.name, kept.kind, kept.media.mime))
        found.append(parts.part_of(file, kept, column, None if found else row.fields))
    if not named:
        found.append(_row_part(intake, row.fields))
    if row.notes:
        found.append(Part(name="label_studio", kind="other", text=as_json(row.notes)))
    return found


def _row_part(intake: Intake, fields: Mapping[str, str]) -> Part:
    if "row" in intake.wanted.kinds:
        return Part(name="row", kind="row", fields=fields)
    return Part(name="text", kind="text", text=fields.get("text") or max(fields.values(), key=len, default=""), fields=fields)


def _no_files(intake: Intake, entry: Entry) -> str:
    return sentence(
        "{file} names no files of this upload, and {types} takes {kinds}. "
        "Add a column that names the files, and put the files in the same upload.",
        file=entry.name,
        types=intake.wanted.types,
        kinds=intake.wanted.in_words,
    )


def _missing(entry: Entry, line: int, column: str, said: str) -> str:
    if columns.is_address(said):
        return sentence(
            '{file} line {line} names the address {address} in "{column}". The workbench fetches nothing from other '
            "servers: put the file in the same upload.",
            file=entry.name,
            line=line,
            address=said,
            column=column,
        )
    return sentence(
        '{file} line {line} names "{named}" in "{column}", and this upload has no such file. Add it, then ingest again.',
        file=entry.name,
        line=line,
        named=said,
        column=column,
    )
