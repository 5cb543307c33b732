"""Files with answers that are known. Read in any format that the task type knows; what is wrong is told by line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from accessibility.sentences import renamed, sentence
from task_types import reading, reasons, studio
from task_types.errors import TaskTypeError
from task_types.protocol import AnswerError, AnyTaskType, Case, Json
from workbench import gold_yolo
from workbench.errors import BadInput
from workbench.ingest import columns, json_tasks, rows
from workbench.ingest.entries import JSON, JSON_LINES, TABLES, ZIPS
from workbench.ingest.sniff import encoding_of
from workbench.store.datasets import Problem

SOURCE_COLUMNS = ("source", "file", "filename", "file_name", "image", "audio", "video", "media", "path", "bestand")


@dataclass(frozen=True)
class Known:
    """
    One accepted answer, as its file has it. It becomes the type's own answer when its microtask is known.

    source: key of the source, or the name of its file; piece: which microtask of it, where the file can tell;
    answer: JSON of the type; form: fields as a page would post them; regions: a Label Studio result;
    shapes: boxes or outlines with their label, in percentages of the picture;
    span_ms: the answer is what stands between these times of the original.
    """

    source: str
    file: str
    line: int | None = None
    piece: str | None = None
    step: str | None = None
    answer: Json = None
    form: Mapping[str, str] | None = None
    regions: Sequence[Mapping[str, Json]] | None = None
    span_ms: tuple[int, int] | None = None
    shapes: Sequence[gold_yolo.Shape] | None = None

    @property
    def where(self) -> str:
        """`gold.jsonl line 4`."""
        return sentence("{file} line {line}", file=self.file, line=self.line) if self.line else self.file

    def as_answer(self, task_type: AnyTaskType, case: Case[Any, Any]) -> BaseModel:
        """
        The answer, checked as a worker's would be.

        Raises:
            BadInput: the type does not take it.
        """
        try:
            found = self._read(task_type, case)
            task_type.check(case, found)
        except (AnswerError, TaskTypeError) as error:
            raise BadInput(
                sentence("{where}: {message}", where=self.where, message=error.message), file=self.file, line=self.line
            ) from error
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                sentence(
                    "{where} is no answer of {kind}: {what}", where=self.where, kind=task_type.name, what=reasons.of_answer(error)
                ),
                file=self.file,
                line=self.line,
            ) from error
        return found

    def _read(self, task_type: AnyTaskType, case: Case[Any, Any]) -> BaseModel:
        found: BaseModel
        if self.shapes is not None:
            found = _drawn(task_type, case, self.shapes)
        elif self.regions is not None:
            if task_type.label_studio is None:
                raise ValueError(sentence("This kind of work has no control in Label Studio."))
            found = task_type.label_studio.from_result(case, self.regions)
        elif self.form is not None:
            found = task_type.parse(case, self.form)
        else:
            found = reading.answer(task_type, self.answer)
        return found


def read(path: Path, name: str, task_type: AnyTaskType) -> Iterator[Known | Problem]:
    """
    The answers of a file: the export's own JSON lines, CSV, COCO, YOLO (a zip or folder), Label Studio JSON, subtitles, and
    what else the type can read. `name`: what the person calls the file.

    Raises:
        BadInput: nobody knows this format, or it cannot be read at all.
    """
    suffix = Path(name).suffix.lower()
    if (suffix in ZIPS or path.is_dir()) and _draws(task_type):
        for each in gold_yolo.read(path, name):
            yield each if isinstance(each, Problem) else Known(each[0], each[1], shapes=each[2])
    elif suffix in JSON_LINES:
        yield from _of_rows(name, rows.json_lines(path, name, encoding_of(path)[0]))
    elif suffix in TABLES:
        yield from _of_table(name, rows.read_csv(path, name))
    elif suffix in JSON and not _is_coco(path, name):
        yield from _of_rows(name, json_tasks.objects(path, name, encoding_of(path)[0]))
    else:
        yield from _by_exporter(path, name, suffix, task_type)


# --- shapes of YOLO, by way of Label Studio's regions ------------------------------------------------------------------

DRAWN = {"RectangleLabels": "rectanglelabels", "PolygonLabels": "polygonlabels"}


def _draws(task_type: AnyTaskType) -> bool:
    return task_type.label_studio is not None and task_type.label_studio.control in DRAWN


def _drawn(task_type: AnyTaskType, case: Case[Any, Any], shapes: Sequence[gold_yolo.Shape]) -> BaseModel:
    control = task_type.label_studio
    if control is None or control.control not in DRAWN:
        raise ValueError(sentence("Nothing is drawn in it."))
    kind = DRAWN[control.control]
    values = [{**_fitting(shape, kind), kind: [shape["label"]]} for shape in shapes]
    found: BaseModel = control.from_result(case, [studio.region(case.settings, kind, value) for value in values])
    return found


def _fitting(shape: gold_yolo.Shape, kind: str) -> dict[str, Json]:
    """The shape as this kind wants it: of an outline a project of boxes gets the box around it."""
    if "points" not in shape:
        if kind == "polygonlabels":
            raise ValueError(sentence("A box is no outline."))
        return {side: shape[side] for side in ("x", "y", "width", "height")}
    if kind == "polygonlabels":
        return {"points": shape["points"]}
    across, down = zip(*shape["points"], strict=True)
    return {"x": min(across), "y": min(down), "width": max(across) - min(across), "height": max(down) - min(down)}


# --- rows of our own shape -------------------------------------------------------------------------------------------


def _of_rows(name: str, found: Iterator[tuple[int, Any] | Problem]) -> Iterator[Known | Problem]:
    for each in found:
        if isinstance(each, Problem):
            yield each
        else:
            line, value = each
            if isinstance(value, dict) and json_tasks.is_task(value):
                yield from of_task(value, name, line)
            else:
                yield from _of_object(value, name, line)


def _of_object(row: Any, name: str, line: int) -> Iterator[Known | Problem]:
    if not isinstance(row, dict) or not isinstance(row.get("source"), str):
        yield Problem(
            name,
            line,
            sentence(
                '{name} line {line} has no "source". Write {{"source": "photo.jpg", "answer": {{…}}}}.', name=name, line=line
            ),
        )
        return
    accepted = row.get("accepted") or ([row["answer"]] if row.get("answer") is not None else [])
    if not accepted:
        if "status" not in row:  # a line of an export that has no answer yet is no mistake
            yield Problem(
                name,
                line,
                sentence(
                    '{name} line {line} has neither "answer" nor "accepted". Add one, or leave the line out.',
                    name=name,
                    line=line,
                ),
            )
        return
    for answer in accepted if isinstance(accepted, list) else [accepted]:
        yield Known(row["source"], name, line, row.get("key"), row.get("step"), answer=answer)


def of_task(task: Mapping[str, Any], name: str, line: int | None, *, only_truth: bool = False) -> Iterator[Known]:
    """The annotations of a Label Studio task. only_truth: those that are marked as ground truth."""
    source = _name_of_task(task)
    for annotation in task.get("annotations") or ():
        if annotation.get("was_cancelled") or (only_truth and not annotation.get("ground_truth")):
            continue
        yield Known(source, name, line, regions=annotation.get("result") or [])


def _name_of_task(task: Mapping[str, Any]) -> str:
    meta = task.get("meta")
    if isinstance(meta, dict) and isinstance(meta.get("source"), str):
        return str(meta["source"])
    return str(task["id"]) if task.get("id") is not None else next((str(value) for value in task["data"].values()), "")


# --- tables ----------------------------------------------------------------------------------------------------------


def _of_table(name: str, table: rows.Table) -> Iterator[Known | Problem]:
    source = next((column for column in (*SOURCE_COLUMNS, *columns.ID_COLUMNS) if column in table.columns), None)
    if table.columns and source is None:
        raise BadInput(
            sentence('{name} has no column that names the source. Call one "source", then try again.', name=name), file=name
        )
    for row in table.rows:
        if isinstance(row, Problem):
            yield row
        elif row.fields.get("worker") or row.fields.get("status") in ("distribution", "collected", "open"):
            continue  # an export's own rows that hold no settled answer
        else:
            yield _of_fields(name, row, str(source))


def _of_fields(name: str, row: rows.Row, source: str) -> Known | Problem:
    said, piece = row.fields[source].strip(), row.fields.get("key") or None
    if not said:
        return Problem(
            name,
            row.line,
            sentence("{name} line {line} names no source. Fill in its column {source}.", name=name, line=row.line, source=source),
        )
    if not row.fields.get("answer"):
        form = {column: value for column, value in row.fields.items() if column != source}
        return Known(said, name, row.line, piece, row.fields.get("step"), form=form)
    try:
        answer = json.loads(row.fields["answer"])
    except ValueError:
        return Problem(
            name,
            row.line,
            sentence("{name} line {line}: the column answer is not JSON. Write it as the export does.", name=name, line=row.line),
        )
    return Known(said, name, row.line, piece, row.fields.get("step"), answer=answer)


# --- what the type's own exporters read ------------------------------------------------------------------------------


def _is_coco(path: Path, name: str) -> bool:
    if path.is_dir():
        return True  # no rows of ours: whoever reads it says what it is not
    with path.open("rb") as file:
        head = file.read(200).lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and not name.endswith(".jsonl")


def _by_exporter(path: Path, name: str, suffix: str, task_type: AnyTaskType) -> Iterator[Known | Problem]:
    formats = {".json": ("coco",), ".vtt": ("webvtt",), ".srt": ("srt",)}.get(suffix, ())
    reader = next((task_type.exporters[each] for each in formats if each in task_type.exporters), None)
    if reader is None:
        raise BadInput(
            sentence(
                "{name} is not a gold file that {kind} can read. {known}", name=name, kind=task_type.name, known=_known(task_type)
            ),
            file=name,
        )
    try:
        for found in reader.read(path):
            answer = reading.dumped(found.answer)
            yield Known(_renamed(found.source, path, name), name, None, found.key, answer=answer, span_ms=_span(found.key))
    except TaskTypeError as error:
        raise BadInput(renamed(error.message, path.name, name), file=name) from error


def _renamed(source: str, path: Path, name: str) -> str:
    """Subtitles are about the recording of their own name; the file may lie here under another one."""
    return Path(name).stem if source == path.stem else source


def _span(key: str | None) -> tuple[int, int] | None:
    start, _, end = (key or "").partition("-")
    return (int(start), int(end)) if start.isdigit() and end.isdigit() else None


def _known(task_type: AnyTaskType) -> str:
    formats = {"coco": "COCO (.json)", "webvtt": "WebVTT (.vtt)", "srt": "SRT (.srt)"}
    more = [words for name, words in formats.items() if name in task_type.exporters]
    if _draws(task_type):
        more.append("YOLO (.zip)")
    known = ", ".join(["JSON lines (.jsonl)", "CSV", *more])
    return sentence("Give {known} or Label Studio JSON.", known=known)
