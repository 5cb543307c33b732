"""What a step's confidence is worth, how sure its answers are, and how many answers they took."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.domain import Json
from workbench.store.counts import counts_by
from workbench.store.database import upsert

LEAST_GOLD = 20
GOOD_GOLD = 50  # as quality.calibration, which the web process does not load
GOOD_ERROR = 0.03


@dataclass(frozen=True)
class Known:
    """
    What is known of a step's confidence: a curve of `quality.calibration`, without its arithmetic.

    slope, intercept: of the logistic curve over log-odds; gold: check questions it rests on; error: mean gap on them;
    curve: [[shown, right, microtasks], …]; crowd: mean skill.
    """

    slope: float = 1.0
    intercept: float = 0.0
    gold: int = 0
    error: float | None = None
    curve: Sequence[Sequence[float]] = ()
    crowd: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether shown confidence is known to be near what is right: the rule of `quality.calibration`."""
        return self.gold >= GOOD_GOLD and self.error is not None and self.error <= GOOD_ERROR

    @property
    def is_used(self) -> bool:
        """Whether there is enough gold to correct what models promise."""
        return self.gold >= LEAST_GOLD

    def shown(self, confidence: float) -> float:
        """The confidence to show, 0..1."""
        kept = min(max(confidence, 1e-6), 1.0 - 1e-6)
        score = self.intercept + self.slope * math.log(kept / (1.0 - kept))
        return 1.0 / (1.0 + math.exp(-score))


def calibrations(connection: Connection, step_ids: Sequence[int]) -> dict[int, Known]:
    """By step; a step without gold is not in it."""
    query = sa.select(t.calibration).where(t.calibration.c.step_id.in_(step_ids))
    return {
        row.step_id: Known(row.slope, row.intercept, row.gold, row.error, row.curve, row.crowd)
        for row in connection.execute(query)
    }


def calibration_of(connection: Connection, step_id: int) -> Known | None:
    """Of one step."""
    return calibrations(connection, [step_id]).get(step_id)


def keep_calibration(connection: Connection, step_id: int, known: Known, now: int) -> None:
    """The newest, in place of the one before."""
    values: dict[str, Any] = {
        "slope": known.slope,
        "intercept": known.intercept,
        "gold": known.gold,
        "error": known.error,
        "curve": [list(point) for point in known.curve],
        "crowd": known.crowd,
        "updated_ms": now,
    }
    statement = upsert(t.calibration).values(step_id=step_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["step_id"], set_=values))


def answers_promised(connection: Connection, step_id: int) -> int:
    """Answers that this step's microtasks have or are to get, check questions left out."""
    query = sa.select(sa.func.coalesce(sa.func.sum(t.microtask.c.wanted), 0))
    return int(
        connection.execute(
            query.where(t.microtask.c.step_id == step_id, t.microtask.c.status.in_(("open", "settled")))
        ).scalar_one()
    )


def any_below(connection: Connection, step_id: int, answers: int) -> bool:
    """Whether some open microtask has fewer answers than this."""
    below = sa.exists().where(t.microtask.c.step_id == step_id, t.microtask.c.status == "open", t.microtask.c.answers < answers)
    return bool(connection.scalar(sa.select(below)))


def least_sure(connection: Connection, step_id: int, most_answers: int, limit: int) -> list[Any]:
    """(id, confidence, answers) of settled microtasks that may still get an answer, the least sure first."""
    query = (
        sa.select(t.microtask.c.id, t.outcome.c.confidence, t.microtask.c.answers)
        .join(t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
        .where(
            t.microtask.c.step_id == step_id,
            t.microtask.c.status == "settled",
            t.microtask.c.answers < most_answers,
            t.outcome.c.kind == "settled",
            t.outcome.c.method != "review",
        )
        .order_by(t.outcome.c.confidence, t.microtask.c.id)
        .limit(limit)
    )
    return list(connection.execute(query))


def add_audits(connection: Connection, microtask_ids: Sequence[int], now: int) -> None:
    """These are asked once more, to see whether settling was right."""
    rows = sa.select(t.microtask.c.id, t.microtask.c.step_id, t.microtask.c.outcome_id, sa.literal(now)).where(
        t.microtask.c.id.in_(microtask_ids), t.microtask.c.outcome_id.is_not(None)
    )
    columns = ["microtask_id", "step_id", "outcome_id", "at_ms"]
    connection.execute(sa.insert(t.audit_reopening).from_select(columns, rows))


@dataclass(frozen=True)
class Audited:
    """A settled microtask that was asked once more: what held before and after. Answers None: nobody knew."""

    payload: Mapping[str, Json]
    task_type_version: int
    before: Json
    after: Json


def audits(connection: Connection, step_id: int) -> Iterator[Audited]:
    """The audits that have ended, row by row."""
    before, after = t.outcome.alias("before"), t.outcome.alias("after")
    query = (
        sa.select(t.microtask.c.payload, t.microtask.c.task_type_version, before.c.answer, after.c.answer)
        .select_from(t.audit_reopening)
        .join(t.microtask, t.microtask.c.id == t.audit_reopening.c.microtask_id)
        .join(before, before.c.id == t.audit_reopening.c.outcome_id)
        .join(after, sa.and_(after.c.microtask_id == before.c.microtask_id, after.c.number == before.c.number + 1))
        .where(t.audit_reopening.c.step_id == step_id)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(query):
        yield Audited(*row)


def by_answers(connection: Connection, step_id: int) -> dict[int, int]:
    """How many microtasks were settled by so many answers."""
    found = counts_by(connection, _settled(step_id), [t.outcome.c.answers])
    return {int(answers): count for (answers,), count in found.items()}


def _settled(step_id: int) -> sa.Select[Any]:
    return (
        sa.select(t.outcome.c.id)
        .join_from(t.microtask, t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
        .where(t.microtask.c.step_id == step_id, t.microtask.c.status == "settled")
    )


PARTS = 20


def by_confidence(connection: Connection, step_id: int) -> list[tuple[float, int]]:
    """(confidence, how many) of settled answers, in steps of a twentieth: mean confidence of the step's part."""
    sure = t.outcome.c.confidence
    columns = []
    for part in range(PARTS):  # one pass that sorts nothing, so that memory does not grow with the step
        inside = sa.and_(sure >= part / PARTS, sure < (part + 1) / PARTS) if part < PARTS - 1 else sure >= part / PARTS
        columns += [sa.func.sum(sa.case((inside, sure))), sa.func.sum(sa.case((inside, 1), else_=0))]
    row = connection.execute(_settled(step_id).with_only_columns(*columns, maintain_column_froms=True)).one()
    pairs = zip(row[::2], row[1::2], strict=True)
    return [(float(total) / int(count), int(count)) for total, count in pairs if count]


def given_to_gold(connection: Connection, step_id: int) -> Iterator[tuple[Sequence[Mapping[str, Json]], Mapping[str, Json]]]:
    """(accepted answers, answer given), for a table of confusion, row by row. Practice is left out."""
    query = (
        sa.select(t.gold.c.accepted, t.annotation.c.answer)
        .join_from(t.gold_score, t.gold, t.gold.c.id == t.gold_score.c.gold_id)
        .join(t.annotation, t.annotation.c.id == t.gold_score.c.annotation_id)
        .where(t.gold_score.c.step_id == step_id)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(query):
        yield row.accepted, row.answer


def returns(connection: Connection, step_id: int) -> dict[str, int]:
    """How often work was given back, by reason; leases that ran out are nobody's word."""
    query = (
        sa.select(t.work_return.c.reason, sa.func.count())
        .join(t.microtask, t.microtask.c.id == t.work_return.c.microtask_id)
        .where(t.microtask.c.step_id == step_id, t.work_return.c.reason.not_in(("expired", "withdrawn", "later")))
        .group_by(t.work_return.c.reason)
        .order_by(t.work_return.c.reason)
    )
    return {reason: int(count) for reason, count in connection.execute(query)}


def verdicts(connection: Connection, step_id: int) -> dict[str, int]:
    """The newest verdict on each outcome a reviewer looked at."""
    later = t.review_verdict.alias("later")
    newest = ~sa.exists().where(later.c.outcome_id == t.review_verdict.c.outcome_id, later.c.id > t.review_verdict.c.id)
    query = (
        sa.select(t.review_verdict.c.verdict, sa.func.count())
        .where(t.review_verdict.c.step_id == step_id, newest)
        .group_by(t.review_verdict.c.verdict)
    )
    return {verdict: int(count) for verdict, count in connection.execute(query)}


def judged_at_random() -> sa.Select[Any]:
    """
    What was drawn at random and has a verdict for that: given in its sample, or already there when it was drawn.

    A verdict that came later because the answer was doubtful is none: who stops halfway would find more errors that way.
    """
    looked = t.review_verdict.alias("looked")
    of_item = (looked.c.microtask_id == t.review_item.c.microtask_id, looked.c.outcome_id == t.review_item.c.outcome_id)
    in_time = sa.or_(looked.c.review_batch_id == t.review_batch.c.id, looked.c.at_ms <= t.review_batch.c.at_ms)
    return (
        sa.select(t.review_item)
        .join(t.review_batch, t.review_batch.c.id == t.review_item.c.review_batch_id)
        .where(t.review_item.c.why == "random", sa.exists().where(*of_item, in_time))
    )


def random_verdicts(connection: Connection, step_id: int) -> dict[str, int]:
    """The same for what was drawn at random: only that says something about all the work."""
    later = t.review_verdict.alias("later")
    newest = ~sa.exists().where(later.c.outcome_id == t.review_verdict.c.outcome_id, later.c.id > t.review_verdict.c.id)
    drawn = judged_at_random().with_only_columns(t.review_item.c.outcome_id)
    query = (
        sa.select(t.review_verdict.c.verdict, sa.func.count())
        .where(t.review_verdict.c.step_id == step_id, newest, t.review_verdict.c.outcome_id.in_(drawn))
        .group_by(t.review_verdict.c.verdict)
    )
    return {verdict: int(count) for verdict, count in connection.execute(query)}


def why_returned(connection: Connection, step_id: int, most: int = 20) -> dict[str, int]:
    """The words with which reviewers returned answers, the most frequent first. Reviewers do not know who answered."""
    many = sa.func.count()
    query = (
        sa.select(t.review_verdict.c.words, many)
        .where(
            t.review_verdict.c.step_id == step_id, t.review_verdict.c.verdict == "returned", t.review_verdict.c.words.is_not(None)
        )
        .group_by(t.review_verdict.c.words)
        .order_by(many.desc(), sa.func.min(t.review_verdict.c.id))
        .limit(most)
    )
    return {words: int(count) for words, count in connection.execute(query)}


def asked_again(connection: Connection, step_id: int) -> dict[str, int]:
    """How many microtasks were asked anew, by reason."""
    query = sa.select(t.asked_again.c.reason, sa.func.count(sa.distinct(t.asked_again.c.microtask_id)))
    query = query.where(t.asked_again.c.step_id == step_id).group_by(t.asked_again.c.reason)
    return {reason: int(count) for reason, count in connection.execute(query)}


def distributions(connection: Connection, step_id: int) -> tuple[int, int, dict[str, float]]:
    """Of an opinion step: (microtasks, answers in all, how often each value was given), over every microtask."""
    query = (
        sa.select(t.outcome.c.answer)
        .join_from(t.microtask, t.outcome, t.outcome.c.id == t.microtask.c.outcome_id)
        .where(t.microtask.c.step_id == step_id, t.outcome.c.kind == "distribution")
        .execution_options(yield_per=1000)
    )
    questions, total, given = 0, 0, dict[str, float]()
    for answer in connection.execute(query).scalars():
        questions, total = questions + 1, total + int(answer["answers"])
        for value, share in answer["shares"].items():
            given[value] = given.get(value, 0.0) + share * answer["answers"]
    return questions, total, given


def add_report(connection: Connection, project_id: int, body: Mapping[str, Json], now: int) -> None:
    """A report as it was made."""
    connection.execute(sa.insert(t.quality_report).values(project_id=project_id, body=dict(body), made_ms=now))


def newest_report(connection: Connection, project_id: int) -> Mapping[str, Json] | None:
    """The last one made."""
    query = sa.select(t.quality_report.c.body).where(t.quality_report.c.project_id == project_id)
    found: Mapping[str, Json] | None = connection.scalar(query.order_by(t.quality_report.c.id.desc()).limit(1))
    return found
