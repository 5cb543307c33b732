"""Signatures: what real botocore signs is taken, anything else is refused in the form that AWS clients know."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from mturk_bridge import keys
from mturk_bridge.keys import KeyPair
from tests.mturk.endpoint import Desk

TARGET = "MTurkRequesterServiceV20170117.GetAccountBalance"


def signed(desk: Desk, body: bytes = b"{}", *, service: str = "mturk-requester", **headers: str) -> dict[str, str]:
    """The headers of a request, signed by botocore."""
    given = {"content-type": "application/x-amz-json-1.1", "x-amz-target": TARGET, **headers}
    request = AWSRequest("POST", f"{desk.url}/mturk/requester", given, body)
    SigV4Auth(Credentials(desk.pair.access_key_id, desk.pair.secret_access_key), service, "eu-west-1").add_auth(request)
    return dict(request.headers.items())


def send(desk: Desk, headers: dict[str, str], body: bytes = b"{}") -> tuple[int, Any]:
    """Status and JSON of an answer."""
    request = urllib.request.Request(f"{desk.url}/mturk/requester", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_what_botocore_signs_is_taken(desk: Desk) -> None:
    """Any region; header parts with or without a space after the comma."""
    headers = signed(desk)
    assert send(desk, headers) == (200, {"AvailableBalance": "1000.00", "OnHoldBalance": "0.00"})
    tight = {**headers, "Authorization": headers["Authorization"].replace(", ", ",")}
    assert send(desk, tight)[0] == 200


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"Authorization": None}, "MissingAuthenticationToken"),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=x"}, "IncompleteSignatureException"),
        ({"x-amz-target": "MTurkRequesterServiceV20170117.SendBonus"}, "InvalidSignatureException"),
        ({"X-Amz-Date": "20200101T000000Z"}, "InvalidSignatureException"),
        ({"X-Amz-Date": "yesterday"}, "IncompleteSignatureException"),
    ],
    ids=["unsigned", "half", "another operation", "old", "no date"],
)
def test_what_is_not_as_it_was_signed_is_refused(desk: Desk, change: dict[str, str | None], kind: str) -> None:
    """A status of 400 and a `__type`, as AWS's own services answer."""
    headers = {name: value for name, value in {**signed(desk), **change}.items() if value is not None}
    status, said = send(desk, headers)
    assert (status, said["__type"]) == (400, kind)


def test_another_body_or_service_is_refused(desk: Desk) -> None:
    """The body is signed too, and a signature for another service opens nothing here."""
    assert send(desk, signed(desk), b'{"MaxResults":1}')[1]["__type"] == "InvalidSignatureException"
    assert send(desk, signed(desk, service="s3"))[1]["__type"] == "IncompleteSignatureException"


def test_an_old_request_is_refused_when_the_labs_clock_went_on(desk: Desk) -> None:
    """Fifteen minutes either way."""
    headers = signed(desk)
    desk.clock.forward(minutes=14)
    assert send(desk, headers)[0] == 200
    desk.clock.forward(minutes=2)
    assert send(desk, headers)[1]["__type"] == "InvalidSignatureException"


def test_wrong_and_ended_keys_open_nothing(desk: Desk) -> None:
    """A wrong secret, an unknown key, a key that was ended."""
    wrong = KeyPair(desk.pair.access_key_id, "x" * 40)
    unknown = KeyPair("LABNOSUCHKEY", desk.pair.secret_access_key)
    for pair, kind in ((wrong, "InvalidSignatureException"), (unknown, "UnrecognizedClientException")):
        with pytest.raises(ClientError) as refused:
            desk.client(pair=pair).get_account_balance()
        assert refused.value.response["Error"]["Code"] == kind
    keys.end_key(desk.ctx, desk.pair.access_key_id)
    with pytest.raises(ClientError, match="no such key"):
        desk.client().get_account_balance()


def test_the_secret_is_stored_nowhere(desk: Desk) -> None:
    """Who copies the database can sign nothing."""
    desk.client().get_account_balance()
    with desk.ctx.db.reading() as connection:
        dump = "".join(
            str(row)
            for table in ("mturk_key", "mturk_requester", "audit")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        )
    assert desk.pair.access_key_id in dump
    assert desk.pair.secret_access_key not in dump


def test_odd_requests_are_answered_in_the_protocols_own_form(desk: Desk) -> None:
    """No JSON, no such operation, a list instead of an object, depth without end."""
    for body, target, kind in (
        (b"{", TARGET, "SerializationException"),
        (b"[" * 100_000, TARGET, "SerializationException"),
        (b"[]", TARGET, "RequestError"),
        (b"{}", "MTurkRequesterServiceV20170117.MakeCoffee", "UnknownOperationException"),
        (b"{}", "nonsense", "UnknownOperationException"),
    ):
        status, said = send(desk, signed(desk, body, **{"x-amz-target": target}), body)
        assert (status, said["__type"]) == (400, kind)
