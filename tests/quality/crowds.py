"""Small simulated crowds, and hypothesis strategies for votes of any shape."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from quality.votes import Ints, Votes


def crowd(
    *, microtasks: int = 200, skills: list[float] | None = None, labels: int = 3, overlap: int = 5, seed: int = 0
) -> tuple[Votes, Ints]:
    """Votes of workers with known skill whose errors fall anywhere, and the truth."""
    rng = np.random.default_rng(seed)
    skill = np.array(skills or [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9])
    truth = rng.integers(0, labels, microtasks)
    worker = np.concatenate([rng.choice(len(skill), overlap, replace=False) for _ in range(microtasks)])
    microtask = np.repeat(np.arange(microtasks), overlap)
    wrong = (truth[microtask] + rng.integers(1, labels, len(worker))) % labels
    label = np.where(rng.random(len(worker)) < skill[worker], truth[microtask], wrong)
    votes = Votes(microtask.astype(np.int32), worker.astype(np.int32), label.astype(np.int32), microtasks, len(skill), labels)
    return votes, truth.astype(np.int32)


@st.composite
def any_votes(draw: st.DrawFn, *, least: int = 1) -> Votes:
    """Any votes at all: one worker, no overlap, one label, microtasks without votes, a vote repeated."""
    n_microtasks, n_workers, n_labels = (draw(st.integers(1, 6)) for _ in range(3))
    triple = st.tuples(st.integers(0, n_microtasks - 1), st.integers(0, n_workers - 1), st.integers(0, n_labels - 1))
    found = np.array(draw(st.lists(triple, min_size=least, max_size=40)), dtype=np.int32).reshape(-1, 3)
    return Votes(found[:, 0], found[:, 1], found[:, 2], n_microtasks, n_workers, n_labels)


def votes_of(*triples: tuple[int, int, int], labels: int = 2) -> Votes:
    """Votes from (microtask, worker, label) triples."""
    found = np.array(triples, dtype=np.int32).reshape(-1, 3)
    sizes = found.max(axis=0) + 1 if len(found) else np.zeros(3, dtype=int)
    return Votes(found[:, 0], found[:, 1], found[:, 2], int(sizes[0]), int(sizes[1]), max(labels, int(sizes[2])))
