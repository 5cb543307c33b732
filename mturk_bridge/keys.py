"""Requesters and their key pairs.

SigV4 needs the secret itself, so a hash of it will not do. It stands nowhere: it is made again, each time, of the lab's
own secret (a file that only its owner may read) and a random salt. ADR 0006 tells why.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from mturk_bridge.store import requesters as store
from mturk_bridge.store.requesters import Requester
from workbench.context import Context
from workbench.domain import Person
from workbench.errors import Invalid, NotFound
from workbench.store import audit

LONGEST_NAME = 150


@dataclass(frozen=True)
class KeyPair:
    """What a requester's program signs with."""

    access_key_id: str
    secret_access_key: str


def add_requester(ctx: Context, name: str, *, needs_yes: bool = False, by: Person | None = None) -> Requester:
    """
    A new requester, with a company of the same name.

    Raises:
        Invalid: no name, or a name that is too long. Conflict: there is one of that name.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(
            sentence("A requester needs a name of at most {longest_name} characters.", longest_name=LONGEST_NAME), field="name"
        )

    def write(connection: Connection) -> Requester:
        made = store.add(connection, name=name, needs_yes=needs_yes, now=ctx.now())
        _log(connection, ctx, by, "mturk.requester", made.public_id)
        return made

    return ctx.db.write(write)


def named(ctx: Context, name: str) -> Requester:
    """The requester with this name or public id. Raises NotFound, with those there are."""
    found = ctx.db.read(lambda connection: store.by_name(connection, name))
    if found is None:
        known = ", ".join(each.name for each in ctx.db.read(store.everybody)) or "none yet"
        raise NotFound(sentence('There is no requester "{name}". Known: {known}.', name=name, known=known))
    return found


def add_key(ctx: Context, requester: Requester, *, label: str | None = None, by: Person | None = None) -> KeyPair:
    """A new key pair; the secret is shown this once, though the same lab could make it again."""
    access_key_id = "LAB" + base64.b32encode(secrets.token_bytes(10)).decode().rstrip("=")
    salt = secrets.token_hex(16)

    def write(connection: Connection) -> None:
        store.add_key(connection, requester.id, access_key_id, salt, label, ctx.now())
        _log(connection, ctx, by, "mturk.key", access_key_id)

    ctx.db.write(write)
    return KeyPair(access_key_id, secret_of(ctx, access_key_id, salt))


def end_key(ctx: Context, access_key_id: str, *, by: Person | None = None) -> None:
    """This key opens nothing any more. Raises NotFound."""

    def write(connection: Connection) -> None:
        if not store.end_key(connection, access_key_id, ctx.now()):
            raise NotFound(sentence("There is no key {access_key_id} in use.", access_key_id=access_key_id))
        _log(connection, ctx, by, "mturk.key.end", access_key_id)

    ctx.db.write(write)


def secret_of(ctx: Context, access_key_id: str, salt: str) -> str:
    """The secret of a key pair: 40 characters, as AWS's own."""
    digest = hmac.new(ctx.secret(), f"mturk-key/{access_key_id}/{salt}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()[:40]


def _log(connection: Connection, ctx: Context, by: Person | None, action: str, subject: str) -> None:
    audit.record(connection, now=ctx.now(), person_id=by.id if by else None, action=action, subject=subject)
