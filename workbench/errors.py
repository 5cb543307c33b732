"""Everything that can go wrong in a way a person can act on.

WorkbenchError             what, where, what next; exit status 1, HTTP 400
├── NotFound               404: no such project, person, assignment …
├── NotAllowed             403: signed in, but this is not theirs
├── NotSignedIn            401
├── Conflict               409: true at another moment (a break, a closed project)
│   └── NotNow             409 with a machine-readable `reason` and `until_ms`
├── Invalid                422: the input is read and refused
│   ├── AnswerRefused      422: an answer that the task type does not take
│   └── KeyReused          422: the same key with another content
├── TooMany                429: slow down, with seconds to wait
├── BadInput               400: a file, a line, a field
│   └── RefusedUpload      400: unsafe (zip slip, bomb, link)
└── Unavailable            503: something that must be installed or switched on
"""

from __future__ import annotations

from accessibility.sentences import noted


class WorkbenchError(Exception):
    """A sentence for a person: what is wrong, where, and what to do next."""

    status = 400
    title = noted("That did not work")

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(WorkbenchError):
    """No such thing, or not for this person to know of."""

    status = 404
    title = noted("Not found")


class NotSignedIn(WorkbenchError):
    """Nobody is signed in, or the token is not known."""

    status = 401
    title = noted("Please sign in")


class NotAllowed(WorkbenchError):
    """This person's role does not include this."""

    status = 403
    title = noted("Not allowed")


class Conflict(WorkbenchError):
    """Fine at another moment, or in another state."""

    status = 409
    title = noted("Not now")


class NotNow(Conflict):
    """No work at this moment: a break, the day is over. `block` says which block it is instead, where that is known."""

    def __init__(self, message: str, *, reason: str, until_ms: int | None, block: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.until_ms = until_ms
        self.block = block


class Invalid(WorkbenchError):
    """Read and understood, but not acceptable."""

    status = 422
    title = noted("Please check this")


class AnswerRefused(Invalid):
    """The task type does not take this answer."""


class KeyReused(Invalid):
    """This key was used before with another content."""


class TooMany(WorkbenchError):
    """Too many tries in a short time."""

    status = 429
    title = noted("Please wait a moment")

    def __init__(self, message: str, *, wait_seconds: int) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class BadInput(WorkbenchError):
    """A file or a line that cannot be read.

    Args:
        message: the sentence.
        file: name of the file as the person knows it.
        line: 1-based line number, where there are lines.
    """

    def __init__(self, message: str, *, file: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.file = file
        self.line = line


class RefusedUpload(BadInput):
    """An upload that is not safe to open."""


class Unavailable(WorkbenchError):
    """Something must be installed or switched on first."""

    status = 503
    title = noted("Not available here")


def first_line(reason: str) -> str:
    """Why something else failed, as far as a sentence of ours has room for it; without its full stop."""
    return next(iter(reason.strip().splitlines()), "").rstrip(".")
