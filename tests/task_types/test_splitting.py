"""Sources become questions: the same input gives the same keys, in the same order."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from task_types import reading, registry
from task_types.errors import NotSplittable
from task_types.protocol import AnswerError, Case, Part, Settled, Source
from task_types.subtitle_quality import SubtitleAnswer


class Recordings:
    """A minute of sound with a pause every seven seconds, a film with scenes at 0, 12 and 50 s, 25 frames per second."""

    def pauses(self, media: str) -> Sequence[tuple[int, int]]:
        """A breath after each seven seconds."""
        return [(end - 200, end + 200) for end in range(7000, 300_000, 7000)]

    def pieces_at_pauses(self, media: str, *, target_ms: int, limit_ms: int) -> Sequence[tuple[int, int]]:
        """Pieces of at most `limit_ms`, ending on a pause."""
        step = max(7000, target_ms // 7000 * 7000)
        assert step <= max(limit_ms, 7000)
        return [(start, min(start + step, 60_000)) for start in range(0, 60_000, step)]

    def scene_starts(self, media: str) -> Sequence[int]:
        """Where the scenes begin."""
        return [0, 12_000, 50_000]

    def frame_times(self, media: str) -> Sequence[float]:
        """Every frame."""
        return [i * 40.0 for i in range(250)]

    def text(self, media: str) -> str:
        """What stands in a text file."""
        return TEXTS[media]

    def data(self, media: str) -> bytes:
        """The same as bytes."""
        return TEXTS[media].encode()


TEXTS = {
    "letter": "Dear reader.",
    "subtitles": (
        "1\n00:00:01,000 --> 00:00:03,000\nGood evening.\n\n"
        "2\n00:00:03,000 --> 00:00:03,000\nNo time\n\n"
        "3\n00:00:04,000 --> 00:00:05,000\n \n"
    ),
}
PHOTO = Part(name="photo", kind="image", media="photo", width=640, height=480)
SOUND = Part(name="sound", kind="audio", media="sound", duration_ms=60_000)
SHORT = Part(name="sound", kind="audio", media="sound", duration_ms=8_000)
FILM = Part(name="film", kind="video", media="film", width=640, height=360, duration_ms=90_000)
LETTER = Part(name="letter", kind="text", media="letter")
ROW = Part(name="row", kind="row", fields={"id": "7", "headline": "Bridge open again after the storm"})
SUBTITLES = Part(name="subtitles", kind="subtitle", media="subtitles", file_name="news.srt")


def split(task_type: str, *parts: Part, **settings: Any) -> list[tuple[str, Any]]:
    """What a type makes of a source, tried twice."""
    found = registry.get(task_type)
    case = reading.settings(found, settings)
    first, second = (list(found.split(Source("map/source", parts), case, Recordings())) for _ in range(2))
    assert first == second
    assert len({key for key, _ in first}) == len(first)
    for _, payload in first:
        assert reading.payload(found, reading.dumped(payload)) == payload
        assert found.needs(case, payload)
    return first


@pytest.mark.parametrize("task_type", ["rating", "choice", "tags", "description", "form"])
def test_pictures_texts_and_short_sounds_stay_whole(task_type: str) -> None:
    """One question each."""
    assert [key for key, _ in split(task_type, PHOTO)] == ["image"]
    ((_, letter),) = split(task_type, LETTER)
    assert letter.text == "Dear reader."
    ((key, sound),) = split(task_type, SHORT)
    assert (key, sound.start_ms, sound.end_ms) == ("0-8000", 0, 8000)


def test_long_sound_is_cut_at_pauses() -> None:
    """Times are those of the original."""
    pieces = split("rating", SOUND, clip_seconds=7)
    assert pieces[1][0] == "7000-14000"
    assert (pieces[-1][1].start_ms, pieces[-1][1].end_ms) == (56_000, 60_000)


def test_long_video_is_cut_at_scenes_and_long_scenes_evenly() -> None:
    """No piece is longer than twice what was asked for, and none is left out."""
    times = [(payload.start_ms, payload.end_ms) for _, payload in split("tags", FILM, clip_seconds=10)]
    assert times == [(0, 12_000), (12_000, 31_000), (31_000, 50_000), (50_000, 70_000), (70_000, 90_000)]


def test_a_row_is_asked_about_by_its_column() -> None:
    """The named column; else `text` or `tekst`; else the longest."""
    assert split("text_label", ROW)[0][1].text == "Bridge open again after the storm"
    assert split("text_label", ROW, text_column="id")[0][1].text == "7"
    with pytest.raises(NotSplittable, match=r'no column "title"\. It has: id, headline'):
        split("text_label", ROW, text_column="title")


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"id": "a-very-long-name-of-a-row", "kop": "Brug open", "link": "https://example.org/a/long/address"}, "Brug open"),
        ({"Tekst": "Kort", "datum": "1 februari 2026"}, "Kort"),
        ({"link": "https://example.org/a"}, "https://example.org/a"),
        ({"text": " ", "datum": "1 februari 2026"}, None),
        ({"id": "503"}, None),
        ({"kop": "", "link": "https://example.org/a"}, None),
    ],
)
def test_a_row_without_text_is_no_question(fields: dict[str, str], asked: str | None) -> None:
    """Its id, its date or its address in the place of the text would be a wrong question, and a wrong label."""
    row = Part(name="row", kind="row", fields=fields)
    if asked is None:
        with pytest.raises(NotSplittable, match="no text to ask about"):
            split("text_label", row)
    else:
        assert split("text_label", row)[0][1].text == asked


def test_transcription_is_cut_at_pauses() -> None:
    """Also when the sound is short: pieces of some seconds can be kept in mind."""
    pieces = split("transcription", SOUND)
    assert pieces[0][0] == "0-7000"
    assert len(pieces) == 9


@pytest.mark.parametrize("task_type", ["bounding_box", "polygon", "line"])
def test_drawing_needs_a_picture_of_known_size(task_type: str) -> None:
    """A sound, or a picture without a size, is told."""
    ((_, payload),) = split(task_type, PHOTO)
    assert (payload.width, payload.height) == (640, 480)
    with pytest.raises(NotSplittable, match=f'"map/source" has audio, but {task_type} needs image'):
        split(task_type, SOUND)
    with pytest.raises(NotSplittable, match="size of picture"):
        split(task_type, Part(name="photo", kind="image", media="photo"))


def test_options_stand_in_one_source() -> None:
    """Two to nine, of one kind; parts of one name get a number."""
    pictures = [Part(name=name, kind="image", media=name) for name in "abc"]
    ((_, payload),) = split("image_choice", *pictures)
    assert payload.keys == ["a", "b", "c"]
    assert split("comparison", PHOTO, PHOTO)[0][1].keys == ["1-photo", "2-photo"]
    with pytest.raises(NotSplittable, match="1 to choose from"):
        split("image_choice", PHOTO)
    with pytest.raises(NotSplittable, match="has image, audio"):
        split("comparison", PHOTO, SOUND)


def test_a_survey_may_be_about_nothing() -> None:
    """A source without parts is one survey; a long film is not cut."""
    ((_, nothing),) = split("survey")
    assert nothing.subject is None
    ((_, film),) = split("survey", FILM)
    assert film.subject.end_ms == 90_000


def test_every_cue_is_asked_one_thing_at_a_time() -> None:
    """A cue without words or without time is never asked; a mistake is followed by how bad it is."""
    asked = split("subtitle_quality", FILM, SUBTITLES)
    assert [key for key, _ in asked] == [f"1000-3000-{ask}" for ask in ("meaning", "names", "timing", "speaker")]
    payload = asked[0][1]
    assert (payload.text, payload.measures.characters_per_second) == ("Good evening.", 6.5)
    task_type = registry.get("subtitle_quality")
    case = Case(task_type.settings_model(), payload, "en")
    assert not list(task_type.follow_up(case, Settled(SubtitleAnswer(value="same"), 1.0)))
    (later,) = task_type.follow_up(case, Settled(SubtitleAnswer(value="different"), 1.0))
    assert (later.ask, later.about, later.text) == ("seriousness", "meaning", "Good evening.")
    assert not list(
        task_type.follow_up(Case(task_type.settings_model(), later, "en"), Settled(SubtitleAnswer(value="minor"), 1.0))
    )
    corrected = Case(task_type.settings_model(correct=True), later, "en")
    (last,) = task_type.follow_up(corrected, Settled(SubtitleAnswer(value="minor"), 1.0))
    assert (last.ask, last.about) == ("correction", "meaning")


def test_subtitles_that_all_come_after_the_end_name_the_setting() -> None:
    """A file that counts from ten o'clock, and says nothing about it."""
    late = Part(name="s", kind="subtitle", text="1\n10:00:01,000 --> 10:00:03,000\nHello.\n", file_name="late.srt")
    with pytest.raises(NotSplittable, match="programme_start"):
        split("subtitle_quality", FILM, late)
    asked = split("subtitle_quality", FILM, late, programme_start="10:00:00:00", ask=["meaning"])
    assert [(key, payload.written) for key, payload in asked] == [("1000-3000-meaning", ("10:00:01,000", "10:00:03,000"))]


def test_faces_are_named_only_with_a_legal_basis() -> None:
    """Frames that exist, chosen by time, a few in each microtask."""
    with pytest.raises(NotSplittable, match="legal basis"):
        split("video_faces", FILM)
    pieces = split("video_faces", FILM, legal_basis="contract", every_seconds=2, frames=3)
    assert [[(frame.index, frame.time_ms) for frame in payload.frames] for _, payload in pieces] == [
        [(0, 0), (50, 2000), (100, 4000)],
        [(150, 6000), (200, 8000)],
    ]


def test_recording_is_off_until_it_is_allowed() -> None:
    """A manager's setting opens it."""
    with pytest.raises(NotSplittable, match="A manager can allow it"):
        split("recording", LETTER)
    ((_, payload),) = split("recording", LETTER, allowed=True)
    assert payload.text == "Dear reader."


def test_options_are_mixed_by_the_seed_and_stay_so() -> None:
    """Every order comes up, one seed gives one order, and the order travels with the answer."""
    task_type = registry.get("comparison")
    example = task_type.examples[0]
    orders = []
    for seed in range(20):
        case = Case(example.case.settings, example.case.payload, "en", seed=seed)
        order = task_type.widget(case).data["order"]
        assert order == task_type.widget(case).data["order"]
        answer = task_type.parse(case, {"chosen": "new", "order": ",".join(order)})
        task_type.check(case, answer)
        assert list(answer.order) == order
        orders.append(tuple(order))
    assert set(orders) == {("old", "new"), ("new", "old")}
    assert 5 <= orders.count(("old", "new")) <= 15


def test_a_picture_is_cut_by_a_grid_that_covers_it() -> None:
    """Equal pieces in reading order that overlap by a tenth; each payload keeps the size of the whole picture."""
    found = split("bounding_box", PHOTO, grid_columns=3, grid_rows=2)
    areas = [payload.crop for _, payload in found]
    assert [key for key, _ in found][:2] == ["crop-0-0-229-253", "crop-206-0-229-253"]
    assert len(areas) == 6
    assert (areas[0].x, areas[0].y) == (0, 0)
    assert (areas[-1].x + areas[-1].width, areas[-1].y + areas[-1].height) == (640, 480)
    assert all(left.x + left.width - right.x == pytest.approx(23, abs=1) for left, right in pairwise(areas[:3]))
    assert {(payload.width, payload.height) for _, payload in found} == {(640, 480)}


def test_a_small_picture_is_not_cut_into_crumbs() -> None:
    """No piece of a grid is smaller than 64 pixels, without the overlap."""
    small = Part(name="photo", kind="image", media="photo", width=100, height=100)
    assert [key for key, _ in split("choice", small, labels=["a"], grid_columns=20)] == ["image"]


@pytest.mark.parametrize("task_type", ["bounding_box", "polygon", "line", "choice", "tags", "rating", "description"])
def test_given_crops_come_from_the_row(task_type: str) -> None:
    """Widened to whole pixels; one list or several."""
    row = {"photo": "a.png", "parts": "[[10, 20, 30.5, 40], [0, 0, 640, 480]]"}
    part = Part(name="photo", kind="image", media="photo", width=640, height=480, fields=row)
    found = split(task_type, part, crops_column="parts")
    assert [key for key, _ in found] == ["crop-10-20-31-40", "crop-0-0-640-480"]
    single = dataclasses.replace(part, fields={"parts": "[1, 2, 3, 4]"})
    assert [key for key, _ in split(task_type, single, crops_column="parts")] == ["crop-1-2-3-4"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[600, 0, 100, 10]]", "does not lie inside"),
        ("[[0, 0, 0, 10]]", "does not lie inside"),
        ("left upper", "Write them as"),
        ("[]", "Write them as"),
        ("[[1, 2, true, 4]]", "Write them as"),
    ],
)
def test_crops_that_cannot_be_used_are_told(text: str, sentence: str) -> None:
    """With the picture's name and what to write."""
    part = Part(name="photo", kind="image", media="photo", file_name="a.png", width=640, height=480, fields={"parts": text})
    with pytest.raises(NotSplittable, match=sentence):
        split("bounding_box", part, crops_column="parts")
    with pytest.raises(NotSplittable, match='no column "other"'):
        split("bounding_box", part, crops_column="other")


def test_a_box_outside_its_part_of_the_picture_is_refused() -> None:
    """Answers are in pixels of the whole picture, and inside the part that was asked."""
    task_type = registry.get("bounding_box")
    area = {"x": 100, "y": 100, "width": 50, "height": 50}
    payload = reading.payload(task_type, {"media": "a", "width": 640, "height": 480, "crop": area})
    case = Case(reading.settings(task_type, {"labels": ["door"]}), payload, "en")
    box = {"label": "door", "x": 110, "y": 110, "width": 20, "height": 20}
    task_type.check(case, reading.answer(task_type, {"boxes": [box]}))
    with pytest.raises(AnswerError, match="this part of the picture begins at 100, 100"):
        task_type.check(case, reading.answer(task_type, {"boxes": [{**box, "x": 90}]}))
