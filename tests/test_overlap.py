"""Adaptive overlap through the real door: more answers only where unsure, a budget, audits; what a confidence is worth."""

from __future__ import annotations

import random

import pytest

from quality.calibration import Calibration
from task_types import reading, registry
from tests.builders import add_texts, key, rating, rows, step_id, workers
from workbench import assign, projects, quality_report, refit, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person
from workbench.store import exporting, measures


class Fixed(random.Random):
    """Draws that are always the same."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = value

    def random(self) -> float:
        return self.value


def choices(ctx: Context, texts: list[str], **settings: object) -> int:
    """An open project with two labels; returns its step's id."""
    project = rating(ctx, texts=texts, scale=2, **settings)
    return step_id(ctx, project)


def give(ctx: Context, who: Person, values: dict[str, int]) -> str | None:
    """Answer what comes next as `values` says; None: there is nothing."""
    found = assign.next_assignments(ctx, who)
    if not found:
        return None
    text = str(found[0].microtask.payload["text"])
    submit.submit(ctx, who, found[0].public_id, {"value": values[text]}, key=key(), via="api")
    review.drain(ctx, rng=Fixed(0.9))
    return text


def standing(ctx: Context) -> list[tuple[str, int]]:
    return [(row.status, row.answers) for row in rows(ctx, t.microtask)]


def test_who_agree_are_enough_and_who_differ_are_not(each_db_ctx: Context) -> None:
    """Skilled people who agree settle with few answers; where they differ more are asked, up to the most."""
    ctx = each_db_ctx
    step = choices(ctx, ["a", "b"], overlap={"min": 2, "max": 4})
    crowd = workers(ctx, 4)
    skills = {who.id: 0.98 for who in crowd}
    ctx.db.write(lambda c: review.settling.keep_skills(c, step, skills, {}, ctx.now()))
    for number, who in enumerate(crowd):
        while give(ctx, who, {"a": 1, "b": 1 + number % 2}):
            pass
    assert standing(ctx) == [("settled", 2), ("settled", 4)]


def test_without_adaptive_overlap_nothing_changes(ctx: Context) -> None:
    """A plain number stays a plain number, however unsure the answer."""
    choices(ctx, ["a"], overlap=2)
    for who, value in zip(workers(ctx, 2), (1, 2), strict=True):
        give(ctx, who, {"a": value})
    assert standing(ctx) == [("settled", 2)]


def test_a_budget_goes_to_the_least_sure(each_db_ctx: Context) -> None:
    """Two answers each are set aside; of what is left, the one that people differ about gets it."""
    ctx = each_db_ctx
    choices(ctx, ["a", "b", "c"], overlap={"min": 2, "max": 5, "budget": 7})
    one, two, three = workers(ctx, 3)
    for who, values in ((one, {"a": 1, "b": 1, "c": 1}), (two, {"a": 1, "b": 2, "c": 1})):
        for _ in range(3):
            give(ctx, who, values)
    assert standing(ctx) == [("settled", 2), ("open", 2), ("settled", 2)]
    assert give(ctx, three, {"b": 1}) == "b"
    assert standing(ctx) == [("settled", 2), ("settled", 3), ("settled", 2)]
    assert give(ctx, three, {}) is None


def test_one_in_twenty_is_asked_once_more(each_db_ctx: Context) -> None:
    """The draw is handed in; what came of the audit can be read."""
    ctx = each_db_ctx
    step = choices(ctx, ["a"], overlap={"min": 2, "max": 5})
    crowd = workers(ctx, 3)
    ctx.db.write(lambda c: review.settling.keep_skills(c, step, {who.id: 0.999 for who in crowd}, {}, ctx.now()))
    for who in crowd[:2]:
        mine = assign.next_assignments(ctx, who)[0]
        submit.submit(ctx, who, mine.public_id, {"value": 1}, key=key(), via="api")
    review.drain(ctx, rng=Fixed(0.01))
    assert standing(ctx) == [("open", 2)]
    assert give(ctx, crowd[2], {"a": 1}) == "a"
    assert standing(ctx) == [("settled", 3)]
    with exporting.one_moment(ctx.db) as connection:
        [audit] = measures.audits(connection, step)
    assert (audit.before, audit.after) == ({"value": 1}, {"value": 1})


def test_the_type_says_whether_an_audit_changed_the_answer() -> None:
    """A box that moved by a pixel is the same box; another one, or none any more, is a change."""
    task_type = registry.get("bounding_box")
    case, box = task_type.examples[0].case, task_type.examples[0].accepted[0].boxes[0].model_dump(exclude_none=True)
    payload = reading.dumped(case.payload)
    known = {"boxes": [box]}
    for after, changed in (({"boxes": [{**box, "x": box["x"] + 1}]}, False), ({"boxes": []}, True), (None, True)):
        audit = measures.Audited(payload, task_type.version, known, after)
        assert quality_report.is_changed(task_type, case.settings, audit) is changed
    assert not quality_report.is_changed(task_type, case.settings, measures.Audited(payload, task_type.version, None, None))


def test_settings_that_cannot_be_are_refused(ctx: Context) -> None:
    """A max below the min, an opinion that adapts, a word nobody knows."""
    for settings in (
        {"overlap": {"min": 3, "max": 2}},
        {"overlap": {"min": 2, "max": 3}, "opinion": True},
        {"overlap": {"min": 2, "most": 3}},
    ):
        with pytest.raises(projects.Invalid):
            projects.check_settings("rating", settings)


def test_what_is_kept_of_a_calibration_shows_the_same() -> None:
    """The pages' arithmetic without numpy equals quality's."""
    made = Calibration(slope=0.6, intercept=-0.2, gold=60, error=0.02)
    kept = measures.Known(0.6, -0.2, 60, 0.02)
    assert kept.is_good
    assert [kept.shown(p) for p in (0.0, 0.3, 0.9, 1.0)] == pytest.approx([made.shown(p) for p in (0.0, 0.3, 0.9, 1.0)])


def test_a_refit_learns_what_a_confidence_is_worth_and_looks_again(each_db_ctx: Context) -> None:
    """Gold shows that two of three people guess: the answer that leaned on them is settled otherwise."""
    ctx = each_db_ctx
    golden = {f"g{number:02}": 1 + number % 5 for number in range(24)}
    project = rating(ctx, texts=["a"], overlap=3, gold={"first_share": 1, "share": 1})
    add_texts(ctx, project, list(golden), gold=golden)
    good, bad, worse = workers(ctx, 3)
    for who, wrong, last in ((good, 0, 5), (bad, 1, 2), (worse, 1, 2)):
        while found := assign.next_assignments(ctx, who):
            text = str(found[0].microtask.payload["text"])
            value = last if text == "a" else 1 + (golden[text] - 1 + wrong * (2 + who.id % 2)) % 5
            submit.submit(ctx, who, found[0].public_id, {"value": value}, key=key(), via="api")
    review.drain(ctx)
    assert rows(ctx, t.outcome)[-1].answer == {"value": 2}
    step = step_id(ctx, project)
    assert refit.refit(ctx, step) == 3
    known = ctx.db.read(lambda c: measures.calibration_of(c, step))
    assert known
    assert (known.gold, known.is_good) == (24, False)
    review.drain(ctx)
    assert rows(ctx, t.outcome)[-1].answer == {"value": 5}
