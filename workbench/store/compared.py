"""How a worker's transcript compares with the one that was merged from everybody's: for the worker alone, to learn from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t

MOST_DIFFERENCES = 3  # nobody learns from a long list that is read out


@dataclass(frozen=True)
class Comparison:
    """
    Attributes:
        words: how many the merged text has.
        same: how many of them stand in the worker's text too, in order.
        differences: (what the worker wrote, what was settled); either may be empty.
    """

    words: int
    same: int
    differences: Sequence[tuple[str, str]]


def compare(mine: str, merged: str) -> Comparison:
    """Word by word; capitals and marks make no difference."""
    left, right = mine.split(), merged.split()
    matcher = SequenceMatcher(a=[_plain(word) for word in left], b=[_plain(word) for word in right], autojunk=False)
    codes = matcher.get_opcodes()
    same = sum(b_end - b for kind, _, _, b, b_end in codes if kind == "equal")
    other = [(" ".join(left[a:a_end]), " ".join(right[b:b_end])) for kind, a, a_end, b, b_end in codes if kind != "equal"]
    return Comparison(len(right), same, other[:MOST_DIFFERENCES])


def latest(connection: Connection, person_id: int, *, limit: int = 3) -> list[Comparison]:
    """This person's last transcripts that were merged with those of others since, newest first."""
    mine = t.annotation.alias("mine")
    newer = sa.select(t.annotation.c.id).where(
        t.annotation.c.assignment_id == mine.c.assignment_id, t.annotation.c.revision > mine.c.revision
    )
    query = (
        sa.select(mine.c.answer, t.outcome.c.answer)
        .join(t.step, t.step.c.id == mine.c.step_id)
        .join(t.microtask, t.microtask.c.id == mine.c.microtask_id)
        .join(t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
        .where(mine.c.person_id == person_id, mine.c.dont_know.is_(False), mine.c.together.is_(False))
        .where(t.step.c.task_type == "transcription", t.outcome.c.kind == "settled", t.outcome.c.answers > 1)
        .where(~newer.exists())
        .order_by(mine.c.submitted_ms.desc())
        .limit(limit)
    )
    rows = [(row[0].get("text", ""), (row[1] or {}).get("text", "")) for row in connection.execute(query)]
    return [compare(own, merged) for own, merged in rows if own and merged]


def _plain(word: str) -> str:
    return re.sub(r"[^\w']", "", word.lower())
