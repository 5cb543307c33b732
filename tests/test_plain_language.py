"""Reading ease, and one instruction per line."""

from __future__ import annotations

import pytest

from accessibility.plain_language import count, instructions, reading_ease, remarks, syllables


@pytest.mark.parametrize(
    ("word", "expected"),
    [("huis", 1), ("water", 2), ("bijvoorbeeld", 3), ("radio", 3), ("ideeën", 3), ("sneeuw", 1), ("mooi", 1), ("zeeën", 2),
     ("ondertitel", 4), ("geluid", 2), ("nieuws", 1), ("microfoon", 3), ("koeien", 2), ("duur", 1), ("uw", 1)],
)  # fmt: skip
def test_dutch_syllables(word: str, expected: int) -> None:
    """Vowel sounds, not letters, make Dutch syllables."""
    assert expected == syllables(word, "nl")


@pytest.mark.parametrize(
    ("word", "expected"),
    [("house", 1), ("water", 2), ("table", 2), ("radio", 3), ("played", 1), ("wanted", 2), ("pictures", 2), ("listen", 2),
     ("question", 2), ("video", 3), ("the", 1), ("usual", 3), ("changes", 2)],
)  # fmt: skip
def test_english_syllables(word: str, expected: int) -> None:
    """A silent e makes no syllable."""
    assert expected == syllables(word, "en")


def test_counts_of_a_small_text() -> None:
    """Two sentences, six words, seven syllables."""
    counts = count("De kat zit. Kijk naar boven!", "nl")
    assert (counts.sentences, counts.words, counts.syllables) == (2, 6, 7)


def test_reading_ease_by_hand() -> None:
    """206.84 − 0.93 × 3 − 77 × 7/6, worked out by hand."""
    ease = reading_ease("De kat zit. Kijk naar boven!", "nl")
    assert ease == pytest.approx(206.84 - 2.79 - 89.8333, abs=0.001)


def test_an_empty_text_has_no_score() -> None:
    """Nothing to read is neither easy nor hard."""
    assert reading_ease(" 12, 13 ", "en") is None


def test_plain_text_passes_and_officialese_is_remarked_on() -> None:
    """The threshold of 70 parts the two."""
    assert remarks("Luister naar het geluid.\nTyp wat je hoort.", "nl") == []
    hard = "Overeenkomstig de vigerende kwaliteitsvoorschriften dient transcriptie nauwgezet plaats te vinden."
    assert any("Reading ease" in one.message for one in remarks(hard, "nl"))


@pytest.mark.parametrize(
    ("line", "language"), [("Luister naar het geluid en typ wat je hoort.", "nl"), ("Look at it. Choose one.", "en")]
)
def test_two_instructions_on_one_line_are_remarked_on(line: str, language: str) -> None:
    """One instruction per line."""
    assert [one.line for one in remarks(line, language, threshold=0)] == [1]  # type: ignore[arg-type]


def test_a_long_sentence_is_remarked_on_with_its_line() -> None:
    """The line number points at it."""
    text = "Kijk goed.\n" + " ".join(["en nog een"] * 6) + "."
    assert [one.line for one in remarks(text, "nl", threshold=0)] == [2]


def test_instructions_lose_their_list_marks() -> None:
    """Numbers and dashes belong to the page, not to the text."""
    assert list(instructions("1. Luister.\n\n- Typ.\n")) == ["Luister.", "Typ."]
