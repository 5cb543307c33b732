"""How much of a sound somebody hears at once: as they choose themselves, else as their group works best.

A piece is the same for everybody, so that answers line up and each place is answered as often as was asked: only its
playback is divided, in the pauses that were found when it was cut. See decision 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from accessibility.preferences import preferences
from accessibility.sentences import noted
from workbench.domain import Json, Person
from workbench.errors import Invalid
from workbench.media.cutting import cut_between
from workbench.store import groups

TARGET, LIMIT = "target_seconds", "limit_seconds"  # in a group's rhythm
SHORTEST, LONGEST = 2, 120  # seconds
WRONG = noted("Give the seconds as a number from 2 to 120, and a limit that is at least the wish.")


@dataclass(frozen=True)
class Length:
    """About so long, and never longer, ms."""

    target_ms: int
    limit_ms: int


def length_for(connection: Connection, person: Person) -> Length | None:
    """How this person hears sound; None: a piece as a whole."""
    own = preferences(person.preferences).sound_parts
    if own == "whole":
        return None
    if own != "group":
        return Length(1000 * int(own), 2000 * int(own))
    group = groups.group_of(connection, person.id)
    return length_of(group.rhythm) if group else None


def length_of(rhythm: Mapping[str, Json]) -> Length | None:
    """How a group hears sound; None: a piece as a whole."""
    target, limit = rhythm.get(TARGET), rhythm.get(LIMIT)
    if target is None:
        return None if limit is None else Length(600 * limit, 1000 * limit)
    return Length(1000 * target, 1000 * (2 * target if limit is None else limit))


def checked(target: str, limit: str) -> dict[str, Json]:
    """
    What is filled in for a group; empty: pieces as a whole.

    Raises:
        Invalid: no numbers, too short or too long, or a limit below the wish.
    """
    found: dict[str, Json] = {}
    for name, text in ((TARGET, target.strip()), (LIMIT, limit.strip())):
        if text and not (text.isascii() and text.isdigit() and SHORTEST <= int(text) <= LONGEST):
            raise Invalid(WRONG, field=name)
        found |= {name: int(text)} if text else {}
    if len(found) == 2 and found[LIMIT] < found[TARGET]:
        raise Invalid(WRONG, field=LIMIT)
    return found


def divided(data: Mapping[str, Json], length: Length | None) -> dict[str, Json]:
    """
    A widget's or dialogue's data for somebody who hears sound in parts of this length.

    A subject whose pauses are known and that is longer gets `parts`: [start, end] of each, ms of the original.
    """
    subject = data.get("subject")
    if not isinstance(subject, Mapping) or "pauses" not in subject:
        return dict(data)
    shown = {name: value for name, value in subject.items() if name != "pauses"}
    start, end = subject.get("start_ms") or 0, subject.get("end_ms")
    if length is not None and end is not None and end - start > length.limit_ms:
        quiet = [(a, b) for a, b in subject["pauses"]]
        lengths = {"target_ms": length.target_ms, "limit_ms": length.limit_ms}
        shown["parts"] = [list(part) for part in cut_between(start, end, quiet, **lengths)]
    return {**data, "subject": shown}
