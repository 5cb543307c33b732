"""One value out of several: the posterior from known skills, and skills from a whole step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from pydantic import BaseModel

from task_types import crowds
from task_types.protocol import Judged, Judgement
from task_types.settings import StepSettings

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)


def chances(votes: Sequence[tuple[int, str]], values: Sequence[str], skills: Mapping[int, float]) -> dict[str, float]:
    """
    Probability of each value.

    Args:
        votes: (worker, value given); a value outside `values` is added to them.
        values: all that could be given.
        skills: worker → share of right answers; others count as the crowd's mean.
    """
    from quality.online import posterior

    known = list(dict.fromkeys([*values, *(value for _, value in votes)]))
    place = {value: i for i, value in enumerate(known)}
    worth = {worker: crowds.skill(skills, worker) for worker, _ in votes}
    found = posterior([(worker, place[value]) for worker, value in votes], worth, len(known))
    return dict(zip(known, found, strict=True))


def most_likely(found: Mapping[str, float]) -> tuple[str, float]:
    """The value with the highest probability; the first of equals."""
    return max(found.items(), key=lambda pair: round(pair[1], 12))


def skills(
    work: Iterable[Judged[S, P, A]], value: Callable[[A], str], *, scale: Literal["nominal", "ordinal"] = "nominal"
) -> dict[int, float]:
    """Skill of each worker over a step, from what the whole of it makes most likely; gold counts as known."""
    from quality.aggregate import encode, mean_of_models
    from quality.ordinal import fit_ordinal

    judged = [one for one in work if any(j.answer is not None for j in one.judgements)]
    rows = [(str(i), str(worker), given) for i, one in enumerate(judged) for worker, given in given_values(one.judgements, value)]
    if not rows:
        return {}
    accepted = {str(i): [value(answer) for answer in one.gold] for i, one in enumerate(judged) if one.gold}
    votes, names = encode(rows, {label for labels in accepted.values() for label in labels})
    label = {name: i for i, name in enumerate(names.labels)}
    gold = {i: [label[v] for v in accepted[name]] for i, name in enumerate(names.microtasks) if name in accepted}
    fit = (fit_ordinal if scale == "ordinal" else mean_of_models)(votes, gold)
    return {int(worker): float(skill) for worker, skill in zip(names.workers, fit.skills, strict=True)}


def given_values(judgements: Sequence[Judgement[A]], value: Callable[[A], str]) -> list[tuple[int, str]]:
    """(worker, value) of those who knew."""
    return [(one.worker, value(one.answer)) for one in judgements if one.answer is not None]
