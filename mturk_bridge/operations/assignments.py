"""Answers of workers: read, approved, rejected, and thanked with a bonus."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from mturk_bridge import answers, messages, money
from mturk_bridge.errors import OURS, AlreadyDone, RequestError, not_there
from mturk_bridge.ids import assignment_id, coarse_ms, worker_id
from mturk_bridge.operations import hits as hit_operations
from mturk_bridge.operations.call import Call, most, once, page_of, place, seconds, wrong
from mturk_bridge.store import assignments, hits, ledger, workers
from mturk_bridge.store.assignments import Answered
from mturk_bridge.store.hits import Hit
from workbench.context import Context
from workbench.domain import new_public_id

LONGEST_FEEDBACK = 1024
SHORTEST_REASON = 20  # characters: "bad" is no reason that anybody can learn from


# --- reading ---------------------------------------------------------------------------------------------------------


def list_assignments_for_hit(call: Call) -> dict[str, Any]:
    """The answers to a HIT, oldest first."""
    after, number = place(call) or 0, most(call)
    statuses = call.given.get("AssignmentStatuses") or ()

    def read(connection: Connection) -> list[tuple[int, dict[str, Any]]]:
        hit = hit_operations.the_hit(connection, call, deleted=True)
        found = assignments.of_hit(connection, hit.id, statuses=statuses, after=after, most=number + 1)
        return [(each.assignment_id, shown(connection, call, hit, each)) for each in found]

    approve_in_time(call.ctx, call.requester.id)
    return page_of(call, "Assignments", call.write(read))


def get_assignment(call: Call) -> dict[str, Any]:
    """One answer with its HIT."""

    def read(connection: Connection) -> dict[str, Any]:
        answered, hit = _found(connection, call)
        return {"Assignment": shown(connection, call, hit, answered), "HIT": hit_operations.shown(hit, call.now)}

    approve_in_time(call.ctx, call.requester.id)
    return call.write(read)


def shown(connection: Connection, call: Call, hit: Hit, answered: Answered) -> dict[str, Any]:
    """An answer as the protocol shows it: the hour, never the minute, and a name for this type of HIT only."""
    who = _worker(connection, call, hit, answered.person_id)
    when = coarse_ms(answered.submitted_ms, hit.created_ms)
    said = {
        "AssignmentId": assignment_id(answered.public_id),
        "WorkerId": who,
        "HITId": hit.hit_id,
        "AssignmentStatus": answered.status,
        "AutoApprovalTime": seconds(when + hit.type.approval_seconds * 1000),
        "AcceptTime": seconds(when),
        "SubmitTime": seconds(when),
        "Deadline": seconds(when + hit.type.duration_seconds * 1000),
        "Answer": answers.document(answered.task_type, answered.payload, answered.answer),
        "RequesterFeedback": answered.feedback,
    }
    if answered.verdict_ms is not None:
        said["ApprovalTime" if answered.verdict == "approved" else "RejectionTime"] = seconds(answered.verdict_ms)
    return {name: value for name, value in said.items() if value is not None}


def _worker(connection: Connection, call: Call, hit: Hit, person_id: int) -> str:
    who = worker_id(call.ctx.secret(), call.requester.id, hit.type.id, person_id)
    workers.keep(connection, who, call.requester.id, hit.type.id, person_id, call.now)
    return who


def _found(connection: Connection, call: Call) -> tuple[Answered, Hit]:
    answered = assignments.by_id(connection, call.requester.id, call.text("AssignmentId"))
    if answered is None:
        raise not_there("Assignment", call.text("AssignmentId"))
    hit = hits.hit_by(connection, hits.row_is(answered.hit_row))
    assert hit
    return answered, hit


# --- approving and rejecting -----------------------------------------------------------------------------------------


def approve_assignment(call: Call) -> dict[str, Any]:
    """The reward goes from the requester to the lab. Words for the worker wait at the coach."""
    override = bool(call.given.get("OverrideRejection", False))
    feedback = _feedback(call)

    def approve(connection: Connection) -> None:
        answered, hit = _found(connection, call)
        if answered.verdict == "approved" or (answered.verdict == "rejected" and not override):
            raise hit_operations.wrong_state("Assignment", answered.status, "Submitted")
        if hit.deleted_ms is not None:
            raise hit_operations.wrong_state("HIT", "Disposed", "Reviewable, Reviewing")
        _pay(connection, call, hit, answered)
        assignments.judge(connection, answered, "approved", given_by="requester", feedback=feedback, now=call.now)
        assignments.end_disputes(connection, answered.assignment_id, "dismissed", call.now)
        _tell(connection, call, hit, answered, "approval", feedback or "")

    call.write(approve)
    return {}


def reject_assignment(call: Call) -> dict[str, Any]:
    """
    A rejection goes to the lab, where a person looks at it. Pay stands: the worker's, and what the requester owes.

    Raises:
        RequestError: an opinion is never wrong; a reason that says nothing.
    """
    feedback = _feedback(call) or ""
    if len(feedback.strip()) < SHORTEST_REASON:
        raise RequestError(
            f"A rejection needs a reason of at least {SHORTEST_REASON} characters: a person at this lab reads it and decides.",
            f"{OURS}ReasonNeeded",
        )

    def reject(connection: Connection) -> None:
        answered, hit = _found(connection, call)
        if hit.type.opinion:
            raise RequestError("This HIT asks for an opinion: no answer is wrong, so none can be rejected.", f"{OURS}Opinion")
        if answered.verdict is not None:
            raise hit_operations.wrong_state("Assignment", answered.status, "Submitted")
        _pay(connection, call, hit, answered)
        assignments.judge(connection, answered, "rejected", given_by="requester", feedback=feedback, now=call.now)
        assignments.dispute(connection, answered, call.requester.id, feedback, new_public_id(), call.now)
        _tell(connection, call, hit, answered, "rejection", feedback)

    call.write(reject)
    return {}


def approve_in_time(ctx: Context, requester_id: int | None = None) -> int:
    """Approve what nobody looked at in the time the requester gave; returns how many."""
    now = ctx.now()
    if not ctx.db.read(lambda connection: assignments.due(connection, now, requester_id, most=1)):
        return 0

    def approve(connection: Connection) -> int:
        found = assignments.due(connection, now, requester_id)
        for answered in found:
            hit = hits.hit_by(connection, hits.row_is(answered.hit_row))
            assert hit
            who = worker_id(ctx.secret(), hit.type.requester_id, hit.type.id, answered.person_id)
            pay_reward(connection, hit, answered, worker=who, now=now)
            assignments.judge(connection, answered, "approved", given_by="time", feedback=None, now=now)
        return len(found)

    return ctx.db.write(approve)


def _pay(connection: Connection, call: Call, hit: Hit, answered: Answered) -> None:
    pay_reward(connection, hit, answered, worker=_worker(connection, call, hit, answered.person_id), now=call.now)


def pay_reward(connection: Connection, hit: Hit, answered: Answered, *, worker: str, now: int) -> None:
    """
    The reward of one answer, once: the ledger takes no second row of this name.

    An answer that came late, when a colleague had done the work already, is paid as well. It then counts as wanted: what is held
    for a HIT is what its wanted answers cost, less what was paid.
    """
    subject = assignment_id(answered.public_id)
    ledger.add(
        connection,
        f"in:{hit.type.requester_id}",
        "reward",
        -hit.type.reward_cents,
        token=f"reward/{subject}",
        hit_id=hit.hit_id,
        subject=subject,
        worker_id=worker,
        now=now,
    )
    # The account first, then the HIT, as where one is extended: locked the other way round, two would wait for each other.
    beyond = hits.want_what_came(connection, hit.microtask_id) * hit.type.reward_cents
    if beyond:
        ledger.promise(connection, hit.type.requester_id, beyond)
        if hit.deleted_ms is not None:
            ledger.put_away(connection, hit.type.requester_id, beyond)


def _feedback(call: Call) -> str | None:
    found = call.given.get("RequesterFeedback")
    if found is not None and len(found) > LONGEST_FEEDBACK:
        raise wrong(f"RequesterFeedback has {len(found)} characters; {LONGEST_FEEDBACK} fit.")
    return found


def _tell(connection: Connection, call: Call, hit: Hit, answered: Answered, about: str, words: str) -> None:
    messages.to_worker(
        connection,
        call.requester,
        person_id=answered.person_id,
        project_id=hit.type.project_id,
        about=about,
        words=words,
        assignment_id=answered.assignment_id,
        microtasks=[answered.microtask],
        now=call.now,
    )


# --- bonuses ---------------------------------------------------------------------------------------------------------


def send_bonus(call: Call) -> dict[str, Any]:
    """Money more for one answer. It goes to the lab's ledger and changes nobody's pay; the words wait at the coach."""
    amount = money.cents(call.text("BonusAmount"))
    if not amount:
        raise wrong("BonusAmount must be more than zero.")
    if not call.text("Reason").strip():
        raise wrong("Reason is empty.")

    def send(connection: Connection) -> tuple[str, None]:
        answered, hit = _found(connection, call)
        known = workers.find(connection, call.requester.id, call.text("WorkerId"))
        if known is None or known.person_id != answered.person_id or known.hit_type_row != hit.type.id:
            raise RequestError(
                f"Worker {call.text('WorkerId')} did not do the assignment {call.text('AssignmentId')}.", "WorkerIdMismatch"
            )
        spendable = ledger.spendable(connection, call.requester.id, amount)
        if spendable < amount:
            raise RequestError(
                f"This Requester has insufficient funds: ${money.dollars(spendable)} is left.", "InsufficientFunds"
            )
        token = call.given.get("UniqueRequestToken")
        ledger.add(
            connection,
            call.requester.account,
            "bonus",
            -amount,
            token=f"bonus/{token}"[:64] if token and len(token) < 58 else None,
            hit_id=hit.hit_id,
            subject=call.text("AssignmentId"),
            worker_id=known.worker_id,
            note=call.text("Reason"),
            now=call.now,
        )
        _tell(connection, call, hit, answered, "bonus", call.text("Reason"))
        return call.text("AssignmentId"), None

    def again(subject: str) -> AlreadyDone:
        return AlreadyDone(
            f'The bonus for the assignment "{subject}" was sent already with this UniqueRequestToken.', "BonusAlreadyPaid"
        )

    call.write(lambda connection: once(connection, call, lambda: send(connection), again))
    return {}


def list_bonus_payments(call: Call) -> dict[str, Any]:
    """Bonuses for a HIT or one answer."""
    hit_id, subject = call.given.get("HITId"), call.given.get("AssignmentId")
    if (hit_id is None) == (subject is None):
        raise wrong("Give either HITId or AssignmentId.")
    after, number = place(call) or 0, most(call)

    def read(connection: Connection) -> list[ledger.Entry]:
        if hit_id is not None:
            hit_operations.the_hit(connection, call, deleted=True)
        else:
            _found(connection, call)
        account = call.requester.account
        return ledger.bonuses(connection, account, hit_id=hit_id, subject=subject, after=after, most=number + 1)

    return page_of(call, "BonusPayments", [(each.id, _bonus(each)) for each in call.read(read)])


def _bonus(entry: ledger.Entry) -> dict[str, Any]:
    return {
        "WorkerId": entry.worker_id,
        "BonusAmount": money.dollars(-entry.amount_cents),
        "AssignmentId": entry.subject,
        "Reason": entry.note,
        "GrantTime": seconds(entry.at_ms),
    }
