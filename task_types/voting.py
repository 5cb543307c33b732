"""One value out of several: the posterior from known skills and confusions, and these from a whole step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel

from task_types import crowds
from task_types.protocol import Json, Judged, Judgement
from task_types.settings import StepSettings

if TYPE_CHECKING:
    from quality.votes import Fit, Names

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)

MOST_CONFUSED = 20  # values of a table of confusion: more are hardly ever confused systematically


@dataclass(frozen=True)
class Crowd:
    """
    What a step tells of its workers.

    Attributes:
        skills: worker → share of right answers.
        confusions: worker → {what is right: {what this worker says then: how often, 0..1}}, shrunk to the skill; none where
            they do not explain the answers better than plain counting.
    """

    skills: Mapping[int, float] = field(default_factory=dict)
    confusions: Mapping[int, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)

    def remember(self) -> dict[int, Json]:
        """Per worker, as JSON."""
        return {worker: {"said": table} for worker, table in self.confusions.items()}


def remembered(skills: Mapping[int, float], kept: Mapping[int, Json]) -> Crowd:
    """A crowd from what `Crowd.remember` said of some workers."""
    return Crowd(dict(skills), {worker: each["said"] for worker, each in kept.items()})


def chances(
    votes: Sequence[tuple[int, str]],
    values: Sequence[str],
    skills: Mapping[int, float],
    confusions: Mapping[int, Mapping[str, Mapping[str, float]]] | None = None,
) -> dict[str, float]:
    """
    Probability of each value: the mean of what skills say and, where they are known, of what confusions say.

    Args:
        votes: (worker, value given); a value outside `values` is added to them.
        values: all that could be given.
        skills: worker → share of right answers; others count as the crowd's mean.
        confusions: as `Crowd`; a worker without one, or with values it does not know, counts by skill.

    Source: linear opinion pool, Stone 1961, doi:10.1214/aoms/1177704873
    """
    from quality.online import posterior

    known = list(dict.fromkeys([*values, *(value for _, value in votes)]))
    place = {value: i for i, value in enumerate(known)}
    given = [(worker, place[value]) for worker, value in votes]
    worth = {worker: crowds.skill(skills, worker) for worker, _ in votes}
    tables = {worker: table for worker in worth if (table := _table((confusions or {}).get(worker, {}), known))}
    found = posterior(given, worth, len(known))
    if tables:
        by_table = posterior(given, {**worth, **tables}, len(known))
        found = [(left + right) / 2.0 for left, right in zip(found, by_table, strict=True)]
    return dict(zip(known, found, strict=True))


def _table(said: Mapping[str, Mapping[str, float]], known: Sequence[str]) -> list[list[float]]:
    """Rows of what is right, columns of what is said, in this order; nothing where a value is not in it."""
    if not all(right in said for right in known):
        return []
    return [[said[right].get(given, 0.0) for given in known] for right in known]


def most_likely(found: Mapping[str, float]) -> tuple[str, float]:
    """The value with the highest probability; the first of equals."""
    return max(found.items(), key=lambda pair: round(pair[1], 12))


def skills(
    work: Iterable[Judged[S, P, A]], value: Callable[[A], str], *, scale: Literal["nominal", "ordinal"] = "nominal"
) -> dict[int, float]:
    """Skill of each worker over a step, from what the whole of it makes most likely; gold counts as known."""
    found = _fit(work, value, scale)
    return _skills(*found) if found else {}


def crowd(work: Iterable[Judged[S, P, A]], value: Callable[[A], str]) -> Crowd:
    """Skill and confusions of each worker over a step, by the mean of four models; gold counts as known."""
    found = _fit(work, value, "nominal")
    if found is None:
        return Crowd()
    fit, names = found
    # Where the models fell back to counting, confusions did not earn their place.
    if fit.method != "mean_of_models" or fit.confusions is None or len(names.labels) > MOST_CONFUSED:
        return Crowd(_skills(fit, names))
    tables = {int(worker): _as_said(rows, names.labels) for worker, rows in zip(names.workers, fit.confusions, strict=True)}
    return Crowd(_skills(fit, names), tables)


def _as_said(rows: Sequence[Sequence[float]], labels: Sequence[str]) -> dict[str, dict[str, float]]:
    return {
        right: {given: round(float(share), 4) for given, share in zip(labels, row, strict=True)}
        for right, row in zip(labels, rows, strict=True)
    }


def _skills(fit: Fit, names: Names) -> dict[int, float]:
    return {int(worker): float(skill) for worker, skill in zip(names.workers, fit.skills, strict=True)}


def _fit(
    work: Iterable[Judged[S, P, A]], value: Callable[[A], str], scale: Literal["nominal", "ordinal"]
) -> tuple[Fit, Names] | None:
    from quality.aggregate import encode, mean_of_models
    from quality.ordinal import fit_ordinal

    judged = [one for one in work if any(j.answer is not None for j in one.judgements)]
    rows = [(str(i), str(worker), given) for i, one in enumerate(judged) for worker, given in given_values(one.judgements, value)]
    if not rows:
        return None
    accepted = {str(i): [value(answer) for answer in one.gold] for i, one in enumerate(judged) if one.gold}
    votes, names = encode(rows, {label for labels in accepted.values() for label in labels})
    label = {name: i for i, name in enumerate(names.labels)}
    gold = {i: [label[v] for v in accepted[name]] for i, name in enumerate(names.microtasks) if name in accepted}
    return (fit_ordinal if scale == "ordinal" else mean_of_models)(votes, gold), names


def given_values(judgements: Sequence[Judgement[A]], value: Callable[[A], str]) -> list[tuple[int, str]]:
    """(worker, value) of those who knew."""
    return [(one.worker, value(one.answer)) for one in judgements if one.answer is not None]
