"""Qualifications: types with their tests, who has them, who asks for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from mturk_bridge import answer_keys, offering, qualification_tests
from mturk_bridge.errors import OURS, RequestError, not_there
from mturk_bridge.operations import hit_types
from mturk_bridge.operations.call import Call, most, page_of, place, refuse_long, seconds, wrong
from mturk_bridge.operations.hits import wrong_state
from mturk_bridge.operations.workers import the_worker
from mturk_bridge.questions import form_of
from mturk_bridge.store import qualifications as store
from mturk_bridge.store.qualifications import QualificationType, Request

CHANGEABLE = {
    "Description": "description",
    "QualificationTypeStatus": "status",
    "Test": "test",
    "AnswerKey": "answer_key",
    "TestDurationInSeconds": "test_seconds",
    "RetryDelayInSeconds": "retry_seconds",
    "AutoGranted": "auto_granted",
    "AutoGrantedValue": "auto_value",
}


# --- types -----------------------------------------------------------------------------------------------------------


def create_qualification_type(call: Call) -> dict[str, Any]:
    """A new type. Its test, where it has one, is offered to workers as a question like any other."""
    refuse_long(call, Name=200, Description=2000, Keywords=1000)
    _check_test(call)
    name = call.text("Name").strip()
    if not name:
        raise wrong("Name is empty.")

    def create(connection: Connection) -> QualificationType:
        if store.name_is_taken(connection, call.requester.id, name):
            raise RequestError(
                f'You have already created a QualificationType with the name "{name}".', "QualificationTypeAlreadyExists"
            )
        row = {
            "requester_id": call.requester.id,
            "name": name,
            "keywords": call.given.get("Keywords"),
            "created_ms": call.now,
            "auto_granted": False,
            **_changed(call),
        }
        made = store.add_type(connection, row)
        return qualification_tests.offer(connection, call.requester, made, call.now)

    return {"QualificationType": _shown(call.write(create))}


def update_qualification_type(call: Call) -> dict[str, Any]:
    """Other values; name and keywords stay."""
    refuse_long(call, Description=2000)

    def update(connection: Connection) -> QualificationType:
        found = _type(connection, call)
        _check_test(call, found)
        store.change_type(connection, found.id, **_changed(call))
        return qualification_tests.offer(
            connection, call.requester, _type(connection, call), call.now, again="Test" in call.given
        )

    return {"QualificationType": _shown(call.write(update))}


def _check_test(call: Call, before: QualificationType | None = None) -> None:
    given = call.given
    if "Test" in given:
        form_of(call.text("Test"), "Test")
        if "TestDurationInSeconds" not in given:
            raise wrong("Test needs TestDurationInSeconds.")
    if "AnswerKey" in given:
        if "Test" not in given:
            raise wrong("AnswerKey needs Test.")
        answer_keys.read(call.text("AnswerKey"))
    if given.get("AutoGranted") and ("Test" in given or (before and before.test)):
        raise wrong("A type with a Test cannot be AutoGranted.")


def _changed(call: Call) -> dict[str, Any]:
    found = {column: call.given[name] for name, column in CHANGEABLE.items() if name in call.given}
    if "Test" in call.given:
        found |= {"answer_key": call.given.get("AnswerKey")}
    return found


def get_qualification_type(call: Call) -> dict[str, Any]:
    """One type."""
    return {"QualificationType": _shown(call.read(lambda connection: _type(connection, call)))}


def list_qualification_types(call: Call) -> dict[str, Any]:
    """This requester's types; others' are not shown to anybody."""
    before, number = place(call), most(call)
    found = call.read(
        lambda connection: store.types(
            connection,
            call.requester.id,
            words=call.given.get("Query"),
            requestable=call.given["MustBeRequestable"],
            before=before,
            most=number + 1,
        )
    )
    return page_of(call, "QualificationTypes", [(each.id, _shown(each)) for each in found])


def delete_qualification_type(call: Call) -> dict[str, Any]:
    """Gone for new HITs; requests that wait are rejected, and who has it keeps it for HITs that ask for it."""

    def delete(connection: Connection) -> None:
        found = _type(connection, call)
        for request in store.waiting(connection, call.requester.id, found.id, after=0, most=100_000):
            store.decide(connection, request.id, "rejected", "The qualification does not exist any more.", call.now)
        store.change_type(connection, found.id, deleted_ms=call.now, status="Inactive")
        qualification_tests.withdraw(connection, found, call.now)

    call.write(delete)
    return {}


# --- who has them ----------------------------------------------------------------------------------------------------


def associate_qualification_with_worker(call: Call) -> dict[str, Any]:
    """Give it to somebody."""

    def give(connection: Connection) -> None:
        found, known = _type(connection, call), the_worker(connection, call)
        value = call.given.get("IntegerValue", 1)
        store.give(connection, found.id, known.person_id, known.worker_id, value=value, now=call.now)
        offer_again(connection, call, found)

    call.write(give)
    return {}


def disassociate_qualification_from_worker(call: Call) -> dict[str, Any]:
    """Take it back."""

    def take(connection: Connection) -> None:
        found, known = _type(connection, call), the_worker(connection, call)
        held = store.held(connection, found.id)
        if known.person_id not in held:
            raise RequestError(f"Worker {known.worker_id} does not have this qualification.", "QualificationDoesNotExist")
        reason, value = call.given.get("Reason"), held[known.person_id]
        store.give(
            connection, found.id, known.person_id, known.worker_id, value=value, status="Revoked", reason=reason, now=call.now
        )
        offer_again(connection, call, found)

    call.write(take)
    return {}


def get_qualification_score(call: Call) -> dict[str, Any]:
    """One worker's value."""

    def read(connection: Connection) -> dict[str, Any]:
        found, known = _type(connection, call), the_worker(connection, call)
        rows = [row for row in store.newest(connection, found.id) if row.person_id == known.person_id]
        if not rows:
            raise RequestError(f"Worker {known.worker_id} does not have this qualification.", "QualificationDoesNotExist")
        return _qualification(found, rows[0])

    return {"Qualification": call.read(read)}


def list_workers_with_qualification_type(call: Call) -> dict[str, Any]:
    """Who has it (or had it, with Status Revoked)."""
    after, number = place(call) or 0, most(call)
    status = call.given.get("Status", "Granted")

    def read(connection: Connection) -> list[tuple[int, dict[str, Any]]]:
        found = _type(connection, call)
        rows = store.newest(connection, found.id, after=after, most=number + 1, status=status)
        return [(row.id, _qualification(found, row)) for row in rows]

    return page_of(call, "Qualifications", call.read(read))


def _qualification(found: QualificationType, row: Any) -> dict[str, Any]:
    said = {
        "QualificationTypeId": found.qualification_type_id,
        "WorkerId": row.worker_id,
        "GrantTime": seconds(row.at_ms),
        "IntegerValue": row.value,
        "Status": row.status,
    }
    return {name: value for name, value in said.items() if value is not None}


# --- who asks --------------------------------------------------------------------------------------------------------


def list_qualification_requests(call: Call) -> dict[str, Any]:
    """Requests that wait."""
    after, number = place(call) or 0, most(call)

    def read(connection: Connection) -> list[tuple[int, dict[str, Any]]]:
        found = _type(connection, call) if "QualificationTypeId" in call.given else None
        waiting = store.waiting(connection, call.requester.id, found.id if found else None, after=after, most=number + 1)
        return [(each.id, _request(connection, each)) for each in waiting]

    qualification_tests.take_in(call.ctx)
    return page_of(call, "QualificationRequests", call.read(read))


def _request(connection: Connection, request: Request) -> dict[str, Any]:
    said = {
        "QualificationRequestId": request.request_id,
        "QualificationTypeId": store.type_by_id(connection, request.type_id).qualification_type_id,
        "WorkerId": request.worker_id,
        "Test": request.test,
        "Answer": request.answer,
        "SubmitTime": seconds(request.at_ms),
    }
    return {name: value for name, value in said.items() if value is not None}


def accept_qualification_request(call: Call) -> dict[str, Any]:
    """Grant it, with a value."""

    def accept(connection: Connection) -> None:
        request = _waiting(connection, call)
        value = call.given.get("IntegerValue", 1)
        store.decide(connection, request.id, "granted", None, call.now)
        store.give(connection, request.type_id, request.person_id, request.worker_id, value=value, now=call.now)
        offer_again(connection, call, store.type_by_id(connection, request.type_id))

    call.write(accept)
    return {}


def reject_qualification_request(call: Call) -> dict[str, Any]:
    """Do not grant it; the words stay with the lab."""

    def reject(connection: Connection) -> None:
        store.decide(connection, _waiting(connection, call).id, "rejected", call.given.get("Reason"), call.now)

    call.write(reject)
    return {}


def _waiting(connection: Connection, call: Call) -> Request:
    request = store.request_of(connection, call.requester.id, call.text("QualificationRequestId"))
    if request is None:
        raise not_there("QualificationRequest", call.text("QualificationRequestId"))
    if request.status != "waiting":
        raise wrong_state("QualificationRequest", request.status.capitalize(), "Submitted")
    return request


# --- shared ----------------------------------------------------------------------------------------------------------


def offer_again(connection: Connection, call: Call, found: QualificationType) -> None:
    """HITs that ask for this qualification are offered to whoever has it now."""
    types = hit_types.types_with(connection, call.requester.id, found.qualification_type_id)
    offering.sync_requester(connection, types, call.now)


def _type(connection: Connection, call: Call) -> QualificationType:
    wanted = call.text("QualificationTypeId")
    if offering.is_system(wanted):
        raise RequestError(f"{wanted} is one of MTurk's own qualifications: this lab keeps none of those.", f"{OURS}NotKept")
    found = store.type_of(connection, call.requester.id, wanted)
    if found is None:
        raise not_there("QualificationType", wanted)
    return found


def _shown(found: QualificationType) -> dict[str, Any]:
    said = {
        "QualificationTypeId": found.qualification_type_id,
        "CreationTime": seconds(found.created_ms),
        "Name": found.name,
        "Description": found.description,
        "Keywords": found.keywords,
        "QualificationTypeStatus": found.status,
        "Test": found.test,
        "TestDurationInSeconds": found.test_seconds,
        "AnswerKey": found.answer_key,
        "RetryDelayInSeconds": found.retry_seconds,
        "IsRequestable": True,
        "AutoGranted": found.auto_granted,
        "AutoGrantedValue": found.auto_value,
    }
    return {name: value for name, value in said.items() if value is not None}
