"""The Requester API over HTTP: JSON 1.1, one address, the operation in a header, the answer in MTurk's own form."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from fastapi import Request, Response

from mturk_bridge import migrations, model, signing
from mturk_bridge.errors import ApiError, NotSigned, RequestError, ServiceFault, TooFast
from mturk_bridge.keys import secret_of
from mturk_bridge.operations import OPERATIONS, Call
from mturk_bridge.store import requesters
from mturk_bridge.store.requesters import Requester
from task_types.errors import TaskTypeError
from workbench.context import Context
from workbench.errors import WorkbenchError

MEDIA_TYPE = "application/x-amz-json-1.1"
BURST, PER_SECOND = 200, 50  # requests of one requester
log = structlog.get_logger()


@dataclass
class Throttle:
    """
    A bucket for each requester: `burst` requests at once, then `per_second`.

    In the memory of one server process: each of several has its part.
    """

    burst: float = BURST
    per_second: float = PER_SECOND
    clock: Callable[[], float] = time.monotonic
    _left: dict[int, tuple[float, float]] = field(default_factory=dict)
    _one: threading.Lock = field(default_factory=threading.Lock)

    def take(self, requester_id: int) -> None:
        """One request more. Raises TooFast."""
        with self._one:
            now = self.clock()
            left, since = self._left.get(requester_id, (self.burst, now))
            left = min(self.burst, left + (now - since) * self.per_second)
            if left < 1:
                self._left[requester_id] = (left, now)
                raise TooFast
            self._left[requester_id] = (left - 1, now)


def answer(ctx: Context, request: Request, body: bytes, throttle: Throttle) -> Response:
    """Answer one request, whatever it is."""
    request_id = str(uuid.uuid4())
    try:
        said = _answered(ctx, request, body, throttle)
    except ApiError as error:
        return _refusal(error, request_id, ctx.now())
    except (WorkbenchError, TaskTypeError) as error:
        # A rule of the workbench said no: its own sentence, in MTurk's form.
        return _refusal(RequestError(str(error), "AnnotationLab.Refused"), request_id, ctx.now())
    except Exception:
        log.exception("a requester's call failed", request_id=request_id, target=request.headers.get("x-amz-target", "")[:100])
        fault = ServiceFault("Something went wrong on our side. Nothing was done; send it again.")
        return _refusal(fault, request_id, ctx.now())
    return _json(200, said, request_id)


def _answered(ctx: Context, request: Request, body: bytes, throttle: Throttle) -> dict[str, Any]:
    if not migrations.kept(ctx):
        # Nobody has a key here, so this is a stranger: nothing is made for them.
        raise NotSigned("The security token included in the request is invalid: no such key here.", "UnrecognizedClientException")
    requester = _who(ctx, request, body)
    throttle.take(requester.id)
    target = request.headers.get("x-amz-target", "")
    operation = model.operation_of(target)
    if operation is None:
        raise NotSigned(f"The operation {target[:100]} is not known.", "UnknownOperationException")
    given = model.checked(operation, _read(body))
    return OPERATIONS[operation](Call(ctx, requester, operation, given, ctx.now()))


def _who(ctx: Context, request: Request, body: bytes) -> Requester:
    found: dict[str, Requester] = {}

    def secret(access_key_id: str) -> str | None:
        known = ctx.db.read(lambda connection: requesters.of_key(connection, access_key_id))
        if known is None:
            return None
        found[access_key_id] = known[0]
        return secret_of(ctx, access_key_id, known[1])

    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.scope["headers"]]
    path = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or request.url.path
    query = list(request.query_params.multi_items())
    return found[signing.verify(request.method, path, query, headers, body, secret, ctx.now())]


def _read(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise NotSigned("The body is not JSON.", "SerializationException") from error


def _refusal(error: ApiError, request_id: str, now: int) -> Response:
    body: dict[str, Any] = {"__type": error.kind}
    if error.code is None:
        body |= {"message": error.message}
    else:
        # The moment in ms stands behind the sentence, as MTurk itself writes it.
        body |= {"Message": f"{error.message} ({now})", "TurkErrorCode": error.code}
    return _json(error.status, body, request_id)


def _json(status: int, body: Mapping[str, Any], request_id: str) -> Response:
    headers = {"x-amzn-requestid": request_id}
    return Response(json.dumps(body, separators=(",", ":")), status, headers, MEDIA_TYPE)
