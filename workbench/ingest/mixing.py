"""Known answers find their microtasks, which become gold: everybody may get them, nobody can tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import PurePosixPath

from pydantic import BaseModel
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from task_types import reading
from task_types.protocol import Case, Source
from workbench import gold_files
from workbench.context import Context
from workbench.domain import Json, Project
from workbench.errors import BadInput, Invalid
from workbench.gold_files import Known
from workbench.ingest.adding import Cut
from workbench.ingest.entries import Given
from workbench.ingest.intake import Candidate
from workbench.split import Piece, Splitter
from workbench.store import gold as gold_store
from workbench.store import lanes, sources
from workbench.store.datasets import Problem
from workbench.store.lanes import Splinter

MOST_ANSWERS = 200_000  # gold is a sample, held in memory while it is matched
SOURCES_AT_ONCE = 200
SLACK_MS = 300  # a subtitle may begin or end this far outside of the piece it belongs to


@dataclass
class Mixed:
    """What became of the known answers."""

    added: int = 0
    problems: list[Problem] = field(default_factory=list)

    def __add__(self, other: Mixed) -> Mixed:
        return Mixed(self.added + other.added, [*self.problems, *other.problems])


def check_wanted(splitters: Sequence[Splitter]) -> None:
    """
    Does this project take gold at all?

    Raises:
        Invalid: nothing is right or wrong in it, or its check questions are off.
    """
    if all(each.settings.opinion or each.task_type.scoring is None for each in splitters):
        raise Invalid("Nothing is right or wrong in this project, so it takes no gold. Ingest without a gold file.", field="gold")
    if all(each.settings.gold_schedule is None for each in splitters):
        raise Invalid(
            "Gold is off in this project, so its check questions would never be asked. Set gold: on, or leave the gold file out.",
            field="gold",
        )


def book(gold: Given, splitters: Sequence[Splitter]) -> tuple[dict[str, list[Known]], list[Problem]]:
    """
    The known answers of a file by source, and what is wrong with others.

    Raises:
        BadInput: the file cannot be read at all, or holds more than MOST_ANSWERS.
    """
    found: dict[str, list[Known]] = {}
    problems: list[Problem] = []
    for number, each in enumerate(gold_files.read(gold.path, gold.name, splitters[0].task_type)):
        if number >= MOST_ANSWERS:
            raise BadInput(
                sentence(
                    "{name} has more than {most_answers:,} answers. Gold is a sample: give fewer.",
                    name=gold.name,
                    most_answers=MOST_ANSWERS,
                ),
                file=gold.name,
            )
        if isinstance(each, Problem):
            problems.append(each)
        else:
            found.setdefault(each.source, []).append(each)
    return found, problems


def mix(
    ctx: Context, project: Project, splitters: Sequence[Splitter], known: Mapping[str, Sequence[Known]], created_by: int | None
) -> Mixed:
    """
    Make gold of the microtasks whose answers are known. The same answers again change nothing; others are a correction.

    Raises nothing for a source or an answer that does not fit: that is a problem in what is returned.
    """
    mixed = Mixed()
    names = iter(known)
    while chunk := list(islice(names, SOURCES_AT_ONCE)):
        part, now = {name: known[name] for name in chunk}, ctx.now()
        write = partial(mix_some, project_id=project.id, splitters=splitters, known=part, created_by=created_by, now=now)
        mixed += ctx.db.write(write)
    return mixed


def mix_some(
    connection: Connection,
    *,
    project_id: int,
    splitters: Sequence[Splitter],
    known: Mapping[str, Sequence[Known]],
    created_by: int | None,
    now: int,
) -> Mixed:
    """The same for a few, in the caller's transaction."""
    taking = [each for each in splitters if each.settings.gold_schedule is not None and each.task_type.scoring is not None]
    found = _resolve(connection, project_id, list(known))
    accepted, problems = _accepted(connection, taking, known, found)
    return Mixed(sum(_make(connection, each, created_by, now) for each in accepted), problems)


def _make(connection: Connection, known: Accepted, created_by: int | None, now: int) -> bool:
    """Whether it is new; other answers to what was gold already are a correction, and people's answers are scored anew."""
    if known.microtask.gold_id is not None:
        gold_store.give_again(connection, known.microtask.id, known.answers, person_id=created_by, now=now)
        return False
    return lanes.make_gold(connection, known.microtask, known.answers, origin=known.origin[:60], created_by=created_by, now=now)


def ground_truth(candidates: Iterable[Candidate]) -> dict[str, list[Known]]:
    """The answers that Label Studio tasks bring along and mark as true."""
    found: dict[str, list[Known]] = {}
    for each in candidates:
        if each.notes:
            task: dict[str, Json] = {"id": each.source.key, "data": {}, "annotations": each.notes.get("annotations")}
            truth = list(gold_files.of_task(task, each.file, each.line, only_truth=True))
            if truth:
                found[each.source.key] = truth
    return found


class Rehearsal:
    """Known answers tried on sources that would come in, without adding anything."""

    def __init__(self, known: Mapping[str, Sequence[Known]]) -> None:
        self._known = dict(known)
        self._wrong: list[Problem] = []

    def meet(self, cuts: Iterable[Cut]) -> None:
        """These sources would come in, with these pieces."""
        for cut in cuts if self._known else ():
            for name in names_of(cut.candidate.source):
                self._try(self._known.pop(name, ()), cut)

    def _try(self, answers: Sequence[Known], cut: Cut) -> None:
        pieces = [(piece.step, _would_be(number, piece)) for number, piece in enumerate(cut.pieces)] if answers else []
        for each in _joined(answers, [task for _, task in pieces]):
            try:
                _take(each, pieces, {})
            except BadInput as error:
                self._wrong.append(Problem(each.file, each.line, error.message))

    def problems(self, ctx: Context, project: Project) -> list[Problem]:
        """What is wrong with them: an answer that does not fit, a source that is neither here nor there."""
        names = list(self._known)
        found = ctx.db.read(lambda connection: _resolve(connection, project.id, names)) if names else {}
        lost = [_unclear(known[0], len(found[name])) for name, known in self._known.items() if len(found[name]) != 1]
        return [*self._wrong, *lost]


def _would_be(number: int, piece: Piece) -> Splinter:
    return Splinter(number, 0, piece.key, json.loads(piece.payload), "open", 0, None)


def names_of(source: Source) -> Iterator[str]:
    """What a gold file may call a source: its key, the client's id, its file's name with or without folder and ending."""
    path = PurePosixPath(source.key)
    yield from (source.key, path.name, str(path.with_suffix("")), path.stem)
    if source.external_ref:
        yield source.external_ref


@dataclass
class Accepted:
    """A microtask and the answers that are right for it."""

    microtask: Splinter
    origin: str
    answers: list[Json] = field(default_factory=list)


def _resolve(connection: Connection, project_id: int, names: Sequence[str]) -> dict[str, list[sources.StoredSource]]:
    exact = sources.known_sources(connection, project_id, names)
    return {name: [exact[name]] if name in exact else sources.sources_named(connection, project_id, name) for name in names}


def _accepted(
    connection: Connection,
    splitters: Sequence[Splitter],
    known: Mapping[str, Sequence[Known]],
    found: Mapping[str, Sequence[sources.StoredSource]],
) -> tuple[list[Accepted], list[Problem]]:
    ids = [each[0].id for each in found.values() if len(each) == 1]
    tasks = {each.step.id: lanes.microtasks_of(connection, each.step.id, ids) for each in splitters}
    by_microtask: dict[int, Accepted] = {}
    problems: list[Problem] = []
    for name, answers in known.items():
        if len(found[name]) != 1:
            problems.append(_unclear(answers[0], len(found[name])))
            continue
        pieces = [(step, task) for step in splitters for task in tasks[step.step.id].get(found[name][0].id, ())]
        for each in _joined(answers, [task for _, task in pieces]):
            try:
                _take(each, pieces, by_microtask)
            except BadInput as error:
                problems.append(Problem(each.file, each.line, error.message))
    return list(by_microtask.values()), problems


def _unclear(known: Known, count: int) -> Problem:
    place = {"where": known.where, "source": known.source}
    if count:
        message = sentence(
            '{where} names "{source}", and this project has more than one source of that name. Write its whole path.', **place
        )
    else:
        message = sentence(
            '{where} names "{source}", and this project has no source of that name. Check the name, then ingest again.', **place
        )
    return Problem(known.file, known.line, message)


def _take(known: Known, pieces: Sequence[tuple[Splitter, Splinter]], accepted: dict[int, Accepted]) -> None:
    """
    File one known answer under the microtask that it answers.

    Raises:
        BadInput: none takes it, or it does not say which of several.
    """
    wanted = [
        (step, task)
        for step, task in pieces
        if known.piece in (None, task.key) and known.step in (None, step.step.name, step.step.public_id)
    ]
    if len(wanted) > 1 and len({step.step.id for step, _ in wanted}) == 1:
        keys = ", ".join(task.key for _, task in wanted[:5])
        raise BadInput(
            sentence(
                '{where}: "{source}" has {count} pieces. Say which with "key", one of: {keys}.',
                where=known.where,
                source=known.source,
                count=len(wanted),
                keys=keys,
            )
        )
    refused = BadInput(
        sentence('{where}: "{source}" has no piece "{piece}".', where=known.where, source=known.source, piece=known.piece)
    )
    for step, task in wanted:
        try:
            answer = _answer(known, step, task)
        except BadInput as error:
            refused = error
            continue
        each = accepted.setdefault(task.id, Accepted(task, known.file))
        if answer not in each.answers:
            each.answers.append(answer)
        return
    raise refused


def _answer(known: Known, step: Splitter, task: Splinter) -> Json:
    payload = reading.payload(step.task_type, task.payload)
    found: BaseModel = known.as_answer(step.task_type, Case(step.settings, payload, "en"))
    return reading.dumped(found)


# --- subtitles -------------------------------------------------------------------------------------------------------


def _joined(answers: Sequence[Known], tasks: Sequence[Splinter]) -> Iterator[Known]:
    """Subtitles keep their own times: those within a piece are its text, and a piece that cuts one in two has none."""
    keys = {task.key for task in tasks}
    loose = [each for each in answers if each.span_ms and each.piece not in keys and _text(each) is not None]
    yield from (each for each in answers if each not in loose)
    for task in tasks if loose else ():
        start, end = task.payload.get("start_ms", 0), task.payload.get("end_ms") or float("inf")
        inside = [each for each in loose if each.span_ms and start <= sum(each.span_ms) / 2 < end]
        whole = all(each.span_ms and start - SLACK_MS <= each.span_ms[0] and each.span_ms[1] <= end + SLACK_MS for each in inside)
        cut = any(each.span_ms and _overlap(each.span_ms, (start, end)) > SLACK_MS for each in loose if each not in inside)
        if inside and whole and not cut:
            text = " ".join(str(_text(each)).replace("\n", " ") for each in inside)
            yield Known(inside[0].source, inside[0].file, None, task.key, answer={"text": text})


def _text(known: Known) -> str | None:
    return known.answer.get("text") if isinstance(known.answer, dict) else None


def _overlap(left: tuple[float, float], right: tuple[float, float]) -> float:
    return min(left[1], right[1]) - max(left[0], right[0])
