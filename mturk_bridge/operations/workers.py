"""Words to workers, and leaving somebody out."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mturk_bridge import messages, offering
from mturk_bridge import tables as b
from mturk_bridge.errors import RequestError
from mturk_bridge.operations.call import Call, most, page_of, place, refuse_long, wrong
from mturk_bridge.store import blocks, hits, workers
from mturk_bridge.store.hits import HitType
from mturk_bridge.store.workers import Known

MOST_WORKERS = 100


def notify_workers(call: Call) -> dict[str, Any]:
    """A message for up to a hundred workers. Each waits at the person's coach; who is not known here is named."""
    refuse_long(call, Subject=200, MessageText=4096)
    wanted = call.given["WorkerIds"]
    if not 0 < len(wanted) <= MOST_WORKERS:
        raise wrong(f"There are {len(wanted)} WorkerIds; 1 to {MOST_WORKERS} fit.")

    def tell(connection: Connection) -> list[str]:
        unknown = []
        for worker_id in dict.fromkeys(wanted):
            known = workers.find(connection, call.requester.id, worker_id)
            if known is None:
                unknown.append(worker_id)
                continue
            messages.to_worker(
                connection,
                call.requester,
                person_id=known.person_id,
                project_id=_project(connection, call, known),
                about="notify",
                subject=call.text("Subject"),
                words=call.text("MessageText"),
                now=call.now,
            )
        return unknown

    return {
        "NotifyWorkersFailureStatuses": [
            {
                "NotifyWorkersFailureCode": "HardFailure",
                "NotifyWorkersFailureMessage": "You never had an answer from this worker.",
                "WorkerId": worker_id,
            }
            for worker_id in call.write(tell)
        ]
    }


def _project(connection: Connection, call: Call, known: Known) -> int:
    where = b.hit_type.c.requester_id == call.requester.id
    if known.hit_type_row is not None:
        where = sa.and_(where, b.hit_type.c.id == known.hit_type_row)
    return hits.types_of(connection, where)[0].project_id


def create_worker_block(call: Call) -> dict[str, Any]:
    """This requester's HITs are not offered to this person any more. Nobody else hears of it, and no account is harmed."""
    reason = call.text("Reason")

    def block(connection: Connection) -> None:
        known = the_worker(connection, call)
        blocks.add(connection, call.requester.id, known.person_id, known.worker_id, reason, call.now)
        _offer_again(connection, call)

    call.write(block)
    return {}


def delete_worker_block(call: Call) -> dict[str, Any]:
    """The other way round; harmless where there is no block."""

    def unblock(connection: Connection) -> None:
        blocks.end(connection, call.requester.id, the_worker(connection, call).person_id, call.now)
        _offer_again(connection, call)

    call.write(unblock)
    return {}


def list_worker_blocks(call: Call) -> dict[str, Any]:
    """Who is left out by this requester."""
    after, number = place(call) or 0, most(call)
    found = call.read(lambda connection: blocks.listed(connection, call.requester.id, after=after, most=number + 1))
    return page_of(call, "WorkerBlocks", [(row.id, {"WorkerId": row.worker_id, "Reason": row.reason}) for row in found])


def the_worker(connection: Connection, call: Call) -> Known:
    """The worker of this call. Raises RequestError when this requester never met them."""
    known = workers.find(connection, call.requester.id, call.text("WorkerId"))
    if known is None:
        raise RequestError(f"WorkerId {call.text('WorkerId')} is invalid: you never had an answer from it.", "InvalidWorkerId")
    return known


def types_of_requester(connection: Connection, call: Call) -> list[HitType]:
    """All types of HITs of this requester."""
    return hits.types_of(connection, b.hit_type.c.requester_id == call.requester.id)


def _offer_again(connection: Connection, call: Call) -> None:
    offering.sync_requester(connection, types_of_requester(connection, call), call.now)
