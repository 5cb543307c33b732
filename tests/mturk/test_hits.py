"""HITs by real boto3 over HTTP: made, found, extended, ended, deleted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mturk_bridge import keys
from mturk_bridge.store import hits as store
from tests.builders import person
from tests.mturk.endpoint import EXTERNAL, FORM, HTML, PAGE, TYPE, Desk, with_requester, work


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    """The TurkErrorCode of a refusal, without its prefix."""
    return str(refused.value.response["TurkErrorCode"]).rpartition(".")[2]


def create(client: Any, **more: Any) -> Any:
    """A HIT with a form."""
    return client.create_hit(**{**TYPE, "LifetimeInSeconds": 86_400, "Question": FORM, **more})["HIT"]


@pytest.mark.parametrize("question", [FORM, HTML, EXTERNAL], ids=["form", "html", "external"])
def test_a_hit_is_there_after_it_was_made(desk: Desk, question: str) -> None:
    """Each kind of question comes back byte for byte, with the status that a program expects."""
    client = desk.client()
    made = create(client, Question=question, MaxAssignments=3, RequesterAnnotation="row 7", Reward="0.6")
    found = client.get_hit(HITId=made["HITId"])["HIT"]
    assert found == made
    assert (found["Question"], found["HITStatus"], found["Reward"]) == (question, "Assignable", "0.60")
    assert (found["NumberOfAssignmentsAvailable"], found["RequesterAnnotation"]) == (3, "row 7")
    assert found["Expiration"] - found["CreationTime"] == timedelta(days=1)


def test_the_same_properties_are_the_same_type(desk: Desk) -> None:
    """CreateHITType twice gives one id, and so does CreateHIT with them."""
    client = desk.client()
    first = client.create_hit_type(**TYPE)["HITTypeId"]
    assert client.create_hit_type(**TYPE)["HITTypeId"] == first
    assert create(client)["HITTypeId"] == first
    assert client.create_hit_type(**{**TYPE, "Reward": "0.51"})["HITTypeId"] != first


def test_a_layout_is_filled_in(desk: Desk) -> None:
    """A page with places, kept by the lab, and a HIT that fills them."""
    now = desk.ctx.now()
    layout = desk.ctx.db.write(lambda connection: store.add_layout(connection, desk.requester.id, "Boats", PAGE, now))
    client = desk.client()
    kind = client.create_hit_type(**TYPE)["HITTypeId"]
    more = {"HITLayoutId": layout, "HITLayoutParameters": [{"Name": "name", "Value": "vlet.jpg"}]}
    made = client.create_hit_with_hit_type(HITTypeId=kind, LifetimeInSeconds=3600, **more)["HIT"]
    assert (made["HITLayoutId"], made["HITTypeId"]) == (layout, kind)
    with pytest.raises(ClientError) as refused:
        client.create_hit_with_hit_type(HITTypeId=kind, LifetimeInSeconds=3600, HITLayoutId="3NOSUCH")
    assert code(refused) == "HITLayoutDoesNotExist"


def test_a_reward_under_the_floor_is_refused_with_the_price_that_would_do(desk: Desk) -> None:
    """And that price is taken."""
    client = desk.client()
    with pytest.raises(ClientError) as refused:
        create(client, Reward="0.01")
    assert code(refused) == "RewardUnderFloor"
    said = refused.value.response["Message"]
    price = said.partition("A reward of $")[2].partition(" ")[0]
    assert "€14.99 an hour" in said
    assert create(client, Reward=price)["Reward"] == price


def test_the_price_follows_what_people_really_take(desk: Desk) -> None:
    """After five answers of two minutes, a reward for forty seconds is refused."""
    client = desk.client()
    create(client, Reward="0.30", MaxAssignments=5)
    for number in range(5):
        work(desk.ctx, person(desk.ctx, f"W{number}"), {"fields": {"q1": "yes"}}, active_ms=120_000)
    with pytest.raises(ClientError, match="measured 5 times"):
        create(client, Reward="0.30")
    assert create(client, Reward="0.58")


def test_more_than_there_is_money_for_is_refused(desk: Desk) -> None:
    """A HIT holds its reward for each answer; what is left is told, to the cent."""
    client = desk.client()
    assert client.get_account_balance()["AvailableBalance"] == "1000.00"
    create(client, MaxAssignments=100)
    assert client.get_account_balance() | {"ResponseMetadata": 0} == {
        "AvailableBalance": "950.00",
        "OnHoldBalance": "50.00",
        "ResponseMetadata": 0,
    }
    with pytest.raises(ClientError) as refused:
        create(client, MaxAssignments=1901)
    assert code(refused) == "InsufficientFunds"


def test_a_token_makes_one_hit_also_when_repeats_come_at_once(desk: Desk) -> None:
    """Eight at the same time: one HIT, seven times "already exists" with its id."""

    def make(_number: int) -> tuple[str, bool]:
        try:
            return create(desk.client(), UniqueRequestToken="once-and-no-more")["HITId"], True
        except ClientError as error:
            return f"{error.response['TurkErrorCode']} {error.response['Message']}".split('"')[1], False

    with ThreadPoolExecutor(8) as eight:
        found = list(eight.map(make, range(8)))
    assert len({hit_id for hit_id, _ in found}) == 1
    assert [made for _, made in found].count(True) == 1
    assert desk.client().list_hits()["NumResults"] == 1


def test_lists_come_in_pages(desk: Desk) -> None:
    """Real boto3 paginators; a token of one list opens no other, and a made-up one opens none."""
    client = desk.client()
    made = [create(client)["HITId"] for _ in range(7)]
    pages = list(client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 3}))
    assert [page["NumResults"] for page in pages] == [3, 3, 1]
    assert [hit["HITId"] for page in pages for hit in page["HITs"]] == made[::-1]
    token = client.list_hits(MaxResults=3)["NextToken"]
    for wrong in (token, "ABC", "%"):
        with pytest.raises(ClientError):
            (client.list_reviewable_hits if wrong == token else client.list_hits)(NextToken=wrong)


def test_requesters_are_apart(desk: Desk) -> None:
    """Another requester's HIT looks as if it did not exist."""
    other = keys.add_key(desk.ctx, with_requester(desk.ctx, "Zender Zuid")[0])
    hit = create(desk.client())["HITId"]
    stranger = desk.client(pair=other)
    assert stranger.list_hits()["NumResults"] == 0
    for ask in (stranger.get_hit, stranger.delete_hit, stranger.list_assignments_for_hit):
        with pytest.raises(ClientError) as refused:
            ask(HITId=hit)
        assert code(refused) == "HITDoesNotExist"


def test_an_expired_hit_is_offered_no_more_and_can_be_extended(desk: Desk) -> None:
    """Ending it frees the money that was held; a new end asks for the missing answers again."""
    client, worker = desk.client(), person(desk.ctx)
    hit = create(client, MaxAssignments=2)["HITId"]
    client.update_expiration_for_hit(HITId=hit, ExpireAt=datetime(2015, 1, 1, tzinfo=UTC))
    assert client.get_hit(HITId=hit)["HIT"]["HITStatus"] == "Reviewable"
    assert client.get_account_balance()["OnHoldBalance"] == "0.00"
    with pytest.raises(IndexError):
        work(desk.ctx, worker, {"fields": {"q1": "yes"}})
    later = datetime.fromtimestamp(desk.ctx.now() / 1000, UTC) + timedelta(days=2)
    client.update_expiration_for_hit(HITId=hit, ExpireAt=later)
    assert client.get_hit(HITId=hit)["HIT"]["HITStatus"] == "Assignable"
    assert work(desk.ctx, worker, {"fields": {"q1": "yes"}})
    assert client.get_account_balance()["OnHoldBalance"] == "1.00"


def test_a_hit_that_has_just_expired_asks_for_no_more_than_before(desk: Desk) -> None:
    """Until the sweep comes by, its places are still there: extending it adds none, and holds no more money."""
    client = desk.client()
    hit = create(client, MaxAssignments=3, LifetimeInSeconds=60)["HITId"]
    desk.clock.forward(seconds=61)
    later = datetime.fromtimestamp(desk.ctx.now() / 1000, UTC) + timedelta(days=2)
    client.update_expiration_for_hit(HITId=hit, ExpireAt=later)
    assert client.get_hit(HITId=hit)["HIT"]["NumberOfAssignmentsAvailable"] == 3
    assert client.get_account_balance()["OnHoldBalance"] == "1.50"


def test_a_hit_grows_once_for_each_token_and_never_to_ten(desk: Desk) -> None:
    """Extending twice with one token extends once; from under ten to ten or more is refused as MTurk does."""
    client = desk.client()
    hit = create(client, MaxAssignments=2)["HITId"]
    more = {"HITId": hit, "NumberOfAdditionalAssignments": 3, "UniqueRequestToken": "three-more"}
    client.create_additional_assignments_for_hit(**more)
    with pytest.raises(ClientError) as refused:
        client.create_additional_assignments_for_hit(**more)
    assert code(refused) == "ExtensionAlreadyExists"
    assert client.get_hit(HITId=hit)["HIT"]["MaxAssignments"] == 5
    with pytest.raises(ClientError) as refused:
        client.create_additional_assignments_for_hit(HITId=hit, NumberOfAdditionalAssignments=5)
    assert code(refused) == "InvalidMaximumAssignmentsIncrease"


def test_who_asks_for_data_about_people_waits_for_a_persons_yes(desk: Desk) -> None:
    """Nobody is offered a HIT that wants a phone number before a manager has looked."""
    client, worker = desk.client(), person(desk.ctx)
    create(client, Question=FORM.replace("Why?", "Which phone number stands on the boat?"))
    with pytest.raises(IndexError):
        work(desk.ctx, worker, {"fields": {"q1": "yes"}})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Question": "<nonsense"}, "not valid XML"),
        ({"Question": "<a/>"}, "must be an HTMLQuestion"),
        ({"Question": FORM + " " * 66_000}, "65535 fit"),
        ({"Question": None}, "either Question or HITLayoutId"),
        ({"MaxAssignments": 0}, "1 to 10000 fit"),
        ({"LifetimeInSeconds": 1}, "30 to"),
        ({"Reward": "0.123"}, "must fit the pattern"),
        ({"Reward": "$1"}, "must fit the pattern"),
        ({"Title": " "}, "Title is empty"),
        ({"Title": "t" * 129}, "128 fit"),
        ({"RequesterAnnotation": "a" * 256}, "255 fit"),
        ({"UniqueRequestToken": "t" * 65}, "1 to 64 fit"),
        ({"HITReviewPolicy": {"PolicyName": "SimplePlurality/2011-09-01"}}, "no review policies"),
        ({"AssignmentReviewPolicy": {"PolicyName": "ScoreMyKnownAnswers/2011-09-01"}}, "without a person"),
        ({"Question": EXTERNAL.replace("https", "http")}, "https address"),
        ({"Question": FORM.replace("SelectionAnswer", "FileUploadAnswer")}, "this lab asks"),
        (
            {"QualificationRequirements": [{"QualificationTypeId": "3NO", "Comparator": "Exists"}]},
            "QualificationType 3NO does not exist",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(desk: Desk, change: dict[str, Any], words: str) -> None:
    """boto3 itself lets nearly all of this pass."""
    given = {**TYPE, "LifetimeInSeconds": 3600, "Question": FORM, **change}
    with pytest.raises(ClientError, match=words):
        desk.client(fits_model=False).create_hit(**{name: value for name, value in given.items() if value is not None})
