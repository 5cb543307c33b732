"""What a worker hears about their own work: figures, certificate, how a transcript compares, other work."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from accessibility import dialogue
from accessibility.dialogues.heard import Number, Order, Told, WorkList
from accessibility.dialogues.turns import AskCoach, ChooseWork, Look, Say, Turns
from tests.test_certificate import a_lab, signed, with_hours
from tests.test_gold import ALWAYS, of_text, with_gold
from workbench import assign, gold, ingest, people, projects, review, spoken, spoken_day, submit
from workbench.context import Context
from workbench.domain import MINUTE_MS, Person, Role
from workbench.store import blocks, requests


def lines(found: object) -> tuple[str, ...]:
    """What is told."""
    assert isinstance(found, Told)
    return found.lines


def test_a_certificate_is_read_as_the_worker_picked_it(ctx: Context) -> None:
    """None yet, waiting for the coach, or what stands on it."""
    noor, carla = a_lab(ctx)
    assert "no certificate yet" in lines(spoken_day.carried_out(ctx, english(noor), Look("certificate")))[0]
    with_hours(ctx, noor)
    signed(ctx, noor, carla)
    told = lines(spoken_day.carried_out(ctx, english(noor), Look("certificate")))
    assert told[0].startswith("Your certificate is about ")
    assert "This work you did: Rating." in told
    assert any(line.startswith("You worked ") for line in told)


def english(person: Person) -> Person:
    """The same person, in English."""
    return Person(person.id, person.public_id, person.name, person.roles, "en")


def test_a_longer_break_begins_at_once_and_the_coach_knows(ctx: Context) -> None:
    """What follows says until when; the request is there."""
    noor = people.enrol(ctx, "Noor", [Role.WORKER], locale="en").person
    found = spoken_day.carried_out(ctx, noor, AskCoach("longer_break"))
    assert found == Told(("Your coach knows that you want a longer break.",), go_on=True)
    assert [each.kind for each in ctx.db.read(requests.waiting)] == ["longer_break"]


def test_other_work_is_listed_and_chosen(ctx: Context, tmp_path: Path) -> None:
    """Not what one is doing now; afterwards the chosen work comes."""
    for name in ("Alpha", "Beta"):
        project = projects.create(ctx, name, "rating", {"question": f"How good is {name}?", "gold": "off"})
        (tmp_path / f"{name}.txt").write_text(name)
        ingest.ingest(ctx, project, [tmp_path / f"{name}.txt"])
    noor = people.enrol(ctx, "Noor", [Role.WORKER], locale="en").person
    now = assign.next_assignments(ctx, noor)[0]
    found = spoken_day.carried_out(ctx, noor, Look("work"))
    assert isinstance(found, WorkList)
    [(value, title)] = found.kinds
    assert spoken_day.carried_out(ctx, noor, ChooseWork(value)) == Told(("All right. You get this work.",), go_on=True)
    after = assign.next_assignments(ctx, noor)[0]
    assert after.microtask.step_id != now.microtask.step_id
    assert title in ("Alpha", "Beta")


@pytest.mark.parametrize(
    ("minutes", "nl", "en"),
    [
        (0, "0 minuten", "0 minutes"),
        (1, "1 minuut", "1 minute"),
        (60, "1 uur", "1 hour"),
        (121, "2 uur en 1 minuut", "2 hours and 1 minute"),
    ],
)
def test_one_is_singular(ctx: Context, minutes: int, nl: str, en: str) -> None:
    """How long somebody worked, in both languages."""
    for locale, text in (("nl", f"Je hebt {nl} gewerkt."), ("en", f"You worked for {en}.")):
        person = people.enrol(ctx, locale, [Role.WORKER], locale=locale).person
        worked = {"person_id": person.id, "kind": "work", "start_ms": ctx.now() - minutes * MINUTE_MS, "end_ms": ctx.now()}
        ctx.db.write(partial(blocks.had, **worked))
        assert lines(spoken_day.carried_out(ctx, person, Look("my_work")))[-1] == text


def test_practice_is_called_so_and_explained_at_once(ctx: Context) -> None:
    """Before the question, and right after its answer: why, and whether it was right; who wants tries it once more."""
    project = with_gold(ctx, {"a1": 1, "a2": 2}, texts=1, gold={**ALWAYS, "share": 0.0})
    sam, noor = (people.enrol(ctx, name, [role], locale="en").person for name, role in (("Sam", Role.SUPERVISOR), NOOR))
    for text, why in (("a1", "Vague."), ("a2", "Clear.")):
        gold.teach(ctx, of_text(ctx, project, text), sam, {"en": why})
    state, turns = spoken.advance(ctx, noor, dialogue.State("en"), Order("start"))
    assert sentences(turns)[0] == "This is practice. It does not count. You hear at once what is right."
    replies = []
    for answer in (1, 5):
        for heard in (Number(answer), Order("submit")):
            state, turns = spoken.advance(ctx, noor, state, heard)
        replies.append(sentences(turns)[:3])
    assert replies == [
        ["That is right.", "Vague.", "This is practice. It does not count. You hear at once what is right."],
        ["Not yet.", "Clear.", "You may try it once more. Say start for the next question."],
    ]
    for heard in (Number(2), Order("submit")):
        state, turns = spoken.advance(ctx, noor, state, heard)
    assert sentences(turns)[:3] == ["That is right.", "Clear.", "How good is this text?"]
    for heard in (Number(3), Order("submit")):
        state, turns = spoken.advance(ctx, noor, state, heard)
    assert sentences(turns)[0] == "Thank you. Your answer is saved."


NOOR = ("Noor", Role.WORKER)


def sentences(turns: Turns) -> list[str]:
    """What is said."""
    return [turn.text for turn in turns if isinstance(turn, Say)]


def test_a_transcript_is_compared_with_what_was_merged(ctx: Context, tmp_path: Path) -> None:
    """Once others did the same clip: how many words were the same, and which were not; with today's figures."""
    from tests.widgets import stand

    project = projects.create(ctx, "News", "transcription", {"language": "en", "overlap": 3, "gold": "off"})
    (tmp_path / "one.wav").write_bytes(stand.sound())
    ingest.ingest(ctx, project, [tmp_path / "one.wav"])
    said = {"Noor": "the news often", "Sem": "the news of ten", "Kim": "the news of ten"}
    workers = {name: people.enrol(ctx, name, [Role.WORKER], locale="en").person for name in said}
    for name, text in said.items():
        mine = assign.next_assignments(ctx, workers[name])[0]
        submit.submit(ctx, workers[name], mine.public_id, {"text": text}, key=f"key-{name}-1", via="voice")
    review.drain(ctx)
    told = lines(spoken_day.carried_out(ctx, workers["Noor"], Look("my_work")))
    assert told[0] == "You did 1 question today."
    assert "In a clip of 4 words, 2 were the same as what we wrote together." in told
    assert "You wrote: often. Together: of ten." in told
