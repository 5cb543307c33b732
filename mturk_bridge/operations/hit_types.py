"""CreateHITType, and the project that stands for a type of HIT."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import money, offering
from mturk_bridge import tables as b
from mturk_bridge.errors import RequestError, not_there
from mturk_bridge.ids import new_id
from mturk_bridge.operations.call import Call, refuse_long, refuse_outside, wrong
from mturk_bridge.store import hits, qualifications, repeats
from mturk_bridge.store.hits import HitType
from workbench.domain import Json
from workbench.store import datasets, projects

YEAR = 365 * 24 * 3600
OPINIONS = frozenset({"opinion", "opinions", "survey", "surveys", "poll", "mening", "enquete", "vragenlijst", "onderzoek"})
DUTCH = frozenset({"dutch", "nederlands", "nederlandse"})
MOST_REQUIREMENTS = 10
WITH_NUMBER = frozenset({"LessThan", "LessThanOrEqualTo", "GreaterThan", "GreaterThanOrEqualTo", "EqualTo", "NotEqualTo"})


def create_hit_type(call: Call) -> dict[str, Any]:
    """The type of these properties: the one that is there, or a new one."""
    return {"HITTypeId": call.write(lambda connection: type_for(connection, call)).hit_type_id}


def type_for(connection: Connection, call: Call) -> HitType:
    """
    The type of HIT of the properties in a call.

    Raises:
        RequestError: a property that does not go.
    """
    values = _properties(connection, call)
    fingerprint = repeats.fingerprint({name: value for name, value in values.items() if name != "opinion"})
    same = (b.hit_type.c.requester_id == call.requester.id, b.hit_type.c.fingerprint == fingerprint)
    found = hits.type_by(connection, *same)
    if found is not None:
        return found
    hit_type_id = new_id()
    row = {
        **values,
        "hit_type_id": hit_type_id,
        "requester_id": call.requester.id,
        "fingerprint": fingerprint,
        "project_id": _project(connection, call, values, hit_type_id),
        "held": "waiting" if call.requester.needs_yes else "",
        "created_ms": call.now,
    }
    made = hits.add_type(connection, row)
    offering.sync(connection, made, call.now)
    return made


def _properties(connection: Connection, call: Call) -> dict[str, Any]:
    refuse_long(call, Title=128, Description=2000, Keywords=1000)
    refuse_outside(call, AssignmentDurationInSeconds=(30, YEAR), AutoApprovalDelayInSeconds=(0, 30 * 24 * 3600))
    for name in ("Title", "Description"):
        if not call.text(name).strip():
            raise wrong(f"{name} is empty.")
    keywords = call.given.get("Keywords")
    requirements = call.given.get("QualificationRequirements") or []
    check_requirements(connection, call, requirements)
    approval = call.given.get("AutoApprovalDelayInSeconds")
    return {
        "title": " ".join(call.text("Title").split()),
        "description": call.text("Description").strip(),
        "keywords": keywords,
        "reward_cents": money.cents(call.text("Reward")),
        "duration_seconds": call.given["AssignmentDurationInSeconds"],
        "approval_seconds": 30 * 24 * 3600 if approval is None else approval,
        "requirements": list(requirements),
        "opinion": bool(_words(keywords) & OPINIONS),
    }


def _project(connection: Connection, call: Call, values: Mapping[str, Any], hit_type_id: str) -> int:
    language = "nl" if _words(values["keywords"]) & DUTCH else "en"
    project = projects.create_project(
        connection,
        name=f"{values['title']} · {hit_type_id[-6:]}",
        client_id=call.requester.client_id,
        language=language,
        settings={"mturk": hit_type_id},
        created_by=None,
        now=call.now,
    )
    datasets.create_dataset(connection, project_id=project.id, name="HITs", created_by=None, now=call.now)
    if not call.requester.needs_yes:
        projects.set_status(connection, project.id, "open", call.now)
    return project.id


def check_requirements(connection: Connection, call: Call, requirements: Sequence[Mapping[str, Json]]) -> None:
    """
    Requirements that this lab can hold.

    Raises:
        RequestError: too many, a qualification that is not there, or one that nobody here can meet.
    """
    if len(requirements) > MOST_REQUIREMENTS:
        raise wrong(f"There are {len(requirements)} QualificationRequirements; {MOST_REQUIREMENTS} fit.")
    for each in requirements:
        _check_values(each)
        type_id = str(each["QualificationTypeId"])
        if offering.is_system(type_id):
            if not offering.holds_for_everybody(each):
                raise RequestError(
                    f"Nobody here meets the requirement {type_id}: this lab's people are in {offering.COUNTRY}.",
                    "InvalidQualificationRequirement",
                )
        elif qualifications.type_of(connection, call.requester.id, type_id) is None:
            raise not_there("QualificationType", type_id)


def _check_values(requirement: Mapping[str, Json]) -> None:
    comparator, numbers = requirement["Comparator"], requirement.get("IntegerValues") or []
    if comparator in ("Exists", "DoesNotExist") and numbers:
        raise wrong(f"IntegerValues must not be there with the Comparator {comparator}.")
    if comparator in WITH_NUMBER and len(numbers) + len(requirement.get("LocaleValues") or []) != 1:
        raise wrong(f"The Comparator {comparator} needs one value.")
    if len(numbers) > 15 or len(requirement.get("LocaleValues") or []) > 30:
        raise wrong("At most 15 IntegerValues or 30 LocaleValues fit.")


def _words(keywords: str | None) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", (keywords or "").lower()))


def types_with(connection: Connection, requester_id: int, qualification_type_id: str) -> list[HitType]:
    """Types of HITs that ask for this qualification."""
    found = hits.types_of(connection, sa.and_(b.hit_type.c.requester_id == requester_id))
    wanted = qualification_type_id
    return [each for each in found if any(one["QualificationTypeId"] == wanted for one in each.requirements)]
