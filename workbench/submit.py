"""The one door for answers: page, voice, API, the browser's outbox and the bridge all call `submit`."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pydantic import ValidationError
from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from task_types import reading, registry
from task_types.protocol import AnswerError, Case
from workbench.assign import not_in_list, open_assignment
from workbench.context import Context
from workbench.domain import MINUTE_MS, Assignment, Json, Person, new_public_id
from workbench.errors import AnswerRefused, Conflict, Invalid, KeyReused, NotFound
from workbench.planning import enough_of
from workbench.store import answers, microtasks, offering, people
from workbench.store.answers import Standing

DONT_KNOW = {"dont_know": True}
RETURN_REASONS = ("cannot_hear", "cannot_see", "no_speech", "other_language", "not_for_me", "unclear", "later", "other")
LONGEST_WORDS = 2000


@dataclass(frozen=True)
class Receipt:
    """What is told after the answer is on disk. `created` is false when this key was here before."""

    body: Mapping[str, Json]
    created: bool


def submit(
    ctx: Context,
    person: Person,
    assignment_id: str,
    answer: Mapping[str, Json],
    *,
    key: str,
    via: str,
    active_ms: int | None = None,
) -> Receipt:
    """Take an answer; it is on disk when this returns.

    Args:
        assignment_id: public id of an assignment of this person; an expired one still counts.
        answer: the task type's answer as JSON, or {"dont_know": true}.
        key: names this write; the same key again gives the first receipt.
        via: the door: page, api, voice, offline, bridge.
        active_ms: time the person was active on it, where the page measured that.

    Raises:
        NotFound: not this person's assignment.
        AnswerRefused: the task type does not take it.
        KeyReused: this key came before with another answer.
        Conflict: a newer revision after the microtask was settled.
    """
    return taken(ctx, submit_soon(ctx, person, assignment_id, answer, key=key, via=via, active_ms=active_ms).result())


@dataclass(frozen=True)
class Taken:
    """An answer that is on disk. dropped: recordings that it did not choose, to be forgotten now."""

    receipt: Receipt
    dropped: Sequence[str] = ()


def submit_soon(
    ctx: Context,
    person: Person,
    assignment_id: str,
    answer: Mapping[str, Json],
    *,
    key: str,
    via: str,
    active_ms: int | None = None,
) -> Future[Taken]:
    """The same door, once the database has it: what comes is for `taken`."""
    check_key(key)
    now = ctx.now()

    def take(connection: Connection) -> Taken:
        now_stands = _mine(connection, person, assignment_id)
        stored = checked(now_stands.assignment, answer, person.locale)
        dropped: Sequence[str] = ()
        if now_stands.assignment.task_type == "recording":
            dropped = recordings().check(connection, now_stands.assignment, stored, now=now)
        return Taken(_store(connection, now_stands, stored, key, via, active_ms, now), dropped)

    return ctx.db.write_soon(take)


def taken(ctx: Context, found: Taken) -> Receipt:
    """What came of `submit_soon`."""
    if found.dropped:
        recordings().forget(ctx, found.dropped)
    return found.receipt


def recordings() -> ModuleType:
    """What looks after recorded takes; it needs this door itself, so it is imported when it is used."""
    from workbench import recordings as module

    return module


def _mine(connection: Connection, person: Person, public_id: str) -> Standing:
    """How this person's assignment stands; it stays locked, so that two writes to it queue up."""
    found = answers.standing(connection, public_id)
    if found is None or found.assignment.person_id != person.id:
        raise not_in_list()
    return found


def checked(assignment: Assignment, answer: Mapping[str, Json], locale: str = "en") -> dict[str, Json]:
    """The answer as it will be stored.

    Raises:
        AnswerRefused: says which field, what is wrong and what to do.
    """
    if not isinstance(answer, Mapping):
        raise AnswerRefused('An answer is an object, for example {"dont_know": true}.')
    _storable(answer)
    if answer.get("dont_know") is True:
        return dict(DONT_KNOW)
    task_type, case = case_of(assignment, locale)
    try:
        parsed = task_type.answer_model.model_validate(answer)
        task_type.check(case, parsed)
    except ValidationError as error:
        raise AnswerRefused(_in_words(error), field=_where(error)) from error
    except AnswerError as error:
        raise AnswerRefused(error.message, field=error.field) from error
    stored: dict[str, Json] = parsed.model_dump(mode="json", exclude_none=True)
    return stored


def case_of(assignment: Assignment, locale: str) -> tuple[Any, Case[Any, Any]]:
    """The task type of an assignment, and the case it judges."""
    task_type: Any = registry.get(assignment.task_type)
    settings = reading.kept_settings(task_type, assignment.settings)
    payload = reading.payload(task_type, assignment.microtask.payload, assignment.microtask.task_type_version)
    # The assignment's id fixes the order in which options are shown, so that a reload shows the same one.
    return task_type, Case(settings=settings, payload=payload, locale="nl" if locale == "nl" else "en", seed=assignment.id)


def _store(
    connection: Connection, now_stands: Standing, answer: Mapping[str, Json], key: str, via: str, active_ms: int | None, now: int
) -> Receipt:
    assignment, fingerprint = now_stands.assignment, _fingerprint(answer)
    # An open one has no answer yet: nothing to compare with.
    before = [] if assignment.status == "open" else answers.submitted(connection, assignment.id)
    for earlier in before:
        if earlier.key == key:
            if earlier.fingerprint != fingerprint:
                raise KeyReused("This key was used for another answer. Send the new answer with a new key.")
            return Receipt(_body(assignment, earlier.annotation.public_id, earlier.annotation.revision), created=False)
    if before and assignment.microtask.is_closed:
        raise Conflict("This question is settled: your first answer is used. There is nothing more to do here.")
    if not before and now_stands.answered_before:
        raise Conflict("You already answered this question. Your answer is saved.")
    public_id, revision = new_public_id(), len(before) + 1
    values = {
        "public_id": public_id,
        "assignment_id": assignment.id,
        "microtask_id": assignment.microtask.id,
        "person_id": assignment.person_id,
        "step_id": assignment.microtask.step_id,
        "step_version_id": assignment.step_version_id,
        "work_group_id": assignment.group_id,
        "task_type_version": assignment.microtask.task_type_version,
        "revision": revision,
        "answer": answer,
        "dont_know": answer == DONT_KNOW,
        "together": assignment.together,
        "via": via,
        "key": key,
        "fingerprint": fingerprint,
        "active_ms": active_ms,
        "submitted_ms": now,
    }
    if before:
        answers.add_revision(connection, values)
    else:
        late = assignment.status in ("expired", "returned")
        answers.add_first(connection, values, late=late, has_draft=now_stands.has_draft)
        if late:
            whose = {"microtask_id": assignment.microtask.id, "person_id": assignment.person_id}
            offering.end_others(connection, answered=assignment.id, **whose, now=now)
    return Receipt(_body(assignment, public_id, revision), created=True)


def _body(assignment: Assignment, annotation: str, revision: int) -> dict[str, Json]:
    return {
        "annotation": annotation,
        "assignment": assignment.public_id,
        "microtask": assignment.microtask.public_id,
        "revision": revision,
    }


def save_draft(ctx: Context, person: Person, assignment_id: str, answer: Json, rev: int) -> int:
    """Keep an answer in the making; returns the rev that is kept (a higher one may have come from another tab)."""
    if answer is None:
        raise Invalid('A draft needs an "answer" that is not null.', field="answer")
    _storable(answer)
    now = ctx.now()

    def keep(connection: Connection) -> int:
        assignment = _mine(connection, person, assignment_id).assignment
        if assignment.status == "submitted":
            return rev  # the answer is what counts
        if assignment.status == "open":
            offering.renew(connection, assignment.id, _renewed(assignment, now))
        return answers.save_draft(connection, assignment_id=assignment.id, answer=answer, rev=rev, now=now)

    return ctx.db.write(keep)


def load_draft(ctx: Context, person: Person, assignment_id: str) -> tuple[Json, int] | None:
    """The draft of this assignment and its rev."""
    assignment = open_assignment(ctx, person, assignment_id)
    return ctx.db.read(lambda connection: answers.draft(connection, assignment.id))


def changeable(ctx: Context, person: Person) -> Assignment | None:
    """What this person answered last, while the answer may still be changed."""

    def read(connection: Connection) -> Assignment | None:
        latest = answers.latest_answered(connection, person.id)
        return None if latest is None else offering.assignment_by_id(connection, latest)

    found = ctx.db.read(read)
    return found if found and found.status == "submitted" and not found.microtask.is_closed else None


def give_back(
    ctx: Context, person: Person, assignment_id: str, *, reason: str, key: str, words: str | None = None
) -> tuple[dict[str, Json], bool]:
    """
    Return a microtask without an answer; it is not offered to this person again, except after "later". "not_for_me" stops
    its topic for the day.

    Returns:
        (body, created): the same key again gives the same body and False.
    """
    check_key(key)
    if reason not in RETURN_REASONS:
        raise Invalid(
            sentence(
                'Unknown reason "{reason}". Known: {return_reasons}.', reason=reason, return_reasons=", ".join(RETURN_REASONS)
            ),
            field="reason",
        )
    if words is not None and len(words) > LONGEST_WORDS:
        raise Invalid(sentence("These words are too long: at most {most} characters.", most=LONGEST_WORDS), field="words")
    _storable(words)
    now = ctx.now()

    def keep(connection: Connection) -> tuple[Assignment, bool]:
        assignment = _mine(connection, person, assignment_id).assignment  # first: it makes repeats queue up
        earlier = answers.return_by_key(connection, assignment.id, key)
        if earlier:
            if earlier.reason != reason:
                raise KeyReused("This key was used for another reason. Send it with a new key.")
            return assignment, False
        if assignment.status == "submitted":
            raise Conflict("You already answered this question. Your answer is saved.")
        answers.add_return(
            connection,
            assignment_id=assignment.id,
            microtask_id=assignment.microtask.id,
            person_id=person.id,
            reason=reason,
            words=words,
            key=key,
            now=now,
        )
        # Also when its time ran out: else the very same question would come back at once.
        offering.end_assignment(connection, assignment.id, "returned")
        if assignment.status == "open":
            microtasks.free_place(connection, assignment.microtask.id)
        elif reason == "later":
            microtasks.move_to_end(connection, assignment.microtask.id, assignment.microtask.lane_id)
        if reason == "not_for_me" and (topic := assignment.settings.get("topic")):
            enough_of(connection, person.id, topic)
        return assignment, True

    assignment, created = ctx.db.write(keep)
    return {"assignment": assignment.public_id, "microtask": assignment.microtask.public_id, "reason": reason}, created


# --- the outbox's token ----------------------------------------------------------------------------------------------


def outbox_token(ctx: Context, assignment: Assignment) -> str:
    """A token for this one assignment: an answer kept in the browser arrives after sign-out, and under its own person."""
    return _token(ctx, assignment.public_id)


def check_token(ctx: Context, assignment_id: str, token: str) -> None:
    """Is this the token of this assignment? Asks no database. Raises NotFound."""
    if not hmac.compare_digest(_token(ctx, assignment_id).encode(), token.encode()):
        raise _not_known()


def person_of_token(ctx: Context, assignment_id: str, token: str) -> Person:
    """Whose answer this is.

    Raises:
        NotFound: no such assignment, or not its token.
    """
    check_token(ctx, assignment_id, token)

    def find(connection: Connection) -> Person | None:
        assignment = offering.assignment_by_public_id(connection, assignment_id)
        return people.person_by_id(connection, assignment.person_id) if assignment else None

    person = ctx.db.read(find)
    if person is None:
        raise _not_known()
    return person


def _token(ctx: Context, assignment_id: str) -> str:
    return hmac.new(ctx.secret(), f"assignment/{assignment_id}".encode(), hashlib.sha256).hexdigest()


def _not_known() -> NotFound:
    return NotFound("This question is not known here. Go to your start page and press Start.")


# --- helpers ---------------------------------------------------------------------------------------------------------


def _renewed(assignment: Assignment, now: int) -> int:
    return max(assignment.expires_ms, now + int(assignment.settings.get("lease_minutes", 60)) * MINUTE_MS)


def check_key(key: str) -> None:
    """A key names one write. Raises Invalid when it cannot."""
    if not isinstance(key, str) or not 8 <= len(key) <= 64 or not key.isascii():
        raise Invalid('A write needs a "key" of 8 to 64 characters that is new for each write, for example a UUID.', field="key")


def _storable(value: Json) -> None:
    """Refuse what a database cannot keep: NaN, half characters, the NUL character."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as error:
        raise AnswerRefused("This holds a number or a character that does not exist. Correct it and send it again.") from error
    if "\\u0000" in text and "\0" in _texts(value):
        raise AnswerRefused("This holds an invisible character (NUL) that cannot be kept. Remove it and send it again.")


def _texts(value: Json) -> str:
    if isinstance(value, Mapping):
        return "".join(_texts(each) for each in (*value.keys(), *value.values()))
    if isinstance(value, list | tuple):
        return "".join(_texts(each) for each in value)
    return value if isinstance(value, str) else ""


def _fingerprint(answer: Mapping[str, Json]) -> str:
    return hashlib.sha256(json.dumps(answer, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _where(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.errors()[0]["loc"])


def _in_words(error: ValidationError) -> str:
    first = error.errors()[0]
    where = _where(error)
    if not where:
        return sentence("The answer does not fit. {what}", what=reading.in_words(first))
    return sentence('The answer does not fit. "{where}": {what}', where=where, what=reading.in_words(first))
