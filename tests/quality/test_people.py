"""Gold, skill, calibration, stopping: what concerns people's work, and a simulated lab."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import calibration, scores, stopping, workers
from quality.aggregate import mean_of_models, posterior
from quality.calibration import Calibration, calibrate, calibrate_across
from quality.errors import BadVotes
from quality.gold import GoldItem, choose_gold, record, wants_gold, wear
from quality.stopping import Rule, answer_strength, reopens, spend, transcripts_want_another, wants_another
from quality.workers import Skill, crowd_mean, skill_of
from tests.quality.crowds import crowd

# Gold


def test_the_schedule_of_gold() -> None:
    """30% of the first 20 answers and 10% later, and never below 5%, as a simulated worker meets it."""
    rng = np.random.default_rng(0)
    first: list[bool] = []
    later: list[bool] = []
    for _ in range(400):
        gold = 0
        for answered in range(200):
            now = wants_gold(answered, gold, float(rng.random()))
            gold += now
            (first if answered < 20 else later).append(now)
            assert gold >= (answered + 1) // 20 - 1
    assert np.mean(first) == pytest.approx(0.30, abs=0.02)
    assert np.mean(later) == pytest.approx(0.10, abs=0.01)


def test_bad_luck_does_not_leave_anybody_unmeasured() -> None:
    """With the worst of draws, one answer in twenty is still gold."""
    gold = 0
    for answered in range(200):
        gold += wants_gold(answered, gold, 0.999)
    assert gold == 9


def test_gold_is_served_once_in_balance_and_never_disputed() -> None:
    """The class this person saw least, then the item that fewest saw; nothing seen, disputed or worn out."""
    items = [
        GoldItem("a", "dog", exposures=1),
        GoldItem("b", "dog"),
        GoldItem("c", "cat", disputed=True),
        GoldItem("d", "cat", exposures=200),
        GoldItem("e", "emu", exposures=9),
    ]
    assert choose_gold(items, set(), {}) == items[1]
    assert choose_gold(items, set(), {"dog": 1}) == items[4]
    assert choose_gold(items, {"b", "e"}, {}) == items[0]
    assert choose_gold(items, {"a", "b", "e"}, {}) is None
    report = wear(items)
    assert (report.items, report.disputed, report.worn_out, report.unused) == (5, 1, 1, 2)


def test_gold_that_half_of_the_people_miss_is_in_doubt() -> None:
    """Many people wrong in the same way says more about the item than about them."""
    found = record([1, 0, 0, 0, 1], ["cat", "dog", "dog", "emu", "cat"])
    assert (found.right, found.wrong, found.commonest_wrong, found.doubtful) == (2, 3, "dog", True)
    assert not record([0, 0], ["dog", "dog"]).doubtful


def test_scores_against_gold() -> None:
    """Each kind of answer against several accepted ones: the best counts."""
    assert scores.choice_score("cat", {"cat", "kitten"}) == 1
    assert scores.tags_score({"a", "b"}, [{"a"}, {"c"}]) == pytest.approx(2 / 3)
    assert scores.rating_score(4, [1, 5], 4) == 0.75
    assert scores.transcript_score("De man.", ["de man", "een man"]) == 1
    assert scores.transcript_score("x y z", ["a"]) == 0
    assert scores.text_score("Hilversum!", ["hilversum"]) == 1
    assert scores.text_score("", []) == 0


# Skill


def test_a_new_worker_is_taken_as_the_crowd_and_shown_nothing() -> None:
    """Before twenty gold answers there is no figure to show."""
    assert Skill().mean(crowd=0.9) == pytest.approx(0.9)
    assert not skill_of([1.0] * 19).may_be_shown
    assert skill_of([1.0] * 20).may_be_shown


@given(scores_=st.lists(st.floats(-1, 2), max_size=60), crowd_skill=st.floats(0, 1))
def test_skill_stays_between_its_limits(scores_: list[float], crowd_skill: float) -> None:
    """Whatever the scores, the mean lies in 0..1 and inside its interval."""
    skill = skill_of(scores_)
    low, high = skill.interval(crowd_skill, 0.99)
    assert 0 <= low <= high <= 1
    assert 0 <= skill.mean(crowd_skill) <= 1


def test_old_answers_fade() -> None:
    """Somebody who improved is judged mostly by now: old errors weigh less than new successes."""
    improved, declined = skill_of([0.0] * 200 + [1.0] * 200), skill_of([1.0] * 200 + [0.0] * 200)
    assert improved.mean() > 0.55 > 0.5 > declined.mean()


def test_a_simulated_lab_is_measured_fairly() -> None:
    """Careless, ordinary and excellent workers: the true skill lies in its 90% interval nine times in ten."""
    rng = np.random.default_rng(7)
    true = np.concatenate([rng.beta(16, 4, 540), np.full(60, 0.95)])
    skills = [skill_of((rng.random(60) < p).astype(float)) for p in true]
    mean = crowd_mean(skills)
    inside = [low <= p <= high for p, (low, high) in zip(true, (s.interval(mean) for s in skills), strict=True)]
    assert np.mean(inside) >= 0.9
    assert mean == pytest.approx(true.mean(), abs=0.02)


def test_crowd_mean_of_nobody() -> None:
    """Without any gold the crowd's skill is the stated guess."""
    assert crowd_mean([]) == pytest.approx(workers.CROWD_SKILL)


# Online


def test_posterior_of_one_microtask() -> None:
    """Bayes' rule by hand: .8 against .6 for the other label."""
    assert posterior([("ann", 0), ("bob", 1)], {"ann": 0.8, "bob": 0.6}, 2)[0] == pytest.approx(0.32 / (0.32 + 0.12))
    assert posterior([], {}, 3) == pytest.approx([1 / 3] * 3)
    assert posterior([], {}, 2, [0.9, 0.1]) == pytest.approx([0.9, 0.1])
    confusion = [[0.9, 0.1], [0.5, 0.5]]
    assert posterior([(1, 0)], {1: confusion}, 2)[0] == pytest.approx(0.9 / 1.4)


@given(
    votes=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30),
    skills=st.dictionaries(st.integers(0, 3), st.floats(0, 1)),
)
def test_posterior_is_a_distribution(votes: list[tuple[int, int]], skills: dict[int, float]) -> None:
    """Any votes of any workers give numbers that sum to 1, in any order of the votes."""
    found = posterior(votes, skills, 3)
    assert sum(found) == pytest.approx(1)
    assert found == pytest.approx(posterior(votes[::-1], skills, 3))


# Calibration


def test_calibration_learns_what_promises_are_worth() -> None:
    """A model that promises .95 and keeps .8 is shown as .8, within three points."""
    rng = np.random.default_rng(1)
    promised = rng.uniform(0.7, 0.999, 400)
    kept = rng.random(400) < 0.55 + 0.3 * (promised - 0.7) / 0.3
    curve = calibrate(promised, kept)
    assert curve.shown_all(promised).mean() == pytest.approx(kept.mean(), abs=0.03)
    after, before = (calibration.calibration_error(c, kept) for c in (curve.shown_all(promised), promised))
    assert after is not None
    assert before is not None
    assert after < before


def test_without_gold_confidence_is_shown_as_promised() -> None:
    """No gold changes nothing, and nobody calls it good."""
    curve = calibrate([], [])
    assert curve.shown(0.8) == pytest.approx(0.8)
    assert not curve.is_good
    assert calibration.calibration_error([], []) is None
    with pytest.raises(BadVotes):
        calibrate([0.5], [])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=50), st.floats(0, 1), st.floats(0, 1))
def test_more_promised_is_never_shown_as_less(gold: list[tuple[float, bool]], a: float, b: float) -> None:
    """Calibrating keeps the order and stays between 0 and 1."""
    curve = calibrate([c for c, _ in gold], [r for _, r in gold])
    low, high = curve.shown(min(a, b)), curve.shown(max(a, b))
    assert 0 <= low <= high <= 1


def test_shown_confidence_is_honest_on_microtasks_without_gold() -> None:
    """Calibrated on a quarter of the microtasks, the confidence of the others is within three points of the truth."""
    votes, truth = crowd(microtasks=8000, skills=[0.5, 0.55, 0.6, 0.65, 0.7, 0.8], overlap=3, seed=9)
    gold = {m: int(truth[m]) for m in range(0, 8000, 4)}
    fit = mean_of_models(votes, gold)
    curve = calibrate_across(votes, gold, lambda v, g: mean_of_models(v, g, fall_back=False))
    rest = np.array([m for m in range(8000) if m % 4])
    shown, right = curve.shown_all(fit.confidence[rest]).mean(), (fit.labels[rest] == truth[rest]).mean()
    assert shown == pytest.approx(right, abs=0.03)


# Stopping


def test_at_least_two_and_at_most_the_overlap() -> None:
    """One answer is never enough, however sure; the overlap is never passed."""
    assert wants_another(1, 1.0, Rule())
    assert not wants_another(10, 0.5, Rule(maximum=10))
    assert not wants_another(1, 0.5, Rule(maximum=1))


def test_sure_means_more_sure_while_calibration_is_unknown() -> None:
    """.99 settles with good calibration, not without it."""
    good = Calibration(gold=100, error=0.01)
    assert not wants_another(2, 0.99, Rule(), good)
    assert wants_another(2, 0.99, Rule())
    assert wants_another(2, 0.99, Rule(), Calibration(gold=100, error=0.2))
    assert wants_another(2, 0.99, Rule(), Calibration(gold=10, error=0.0))
    assert not wants_another(2, 0.9995, Rule())


def test_asking_stops_once_the_rest_cannot_turn_it_round() -> None:
    """With one answer left of a crowd that is right in 7 of 10, .9 stays; with four left it may not."""
    strength = answer_strength(0.7, 2)
    assert not wants_another(9, 0.9, Rule(maximum=10), answer_strength=strength)
    assert wants_another(6, 0.9, Rule(maximum=10), answer_strength=strength)
    assert answer_strength(0.2, 4) == pytest.approx(0)


def test_transcripts_stop_when_two_agree() -> None:
    """A pair within 10% of the characters settles; strangers do not."""
    assert transcripts_want_another(["de man loopt"], Rule())
    assert not transcripts_want_another(["De man loopt.", "de mam loopt"], Rule())
    assert transcripts_want_another(["de man loopt", "iets heel anders"], Rule())
    assert not transcripts_want_another(["a", "b", "c"], Rule(maximum=3))


def test_a_budget_goes_to_the_least_sure() -> None:
    """Too few answers first, then the least sure; finished ones get none."""
    sure = {"a": 0.9, "b": 0.5, "c": 0.99, "d": 0.1}
    answers = {"a": 2, "b": 2, "c": 1, "d": 10}
    assert spend(sure, answers, 2, Rule()) == ["c", "b"]
    assert spend(sure, answers, 0, Rule()) == []


def test_audits() -> None:
    """One in twenty is re-opened, and what comes of it is reported."""
    assert reopens(0.049)
    assert not reopens(0.05)
    assert stopping.Audit(20, 1).share_changed == 0.05
    assert stopping.Audit(0, 0).share_changed is None
