"""A requester's HIT done by voice: the real dialogue on the real lab, from the first key to what boto3 reads."""

from __future__ import annotations

from accessibility import dialogue
from accessibility.dialogues.heard import Order, Setting, Spoken, Typed
from accessibility.dialogues.turns import Say, Turn
from tests.builders import person, rows
from tests.dialogue.builders import words
from tests.mturk.endpoint import Desk
from tests.mturk.test_hits import create
from workbench import spoken
from workbench import tables as t
from workbench.domain import Role
from workbench.people import enrol
from workbench.store import people


def test_a_form_is_done_by_voice_and_read_by_a_program(desk: Desk) -> None:
    """Who asks, what it pays and what it asks are said; a spoken choice and a typed reason arrive under their own names."""
    client, worker = desk.client(), enrol(desk.ctx, "Noor", [Role.WORKER], locale="en").person
    hit = create(client)["HITId"]
    told: list[Turn] = []
    state, turns = dialogue.begin("en", "Noor", Setting(verbosity="full"))
    state, turns = spoken.carried_out(desk.ctx, worker, state, turns)
    heard = (Order("start"), Spoken("yes", words("yes"), False), Typed("It sails."), Order("submit"))
    for each in heard:
        state, turns = spoken.advance(desk.ctx, worker, state, each)
        told += turns
    said = " ".join(turn.text for turn in told if isinstance(turn, Say))
    assert "Is this a boat?" in said
    assert "Zender Noord pays the lab" in said
    assert "€" not in said  # it is said as people say it: 15 euros 20
    assert "A white sail on the IJsselmeer." in said
    one = client.list_assignments_for_hit(HITId=hit)["Assignments"][0]
    assert "<QuestionIdentifier>isBoat</QuestionIdentifier><SelectionIdentifier>yes</SelectionIdentifier>" in one["Answer"]
    assert "<QuestionIdentifier>why</QuestionIdentifier><FreeText>It sails.</FreeText>" in one["Answer"]
    assert [row.via for row in rows(desk.ctx, t.annotation)] == ["voice"]


def test_by_voice_it_is_given_back_without_harm(desk: Desk) -> None:
    """The requester sees nothing of it, the HIT waits for somebody else, and no place of it is lost."""
    client, worker = desk.client(), person(desk.ctx, "Noor")
    hit = create(client)["HITId"]
    state, turns = dialogue.begin("en", "Noor", Setting())
    state, turns = spoken.carried_out(desk.ctx, worker, state, turns)
    for each in (Order("start"), Order("skip"), Order("not_for_me")):
        state, turns = spoken.advance(desk.ctx, worker, state, each)
    assert [row.reason for row in rows(desk.ctx, t.work_return)] == ["not_for_me"]
    found = client.get_hit(HITId=hit)["HIT"]
    assert (found["NumberOfAssignmentsAvailable"], found["NumberOfAssignmentsPending"]) == (1, 0)
    assert client.list_assignments_for_hit(HITId=hit)["NumResults"] == 0
    assert desk.ctx.db.read(lambda connection: people.person_by_id(connection, worker.id)).name == "Noor"
