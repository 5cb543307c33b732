"""A task type as programs see it."""

from __future__ import annotations

from task_types import registry
from workbench.domain import Json


def describe_type(name: str) -> dict[str, Json]:
    """JSON schemas of settings, payload and answer, and the formats a type fills.

    Raises:
        UnknownTaskType: with the nearest name.
    """
    task_type = registry.get(name)
    return {
        "name": task_type.name,
        "version": task_type.version,
        "title": dict(task_type.title),
        "accepts": sorted(task_type.accepts),
        "formats": sorted(task_type.exporters),
        "settings": task_type.settings_model.model_json_schema(),
        "payload": task_type.payload_model.model_json_schema(),
        "answer": task_type.answer_model.model_json_schema(),
    }
