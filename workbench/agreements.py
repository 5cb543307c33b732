"""Agreements between a worker and their coach: one proposes, the other agrees, then it holds; either may end it.

Kinds and what their content says:

work      {"step": id, "project": name, "task_type"}      this work first; the reason is kept
blocks    {"work_minutes"?, "break_minutes"?, "end_minute"?, "most_blocks"?}
needs     {"cannot_use": […], "uses": […], "reading_level", "topics_off": […]}      becomes the person's profile
practice  {"task_type"}                                    practice items of this kind of work
training  {"title"}
other     {}                                               the words say it
drift     {}                                               the workbench may look whether my pace changes
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import Connection

from workbench import assign
from workbench.context import Context
from workbench.domain import Assignment, Json, Person
from workbench.errors import Conflict, Invalid
from workbench.local_days import day_of
from workbench.store import agreements as store
from workbench.store import audit, lab, plans
from workbench.store import people as people_store
from workbench.store.agreements import Agreement

KINDS = ("work", "blocks", "needs", "practice", "training", "other", "drift")
ONE_AT_A_TIME = ("work", "blocks", "needs", "drift")  # a newer one takes the older one's place
LONGEST_WORDS = 2000


def propose(ctx: Context, by: Person, person: Person, kind: str, content: Mapping[str, Json], *, reason: str) -> Agreement:
    """
    Propose something, for the worker or for the coach's side.

    Raises:
        Invalid: an unknown kind, no reason for a choice of work, or empty words.
    """
    reason = reason.strip()[:LONGEST_WORDS]
    if kind not in KINDS:
        raise Invalid("This kind of agreement is not known.", field="kind")
    if kind in ("work", "other", "training") and not reason:
        raise Invalid("Write in a few words why, or what you agree.", field="reason")

    def write(connection: Connection) -> Agreement:
        made = store.propose(connection, person.id, kind, content, reason=reason, by=by.id, now=ctx.now())
        _record(connection, ctx, by, "agreement.propose", made)
        return made

    return ctx.db.write(write)


def agree(ctx: Context, by: Person, person: Person, public_id: str) -> Agreement:
    """
    Say yes to what the other side proposed; it holds from now on.

    Raises:
        Conflict: it was ended, or this side has said yes already.
    """

    def write(connection: Connection) -> Agreement:
        proposal = store.by_public_id(connection, public_id, person.id)
        worker = by.id == person.id
        if not (proposal.waits_for_worker if worker else proposal.waits_for_coach):
            raise Conflict("Nothing waits for your answer here any more.")
        for other in store.of_person(connection, person.id, kind=proposal.kind):
            if proposal.kind in ONE_AT_A_TIME and other.holds:
                store.end(connection, other, by=by.id, reason=None, now=ctx.now())
                _undo(connection, person, other, by, ctx.now())
        agreed = store.agree(connection, proposal, by=by.id, now=ctx.now())
        _apply(connection, person, agreed, ctx.now())
        _record(connection, ctx, by, "agreement.agree", agreed)
        return agreed

    return ctx.db.write(write)


def end(ctx: Context, by: Person, person: Person, public_id: str, *, reason: str = "") -> None:
    """Either side ends it, or says no to a proposal. What it changed is undone where that can be."""

    def write(connection: Connection) -> None:
        agreement = store.by_public_id(connection, public_id, person.id)
        if agreement.ended_ms is not None:
            return
        store.end(connection, agreement, by=by.id, reason=reason.strip()[:LONGEST_WORDS] or None, now=ctx.now())
        if agreement.holds:
            _undo(connection, person, agreement, by, ctx.now())
        _record(connection, ctx, by, "agreement.end", agreement)

    ctx.db.write(write)


def mark_done(ctx: Context, by: Person, person: Person, public_id: str) -> None:
    """Practice or training was done. Raises Conflict where there is nothing to do."""

    def write(connection: Connection) -> None:
        agreement = store.by_public_id(connection, public_id, person.id)
        if agreement.kind not in ("practice", "training") or not agreement.holds:
            raise Conflict("Only practice or training that you agreed can be done.")
        store.mark_done(connection, agreement, now=ctx.now())
        _record(connection, ctx, by, "agreement.done", agreement)

    ctx.db.write(write)


def practise(ctx: Context, person: Person, public_id: str) -> Assignment | None:
    """
    The next practice question of what was agreed; None: there is none left. The agreement is done when its two say so.

    Raises:
        NotFound: no such agreement of theirs. Conflict: no practice, or it does not hold. NotNow: a break.
    """
    agreement = ctx.db.read(lambda connection: store.by_public_id(connection, public_id, person.id))
    if agreement.kind != "practice" or not agreement.holds:
        raise Conflict("Only practice or training that you agreed can be done.")
    return assign.practise(ctx, person, str(agreement.content["task_type"]))


# --- what an agreement changes ---------------------------------------------------------------------------------------


def _apply(connection: Connection, person: Person, agreement: Agreement, now: int) -> None:
    if effect := _EFFECTS.get(agreement.kind):
        effect(connection, person, agreement, now)


def _choose_work(connection: Connection, person: Person, agreement: Agreement, now: int) -> None:
    step = int(agreement.content["step"])
    plans.choose(connection, person.id, step, by=agreement.coach_id, words=agreement.reason, now=now)


def _adjust_blocks(connection: Connection, person: Person, agreement: Agreement, now: int) -> None:
    added = plans.add_adjustment(
        connection,
        person.id,
        agreement.content,
        from_day=day_of(now, lab.time_zone(connection, now)),
        words=agreement.reason or None,
        agreed_with=agreement.coach_id,
        now=now,
    )
    store.set_content(connection, agreement, {**agreement.content, "adjustment": added.public_id})


def _change_needs(connection: Connection, person: Person, agreement: Agreement, _now: int) -> None:
    before = people_store.person_by_id(connection, person.id).profile
    people_store.update_profile(connection, person.id, {**before, **agreement.content})


_EFFECTS: Mapping[str, Callable[[Connection, Person, Agreement, int], None]] = {
    "work": _choose_work,
    "blocks": _adjust_blocks,
    "needs": _change_needs,
}


def _undo(connection: Connection, person: Person, agreement: Agreement, by: Person, now: int) -> None:
    if agreement.kind == "work":
        plans.choose(connection, person.id, None, by=by.id, words=None, now=now)
    if agreement.kind == "blocks":
        plans.end_adjustment(connection, person.id, str(agreement.content["adjustment"]), now=now)


def _record(connection: Connection, ctx: Context, by: Person, action: str, agreement: Agreement) -> None:
    # What was agreed may be health data: the record says that, not what.
    detail: dict[str, Any] = {"kind": agreement.kind}
    audit.record(connection, now=ctx.now(), person_id=by.id, action=action, subject=agreement.public_id, detail=detail)
