"""Certificates of this lab: drafted from what somebody did, picked by the worker, signed by a coach, corrected, revoked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.engine import Connection

from task_types import registry
from workbench import certificate as rules
from workbench import hours, people, signing, skills
from workbench.certificate import Content, Issuer, Kind
from workbench.context import Context
from workbench.domain import Json, Person, Role
from workbench.errors import Conflict, Invalid, NotAllowed, NotFound
from workbench.lab_settings import LabSettings
from workbench.signing import Key
from workbench.store import agreements, lab
from workbench.store import certificates as store
from workbench.store import hours as hours_store
from workbench.store import people as people_store
from workbench.store.certificates import Certificate

TOOL = "AI Annotation Lab workbench"  # what everybody here works with; tools that help somebody see or read are never named


@dataclass(frozen=True)
class Checked:
    """What can be said of a certificate that somebody shows. `genuine`: signed by this lab. state: valid, revoked, superseded."""

    state: str
    claims: Mapping[str, Json]
    content: Content | None
    signed_ms: int | None
    ended_ms: int | None
    newer: str | None  # public id of the version in its place


# --- who signs -------------------------------------------------------------------------------------------------------


def issuer_of(ctx: Context, fallback_url: str) -> Issuer:
    """Who signs certificates here. `fallback_url`: the address that this browser used, where none was set."""
    found = ctx.db.read(lab.the_lab)
    settings = LabSettings.of(found.settings if found else {})
    name = settings.issuer_name or (found.name if found else "AI Annotation Lab")
    return Issuer(name, (settings.issuer_url or ctx.settings.public_url or fallback_url).rstrip("/"))


def keys_of(ctx: Context) -> list[Key]:
    """Every key, newest first."""
    return ctx.db.read(store.keys)


def rotate(ctx: Context, *, by: Person | None) -> str:
    """Make a new key; certificates that older ones signed stay genuine. Returns its name."""
    made = signing.new_key(ctx.secret())

    def write(connection: Connection) -> None:
        store.add_key(connection, made, now=ctx.now())
        if by:
            people.log(connection, ctx, by, "certificate.key", by, key=made.name)

    ctx.db.write(write)
    return made.name


def current_key(ctx: Context) -> Key:
    """The key that signs now; made when there is none."""
    if not keys_of(ctx):
        rotate(ctx, by=None)
    return keys_of(ctx)[0]


def sign(ctx: Context, issuer: Issuer, claims: Mapping[str, Json]) -> tuple[str, Key]:
    """A JWT of these claims by the newest key."""
    key = current_key(ctx)
    return signing.sign(claims, key, ctx.secret(), key_url=f"{issuer.url}/certificates/keys/{key.name}"), key


# --- the worker ------------------------------------------------------------------------------------------------------


def experience(ctx: Context, person: Person) -> Content | None:
    """What somebody did here until now; None before their first block."""
    now = ctx.now()

    def read(connection: Connection) -> Content | None:
        zone = lab.time_zone(connection, now)
        started, ended, oldest = store.first_and_last_day(connection, person.id)
        days = [hours.day_of(each, zone) for each in (started, ended) if each is not None]
        days += [date.fromisoformat(oldest)] if oldest else []
        if not days:
            return None
        first, last = min(days), max(days)
        minutes = _minutes(connection, person.id, first, last, zone, now)
        types = store.task_types_of(connection, person.id)
        return Content(
            name=person.name,
            first=first.isoformat(),
            last=last.isoformat(),
            hours=minutes["work"] // 60,
            training_hours=minutes["training"] // 60,
            kinds=[Kind(name, dict(registry.get(name).title)) for name in types],
            media=store.media_of(connection, person.id),
            tools=[TOOL],
            training=_training(connection, person.id),
            locale=person.locale,
        )

    return ctx.db.read(read)


def _training(connection: Connection, person_id: int) -> list[str]:
    """What was agreed as training and was done, as a beginning for the coach; never what would not be told."""
    done = [each for each in agreements.of_person(connection, person_id, kind="training") if each.done_ms is not None]
    titles = [str(each.content.get("title") or "")[:120] for each in reversed(done)]
    return [title for title in dict.fromkeys(titles) if title and not rules.unfit_words(title)][:20]


def _minutes(connection: Connection, person_id: int, first: date, last: date, zone: str, now: int) -> dict[str, int]:
    start, end = hours.bounds(first, last + timedelta(days=1), zone)
    noted = hours_store.noted(connection, first=first, last=last, start_ms=start, end_ms=end, people=[person_id])
    kept = noted.get(person_id, hours_store.Noted())
    found = hours.statement(
        kept.blocks, kept.totals, kept.corrections, first=first, last=last, time_zone=zone, paid_breaks=True, now=now
    )
    return found.minutes


def draft(ctx: Context, person: Person, *, shown: Sequence[str], kinds: Sequence[str], own_words: str) -> Certificate:
    """
    Begin a certificate, or change the one that was begun: the worker picks what goes in.

    Args:
        shown: parts of certificate.PARTS.
        kinds: names of the kinds of work to tell.

    Raises:
        Conflict: no hours yet; it was signed meanwhile.
        Invalid: words that a certificate never holds.
    """
    now = experience(ctx, person)
    if now is None:
        raise Conflict("There is nothing to tell yet. Come back when you have worked a while.")
    words = rules.check_words(own_words, "own_words")

    def write(connection: Connection) -> Certificate:
        mine = store.of_person(connection, person.id)
        before = next((each for each in mine if each.is_open), None)
        last = next((each for each in mine if each.status == "signed"), None)
        told = _with_coach(now, before) if before else _corrected(now, last)
        content = replace(
            told,
            kinds=[kind for kind in told.kinds if kind.name in kinds],
            own_words=words,
            shown=[part for part in rules.PARTS if part in shown],
        )
        if before:
            store.change(connection, before, ("draft", "asked"), content=content)
            return store.find(connection, before.public_id)
        subject = mine[0].subject if mine else f"urn:uuid:{uuid.uuid4()}"
        added = store.add(
            connection, person_id=person.id, subject=subject, content=content, replaces=last.id if last else None, now=ctx.now()
        )
        return store.find(connection, added)

    return ctx.db.write(write)


def _corrected(now: Content, last: Certificate | None) -> Content:
    """A version after a signed one begins with what the coach wrote on that, so that only what was wrong is typed again."""
    if last is None:
        return now
    told = _with_coach(now, last)
    training = list(dict.fromkeys([*told.training, *now.training]))
    return replace(told, tools=told.tools or now.tools, training=training)


def _with_coach(now: Content, before: Certificate) -> Content:
    """Fresh figures with what the coach already added."""
    old = before.content
    levels = {kind.name: kind.level for kind in old.kinds}
    kinds = [replace(kind, level=levels.get(kind.name, "")) for kind in now.kinds]
    told = replace(now, kinds=kinds, tools=old.tools, training=old.training, skills=old.skills)
    return replace(told, coach_words=old.coach_words, own_words=old.own_words)


def ask(ctx: Context, person: Person, certificate: Certificate) -> None:
    """Ask the coach to sign."""

    def write(connection: Connection) -> None:
        store.change(connection, certificate, ("draft",), status="asked", asked_ms=ctx.now())
        people.log(connection, ctx, person, "certificate.ask", person, certificate=certificate.public_id)

    ctx.db.write(write)


def withdraw(ctx: Context, person: Person, certificate: Certificate) -> None:
    """The worker does not want it: one that was not signed is put away, a signed one no longer holds."""
    if certificate.person_id != person.id:
        raise NotFound("There is no such certificate here.")
    if certificate.is_open:
        _end(ctx, certificate, person, status="withdrawn", reason="")
    else:
        _end(ctx, certificate, person, status="revoked", reason="")


# --- the coach -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoachPart:
    """What a coach adds: words, levels by kind of work, and lines of tools, training and skills."""

    words: str
    levels: Mapping[str, str]
    tools: str
    training: str
    skills: str


def add_coach_part(ctx: Context, coach: Person, certificate: Certificate, part: CoachPart) -> Certificate:
    """
    Keep what the coach adds; the worker reads it before and after it is signed.

    Raises:
        Invalid: words that a certificate never holds, a skill that is in no release; names the field.
    """
    _check_coach(coach, certificate)
    settings = ctx.db.read(lambda connection: LabSettings.of(_settings(connection)))
    content = certificate.content
    kinds = [replace(kind, level=_level(part.levels.get(kind.name, ""))) for kind in content.kinds]
    changed = replace(
        content,
        kinds=kinds,
        coach_words=rules.check_words(part.words, "coach_words"),
        tools=_lines(part.tools, "tools"),
        training=_lines(part.training, "training"),
        skills=skills.choose(ctx.settings.data, settings.skills_file, part.skills),
    )

    def write(connection: Connection) -> Certificate:
        store.change(connection, certificate, ("draft", "asked"), content=changed)
        return store.find(connection, certificate.public_id)

    return ctx.db.write(write)


def issue(ctx: Context, coach: Person, certificate: Certificate, issuer: Issuer) -> Certificate:
    """
    Sign it. The version before, if there was one, is superseded by the same act.

    Raises:
        Conflict: the worker has not asked for it; it was signed meanwhile.
    """
    _check_coach(coach, certificate)
    if certificate.status != "asked":
        raise Conflict("The worker has not asked to sign this certificate.")
    now = ctx.now()
    told = rules.credential(
        certificate.content,
        issuer,
        public_id=certificate.public_id,
        subject=certificate.subject,
        status_index=certificate.status_index,
        now=now,
    )
    token, key = sign(ctx, issuer, rules.claims(told))

    def write(connection: Connection) -> Certificate:
        values: dict[str, Json] = {"token": token, "key_name": key.name, "signed_ms": now, "signed_by": coach.id}
        # What was not picked is not kept either.
        store.change(connection, certificate, ("asked",), status="signed", content=certificate.content.picked(), **values)
        if certificate.replaces:
            before = store.by_id(connection, certificate.replaces)
            if before.status == "signed":
                store.change(connection, before, ("signed",), status="superseded", ended_ms=now)
        _log(connection, ctx, coach, "certificate.sign", certificate)
        return store.find(connection, certificate.public_id)

    return ctx.db.write(write)


def revoke(ctx: Context, coach: Person, certificate: Certificate, reason: str) -> None:
    """
    It no longer holds. The reason stays in the lab: whoever checks the certificate only reads that it was revoked.

    Raises:
        Invalid: no reason.
    """
    _check_coach(coach, certificate)
    if not reason.strip():
        raise Invalid("Please say why. Whoever checks the certificate does not see this.", field="reason")
    _end(ctx, certificate, coach, status="revoked", reason=reason.strip()[:400])


def _end(ctx: Context, certificate: Certificate, by: Person, *, status: str, reason: str) -> None:
    states = ("draft", "asked") if status == "withdrawn" else ("signed",)

    def write(connection: Connection) -> None:
        store.change(connection, certificate, states, status=status, ended_ms=ctx.now(), end_reason=reason or None)
        _log(connection, ctx, by, f"certificate.{status}", certificate)

    ctx.db.write(write)


def _check_coach(coach: Person, certificate: Certificate) -> None:
    if not coach.has(Role.COACH):
        raise NotAllowed("A job coach signs certificates.")
    if certificate.person_id == coach.id:
        raise NotAllowed("Nobody signs their own certificate. Ask another coach.")


def _level(name: str) -> str:
    return name if name in rules.LEVELS else ""


def _lines(text: str, field: str) -> list[str]:
    return [rules.check_words(line, field)[:120] for line in text.splitlines() if line.strip()][:20]


def _settings(connection: Connection) -> Mapping[str, Json]:
    found = lab.the_lab(connection)
    return found.settings if found else {}


def _log(connection: Connection, ctx: Context, by: Person, action: str, certificate: Certificate) -> None:
    subject = people_store.person_by_id(connection, certificate.person_id)
    people.log(connection, ctx, by, action, subject, certificate=certificate.public_id)


# --- anybody ---------------------------------------------------------------------------------------------------------


def check_id(ctx: Context, public_id: str) -> tuple[Certificate, Checked]:
    """
    The certificate of an address, as anybody may see it.

    Raises:
        NotFound: no such certificate, or one that was never signed.
    """
    found = ctx.db.read(lambda connection: store.find(connection, public_id))
    if found.token is None:
        raise NotFound("There is no such certificate here.")
    return found, check_token(ctx, found.token)


def check_token(ctx: Context, token: str) -> Checked:
    """
    What a certificate says, and whether it still holds.

    Raises:
        NotGenuine: not signed by this lab, or changed.
    """
    claims, _ = signing.read(token, keys_of(ctx))
    public_id = str(claims.get("jti", "")).rpartition("/")[2]

    def read(connection: Connection) -> Checked:
        try:
            found = store.find(connection, public_id)
        except NotFound:
            # Somebody whose data was erased still has their certificate, and it is still genuine.
            return Checked("valid", claims, None, None, None, None)
        newer = store.replacement(connection, found) if found.status == "superseded" else None
        state = "valid" if found.status == "signed" else found.status
        return Checked(state, claims, found.content, found.signed_ms, found.ended_ms, newer.public_id if newer else None)

    return ctx.db.read(read)


def status_list(ctx: Context, issuer: Issuer) -> str:
    """The signed list of certificates that no longer hold. Raises NotFound where nothing was ever signed."""
    if not keys_of(ctx):
        raise NotFound("This lab has not signed any certificate yet.")
    ended = ctx.db.read(store.ended_bits)
    listed = rules.status_list(issuer, ended, now=ctx.now())
    claims = {**listed, "iss": issuer.id, "jti": listed["id"], "nbf": ctx.now() // 1000}
    return sign(ctx, issuer, claims)[0]
