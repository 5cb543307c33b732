"""One piece, several questions: the payload of an earlier step, as the payload that a later step's type asks about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from task_types.protocol import AnyTaskType, Json

ONE_OF_MANY = ("at_ms", "frames", "end_ms")  # fields that say which part of a recording


def carry(payload: BaseModel, target: AnyTaskType) -> BaseModel | None:
    """
    The same piece for another type: what both know of it (media, times, size, text) is taken over.

    Returns:
        None where the target does not ask about material of this kind, or needs to know more than the payload says.
    """
    known: Mapping[str, Json] = payload.model_dump(exclude_none=True)
    kind = getattr(payload, "kind", None)
    known = known if kind is None else {**known, "kind": kind}
    if kind is not None and kind not in target.accepts and not (kind == "text" and "row" in target.accepts):
        return None
    model: Any = target.payload_model
    if type(payload) is model:
        return payload
    if any(name in known and name not in model.model_fields for name in ONE_OF_MANY):
        return None  # a frame of a video is not its whole, and a stretch of it is no picture
    shared = {name: value for name, value in known.items() if name in model.model_fields}
    try:
        found: BaseModel = model.model_validate(shared)
    except ValidationError:
        return None
    return found if {"media", "text"} & set(shared) else None


def can_follow(earlier: AnyTaskType, later: AnyTaskType) -> bool:
    """Can the later type ask about at least some pieces of the earlier one? Tried on its worked examples."""
    return any(carry(example.case.payload, later) is not None for example in earlier.examples)
