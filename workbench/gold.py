"""The gold service: which check question comes next, how one is made, explained, disputed, corrected and retired.

*Hidden* gold looks like any question. *Learning* gold says what it is, is explained at once and may be tried again; the
explanation is approved once, by whoever makes it learning gold. Each comes once per person, so what was explained to
somebody is never a hidden check question for that person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from quality import gold as rules
from task_types import reading, registry
from task_types.protocol import AnswerError, Case, Locale
from task_types.settings import GoldSchedule, in_locale
from workbench.context import Context
from workbench.domain import Assignment, Json, Microtask, Person, Step
from workbench.errors import Conflict, Invalid
from workbench.store import answers as answer_store
from workbench.store import gold as store
from workbench.store import gold_candidates, lanes, projects

POOL = 300  # check questions of a step that are kept at hand
KEEP_MS = 60_000  # how long: what was disputed meanwhile is seen at once, what is new a minute later
LONGEST_WORDS = 2000
SURE = 0.98  # confidence from which consensus is proposed as gold
LEAST_ANSWERS = 3
NEAR = 0.1  # distance up to which experts agree

_kept: dict[tuple[Any, int], tuple[int, Sequence[store.Pooled]]] = {}


# --- serving ---------------------------------------------------------------------------------------------------------


def hidden_item(
    connection: Connection, person_id: int, step_id: int, lane_ids: Sequence[int], schedule: GoldSchedule, now: int
) -> Microtask | None:
    """
    The check question that this person gets next: each once, the class seen least first, then the item seen least.

    Args:
        lane_ids: lanes that fit this person.

    Returns:
        It; None when the pool has none left for this person.
    """
    kept = [each for each in _pool(connection, step_id, schedule, now) if each.kind == "hidden" and each.lane_id in lane_ids]
    if not kept:
        return None
    standing = store.standing(connection, [each.microtask_id for each in kept], person_id)
    items = {
        each.microtask_id: rules.GoldItem(each.microtask_id, group_of(each.accepted), standing[each.microtask_id].exposures)
        for each in kept
        if each.microtask_id in standing
    }
    had = {key for key, state in standing.items() if state.had}
    shown = Counter(item.group for key, item in items.items() if key in had)
    chosen = rules.choose_gold(list(items.values()), had, shown, most_exposures=schedule.most_exposures)
    return next((store.microtask_of(connection, key) for key, item in items.items() if item is chosen), None)


def more_than_the_pool(connection: Connection, step_id: int, schedule: GoldSchedule, now: int) -> bool:
    """Whether there may be check questions beside those at hand."""
    return len(_pool(connection, step_id, schedule, now)) >= POOL


def learning_item(
    connection: Connection, person_id: int, step_id: int, lane_ids: Sequence[int], schedule: GoldSchedule, now: int
) -> Microtask | None:
    """The practice question that this person gets next, in the order in which they were made."""
    kept = [each for each in _pool(connection, step_id, schedule, now) if each.kind == "learning" and each.lane_id in lane_ids]
    if not kept:
        return None
    standing = store.standing(connection, [each.microtask_id for each in kept], person_id)
    fresh = sorted(key for key, state in standing.items() if not state.had)
    return store.microtask_of(connection, fresh[0]) if fresh else None


def _pool(connection: Connection, step_id: int, schedule: GoldSchedule, now: int) -> Sequence[store.Pooled]:
    key = (connection.engine.url, step_id)
    until, found = _kept.get(key, (0, ()))
    if not now < until <= now + KEEP_MS:
        found = store.pool(connection, step_id, most_exposures=schedule.most_exposures, limit=POOL)
        _kept[key] = (now + KEEP_MS, found)
    return found


def forget_pool(step_id: int) -> None:
    """The check questions of this step changed: read them anew."""
    for key in [key for key in _kept if key[1] == step_id]:
        del _kept[key]


def group_of(accepted: Sequence[Mapping[str, Json]]) -> str:
    """The class of a check question, for balance: its first accepted answer, in short."""
    return class_of(accepted[0]) if accepted else ""


def class_of(answer: Mapping[str, Json] | None) -> str:
    """An answer in short: its one value where it has one; of a list whether it is empty; of a text nothing."""
    if found := value_of(answer):
        return found
    lists = [value for value in (answer or {}).values() if isinstance(value, list)]
    return ("some" if lists[0] else "none") if lists else ""


def value_of(answer: Mapping[str, Json] | None) -> str:
    """The one value of an answer, "?" of "I don't know"; "" where it has none: marks, several labels, fields, a text."""
    if answer is None or answer.get("dont_know") is True:
        return "?"
    values = (answer.get(name) for name in ("value", "label", "chosen"))
    return next((str(value) for value in values if isinstance(value, str | int | float | bool)), "")


# --- practice questions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explained:
    """What somebody hears after a practice question. `right`: the answer was accepted."""

    right: bool
    explanation: str


def explain(ctx: Context, assignment: Assignment, locale: str) -> Explained | None:
    """What to say after the answer to a practice question; None where this is none, or where it has no answer yet."""
    if assignment.microtask.status != "learning":
        return None

    def read(connection: Connection) -> tuple[Any, Sequence[Mapping[str, Json]], Json]:
        given = answer_store.submitted(connection, assignment.id)
        microtask_id = assignment.microtask.id
        return given, store.accepted_of(connection, microtask_id), store.explanation_of(connection, microtask_id)

    given, accepted, explanation = ctx.db.read(read)
    if not given:
        return None
    last = given[-1].annotation
    right = not last.dont_know and _fits(assignment, last.answer, accepted)
    return Explained(right, in_locale(explanation, locale))


def _fits(assignment: Assignment, answer: Mapping[str, Json], accepted: Sequence[Mapping[str, Json]]) -> bool:
    task_type: Any = registry.get(assignment.task_type)
    case: Case[Any, Any] = reading.case(task_type, assignment.settings, assignment.microtask.payload, "en")
    known = [reading.answer(task_type, one) for one in accepted]
    return float(task_type.scoring.gold_score(case, reading.answer(task_type, answer), known)) >= 0.5


# --- making ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposals:
    """Questions that could become gold once somebody approves them."""

    consensus: Sequence[gold_candidates.Candidate]
    experts: Sequence[gold_candidates.Candidate]


def proposals(connection: Connection, step: Step, *, limit: int = 20) -> Proposals:
    """What consensus is sure of, balanced over the classes, and what experts agree on."""
    if not takes_gold(step):
        return Proposals([], [])
    known = gold_candidates.experts_of(connection, step.project_id)
    sure = gold_candidates.sure_consensus(connection, step.id, least=SURE, least_answers=LEAST_ANSWERS, limit=20 * limit)
    agreed = []
    if known:
        found = gold_candidates.expert_answers(connection, step.id, sorted(known), limit=10 * limit)
        agreed = [candidate for candidate, answers in found if _agree(step, candidate, answers)]
    taken = {each.microtask_id for each in agreed[:limit]}
    return Proposals(_balanced([each for each in sure if each.microtask_id not in taken], limit), agreed[:limit])


def takes_gold(step: Step) -> bool:
    """Whether anything is right or wrong in this step, and check questions are on."""
    task_type = registry.get(step.task_type)
    settings = reading.settings(task_type, step.settings)
    return task_type.scoring is not None and settings.gold_schedule is not None


def _balanced(found: Sequence[gold_candidates.Candidate], limit: int) -> list[gold_candidates.Candidate]:
    """The first of each class, then the second of each class, and so on."""
    turn: Counter[str] = Counter()
    ranked = []
    for place, each in enumerate(found):
        group = class_of(each.answer)
        turn[group] += 1
        ranked.append((turn[group], place, each))
    return [each for _, _, each in sorted(ranked, key=lambda one: one[:2])[:limit]]


def _agree(step: Step, candidate: gold_candidates.Candidate, answers: Sequence[Json]) -> bool:
    task_type: Any = registry.get(step.task_type)
    case = reading.case(task_type, step.settings, candidate.payload, "en")
    read = [reading.answer(task_type, one) for one in answers]
    return all(task_type.scoring.distance(case, read[0], other) <= NEAR for other in read[1:])


def approve(ctx: Context, step: Step, microtasks: Sequence[str], origin: str, person: Person) -> int:
    """
    Make gold of proposed questions; returns how many. One that somebody approved a moment ago is left as it is.

    Args:
        microtasks: public ids out of the proposals, which are worked out anew: what does not stand there is not taken.
        origin: consensus or experts.
    """
    now = ctx.now()
    wanted = set(microtasks)

    def write(connection: Connection) -> int:
        found = proposals(connection, step, limit=1000)
        chosen = [each for each in (found.consensus if origin == "consensus" else found.experts) if each.microtask in wanted]
        made = [_make(connection, each, origin, person.id, now) for each in chosen]
        return sum(made)

    count = ctx.db.write(write)
    forget_pool(step.id)
    return count


def _make(connection: Connection, candidate: gold_candidates.Candidate, origin: str, person_id: int, now: int) -> bool:
    splinter = lanes.splinter(connection, candidate.microtask_id)
    return lanes.make_gold(connection, splinter, [candidate.answer], origin=origin, created_by=person_id, now=now)


# --- disputes and what follows ---------------------------------------------------------------------------------------


def dispute(ctx: Context, microtask: str, person: Person, words: str | None) -> None:
    """Somebody says that the accepted answers are wrong: it is not served until somebody looked at it."""
    words = _words(words)
    now = ctx.now()

    def write(connection: Connection) -> int:
        found = store.of_microtask(connection, microtask)
        if found.status == "retired":
            raise Conflict("This is no check question any more.")
        store.set_status(connection, found, "disputed")
        store.add_event(connection, found.id, "disputed", now=now, person_id=person.id, words=words)
        return found.step_id

    forget_pool(ctx.db.write(write))


def keep(ctx: Context, microtask: str, person: Person, words: str | None = None) -> None:
    """Looked at, and right: it is served again."""
    _decide(ctx, microtask, person, "kept", words, lambda connection, found: store.set_status(connection, found, "active"))


def correct(
    ctx: Context, microtask: str, person: Person, accepted: Sequence[Mapping[str, Json]], words: str | None = None
) -> None:
    """
    Other answers are accepted; what people answered is scored anew, and the older scores are kept aside.

    Raises:
        Invalid: the task type does not take one of these answers.
    """
    checked = ctx.db.read(lambda connection: _checked(connection, microtask, accepted))

    def change(connection: Connection, found: store.Gold) -> None:
        store.set_accepted(connection, found, checked, ctx.now())
        store.set_status(connection, found, "active")

    _decide(ctx, microtask, person, "corrected", words, change, accepted=checked)


def retire(ctx: Context, microtask: str, person: Person, words: str | None = None) -> None:
    """No check question any more: it counts in nobody's figures, and people answer it as any other."""

    def change(connection: Connection, found: store.Gold) -> None:
        step = projects.step_by_id(connection, found.step_id)
        store.retire(connection, found, int(step.settings.get("overlap", 1)), ctx.now())

    _decide(ctx, microtask, person, "retired", words, change)


def teach(ctx: Context, microtask: str, person: Person, explanation: Mapping[Locale, str]) -> None:
    """
    Make it a practice question with this explanation, which is approved by that.

    Raises:
        Invalid: there is no explanation.
    """
    said = {locale: " ".join(text.split()) for locale, text in explanation.items() if text.strip()}
    if not said:
        raise Invalid("Write an explanation: it is what somebody learns from.", field="explanation")
    if any(len(text) > LONGEST_WORDS for text in said.values()):
        raise Invalid("This is too long. 2,000 characters fit.", field="explanation")
    _decide(
        ctx,
        microtask,
        person,
        "learning",
        None,
        lambda connection, found: store.set_kind(connection, found, "learning", said),
        explanation=said,
    )


def hide(ctx: Context, microtask: str, person: Person) -> None:
    """Make it a hidden check question again. Who had it as practice does not get it."""
    _decide(ctx, microtask, person, "hidden", None, lambda connection, found: store.set_kind(connection, found, "hidden", None))


def _decide(ctx: Context, microtask: str, person: Person, what: str, words: str | None, change: Any, **event: Any) -> None:
    said, now = _words(words), ctx.now()

    def write(connection: Connection) -> int:
        found = store.of_microtask(connection, microtask)
        if found.status == "retired":
            raise Conflict("This is no check question any more.")
        change(connection, found)
        store.add_event(connection, found.id, what, now=now, person_id=person.id, words=said, **event)
        return found.step_id

    forget_pool(ctx.db.write(write))


def _checked(connection: Connection, microtask: str, accepted: Sequence[Mapping[str, Json]]) -> list[Json]:
    found = store.of_microtask(connection, microtask)
    step = projects.step_by_id(connection, found.step_id)
    task_type: Any = registry.get(step.task_type)
    case = reading.case(task_type, step.settings, store.microtask_of(connection, found.microtask_id).payload, "en")
    try:
        answers = [reading.answer(task_type, one) for one in accepted]
        for answer in answers:
            task_type.check(case, answer)
    except AnswerError as error:
        raise Invalid(error.message, field="accepted") from error
    return [reading.dumped(answer) for answer in answers]


def _words(words: str | None) -> str | None:
    said = (words or "").strip()
    if len(said) > LONGEST_WORDS:
        raise Invalid("This is too long. 2,000 characters fit.", field="words")
    return said or None


# --- wear ------------------------------------------------------------------------------------------------------------


def wear(connection: Connection, step: Step) -> rules.Wear:
    """How used up the check questions of a step are."""
    settings = reading.settings(registry.get(step.task_type), step.settings)
    most = settings.gold_schedule.most_exposures if settings.gold_schedule else rules.MOST_EXPOSURES
    items = [
        rules.GoldItem(place, "", row.answers, disputed=row.status == "disputed")
        for row in store.exposures(connection, [step.id])
        if row.kind == "hidden"
        for place in range(row.items)
    ]
    return rules.wear(items, most_exposures=most)
