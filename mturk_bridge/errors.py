"""What the endpoint refuses, in MTurk's own form.

ApiError                 a sentence, an HTTP status, the error's type and (for the two that the protocol names) its code
├── RequestError         400: the requester can mend it; `code` is the TurkErrorCode
│   └── AlreadyDone      the same UniqueRequestToken again: counts as done for whoever repeats it
├── ServiceFault         500: the lab must mend it
└── NotSigned            400: who asks is not known, in the words that AWS's own services use
    └── TooFast          400 ThrottlingException: every AWS client waits and tries again by itself
"""

from __future__ import annotations

from workbench.errors import WorkbenchError

PREFIX = "AWS.MechanicalTurk."
OURS = "AnnotationLab."  # codes that MTurk never had


class ApiError(WorkbenchError):
    """An answer to a requester's program that says no. `kind` is `__type` in the JSON."""

    kind = "ServiceFault"
    code: str | None = None


class RequestError(ApiError):
    """What was asked does not go."""

    kind = "RequestError"

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code if code.startswith(OURS) else PREFIX + code


class AlreadyDone(RequestError):
    """This UniqueRequestToken was used before: what it asked for is there, and is not made twice."""


class ServiceFault(ApiError):
    """The lab can't do this now."""

    status = 500

    def __init__(self, message: str, code: str = "ServiceFault") -> None:
        super().__init__(message)
        self.code = PREFIX + code


class NotSigned(ApiError):
    """The signature, the key or the clock is not right."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


class TooFast(NotSigned):
    """More requests than this requester may send."""

    def __init__(self) -> None:
        super().__init__("Rate exceeded. Wait a moment and send it again.", "ThrottlingException")


def not_there(what: str, given: str) -> RequestError:
    """`what` ("HIT", "Assignment" …) with this id is not there, or is somebody else's: the two look the same."""
    return RequestError(f"{what} {given} does not exist.", f"{what.replace(' ', '')}DoesNotExist")
