"""How sound, video and texts are cut: each way gives the pieces that its name promises, or says why it cannot."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from task_types import reading, registry
from task_types.carrying import carry
from task_types.errors import NotSplittable
from task_types.passages import passages
from task_types.protocol import Need, Part
from task_types.shapes import ImagePayload
from tests.task_types.test_splitting import FILM, LETTER, PHOTO, SHORT, SOUND, SUBTITLES, split

CUES = Part(
    name="cues",
    kind="subtitle",
    file_name="news.srt",
    text="1\n00:00:01,000 --> 00:00:03,000\nGood evening.\n\n2\n00:01:29,000 --> 00:01:33,000\nGood night.\n",
)


def times(task_type: str, *parts: Part, **settings: Any) -> list[tuple[int, int | None]]:
    """Start and end of each piece."""
    return [(payload.start_ms, payload.end_ms) for _, payload in split(task_type, *parts, **settings)]


def test_windows_are_equal_and_a_short_rest_is_joined_to_the_last() -> None:
    """Also of a sound that is short enough to stay whole."""
    assert times("choice", FILM, cut="windows", clip_seconds=40) == [(0, 40_000), (40_000, 90_000)]
    assert times("video_segments", FILM, cut="windows", clip_seconds=30) == [(0, 30_000), (30_000, 60_000), (60_000, 90_000)]
    assert times("rating", SHORT, cut="windows", clip_seconds=4) == [(0, 4000), (4000, 8000)]


def test_each_subtitle_is_a_piece_and_the_recording_ends_the_last() -> None:
    """A subtitle without words or time is none."""
    assert times("tags", FILM, CUES, cut="subtitles") == [(1000, 3000), (89_000, 90_000)]
    assert times("sound_events", SOUND, SUBTITLES, cut="subtitles") == [(1000, 3000)]
    with pytest.raises(NotSplittable, match="no subtitles beside it") as refused:
        split("tags", FILM, cut="subtitles")
    assert refused.value.field == "cut"


def test_whole_is_whole_and_pauses_and_scenes_may_be_named() -> None:
    """A film may be cut at pauses in its speech; sound has no scenes."""
    assert times("description", FILM, cut="whole") == [(0, 90_000)]
    assert times("choice", FILM, cut="pauses", clip_seconds=7)[0] == (0, 7000)
    assert times("choice", FILM, cut="scenes", clip_seconds=60) == [(0, 12_000), (12_000, 50_000), (50_000, 90_000)]
    with pytest.raises(NotSplittable, match="has no scenes"):
        split("choice", SOUND, cut="scenes")


def test_a_limit_says_from_when_a_recording_is_cut() -> None:
    """Without one it is twice the wanted length."""
    assert times("rating", SOUND, clip_seconds=20, limit_seconds=60) == [(0, 60_000)]
    assert len(times("rating", SOUND, clip_seconds=20)) > 1
    with pytest.raises(ValidationError, match="limit_seconds is less"):
        registry.get("rating").settings_model(clip_seconds=30, limit_seconds=10)


def test_single_frames_of_a_film_are_pictures() -> None:
    """One each so many seconds, or those that a table names; a person needs no hearing for them."""
    found = split("choice", FILM, cut="frames", every_seconds=4)
    assert [(key, payload.kind, payload.at_ms) for key, payload in found] == [
        ("frame-0", "image", 0),
        ("frame-100", "image", 4000),
        ("frame-200", "image", 8000),
    ]
    task_type = registry.get("choice")
    settings, (_, second) = reading.settings(task_type, {}), found[1]
    assert task_type.needs(settings, second) == {Need.SIGHT}
    assert carry(second, registry.get("bounding_box")) == ImagePayload(media="film", width=640, height=360, frame=100, at_ms=4000)


def test_frames_of_a_film_are_drawn_on() -> None:
    """Each so many seconds, or those that a table names; a whole stretch of film is no picture, nor is a set of frames."""
    for name in ("bounding_box", "polygon", "line"):
        found = split(name, FILM, every_seconds=4)
        assert [(key, payload.frame, payload.at_ms) for key, payload in found] == [
            ("frame-0", 0, 0),
            ("frame-100", 100, 4000),
            ("frame-200", 200, 8000),
        ]
        assert found[1][1].shown["moments_ms"] == [4000]
    row = Part(**{**vars(FILM), "fields": {"at": "0:05.01"}})
    assert [key for key, _ in split("polygon", row, moments_column="at")] == ["frame-125"]
    (_, scene), *_ = split("choice", FILM)
    (_, faces), *_ = split("video_faces", FILM, legal_basis="contract")
    assert [carry(each, registry.get("bounding_box")) for each in (scene, faces)] == [None, None]


def test_what_was_written_down_or_boxed_can_be_asked_about_again() -> None:
    """A clip that was written down is rated as sound, a picture that was boxed is described."""
    (_, clip), *_ = split("transcription", SOUND)
    (_, picture), *_ = split("bounding_box", PHOTO)
    rated, told = carry(clip, registry.get("rating")), carry(picture, registry.get("description"))
    assert (rated.kind, rated.start_ms, rated.end_ms) == ("audio", clip.start_ms, clip.end_ms)  # type: ignore[union-attr]
    assert (told.kind, told.media) == ("image", picture.media)  # type: ignore[union-attr]


def test_frames_at_given_moments_are_those_on_the_screen_then() -> None:
    """The frame that is shown at that moment, each once, in order; other kinds of moments are told."""
    row = Part(**{**vars(FILM), "fields": {"moments": "0:05,01; 0:00; 5.02; 2:00:00"}})
    assert [key for key, _ in split("choice", row, cut="frames", moments_column="moments")] == ["frame-0", "frame-125"]
    (piece,) = split("video_faces", row, legal_basis="contract", moments_column="moments")
    assert [frame.time_ms for frame in piece[1].frames] == [0, 5000]
    wrong = Part(**{**vars(FILM), "fields": {"moments": "at noon"}})
    for part, words in ((wrong, "moments of .* are"), (FILM, 'no column "moments"')):
        with pytest.raises(NotSplittable, match=words):
            split("choice", part, cut="frames", moments_column="moments")


TEXT = "Dr. Vis kwam om 10.30 uur. 'Hoe gaat het?' vroeg hij.\nGoed!\n\n  J. Smit zei o.a. niets … Echt niet."


def test_texts_are_cut_by_paragraph_and_by_sentence() -> None:
    """Abbreviations, initials and times end no sentence; what was left out are blanks."""
    assert [words for _, words in passages(TEXT, "paragraph")] == [
        TEXT.split("\n\n", maxsplit=1)[0],
        TEXT.split("\n\n")[1].strip(),
    ]
    assert [words for _, words in passages(TEXT, "sentence")] == [
        "Dr. Vis kwam om 10.30 uur.",
        "'Hoe gaat het?' vroeg hij.",
        "Goed!",
        "J. Smit zei o.a. niets …",
        "Echt niet.",
    ]
    assert passages(TEXT, "document") == [(0, TEXT)]


@pytest.mark.parametrize("unit", ["paragraph", "sentence"])
@pytest.mark.parametrize("text", [TEXT, "", "\n\n \n", "één zin zonder punt", "A.B.C. Nee. 👩‍🚀 Ja."])
def test_every_piece_stands_where_it_says_it_does(unit: Any, text: str) -> None:
    """So an answer about a piece is found back in the client's own text; no word is lost."""
    found = passages(text, unit)
    assert all(text[start : start + len(words)] == words for start, words in found)
    assert "".join("".join(words for _, words in found).split()) == "".join(text.split())


def test_a_key_says_where_in_the_text_a_piece_stands() -> None:
    """Code points, as in the payload."""
    two = Part(name="t", kind="text", text="Een zin. Nog een zin.")
    found = split("text_spans", two, text_unit="sentence")
    assert [(key, payload.text_start) for key, payload in found] == [("text-0-8", 0), ("text-9-21", 9)]
    assert [key for key, _ in split("text_label", LETTER, text_unit="document")] == ["text"]
