"""HITs: made, looked at, listed, extended, ended, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import money, pricing, questions
from mturk_bridge import tables as b
from mturk_bridge.errors import OURS, AlreadyDone, RequestError, not_there
from mturk_bridge.fair_pay import hourly_eur
from mturk_bridge.microtasks import add_microtask
from mturk_bridge.operations import hit_types
from mturk_bridge.operations.call import (
    Call,
    most,
    once,
    page_of,
    place,
    refuse_long,
    refuse_outside,
    seconds,
    wrong,
)
from mturk_bridge.questions import Asked
from mturk_bridge.store import hits, ledger, qualifications
from mturk_bridge.store.hits import Hit, HitType
from workbench.domain import Json
from workbench.store import asking, projects, settling

MOST_ASSIGNMENTS = 10_000
FEW = 10  # under ten at first: never ten or more


# --- making ----------------------------------------------------------------------------------------------------------


def create_hit(call: Call) -> dict[str, Any]:
    """A HIT of the type that these properties make."""
    return _create(call, lambda connection: hit_types.type_for(connection, call))


def create_hit_with_hit_type(call: Call) -> dict[str, Any]:
    """A HIT of a type that is there."""
    return _create(call, lambda connection: the_type(connection, call))


def _create(call: Call, find_type: Any) -> dict[str, Any]:
    refuse_long(call, RequesterAnnotation=255)
    refuse_outside(call, LifetimeInSeconds=(30, hit_types.YEAR), MaxAssignments=(1, MOST_ASSIGNMENTS))
    _refuse_policies(call)

    def make(connection: Connection) -> tuple[str, Hit]:
        asked, page, variables = _question(connection, call)
        made = _add(connection, call, find_type(connection), asked, page, variables)
        return made.hit_id, made

    def again(hit_id: str) -> AlreadyDone:
        return AlreadyDone(f'The HIT with ID "{hit_id}" already exists.', "HitAlreadyExists")

    hit = call.write(lambda connection: once(connection, call, lambda: make(connection), again))
    return {"HIT": shown(hit, call.now)}


def _question(connection: Connection, call: Call) -> tuple[Asked, str | None, dict[str, str]]:
    """What is asked, the SHA-256 of its page, and what fills its places."""
    layout_id, xml = call.given.get("HITLayoutId"), call.given.get("Question")
    if (layout_id is None) == (xml is None):
        raise wrong("Give either Question or HITLayoutId.")
    if xml is not None:
        asked = questions.read(xml)
        return asked, hits.keep_page(connection, asked.html, call.now) if asked.html is not None else None, {}
    found = hits.layout_page(connection, call.requester.id, str(layout_id))
    if found is None:
        raise not_there("HITLayout", str(layout_id))
    variables = {each["Name"]: each["Value"] for each in call.given.get("HITLayoutParameters") or []}
    return questions.of_page(found[1]), found[0], variables


def _add(connection: Connection, call: Call, hit_type: HitType, asked: Asked, page: str | None, variables: dict[str, str]) -> Hit:
    wanted = call.given.get("MaxAssignments") or 1
    price = pricing.price_of(connection, hit_type.id, asked.seconds, call.now)
    pricing.check(price, hit_type.reward_cents)
    cost = hit_type.reward_cents * wanted
    spendable = ledger.spendable(connection, call.requester.id, cost)
    if spendable < cost:
        raise RequestError(
            f"This Requester has insufficient funds: ${money.dollars(spendable)} is left, this HIT needs "
            f"${money.dollars(cost)}. Ask the lab manager for credit.",
            "InsufficientFunds",
        )
    ledger.promise(connection, call.requester.id, cost)
    facts = {
        "title": hit_type.title,
        "description": hit_type.description,
        "requester": call.requester.name,
        "about": call.requester.public_id,
        "seconds": round(price.seconds),
        "hourly_eur": f"{hourly_eur(hit_type.reward_cents, price.seconds, price.floor.usd_per_eur):.2f}",
    }
    payload = {"facts": facts, **(asked.form or _page_payload(asked, page, variables))}
    microtask_id = add_microtask(connection, hit_type, asked.task_type, payload, wanted=wanted, now=call.now)
    if asked.personal and hit_type.held == "":
        # Who asks for data about people waits for a person's yes.
        hits.hold(connection, hit_type.id, "waiting")
        projects.set_status(connection, hit_type.project_id, "paused", call.now)
    row = {
        "requester_id": call.requester.id,
        "hit_type_id": hit_type.id,
        "microtask_id": microtask_id,
        "question": call.given.get("Question") or "",
        "layout_id": call.given.get("HITLayoutId"),
        "annotation": call.given.get("RequesterAnnotation"),
        "first_assignments": wanted,
        "max_assignments": wanted,
        "created_ms": call.now,
        "expires_ms": call.now + call.given["LifetimeInSeconds"] * 1000,
    }
    return hits.add(connection, row)


def _page_payload(asked: Asked, page: str | None, variables: Mapping[str, str]) -> dict[str, Json]:
    where: dict[str, Json] = {"url": asked.url} if asked.url is not None else {"page": page}
    return {**where, "variables": dict(variables), "frame_height": asked.frame_height}


def _refuse_policies(call: Call) -> None:
    for name in ("AssignmentReviewPolicy", "HITReviewPolicy"):
        policy = call.given.get(name)
        if policy is None:
            continue
        if "KnownAnswers" in policy["PolicyName"]:
            raise RequestError(
                f"{name}: known answers would approve or reject people's work without a person. Review it yourself.",
                f"{OURS}NoAutomaticReview",
            )
        raise RequestError(
            f"{name}: this lab runs no review policies. Read the answers and review them.", f"{OURS}NoReviewPolicy"
        )


# --- looking ---------------------------------------------------------------------------------------------------------


def get_hit(call: Call) -> dict[str, Any]:
    """One HIT, also a deleted one."""
    return {"HIT": shown(call.read(lambda connection: the_hit(connection, call, deleted=True)), call.now)}


def list_hits(call: Call) -> dict[str, Any]:
    """All HITs of this requester, newest first."""
    return _listed(call)


def list_reviewable_hits(call: Call) -> dict[str, Any]:
    """HITs whose answers can be reviewed, or that are being reviewed."""
    where = [b.hit.c.reviewing if call.given.get("Status") == "Reviewing" else hits.is_reviewable(call.now)]
    if "HITTypeId" in call.given:
        found = call.read(lambda connection: the_type(connection, call))
        where.append(b.hit.c.hit_type_id == found.id)
    return _listed(call, *where)


def list_hits_for_qualification_type(call: Call) -> dict[str, Any]:
    """HITs that ask for a qualification."""
    wanted = call.text("QualificationTypeId")

    def types(connection: Connection) -> list[int]:
        if qualifications.type_of(connection, call.requester.id, wanted) is None:
            raise not_there("QualificationType", wanted)
        return [each.id for each in hit_types.types_with(connection, call.requester.id, wanted)]

    return _listed(call, b.hit.c.hit_type_id.in_(call.read(types)))


def _listed(call: Call, *where: sa.ColumnElement[bool]) -> dict[str, Any]:
    before, number = place(call), most(call)
    found = call.read(lambda connection: hits.of_requester(connection, call.requester.id, *where, before=before, most=number + 1))
    return page_of(call, "HITs", [(each.id, shown(each, call.now)) for each in found])


# --- changing --------------------------------------------------------------------------------------------------------


def update_expiration_for_hit(call: Call) -> dict[str, Any]:
    """Another end; one that has passed ends it now. What somebody is busy with may be finished."""
    expires_ms = int(call.given["ExpireAt"] * 1000)

    def change(connection: Connection) -> None:
        hit = the_hit(connection, call)
        if expires_ms <= call.now:
            hits.change(connection, hit.id, expires_ms=call.now)
            settling.close_places(connection, [hit.microtask_id], call.now)
            return
        if hit.expires_ms <= call.now:
            # Places that the sweep has not closed yet are wanted still.
            missing = hit.max_assignments - hits.wanted(connection, hit.microtask_id)
            _promise(connection, call, hit, missing)
            if missing > 0:
                asking.ask_more(connection, [hit.microtask_id], more=missing)
        hits.change(connection, hit.id, expires_ms=expires_ms, reviewing=False)

    call.write(change)
    return {}


def create_additional_assignments_for_hit(call: Call) -> dict[str, Any]:
    """More answers to the same HIT."""
    more = int(call.given["NumberOfAdditionalAssignments"])
    if not 1 <= more <= MOST_ASSIGNMENTS:
        raise wrong(f"NumberOfAdditionalAssignments is {more}; 1 to {MOST_ASSIGNMENTS} fit.")

    def extend(connection: Connection) -> tuple[str, None]:
        hit = the_hit(connection, call)
        if hit.first_assignments < FEW <= hit.max_assignments + more:
            raise RequestError(
                f"This HIT began with under {FEW} assignments, so it cannot have {hit.max_assignments + more}. Make a new HIT.",
                "InvalidMaximumAssignmentsIncrease",
            )
        price = pricing.price_of(connection, hit.type.id, 0.0, call.now)
        pricing.check(price, hit.type.reward_cents)
        _promise(connection, call, hit, more)
        hits.change(connection, hit.id, max_assignments=hit.max_assignments + more, reviewing=False)
        # A late answer came on top of those that were asked for: it counts as one of the new ones.
        missing = hit.max_assignments + more - hits.wanted(connection, hit.microtask_id)
        if missing > 0 and not hit.is_over(call.now):
            asking.ask_more(connection, [hit.microtask_id], more=missing)
        return hit.hit_id, None

    def again(hit_id: str) -> AlreadyDone:
        return AlreadyDone(f'The request to extend the HIT "{hit_id}" was carried out already.', "ExtensionAlreadyExists")

    call.write(lambda connection: once(connection, call, lambda: extend(connection), again))
    return {}


def _promise(connection: Connection, call: Call, hit: Hit, more: int) -> None:
    """Money for so many answers more. Raises RequestError where there is not enough."""
    cost = hit.type.reward_cents * max(more, 0)
    spendable = ledger.spendable(connection, call.requester.id, cost)
    if spendable < cost:
        raise RequestError(f"This Requester has insufficient funds: ${money.dollars(spendable)} is left.", "InsufficientFunds")
    ledger.promise(connection, call.requester.id, cost)


def delete_hit(call: Call) -> dict[str, Any]:
    """A HIT that is reviewed is out of sight; its answers and its money stay on record."""

    def delete(connection: Connection) -> None:
        hit = the_hit(connection, call)
        state = hit.status(call.now)
        if state not in ("Reviewable", "Reviewing"):
            raise wrong_state("HIT", state, "Reviewing, Reviewable")
        if hit.reviewed < hit.answers:
            raise RequestError(
                f"HIT {hit.hit_id} has {hit.answers - hit.reviewed} answers without a review. Approve them first.",
                "InvalidHITState",
            )
        settling.close_places(connection, [hit.microtask_id], call.now)
        ledger.put_away(connection, call.requester.id, hit.type.reward_cents * hits.wanted(connection, hit.microtask_id))
        hits.change(connection, hit.id, deleted_ms=call.now)

    call.write(delete)
    return {}


def update_hit_review_status(call: Call) -> dict[str, Any]:
    """From Reviewable to Reviewing, or back with Revert."""
    back = bool(call.given.get("Revert", False))

    def change(connection: Connection) -> None:
        hit = the_hit(connection, call)
        expected = "Reviewing" if back else "Reviewable"
        if hit.status(call.now) != expected:
            raise wrong_state("HIT", hit.status(call.now), expected)
        hits.change(connection, hit.id, reviewing=not back)

    call.write(change)
    return {}


def update_hit_type_of_hit(call: Call) -> dict[str, Any]:
    """Another type for a HIT that nobody has seen yet: what a worker was promised does not change afterwards."""

    def change(connection: Connection) -> None:
        hit, new = the_hit(connection, call), the_type(connection, call)
        if hit.answers or hit.pending:
            raise RequestError(
                "People work on this HIT already: what they were promised stays. Let it expire and make a new one.",
                "InvalidHITState",
            )
        if new.reward_cents < hit.type.reward_cents or new.project_id != hit.type.project_id:
            raise RequestError(
                "This HIT cannot move: its question stands in the other type's project. Let it expire and make a new one.",
                f"{OURS}CannotMove",
            )

    call.write(change)
    return {}


# --- what is found and shown -----------------------------------------------------------------------------------------


def the_hit(connection: Connection, call: Call, *, deleted: bool = False) -> Hit:
    """The HIT of this call. Raises RequestError when it is not this requester's, or deleted."""
    hit = hits.hit_of(connection, call.requester.id, call.text("HITId"))
    if hit is None or (hit.deleted_ms is not None and not deleted):
        raise not_there("HIT", call.text("HITId"))
    return hit


def the_type(connection: Connection, call: Call) -> HitType:
    """The type of HIT of this call. Raises RequestError when it is not this requester's."""
    found = hits.type_of(connection, call.requester.id, call.text("HITTypeId"))
    if found is None:
        raise not_there("HITType", call.text("HITTypeId"))
    return found


def wrong_state(what: str, state: str, expected: str) -> RequestError:
    """Something is in a state in which this does not go: MTurk's own sentence."""
    return RequestError(
        f"This {what} is currently in the state '{state}'. This operation can be called with a status of: {expected}",
        f"Invalid{what}State",
    )


def shown(hit: Hit, now: int) -> dict[str, Any]:
    """A HIT as the protocol shows it."""
    said = {
        "HITId": hit.hit_id,
        "HITTypeId": hit.type.hit_type_id,
        "HITGroupId": hit.type.hit_type_id,
        "HITLayoutId": hit.layout_id,
        "CreationTime": seconds(hit.created_ms),
        "Title": hit.type.title,
        "Description": hit.type.description,
        "Question": hit.question or None,
        "Keywords": hit.type.keywords,
        "HITStatus": hit.status(now),
        "MaxAssignments": hit.max_assignments,
        "Reward": money.dollars(hit.type.reward_cents),
        "AutoApprovalDelayInSeconds": hit.type.approval_seconds,
        "Expiration": seconds(hit.expires_ms),
        "AssignmentDurationInSeconds": hit.type.duration_seconds,
        "RequesterAnnotation": hit.annotation,
        "QualificationRequirements": list(hit.type.requirements),
        "HITReviewStatus": "NotReviewed",
        "NumberOfAssignmentsPending": hit.pending,
        "NumberOfAssignmentsAvailable": hit.available(now),
        "NumberOfAssignmentsCompleted": hit.reviewed,
    }
    return {name: value for name, value in said.items() if value is not None}
