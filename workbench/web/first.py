"""What stands first on a question's page, before what it asks. A part that hangs on names what its kinds of work have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from task_types.protocol import Case
from workbench.context import Context

Read = Callable[[Context, Case[Any, Any]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class First:
    """A template, and what fills it."""

    template: str
    data: Mapping[str, Any]


_OF: dict[str, tuple[str, Read]] = {}


def add(task_type: str, template: str, read: Read) -> None:
    """Of this kind of work, this template stands first, with what `read` gives; nothing where that is None."""
    _OF[task_type] = (template, read)


def of(ctx: Context, task_type: str, case: Case[Any, Any]) -> First | None:
    """What stands first on the page of this question; None: nothing, as of most kinds."""
    if task_type not in _OF:
        return None
    template, read = _OF[task_type]
    data = read(ctx, case)
    return None if data is None else First(template, data)
