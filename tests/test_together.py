"""Kijk mee: who may look along, what it marks, and that it leads nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Clock
from workbench import assign, ingest, people, projects, submit, throttling, together
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Conflict, NotFound, TooMany
from workbench.store import offering


@pytest.fixture
def noor(ctx: Context, tmp_path: Path) -> Person:
    """A worker with a text to rate."""
    project = projects.create(ctx, "Texts", "rating", {"question": "How good?", "gold": "off"})
    (tmp_path / "a.txt").write_text("A text.")
    ingest.ingest(ctx, project, [tmp_path / "a.txt"])
    return people.enrol(ctx, "Noor", [Role.WORKER]).person


def question(ctx: Context, person: Person) -> str:
    """What this person has in hand."""
    return assign.next_assignments(ctx, person)[0].public_id


def is_together(ctx: Context, public_id: str) -> bool:
    """How the question is marked."""
    found = ctx.db.read(lambda connection: offering.assignment_by_public_id(connection, public_id))
    assert found is not None
    return found.together


def test_the_answer_is_marked_and_stays_the_workers_own(ctx: Context, noor: Person) -> None:
    """A coach joins by the code; the worker sends; the annotation says together."""
    coach, mine = people.enrol(ctx, "Carla", [Role.COACH]).person, question(ctx, noor)
    invited = together.invite(ctx, noor, mine, new_code=lambda: "123456")
    assert together.invite(ctx, noor, mine).public_id == invited.public_id
    joined = together.join(ctx, coach, "123 456")
    assert together.looked_at(ctx, coach, joined.public_id)[1].public_id == mine
    submit.submit(ctx, noor, mine, {"value": 3}, key="key-one-1", via="page")
    rows = ctx.db.read(lambda connection: connection.execute(t.annotation.select()).all())
    assert [(row.person_id, row.together) for row in rows] == [(noor.id, True)]


def test_where_nobody_came_the_answer_is_ones_own_again(ctx: Context, noor: Person) -> None:
    """Pressed by mistake: no harm done."""
    mine = question(ctx, noor)
    together.invite(ctx, noor, mine)
    assert is_together(ctx, mine)
    together.stop(ctx, noor, mine)
    assert not is_together(ctx, mine)
    with pytest.raises(NotFound):
        together.invited(ctx, noor, mine)


def test_a_code_opens_one_question_for_one_person(ctx: Context, noor: Person) -> None:
    """Not for its owner, not for a second one, not after hours, not with a wrong code; and nobody else sees the page."""
    sem, kim = (people.enrol(ctx, name, [Role.WORKER]).person for name in ("Sem", "Kim"))
    found = together.invite(ctx, noor, question(ctx, noor), new_code=lambda: "000001")
    with pytest.raises(Conflict, match="your own question"):
        together.join(ctx, noor, "000001")
    together.join(ctx, sem, "000001")
    with pytest.raises(Conflict, match="Somebody else"):
        together.join(ctx, kim, "000001")
    with pytest.raises(NotFound):
        together.looked_at(ctx, kim, found.public_id)
    with pytest.raises(NotFound):
        together.join(ctx, kim, "000002")


def test_an_old_code_is_worth_nothing(ctx: Context, noor: Person, clock) -> None:  # type: ignore[no-untyped-def]
    """Four hours, then a new one is needed."""
    together.invite(ctx, noor, question(ctx, noor), new_code=lambda: "000001")
    clock.forward(minutes=4 * 60 + 1)
    with pytest.raises(NotFound):
        together.join(ctx, people.enrol(ctx, "Sem", [Role.WORKER]).person, "000001")


def test_an_answered_question_is_not_opened(ctx: Context, noor: Person) -> None:
    """There is nothing left to do together."""
    mine = question(ctx, noor)
    submit.submit(ctx, noor, mine, {"value": 3}, key="key-one-1", via="page")
    with pytest.raises(Conflict, match="answered already"):
        together.invite(ctx, noor, mine)


def test_guessing_codes_waits_for_the_person_and_for_the_whole_lab(ctx: Context, noor: Person, clock: Clock) -> None:
    """Five wrong ones and the next must wait, longer each time; many people guessing in turn wait for each other."""
    together.invite(ctx, noor, question(ctx, noor), new_code=lambda: "123456")
    ben = people.enrol(ctx, "Ben", [Role.WORKER]).person
    for _ in range(throttling.FREE_TRIES["looking"]):
        with pytest.raises(NotFound):
            together.join(ctx, ben, "000000")
    with pytest.raises(TooMany) as slow:
        together.join(ctx, ben, "123456")
    clock.forward(seconds=slow.value.wait_seconds)
    assert together.join(ctx, ben, "123456").joined_by is None
    left = throttling.FREE_TRIES["lab"] - throttling.FREE_TRIES["looking"]
    for number in range(left):
        with pytest.raises(NotFound):
            together.join(ctx, people.enrol(ctx, f"Worker {number}", [Role.WORKER]).person, "000000")
    with pytest.raises(TooMany):
        together.join(ctx, people.enrol(ctx, "Zoë", [Role.WORKER]).person, "000000")
