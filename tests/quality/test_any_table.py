"""Whole tables as strangers write them: a sensible answer, or a sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.cells import Row
from quality.errors import QualityError, TooManyLabels, TooMuchTogether
from quality.tables import KINDS, aggregate, agreement
from tests.examples import examples

STRANGE = st.sampled_from(
    [
        "", " ", "yes", "no", "3", "-0", "1e400", "nan", "NaN", "inf", "[]", "{}", "[[]]", "null", '"x"', "é😀", "a|b", "a, b",
        "[[0,0,9,9]]", "[[9,9,0,0]]", "[[1,1,1,1],[0,0,9,9]]", "[[NaN,0,1,1]]", "[[0,0,Infinity,1]]", "[[0,100]]", "[[100,0]]",
        '{"dont_know": true}', '{"value": 4}', '{"boxes": []}', '{"segments": 7}', "[" * 200, "[" * 50_000,
    ]
)  # fmt: skip
NAMES = st.sampled_from(["", "a", "b", "c", "A ", "7"])
TABLE = st.lists(st.builds(Row, NAMES, NAMES, STRANGE | st.text(max_size=5)), max_size=25)
GOLD = st.dictionaries(NAMES, st.lists(STRANGE, max_size=3), max_size=3)


def check_sentence(error: QualityError) -> None:
    """Words that end as a sentence does."""
    assert len(str(error)) > 20
    assert str(error)[-1] in ".?"


@pytest.mark.parametrize("kind", KINDS)
@given(rows=TABLE, gold=GOLD)
@examples(12)
def test_any_table_is_settled_or_says_why_not(kind: str, rows: list[Row], gold: dict[str, list[str]]) -> None:
    """One line per task that was answered, with a confidence, the same each time; what cannot be read is named."""
    try:
        found = aggregate(rows, kind, gold)
    except QualityError as error:
        check_sentence(error)
        return
    tasks = [one.task for one in found]
    assert len(tasks) == len(set(tasks))
    assert set(tasks) <= {row.task for row in rows}
    assert all(0 <= one.confidence <= 1 + 1e-9 and one.answers >= 1 for one in found)
    assert found == aggregate(rows, kind, gold)


@pytest.mark.parametrize("kind", KINDS)
@given(rows=TABLE)
@examples(20)
def test_agreement_of_any_table(kind: str, rows: list[Row]) -> None:
    """A figure with an interval around it, or the reason why there is none."""
    try:
        found = agreement(rows, kind, rng=np.random.default_rng(0))
    except QualityError as error:
        check_sentence(error)
        return
    if found.alpha is None:
        assert found.reason
    else:
        assert math.isfinite(found.alpha)
        assert found.alpha <= 1 + 1e-9


@pytest.mark.parametrize(("kind", "label"), [("nominal", "yes"), ("ordinal", "4"), ("boxes", "[[1.0, 2.0, 30.0, 40.0]]"),
                                            ("segments", "[[100.0, 900.0]]"), ("transcripts", "a cat"), ("medoid", "a cat"),
                                            ("set", '["x"]')])  # fmt: skip
def test_one_worker_and_everybody_alike(kind: str, label: str) -> None:
    """One worker's answer stands; five equal answers stand surer than that; repeated rows count once."""
    [alone] = aggregate([Row("t", "a", label)], kind)
    [all_five] = aggregate([Row("t", worker, label) for worker in "abcde"], kind)
    [again] = aggregate([Row("t", "a", label)] * 5, kind)
    assert alone.label == all_five.label == label
    assert all_five.confidence >= alone.confidence
    assert again == alone


def test_a_great_many_answers_to_one_task() -> None:
    """Classes are counted however many there are; what is compared one with another says where it ends."""
    many = [Row("t", str(number), str(number % 2)) for number in range(20_000)] + [Row("t", "x", "1")]
    assert aggregate(many, "nominal")[0].label == "1"
    with pytest.raises(TooMuchTogether, match="Task t has 20,001 texts"):
        aggregate(many, "medoid")
    with pytest.raises(TooMuchTogether, match="Task t has 4,001 boxes"):
        aggregate([Row("t", str(number), "[[0,0,1,1]]") for number in range(4_001)], "boxes")
    with pytest.raises(TooManyLabels, match="different labels"):
        agreement([Row("t", str(n), str(n)) for n in range(6_000)], "nominal", rng=np.random.default_rng(0))
    sets = agreement([Row("t", str(n), "[[0,0,1,1]]") for n in range(1_000)], "boxes", rng=np.random.default_rng(0))
    assert sets.alpha == 1
