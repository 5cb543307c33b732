"""All 39 operations by real boto3, each asked at least once and held against botocore's model both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session

from tests.builders import person, workers
from tests.mturk.endpoint import FORM, TYPE, Desk, work
from tests.mturk.test_answers import REASON, YES
from tests.mturk.test_hits import code, create
from tests.mturk.test_qualifications import asking, kind

NOTE = {"Destination": "arn:aws:sns:x", "Transport": "SNS", "Version": "2006-05-05", "EventTypes": ["Ping"]}


def test_every_operation_is_asked_and_answers_in_its_own_form(desk: Desk) -> None:
    """35 do what they say, from a type of HIT to its end; four have nothing here and say so, in MTurk's form."""
    client = desk.client()
    hit_types_and_hits(desk, client)
    assignments(desk, client)
    qualification_types(desk, client)
    people(desk, client)
    refused(client, create(client)["HITId"])
    assert set(desk.checked) == set(get_session().get_service_model("mturk").operation_names)
    assert len(set(desk.checked)) == 39


def hit_types_and_hits(desk: Desk, client: Any) -> None:
    """Made, found, listed, extended, ended, deleted; the money that is promised follows."""
    hit_type = client.create_hit_type(**TYPE)["HITTypeId"]
    given = {"HITTypeId": hit_type, "LifetimeInSeconds": 3600, "Question": FORM}
    one, other = (client.create_hit_with_hit_type(**given)["HIT"]["HITId"] for _ in range(2))
    assert client.get_account_balance()["OnHoldBalance"] == "1.00"
    assert [each["HITId"] for each in client.list_hits()["HITs"]] == [other, one]
    assert client.get_hit(HITId=one)["HIT"]["HITTypeId"] == hit_type
    client.update_hit_type_of_hit(HITId=one, HITTypeId=hit_type)
    client.create_additional_assignments_for_hit(HITId=one, NumberOfAdditionalAssignments=1)
    work(desk.ctx, person(desk.ctx, "First"), YES)
    later = datetime.fromtimestamp(desk.ctx.now() / 1000, UTC) + timedelta(days=3)
    client.update_expiration_for_hit(HITId=other, ExpireAt=later)
    for hit in (one, other):
        client.update_expiration_for_hit(HITId=hit, ExpireAt=0)
    assert {each["HITId"] for each in client.list_reviewable_hits()["HITs"]} == {one, other}
    client.update_hit_review_status(HITId=one)
    assert [each["HITId"] for each in client.list_reviewable_hits(Status="Reviewing")["HITs"]] == [one]
    client.update_hit_review_status(HITId=one, Revert=True)
    assert client.list_review_policy_results_for_hit(HITId=one)["HITReviewReport"] == {"ReviewResults": [], "ReviewActions": []}
    (empty,) = (hit for hit in (one, other) if not client.list_assignments_for_hit(HITId=hit)["NumResults"])
    client.delete_hit(HITId=empty)
    with pytest.raises(ClientError) as gone:
        client.delete_hit(HITId=empty)
    assert code(gone) == "HITDoesNotExist"


def assignments(desk: Desk, client: Any) -> None:
    """Approved, thanked, rejected with a reason: the money is what it must be."""
    hit = create(client, Title="Judged", MaxAssignments=2)["HITId"]
    for each in workers(desk.ctx, 2):
        work(desk.ctx, each, YES)
    good, other = client.list_assignments_for_hit(HITId=hit)["Assignments"]
    client.approve_assignment(AssignmentId=good["AssignmentId"])
    client.reject_assignment(AssignmentId=other["AssignmentId"], RequesterFeedback=REASON)
    assert client.get_assignment(AssignmentId=other["AssignmentId"])["Assignment"]["AssignmentStatus"] == "Rejected"
    client.send_bonus(WorkerId=good["WorkerId"], AssignmentId=good["AssignmentId"], BonusAmount="0.10", Reason="Thanks")
    assert [each["BonusAmount"] for each in client.list_bonus_payments(HITId=hit)["BonusPayments"]] == ["0.10"]


def qualification_types(desk: Desk, client: Any) -> None:
    """A test that is taken, a request accepted and another refused, given, looked up and taken back."""
    tested = kind(client, Test=FORM, TestDurationInSeconds=600)
    one, other = person(desk.ctx, "Tested"), person(desk.ctx, "Tested too")
    for each in (one, other):
        work(desk.ctx, each, YES)
    good, bad = client.list_qualification_requests(QualificationTypeId=tested)["QualificationRequests"]
    client.accept_qualification_request(QualificationRequestId=good["QualificationRequestId"], IntegerValue=90)
    client.reject_qualification_request(QualificationRequestId=bad["QualificationRequestId"], Reason="Please try again.")
    assert client.get_qualification_type(QualificationTypeId=tested)["QualificationType"]["Test"] == FORM
    client.update_qualification_type(QualificationTypeId=tested, Description="Knows ships too.")
    assert client.list_qualification_types(MustBeRequestable=False)["NumResults"] == 1
    held = {"QualificationTypeId": tested, "WorkerId": good["WorkerId"]}
    client.associate_qualification_with_worker(**held, IntegerValue=95)
    assert client.get_qualification_score(**held)["Qualification"]["IntegerValue"] == 95
    assert client.list_workers_with_qualification_type(QualificationTypeId=tested)["NumResults"] == 1
    create(client, Title="For some", QualificationRequirements=asking(tested))
    assert client.list_hits_for_qualification_type(QualificationTypeId=tested)["NumResults"] == 1
    client.disassociate_qualification_from_worker(**held)
    client.delete_qualification_type(QualificationTypeId=tested)


def people(desk: Desk, client: Any) -> None:
    """A message for the coach; a block that is a private matter, and its end."""
    answers = [client.list_assignments_for_hit(HITId=each["HITId"])["Assignments"] for each in client.list_hits()["HITs"]]
    who = next(found[0]["WorkerId"] for found in answers if found)
    assert (
        client.notify_workers(Subject="Boats", MessageText="More will come.", WorkerIds=[who])["NotifyWorkersFailureStatuses"]
        == []
    )
    client.create_worker_block(WorkerId=who, Reason="Not for this work")
    assert client.list_worker_blocks()["NumResults"] == 1
    client.delete_worker_block(WorkerId=who)
    assert client.list_worker_blocks()["NumResults"] == 0


def refused(client: Any, hit: str) -> None:
    """No mail, no queue, no files: a sentence, and a code of our own."""
    kind_of = client.get_hit(HITId=hit)["HIT"]["HITTypeId"]
    for ask, given in (
        (client.update_notification_settings, {"HITTypeId": kind_of, "Notification": NOTE, "Active": True}),
        (client.send_test_event_notification, {"Notification": NOTE, "TestEventType": "Ping"}),
        (client.get_file_upload_url, {"AssignmentId": "3A", "QuestionIdentifier": "q"}),
    ):
        with pytest.raises(ClientError) as said:
            ask(**given)
        assert said.value.response["TurkErrorCode"].startswith("AnnotationLab.")
