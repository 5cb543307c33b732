"""Signing in: badges, cards, passwords and PINs; wrong tries are slowed down; sessions rotate and end."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.conftest import Clock
from workbench import people, sign_in, throttling
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person, Role
from workbench.errors import Conflict, Invalid, NotSignedIn, TooMany
from workbench.people import sha256
from workbench.store import people as store
from workbench.store import sessions

HERE = "192.0.2.1"


def worker(ctx: Context, name: str = "Wim") -> people.Enrolled:
    """A worker with a badge."""
    return people.enrol(ctx, name, [Role.WORKER])


def manager(ctx: Context, password: str = "een lange zin") -> Person:
    """A manager with a password."""
    person = people.enrol(ctx, "Mia", [Role.MANAGER]).person
    people.set_password(ctx, person, password, by=None)
    return person


def test_enrolling_gives_a_link_a_token_and_a_badge_that_all_work(each_db_ctx: Context) -> None:
    """The three secrets lead to the same person, with roles, in one look-up each."""
    ctx = each_db_ctx
    enrolled = people.enrol(ctx, "Wim", [Role.WORKER, Role.COACH], locale="en")
    secrets = {"token": enrolled.token, "link": enrolled.link_path.removeprefix("/s/"), "badge": enrolled.badge_code or ""}
    for kind, secret in secrets.items():
        found = ctx.db.read(lambda connection, k=kind, s=secret: store.person_by_credential(connection, k, sha256(s)))
        assert found == enrolled.person
    assert enrolled.person.roles == {Role.WORKER, Role.COACH}


def test_no_secret_is_stored_as_it_is(ctx: Context) -> None:
    """What stands in the database signs nobody in."""
    enrolled = worker(ctx)
    people.set_pin(ctx, enrolled.person, "2580", by=None)
    kept = ctx.db.read(lambda connection: connection.execute(sa.select(t.credential.c.secret_hash)).scalars().all())
    for secret in (enrolled.token, enrolled.link_path[3:], enrolled.badge_code, "2580"):
        assert not any(str(secret) in hashed for hashed in kept)
    assert sum(hashed.startswith("$argon2id$") for hashed in kept) == 1


def test_a_badge_reader_may_type_it_its_own_way(ctx: Context) -> None:
    """Small letters, spaces and dashes make no difference."""
    enrolled = worker(ctx)
    code = enrolled.badge_code or ""
    typed = "-".join([code[:10], code[10:]]).lower() + " "
    assert sign_in.by_badge(ctx, typed, address=HERE).person == enrolled.person


def test_a_new_card_ends_the_old_one(ctx: Context) -> None:
    """Who finds an old card cannot use it."""
    enrolled = worker(ctx)
    card = people.new_card(ctx, enrolled.person, by=None)
    with pytest.raises(NotSignedIn):
        sign_in.by_badge(ctx, enrolled.badge_code or "", address=HERE)
    assert sign_in.by_link(ctx, card.link_path.removeprefix("/s/"), address=HERE).person == enrolled.person


def test_a_card_of_somebody_else_cannot_be_registered(ctx: Context) -> None:
    """One badge, one person."""
    first, second = worker(ctx, "Wim"), worker(ctx, "Wanda")
    people.register_badge(ctx, first.person, "04:A2:19:7F", by=None)
    with pytest.raises(Conflict):
        people.register_badge(ctx, second.person, "04a2197f", by=None)


def test_a_pin_is_asked_after_the_badge(ctx: Context) -> None:
    """Without it nobody is signed in; with it they are; without a PIN nothing is asked."""
    enrolled = worker(ctx)
    code = enrolled.badge_code or ""
    people.set_pin(ctx, enrolled.person, "2580", by=None)
    with pytest.raises(sign_in.PinNeeded):
        sign_in.by_badge(ctx, code, address=HERE)
    with pytest.raises(NotSignedIn, match="PIN is not right"):
        sign_in.by_badge(ctx, code, address=HERE, pin="1111")
    assert sign_in.by_badge(ctx, code, address=HERE, pin="2580").person == enrolled.person
    people.set_pin(ctx, enrolled.person, None, by=None)
    assert sign_in.by_badge(ctx, code, address=HERE).person == enrolled.person


def test_password_and_name_are_refused_in_the_same_words(ctx: Context) -> None:
    """Nobody learns which names exist."""
    manager(ctx)
    said = []
    for name, password in (("Mia", "niet deze zin"), ("Nobody", "niet deze zin")):
        with pytest.raises(NotSignedIn) as refused:
            sign_in.by_password(ctx, name, password, address=HERE)
        said.append(refused.value.message)
    assert said[0] == said[1]
    assert sign_in.by_password(ctx, " mia ", "een lange zin", address=HERE).person.name == "Mia"


def test_wrong_passwords_make_the_wait_longer_and_longer(ctx: Context, clock: Clock) -> None:
    """Five are free; then 2, 4, 8 … seconds; the right one is refused as well while the wait lasts."""
    manager(ctx)
    waits = []
    for _ in range(8):
        try:
            sign_in.by_password(ctx, "Mia", "verkeerd", address=HERE)
        except TooMany as slow:
            waits.append(slow.wait_seconds)
            with pytest.raises(TooMany):
                sign_in.by_password(ctx, "Mia", "een lange zin", address="192.0.2.99")
            clock.forward(seconds=slow.wait_seconds)
            with pytest.raises(NotSignedIn):
                sign_in.by_password(ctx, "Mia", "verkeerd", address=HERE)
        except NotSignedIn:
            pass
    assert waits == [2, 4, 8]
    clock.forward(minutes=16)
    assert sign_in.by_password(ctx, "Mia", "een lange zin", address=HERE).person.name == "Mia"


def test_tries_from_one_address_count_together(ctx: Context) -> None:
    """Many names from one place are slowed down too; somebody elsewhere is not."""
    manager(ctx)
    for number in range(throttling.FREE_TRIES["address"]):
        with pytest.raises(NotSignedIn):
            sign_in.by_link(ctx, f"guess-{number}", address=HERE)
    with pytest.raises(TooMany):
        sign_in.by_password(ctx, "Mia", "een lange zin", address=HERE)
    assert sign_in.by_password(ctx, "Mia", "een lange zin", address="198.51.100.4").person.name == "Mia"


def test_a_good_sign_in_does_not_count(ctx: Context) -> None:
    """A room full of people signs in at one workstation all day."""
    enrolled = worker(ctx)
    for _ in range(throttling.FREE_TRIES["address"] + 5):
        sign_in.by_badge(ctx, enrolled.badge_code or "", address=HERE)


def test_signing_in_ends_the_session_before_it(ctx: Context) -> None:
    """At a shared workstation the next person never lands in the session of the one before."""
    first, second = worker(ctx, "Wim"), worker(ctx, "Wanda")
    before = sign_in.by_badge(ctx, first.badge_code or "", address=HERE)
    after = sign_in.by_badge(ctx, second.badge_code or "", address=HERE, ending=before.token)
    assert before.token != after.token
    assert find(ctx, before.token) is None
    assert find(ctx, after.token) == second.person


def test_a_session_ends_after_a_long_day(ctx: Context, clock: Clock) -> None:
    """Nobody is signed in the next morning."""
    begun = sign_in.by_badge(ctx, worker(ctx).badge_code or "", address=HERE)
    clock.forward(minutes=12 * 60 - 1)
    assert find(ctx, begun.token) is not None
    clock.forward(minutes=1)
    assert find(ctx, begun.token) is None


def test_all_sessions_but_this_one_can_be_ended(ctx: Context) -> None:
    """A forgotten computer elsewhere is signed out from here."""
    enrolled = worker(ctx)
    there, here = (sign_in.by_badge(ctx, enrolled.badge_code or "", address=HERE) for _ in range(2))
    kept = ctx.db.read(lambda connection: sessions.find(connection, sha256(here.token), now=ctx.now()))
    assert kept
    sign_in.sign_out_everywhere(ctx, enrolled.person, but=kept.id)
    assert (find(ctx, there.token), find(ctx, here.token)) == (None, enrolled.person)


def test_who_has_left_cannot_come_in(ctx: Context) -> None:
    """Badge, token and running sessions all end at once."""
    enrolled = worker(ctx)
    begun = sign_in.by_badge(ctx, enrolled.badge_code or "", address=HERE)
    people.end(ctx, enrolled.person, by=None)
    assert find(ctx, begun.token) is None
    assert ctx.db.read(lambda connection: store.person_by_credential(connection, "token", sha256(enrolled.token))) is None
    with pytest.raises(NotSignedIn):
        sign_in.by_badge(ctx, enrolled.badge_code or "", address=HERE)


@pytest.mark.parametrize(
    ("name", "roles", "client", "field"),
    [("", ["worker"], None, "name"), ("A", [], None, "roles"), ("A", ["worker"], "B", "client")],
)
def test_enrolling_says_what_is_missing(ctx: Context, name: str, roles: list[str], client: str | None, field: str) -> None:
    """Nothing half-done is left behind."""
    with pytest.raises(Invalid) as refused:
        people.enrol(ctx, name, [Role(role) for role in roles], client=client)
    assert refused.value.field == field
    assert ctx.db.read(store.count_people) == 0


def find(ctx: Context, token: str) -> Person | None:
    """Who this session's token stands for now."""
    found = ctx.db.read(lambda connection: sessions.find(connection, sha256(token), now=ctx.now()))
    return found.person if found else None
