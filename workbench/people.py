"""People join the lab and leave, with what they sign in with. Secrets are random and kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy.engine import Connection

from workbench.context import Context
from workbench.domain import Client, Person, Role
from workbench.errors import Invalid
from workbench.store import audit, coaches, people, sessions

SHORTEST_PASSWORD = 10
BADGE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else: 31 letters, 4.95 bits each
BADGE_LENGTH = 26  # 128 bits and more
hasher = PasswordHasher()  # argon2id with the library's current parameters


@dataclass(frozen=True)
class Enrolled:
    """A new person with what they sign in with: shown once, never stored. `badge_code` is None for staff."""

    person: Person
    token: str
    link_path: str
    badge_code: str | None


@dataclass(frozen=True)
class Card:
    """A new card: the link and the badge code it carries. Older cards of this person no longer work."""

    person: Person
    link_path: str
    badge_code: str


def sha256(secret: str) -> str:
    """How tokens, badges, links and session tokens are stored: they are random, so no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


# --- joining and leaving ---------------------------------------------------------------------------------------------


def enrol(
    ctx: Context,
    name: str,
    roles: Iterable[Role],
    *,
    client: str | None = None,
    locale: str = "nl",
    by: Person | None = None,
    check: Callable[[Connection], None] | None = None,
) -> Enrolled:
    """
    Add a person with a sign-in link, an API token and, for workers, a badge code.

    Args:
        client: name of the company, for the client role; made when it is new.
        check: called inside the write, before anything is added; what it raises stops all.

    Raises:
        Invalid: no name, no role, a client role without a company.
    """
    wanted = frozenset(roles)
    _check_new(name, wanted, client)
    token, link = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    badge = new_badge_code() if Role.WORKER in wanted else None

    def add(connection: Connection) -> Person:
        if check:
            check(connection)
        now = ctx.now()
        company = _client(connection, client, now).id if client else None
        person = people.add_person(connection, name=name.strip(), roles=wanted, locale=locale, client_id=company, now=now)
        for kind, secret in (("token", token), ("link", link), ("badge", badge)):
            if secret:
                people.add_credential(connection, person.id, kind, sha256(secret), label="enrol", now=now)
        log(connection, ctx, by, "person.enrol", person, roles=sorted(wanted))
        return person

    return Enrolled(ctx.db.write(add), token, f"/s/{link}", badge)


def new_card(ctx: Context, person: Person, *, by: Person | None) -> Card:
    """A new link and badge code for somebody; the old ones end at once, and so do the sessions they began."""
    link, badge = secrets.token_urlsafe(24), new_badge_code()

    def replace(connection: Connection) -> None:
        now = ctx.now()
        for kind, secret in (("link", link), ("badge", badge)):
            people.end_credentials(connection, person.id, kind, now=now)
            people.add_credential(connection, person.id, kind, sha256(secret), label="card", now=now)
        sessions.end_all(connection, person.id, now=now)
        log(connection, ctx, by, "person.card", person)

    ctx.db.write(replace)
    return Card(person, f"/s/{link}", badge)


def new_token(ctx: Context, person: Person, *, label: str, by: Person | None) -> str:
    """A new API token; shown once."""
    token = secrets.token_urlsafe(32)

    def add(connection: Connection) -> None:
        people.add_credential(connection, person.id, "token", sha256(token), label=label[:200], now=ctx.now())
        log(connection, ctx, by, "person.token", person)

    ctx.db.write(add)
    return token


def register_badge(ctx: Context, person: Person, code: str, *, by: Person | None) -> None:
    """Let a card that somebody already has sign them in. Raises Conflict when another person has it."""
    clean = clean_badge(code)
    if len(clean) < 4:
        raise Invalid("That badge code is too short. Hold the badge to the reader again.", field="badge")

    def add(connection: Connection) -> None:
        people.add_credential(connection, person.id, "badge", sha256(clean), label="reader", now=ctx.now())
        log(connection, ctx, by, "person.badge", person)

    ctx.db.write(add)


def set_password(ctx: Context, person: Person, password: str, *, by: Person | None, but: int | None = None) -> None:
    """
    Staff sign in with a name and this password. Every session ends: who knew the old one is out.

    Args:
        but: the session that stays, of the browser where the person chose it.

    Raises:
        Invalid: too short.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("Please choose a password of 10 characters or more. A short sentence works well.", field="password")
    _set_secret(ctx, person, "password", hasher.hash(password), by, but=but)


def set_pin(ctx: Context, person: Person, pin: str | None, *, by: Person | None) -> None:
    """A PIN next to the badge, where the lab wants one; None takes it away. Raises Invalid: 4 to 8 digits."""
    if pin is not None and not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise Invalid("A PIN is 4 to 8 digits.", field="pin")
    _set_secret(ctx, person, "pin", hasher.hash(pin) if pin else None, by)


def end(ctx: Context, person: Person, *, by: Person | None) -> None:
    """Somebody leaves: nothing signs them in any more, all sessions end, whom they coached has no coach; their work stays."""

    def leave(connection: Connection) -> None:
        people.end_person(connection, person.id, now=ctx.now())
        coaches.end_coach(connection, person.id, now=ctx.now())
        sessions.end_all(connection, person.id, now=ctx.now())
        log(connection, ctx, by, "person.end", person)

    ctx.db.write(leave)


def client_name(ctx: Context, client_id: int) -> str:
    """The name of the company with this id inside. Raises NotFound."""
    return ctx.db.read(lambda connection: people.client_by_id(connection, client_id)).name


def new_badge_code() -> str:
    """A code for a badge or QR: upper case letters and digits, as every keyboard-like reader can type them."""
    return "".join(secrets.choice(BADGE_LETTERS) for _ in range(BADGE_LENGTH))


def clean_badge(code: str) -> str:
    """What a reader typed, without spaces, dashes and case: readers differ in those."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


# --- small parts ------------------------------------------------------------------------------------------------------


def _set_secret(
    ctx: Context, person: Person, kind: str, hashed: str | None, by: Person | None, *, but: int | None = None
) -> None:
    def replace(connection: Connection) -> None:
        people.end_credentials(connection, person.id, kind, now=ctx.now())
        if hashed:
            people.add_credential(connection, person.id, kind, hashed, now=ctx.now())
        if kind == "password":
            sessions.end_all(connection, person.id, now=ctx.now(), but=but)
        log(connection, ctx, by, f"person.{kind}", person)

    ctx.db.write(replace)


def _check_new(name: str, roles: frozenset[Role], client: str | None) -> None:
    if not name.strip():
        raise Invalid("Please give a name.", field="name")
    if len(name) > 200:
        raise Invalid("Please choose a name of at most 200 characters.", field="name")
    if not roles:
        raise Invalid("Please choose at least one role.", field="roles")
    if client and Role.CLIENT not in roles:
        raise Invalid("A company belongs to the client role only. Choose that role, or leave the company empty.", field="client")
    check_company(roles, client)


def check_company(roles: frozenset[Role], company: str | None) -> None:
    """A client without a company would stand outside the walls between companies. Raises Invalid."""
    if Role.CLIENT in roles and not (company and company.strip()):
        raise Invalid("Please say which company this client belongs to.", field="client")


def _client(connection: Connection, name: str, now: int) -> Client:
    return people.client_by_name(connection, name.strip()) or people.add_client(connection, name=name.strip(), now=now)


def log(connection: Connection, ctx: Context, by: Person | None, action: str, person: Person, **detail: object) -> None:
    """Record what was done to whom, and by whom (None: the command line or the person's own badge)."""
    by_id = by.id if by else None
    audit.record(connection, now=ctx.now(), person_id=by_id, action=action, subject=person.public_id, detail=detail)
