"""Requests that may be repeated: a token names each, and works once, also when repeats come at the same time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workbench import tables as t
from workbench.store.database import upsert


def begin(connection: Connection, scope: str, token: str, given: Mapping[str, Any], now: int) -> str | None:
    """
    Take this token in the caller's transaction.

    Returns:
        None when it is new; else what `finish` kept with it. On PostgreSQL a repeat waits here for the first one to end.
    """
    row = {"scope": scope, "key": token, "fingerprint": fingerprint(given), "body": {}, "at_ms": now}
    statement = upsert(t.repeat_key).values(row).on_conflict_do_nothing(index_elements=["scope", "key"])
    # RETURNING, not rowcount: that one says -1 after an INSERT on PostgreSQL.
    if connection.execute(statement.returning(t.repeat_key.c.key)).first() is not None:
        return None
    body = connection.execute(_same(sa.select(t.repeat_key.c.body), scope, token)).scalar_one()
    return str(body.get("made", ""))


def finish(connection: Connection, scope: str, token: str, made: str) -> None:
    """Keep what came of it."""
    connection.execute(_same(sa.update(t.repeat_key), scope, token).values(body={"made": made}))


def fingerprint(given: Mapping[str, Any]) -> str:
    """A hash of parameters, whatever their order."""
    return hashlib.sha256(json.dumps(given, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _same(statement: Any, scope: str, token: str) -> Any:
    return statement.where(t.repeat_key.c.scope == scope, t.repeat_key.c.key == token)
