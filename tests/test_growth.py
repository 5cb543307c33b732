"""Levels of work: agreed between worker and coach, never a barrier for who has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench import assign, growth, ingest, people, projects
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.store import people as store


def somebody(**profile: object) -> Person:
    """A worker with this profile."""
    return Person(1, "p", "Noor", frozenset({Role.WORKER}), profile=profile)


@pytest.mark.parametrize(
    ("profile", "level", "offered"),
    [
        ({}, 3, True),
        ({"levels": {"rating": 2}}, 2, True),
        ({"levels": {"rating": 2}}, 3, False),
        ({"levels": {"rating": 2}, "learning": True}, 3, True),
        ({"levels": {"choice": 3}, "learning": True}, 2, True),
        ({"levels": {"choice": 3}, "learning": True}, 3, False),
        ({"levels": {"rating": "many"}}, 3, True),
    ],
)
def test_work_above_a_level_is_for_who_wants_to_learn(profile: dict[str, object], level: int, offered: bool) -> None:
    """One level above at most; a kind without a level counts as the first; no levels at all: everything."""
    assert growth.fits(somebody(**profile), "rating", level) is offered


def test_a_profile_keeps_what_else_is_in_it() -> None:
    """Needs and topics stay; without levels there is no trace of them."""
    profile = {"cannot_use": ["sight"], "levels": {"rating": 1}}
    assert growth.with_levels(profile, {"rating": 3, "choice": 9}) == {"cannot_use": ["sight"], "levels": {"rating": 3}}
    assert growth.with_levels(profile, {}) == {"cannot_use": ["sight"]}
    assert growth.with_learning(growth.with_learning(profile, True), False) == profile


def test_the_next_question_is_of_a_level_that_fits(ctx: Context, tmp_path: Path) -> None:
    """Through the real door: nothing while the level is too high, the question once the worker wants to learn."""
    person = people.enrol(ctx, "Noor", [Role.WORKER]).person
    project = projects.create(ctx, "Texts", "rating", {"question": "How good?", "level": 2, "gold": "off"})
    (tmp_path / "a.txt").write_text("A text.")
    ingest.ingest(ctx, project, [tmp_path / "a.txt"])
    for profile, offered in (({"levels": {"rating": 1}}, 0), ({"levels": {"rating": 1}, "learning": True}, 1)):
        ctx.db.write(lambda connection, profile=profile: store.update_profile(connection, person.id, profile))
        now = ctx.db.read(lambda connection: store.person_by_id(connection, person.id))
        assert len(assign.next_assignments(ctx, now)) == offered
