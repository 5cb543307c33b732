"""Agreement, rankings, ratings, and whole tables."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import boxes, ordinal
from quality.agreement import alpha, alpha_by_distance, check_metric, pairwise_f1
from quality.cells import Row, read_boxes, read_segments, read_tags, read_text
from quality.distances import interval, nominal
from quality.errors import BadLabel, BadVotes, UnknownKind
from quality.pairwise import bradley_terry, weighted_bradley_terry
from quality.tables import KINDS, aggregate, agreement
from quality.votes import Votes
from task_types import registry
from task_types.subtitle_words import ANSWERS
from tests.examples import examples
from tests.quality.crowds import any_votes, crowd, votes_of
from workbench import manifest


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


# Agreement

# Krippendorff 2011, section C: four observers, twelve units, some values missing; None is no answer.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def published() -> Votes:
    triples = [(u, w, v - 1) for w, row in enumerate(OBSERVERS) for u, v in enumerate(row) if v is not None]
    return votes_of(*triples, labels=5)


@pytest.mark.parametrize(("metric", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_the_published_example(metric: str, value: float) -> None:
    """Krippendorff's own worked example comes out with his figures."""
    found = alpha(published(), check_metric(metric), rng=rng())
    assert found.alpha == pytest.approx(value, abs=0.001)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= value <= found.high
    assert found.microtasks == 11


def test_alpha_by_distance_is_alpha() -> None:
    """With the nominal distance, the general form gives the nominal figure where everybody answered everything."""
    votes, _ = crowd(microtasks=60, overlap=7)
    answers = [votes.label[votes.microtask == m].tolist() for m in range(60)]
    general = alpha_by_distance(answers, nominal, rng=rng())
    assert general.alpha == pytest.approx(alpha(votes, rng=rng()).alpha, abs=0.01)
    squared = alpha_by_distance(answers, lambda a, b: interval(a, b, 2) ** 2, rng=rng())
    assert squared.alpha == pytest.approx(alpha(votes, "interval", rng=rng()).alpha, abs=0.01)


def test_chance_is_within_one_kind_of_question() -> None:
    """Four questions with answers of their own, answered at random: that is chance, not agreement."""
    guess = random.Random(3)
    kinds = [("meaning", "names", "timing", "speaker")[n % 4] for n in range(200)]
    answers = [[f"{kind} {guess.randrange(2)}" for _ in range(3)] for kind in kinds]
    assert alpha_by_distance(answers, nominal, rng=rng()).alpha > 0.4
    found = alpha_by_distance(answers, nominal, rng=rng(), kinds=kinds)
    assert found.low < 0 < found.high
    assert abs(found.alpha) < 0.1


def test_the_questions_about_a_subtitle_are_kinds_of_their_own() -> None:
    """The type says so, and the report's figure follows."""
    task_type, guess = registry.get("subtitle_quality"), random.Random(4)
    cases = dict(enumerate([one.case for one in task_type.examples[:4]] * 50))
    groups = [
        [(n, task_type.answer_model(value=guess.choice(list(ANSWERS[case.payload.ask])))) for _ in range(3)]
        for n, case in cases.items()
    ]
    found = manifest.measure(task_type, cases, groups)
    assert abs(found.alpha) < 0.1


def test_agreement_of_nothing_is_said_in_words() -> None:
    """No overlap, or one answer everywhere: no figure, and a reason."""
    assert "two answers" in alpha(votes_of((0, 0, 0), (1, 1, 1)), rng=rng()).reason
    assert "same answer" in alpha(votes_of((0, 0, 0), (0, 1, 0)), rng=rng()).reason
    assert alpha_by_distance([["a"], ["b"]], nominal, rng=rng()).alpha is None
    assert "same answer" in alpha_by_distance([["a", "a"]], nominal, rng=rng()).reason
    assert pairwise_f1([[1]], nominal, rng=rng()).alpha is None
    for found in (alpha(votes_of((0, 0, 0), (0, 1, 1)), rng=rng()), alpha_by_distance([["a", "b"]], nominal, rng=rng())):
        assert (found.low, found.high, found.microtasks) == (None, None, 1)
        assert "Only one question" in found.reason
    with pytest.raises(BadVotes, match="Unknown metric"):
        check_metric("ratio")


@given(votes=any_votes())
@examples(30)
def test_alpha_is_at_most_one(votes: Votes) -> None:
    """Whatever the votes, alpha is at most 1, or absent with a reason."""
    found = alpha(votes, rng=rng())
    assert bool(found.reason) if found.alpha is None else found.alpha <= 1 + 1e-9


def test_pairwise_f1_of_boxes() -> None:
    """The mean over pairs: two agree, the third found nothing."""
    box = boxes.Box("", 0, 0, 9, 9)
    found = pairwise_f1([[[box], [box], []]], boxes.f1, rng=rng())
    assert found.alpha == pytest.approx(1 / 3)


# Rankings and ratings


def test_strengths_follow_the_wins() -> None:
    """a beats b, b beats c, mostly: that is the order, and the chances follow."""
    ranking = bradley_terry([0, 0, 0, 1, 1, 1, 1, 2], [1, 1, 1, 2, 2, 2, 0, 1], 3)
    assert ranking.order() == [0, 1, 2]
    assert ranking.is_connected
    chance = ranking.chance(0, 1)
    assert chance is not None
    assert 0.6 < chance < 0.85
    assert ranking.strengths.mean() == pytest.approx(0)


def test_items_without_a_link_are_not_compared() -> None:
    """Two islands of comparisons: the ranking says that nothing links them."""
    ranking = bradley_terry([0, 2], [1, 3], 5)
    assert not ranking.is_connected
    assert ranking.components.tolist() == [0, 0, 1, 1, 2]
    assert ranking.chance(0, 3) is None
    assert ranking.chance(0, 1) is not None


def test_workers_who_guess_count_for_nothing() -> None:
    """Three careful workers and three who guess: weighing by agreement comes nearer to the true strengths."""
    random = np.random.default_rng(2)
    true = np.arange(8, 0, -1) / 1.5
    pairs = random.integers(0, 8, (900, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    who = random.integers(0, 6, len(pairs))
    chance = 1 / (1 + np.exp(true[pairs[:, 1]] - true[pairs[:, 0]]))
    first = np.where(who < 3, random.random(len(pairs)) < chance, random.random(len(pairs)) < 0.5)
    win, lose = np.where(first, pairs[:, 0], pairs[:, 1]), np.where(first, pairs[:, 1], pairs[:, 0])
    ranking = weighted_bradley_terry(win, lose, who, 8)
    plain = bradley_terry(win, lose, 8)
    assert np.corrcoef(ranking.strengths, true)[0, 1] > np.corrcoef(plain.strengths, true)[0, 1]
    assert ranking.skills[:3].min() > ranking.skills[3:].max()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda p: p[0] != p[1]), max_size=30))
def test_any_comparisons_give_finite_strengths(pairs: list[tuple[int, int]]) -> None:
    """Items that never lost, never met or never appeared still have a finite strength."""
    ranking = bradley_terry([a for a, _ in pairs], [b for _, b in pairs], 5)
    assert np.isfinite(ranking.strengths).all()
    assert sorted(ranking.order()) == [0, 1, 2, 3, 4]


def test_comparisons_that_make_no_sense_are_refused() -> None:
    """An item against itself, or one that does not exist."""
    for win, lose in (([0], [0]), ([0], [9]), ([0, 1], [1])):
        with pytest.raises(BadVotes):
            bradley_terry(win, lose, 3)


def test_a_rating_is_the_median_and_ranks_by_the_mean() -> None:
    """Two careful 4s outweigh a careless 0; the mean keeps some of it."""
    rated = ordinal.settle([4, 4, 0], 5, [0.8, 0.8, 0.5])
    assert rated.value == 4
    assert 3.5 < rated.mean < 4
    assert rated.confidence == rated.posterior[4] > 0.9
    assert ordinal.settle([], 5, []).value == 2
    assert ordinal.median_point([0.5, 0.5]) == 0


def test_rows_of_ratings() -> None:
    """Medians and means of many posteriors are those of each."""
    posteriors = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
    assert ordinal.medians(posteriors).tolist() == [0, 2]
    assert ordinal.means(posteriors).tolist() == pytest.approx([0.7, 1.6])


def test_a_rating_in_a_table_may_lie_between_two_points() -> None:
    """Near a point it is that point; in the middle third of the way it is the mean; a scale of one point has one value."""
    posteriors = np.array([[0.9, 0.1, 0.0], [0.5, 0.5, 0.0], [0.0, 0.2, 0.8]])
    assert ordinal.values(posteriors, [1, 2, 4]).tolist() == [1, 1.5, 4]
    assert ordinal.values(np.ones((2, 1)), [3]).tolist() == [3, 3]


def test_a_slider_is_averaged() -> None:
    """The plain mean with an interval; one answer has none; no answer is not a number."""
    found = ordinal.average([10, 20, 30])
    assert found.value == 20
    assert found.low < 10 < 30 < found.high
    assert ordinal.average([5]) == ordinal.Averaged(5, 5, 5)
    assert np.isnan(ordinal.average([]).value)


# Tables


def table(*cells: tuple[str, str, str]) -> list[Row]:
    return [Row(task, worker, label, line) for line, (task, worker, label) in enumerate(cells, 2)]


def test_a_table_of_choices() -> None:
    """The last answer of a worker counts, "I don't know" does not, plain text and JSON may be mixed."""
    rows = table(
        ("t1", "a", "cat"),
        ("t1", "b", '{"choice": "dog"}'),
        ("t1", "c", "dog"),
        ("t1", "a", "dog"),
        ("t2", "a", '{"dont_know": true}'),
        ("t2", "b", "cat"),
    )
    found = aggregate(rows, "nominal")
    assert [(r.task, r.label, r.answers) for r in found] == [("t1", "dog", 3), ("t2", "cat", 1)]
    assert 0 < found[0].confidence <= 1


def test_gold_settles_a_table() -> None:
    """A task with gold is what gold says, even if nobody answered so."""
    rows = table(("t1", "a", "cat"), ("t1", "b", "cat"), ("t2", "a", "cat"))
    found = aggregate(rows, "nominal", {"t1": ["emu"]})
    assert found[0].label == "emu"
    assert found[0].confidence == pytest.approx(1)


def test_enough_gold_makes_the_confidence_of_a_table_honest() -> None:
    """With gold on half of the tasks, the mean confidence of the others is within three points of what is right."""
    votes, truth = crowd(microtasks=3000, skills=[0.5, 0.55, 0.6, 0.65, 0.7, 0.8], overlap=3, seed=4)
    cells = zip(votes.microtask, votes.worker, votes.label, strict=True)
    rows = [Row(str(m), str(w), str(label)) for m, w, label in cells]
    gold = {str(m): [str(truth[m])] for m in range(0, 3000, 2)}
    rest = [r for r in aggregate(rows, "nominal", gold) if r.task not in gold]
    right = np.mean([r.label == str(truth[int(r.task)]) for r in rest])
    assert np.mean([r.confidence for r in rest]) == pytest.approx(right, abs=0.03)


def test_points_of_a_scale_are_in_the_order_of_their_numbers() -> None:
    """10 comes after 9, and the median of 8, 9 and 10 is 9."""
    rows = table(("t", "a", "10"), ("t", "b", '{"value": 9}'), ("t", "c", "8.0"))
    assert aggregate(rows, "ordinal")[0].label == "9"


def test_points_with_names_stay_names() -> None:
    """Where the points are words there is no number between them."""
    rows = table(("t", "a", "bad"), ("t", "b", "good"), ("t", "c", "good"))
    assert aggregate(rows, "ordinal")[0].label == "good"


def test_tags_are_settled_one_by_one() -> None:
    """Each tag is a question of its own; the answer is a JSON list."""
    rows = table(
        ("t", "a", '["sea", "dog"]'),
        ("t", "b", '{"labels": ["dog"]}'),
        ("t", "c", "dog, sea"),
        ("u", "a", "sky"),
        ("u", "b", "sky|sea"),
        ("u", "c", "sky"),
    )
    assert [json.loads(r.label) for r in aggregate(rows, "set")] == [["dog", "sea"], ["sky"]]


def test_boxes_come_out_in_the_form_they_came_in() -> None:
    """Lists of corners stay lists of corners, answers stay answers; gold replaces what was merged."""
    rows = table(("t", "a", "[[0,0,10,10]]"), ("t", "b", "[[2,0,12,10]]"), ("u", "a", "[]"), ("u", "b", ""))
    found = aggregate(rows, "boxes", {"u": ["[[1,1,2,2]]"]})
    assert [json.loads(r.label) for r in found] == [[[1, 0, 11, 10]], [[1, 1, 2, 2]]]
    answer = '{"boxes": [{"label": "car", "x": 0, "y": 0, "width": 4, "height": 4}]}'
    assert json.loads(aggregate(table(("t", "a", answer)), "boxes")[0].label) == json.loads(answer)
    assert aggregate(table(("t", "a", "[]"), ("t", "b", "[]")), "boxes")[0].confidence == 1


def test_segments_and_texts_of_a_table() -> None:
    """Segments by their medians, transcripts by words, short texts whole."""
    rows = table(("t", "a", "[[0,1000]]"), ("t", "b", '{"segments": [{"label": "", "start_ms": 200, "end_ms": 1200}]}'))
    assert json.loads(aggregate(rows, "segments")[0].label) == {"segments": [{"label": "", "start_ms": 100, "end_ms": 1100}]}
    texts = table(("t", "a", "De man."), ("t", "b", '{"text": "de man"}'), ("t", "c", "de vrouw"))
    assert aggregate(texts, "transcripts")[0].label == "de man"
    assert aggregate(texts, "medoid")[0].label == "De man."
    assert aggregate(texts, "medoid", {"t": ["Gold."]})[0].label == "Gold."


@pytest.mark.parametrize("kind", ["boxes", "segments"])
@pytest.mark.parametrize("label", ["banana", "[1,2]", "[[1,2,3]]", '{"boxes": 3, "segments": 3}', '[{"x": 1}]'])
def test_a_label_that_cannot_be_read_names_its_line(kind: str, label: str) -> None:
    """The message says where, what, and how to write it instead."""
    with pytest.raises(BadLabel, match=r"task t: .* Write \[\[") as found:
        aggregate(table(("t", "a", label)), kind)
    assert found.value.line == 2


def test_an_unknown_kind_lists_the_known_ones() -> None:
    """The message tells what there is."""
    with pytest.raises(UnknownKind, match="Known: nominal, set, ordinal"):
        aggregate([], "bbox")


@pytest.mark.parametrize("kind", KINDS)
def test_empty_tables_and_agreement(kind: str) -> None:
    """No rows give no results and no agreement, for every kind; unanimous rows agree as far as can be told."""
    assert aggregate([], kind) == []
    assert agreement([], kind, rng=rng()).alpha is None
    label = "[[1,1,5,5]]" if kind == "boxes" else "[[1,500]]" if kind == "segments" else "3"
    other = "[[9,9,20,20]]" if kind == "boxes" else "[[7000,9000]]" if kind == "segments" else "5"
    rows = table(("t", "a", label), ("t", "b", label), ("u", "a", other), ("u", "b", other))
    assert agreement(rows, kind, rng=rng()).alpha == pytest.approx(1)
    assert len(aggregate(rows, kind)) == 2


def test_reading_cells() -> None:
    """What each reader makes of a cell."""
    assert read_text(Row("t", "w", '{"text": "a b"}')) == "a b"
    assert read_text(Row("t", "w", "[noise]")) == "[noise]"
    assert read_tags(Row("t", "w", "")) == frozenset()
    assert read_boxes(Row("t", "w", "[[10,10,0,0]]")) == [boxes.Box("", 0, 0, 10, 10)]
    assert read_segments(Row("t", "w", "")) == []


def test_the_web_process_may_import_everything() -> None:
    """Importing the package never loads scipy: it would cost the web process a hundred megabytes."""
    names = "aggregate agreement boxes calibration distances gold online ordinal pairwise scores segments stopping tables"
    program = f"import sys, {', '.join(f'quality.{n}' for n in names.split())}; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
