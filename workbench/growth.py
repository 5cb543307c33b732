"""Levels of work, and learning a little above one's own: rules without web or database.

A person's levels are agreed with the coach and stand in the profile; a profile without levels fits all work.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.domain import Json, Person

LEVELS = (1, 2, 3)  # 1: a first acquaintance; 3: for who has done much of it


def levels_of(person: Person) -> dict[str, int]:
    """Task type → level, as far as that was agreed."""
    found = person.profile.get("levels") or {}
    return {name: level for name, level in found.items() if level in LEVELS}


def learns(person: Person) -> bool:
    """Does this person want work a little above their level?"""
    return person.profile.get("learning") is True


def fits(person: Person, task_type: str, level: int) -> bool:
    """Is work of this level offered? One level above one's own only to who wants to learn."""
    levels = levels_of(person)
    if not levels:
        return True
    known = levels.get(task_type, LEVELS[0])
    return level <= known or (learns(person) and level == known + 1)


def with_levels(profile: Mapping[str, Json], levels: Mapping[str, int]) -> dict[str, Json]:
    """The profile with these levels; none at all: everything fits again."""
    kept = {name: level for name, level in levels.items() if level in LEVELS}
    others = {name: value for name, value in profile.items() if name != "levels"}
    return {**others, "levels": kept} if kept else others


def with_learning(profile: Mapping[str, Json], wants: bool) -> dict[str, Json]:
    """The profile with the worker's own wish to learn."""
    return {**{name: value for name, value in profile.items() if name != "learning"}, **({"learning": True} if wants else {})}
