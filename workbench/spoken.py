"""Carry out what a spoken dialogue wants: the same for the voice page, the terminal and tests."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from accessibility import dialogue
from accessibility.dialogues.heard import BreakNow, Given, Heard, NothingLeft, Refused, Returned, Stored
from accessibility.dialogues.turns import Act, Draft, Fetch, GiveBack, GoOn, Learn, Submit, TakeBreak, Turn, Turns
from accessibility.sentences import said
from task_types import reading
from task_types.protocol import AnswerError, NotByVoice
from workbench import assign, day, gold, listening, pacing, spoken_day, submit
from workbench.context import Context
from workbench.domain import Assignment, Json, Person
from workbench.errors import Conflict, NotNow, WorkbenchError
from workbench.store import blocks, lab

HOME_ZONE = "Europe/Amsterdam"
Translate = Callable[[str], str]


def advance(
    ctx: Context, person: Person, state: dialogue.State, heard: Heard, *, translate: Translate = str
) -> tuple[dialogue.State, Turns]:
    """
    Take what was heard, store what is to be stored, and go on until the dialogue waits for the worker.

    Args:
        translate: from the errors' English into the worker's language.

    Returns:
        The new state, and what is left to do: to speak, to play, to write, to ask the recogniser, to sign out.
    """
    state, turns = dialogue.step(state, heard)
    return carried_out(ctx, person, state, turns, translate=translate)


def carried_out(
    ctx: Context, person: Person, state: dialogue.State, turns: Turns, *, translate: Translate = str
) -> tuple[dialogue.State, Turns]:
    """As `advance`, for turns that are there already: those of the day's beginning."""
    left: list[Turn] = []
    waiting = list(turns)
    while waiting:
        turn = waiting.pop(0)
        if isinstance(turn, Draft):
            _keep(ctx, person, turn)
        elif isinstance(turn, Learn):
            spoken_day.learn(ctx, person, turn)
        elif isinstance(turn, Act):
            try:
                outcome: Heard = _outcome(ctx, person, turn)
            except Conflict:
                outcome = Returned()  # settled or answered meanwhile, perhaps on the page: on to the next one
            except WorkbenchError as error:
                outcome = Refused(said(error.message, translate))
            state, more = dialogue.step(state, outcome)
            waiting += more
        else:
            left.append(turn)
    return state, tuple(left)


def _outcome(ctx: Context, person: Person, turn: Act) -> Heard:
    if isinstance(turn, Submit):
        return _submitted(ctx, person, turn)
    if isinstance(turn, GiveBack):
        submit.give_back(ctx, person, turn.assignment, reason=turn.reason, key=str(uuid.uuid4()))
        return Returned()
    if isinstance(turn, TakeBreak):
        day.take_break(ctx, person)
    if isinstance(turn, GoOn):
        day.go_on(ctx, person)
    return _fetched(ctx, person) if isinstance(turn, Fetch | TakeBreak | GoOn) else spoken_day.carried_out(ctx, person, turn)


def _fetched(ctx: Context, person: Person) -> Heard:
    try:
        found = assign.next_assignments(ctx, person)
    except NotNow as not_now:
        return _no_work(ctx, person, not_now.until_ms, not_now.block)
    return given(ctx, person, found[0]) if found else NothingLeft()


def given(ctx: Context, person: Person, assignment: Assignment) -> Given:
    """An assignment as the dialogue gets it."""
    task_type, case = submit.case_of(assignment, person.locale)
    found = task_type.dialogue(case)
    refused = isinstance(found, NotByVoice)
    question = task_type.question(case)
    kept = submit.load_draft(ctx, person, assignment.public_id)
    length = ctx.db.read(lambda connection: listening.length_for(connection, person))
    data = {} if refused else listening.divided(found.data, length)
    return Given(
        assignment.public_id,
        question.title,
        tuple(question.by_voice),
        None if refused else found.name,
        spoken_day.with_learnt(ctx, assignment.project_id, data) if "terms" in data else data,
        reason=found.reason if refused else "",
        draft=kept[0] if kept and isinstance(kept[0], Mapping) else None,
        break_soon=_break_soon(ctx, person),
        practice=assignment.microtask.status == "learning",
    )


def _submitted(ctx: Context, person: Person, turn: Submit) -> Heard:
    assignment = assign.open_assignment(ctx, person, turn.assignment)
    try:
        answer = dict(submit.DONT_KNOW) if turn.raw is None else _answer(assignment, turn.raw, person.locale)
    except (AnswerError, ValidationError) as error:
        return Refused(error.message if isinstance(error, AnswerError) else reading.in_words(error.errors()[0]))
    submit.submit(ctx, person, turn.assignment, answer, key=str(uuid.uuid4()), via="voice")
    told = gold.explain(ctx, assignment, person.locale)
    return Stored(told.right, told.explanation) if told else Stored()


def _answer(assignment: Assignment, raw: Mapping[str, Json], locale: str) -> dict[str, Any]:
    """What the form would have made of these fields."""
    task_type, case = submit.case_of(assignment, locale)
    parsed: BaseModel = task_type.parse(case, raw)
    task_type.check(case, parsed)
    answer: dict[str, Any] = parsed.model_dump(mode="json", exclude_none=True)
    return answer


def _keep(ctx: Context, person: Person, draft: Draft) -> None:
    kept = submit.load_draft(ctx, person, draft.assignment)
    submit.save_draft(ctx, person, draft.assignment, dict(draft.answer), (kept[1] if kept else 0) + 1)


def _no_work(ctx: Context, person: Person, until_ms: int | None, block: str | None) -> BreakNow:
    """`block`: as `NotNow` has it; a training or a talk is not work here, and not a break."""
    kind: Any = block if block in ("break", "early", "over") else "other"
    latest = ctx.db.read(lambda connection: blocks.latest(connection, person.id))
    # Once the plan's own day is over (it says when the next begins) there is nothing to go on with.
    stopped = kind == "over" and until_ms is None and latest is not None and latest.reason == pacing.STOPPED
    return BreakNow(_clock(ctx, until_ms), kind, until_ms=until_ms, undo=stopped or day.may_undo(latest, ctx.now()))


def _break_soon(ctx: Context, person: Person) -> bool:
    return pacing.almost_over(ctx.db.read(lambda connection: blocks.latest(connection, person.id)), ctx.now())


def _clock(ctx: Context, ms: int | None) -> str | None:
    """The time of day in the lab, as 11:02."""
    if ms is None:
        return None
    found = ctx.db.read(lab.the_lab)
    return (
        datetime.fromtimestamp(ms / 1000, tz=UTC).astimezone(ZoneInfo(found.time_zone if found else HOME_ZONE)).strftime("%H:%M")
    )
