"""What the goals of quality share: a line of the table, the sets of public answers, CPU seconds."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

CLASSES = ("rte_binary", "dog_4class", "weather_5class_seconds", "web_ordinal5")


@dataclass(frozen=True)
class Line:
    """One line of the table; `holds` is None where the goal is not about this set."""

    goal: str
    what: str
    ours: str
    crowdkit: str
    wanted: str
    holds: bool | None


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def truth_of(folder: Path) -> dict[str, str]:
    return {row["task"]: row["label"] for row in rows(folder / "truth.csv")}


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    result = call()
    return result, time.process_time() - start


def encoded(folder: Path) -> tuple[Any, Any]:
    """Votes and truth as indices (−1 where unknown)."""
    from quality.aggregate import encode

    votes, names = encode((r["task"], r["worker"], r["label"]) for r in rows(folder / "labels.csv"))
    truth, index = truth_of(folder), {label: i for i, label in enumerate(names.labels)}
    return votes, np.array([index.get(truth.get(task, ""), -1) for task in names.microtasks])


def accuracy(labels: Any, truth: Any) -> float:
    return float((labels == truth)[truth >= 0].mean())
