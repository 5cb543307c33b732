"""What must be settled before a project opens, and which of its settings only the lab decides.

A task type says both in its settings model: `not_yet` (a sentence while something is missing) and `guarded`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accessibility.sentences import noted
from task_types import reading, registry
from workbench.domain import Json, Person, Role, Step
from workbench.errors import Invalid

# Sentences of task types, which know no catalogue: said here for the translator.
OF_TYPES = (
    noted("Naming faces needs a legal basis. State in the settings on which ground faces may be named."),
    noted("Recording is off in this project. A manager can allow it: set allowed: true."),
)
KEPT = noted("Only the lab manager decides this setting. Leave it as it was, and ask the manager.")


def check(steps: Iterable[Step]) -> None:
    """
    Every step has what its kind of work may not begin without.

    Raises:
        Invalid: says what is missing (`field`).
    """
    for step in steps:
        check_settings(step.task_type, step.settings, step.task_type_version)


def check_settings(type_name: str, settings: Mapping[str, Json], version: int | None = None) -> None:
    """`check`, for settings that are not of a step yet."""
    missing = reading.settings(registry.get(type_name), settings, version).not_yet
    if missing is not None:
        field, message = missing
        raise Invalid(message, field=field)


def check_guarded(
    person: Person, type_name: str, before: Mapping[str, Json], after: Mapping[str, Json], *, is_open: bool
) -> None:
    """
    What only the lab decides stays as it was, unless a manager changes it.

    Args:
        before, after: settings as they are stored; before is empty for a new project.
        is_open: opening a project is what confirms that a setting which holds "open" is right.

    Raises:
        Invalid: names the setting (`field`).
    """
    if person.has(Role.MANAGER):
        return
    model = registry.get(type_name).settings_model
    for name, when in model.guarded.items():
        if (when == "always" or is_open) and _value(model, name, before) != _value(model, name, after):
            raise Invalid(KEPT, field=name)


def _value(model: Any, name: str, settings: Mapping[str, Json]) -> Json:
    return settings.get(name, model.model_fields[name].default)
