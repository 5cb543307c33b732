"""Everything that can go wrong with a task type, apart from an answer it does not take (`protocol.AnswerError`).

TaskTypeError             a sentence for a person
├── UnknownTaskType       no type of this name is registered
├── BadSettings           a project's settings that this type does not take
├── BadPayload            a stored payload that cannot be read
├── NotSplittable         a source this type has no question for
├── UnreadableSubtitles   a subtitle file that is not what it should be (in `cues`)
└── UnreadableExport      a file that is not the format it should be
"""

from __future__ import annotations


class TaskTypeError(Exception):
    """What is wrong, where, and what to do next."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class UnknownTaskType(TaskTypeError):
    """No type of this name is registered."""


class BadSettings(TaskTypeError):
    """A project's settings that this type does not take."""


class BadPayload(TaskTypeError):
    """A stored payload that cannot be read."""


class NotSplittable(TaskTypeError):
    """A source this type has no question for: a sound where a picture is needed."""


class UnreadableExport(TaskTypeError):
    """A file that is not the format it should be."""
