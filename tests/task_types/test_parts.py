"""The pieces that types share."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from task_types import crowds, forms, geometry, registry, voting
from task_types.cues import Cue
from task_types.exports.captions import file_name, parse, srt, webvtt
from task_types.opinions import distribution, wilson
from task_types.protocol import AnswerError, Case, Judgement
from task_types.spelling import as_written, words

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
HALF = ((5.0, 0.0), (15.0, 0.0), (15.0, 10.0), (5.0, 10.0))
NAMES = st.text(st.characters(exclude_characters="/\x00", exclude_categories=("Cs",)), max_size=30)
LINES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)


def test_wilson_against_a_published_table() -> None:
    """81/263, 15/148, 0/20 and 1/29 of Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E."""
    found = [tuple(round(edge, 4) for edge in wilson(count, total)) for count, total in ((81, 263), (15, 148), (0, 20), (1, 29))]
    assert found == [(0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)]


@pytest.mark.parametrize(
    ("degrees", "box"), [(0, (160, 120, 64, 48)), (90, (112, 120, 48, 64)), (180, (96, 72, 64, 48)), (-90, (160, 56, 48, 64))]
)
def test_a_box_that_label_studio_turned_is_the_upright_one_around_it(degrees: float, box: tuple[float, ...]) -> None:
    """It turns clockwise about its first corner, in pixels of a picture of 640 × 480; what falls outside is cut off."""
    task_type = registry.get("bounding_box")
    payload = task_type.payload_model(media="m", width=640, height=480)
    case = Case(task_type.settings_model(labels=["boat"]), payload, "en")

    def read(**place: float) -> tuple[float, ...]:
        value = {"width": 10, "height": 10, "rotation": degrees, "rectanglelabels": ["boat"], **place}
        result = [{"from_name": "answer", "to_name": "subject", "type": "rectanglelabels", "value": value}]
        [found] = task_type.label_studio.from_result(case, result).boxes
        task_type.check(case, task_type.answer_model(boxes=(found,)))
        return found.x, found.y, found.width, found.height

    assert read(x=25, y=25) == pytest.approx(box)
    assert read(x=89, y=89)[0] + read(x=89, y=89)[2] <= 640


def test_a_distribution_names_what_nobody_chose() -> None:
    """An answer that nobody gave is a result too."""
    found = distribution(["a", "a", "b"], ["a", "b", "c"])
    assert found.shares == {"a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3), "c": 0.0}
    assert found.answers == 3


@pytest.mark.parametrize(("text", "value"), [("12,5", 12.5), ("-3", -3.0), (".5", 0.5), ("7.", 7.0), ("+1", 1.0)])
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    """Comma or point."""
    assert forms.number(text, "en", "x") == value


@pytest.mark.parametrize("text", ["1e5", "nan", "inf", "1.000,5", "0x10", "--1", "", "٣" * 20])
def test_what_is_no_number_is_refused(text: str) -> None:
    """Also what Python would take."""
    with pytest.raises(AnswerError):
        forms.number(text, "en", "x")


def test_skill_moves_with_evidence() -> None:
    """One bad answer says little, fifty say much; nobody leaves 0–1."""
    found = crowds.shrunk_skills([(1, 0.0), *((2, 1.0) for _ in range(50)), *((3, 0.2) for _ in range(50))])
    assert found[3] < found[1] < found[2] < 1.0
    assert crowds.skill(found, 99) == pytest.approx(sum(found.values()) / 3)
    assert crowds.skill({}, 99) == crowds.UNKNOWN


def test_two_good_workers_outweigh_three_guessers() -> None:
    """Votes count by skill."""
    skills = {1: 0.95, 2: 0.95, 3: 0.5, 4: 0.5, 5: 0.5}
    found = voting.chances([(1, "a"), (2, "a"), (3, "b"), (4, "b"), (5, "b")], ["a", "b"], skills)
    assert voting.most_likely(found)[0] == "a"
    assert sum(found.values()) == pytest.approx(1.0)
    assert voting.given_values([Judgement(1, "a"), Judgement(2, None)], str) == [(1, "a")]  # type: ignore[type-var]


def test_overlap_of_outlines_by_hand() -> None:
    """Half of each of two equal squares: a third."""
    assert geometry.area(SQUARE) == 100
    assert geometry.outline_iou(SQUARE, SQUARE) == 1.0
    assert geometry.outline_iou(SQUARE, HALF) == pytest.approx(1 / 3, abs=0.01)
    assert geometry.outline_iou(SQUARE, tuple((x + 50, y) for x, y in SQUARE)) == 0.0


def test_overlap_of_lines_by_hand() -> None:
    """Two pixels beside each other are one line, forty are two; half a line is half."""
    line = ((0.0, 0.0), (100.0, 0.0))
    assert geometry.line_overlap(line, ((0.0, 2.0), (100.0, 2.0)), 4) == 1.0
    assert geometry.line_overlap(line, ((0.0, 40.0), (100.0, 40.0)), 4) == 0.0
    assert geometry.line_overlap(line, ((0.0, 0.0), (50.0, 0.0)), 1) == pytest.approx(0.5, abs=0.05)


def test_merged_words_are_written_as_at_that_place() -> None:
    """A capital at the start of a sentence does not wander to the middle, and a mark for the unclear stays."""
    texts = [words(text, ["[?]"], "en") for text in ("The man saw the [?].", "The man saw the [?].", "the man saw a dog")]
    assert as_written(texts[0].normal, texts, [1.0, 1.0, 1.0]) == "The man saw the [?]"
    assert as_written(("the", "cat"), texts, [1.0, 1.0, 1.0]) == "The cat"


@given(
    st.lists(st.text(st.characters(exclude_characters="/\x00", exclude_categories=("Cs",)), max_size=30), min_size=1, max_size=4)
)
def test_files_are_named_after_their_source_reversibly(parts: list[str]) -> None:
    """Whatever a source is called: no way out of the folder, and the name gives the key again."""
    key = "/".join(parts)
    name = file_name(key)
    path = PurePosixPath(name)
    assert not path.is_absolute()
    assert ".." not in path.parts
    if all(part.strip() for part in parts) and all(len(part.encode()) < 60 for part in parts):
        assert unquote(name) == key


@given(st.lists(st.tuples(st.integers(0, 10**8), st.integers(1, 10**5), st.lists(LINES, min_size=1, max_size=3)), max_size=5))
def test_subtitles_read_back(rows: list[tuple[int, int, list[str]]]) -> None:
    """Both formats, any characters, hours and hours."""
    cues = [
        Cue(start, start + length, "\n".join(line.replace("-->", "") or "x" for line in lines)) for start, length, lines in rows
    ]
    assert list(parse(webvtt(cues), "x.vtt")) == cues
    assert list(parse(srt(cues), "x.srt")) == cues
