"""Qualifications: made, earned by a test, given and taken back; and what they do to who is offered what."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from mturk_bridge import sweep
from tests.builders import person
from tests.mturk.endpoint import FORM, Desk, work
from tests.mturk.test_answers import _person
from tests.mturk.test_hits import code, create

KEY = """<AnswerKey xmlns="http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/AnswerKey.xsd">
<Question><QuestionIdentifier>isBoat</QuestionIdentifier>
<AnswerOption><SelectionIdentifier>yes</SelectionIdentifier><AnswerScore>10</AnswerScore></AnswerOption></Question>
<QualificationValueMapping><PercentageMapping><MaximumSummedScore>10</MaximumSummedScore></PercentageMapping>
</QualificationValueMapping></AnswerKey>"""
YES = {"fields": {"q1": "yes"}}
NO = {"fields": {"q1": "no"}}


def kind(client: Any, **more: Any) -> str:
    """A new type of qualification."""
    given = {"Name": "Knows boats", "Description": "Can tell a boat.", "QualificationTypeStatus": "Active", **more}
    return str(client.create_qualification_type(**given)["QualificationType"]["QualificationTypeId"])


def asking(type_id: str, comparator: str = "GreaterThanOrEqualTo", value: int | None = 80) -> list[dict[str, Any]]:
    """A requirement."""
    values = {} if value is None else {"IntegerValues": [value]}
    return [{"QualificationTypeId": type_id, "Comparator": comparator, **values}]


def test_a_test_is_taken_in_paid_time_and_opens_work(desk: Desk) -> None:
    """With an answer key the value is known at once; only who has it is offered the HIT."""
    client, good, other = desk.client(), person(desk.ctx, "Good"), person(desk.ctx, "Other")
    type_id = kind(client, Test=FORM, TestDurationInSeconds=600, AnswerKey=KEY)
    create(client, QualificationRequirements=asking(type_id))
    work(desk.ctx, good, YES)  # the test: the HIT is not offered yet
    work(desk.ctx, other, NO)
    sweep.sweep(desk.ctx)
    held = client.list_workers_with_qualification_type(QualificationTypeId=type_id)["Qualifications"]
    assert sorted(each["IntegerValue"] for each in held) == [0, 100]
    with pytest.raises(IndexError):
        work(desk.ctx, other, YES)
    assert work(desk.ctx, good, YES)
    assert client.list_hits_for_qualification_type(QualificationTypeId=type_id)["NumResults"] == 1


def test_without_a_key_the_requester_decides(desk: Desk) -> None:
    """A request waits, with test and answer; accepted once, not twice."""
    client, worker = desk.client(), person(desk.ctx)
    type_id = kind(client, Test=FORM, TestDurationInSeconds=600)
    work(desk.ctx, worker, YES)
    found = client.list_qualification_requests(QualificationTypeId=type_id)["QualificationRequests"]
    assert [each["Test"] for each in found] == [FORM]
    assert "<SelectionIdentifier>yes" in found[0]["Answer"]
    client.accept_qualification_request(QualificationRequestId=found[0]["QualificationRequestId"], IntegerValue=90)
    with pytest.raises(ClientError):
        client.reject_qualification_request(QualificationRequestId=found[0]["QualificationRequestId"])
    score = client.get_qualification_score(QualificationTypeId=type_id, WorkerId=found[0]["WorkerId"])["Qualification"]
    assert (score["IntegerValue"], score["Status"]) == (90, "Granted")


def test_given_and_taken_back(desk: Desk) -> None:
    """By WorkerId; taking it back closes the work that asks for it."""
    client, worker = desk.client(), person(desk.ctx)
    hit = create(client, Title="First")["HITId"]
    work(desk.ctx, worker, YES)
    who = client.list_assignments_for_hit(HITId=hit)["Assignments"][0]["WorkerId"]
    assert _person(desk, who).id == worker.id
    type_id = kind(client)
    client.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=who, IntegerValue=85)
    create(client, QualificationRequirements=asking(type_id), MaxAssignments=2)
    client.disassociate_qualification_from_worker(QualificationTypeId=type_id, WorkerId=who, Reason="Try again later")
    with pytest.raises(IndexError):
        work(desk.ctx, worker, YES)
    client.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=who, IntegerValue=85)
    assert work(desk.ctx, worker, YES)
    revoked = client.list_workers_with_qualification_type(QualificationTypeId=type_id, Status="Revoked")
    assert revoked["NumResults"] == 0


def test_types_are_found_changed_and_deleted(desk: Desk) -> None:
    """By words; a name once; a deleted one asks for nothing any more."""
    client = desk.client()
    type_id = kind(client)
    with pytest.raises(ClientError) as refused:
        kind(client)
    assert code(refused) == "QualificationTypeAlreadyExists"
    found = client.list_qualification_types(MustBeRequestable=False, Query="boats")["QualificationTypes"]
    assert [each["QualificationTypeId"] for each in found] == [type_id]
    changed = client.update_qualification_type(QualificationTypeId=type_id, Description="Knows ships too.")
    assert changed["QualificationType"]["Description"] == "Knows ships too."
    client.delete_qualification_type(QualificationTypeId=type_id)
    with pytest.raises(ClientError) as refused:
        client.get_qualification_type(QualificationTypeId=type_id)
    assert code(refused) == "QualificationTypeDoesNotExist"


def test_where_people_live_is_the_only_system_requirement_that_can_fail(desk: Desk) -> None:
    """Nobody here is chosen by counts of approvals; who wants people elsewhere is told so."""
    client = desk.client()
    percent = asking("000000000000000000L0", value=95)
    here = [{"QualificationTypeId": "00000000000000000071", "Comparator": "In", "LocaleValues": [{"Country": "NL"}]}]
    create(client, QualificationRequirements=percent + here)
    assert work(desk.ctx, person(desk.ctx), YES)
    there = [{"QualificationTypeId": "00000000000000000071", "Comparator": "EqualTo", "LocaleValues": [{"Country": "US"}]}]
    with pytest.raises(ClientError, match="people are in NL"):
        create(client, QualificationRequirements=there)
