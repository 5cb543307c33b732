"""Crowds that are made up, with a truth that is known."""

from __future__ import annotations

from typing import Any

import numpy as np

SIZES = (100_000, 1_000_000, 10_000_000)


def simulated(n_votes: int) -> tuple[Any, Any, Any, Any]:
    """Truth, microtask, worker, label: 4 classes, 5 votes per microtask, 1,000 workers of skill .4 to .95."""
    rng = np.random.default_rng(0)
    n = n_votes // 5
    truth = rng.integers(0, 4, n)
    skill = rng.uniform(0.4, 0.95, 1000)
    microtask = np.repeat(np.arange(n, dtype=np.int32), 5)
    worker = rng.integers(0, 1000, n_votes).astype(np.int32)
    wrong = (truth[microtask] + rng.integers(1, 4, n_votes)) % 4
    label = np.where(rng.random(n_votes) < skill[worker], truth[microtask], wrong).astype(np.int32)
    return truth, microtask, worker, label


def hard_set() -> tuple[Any, Any]:
    """600 microtasks of 4 labels, 7 answers each; half of 60 workers guess, and some workers answer far more than others."""
    from quality.aggregate import Votes

    rng = np.random.default_rng(1)
    truth = rng.integers(0, 4, 600)
    skill = np.concatenate([np.full(30, 0.28), rng.uniform(0.6, 0.9, 30)])
    busy = rng.pareto(1.2, 60) + 0.1
    worker = np.concatenate([rng.choice(60, 7, replace=False, p=busy / busy.sum()) for _ in range(600)])
    microtask = np.repeat(np.arange(600), 7)
    wrong = (truth[microtask] + rng.integers(1, 4, len(worker))) % 4
    label = np.where(rng.random(len(worker)) < skill[worker], truth[microtask], wrong)
    return Votes(microtask, worker, label, 600, 60, 4), truth


def lab_votes(seed: int = 7) -> tuple[Any, Any, Any, Any]:
    """
    A lab of 40 people, 1,500 microtasks of 4 labels, 5 answers each, one in ten of them gold.

    28 ordinary people, 4 careless, 4 excellent who answer a third as often, 4 who tell each other the gold.

    Returns:
        votes, truth, gold (indices), true skill per worker.
    """
    from quality.aggregate import Votes

    rng = np.random.default_rng(seed)
    skill = np.concatenate([rng.uniform(0.7, 0.95, 28), np.full(4, 0.35), np.full(4, 0.97), np.full(4, 0.6)])
    busy = np.where((np.arange(40) >= 32) & (np.arange(40) < 36), 1 / 3, 1.0)
    truth = rng.integers(0, 4, 1500)
    gold = np.arange(0, 1500, 10)
    microtask = np.repeat(np.arange(1500), np.where(np.isin(np.arange(1500), gold), 20, 5))
    many = np.bincount(microtask)
    worker = np.concatenate([rng.choice(40, n, replace=False, p=busy / busy.sum()) for n in many])
    told = np.isin(microtask, gold) & (worker >= 36)
    right = told | (rng.random(len(worker)) < skill[worker])
    label = np.where(right, truth[microtask], (truth[microtask] + rng.integers(1, 4, len(worker))) % 4)
    return Votes(microtask, worker, label, 1500, 40, 4), truth, gold, skill
