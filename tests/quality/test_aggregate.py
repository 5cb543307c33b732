"""One label per microtask from several votes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.aggregate import (
    Fit,
    Votes,
    dawid_skene,
    encode,
    majority,
    mean_of_models,
    one_coin,
    shrunk_dawid_skene,
    wawa,
)
from quality.counting import majority_labels
from quality.errors import BadVotes, TooFewJudgements, TooManyLabels
from quality.votes import Floats, Gold, count_votes
from tests.examples import examples
from tests.quality.crowds import any_votes, crowd, votes_of

Model = Callable[..., Fit]
MODELS: tuple[Model, ...] = (majority, wawa, one_coin, dawid_skene, shrunk_dawid_skene, mean_of_models)


def plain_dawid_skene(votes: Votes, tol: float = 1e-5, rounds: int = 100) -> Floats:
    """Dawid–Skene with crowd-kit's floors and stopping rule, in loops over single votes: slow and plain."""
    triples = list(zip(votes.microtask.tolist(), votes.worker.tolist(), votes.label.tolist(), strict=True))
    labels = range(votes.n_labels)
    post = np.array(
        [[sum(t == m and k == given_label for t, _, given_label in triples) for k in labels] for m in range(votes.n_microtasks)]
    )
    post = post / post.sum(axis=1, keepdims=True)

    def rows(p: Floats) -> dict[tuple[int, int], Floats]:
        found: dict[tuple[int, int], Floats] = {}
        for t, w, k in triples:
            found[w, k] = found.get((w, k), np.zeros(votes.n_labels)) + p[t]
        found = {key: np.maximum(value, 1e-10) for key, value in found.items()}
        total = {w: sum(v for (x, _), v in found.items() if x == w) for _, w, _ in triples}
        return {(w, k): value / total[w] for (w, k), value in found.items()}

    prior, errors, bound = post.mean(axis=0), rows(post), -np.inf
    for _ in range(rounds):
        score = np.tile(np.log(np.maximum(prior, 1e-10)), (votes.n_microtasks, 1))
        for t, w, k in triples:
            score[t] += np.log(errors[w, k])
        post = np.exp(score - score.max(axis=1, keepdims=True))
        post /= post.sum(axis=1, keepdims=True)
        prior, errors = post.mean(axis=0), rows(post)
        logs = np.log(np.maximum(prior, 1e-10))
        gained = sum(float(post[t] @ (np.log(errors[w, k]) + logs)) for t, w, k in triples)
        positive = post[post > 0]
        gained = (gained - float((positive * np.log(positive)).sum())) / len(triples)
        if gained - bound < tol:
            break
        bound = gained
    return np.asarray(post, dtype=np.float64)


@pytest.mark.parametrize("seed", range(4))
def test_dawid_skene_equals_the_plain_one(seed: int) -> None:
    """The fast passes give the posteriors of the textbook loops, within 1e-9."""
    votes, _ = crowd(microtasks=60, overlap=4, seed=seed)
    assert np.abs(dawid_skene(votes).posteriors - plain_dawid_skene(votes)).max() < 1e-9


def test_dawid_skene_is_the_same_over_several_blocks() -> None:
    """A set larger than one block of microtasks gives every part the posterior that the whole implies."""
    votes, truth = crowd(microtasks=40_000, overlap=3, seed=5)
    shuffled = np.random.default_rng(1).permutation(len(votes))
    mixed = Votes(
        votes.microtask[shuffled], votes.worker[shuffled], votes.label[shuffled], votes.n_microtasks, votes.n_workers, 3
    )
    fit = dawid_skene(votes)
    assert np.abs(fit.posteriors - dawid_skene(mixed).posteriors).max() < 1e-9
    assert (fit.labels == truth).mean() > (majority(votes).labels == truth).mean()


@pytest.mark.parametrize("model", MODELS)
@given(votes=any_votes())
@examples(40)
def test_any_votes_give_probabilities(model: Model, votes: Votes) -> None:
    """Whatever the votes, every microtask gets a distribution over the labels, and the same one again."""
    fit = model(votes)
    assert fit.posteriors.shape == (votes.n_microtasks, votes.n_labels)
    assert np.isfinite(fit.posteriors).all()
    assert fit.posteriors.min() >= 0
    assert np.allclose(fit.posteriors.sum(axis=1), 1)
    assert np.array_equal(fit.posteriors, model(votes).posteriors)
    assert ((fit.skills >= 0) & (fit.skills <= 1 + 1e-9)).all()


@pytest.mark.parametrize("model", MODELS)
@given(votes=any_votes(), data=st.data())
@examples(30)
def test_gold_is_clamped(model: Model, votes: Votes, data: st.DataObject) -> None:
    """A gold microtask is only ever settled as one of its accepted labels, even when they contradict each other."""
    accepted = data.draw(st.sets(st.integers(0, votes.n_labels - 1), min_size=1))
    fit = model(votes, {0: accepted})
    assert np.isclose(fit.posteriors[0, sorted(accepted)].sum(), 1)
    assert int(fit.labels[0]) in accepted


@pytest.mark.parametrize("model", MODELS)
def test_unanimous_answers_win(model: Model) -> None:
    """Where everybody says the same, that is the outcome."""
    votes = votes_of(*[(m, w, m % 2) for m in range(6) for w in range(4)])
    assert model(votes).labels.tolist() == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("model", MODELS)
def test_one_worker_is_believed(model: Model) -> None:
    """With one worker and no overlap, the outcome is what that worker said."""
    votes = votes_of((0, 0, 1), (1, 0, 0), (2, 0, 2), labels=3)
    assert model(votes).labels.tolist() == [1, 0, 2]


@pytest.mark.parametrize("model", MODELS)
def test_a_tie_goes_to_the_first_label(model: Model) -> None:
    """Two equal workers who always differ: the rule decides, not chance."""
    votes = votes_of((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))
    assert model(votes).labels[0] == 0


@pytest.mark.parametrize("model", [wawa, one_coin, dawid_skene, shrunk_dawid_skene, mean_of_models])
def test_models_beat_majority_where_some_workers_guess(model: Model) -> None:
    """With half of the workers guessing, knowing who is good helps."""
    votes, truth = crowd(microtasks=400, skills=[0.35, 0.35, 0.35, 0.35, 0.85, 0.85, 0.9, 0.95], labels=3, overlap=5)
    assert (model(votes).labels == truth).mean() > (majority(votes).labels == truth).mean() + 0.03


def test_gold_tells_a_majority_of_bad_workers_from_the_good_ones() -> None:
    """Three workers who share an error are outvoted by two good ones once some gold is known."""
    votes = votes_of(*[(m, w, (m + (w < 3)) % 2) for m in range(40) for w in range(5)])
    gold: Gold = {m: m % 2 for m in range(20)}
    assert (dawid_skene(votes, gold).labels[20:] == np.arange(20, 40) % 2).all()
    assert (majority(votes).labels[20:] != np.arange(20, 40) % 2).all()


def test_skills_come_near_the_truth() -> None:
    """Estimated skills are within five points of those that made the votes."""
    skills = [0.55, 0.65, 0.75, 0.85, 0.95]
    votes, _ = crowd(microtasks=3000, skills=skills, overlap=5)
    assert np.abs(one_coin(votes).skills - skills).max() < 0.05


def test_confusions_say_true_then_given() -> None:
    """Row k of a worker's matrix is how that worker answers when k is true."""
    votes = votes_of(*[(m, w, 0 if w == 0 else m % 2) for m in range(60) for w in range(4)])
    confusion = dawid_skene(votes).confusions
    assert confusion is not None
    assert np.allclose(confusion[0], [[1, 0], [1, 0]], atol=0.01)
    assert np.allclose(confusion[1], [[1, 0], [0, 1]], atol=0.01)


def test_no_votes_is_said_clearly() -> None:
    """Without a single answer there is nothing to settle."""
    empty = Votes(*(np.zeros(0, np.int32),) * 3, 0, 0, 0)
    with pytest.raises(TooFewJudgements, match="no answers yet"):
        mean_of_models(empty)
    assert majority(empty).posteriors.shape == (0, 0)


def test_a_million_labels_for_one_microtask_are_settled() -> None:
    """Where confusion matrices cannot be, agreement alone decides."""
    n = 1_000_000
    label = np.arange(n, dtype=np.int32)
    label[-2:] = 7
    votes = Votes(np.zeros(n, np.int32), np.arange(n, dtype=np.int32), label, 1, n, n)
    with pytest.raises(TooManyLabels):
        dawid_skene(votes)
    assert mean_of_models(votes).labels.tolist() == [7]


@pytest.mark.parametrize(
    ("microtask", "label"), [([0, 1], [0]), ([0, 5], [0, 0]), ([0, 1], [0, -1])], ids=["length", "beyond", "negative"]
)
def test_votes_that_do_not_fit_are_refused(microtask: list[int], label: list[int]) -> None:
    """Arrays of different length and indices out of range never get as far as a model."""
    with pytest.raises(BadVotes):
        Votes(np.array(microtask), np.array([0, 0]), np.array(label), 2, 1, 2)


def test_gold_of_nothing_is_refused() -> None:
    """Gold without a label, or about a microtask that does not exist, is an error that names it."""
    votes = votes_of((0, 0, 0), (0, 1, 1))
    wrong: tuple[Gold, ...] = ({0: []}, {9: 0}, {0: 5})
    for gold in wrong:
        with pytest.raises(BadVotes, match="Gold of microtask"):
            majority(votes, gold)


@given(votes=any_votes())
def test_fast_majority_is_majority(votes: Votes) -> None:
    """The quick way to the winning labels finds the same labels."""
    assert np.array_equal(majority_labels(votes), majority(votes).labels)


def test_fast_majority_over_many_chunks() -> None:
    """Microtasks that straddle the chunks are counted whole."""
    votes, _ = crowd(microtasks=120_000, overlap=5, labels=4)
    assert np.array_equal(majority_labels(votes), majority(votes).labels)


@given(votes=any_votes(least=0))
def test_every_vote_is_counted_once(votes: Votes) -> None:
    """Counts add up to the votes, whatever their order."""
    counts = count_votes(votes)
    assert counts.sum() == len(votes)
    for m, label in zip(votes.microtask, votes.label, strict=True):
        assert counts[m, label] >= 1


def test_names_come_back() -> None:
    """Numbers are only inside: every index finds its name again."""
    votes, names = encode([("t1", "ann", "dog"), ("t2", "bob", "cat"), ("t1", "bob", "cat")], labels=["emu"])
    assert names.labels == ("cat", "dog", "emu")
    assert [names.labels[label] for label in votes.label] == ["dog", "cat", "cat"]
    assert (votes.n_microtasks, votes.n_workers, votes.n_labels) == (2, 2, 3)


def test_the_fallback_is_no_worse_than_majority_for_colluders() -> None:
    """Where a quarter of the workers copy each other, the outcome stays within a point of majority vote."""
    rng = np.random.default_rng(3)
    votes, truth = crowd(microtasks=500, skills=[0.5] * 10 + [0.72] * 30, overlap=6, seed=3)
    copied = np.where(rng.random(500) < 0.4, truth, rng.integers(0, 3, 500)).astype(np.int32)
    label = np.where(votes.worker < 10, copied[votes.microtask], votes.label).astype(np.int32)
    mixed = Votes(votes.microtask, votes.worker, label, 500, 40, 3)
    plain = (majority(mixed).labels == truth).mean()
    assert (mean_of_models(mixed, fall_back=False).labels == truth).mean() < plain - 0.01
    assert (mean_of_models(mixed).labels == truth).mean() >= plain - 0.01
