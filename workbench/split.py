"""Sources become microtasks, by the task type of each step.

Steps that depend on an earlier one are not split here: `follow_ups` makes their microtasks once that one has settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from task_types import reading, registry
from task_types.errors import TaskTypeError
from task_types.protocol import AnyTaskType, MediaReader, Source, once
from workbench.domain import Step, need_bits
from workbench.errors import BadInput, WorkbenchError
from workbench.store import lanes


class Piece(NamedTuple):
    """One microtask to be: the step it belongs to, its stable key, its payload as JSON text, bits of its needs."""

    step: Splitter
    key: str
    payload: str
    needs: int


@dataclass(frozen=True)
class Splitter:
    """A step with its task type and settings read, ready to cut sources."""

    step: Step
    task_type: AnyTaskType
    settings: Any

    def pieces(self, source: Source, media: MediaReader) -> Iterator[Piece]:
        """
        What this step asks about a source.

        Raises:
            BadInput: the type has no question for it, or its media cannot be read.
        """
        try:
            for key, payload in self.task_type.split(source, self.settings, media):
                yield self.piece(key, payload)
        except (TaskTypeError, WorkbenchError) as error:
            raise BadInput(error.message, file=source.key) from error

    def piece(self, key: str, payload: BaseModel) -> Piece:
        """One microtask to be."""
        needs = need_bits(self.task_type.needs(self.settings, payload))
        return Piece(self, key, payload.model_dump_json(exclude_none=True), needs)

    def row(self, piece: Piece, source_id: int, parent_id: int | None = None) -> lanes.MicrotaskRow:
        """The microtask as the database takes it."""
        lane = lanes.LaneKey(self.step.id, piece.needs, self.settings.topic or "")
        version, overlap = self.task_type.version, self.settings.overlap
        return lanes.MicrotaskRow(source_id, lane, piece.key, piece.payload, version, overlap, parent_id)


def splitter(step: Step) -> Splitter:
    """Read a step's settings once, for many sources."""
    task_type = registry.get(step.task_type)
    return Splitter(step, task_type, reading.settings(task_type, step.settings, step.task_type_version))


def pieces(splitters: Iterable[Splitter], source: Source, media: MediaReader) -> list[Piece]:
    """
    What all these steps ask about one source.

    Raises:
        BadInput: none of them has a question for it.
    """
    found: list[Piece] = []
    refused: BadInput | None = None
    for each in splitters:
        try:
            found += each.pieces(source, media)
        except BadInput as error:
            refused = error
    if not found:
        raise refused or BadInput(sentence("{key} holds nothing to ask about.", key=source.key), file=source.key)
    return found


def follow_ups(
    connection: Connection, step: Step, *, parent_id: int, source_id: int, payloads: Iterable[BaseModel], now: int
) -> int:
    """
    The later questions that an outcome asks for, as microtasks of a later step; returns how many.

    Called in the transaction that settles the parent; what was asked is not asked again when that settles anew.
    """
    cut = splitter(step)
    rows = []
    for number, payload in enumerate(payloads, 1):
        key = once(payload) or f"{parent_id}.{number}"
        if not lanes.is_taken(connection, step.id, source_id, key):
            rows.append(cut.row(cut.piece(key, payload), source_id, parent_id))
    return lanes.add_microtasks(connection, rows, now=now) if rows else 0
