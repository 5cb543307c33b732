"""
Expectation–maximisation over votes, fast enough for ten million of them.

All models here share one E-step (posteriors from confusion rows) and differ in how they turn expected counts into
confusion rows: freely (Dawid–Skene), drawn to the worker's own single skill (shrunk), or by that skill alone (one-coin).

The votes are a sparse matrix, microtasks × (worker, label) pairs. One pass over it, in blocks that stay in the
processor's cache, gives the new posteriors, their expected counts, and how well the old posteriors fitted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from quality.errors import TooFewJudgements, TooManyLabels
from quality.votes import Clamp, Fit, Floats, Gold, Votes, clamp, count_votes, ratio

Rows: TypeAlias = Callable[[Floats], Floats]
"""Expected counts (n_workers, n_labels given, n_labels true) → confusion rows of the same shape."""

SMALLEST = 1e-10  # the floor that crowd-kit gives probabilities: equal figures need an equal floor
PRIOR_ANSWERS = 2.0  # what the crowd as a whole says about one worker weighs as much as two answers
ROW_ANSWERS = 6.0  # the same for one confusion row; 4–8 makes no difference that can be measured
_BLOCK = 1 << 15  # microtasks per block
_LARGEST = 1 << 26  # numbers in the confusion matrices: half a gigabyte


def dawid_skene(votes: Votes, gold: Gold | None = None, *, tol: float = 1e-5, rounds: int = 100) -> Fit:
    """
    Estimate true labels and worker confusion matrices by EM; the same figures as crowd-kit's.

    Args:
        votes: COO triples; a microtask without votes gets the class prior.
        gold: microtask → accepted label(s); its posterior holds nothing else.
        tol: stop when the evidence lower bound per vote gains less (nats).
        rounds: stop after so many EM steps in any case.

    Raises:
        TooFewJudgements: no votes at all.
        TooManyLabels: n_workers × n_labels² numbers would not fit in memory.

    Source: Dawid & Skene 1979, doi:10.2307/2346806
    """
    return fit_by_em("dawid_skene", votes, gold, free_rows, tol=tol, rounds=rounds)


def shrunk_dawid_skene(
    votes: Votes, gold: Gold | None = None, *, strength: float = ROW_ANSWERS, tol: float = 1e-5, rounds: int = 100
) -> Fit:
    """
    Dawid–Skene where each confusion row is drawn to the worker's own one-coin row.

    A row seen fewer than `strength` times mostly follows the worker's overall skill; one seen often stands by itself.
    Arguments and errors as `dawid_skene`.

    Source: the hierarchical prior of Raykar et al. 2010, jmlr.org/papers/v11/raykar10a.html, on top of
    Dawid & Skene 1979, doi:10.2307/2346806
    """

    def rows(counts: Floats) -> Floats:
        return shrunk_rows(counts, strength)

    return fit_by_em("shrunk_dawid_skene", votes, gold, rows, tol=tol, rounds=rounds)


def one_coin(votes: Votes, gold: Gold | None = None, *, tol: float = 1e-5, rounds: int = 100) -> Fit:
    """
    One skill per worker; errors fall evenly on the other labels.

    Skills are drawn to the mean skill of the crowd, which is worth `PRIOR_ANSWERS` answers.
    Arguments and errors as `dawid_skene`.

    Source: Zhang, Chen, Zhou & Jordan 2016, jmlr.org/papers/v17/14-511.html (one-coin model);
    Demartini et al. 2012, doi:10.1145/2187836.2187900 (ZenCrowd)
    """
    return fit_by_em("one_coin", votes, gold, one_coin_rows, tol=tol, rounds=rounds, even_prior=True)


def free_rows(counts: Floats) -> Floats:
    """What was counted, floored where the worker gave the label at all, each true label's column scaled to 1."""
    given = counts.sum(axis=2, keepdims=True) > 0
    floored = np.where(given, np.maximum(counts, SMALLEST), 0.0)
    total = floored.sum(axis=1, keepdims=True)
    return ratio(floored, np.broadcast_to(total, floored.shape), 0.0)


def shrunk_skills(counts: Floats) -> Floats:
    """Skill per worker, (n_workers,): right answers over answers, drawn to the crowd's mean."""
    right = np.trace(counts, axis1=1, axis2=2)
    answers = counts.sum(axis=(1, 2))
    n_labels = counts.shape[1]
    crowd = (right.sum() + 1.0) / (answers.sum() + n_labels)
    skills = (right + PRIOR_ANSWERS * crowd) / (answers + PRIOR_ANSWERS)
    return np.asarray(np.clip(skills, SMALLEST, 1.0 - SMALLEST), dtype=np.float64)


def coin_rows(skills: Floats, n_labels: int) -> Floats:
    """Confusion rows of a one-coin worker: (n_workers, n_labels, n_labels), the skill on the diagonal."""
    wrong = (1.0 - skills) / max(n_labels - 1, 1)
    rows = np.repeat(wrong, n_labels * n_labels).reshape(len(skills), n_labels, n_labels)
    rows[:, np.arange(n_labels), np.arange(n_labels)] = skills[:, None] if n_labels > 1 else 1.0
    return rows


def one_coin_rows(counts: Floats) -> Floats:
    """Rows that only know each worker's overall skill."""
    return coin_rows(shrunk_skills(counts), counts.shape[1])


def shrunk_rows(counts: Floats, strength: float) -> Floats:
    """Counted rows plus `strength` answers' worth of the worker's one-coin row."""
    mixed = counts + strength * one_coin_rows(counts)
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True), dtype=np.float64)


@dataclass(frozen=True)
class _Block:
    """A run of microtasks: which, and their votes as a sparse matrix (n, n_workers × n_labels)."""

    span: slice
    matrix: Any


def _blocks(votes: Votes) -> list[_Block]:
    from scipy import sparse  # kept out of the web process

    pair = votes.worker * np.int32(votes.n_labels) + votes.label
    width = votes.n_workers * votes.n_labels
    coo = sparse.coo_array((np.ones(len(pair), np.int8), (votes.microtask, pair)), shape=(votes.n_microtasks, width))
    coo.has_canonical_format = True  # repeated votes need not be added up first: the products do it
    csr = coo.tocsr()
    starts = range(0, votes.n_microtasks, _BLOCK)
    ends = [int(csr.indptr[min(start + _BLOCK, votes.n_microtasks)]) for start in starts]
    ones = np.ones(max((end - int(csr.indptr[s]) for s, end in zip(starts, ends, strict=True)), default=0))
    blocks = []
    for start, end in zip(starts, ends, strict=True):
        span = slice(start, min(start + _BLOCK, votes.n_microtasks))
        first = int(csr.indptr[start])
        pointers = csr.indptr[start : span.stop + 1] - first
        parts = (ones[: end - first], csr.indices[first:end], pointers)
        blocks.append(_Block(span, sparse.csr_array(parts, shape=(span.stop - start, width))))
    return blocks


@dataclass
class _Pass:
    """What one pass over the votes adds up."""

    counts: Floats  # (n_workers × n_labels given, n_labels true)
    classes: Floats  # (n_labels,) sum of the new posteriors
    prior_weight: Floats  # (n_labels,) sum of the new posteriors, each microtask as often as it has votes
    expectation: float  # of the log-likelihood of the votes, under the old posteriors
    entropy: float  # of the new posteriors


class _Em:
    """The votes, ready for passes; two buffers of posteriors that take turns."""

    def __init__(self, votes: Votes, gold: Clamp) -> None:
        self.votes, self.gold = votes, gold
        self.blocks = _blocks(votes)
        self.per_microtask = np.bincount(votes.microtask, minlength=votes.n_microtasks).astype(np.float64)

    def counts(self, posteriors: Floats) -> _Pass:
        """Expected counts under given posteriors."""
        total = self._nothing()
        for block in self.blocks:
            self._add(total, block, posteriors[block.span], 0.0)
        return total

    def step(self, rows: Floats, prior: Floats, old: Floats, new: Floats) -> _Pass:
        """Fill `new` with posteriors under these rows and this prior; `old` is only scored."""
        n_labels = self.votes.n_labels
        logs = np.log(np.maximum(rows, SMALLEST * SMALLEST)).reshape(-1, n_labels)
        log_prior = np.log(np.maximum(prior, SMALLEST))[:, None]
        total = self._nothing()
        for block in self.blocks:
            likelihood = block.matrix @ logs
            total.expectation += _dot(old[block.span], likelihood)
            # Labels × microtasks, in that memory order: sums over few labels are then sums of long vectors.
            scores = np.add(likelihood.T, log_prior, order="C")
            posterior, entropy = _softmax(scores)
            new[block.span] = posterior.T
            entropy += self._clamp(new, block.span)
            self._add(total, block, new[block.span], entropy)
        return total

    def _clamp(self, posteriors: Floats, span: slice) -> float:
        """Apply gold inside the span; what the entropy changes by."""
        first, last = np.searchsorted(self.gold.rows, (span.start, span.stop))
        if first == last:
            return 0.0
        part = Clamp(self.gold.rows[first:last], self.gold.accepted[first:last])
        before = _entropy(posteriors[part.rows])
        part.apply(posteriors)
        return _entropy(posteriors[part.rows]) - before

    def _nothing(self) -> _Pass:
        n_labels = self.votes.n_labels
        counts = np.zeros((self.votes.n_workers * n_labels, n_labels))
        return _Pass(counts, np.zeros(n_labels), np.zeros(n_labels), 0.0, 0.0)

    def _add(self, total: _Pass, block: _Block, posterior: Floats, entropy: float) -> None:
        total.counts += block.matrix.T @ posterior
        total.classes += np.einsum("ik->k", posterior)
        total.prior_weight += np.einsum("i,ik->k", self.per_microtask[block.span], posterior)
        total.entropy += entropy


def _softmax(scores: Floats) -> tuple[Floats, float]:
    """Columns (n_labels, n) scaled to sum 1, and their summed entropy."""
    scores -= scores.max(axis=0)
    posterior = np.exp(scores)
    total = posterior.sum(axis=0)
    posterior /= total
    entropy = float(np.log(total).sum()) - _dot(posterior, scores)
    return posterior, entropy


def _dot(left: Floats, right: Floats) -> float:
    """Sum of products; not by BLAS, whose waiting threads cost more than these sums."""
    return float(np.einsum("ij,ij->", left, right))


def _entropy(posteriors: Floats) -> float:
    positive = posteriors[posteriors > 0]
    return float(-(positive * np.log(positive)).sum())


def fit_by_em(
    method: str, votes: Votes, gold: Gold | None, rows: Rows, *, tol: float, rounds: int, even_prior: bool = False
) -> Fit:
    """
    Alternate posteriors and confusion rows, from majority vote on.

    Args:
        even_prior: every label is equally likely before any vote; otherwise as frequent as the posteriors say.

    Raises:
        TooFewJudgements, TooManyLabels: see `dawid_skene`.
    """
    _check_size(votes)
    known = clamp(votes, gold)
    em = _Em(votes, known)
    old = known.apply(vote_shares(votes))
    new = np.empty_like(old)
    shape = (votes.n_workers, votes.n_labels, votes.n_labels)
    here = em.counts(old)
    bound = -np.inf
    for done in range(rounds + 1):
        errors = rows(here.counts.reshape(shape))
        prior = np.full(votes.n_labels, 1.0 / votes.n_labels) if even_prior else here.classes / votes.n_microtasks
        if done == rounds:
            break
        after = em.step(errors, prior, old, new)
        if done:
            # The prior counts once per vote, not per microtask: crowd-kit does so, and both must stop at the same step.
            prior_part = float(here.prior_weight @ np.log(np.maximum(prior, SMALLEST)))
            gained = (after.expectation + prior_part + here.entropy) / len(votes)
            if gained - bound < tol:
                break
            bound = gained
        old, new, here = new, old, after
    return Fit(method, old, counted_skills(here.counts.reshape(shape)), errors.transpose(0, 2, 1))


def _check_size(votes: Votes) -> None:
    if not len(votes):
        raise TooFewJudgements("There are no answers yet, so there is nothing to settle. Collect answers first.")
    if votes.n_workers * votes.n_labels**2 > _LARGEST:
        raise TooManyLabels(
            "{workers:,} workers with {labels:,} labels need confusion matrices that do not fit in memory. "
            "Use majority or Wawa, or treat the labels as free text.",
            workers=votes.n_workers,
            labels=votes.n_labels,
        )


def vote_shares(votes: Votes) -> Floats:
    """Share of the votes per microtask and label; even where there are none."""
    shares = count_votes(votes)
    total = shares.sum(axis=1, keepdims=True)
    shares[total[:, 0] == 0] = 1.0
    shares /= np.where(total > 0, total, votes.n_labels)
    return shares


def counted_skills(counts: Floats) -> Floats:
    """Expected share of right answers, (n_workers,), from expected counts; 0.5 where a worker has no votes."""
    return ratio(np.trace(counts, axis1=1, axis2=2), counts.sum(axis=(1, 2)), 0.5)
