"""A client or supervisor looks at settled answers: a sample of random and doubtful ones, or any of the least sure.

An answer is accepted, corrected or returned. What is returned is asked again. Words never go to a worker from here: they
wait for the coach, per sample.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from task_types import protocol, reading, registry
from task_types.protocol import AnswerError
from workbench import coaching, later
from workbench.context import Context
from workbench.domain import Json, Person, Project
from workbench.errors import Conflict, Invalid
from workbench.store import asking, projects
from workbench.store import reviewing as store
from workbench.store.reviewing import Batch, Drawable, Settled
from workbench.store.settling import Result

SAMPLE = 20
MOST = 200
DOUBTS = 50
IN_DOUBT = 0.8  # an answer that is less sure than this is shown to who guides the work
LONGEST_WORDS = 2000
VERDICTS = ("accepted", "corrected", "returned")


def sample(ctx: Context, project: Project, person: Person, size: int, rng: random.Random) -> str:
    """
    Draw a sample: half at random, half the least sure that nobody looked at, mixed; returns its public id.

    Raises:
        Invalid: a size that cannot be.
        Conflict: nothing is settled that nobody looked at.
    """
    if not 1 <= size <= MOST:
        raise Invalid("Choose a number from 1 to 200.", field="size")
    now = ctx.now()

    def write(connection: Connection) -> str:
        steps = [step.id for step in projects.steps_of(connection, project.id)]
        pool = store.drawable(connection, steps)
        doubts = [each.microtask_id for each in store.doubts(connection, steps, 2 * size, looked_at=False)]
        if not doubts and all(each.looked_at for each in pool):
            raise Conflict("There is nothing to look at: no answer is settled yet, or all were looked at.")
        rng.shuffle(pool)
        drawn = _at_random(pool, size - size // 2)
        chosen = {each.microtask_id: "random" for each in drawn}
        room = size - sum(not each.looked_at for each in drawn)
        chosen |= dict.fromkeys([each for each in doubts if each not in chosen][:room], "doubtful")
        mixed = list(chosen.items())
        rng.shuffle(mixed)
        outcomes = {each.microtask_id: each.outcome_id for each in drawn}
        return store.add_batch(connection, project.id, person.id, dict(mixed), now, outcomes)

    return ctx.db.write(write)


def _at_random(mixed: Sequence[Drawable], size: int) -> Sequence[Drawable]:
    """
    So many, from everything: only that makes them a fair picture of all the work. What was looked at before counts with its
    verdict; where all of them were, there are more, until one that nobody looked at.
    """
    new = next((place for place, each in enumerate(mixed, 1) if not each.looked_at), 0)
    return mixed[: max(size, new)]


def judge(
    ctx: Context,
    project: Project,
    person: Person,
    microtask: str,
    verdict: str,
    *,
    outcome_id: int,
    answer: Mapping[str, Json] | None = None,
    words: str = "",
    batch: Batch | None = None,
) -> None:
    """
    Accept, correct or return a settled answer.

    Args:
        outcome_id: what the reviewer had before them.
        answer: the right one, for "corrected".
        words: why; they wait for the coach of each person who answered. Needed for "returned".

    Raises:
        Conflict: it was settled anew, or asked again, meanwhile.
        Invalid: an unknown verdict, no words with what is returned, an answer that the type does not take (`field`).
    """
    said = words.strip()
    if verdict not in VERDICTS:
        raise Invalid("Choose accept, correct or return.", field="verdict")
    if verdict == "returned" and not said:
        raise Invalid("Say why it comes back: the coach passes that on.", field="words")
    if len(said) > LONGEST_WORDS:
        raise Invalid("This is too long. 2,000 characters fit.", field="words")
    now = ctx.now()

    def write(connection: Connection) -> None:
        held = store.one(connection, microtask)
        if held.project_id != project.id or held.outcome_id != outcome_id:
            raise Conflict("This answer changed meanwhile. Look at it again.")
        right, follow_ups = _checked(connection, held, answer) if verdict == "corrected" else (None, [])
        kept = {"verdict": verdict, "answer": right, "words": said or None, "person_id": person.id, "at_ms": now}
        store.add_verdict(connection, held, review_batch_id=batch.id if batch else None, **kept)
        if verdict != "accepted":
            _tell_coaches(connection, held, project, verdict, said, batch, now)
        if verdict == "corrected":
            store.correct(connection, held, right, now)
            said_now = Result(held.microtask_id, held.step_id, asked=0, answer=right, follow_ups=follow_ups)
            later.Later(connection, now).ask(said_now)
        elif verdict == "returned":
            _ask_again(connection, held, person.id, now)

    ctx.db.write(write)


def _checked(connection: Connection, held: Settled, answer: Mapping[str, Json] | None) -> tuple[Json, list[Json]]:
    """The right answer as it is stored, and the later questions that it asks for."""
    step = projects.step_by_id(connection, held.step_id)
    task_type: Any = registry.get(step.task_type)
    case = reading.case(task_type, step.settings, held.payload, "en")
    try:
        read = reading.answer(task_type, answer)
        task_type.check(case, read)
    except AnswerError as error:
        raise Invalid(error.message, field="answer") from error
    follow_ups = task_type.follow_up(case, protocol.Settled(read, None))
    return reading.dumped(read), [reading.dumped(payload) for payload in follow_ups]


def _tell_coaches(
    connection: Connection, held: Settled, project: Project, verdict: str, words: str, batch: Batch | None, now: int
) -> None:
    for person_id in store.who_answered(connection, held.microtask_id):
        coaching.queue_feedback(
            connection,
            person_id=person_id,
            project_id=project.id,
            batch=batch.public_id if batch else f"answer-{held.microtask}",
            origin="returned" if verdict == "returned" else "review",
            words=words,
            microtasks=[held.microtask],
            now=now,
        )


def _ask_again(connection: Connection, held: Settled, person_id: int, now: int) -> None:
    overlap = int(projects.step_by_id(connection, held.step_id).settings.get("overlap", 1))
    boundaries = asking.all_so_far(connection, [held.microtask_id])
    asking.ask_anew(connection, boundaries, overlap=overlap, reason="returned", person_id=person_id, now=now)


def next_of(items: Sequence[Settled]) -> Settled | None:
    """The first of a sample that nobody looked at."""
    return next((each for each in items if each.verdict is None), None)
