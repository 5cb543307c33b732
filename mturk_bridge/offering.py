"""Whom a requester's HITs are offered to: qualifications, and the private form of a block.

The workbench's own way to keep work to some people is used: a project that is closed but to those who are cleared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.engine import Connection

from mturk_bridge.store import blocks, qualifications
from mturk_bridge.store.hits import HitType
from workbench.domain import DAY_MS, Json
from workbench.store import overviews, people, projects

COUNTRY = "NL"
# MTurk's own qualifications. Here they hold for everybody: nobody is chosen by counts of approvals, and everybody is guided.
LOCALE = "00000000000000000071"
SYSTEM = frozenset(
    {
        LOCALE,
        "00000000000000000040",  # number of HITs approved
        "000000000000000000L0",  # percentage of assignments approved
        "00000000000000000060",  # adult content: a manager looks first
        "2F1QJWKUDD8XADTFD2Q0G6UTO95ALH",  # Masters, sandbox and production
        "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6",
    }
)
ALWAYS_MS = 1000 * 365 * DAY_MS


def is_system(type_id: str) -> bool:
    """Is this one of MTurk's own qualifications?"""
    return type_id in SYSTEM


def holds_for_everybody(requirement: Mapping[str, Json]) -> bool:
    """Does everybody here meet this system requirement? Only where somebody lives can fail."""
    if requirement["QualificationTypeId"] != LOCALE:
        return bool(requirement["Comparator"] != "DoesNotExist")
    countries = {each["Country"] for each in requirement.get("LocaleValues") or []}
    return (COUNTRY in countries) == (requirement["Comparator"] in ("EqualTo", "In")) or requirement["Comparator"] == "Exists"


def meets(requirement: Mapping[str, Json], value: int | None, has: bool) -> bool:
    """Does somebody with this qualification (or without it) meet a requirement? `value` None: it has no number."""
    comparator, numbers = str(requirement["Comparator"]), list(requirement.get("IntegerValues") or [])
    if comparator in ("Exists", "DoesNotExist"):
        return has == (comparator == "Exists")
    if not has or value is None:
        return comparator in ("NotEqualTo", "NotIn")
    first = numbers[0] if numbers else 0
    return {
        "LessThan": value < first,
        "LessThanOrEqualTo": value <= first,
        "GreaterThan": value > first,
        "GreaterThanOrEqualTo": value >= first,
        "EqualTo": value == first,
        "NotEqualTo": value != first,
        "In": value in numbers,
        "NotIn": value not in numbers,
    }[comparator]


def sync(connection: Connection, hit_type: HitType, now: int) -> None:
    """Offer this type's HITs to those who may have them: to everybody, or to those who qualify and are not left out."""
    own = [each for each in hit_type.requirements if not is_system(str(each["QualificationTypeId"]))]
    left_out = blocks.people_of(connection, hit_type.requester_id)
    if not own and not left_out:
        _open_to_all(connection, hit_type.project_id, now)
        return
    may = [person for person in people.worker_ids(connection) if person not in left_out]
    for requirement in own:
        may = _who_meet(connection, hit_type.requester_id, requirement, may)
    overviews.set_embargo(connection, hit_type.project_id, until_ms=now + ALWAYS_MS)
    people.set_clearances(connection, hit_type.project_id, may, given_by=None, now=now)


def sync_requester(connection: Connection, hit_types: Sequence[HitType], now: int) -> None:
    """The same for several types: after a qualification was given or taken back, or a block began or ended."""
    for each in hit_types:
        sync(connection, each, now)


def _open_to_all(connection: Connection, project_id: int, now: int) -> None:
    until_ms = projects.project_by_id(connection, project_id).embargo_until_ms
    # Only what was closed here is opened here: an embargo that a manager set has a date that comes.
    if until_ms is not None and until_ms > now + ALWAYS_MS // 2:
        overviews.set_embargo(connection, project_id, until_ms=None)


def _who_meet(connection: Connection, requester_id: int, requirement: Mapping[str, Any], people_ids: list[int]) -> list[int]:
    found = qualifications.type_of(connection, requester_id, str(requirement["QualificationTypeId"]), deleted=True)
    held = qualifications.held(connection, found.id) if found else {}
    return [person for person in people_ids if meets(requirement, held.get(person), person in held)]
