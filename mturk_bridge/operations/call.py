"""One call of an operation, and what all operations need: whose it is, pages of a list, tokens that work once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from mturk_bridge.errors import AlreadyDone, RequestError
from mturk_bridge.store import repeats
from mturk_bridge.store.requesters import Requester
from workbench.context import Context

T = TypeVar("T")
PAGE = 10  # results where nobody says how many: the protocol's own number


@dataclass(frozen=True)
class Call:
    """Who asks what, when. `given` fits the protocol's model; `now` is UTC ms."""

    ctx: Context
    requester: Requester
    operation: str
    given: Mapping[str, Any]
    now: int

    def read(self, work: Callable[[Connection], T]) -> T:
        """Read from the database."""
        return self.ctx.db.read(work)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Write: all or nothing, on disk when it returns."""
        return self.ctx.db.write(work)

    def text(self, name: str) -> str:
        """A text that is there."""
        return str(self.given[name])


Operation = Callable[[Call], dict[str, Any]]


def seconds(at_ms: int) -> float:
    """A moment as the protocol says it: seconds since 1970."""
    return at_ms / 1000


def refuse_long(call: Call, **most: int) -> None:
    """Texts that are longer than the documentation says. Raises RequestError."""
    for name, number in most.items():
        if len(call.given.get(name) or "") > number:
            raise wrong(f"{name} has {len(call.given[name])} characters; {number} fit.")


def refuse_outside(call: Call, **ranges: tuple[int, int]) -> None:
    """Numbers outside what the documentation says. Raises RequestError."""
    for name, (low, high) in ranges.items():
        value = call.given.get(name)
        if value is not None and not low <= value <= high:
            raise wrong(f"{name} is {value}; {low} to {high} fit.")


def wrong(message: str) -> RequestError:
    """A parameter that does not fit."""
    return RequestError(message, "ParameterValidationError")


# --- tokens that work once -------------------------------------------------------------------------------------------


def once(
    connection: Connection,
    call: Call,
    work: Callable[[], tuple[str, T]],
    again: Callable[[str], AlreadyDone],
) -> T:
    """
    Run `work` unless its UniqueRequestToken was used before.

    Args:
        work: in the caller's transaction; returns what names the result, and the result.
        again: the refusal of a repeat, from what named the result.
    """
    token = call.given.get("UniqueRequestToken")
    if token is None:
        return work()[1]
    scope = f"mturk/{call.requester.id}/{call.operation}"
    before = repeats.begin(connection, scope, token, call.given, call.now)
    if before is not None:
        raise again(before)
    made, result = work()
    repeats.finish(connection, scope, token, made)
    return result


# --- pages of a list -------------------------------------------------------------------------------------------------


def most(call: Call) -> int:
    """How many results one page has."""
    return int(call.given.get("MaxResults") or PAGE)


def place(call: Call) -> int | None:
    """Where this page begins: the row after which it goes on. Raises RequestError for a token that is not ours."""
    token = call.given.get("NextToken")
    if token is None:
        return None
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8)).decode()
        row, _, proof = raw.rpartition(".")
        if not hmac.compare_digest(proof, _proof(call, int(row))):
            raise ValueError("not ours")
    except (ValueError, UnicodeDecodeError) as error:
        raise wrong("NextToken is not one that this list gave.") from error
    return int(row)


def next_token(call: Call, row: int) -> str:
    """A token for the page after this row: opaque, and good for this list and this requester only."""
    return base64.b32encode(f"{row}.{_proof(call, row)}".encode()).decode().rstrip("=")


def page_of(call: Call, name: str, found: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """
    One page of a list.

    Args:
        found: rows with what is shown of each, one more than fits where there are more.
    """
    shown = found[: most(call)]
    more = {"NextToken": next_token(call, shown[-1][0])} if len(found) > len(shown) else {}
    return {"NumResults": len(shown), name: [each for _, each in shown], **more}


def _proof(call: Call, row: int) -> str:
    text = f"mturk-page/{call.requester.id}/{call.operation}/{row}"
    return hmac.new(call.ctx.secret(), text.encode(), hashlib.sha256).hexdigest()[:16]
