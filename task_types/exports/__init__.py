"""Export formats. The general ones fit every task type; the others are given to the types that fill them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from task_types.exports.json_lines import JsonLines
from task_types.exports.label_studio import LabelStudioJson
from task_types.exports.table import Table
from task_types.protocol import ControlMapping, Exporter
from task_types.settings import StepSettings

S = TypeVar("S", bound=StepSettings)
P = TypeVar("P", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)


def exporters_for(
    answer_model: type[A], label_studio: ControlMapping[S, P, A] | None, **more: Exporter[S, P, A]
) -> Mapping[str, Exporter[Any, Any, A]]:
    """The general formats, Label Studio's where the type maps to a control, and the type's own."""
    general: dict[str, Exporter[Any, Any, A]] = {"jsonl": JsonLines(answer_model), "csv": Table(answer_model)}
    if label_studio is not None:
        general["label_studio"] = LabelStudioJson(label_studio)
    return {**general, **more}
