"""Answers, as a requester sees them: names and hours that tell nothing, rejections that cost nobody anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from botocore.exceptions import ClientError

from mturk_bridge import sweep
from mturk_bridge import tables as b
from mturk_bridge.store import ledger
from tests.builders import person, rows, workers
from tests.mturk.endpoint import FORM, TYPE, Desk, work
from tests.mturk.test_hits import code, create
from workbench import assign, submit
from workbench import tables as t
from workbench.errors import NotNow
from workbench.store import offering

YES = {"fields": {"q1": "yes"}}
REASON = "The line says it is a bicycle, please read it again."


def answered(desk: Desk, client: Any, **more: Any) -> dict[str, Any]:
    """A HIT that one worker has answered: its assignment."""
    hit = create(client, **more)["HITId"]
    work(desk.ctx, person(desk.ctx, f"Worker of {hit}"), YES)
    found: dict[str, Any] = client.list_assignments_for_hit(HITId=hit)["Assignments"][0]
    return found


def test_an_answer_comes_as_a_document_that_programs_read(desk: Desk) -> None:
    """Selections and texts under the requester's own names; "I don't know" is an answer."""
    client = desk.client()
    hit = create(client, MaxAssignments=2)["HITId"]
    one, other = workers(desk.ctx, 2)
    work(desk.ctx, one, {"fields": {"q1": "no", "q2": "Geen <zeil> & geen roer é"}})
    work(desk.ctx, other, {"dont_know": True})
    xml, unsure = (each["Answer"] for each in client.list_assignments_for_hit(HITId=hit)["Assignments"])
    assert "<QuestionIdentifier>isBoat</QuestionIdentifier><SelectionIdentifier>no</SelectionIdentifier>" in xml
    assert "<FreeText>Geen &lt;zeil&gt; &amp; geen roer é</FreeText>" in xml
    assert "<QuestionIdentifier>dont_know</QuestionIdentifier><FreeText>true</FreeText>" in unsure


def twice_for_one_place(desk: Desk, hit: str, *, before_the_late_one: Callable[[], object] = lambda: None) -> None:
    """A lease runs out, a colleague answers, and then the first person's answer comes after all."""
    ctx, (one, other) = desk.ctx, workers(desk.ctx, 2)
    [kept] = assign.next_assignments(ctx, one)
    ctx.db.write(lambda connection: offering.expire(connection, now=ctx.now() + 86_400_000))
    work(ctx, other, YES)
    before_the_late_one()
    submit.submit(ctx, one, kept.public_id, YES, key="a-late-answer", via="page", active_ms=30_000)


def test_a_late_answer_is_paid_out_of_what_may_be_spent(desk: Desk) -> None:
    """Both rewards are gone from what is left; and one answer more than before is asked only where it is missing."""
    client = desk.client()
    hit = create(client, Reward="1.00")["HITId"]
    twice_for_one_place(desk, hit)
    for each in client.list_assignments_for_hit(HITId=hit)["Assignments"]:
        client.approve_assignment(AssignmentId=each["AssignmentId"])

    money = client.get_account_balance()
    assert (money["AvailableBalance"], money["OnHoldBalance"]) == ("998.00", "0.00")
    for available, on_hold in ((0, "0.00"), (1, "1.00")):
        client.create_additional_assignments_for_hit(HITId=hit, NumberOfAdditionalAssignments=1)
        assert client.get_hit(HITId=hit)["HIT"]["NumberOfAssignmentsAvailable"] == available
        assert client.get_account_balance()["OnHoldBalance"] == on_hold


def test_a_late_answer_to_a_deleted_hit_is_paid_out_of_what_may_be_spent(desk: Desk) -> None:
    """By itself, when its time has come: nothing of the HIT is held afterwards."""
    client = desk.client()
    hit = create(client, Reward="1.00", AutoApprovalDelayInSeconds=60)["HITId"]

    def delete() -> None:
        [done] = client.list_assignments_for_hit(HITId=hit)["Assignments"]
        client.approve_assignment(AssignmentId=done["AssignmentId"])
        client.delete_hit(HITId=hit)

    twice_for_one_place(desk, hit, before_the_late_one=delete)
    desk.clock.forward(seconds=61)
    sweep.sweep(desk.ctx)
    money = client.get_account_balance()
    assert (money["AvailableBalance"], money["OnHoldBalance"]) == ("998.00", "0.00")


def test_a_person_is_another_worker_for_each_type_and_each_requester(desk: Desk) -> None:
    """Nobody can be followed from one kind of work to the next."""
    client, worker = desk.client(), person(desk.ctx)
    seen = []
    for title in ("One", "One", "Two"):
        hit = create(client, Title=title)["HITId"]
        work(desk.ctx, worker, YES)
        seen.append(client.list_assignments_for_hit(HITId=hit)["Assignments"][0]["WorkerId"])
    assert seen[0] == seen[1] != seen[2]
    assert worker.public_id.upper() not in "".join(seen)


def test_nobodys_speed_leaks(desk: Desk) -> None:
    """Accepted and submitted in the same hour, whatever it took."""
    one = answered(desk, desk.client())
    assert one["AcceptTime"] == one["SubmitTime"]
    assert one["Deadline"] - one["AcceptTime"] == timedelta(seconds=600)


def test_approving_moves_the_reward_once(desk: Desk) -> None:
    """A second time is refused as MTurk does; the feedback waits at the coach."""
    client = desk.client()
    one = answered(desk, client)
    client.approve_assignment(AssignmentId=one["AssignmentId"], RequesterFeedback="Well seen.")
    with pytest.raises(ClientError, match="called with a status of: Submitted") as refused:
        client.approve_assignment(AssignmentId=one["AssignmentId"])
    assert code(refused) == "InvalidAssignmentState"
    assert desk.ctx.db.read(lambda c: ledger.totals(c, desk.requester.account))["reward"] == -50
    found = client.get_assignment(AssignmentId=one["AssignmentId"])
    assert (found["Assignment"]["AssignmentStatus"], found["HIT"]["NumberOfAssignmentsCompleted"]) == ("Approved", 1)
    assert [row.words for row in rows(desk.ctx, t.feedback)] == ["Well seen."]


def test_a_rejection_goes_to_the_lab_and_pay_stands(desk: Desk) -> None:
    """The program sees "Rejected"; the reward is owed all the same, and a person here decides about the rest."""
    client = desk.client()
    one = answered(desk, client)
    with pytest.raises(ClientError) as refused:
        client.reject_assignment(AssignmentId=one["AssignmentId"], RequesterFeedback="bad")
    assert code(refused) == "ReasonNeeded"
    client.reject_assignment(AssignmentId=one["AssignmentId"], RequesterFeedback=REASON)
    found = client.get_assignment(AssignmentId=one["AssignmentId"])["Assignment"]
    assert (found["AssignmentStatus"], found["RequesterFeedback"]) == ("Rejected", REASON)
    assert client.get_account_balance()["AvailableBalance"] == "999.50"
    assert [(row.reason, row.outcome) for row in rows(desk.ctx, b.dispute)] == [(REASON, "open")]
    client.approve_assignment(AssignmentId=one["AssignmentId"], OverrideRejection=True)
    assert client.get_account_balance()["AvailableBalance"] == "999.50"
    assert [row.outcome for row in rows(desk.ctx, b.dispute)] == ["dismissed"]


def test_an_opinion_is_never_wrong(desk: Desk) -> None:
    """In a HIT that asks for an opinion nothing can be rejected."""
    client = desk.client()
    one = answered(desk, client, Keywords="opinion, boats")
    with pytest.raises(ClientError) as refused:
        client.reject_assignment(AssignmentId=one["AssignmentId"], RequesterFeedback=REASON)
    assert code(refused) == "Opinion"


def test_what_nobody_looks_at_is_approved_in_time(desk: Desk) -> None:
    """The delay that the requester gave; the lab's own clockwork does it, and the money moves once."""
    client = desk.client()
    one = answered(desk, client)
    desk.clock.forward(minutes=61)
    sweep.sweep(desk.ctx)
    sweep.sweep(desk.ctx)
    desk.clock.forward(minutes=-61)
    assert client.get_assignment(AssignmentId=one["AssignmentId"])["Assignment"]["AssignmentStatus"] == "Approved"
    assert desk.ctx.db.read(lambda c: ledger.totals(c, desk.requester.account))["reward"] == -50


def test_a_bonus_changes_nobodys_pay_and_is_listed(desk: Desk) -> None:
    """It stands in the lab's ledger; the words wait at the coach; the wrong worker is refused."""
    client = desk.client()
    one, other = answered(desk, client), answered(desk, client, Title="Another")
    given = {"AssignmentId": one["AssignmentId"], "BonusAmount": "1.5", "Reason": "Thanks"}
    with pytest.raises(ClientError) as refused:
        client.send_bonus(WorkerId=other["WorkerId"], **given)
    assert code(refused) == "WorkerIdMismatch"
    client.send_bonus(WorkerId=one["WorkerId"], **given, UniqueRequestToken="b" * 64)
    with pytest.raises(ClientError, match="sent already"):
        client.send_bonus(WorkerId=one["WorkerId"], **given, UniqueRequestToken="b" * 64)
    for where in ({"HITId": one["HITId"]}, {"AssignmentId": one["AssignmentId"]}):
        found = client.list_bonus_payments(**where)["BonusPayments"]
        assert [(each["BonusAmount"], each["WorkerId"]) for each in found] == [("1.50", one["WorkerId"])]


def test_a_hit_is_deleted_when_all_is_reviewed(desk: Desk) -> None:
    """Not while it is open, not with an answer nobody looked at; afterwards it is out of the lists and still readable."""
    client = desk.client()
    hit = create(client, MaxAssignments=2)["HITId"]
    with pytest.raises(ClientError, match="currently in the state 'Assignable'"):
        client.delete_hit(HITId=hit)
    for worker in workers(desk.ctx, 2):
        work(desk.ctx, worker, YES)
    client.update_hit_review_status(HITId=hit)
    assert client.list_reviewable_hits()["NumResults"] == 0
    assert client.list_reviewable_hits(Status="Reviewing")["NumResults"] == 1
    with pytest.raises(ClientError, match="2 answers without a review"):
        client.delete_hit(HITId=hit)
    for each in client.list_assignments_for_hit(HITId=hit)["Assignments"]:
        client.approve_assignment(AssignmentId=each["AssignmentId"])
    client.delete_hit(HITId=hit)
    assert client.list_hits()["NumResults"] == 0
    assert client.get_hit(HITId=hit)["HIT"]["HITStatus"] == "Disposed"


def test_messages_wait_at_the_coach(desk: Desk) -> None:
    """Who is not known is named; nothing reaches a worker by itself."""
    client = desk.client()
    one = answered(desk, client)
    said = client.notify_workers(Subject="New boats", MessageText="There are more.", WorkerIds=[one["WorkerId"], "AUNKNOWN"])
    assert [each["WorkerId"] for each in said["NotifyWorkersFailureStatuses"]] == ["AUNKNOWN"]
    assert [row.words for row in rows(desk.ctx, t.feedback)] == ["New boats\nThere are more."]
    with pytest.raises(ClientError):
        client.notify_workers(Subject="s" * 201, MessageText="m", WorkerIds=["A1"])


def test_a_block_is_a_private_matter(desk: Desk) -> None:
    """This requester's HITs are not offered to this person; other work is, and nothing of it shows on the person."""
    client = desk.client()
    one = answered(desk, client)
    client.create_worker_block(WorkerId=one["WorkerId"], Reason="Too many bicycles")
    assert [each["WorkerId"] for each in client.list_worker_blocks()["WorkerBlocks"]] == [one["WorkerId"]]
    create(client, Title="Is this a boat as well?")
    blocked = _person(desk, one["WorkerId"])
    with pytest.raises(IndexError):
        work(desk.ctx, blocked, YES)
    new = person(desk.ctx, "Somebody new")
    sweep.sweep(desk.ctx)
    work(desk.ctx, new, YES)
    client.delete_worker_block(WorkerId=one["WorkerId"])
    create(client, Title="And this?")
    assert work(desk.ctx, blocked, YES)


def _person(desk: Desk, worker_id: str) -> Any:
    from workbench.store import people

    query = sa.select(b.worker.c.person_id).where(b.worker.c.worker_id == worker_id)
    found = desk.ctx.db.read(lambda connection: connection.scalar(query))
    return desk.ctx.db.read(lambda connection: people.person_by_id(connection, found))


def test_breaks_hold_for_hits_too(desk: Desk) -> None:
    """A HIT is work like any other: none of it in a break."""
    client, worker = desk.client(), person(desk.ctx)
    for _ in range(2):
        create(client)
    work(desk.ctx, worker, YES)
    desk.clock.forward(minutes=46)
    with pytest.raises(NotNow):
        work(desk.ctx, worker, YES)


def test_every_operation_is_answered(desk: Desk) -> None:
    """All 39: done, or refused in MTurk's own form with a sentence. None falls over."""
    from botocore.session import get_session

    from mturk_bridge.operations import OPERATIONS

    client = desk.client()
    names = get_session().get_service_model("mturk").operation_names
    assert set(names) == set(OPERATIONS)
    hit = create(client)["HITId"]
    assert client.list_review_policy_results_for_hit(HITId=hit)["HITId"] == hit
    kind = client.create_hit_type(**TYPE)["HITTypeId"]
    client.update_hit_type_of_hit(HITId=hit, HITTypeId=kind)
    note = {"Destination": "arn:aws:sns:x", "Transport": "SNS", "Version": "2006-05-05", "EventTypes": ["Ping"]}
    for ask, given in (
        (client.update_notification_settings, {"HITTypeId": kind, "Notification": note, "Active": True}),
        (client.send_test_event_notification, {"Notification": note, "TestEventType": "Ping"}),
        (client.get_file_upload_url, {"AssignmentId": "3A", "QuestionIdentifier": "q"}),
    ):
        with pytest.raises(ClientError) as refused:
            ask(**given)
        assert refused.value.response["TurkErrorCode"].startswith("AnnotationLab.")
    assert FORM
