"""Sound in parts of the length that a group, or a person, hears best: the same piece, the same answer, other pauses."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from accessibility.dialogues.heard import Given
from tests.builders import person
from tests.builders import rows as rows_of
from workbench import assign, export, ingest, listening, projects, review, spoken, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person
from workbench.errors import Invalid
from workbench.listening import Length
from workbench.store import groups, people

PIECE: dict[str, Any] = {
    "kind": "audio",
    "media": "news",
    "start_ms": 1000,
    "end_ms": 21_000,
    "pauses": [[5000, 5400], [9800, 10_400], [15_000, 15_300]],
}
SENTENCES = "Good evening. Here is the news. The harbour is closed tonight. Tomorrow it will rain. That was the news. Good night."


def parts(length: Length | None) -> list[list[int]] | None:
    """Of the piece above, for who hears so much at once."""
    found: list[list[int]] | None = listening.divided({"subject": PIECE}, length)["subject"].get("parts")
    return found


def test_a_piece_is_divided_in_its_pauses() -> None:
    """About four seconds, at most eight; a group that takes longer ones hears it as a whole."""
    found = parts(Length(4000, 8000))
    assert found is not None
    assert [[a <= edge <= b for a, b in PIECE["pauses"]].index(True) for edge, _ in found[1:]] == [0, 1, 2]
    assert (found[0][0], found[-1][1]) == (1000, 21_000)
    assert all(left[1] == right[0] for left, right in pairwise(found))
    assert parts(Length(10_000, 20_000)) is parts(None) is None


def test_no_part_is_longer_than_the_limit_also_without_a_pause() -> None:
    """Somebody talks on and on."""
    whole = {"subject": {**PIECE, "pauses": [[20_900, 21_000]]}}
    found = listening.divided(whole, Length(4000, 5000))["subject"]["parts"]
    assert max(end - start for start, end in found) <= 5000


def test_what_nobody_looked_for_pauses_in_stays_whole() -> None:
    """A picture, a clip of before this was there, a survey about nothing."""
    for data in ({"subject": {"kind": "image", "media": "a"}}, {"subject": {"media": "a", "start_ms": 0, "end_ms": 9000}}, {}):
        assert listening.divided(data, Length(2000, 4000)) == data


@pytest.mark.parametrize(("target", "limit"), [("4", "3"), ("1", ""), ("x", ""), ("", "121"), ("٤", "")])
def test_a_length_that_cannot_be_is_told(target: str, limit: str) -> None:
    """A limit below the wish, too short, no number, too long, another script's digit."""
    with pytest.raises(Invalid, match="from 2 to 120"):
        listening.checked(target, limit)


def test_of_wish_and_limit_one_is_enough() -> None:
    """The other follows."""
    assert listening.length_of(listening.checked("4", "8")) == Length(4000, 8000)
    assert listening.length_of(listening.checked("4", "")) == Length(4000, 8000)
    assert listening.length_of(listening.checked("", "10")) == Length(6000, 10_000)
    assert listening.length_of(listening.checked("", "")) is None


def grouped(ctx: Context, name: str, **lengths: int) -> Person:
    """A worker in a group that hears sound so."""
    somebody = person(ctx, name)
    now = ctx.now()

    def write(connection):  # type: ignore[no-untyped-def]
        group = groups.add_group(connection, name=f"With {name}", rhythm=lengths, now=now)
        groups.put_in(connection, group.id, somebody.id, now=now)

    ctx.db.write(write)
    return somebody


def test_ones_own_choice_goes_before_the_groups(ctx: Context) -> None:
    """Shorter, or the whole piece; whoever chose nothing and is in no group hears it whole."""
    noor = grouped(ctx, "Noor", target_seconds=4, limit_seconds=8)

    def heard(chosen: str) -> Length | None:
        ctx.db.write(lambda c: people.update_preferences(c, noor.id, {"sound_parts": chosen}, locale="en"))
        return ctx.db.read(lambda c: listening.length_for(c, people.person_by_id(c, noor.id)))

    assert [heard(each) for each in ("group", "3", "whole", "nonsense")] == [
        Length(4000, 8000),
        Length(3000, 6000),
        None,
        Length(4000, 8000),
    ]
    assert ctx.db.read(lambda c: listening.length_for(c, person(ctx, "Sem"))) is None


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six sentences with breaths between, by espeak-ng, and two seconds of silence after each second one."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("espeak-ng is not installed: apt-get install espeak-ng")
    file = tmp_path_factory.mktemp("said") / "news.wav"
    subprocess.run([program, "-v", "en", "-s", "150", "-g", "6", "-w", str(file), SENTENCES], check=True)
    return file


def seconds(file: Path) -> float:
    """How long a WAV is."""
    with wave.open(io.BytesIO(file.read_bytes())) as sound:
        return sound.getnframes() / sound.getframerate()


def test_two_groups_answer_the_same_piece_and_one_text_comes_out(ctx: Context, speech: Path, tmp_path: Path) -> None:
    """
    One group hears a piece of up to 20 s at once, the other the same piece in parts of at most 5: each place is answered
    twice, as was asked, and the export is one track.
    """
    settings = {"language": "en", "overlap": 2, "gold": "off", "target_seconds": 15, "limit_seconds": 20}
    project = projects.create(ctx, "News", "transcription", settings)
    ingest.ingest(ctx, project, [speech])
    short, long = (
        grouped(ctx, "Noor", target_seconds=3, limit_seconds=5),
        grouped(ctx, "Sem", target_seconds=12, limit_seconds=20),
    )
    for who, divides in ((short, True), (long, False)):
        for mine in iter(lambda who=who: assign.next_assignments(ctx, who), []):  # type: ignore[misc]
            given: Given = spoken.given(ctx, who, mine[0])
            subject = given.data["subject"]
            heard = subject.get("parts") or [[subject["start_ms"], subject["end_ms"]]]
            assert (len(heard) > 1) is (divides and subject["end_ms"] - subject["start_ms"] > 5000)
            assert all(end - start <= (5000 if divides else 20_000) for start, end in heard)
            submit.submit(ctx, who, mine[0].public_id, {"text": "the news"}, key=f"key-{mine[0].public_id}", via="voice")
    review.drain(ctx)
    pieces = rows_of(ctx, t.microtask)
    assert {(one.status, one.answers) for one in pieces} == {("settled", 2)}
    export.export(ctx, project, "webvtt", tmp_path / "out")
    track = next(path for path in (tmp_path / "out").rglob("*.vtt")).read_text()
    assert track.count("-->") == len(pieces)
    edges = sorted((one.payload["start_ms"], one.payload["end_ms"]) for one in pieces)
    assert edges[0][0] == 0
    assert all(left[1] == right[0] for left, right in pairwise(edges))
    assert edges[-1][1] == pytest.approx(seconds(speech) * 1000, abs=40)
