"""A requester's whole program, as it would run against MTurk, on a lab: only `endpoint_url` and the key are others."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from botocore.exceptions import ClientError

from mturk_bridge.endpoint import Throttle
from mturk_bridge.store import ledger
from tests.builders import rows, workers
from tests.mturk.endpoint import FORM, TYPE, Desk, work
from tests.mturk.proxy import a_bad_wire
from workbench import review
from workbench import tables as t

HITS = 100


def publish(client: Any, count: int) -> list[str]:
    """A type, and so many HITs with a token each; one that was made already counts as made."""
    kind = client.create_hit_type(**TYPE)["HITTypeId"]
    made = []
    for number in range(count):
        asked = {"HITTypeId": kind, "LifetimeInSeconds": 86_400, "Question": FORM, "RequesterAnnotation": f"row {number}"}
        try:
            made.append(client.create_hit_with_hit_type(**asked, UniqueRequestToken=f"row-{number}")["HIT"]["HITId"])
        except client.exceptions.RequestError as error:
            assert error.response["TurkErrorCode"] == "AWS.MechanicalTurk.HitAlreadyExists"  # noqa: PT017  (what a program does)
            made.append(error.response["Message"].split('"')[1])
    return made


def review_all(client: Any) -> Counter[str]:
    """Poll, read, approve, thank, delete; counts answers."""
    seen: Counter[str] = Counter()
    for page in client.get_paginator("list_reviewable_hits").paginate(PaginationConfig={"PageSize": 50}):
        for hit in page["HITs"]:
            found = client.list_assignments_for_hit(HITId=hit["HITId"], AssignmentStatuses=["Submitted"])["Assignments"]
            for assignment in found:
                seen[selection(assignment["Answer"])] += 1
                client.approve_assignment(AssignmentId=assignment["AssignmentId"])
                thank(client, assignment)
            client.delete_hit(HITId=hit["HITId"])
    return seen


def thank(client: Any, assignment: dict[str, Any]) -> None:
    """A bonus of five cents, with a token of the assignment's own; one that was paid already counts as paid."""
    try:
        client.send_bonus(
            WorkerId=assignment["WorkerId"],
            AssignmentId=assignment["AssignmentId"],
            BonusAmount="0.05",
            Reason="Thank you for your careful work.",
            UniqueRequestToken=f"bonus-{assignment['AssignmentId']}"[:64],
        )
    except client.exceptions.RequestError as error:
        assert "already" in error.response["Message"]  # noqa: PT017


def selection(xml: str) -> str:
    """What was chosen, out of a QuestionFormAnswers document."""
    found = ET.fromstring(xml)
    space = found.tag.partition("}")[0] + "}"
    return next(each.text or "" for each in found.iter(f"{space}SelectionIdentifier"))


def test_a_whole_program_runs_unchanged(desk: Desk) -> None:
    """A type, a hundred HITs, four workers, poll, review, approve, bonus, delete; the money adds up to the cent."""
    client = desk.client()
    before = client.get_account_balance()["AvailableBalance"]
    made = publish(client, HITS)
    assert len(set(made)) == HITS
    four = workers(desk.ctx, 4)
    for number in range(HITS):
        work(desk.ctx, four[number % 4], {"fields": {"q1": "yes" if number % 4 else "no", "q2": "It sails & floats <well>."}})
    review.drain(desk.ctx)
    assert review_all(client) == {"yes": 75, "no": 25}
    assert client.list_hits()["NumResults"] == 0
    assert (before, client.get_account_balance()["AvailableBalance"]) == ("1000.00", "945.00")  # 100 × (0.50 + 0.05)
    totals = desk.ctx.db.read(lambda connection: ledger.totals(connection, desk.requester.account))
    assert totals == {"credit": 100_000, "reward": -5_000, "bonus": -500}
    assert len(rows(desk.ctx, t.annotation)) == HITS
    assert len(desk.checked) > 3 * HITS  # every request and answer was held against botocore's model


def test_lost_answers_and_throttles_make_nothing_twice(desk: Desk) -> None:
    """Every third answer is lost on its way, every fifth call is throttled; boto3 itself tries again."""

    def trouble(operation: str, number: int) -> str | None:
        if number % 5 == 4:
            return "throttled"
        return "lost" if number % 3 == 2 and operation in ("CreateHITWithHITType", "SendBonus") else None

    with a_bad_wire(f"{desk.url}/mturk/requester", trouble) as (url, happened):
        client = desk.client(url=url, attempts=10)
        made = publish(client, 6)
        one, other = workers(desk.ctx, 2)
        for number in range(6):
            work(desk.ctx, one if number % 2 else other, {"fields": {"q1": "yes"}})
        assert sum(review_all(client).values()) == 6
    assert {"CreateHITWithHITType lost", "CreateHITWithHITType throttled", "SendBonus lost"} <= set(happened)
    assert len(set(made)) == 6
    assert len(rows(desk.ctx, t.microtask)) == 6
    totals = desk.ctx.db.read(lambda connection: ledger.totals(connection, desk.requester.account))
    assert totals == {"credit": 100_000, "reward": -300, "bonus": -30}


def test_a_bonus_without_a_token_is_paid_twice_when_an_answer_is_lost(desk: Desk) -> None:
    """As with MTurk: who sends no token has no protection. The next test of ours is why the client always sends one."""
    client = desk.client()
    publish(client, 1)
    work(desk.ctx, workers(desk.ctx, 1)[0], {"fields": {"q1": "yes"}})
    hit = client.list_hits()["HITs"][0]["HITId"]
    one = client.list_assignments_for_hit(HITId=hit)["Assignments"][0]
    with a_bad_wire(f"{desk.url}/mturk/requester", lambda _operation, number: None if number else "lost") as (url, _):
        given = {"WorkerId": one["WorkerId"], "AssignmentId": one["AssignmentId"], "BonusAmount": "0.05", "Reason": "Thanks"}
        desk.client(url=url, attempts=5).send_bonus(**given)
    assert client.list_bonus_payments(AssignmentId=one["AssignmentId"])["NumResults"] == 2


def test_too_many_requests_are_throttled_in_the_form_that_boto3_waits_for(desk: Desk) -> None:
    """A client that does not wait hears ThrottlingException; one that does gets through by itself."""
    moments = iter([0.0, 0.0, 0.0, 60.0, 60.0, 60.0])
    desk.app.state.mturk_throttle = Throttle(burst=1, per_second=1, clock=lambda: next(moments))
    impatient = desk.client(attempts=0)
    impatient.get_account_balance()
    with pytest.raises(ClientError) as refused:
        impatient.get_account_balance()
    assert refused.value.response["Error"]["Code"] == "ThrottlingException"
    assert desk.client(attempts=3).get_account_balance()["AvailableBalance"] == "1000.00"


def test_several_server_processes_share_what_a_requester_may_ask(desk: Desk) -> None:
    """Each has its part: together they let no more through than one does."""
    desk.app.state.ctx = replace(desk.ctx, settings=replace(desk.ctx.settings, processes=4))
    desk.client().get_account_balance()
    throttle: Throttle = desk.app.state.mturk_throttle
    assert (throttle.burst, throttle.per_second) == (50, 12.5)
