"""Subtitle files of every kind become the same cues; what is damaged gets a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_types.cues import Cue, Track, UnreadableSubtitles, names_in, read
from tests.cues.builders import FORMATS, TRACK, ebu_tt_d, srt, stl, ttml, vtt
from tests.examples import examples

every_format = pytest.mark.parametrize(("name", "write"), [pytest.param(name, write, id=name) for name, write in FORMATS.items()])


def lines(track: Track) -> list[tuple[int, int, str]]:
    """The cues as the builders' tuples."""
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in track.cues]


@every_format
def test_one_track_in_five_formats_gives_the_same_cues(name: str, write: Callable[[], bytes]) -> None:
    """Times to the millisecond, texts to the letter; and it knows what it read."""
    track = read(write(), f"news.{name}")
    assert lines(track) == list(TRACK)
    assert track.format == name


@pytest.mark.parametrize(
    ("write", "lost"),
    [
        (srt, {"style": 4}),
        (vtt, {"colour": 1, "position": 4, "speaker": 4}),
        (ebu_tt_d, {"colour": 1, "position": 1}),
        (stl, {"colour": 6}),
        (ttml, {}),
    ],
)
def test_what_is_left_out_is_counted(write: Callable[[], bytes], lost: dict[str, int]) -> None:
    """Colours, places, fonts and speakers have no place in a cue: the client is told."""
    losses = read(write(), "news").losses
    assert {loss.kind: loss.count for loss in losses} == lost
    assert all(loss.words("nl") and loss.words("en") for loss in losses)


def test_the_start_of_the_programme_is_taken_off_and_kept() -> None:
    """STL counts from ten o'clock; the client's own timecodes stay with the cues."""
    track = read(stl(), "news.stl")
    assert (track.programme_start, track.frame_rate) == ("10:00:00:00", 25.0)
    assert track.cues[1].written == ("10:00:03:15", "10:00:05:23")


def test_a_start_that_the_file_does_not_tell_can_be_given() -> None:
    """A file that says 00:00:00:00 and counts from ten o'clock all the same."""
    wrong = stl(tcp=b"00000000")
    assert read(wrong, "news.stl").cues[0].start_ms == 36_001_000
    assert lines(read(wrong, "news.stl", programme_start="10:00:00:00")) == list(TRACK)
    assert lines(read(srt([(36_001_000, 36_003_000, "Hallo")]), "n.srt", programme_start="10:00:00.000")) == [
        (1000, 3000, "Hallo")
    ]


def test_what_comes_before_the_programme_is_left_out() -> None:
    """A title card before the first frame."""
    track = read(stl([(-2000, -1000, "Titel"), *TRACK]), "news.stl")
    assert lines(track) == list(TRACK)
    assert ("early", 1) in [(loss.kind, loss.count) for loss in track.losses]


def test_frames_are_counted_at_the_rate_of_the_file() -> None:
    """29.97 frames per second: an hour of timecode lasts 3.6 seconds longer."""
    track = read(stl([(3_600_000, 3_600_960, "Uur")], start_ms=0, tcp=b"00000000", rate=b"STL30.01"), "n.stl")
    assert track.cues[0].start_ms == 3_603_600


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01,000 --> 00:00:02,000\nEen\n2\n00:00:02,000 --> 00:00:03,000\nTwee\n",  # no blank line between
        "\n\n00:00:01,000 --> 00:00:02,000\nEen\n\n\n\n00:00:02.000  -->  00:00:03.000 X1:40 X2:600\nTwee",  # no numbers, points
        "1\n0:00:01,0 --> 0:00:02,0\n{\\an8}Een\n\n2\n0:00:02,00 --> 0:00:03,00\n<font color=red>Twee</font>\n",
    ],
)
def test_srt_as_people_write_it(text: str) -> None:
    """Players take it, so it is taken here."""
    assert lines(read(text.encode(), "a.srt")) == [(1000, 2000, "Een"), (2000, 3000, "Twee")]


def test_old_encodings_are_read() -> None:
    """Windows' Western European, and UTF-16 with its mark."""
    text = "1\n00:00:01,000 --> 00:00:02,000\nCafé\n"
    assert [read(text.encode(encoding), "a.srt").cues[0].text for encoding in ("cp1252", "utf-16", "utf-8")] == ["Café"] * 3


def test_other_subtitle_programs() -> None:
    """SSA, and MicroDVD which needs its frame rate."""
    columns = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    line = "0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\i1}Een\\Ntwee"
    ssa = f"[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: {columns}\nDialogue: {line}\n"
    assert lines(read(ssa.encode(), "a.ass")) == [(1000, 2000, "Een\ntwee")]
    assert lines(read(b"{25}{50}Een|twee\n", "a.sub", frame_rate=25)) == [(1000, 2000, "Een\ntwee")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "holds no subtitles"),
        (b"\x00\x01\x02\x03" * 50, "no text"),
        (b"1\n00:00:01,000 -> nothing\n", "holds no subtitles"),
        (b"1\n00:00:01,000 --> soon\nText\n", "line 2"),
        (b"WEBVTT\n\n00:01 --> x\nText\n", "line 3"),
        (ebu_tt_d()[:900], "line"),
        (ebu_tt_d().replace(b"<tt:tt", b'<!DOCTYPE x [<!ENTITY a "b">]><tt:tt', 1), "not safe"),
        (b"<notes><tt>x</tt></notes>", "first element"),
        (stl()[:1060], "ends after"),
        (stl(rate=b"STL99.01"), "Known"),
        (b"{1}{2}Text\n", "frame rate"),
    ],
)
def test_a_malformed_file_gets_a_sentence(data: bytes, words: str) -> None:
    """What, where, and what to do next."""
    with pytest.raises(UnreadableSubtitles, match=words) as refused:
        read(data, "broken.xyz")
    assert refused.value.message.startswith("broken.xyz")
    assert refused.value.message.endswith(".")


@examples(150)
@given(data=st.data(), kind=st.sampled_from(sorted(FORMATS)))
def test_no_damage_breaks_it(data: st.DataObject, kind: str) -> None:
    """Bytes changed, cut and put in anywhere give cues or a sentence."""
    whole = bytearray(FORMATS[kind]())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    try:
        track = read(bytes(whole), "damaged")
    except UnreadableSubtitles:
        return
    assert all(isinstance(cue.text, str) for cue in track.cues)


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["De burgemeester van Curaçao\nopent vandaag de brug."], ["Curaçao"]),
        (
            ["Vandaag spreekt Jan van der Berg.", "Met Anna-Lise O'Neill, uit Rotterdam."],
            ["Anna-Lise O'Neill", "Jan van der Berg", "Rotterdam"],
        ),
        (["Gisteren was Noor er. Noor zong.", "En Noor? Ja, Noor ook..."], ["Noor"]),
        (["- Gaat u mee?\n- Nee, dank u."], []),
        (["Ik zei: Kom binnen.", "HOTEL DE ZWAAN", "I think I know Mr Hill."], ["Mr Hill"]),
        (["Hij kwam in", "Utrecht aan."], ["Utrecht"]),
        ([], []),
    ],
)
def test_names_are_capitals_inside_sentences(texts: list[str], names: list[str]) -> None:
    """Most frequent first; the start of a sentence, a turn of speech or a sign in capitals is no name."""
    assert names_in(Cue(at * 1000, at * 1000 + 900, text) for at, text in enumerate(texts)) == names
