"""Records and rules without web or database."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = Any
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

# The order is part of the database (lane.needs): add at the end, never move.
NEED_BITS = {"sight": 1, "hearing": 2, "speech": 4, "reading": 8, "pointer": 16}


class Role(StrEnum):
    """What somebody may do here. One person may hold several."""

    WORKER = "worker"
    COACH = "coach"
    SUPERVISOR = "supervisor"
    CLIENT = "client"
    MANAGER = "manager"


def need_bits(needs: Iterable[str]) -> int:
    """Needs as one number, to compare with a profile in one operation."""
    return sum(NEED_BITS[str(need)] for need in set(needs))


def needs_of(bits: int) -> list[str]:
    """The other way round."""
    return [need for need, bit in NEED_BITS.items() if bits & bit]


def new_public_id() -> str:
    """A random id for addresses: tells nothing, cannot be guessed (96 bits)."""
    return secrets.token_hex(12)


@dataclass(frozen=True)
class Person:
    """Somebody who uses the workbench. `profile["cannot_use"]` lists needs that do not fit; an empty profile fits all."""

    id: int
    public_id: str
    name: str
    roles: frozenset[Role]
    locale: str = "nl"
    client_id: int | None = None
    profile: Mapping[str, Json] = field(default_factory=dict)
    preferences: Mapping[str, Json] = field(default_factory=dict)

    def has(self, *roles: Role) -> bool:
        """Does this person hold one of these roles?"""
        return not self.roles.isdisjoint(roles)

    @property
    def cannot_use(self) -> int:
        """Bits of the needs that do not fit this person."""
        return need_bits(need for need in self.profile.get("cannot_use", ()) if need in NEED_BITS)

    @property
    def topics_off(self) -> frozenset[str]:
        """Topics this person does not want."""
        return frozenset(self.profile.get("topics_off", ()))


@dataclass(frozen=True)
class Client:
    """A company that brings datasets."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True)
class Project:
    """One client's job."""

    id: int
    public_id: str
    name: str
    client_id: int | None
    status: str
    language: str
    embargo_until_ms: int | None
    settings: Mapping[str, Json]
    created_ms: int
    legal_basis: str | None = None
    thanks: str | None = None


@dataclass(frozen=True)
class Step:
    """One question of a project, with the settings that hold now."""

    id: int
    public_id: str
    project_id: int
    position: int
    name: str
    task_type: str
    task_type_version: int
    version_id: int
    version: int
    settings: Mapping[str, Json]


@dataclass(frozen=True)
class Microtask:
    """One question about one piece of one source."""

    id: int
    public_id: str
    step_id: int
    source_id: int
    key: str
    payload: Mapping[str, Json]
    task_type_version: int
    status: str
    wanted: int
    answers: int
    parent_id: int | None = None
    lane_id: int = 0

    @property
    def is_closed(self) -> bool:
        """No newer revision counts any more. Gold closes by the same count, so that nobody can tell it by that."""
        return self.status == "settled" or (self.status == "gold" and self.answers >= self.wanted)


@dataclass(frozen=True)
class Assignment:
    """A microtask handed to one worker for now."""

    id: int
    public_id: str
    person_id: int
    microtask: Microtask
    task_type: str
    step_version_id: int
    settings: Mapping[str, Json]
    project_id: int
    status: str
    leased_ms: int
    expires_ms: int
    together: bool = False
    group_id: int | None = None


@dataclass(frozen=True)
class Annotation:
    """A submitted answer: never changed, only followed by a newer revision."""

    id: int
    public_id: str
    assignment_id: int
    microtask_id: int
    person_id: int
    revision: int
    answer: Mapping[str, Json]
    dont_know: bool
    together: bool
    submitted_ms: int


@dataclass(frozen=True)
class Block:
    """
    A stretch of work or of break in a worker's day.

    reason: why it ended or began where it did; None: as planned.
    step_id: the kind of work of this block.
    topics_off: "not for me", for the rest of the day.
    distressing: microtasks of distressing material given this day so far.
    """

    id: int
    person_id: int
    kind: str
    started_ms: int
    planned_end_ms: int | None
    ended_ms: int | None
    reason: str | None = None
    step_id: int | None = None
    topics_off: Sequence[str] = ()
    distressing: int = 0
