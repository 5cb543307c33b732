"""Signing in and out: by badge, card or password, with a PIN where the lab wants one. Wrong tries are slowed down."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from workbench.context import Context
from workbench.domain import HOUR_MS, Person
from workbench.errors import NotSignedIn
from workbench.people import clean_badge, hasher, log, sha256
from workbench.store import people, sessions
from workbench.throttling import throttled

SESSION_MS = 12 * HOUR_MS  # a long day; a shared workstation signs out by its own button


@dataclass(frozen=True)
class SignedIn:
    """A session that just began. `token` goes into the cookie and nowhere else."""

    person: Person
    token: str
    csrf: str


class PinNeeded(NotSignedIn):
    """The badge is good; this person also has a PIN."""

    def __init__(self, person: Person) -> None:
        super().__init__("Please type your PIN.", field="pin")
        self.person = person


def tries_of(address: str) -> list[tuple[str, str]]:
    """Whose tries are counted together when they come from this address, for `throttling`."""
    return [("address", f"address:{address}")]


def by_badge(ctx: Context, code: str, *, address: str, pin: str | None = None, ending: str | None = None) -> SignedIn:
    """
    Sign in with what a badge reader typed.

    Args:
        address: where the request came from, for throttling.
        ending: the session token this browser had; that session ends.

    Raises:
        TooMany: wait first. NotSignedIn: not known. PinNeeded: this person has a PIN.
    """
    words = noted("This badge is not known here. Try again, or ask your coach for help.")
    return _by_secret(ctx, "badge", clean_badge(code), words, address=address, pin=pin, ending=ending)


def by_link(ctx: Context, secret: str, *, address: str, pin: str | None = None, ending: str | None = None) -> SignedIn:
    """Sign in with the link on a card; same rules as a badge."""
    words = noted("This card no longer works. Ask your coach for a new card.")
    return _by_secret(ctx, "link", secret, words, address=address, pin=pin, ending=ending)


def holder_of_link(ctx: Context, secret: str) -> Person | None:
    """Whose card this is, without signing in."""
    return ctx.db.read(lambda connection: people.person_by_credential(connection, "link", sha256(secret)))


def by_password(ctx: Context, name: str, password: str, *, address: str, ending: str | None = None) -> SignedIn:
    """Sign in with name and password. The sentence is the same whether the name or the password is wrong."""
    subjects = [("person", f"name:{name.strip().lower()}"), *tries_of(address)]

    def check() -> Person:
        found = ctx.db.read(lambda connection: _password_holders(connection, name.strip()))
        # An unknown name costs as much time as a wrong password, and so gives nothing away.
        tried = found or [(None, _DUMMY)]
        matching = [person for person, hashed in tried if _matches(hashed, password) and person]
        if len(matching) != 1:
            raise NotSignedIn("Name or password is not right. Check both and try again.", field="password")
        return matching[0]

    return begin(ctx, throttled(ctx, subjects, check), ending=ending, how="password")


def check_password(ctx: Context, person: Person, password: str, *, address: str) -> None:
    """Ask for the password again before something that matters. Raises NotSignedIn or TooMany."""
    subjects = [("person", f"again:{person.id}"), *tries_of(address)]

    def check() -> None:
        held = ctx.db.read(lambda connection: people.credentials_of(connection, person.id, kind="password"))
        if not any(_matches(each.secret_hash, password) for each in held):
            raise NotSignedIn("That is not your password now. Try again.", field="current")

    throttled(ctx, subjects, check)


def sign_out(ctx: Context, session_id: int) -> None:
    """End this session; work that waits in the browser's outbox has a token of its own and still arrives."""
    ctx.db.write(lambda connection: sessions.end(connection, session_id, now=ctx.now()))


def sign_out_everywhere(ctx: Context, person: Person, *, but: int | None = None) -> None:
    """End all sessions of this person; `but` names the one that stays."""
    ctx.db.write(lambda connection: sessions.end_all(connection, person.id, now=ctx.now(), but=but))


def _by_secret(
    ctx: Context, kind: str, secret: str, words: str, *, address: str, pin: str | None, ending: str | None
) -> SignedIn:
    def holder() -> Person:
        found = ctx.db.read(lambda connection: people.person_by_credential(connection, kind, sha256(secret)))
        if found is None:
            raise NotSignedIn(words, field=kind)
        return found

    person = throttled(ctx, tries_of(address), holder)
    _check_pin(ctx, person, pin)
    return begin(ctx, person, ending=ending, how=kind)


def _check_pin(ctx: Context, person: Person, pin: str | None) -> None:
    held = ctx.db.read(lambda connection: people.credentials_of(connection, person.id, kind="pin"))
    if not held:
        return
    if not pin:
        raise PinNeeded(person)

    def check() -> None:
        if not any(_matches(each.secret_hash, pin) for each in held):
            raise NotSignedIn("That PIN is not right. Try again, or ask your coach for help.", field="pin")

    throttled(ctx, [("person", f"pin:{person.id}")], check)


def begin(ctx: Context, person: Person, *, ending: str | None, how: str) -> SignedIn:
    """A new session of this person; the one this browser had (`ending`) ends, so that no token outlives a sign-in."""
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)

    def begin(connection: Connection) -> None:
        now = ctx.now()
        if ending:
            sessions.end_by_token(connection, sha256(ending), now=now)
        sessions.create(
            connection, person_id=person.id, token_hash=sha256(token), csrf=csrf, now=now, expires_ms=now + SESSION_MS
        )
        log(connection, ctx, person, "sign-in", person, how=how)

    ctx.db.write(begin)
    return SignedIn(person, token, csrf)


# --- small parts ------------------------------------------------------------------------------------------------------


_DUMMY = hasher.hash(secrets.token_urlsafe(16))


def _matches(hashed: str, secret: str) -> bool:
    try:
        return hasher.verify(hashed, secret)
    except (VerificationError, InvalidHashError):
        return False


def _password_holders(connection: Connection, name: str) -> list[tuple[Person | None, str]]:
    holders: list[tuple[Person | None, str]] = []
    for person in people.people_by_name(connection, name):
        held = people.credentials_of(connection, person.id, kind="password")
        holders += [(person, each.secret_hash) for each in held]
    return holders
