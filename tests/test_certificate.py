"""Certificates: what goes in, what never does, and that somebody else's program finds them genuine."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from openbadgeslib.ob3.status import check_credential_status
from sqlalchemy.engine import Connection

from tests.builders import key, person, rating, rows
from tests.conftest import MONDAY_NINE, Clock
from workbench import agreements, assign, certifying, coaching, signing, skills, submit
from workbench import certificate as rules
from workbench import tables as t
from workbench.certificate import PARTS, Content, Issuer, Kind
from workbench.certifying import CoachPart
from workbench.context import Context, wall_clock
from workbench.domain import HOUR_MS, MINUTE_MS, Person, Role, new_public_id
from workbench.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from workbench.signing import NotGenuine
from workbench.store import agreements as agreements_store
from workbench.store import certificates as store
from workbench.store import lab
from workbench.store.certificates import Certificate

ISSUER = Issuer("Proeflab", "https://lab.example")
NO_WORDS = CoachPart("", {}, "", "", "")


def told(**change: object) -> Content:
    """A certificate with everything on it."""
    whole = Content(
        name="Noor",
        first="2026-06-01",
        last="2026-11-27",
        hours=412,
        training_hours=18,
        kinds=[Kind("rating", {"nl": "Waarderen", "en": "Rating"}, "alone")],
        media=["image", "audio"],
        tools=["AI Annotation Lab workbench"],
        training=["Ondertitels beoordelen"],
        coach_words="Noor legt het anderen uit.",
        own_words="Ik weet nu hoe computers leren.",
    )
    return replace(whole, **change)  # type: ignore[arg-type]


def with_hours(ctx: Context, who: Person, hours: int = 20) -> None:
    """Blocks of work of an hour each, one after the other, ending now."""

    def write(connection: Connection) -> None:
        for number in range(hours):
            start = ctx.now() - (hours - number) * HOUR_MS
            row = {"person_id": who.id, "kind": "work", "started_ms": start, "planned_end_ms": start + HOUR_MS}
            connection.execute(sa.insert(t.block).values(**row, ended_ms=start + HOUR_MS))

    ctx.db.write(write)


def a_lab(ctx: Context) -> tuple[Person, Person]:
    """A lab with a worker who worked and answered, and their coach."""
    ctx.db.write(lambda connection: lab.set_up(connection, name="Proeflab", time_zone="Europe/Amsterdam", now=ctx.now()))
    noor, carla = person(ctx), person(ctx, "Carla", Role.COACH)
    coaching.give_coach(ctx, noor, carla, by=person(ctx, "Mia", Role.MANAGER))
    rating(ctx, [str(number) for number in range(8)])
    for _ in range(7):
        submit.submit(
            ctx, noor, assign.next_assignments(ctx, noor)[0].public_id, {"value": 3}, key=key(), via="page", active_ms=31_337
        )
    with_hours(ctx, noor)
    return noor, carla


def signed(ctx: Context, noor: Person, carla: Person, part: CoachPart = NO_WORDS, **picked: object) -> Certificate:
    """Picked, asked, signed."""
    given: dict[str, object] = {"shown": PARTS, "kinds": ["rating"], "own_words": "Ik leer graag.", **picked}
    found = certifying.draft(ctx, noor, **given)  # type: ignore[arg-type]
    certifying.ask(ctx, noor, found)
    kept = certifying.add_coach_part(ctx, carla, store_of(ctx, found), part)
    return certifying.issue(ctx, carla, kept, ISSUER)


def store_of(ctx: Context, found: Certificate) -> Certificate:
    """The row as it is now."""
    return ctx.db.read(lambda connection: store.find(connection, found.public_id))


def pem(found: signing.Key) -> bytes:
    """The public half, as other programs take it."""
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return signing.public_key(found).public_bytes(*form)


# --- what goes in ----------------------------------------------------------------------------------------------------


def test_only_what_was_picked_is_told() -> None:
    """A worker who shows hours and own words shows nothing else but the period."""
    found = rules.credential(
        told(shown=["hours", "own_words"]), ISSUER, public_id="abc", subject="urn:uuid:1", status_index=5, now=MONDAY_NINE
    )
    text = json.dumps(found, ensure_ascii=False)
    assert "412" in text
    assert "Ik weet nu" in text
    assert not any(each in text for each in ("Noor", "Waarderen", "Ondertitels beoordelen", "workbench", "Media"))


def test_the_subject_is_a_number_of_its_own_and_the_name_only_where_picked() -> None:
    """`urn:uuid:…`: two certificates of one person can be put together by that person only."""
    whole = {"public_id": "abc", "subject": "urn:uuid:1", "status_index": 5, "now": MONDAY_NINE}
    found = rules.credential(told(), ISSUER, **whole)["credentialSubject"]  # type: ignore[arg-type]
    assert (found["id"], found["identifier"][0]["identityHash"]) == ("urn:uuid:1", "Noor")
    assert "identifier" not in rules.credential(told(shown=["kinds"]), ISSUER, **whole)["credentialSubject"]  # type: ignore[arg-type]


def test_disability_needs_speed_quality_absence_and_check_ins_never_come_in(ctx: Context) -> None:
    """Everything else that the lab holds about somebody is set to odd words and numbers; none of them is in the credential."""
    noor, carla = a_lab(ctx)
    odd = "zzqx"
    ctx.db.write(lambda connection: _everything_else(connection, noor, odd, ctx.now()))
    found = signed(ctx, noor, carla, CoachPart("Werkt graag samen.", {"rating": "alone"}, "", "Ondertitels", ""))
    claims, _ = signing.read(found.token or "", certifying.keys_of(ctx))
    text = json.dumps(claims, ensure_ascii=False) + json.dumps(found.content.as_json(), ensure_ascii=False)
    assert odd not in text
    figures = set(re.findall(r"\d+", str(claims["credentialSubject"]["narrative"])))
    # 20 hours, and the parts of two dates: no count of answers, no time per answer, no share.
    assert figures == {"20", "2026", "11", "22", "23"}
    assert not set(claims) & {"evidence", "result", "creditsEarned"}


def _everything_else(connection: Connection, noor: Person, odd: str, now: int) -> None:
    profile = {"cannot_use": ["hearing"], "uses": [odd], "reading_level": odd, "topics_off": [odd]}
    connection.execute(sa.update(t.person).where(t.person.c.id == noor.id).values(profile=profile, preferences={"font": odd}))
    common = {"public_id": new_public_id(), "person_id": noor.id}
    connection.execute(sa.insert(t.check_in).values(**common, pace="too_fast", difficulty=odd, shared=True, key=odd, at_ms=now))
    asked = {"kind": "stop_today", "words": odd, "key": odd, "asked_ms": now}
    connection.execute(sa.insert(t.request).values(**common, **asked))
    agreed = {"from_day": "2026-11-23", "changes": {"work_minutes": 33}, "words": odd, "created_ms": now}
    connection.execute(sa.insert(t.adjustment).values(**common, **agreed))
    file = {"written_by": noor.id, "kind": "note", "on_date": "2026-11-23", "words": odd, "created_ms": now}
    connection.execute(sa.insert(t.coach_entry).values(**common, **file))
    step = connection.scalar(sa.select(t.step.c.id))
    connection.execute(sa.insert(t.worker_skill).values(person_id=noor.id, step_id=step, skill=0.4242, updated_ms=now))
    given = connection.execute(sa.select(t.assignment.c.id, t.assignment.c.microtask_id).limit(1)).one()
    returned = {"assignment_id": given.id, "microtask_id": given.microtask_id, "person_id": noor.id}
    connection.execute(sa.insert(t.work_return).values(**returned, reason="not_for_me", words=odd, key=odd, at_ms=now))


@pytest.mark.parametrize(
    "words",
    [
        "Noor heeft autisme en werkt rustig",
        "Werkt goed ondanks haar beperking",
        "Ze is blind",
        "Was vaak ziek",
        "Heeft een uitkering",
        "98% goed",
        "Maakt weinig fouten",
        "Doet 60 vragen per uur",
        "Works well in spite of her disability",
        "Never absent",
    ],
)
def test_words_about_health_speed_or_mistakes_are_refused(words: str) -> None:
    """Kindly, beside the field."""
    with pytest.raises(Invalid) as refused:
        rules.check_words(words, "coach_words")
    assert refused.value.field == "coach_words"
    assert rules.unfit_words(words)


@pytest.mark.parametrize("words", ["Legt het anderen goed uit.", "Werkte aan beelden van een ziekenhuis.", "Komt graag binnen."])
def test_ordinary_words_stay(words: str) -> None:
    """A hospital in the pictures is not an illness."""
    assert rules.check_words(words, "own_words") == words


def test_skills_come_from_a_release_of_esco_or_not_at_all(tmp_path: Path) -> None:
    """By address or by label; what is not in the file is refused."""
    (tmp_path / "esco.csv").write_text("conceptUri,preferredLabel\nhttp://data.europa.eu/esco/skill/1,beelden beschrijven\n")
    assert [skill.label for skill in skills.choose(tmp_path, "esco.csv", "Beelden beschrijven\n")] == ["beelden beschrijven"]
    assert skills.choose(tmp_path, "", "  ") == []
    for name, wanted in (("esco.csv", "data labelen"), ("", "http://data.europa.eu/esco/skill/1")):
        with pytest.raises(Invalid):
            skills.choose(tmp_path, name, wanted)


# --- signing ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def today(clock: Clock) -> Clock:
    """The real time: the other library compares dates with it."""
    clock.now_ms = wall_clock() - MINUTE_MS
    return clock


def test_an_independent_library_finds_it_genuine(each_db_ctx: Context, today: Clock) -> None:
    """openbadgeslib: structure, signature, dates, and that the status list does not name it."""
    ctx = each_db_ctx
    noor, carla = a_lab(ctx)
    found = signed(ctx, noor, carla)
    verifier = OB3Verifier(pem(certifying.current_key(ctx)))
    badge = verifier.verify(found.token or "", expected_recipient=found.subject)
    assert (badge.issuer.id, badge.recipient_id) == ("https://lab.example/certificates/issuer", found.subject)
    listed = certifying.status_list(ctx, ISSUER).encode()
    key_of_list = pem(certifying.current_key(ctx))
    check_credential_status(badge, lambda _url: listed, verify_list=True, list_pubkey_pem=key_of_list)


def test_a_changed_certificate_is_not_genuine(ctx: Context, today: Clock) -> None:
    """One letter of the payload, for us and for the other library."""
    noor, carla = a_lab(ctx)
    head, body, tail = (signed(ctx, noor, carla).token or "").split(".")
    changed = f"{head}.{body[:-3]}{'A' if body[-3] != 'A' else 'B'}{body[-2:]}.{tail}"
    with pytest.raises(NotGenuine):
        certifying.check_token(ctx, changed)
    with pytest.raises(OB3VerificationError):
        OB3Verifier(pem(certifying.current_key(ctx))).verify(changed)


@pytest.mark.parametrize("text", ["", "hello", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "x" * 70_000])
def test_what_is_no_certificate_is_told_kindly(ctx: Context, text: str) -> None:
    """Also a token without a signature."""
    certifying.rotate(ctx, by=None)
    with pytest.raises(NotGenuine):
        certifying.check_token(ctx, text)


def test_a_new_key_leaves_old_certificates_genuine(ctx: Context, today: Clock) -> None:
    """The old private half is gone, its public half is not."""
    noor, carla = a_lab(ctx)
    found = signed(ctx, noor, carla)
    old = certifying.current_key(ctx)
    certifying.rotate(ctx, by=carla)
    newest, before = certifying.keys_of(ctx)
    assert (before.name, before.sealed, newest.name != old.name) == (old.name, None, True)
    assert certifying.check_token(ctx, found.token or "").state == "valid"
    assert OB3Verifier(pem(before)).verify(found.token or "").recipient_id == found.subject


def test_the_private_key_is_of_no_use_without_the_lab_s_secret(ctx: Context) -> None:
    """A copy of the database signs nothing."""
    found = certifying.current_key(ctx)
    with pytest.raises(Unavailable):
        signing.unseal(found, b"another secret")
    private = signing.unseal(found, ctx.secret()).private_bytes_raw()
    assert private not in b"".join(bytes(row.sealed) for row in rows(ctx, t.signing_key))


def test_a_key_is_named_by_its_thumbprint() -> None:
    """The example of RFC 8037, appendix A.3."""
    assert signing.thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


# --- correcting and revoking -----------------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_and_the_old_one_is_superseded(ctx: Context, today: Clock) -> None:
    """Same person, another certificate; whoever checks the old one is led to the new one."""
    noor, carla = a_lab(ctx)
    first = signed(ctx, noor, carla)
    second = signed(ctx, noor, carla, own_words="Ik leer heel graag.")
    checked = certifying.check_token(ctx, first.token or "")
    assert (second.subject, second.public_id != first.public_id) == (first.subject, True)
    assert (checked.state, checked.newer) == ("superseded", second.public_id)
    assert certifying.check_token(ctx, second.token or "").state == "valid"


def test_a_revoked_certificate_is_named_by_the_status_list(ctx: Context, today: Clock) -> None:
    """We say so, and so does the other library after reading the list."""
    noor, carla = a_lab(ctx)
    found = signed(ctx, noor, carla)
    badge = OB3Verifier(pem(certifying.current_key(ctx))).verify(found.token or "")
    with pytest.raises(Invalid):
        certifying.revoke(ctx, carla, found, " ")
    certifying.revoke(ctx, carla, found, "The period is wrong")
    listed = certifying.status_list(ctx, ISSUER).encode()
    with pytest.raises(OB3VerificationError, match="is set"):
        check_credential_status(badge, lambda _url: listed)
    assert certifying.check_id(ctx, found.public_id)[1].state == "revoked"


def test_the_worker_picks_and_asks_and_the_coach_signs(ctx: Context) -> None:
    """Nobody signs what was not asked for, twice, or for themselves; a worker may always withdraw."""
    noor, carla = a_lab(ctx)
    drafted = certifying.draft(ctx, noor, shown=["hours"], kinds=[], own_words="")
    with pytest.raises(Conflict):
        certifying.issue(ctx, carla, drafted, ISSUER)
    with pytest.raises(NotFound):
        certifying.check_id(ctx, drafted.public_id)
    certifying.ask(ctx, noor, drafted)
    with pytest.raises(NotAllowed):
        certifying.issue(ctx, noor, store_of(ctx, drafted), ISSUER)
    found = certifying.issue(ctx, carla, store_of(ctx, drafted), ISSUER)
    with pytest.raises(Conflict):
        certifying.issue(ctx, carla, store_of(ctx, drafted), ISSUER)
    certifying.withdraw(ctx, noor, found)
    assert store_of(ctx, found).status == "revoked"


def test_what_was_not_picked_is_not_kept_once_signed(ctx: Context) -> None:
    """The row of a signed certificate holds no more than the certificate."""
    noor, carla = a_lab(ctx)
    found = signed(ctx, noor, carla, shown=["hours"])
    assert (found.content.name, found.content.kinds, found.content.own_words) == ("", [], "")


def test_training_that_was_done_and_the_words_of_the_version_before_need_not_be_typed_again(ctx: Context) -> None:
    """What was agreed and done stands there as a beginning; a correction begins with what the coach wrote."""
    noor, carla = a_lab(ctx)
    for title in ("Ondertitels beoordelen", "Praten over mijn ziekte", "Nog niet gedaan"):
        agreements.propose(ctx, carla, noor, "training", {"title": title}, reason=title)
    for each in ctx.db.read(lambda connection: agreements_store.of_person(connection, noor.id, kind="training")):
        agreements.agree(ctx, noor, noor, each.public_id)
        if each.content["title"] != "Nog niet gedaan":
            agreements.mark_done(ctx, carla, noor, each.public_id)
    drafted = certifying.draft(ctx, noor, shown=PARTS, kinds=["rating"], own_words="")
    assert drafted.content.training == ["Ondertitels beoordelen"]
    part = CoachPart("Werkt zorgvuldig.", {"rating": "alone"}, "", "Ondertitels beoordelen", "")
    signed(ctx, noor, carla, part)
    again = certifying.draft(ctx, noor, shown=PARTS, kinds=["rating"], own_words="")
    assert (again.content.coach_words, again.content.kinds[0].level) == ("Werkt zorgvuldig.", "alone")


def test_somebody_without_hours_has_nothing_to_tell_yet(ctx: Context) -> None:
    """And is told so."""
    with pytest.raises(Conflict):
        certifying.draft(ctx, person(ctx), shown=[], kinds=[], own_words="")
