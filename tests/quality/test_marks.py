"""Boxes and segments: matching, comparing with gold, merging."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from quality import boxes, segments
from quality.boxes import Box
from quality.clusters import weighted_median
from quality.errors import BadVotes
from quality.matching import cheapest
from quality.segments import Segment
from quality.spread import Spread, fit_spread, settled_edges
from tests.examples import examples

numbers = st.integers(0, 40).map(float)
a_box = st.builds(Box, st.sampled_from(["car", "dog"]), numbers, numbers, numbers, numbers)
some_boxes = st.lists(a_box, max_size=5)
a_segment = st.builds(
    lambda label, start, length: Segment(label, start, start + length),
    st.sampled_from(["music", "talk"]),
    numbers.map(lambda n: n * 100),
    numbers.map(lambda n: n * 100),
)
some_segments = st.lists(a_segment, max_size=5)


def square(x: float, y: float = 0, size: float = 10, label: str = "car") -> Box:
    return Box(label, x, y, size, size)


def test_iou_of_half_covered_boxes() -> None:
    """Two squares that share half of each cover one and a half: a third."""
    assert boxes.iou(square(0), square(5)) == pytest.approx(1 / 3)
    assert boxes.iou(square(0), square(20)) == 0
    assert boxes.iou(Box("", 1, 1, 0, 0), Box("", 1, 1, 0, 0)) == 1


@given(left=a_box, right=a_box)
def test_iou_is_symmetric_and_bounded(left: Box, right: Box) -> None:
    """IoU does not depend on the order and lies between 0 and 1; of a box with itself it is 1."""
    assert boxes.iou(left, right) == boxes.iou(right, left)
    assert 0 <= boxes.iou(left, right) <= 1
    assert boxes.iou(left, left) == 1


def best_number_of_pairs(left: list[Box], right: list[Box]) -> int:
    """By trying all matchings."""
    few, many = sorted((left, right), key=len)
    overlap = boxes.overlap(few, many)
    return max(
        sum(1 for i, j in enumerate(order) if overlap[i, j] >= 0.5)
        for order in itertools.permutations(range(len(many)), len(few))
    )


@given(left=st.lists(a_box, max_size=4), right=st.lists(a_box, max_size=4))
@examples(60)
def test_matching_finds_as_many_pairs_as_there_can_be(left: list[Box], right: list[Box]) -> None:
    """No other way to pair boxes of one label gives more pairs, and nothing is paired twice."""
    pairs = boxes.match(left, right)
    assert len(pairs) == (best_number_of_pairs(left, right) if left and right else 0)
    assert len({i for i, _, _ in pairs}) == len({j for _, j, _ in pairs}) == len(pairs)
    assert all(left[i].label == right[j].label and value >= 0.5 for i, j, value in pairs)


@given(answer=some_boxes)
def test_gold_score_of_the_accepted_answer_is_one(answer: list[Box]) -> None:
    """What was accepted scores 1, also among other accepted answers, and when it is that there is nothing."""
    assert boxes.gold_score(answer, [answer]) == pytest.approx(1)
    assert boxes.gold_score(answer, [[square(900)], answer]) == pytest.approx(1)


def test_gold_score_counts_misses_and_sloppiness() -> None:
    """Half found, exactly: F1 of 2/3. Found but loose: the mean IoU. Another label: nothing."""
    gold = [square(0), square(100)]
    assert boxes.gold_score([square(0)], [gold]) == pytest.approx(2 / 3)
    assert boxes.gold_score([Box("car", 0, 0, 10, 8)], [[square(0)]]) == pytest.approx(0.8)
    assert boxes.gold_score([square(0, label="dog")], [[square(0)]]) == 0
    assert boxes.gold_score([], [gold]) == 0
    assert boxes.gold_score([], [[]]) == 1
    assert boxes.gold_score([], []) == 0


def test_merging_takes_medians_and_drops_what_few_saw() -> None:
    """Three of five saw the car, one saw a ghost: one box, at the median of its edges."""
    answers = [[square(0)], [square(1)], [square(2), square(50)], [], []]
    [(box, share)] = boxes.merge(answers)
    assert box == square(1)
    assert share == pytest.approx(0.6)


def test_two_people_side_by_side_stay_two() -> None:
    """Boxes of one worker never fall into one cluster, however near they are."""
    pair = [square(0), square(4)]
    assert [box.x for box, _ in boxes.merge([pair, pair, pair])] == [0, 4]


def test_votes_can_weigh_more() -> None:
    """One trusted worker against two others keeps a box that heads alone would have dropped."""
    answers: list[list[Box]] = [[square(0)], [], []]
    assert boxes.merge(answers) == []
    [(box, share)] = boxes.merge(answers, [3, 1, 1])
    assert box == square(0)
    assert share == pytest.approx(0.6)
    with pytest.raises(BadVotes, match="one weight per worker"):
        boxes.merge(answers, [1, 1])


@given(answers=st.lists(some_boxes, max_size=5))
def test_merging_any_boxes(answers: list[list[Box]]) -> None:
    """Any input gives kept boxes with shares between the limit and 1, and unanimity keeps everything."""
    for box, share in boxes.merge(answers):
        assert 0.4 - 1e-9 <= share <= 1 + 1e-9
        assert box.width >= 0
        assert box.height >= 0
    if answers and answers[0]:
        assert len(boxes.merge([answers[0]] * 3)) == len(answers[0])


def test_matching_a_few_is_as_good_as_scipys() -> None:
    """The least total cost of many small tables, also with equal costs."""
    rng = np.random.default_rng(0)
    for rows, columns in [(2, 2), (3, 7), (6, 6), (12, 20)] * 20:
        cost = rng.random((rows, columns)).round(1)
        pairs = cheapest(cost)
        assert [row for row, _ in pairs] == list(range(rows))
        assert len({column for _, column in pairs}) == rows
        best = cost[linear_sum_assignment(cost)].sum()
        assert sum(cost[pair] for pair in pairs) == pytest.approx(best)


def test_more_boxes_than_the_other_has_are_matched_from_either_side() -> None:
    """Twelve with five: the same five pairs, the other way round."""
    many, few = [square(20.0 * i) for i in range(12)], [square(40.0 * i + 1) for i in range(5)]
    pairs = boxes.match(many, few)
    assert [(left, right) for left, right, _ in pairs] == [(2 * i, i) for i in range(5)]
    assert sorted((right, left) for left, right, _ in boxes.match(few, many)) == [(2 * i, i) for i in range(5)]


def test_scoring_several_boxes_loads_no_scipy() -> None:
    """Practice is scored in the web process: a fresh one scores nine boxes through the kind of work itself."""
    code = """
import sys
from task_types import reading, registry
box = registry.get("bounding_box")
case = box.examples[0].case
marks = [{"label": "boat", "x": 9 * n, "y": 0, "width": 8, "height": 8} for n in range(9)]
answer = reading.answer(box, {"boxes": marks})
assert box.scoring.gold_score(case, answer, [answer]) == 1
assert "scipy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_careful_workers_place_the_edges() -> None:
    """Where two careful and three sloppy workers differ, the merged edge is nearer to the truth than the plain median."""
    rng = np.random.default_rng(0)
    noise = [0.5, 0.5, 8.0, 8.0, 8.0]
    project = [[(w, [Box("car", *(100 + rng.normal(0, n, 4)))]) for w, n in enumerate(noise)] for _ in range(80)]
    weighed = [found[0][0].x for found in boxes.merge_project(project)]
    plain = [boxes.merge([b for _, b in answers])[0][0].x for answers in project]
    assert np.abs(np.array(weighed) - 100).mean() < np.abs(np.array(plain) - 100).mean() * 0.6


def test_a_habit_is_taken_off_in_any_unit() -> None:
    """Three draw eight pixels too wide, two exactly: the merged box is theirs, of small things too, in pixels or in shares."""
    rng = np.random.default_rng(0)
    sizes = rng.uniform(30, 200, 60)
    for unit in (1.0, 0.001):
        project = [
            [(w, [_drawn(100, size, 8 if w < 3 else 0, rng.normal(0, 4 if w < 3 else 1, 4), unit)]) for w in range(5)]
            for size in sizes
        ]
        merged = [found[0][0] for found in boxes.merge_project(project)]
        plain = [boxes.merge([b for _, b in answers])[0][0] for answers in project]
        true = [_drawn(100, size, 0, np.zeros(4), unit) for size in sizes]
        fit = np.mean([boxes.iou(a, b) for a, b in zip(merged, true, strict=True)])
        assert fit > 0.93 > np.mean([boxes.iou(a, b) for a, b in zip(plain, true, strict=True)])


def _drawn(place: float, size: float, margin: float, noise: np.ndarray, unit: float) -> Box:
    x1, y1, x2, y2 = (unit * (v + n) for v, n in zip((place - margin,) * 2 + (place + size + margin,) * 2, noise, strict=True))
    return Box("car", x1, y1, x2 - x1, y2 - y1)


def test_one_exact_person_who_draws_wide_does_not_set_the_measure() -> None:
    """Who repeats himself best draws eight pixels too wide, two of five draw tight: edges end up with the tight ones."""
    rng = np.random.default_rng(0)
    margins, noise = [8.0, 8.0, 8.0, 0.0, 0.0], [0.5, 3.0, 3.0, 1.0, 1.0]
    groups = []
    for size in rng.uniform(30, 200, 60):
        edges = [np.array([-m, -m, size + m, size + m]) + rng.normal(0, n, 4) for m, n in zip(margins, noise, strict=True)]
        groups.append((list(range(5)), np.array(edges)))
    habits = fit_spread(groups).habits
    assert max(np.abs(habits[who] - np.array([-8, -8, 8, 8])).max() for who in (0, 1, 2)) < 2
    assert max(np.abs(habits[who]).max() for who in (3, 4)) < 2


some_edges = st.integers(1, 7).flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=n, max_size=n),
        st.lists(st.floats(0.1, 10), min_size=n, max_size=n),
    )
)


@given(case=some_edges)
def test_settled_edges_lie_among_those_drawn(case: tuple[list[list[float]], list[float]]) -> None:
    """Never outside what was drawn, the same in any order of people, and what all drew where all drew the same."""
    edges, worth = np.array(case[0]), np.array(case[1])
    found = settled_edges(edges, worth)
    assert (found >= edges.min(axis=0) - 1e-9).all()
    assert (found <= edges.max(axis=0) + 1e-9).all()
    assert settled_edges(edges[::-1], worth[::-1]) == pytest.approx(found)
    assert settled_edges(np.array([edges[0]] * 3), np.ones(3)) == pytest.approx(edges[0])


def test_who_drew_something_else_hardly_moves_an_edge() -> None:
    """Of five one is a hundred pixels off: the edge moves by the usual deviation, not by twenty."""
    edges = np.array([[10.0], [11.0], [12.0], [13.0], [112.0]])
    assert settled_edges(edges, np.ones(5)) == pytest.approx([12.0])
    assert settled_edges(np.array([[4.0], [6.0]]), np.array([3.0, 1.0])) == pytest.approx([4.5])


@given(answers=st.lists(some_boxes, max_size=5))
def test_a_project_of_any_boxes_is_merged(answers: list[list[Box]]) -> None:
    """One person, nobody, nothing drawn, boxes without size: sizes and shares in their bounds, twice the same."""
    project = [list(enumerate(answers)), list(enumerate(answers[:1])), []]
    merged = boxes.merge_project(project)
    assert all(0.4 - 1e-9 <= share <= 1 + 1e-9 and box.width >= 0 and box.height >= 0 for found in merged for box, share in found)
    assert merged[2] == []
    assert boxes.merge_project(project) == merged


def test_a_crowd_on_one_picture_is_merged() -> None:
    """Five people draw the same hundred things, and all hundred in one place: each time a hundred come out, agreed by all."""
    for drawn in ([square(20.0 * i) for i in range(100)], [square(0)] * 100):
        found = boxes.merge_project([[(who, drawn) for who in range(5)]])[0]
        assert sorted(box.x for box, _ in found) == pytest.approx([box.x for box in drawn])
        assert {round(share, 9) for _, share in found} == {1.0}


@given(answers=st.lists(some_boxes, min_size=1, max_size=4))
def test_a_known_habit_never_turns_a_box_inside_out(answers: list[list[Box]]) -> None:
    """However large a habit is beside what was drawn, what is left has a size of at least a fifth."""
    known = Spread(errors={0: 0.1}, habits={0: np.array([-90.0, 40.0, 70.0, -80.0])})
    for box, _ in boxes.merge_known([(0, answers[0])], known):
        assert any(box.width >= 0.19 * one.width and box.height >= 0.19 * one.height for one in answers[0])


def test_short_sounds_match_within_a_reaction_time() -> None:
    """Edges within 200 ms are the same edges, however short the sound; otherwise IoU from a half counts."""
    bark = Segment("dog", 1000, 1100)
    assert segments.f1([bark], [Segment("dog", 1150, 1300)]) == 1
    assert segments.f1([bark], [Segment("dog", 1250, 1400)]) == 0
    assert segments.f1([Segment("music", 0, 10_000)], [Segment("music", 0, 5_500)]) == 1
    assert segments.f1([Segment("music", 0, 10_000)], [Segment("talk", 0, 10_000)]) == 0
    assert segments.f1([], []) == 1


@given(answer=some_segments)
def test_segments_of_gold_score_one(answer: list[Segment]) -> None:
    """What was accepted scores 1, also when it is silence."""
    assert segments.gold_score(answer, [answer]) == pytest.approx(1)


def test_segments_merge_in_order_of_time() -> None:
    """Medians of the edges, earliest first; what one of four marked is dropped."""
    answers = [
        [Segment("music", 5000, 9000), Segment("music", 0, 2000)],
        [Segment("music", 100, 2100), Segment("music", 5100, 9100)],
        [Segment("music", 200, 2200)],
        [Segment("music", 20_000, 21_000)],
    ]
    merged = segments.merge(answers)
    assert [found for found, _ in merged] == [Segment("music", 100, 2100), Segment("music", 5050, 9050)]
    assert [share for _, share in merged] == pytest.approx([0.75, 0.5])


def test_who_presses_late_is_taken_to_have_pressed_in_time() -> None:
    """Three press 400 ms late, two exactly: the merged sounds are theirs, of short sounds too, which late ones hardly overlap."""
    rng = np.random.default_rng(0)
    true = [Segment("dog", 5000, 5000 + length) for length in rng.integers(600, 4000, 60)]
    project = [
        [(w, [_late(sound, 400 if w < 3 else 0, rng.normal(0, 60 if w < 3 else 15, 2))]) for w in range(5)] for sound in true
    ]
    merged = [found[0][0] for found in segments.merge_project(project)]
    plain = [segments.merge([marked for _, marked in answers])[0][0] for answers in project]
    assert max(abs(one.start_ms - 5000) for one in merged) < 120
    assert np.mean([one.start_ms - 5000 for one in plain]) > 250


def _late(sound: Segment, late_ms: float, noise: np.ndarray) -> Segment:
    return Segment(sound.label, sound.start_ms + late_ms + noise[0], sound.end_ms + late_ms + noise[1])


@given(
    values=st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=9),
)
def test_weighted_median_with_even_weights_is_the_median(values: list[float]) -> None:
    """Weights of one change nothing."""
    assert weighted_median(np.array(values), np.ones(len(values))) == pytest.approx(float(np.median(values)))
