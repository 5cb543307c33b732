"""Words from a requester to a worker: they never arrive by themselves, they wait for this person's coach."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from mturk_bridge.store import workers
from mturk_bridge.store.requesters import Requester
from workbench import coaching


def to_worker(
    connection: Connection,
    requester: Requester,
    *,
    person_id: int,
    project_id: int,
    about: str,
    words: str,
    now: int,
    subject: str | None = None,
    assignment_id: int | None = None,
    microtasks: Sequence[str] = (),
) -> None:
    """Keep the words and put them before the coach. Empty words are nothing."""
    if not words.strip():
        return
    kept = workers.say(
        connection,
        requester_id=requester.id,
        person_id=person_id,
        way="to_worker",
        about=about,
        subject=subject,
        words=words,
        assignment_id=assignment_id,
        now=now,
    )
    coaching.queue_feedback(
        connection,
        person_id=person_id,
        project_id=project_id,
        batch=f"mturk {requester.public_id} {about}",
        origin="review",
        words=f"{subject}\n{words}" if subject else words,
        microtasks=microtasks,
        key=f"mturk-{kept}",
        now=now,
    )
