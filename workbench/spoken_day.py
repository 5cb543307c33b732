"""The spoken day around the questions: what a worker asks, says and hears about their own work. No rule is made here."""

from __future__ import annotations

import uuid
from typing import Any

from accessibility.dialogues import aloud
from accessibility.dialogues.heard import Heard, Told, WorkList
from accessibility.dialogues.turns import AskCoach, CheckIn, ChooseWork, Learn, Look, Wish
from accessibility.dialogues.words import counted, words
from workbench import assign, day
from workbench.certificate import Content
from workbench.context import Context
from workbench.domain import MINUTE_MS, Json, Person
from workbench.store import certificates, compared, own_words, requests, terms
from workbench.store.compared import Comparison

MOST_KINDS = 9  # what can be chosen with one key


def carried_out(ctx: Context, person: Person, turn: AskCoach | CheckIn | Wish | Look | ChooseWork) -> Heard:
    """
    Ask the coach, keep a check-in or a wish, look something up, choose other work.

    Raises:
        WorkbenchError: with a sentence for the worker.
    """
    if isinstance(turn, AskCoach):
        return _asked(ctx, person, turn)
    if isinstance(turn, CheckIn):
        return _checked_in(ctx, person, turn)
    if isinstance(turn, Wish):
        return _wished(ctx, person, turn)
    return _looked(ctx, person, turn)


def news(ctx: Context, person: Person) -> tuple[str, ...]:
    """What the coach answered and this worker did not hear yet; it counts as heard now."""
    now = ctx.now()
    waiting = [one for one in ctx.db.read(lambda connection: requests.of_person(connection, person.id)) if _unheard(one)]
    if not waiting:
        return ()
    ctx.db.write(lambda connection: requests.mark_seen(connection, person.id, now=now))
    return tuple(line for one in reversed(waiting) for line in _answer(one, locale_of(person)))


def learn(ctx: Context, person: Person, turn: Learn) -> None:
    """A name that was taught while fixing, for everybody who works on this project. Who taught it is not kept."""
    now = ctx.now()
    assignment = assign.open_assignment(ctx, person, turn.assignment)
    ctx.db.write(lambda connection: terms.learn(connection, assignment.project_id, turn.heard, turn.wanted, now=now))


def with_learnt(ctx: Context, project_id: int, data: dict[str, Json]) -> dict[str, Json]:
    """A dialogue's data with the project's own names beside those of its settings."""
    learnt = ctx.db.read(lambda connection: terms.terms_of(connection, project_id))
    known = {term.text for term in learnt}
    given = [text for text in data["terms"] if text not in known]
    return {**data, "terms": [*given, *({"text": term.text, "heard_as": list(term.heard_as)} for term in learnt)]}


def locale_of(person: Person) -> Any:
    """The language that is spoken with this person."""
    return "nl" if person.locale == "nl" else "en"


def _asked(ctx: Context, person: Person, turn: AskCoach) -> Told:
    """A longer break and the end of the day begin at once: what follows says so."""
    day.ask(ctx, person, turn.kind, key=str(uuid.uuid4()), via="voice")
    return Told((words(f"asked_{turn.kind}", locale_of(person)),), go_on=turn.kind in ("longer_break", "stop_today"))


def _checked_in(ctx: Context, person: Person, turn: CheckIn) -> Told:
    now = ctx.now()
    locale = locale_of(person)
    if not (turn.pace or turn.difficulty or turn.work):
        return Told((words("check_in_none", locale),))
    ctx.db.write(
        lambda connection: own_words.add_check_in(
            connection,
            person.id,
            pace=turn.pace or None,
            difficulty=turn.difficulty or None,
            work_kind=turn.work or None,
            shared=turn.share,
            key=str(uuid.uuid4()),
            now=now,
        )
    )
    return Told((words("check_in_shared" if turn.share else "check_in_own", locale),))


def _wished(ctx: Context, person: Person, turn: Wish) -> Told:
    now = ctx.now()
    ctx.db.write(lambda connection: own_words.add_wish(connection, person.id, words=turn.words, form="voice", now=now))
    return Told((words("wish_kept", locale_of(person)), turn.words))


def _looked(ctx: Context, person: Person, turn: Look | ChooseWork) -> Heard:
    if isinstance(turn, ChooseWork):
        day.choose(ctx, person, turn.value)
        return Told((words("work_chosen", locale_of(person)),), go_on=True)
    if turn.what == "work":
        return WorkList(_kinds(ctx, person))
    if turn.what == "certificate":
        return Told(_certificates(ctx, person))
    return Told((*_so_far(ctx, person), *_comparisons(ctx, person)))


def _kinds(ctx: Context, person: Person) -> tuple[tuple[str, str], ...]:
    found = ctx.db.read(lambda connection: day.offers(connection, person, ctx.now()))
    return tuple((each.step, each.name) for each in found if not each.now)[:MOST_KINDS]


def _so_far(ctx: Context, person: Person) -> tuple[str, ...]:
    """Today, when it is asked for: no pressure, and nobody else's figures."""
    locale = locale_of(person)
    found = ctx.db.read(lambda connection: day.so_far(connection, person, ctx.now()))
    worked = words("worked", locale, time=_time(found.worked_ms // MINUTE_MS, locale))
    return (counted("answered", locale, found.answered), worked)


def _time(minutes: int, locale: str) -> str:
    hours, rest = counted("hours", locale, minutes // 60), counted("minutes", locale, minutes % 60)
    if minutes < 60:
        return rest
    return words("hours_minutes", locale, hours=hours, minutes=rest) if minutes % 60 else hours


def _certificates(ctx: Context, person: Person) -> tuple[str, ...]:
    """What stands on the certificates that hold, as the worker picked it."""
    locale = locale_of(person)
    found = ctx.db.read(lambda connection: certificates.of_person(connection, person.id))
    signed = [each for each in found if each.status == "signed"]
    if not signed:
        waits = any(each.status == "asked" for each in found)
        return (words("certificate_asked" if waits else "certificate_none", locale),)
    return tuple(line for each in signed for line in _certificate(each.content.picked(), locale))


def _certificate(content: Content, locale: str) -> tuple[str, ...]:
    lines = [words("certificate", locale, first=aloud.day(content.first, locale), last=aloud.day(content.last, locale))]
    if content.hours:
        lines.append(words("certificate_hours", locale, hours=counted("hours", locale, content.hours)))
    kinds = [kind.title.get(locale, kind.name) for kind in content.kinds]
    if kinds:
        lines.append(words("certificate_kinds", locale, kinds=", ".join(kinds)))
    return (*lines, *(text for text in (content.coach_words, content.own_words) if text))


# --- how a transcript compares ---------------------------------------------------------------------------------------


def _comparisons(ctx: Context, person: Person) -> tuple[str, ...]:
    found = ctx.db.read(lambda connection: compared.latest(connection, person.id))
    return tuple(line for each in found for line in _compared(each, locale_of(person)))


def _compared(found: Comparison, locale: str) -> tuple[str, ...]:
    if not found.differences:
        return (words("compared_same", locale, words=counted("words", locale, found.words)),)
    first = counted("compared", locale, found.same, words=counted("words", locale, found.words))
    return (first, *(_difference(mine, merged, locale) for mine, merged in found.differences))


def _difference(mine: str, merged: str, locale: str) -> str:
    if not mine:
        return words("compared_more", locale, merged=merged)
    return words("compared_other", locale, mine=mine, merged=merged) if merged else words("compared_less", locale, mine=mine)


def _unheard(one: requests.Request) -> bool:
    return one.answered_ms is not None and one.seen_ms is None and one.answer != "taken_back"


def _answer(one: requests.Request, locale: str) -> tuple[str, ...]:
    said = words(f"coach_{one.answer}", locale, coach=one.answer_by or words("your_coach", locale))
    return (said, one.answer_words) if one.answer_words else (said,)
