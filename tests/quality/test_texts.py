"""Distances between texts, and one text out of several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import distances, transcripts
from quality.errors import BadVotes

words = st.lists(st.sampled_from(["de", "man", "loopt", "over", "straat", "naar", "huis"]), max_size=8).map(" ".join)


def test_normalising_keeps_words_and_numbers() -> None:
    """Case, marks and spaces go; apostrophes inside words and numbers stay."""
    assert distances.normalise_text("  ‘Hello’, it’s 3.5 km — OK?  ", "en") == "hello it's 3.5 km ok"
    assert distances.normalise_text("Foto's van Café “Zuid”.", "nl") == "foto's van café zuid"
    assert distances.normalise_text("ﬁne ①", "en") == "fine 1"
    assert distances.normalise_text("DIŞ", "tr") == "dış"
    assert distances.normalise_text("...", "nl") == ""


@given(text=st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    """A normalised text is its own normal form."""
    once = distances.normalise_text(text, "nl")
    assert distances.normalise_text(once, "nl") == once


@given(left=st.text(max_size=20), right=st.text(max_size=20))
def test_character_distance_is_symmetric(left: str, right: str) -> None:
    """0 for equal texts, never above 1, the same both ways."""
    assert distances.character_error_rate(left, left) == 0
    assert distances.character_error_rate(left, right) == distances.character_error_rate(right, left) <= 1


def test_word_error_rate_counts_words_of_the_reference() -> None:
    """One word wrong and one missing of four; and the edges where one side is empty."""
    assert distances.word_error_rate("de man loopt daar", "de vrouw loopt") == 0.5
    assert distances.word_error_rate("ja", "ja ja ja") == 2
    assert distances.word_error_rate("", "iets") == 1
    assert distances.word_error_rate("", "") == 0


def test_other_distances() -> None:
    """Nominal, interval and set distances run from 0 to 1."""
    assert (distances.nominal("a", "a"), distances.nominal("a", "b")) == (0, 1)
    assert (distances.interval(1, 3, 4), distances.interval(0, 9, 4), distances.interval(2, 2, 0)) == (0.5, 1, 0)
    assert distances.set_distance({"a", "b"}, {"b", "c"}) == 0.5
    assert distances.set_distance([], []) == 0
    assert distances.set_distance(["a"], []) == 1


def test_majority_of_each_word_wins_and_keeps_its_spelling() -> None:
    """Everybody errs somewhere else: the merged text is right, and written as most wrote it."""
    merged = transcripts.rover(
        ["De man loopt thuis.", "De man loop naar huis.", "man loopt naar huis", "De man loopt naar huis."]
    )
    assert merged.text == "De man loopt naar huis."
    assert merged.normalised == "de man loopt naar huis"
    assert [word for word, _ in merged.words] == ["De", "man", "loopt", "naar", "huis."]
    assert merged.words[1][1] == 1
    assert merged.confidence == pytest.approx(sum(share for _, share in merged.words) / 5)


def test_words_that_the_first_text_lacks_are_found() -> None:
    """Aligning again to the outcome recovers words that most wrote but the pivot did not."""
    assert transcripts.rover(["a d", "a b c d", "a b c d"]).normalised == "a b c d"


def test_silence_and_nothing() -> None:
    """No texts give nothing, surely not; texts that all say nothing agree."""
    assert transcripts.rover([]).confidence == 0
    assert transcripts.rover(["", ""]) == transcripts.Merged("", 1, (), "")
    assert transcripts.rover(["", "", "boo"]).text == ""
    assert transcripts.rover(["one text only"]).text == "one text only"


@given(texts=st.lists(words, min_size=1, max_size=6), data=st.data())
def test_merging_any_texts(texts: list[str], data: st.DataObject) -> None:
    """Only words that somebody wrote, each with a share between 0 and 1; unanimity is kept; weights of 0 are no votes."""
    merged = transcripts.rover(texts)
    assert set(merged.normalised.split()) <= set(" ".join(texts).split())
    assert all(0 < share <= 1 + 1e-9 for _, share in merged.words)
    assert transcripts.rover([texts[0]] * 3).normalised == texts[0]
    chosen = data.draw(st.integers(0, len(texts) - 1))
    assert transcripts.rover(texts, [float(i == chosen) for i in range(len(texts))]).normalised == texts[chosen]


def test_weights_must_fit() -> None:
    """One weight per text, none below 0; all 0 is as good as none."""
    with pytest.raises(BadVotes, match="2 weights for 1 texts"):
        transcripts.rover(["a"], [1, 1])
    with pytest.raises(BadVotes):
        transcripts.medoid(["a"], [-1])
    assert transcripts.rover(["a", "a"], [0, 0]).text == "a"


def test_a_project_learns_whom_to_follow() -> None:
    """Two careful typists against three who share a habit of dropping the last word: the project's fit sides with care."""
    texts = [f"sentence number {i} ends here now" for i in range(30)]
    careful = [[("ann", t), ("bob", t)] for t in texts]
    sloppy = [[(w, t.replace("sentence", w).replace("ends", w).replace("here", w)[: -len(" now")]) for w in "xyz"] for t in texts]
    project = [c + s for c, s in zip(careful, sloppy, strict=True)]
    fit = transcripts.fit_transcripts(project)
    assert fit.errors["ann"] < fit.errors["x"]
    assert fit.weight("ann") > fit.weight("somebody new") > fit.weight("x")
    assert [merged.text for merged in transcripts.merge_project(project, fit)] == texts


def test_the_medoid_is_one_persons_text() -> None:
    """Free descriptions are never mixed: the one nearest to the others is taken whole."""
    texts = ["A dog on a beach.", "a dog at the beach", "Two boats"]
    found = transcripts.medoid(texts)
    assert found.text in texts[:2]
    assert 0 < found.confidence < 1
    assert transcripts.medoid(["Alone"]).confidence == 0.5
    assert transcripts.medoid([]).text == ""
