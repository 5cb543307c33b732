"""A worker's own transcript beside the merged one."""

from __future__ import annotations

import pytest

from workbench.store.compared import compare


@pytest.mark.parametrize(
    ("mine", "merged", "words", "same", "differences"),
    [
        ("The news of ten.", "the news of ten", 4, 4, []),
        ("the news often", "the news of ten", 4, 2, [("often", "of ten")]),
        ("news of ten", "the news of ten", 4, 3, [("", "the")]),
        ("the the news", "the news", 2, 2, [("the", "")]),
        ("", "one two", 2, 0, [("", "one two")]),
    ],
)
def test_texts_are_compared_word_by_word(
    mine: str, merged: str, words: int, same: int, differences: list[tuple[str, str]]
) -> None:
    """Capitals and marks are no difference; what differs is shown as it was written."""
    found = compare(mine, merged)
    assert (found.words, found.same, list(found.differences)) == (words, same, differences)
