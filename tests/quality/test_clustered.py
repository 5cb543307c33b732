"""What answers are worth when the same people gave many of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.clustered import effective_answers, groups_of
from task_types.opinions import wilson

GROUPS = st.lists(st.integers(1, 9).flatmap(lambda n: st.tuples(st.floats(0, n), st.just(n))), min_size=1, max_size=12)


def test_equal_people_are_worth_all_their_answers() -> None:
    """Ten people with the same share right: nothing is lost. Two who differ wholly: hardly more than two are left."""
    assert effective_answers(100, 80.0, groups_of([(8.0, 10)] * 10)) == 100
    assert effective_answers(100, 50.0, groups_of([(50.0, 50), (0.0, 50)])) == pytest.approx(1.0)


@given(groups=GROUPS)
def test_never_more_than_there_are(groups: list[tuple[float, int]]) -> None:
    """Whatever the scores: at least one answer, at most all; one group or none changes nothing."""
    answers, total = sum(n for _, n in groups), sum(score for score, _ in groups)
    worth = effective_answers(answers, total, groups_of(groups))
    assert 1 <= worth <= answers
    assert effective_answers(answers, total, groups_of([(total, answers)])) == answers
    assert effective_answers(answers, total) == answers


def test_the_interval_holds_as_often_as_it_says() -> None:
    """People of unlike skill: the interval on what answers are worth holds their mean; taken for independent it does not."""
    rng, inside, naive = np.random.default_rng(1), 0, 0
    for _ in range(300):
        skills = rng.beta(4, 1.5, 12)
        scores = [(float(rng.binomial(40, skill)), 40) for skill in skills]
        total = sum(score for score, _ in scores)
        worth = effective_answers(480, total, groups_of(scores))
        for holds, n in ((True, worth), (False, 480.0)):
            low, high = wilson(total / 480 * n, n)
            inside += holds and low <= 4 / 5.5 <= high
            naive += not holds and low <= 4 / 5.5 <= high
    assert inside >= 0.9 * 300
    assert naive < 0.6 * 300
