"""Media over HTTP: by parts, cacheable by content, only to people who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from task_types import registry
from tests.conftest import Clock
from tests.widgets import stand
from workbench import assign, people, projects
from workbench import tables as t
from workbench.context import Context
from workbench.domain import DAY_MS, Person, Role
from workbench.ingest import ingest
from workbench.store import people as people_store
from workbench.web.app import create_app
from workbench.web.media import _pieces


class Site:
    """A lab with one project of a picture, a sound and a drawing, of the company Omroep."""

    def __init__(self, ctx: Context, folder: Path) -> None:
        self.ctx = ctx
        self.http = TestClient(create_app(ctx))
        self.tokens: dict[str, str] = {}
        folder.mkdir()
        (folder / "street.png").write_bytes(stand.picture())
        (folder / "tone.wav").write_bytes(stand.sound())
        self.project = projects.create(ctx, "Mixed", "rating", {"gold": "off"}, client="Omroep")
        assert not ingest(ctx, self.project, [folder]).problems
        rows = ctx.db.read(lambda connection: connection.execute(sa.select(t.media.c.kind, t.media.c.public_id)).all())
        self.ids: dict[str, str] = {row.kind: row.public_id for row in rows}

    def person(self, name: str, role: Role, client: str | None = None) -> Person:
        """Somebody with a token."""
        enrolled = people.enrol(self.ctx, name, [role], client=client)
        self.tokens[name] = enrolled.token
        return enrolled.person

    def get(self, name: str, kind: str, variant: str, **headers: str):  # type: ignore[no-untyped-def]
        """Ask for a file as this person."""
        bearer = {"authorization": f"Bearer {self.tokens[name]}"}
        return self.http.get(f"/media/{self.ids[kind]}/{variant}", headers=bearer | headers)


@pytest.fixture
def site(ctx: Context, tmp_path: Path) -> Iterator[Site]:
    """The lab, with a manager Mo."""
    site = Site(ctx, tmp_path / "files")
    site.person("Mo", Role.MANAGER)
    yield site
    site.http.close()


def test_an_original_comes_whole_with_its_content_as_tag(site: Site) -> None:
    """Byte for byte, as a download, under a policy that lets nothing run."""
    reply = site.get("Mo", "image", "original")
    assert reply.content == stand.picture()
    assert reply.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "private" in reply.headers["cache-control"]
    assert "Cookie" in reply.headers["vary"]


def test_an_unchanged_file_is_not_sent_again(site: Site) -> None:
    """If-None-Match gives 304 without a body."""
    tag = site.get("Mo", "image", "original").headers["etag"]
    reply = site.get("Mo", "image", "original", **{"if-none-match": tag})
    assert (reply.status_code, reply.content) == (304, b"")


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-20", -20, None), ("bytes=10-99999999", 10, None)],
)
def test_a_part_is_exactly_what_was_asked(site: Site, wanted: str, start: int, end: int | None) -> None:
    """206 with the bytes and where they stand."""
    whole = stand.sound()
    reply = site.get("Mo", "audio", "original", range=wanted)
    assert reply.status_code == 206
    assert reply.content == whole[start:end]
    assert reply.headers["content-range"].endswith(f"/{len(whole)}")
    assert int(reply.headers["content-length"]) == len(reply.content)


def test_a_part_that_does_not_exist_is_refused(site: Site) -> None:
    """416 says how long the file is."""
    reply = site.get("Mo", "audio", "original", range="bytes=99999999-")
    assert reply.status_code == 416
    assert reply.headers["content-range"] == f"bytes */{len(stand.sound())}"


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "pages=1-2", "bytes=-", "nonsense"])
def test_an_odd_range_gets_the_whole(site: Site, wanted: str) -> None:
    """Which HTTP allows."""
    reply = site.get("Mo", "audio", "original", range=wanted)
    assert (reply.status_code, reply.content) == (200, stand.sound())


def test_a_part_of_a_changed_file_comes_whole(site: Site) -> None:
    """If-Range with another tag."""
    reply = site.get("Mo", "audio", "original", range="bytes=0-9", **{"if-range": '"other"'})
    assert reply.status_code == 200


def test_derivatives_are_made_once(site: Site) -> None:
    """An upright picture, a thumbnail, a piece of sound: the second time from the store."""
    for kind, variant in (("image", "upright"), ("image", "thumbnail"), ("audio", "clip?start_ms=500&end_ms=1500")):
        first, second = site.get("Mo", kind, variant), site.get("Mo", kind, variant)
        assert first.status_code == 200, first.text
        assert first.content == second.content
        assert first.headers["content-type"].startswith(kind)
        assert first.headers["content-disposition"] == "inline"
    count = site.ctx.db.read(lambda connection: connection.scalar(sa.select(sa.func.count()).select_from(t.derivative)))
    assert count == 3


def test_a_clip_has_the_length_that_was_asked(site: Site) -> None:
    """One second at 8 kHz, 16 bits: 16,000 bytes and a header."""
    assert len(site.get("Mo", "audio", "clip?start_ms=500&end_ms=1500").content) == 44 + 16_000


def test_a_clip_that_ends_before_it_starts_is_refused(site: Site) -> None:
    """In words of the reader's language."""
    reply = site.get("Mo", "audio", "clip?start_ms=900&end_ms=100")
    assert reply.status_code == 400
    assert "Het einde moet na het begin" in reply.text


def test_a_worker_sees_only_what_was_handed_out(site: Site) -> None:
    """Before the assignment nothing, after it the form for a page, never the original."""
    noor = site.person("Noor", Role.WORKER)
    assert site.get("Noor", "image", "upright").status_code == 404
    given = {assign.next_assignments(site.ctx, noor, ahead=2)[at].microtask.payload["kind"] for at in range(2)}
    assert given == {"image", "audio"}
    assert site.get("Noor", "image", "upright").status_code == 200
    assert site.get("Noor", "image", "original").status_code == 404


def test_clients_see_their_own_and_staff_by_role(site: Site) -> None:
    """Another company does not even learn that it exists."""
    site.person("Own", Role.CLIENT, client="Omroep")
    site.person("Other", Role.CLIENT, client="Concurrent")
    site.person("Sup", Role.SUPERVISOR)
    assert site.get("Own", "image", "original").status_code == 200
    assert site.get("Other", "image", "original").status_code == 404
    assert site.get("Sup", "image", "upright").status_code == 200
    assert site.http.get(f"/media/{site.ids['image']}/upright", headers={"accept": "application/json"}).status_code == 401


def test_an_embargo_closes_the_material_for_who_is_not_cleared(site: Site, clock: Clock) -> None:
    """Even for somebody who was handed it before; it opens by itself when the time has come."""
    noor = site.person("Noor", Role.WORKER)
    assign.next_assignments(site.ctx, noor, ahead=2)
    until = clock.now_ms + DAY_MS
    update = sa.update(t.project).where(t.project.c.id == site.project.id).values(embargo_until_ms=until)
    site.ctx.db.write(lambda connection: connection.execute(update))
    assert site.get("Noor", "image", "upright").status_code == 404
    clock.forward(minutes=24 * 60 + 1)
    assert site.get("Noor", "image", "upright").status_code == 200


def test_a_deleted_file_is_gone(site: Site) -> None:
    """For everybody."""
    site.ctx.db.write(lambda connection: connection.execute(sa.update(t.media).values(deleted_ms=1)))
    assert site.get("Mo", "image", "original").status_code == 404


def test_a_worker_gets_the_pieces_of_their_own_questions_only(site: Site) -> None:
    """Each other piece would be decoded and kept; staff may ask for any."""
    noor = site.person("Noor", Role.WORKER)
    assert assign.next_assignments(site.ctx, noor, ahead=2)
    payload = {"kind": "audio", "media": site.ids["audio"], "start_ms": 500, "end_ms": 900}
    site.ctx.db.write(lambda c: c.execute(sa.update(t.microtask).values(payload=payload)))
    asked = ("clip?start_ms=500&end_ms=900", "clip?start_ms=500&end_ms=901", "clip")
    assert [site.get("Noor", "audio", each).status_code for each in asked] == [200, 404, 404]
    assert site.get("Mo", "audio", "clip?start_ms=500&end_ms=901").status_code == 200


def test_who_hears_sound_in_parts_gets_those_parts(site: Site) -> None:
    """As their own choice divides the piece, in its pauses; no other stretch of it."""
    noor = site.person("Noor", Role.WORKER)
    site.ctx.db.write(lambda c: people_store.update_preferences(c, noor.id, {"sound_parts": "3"}, locale="nl"))
    assert assign.next_assignments(site.ctx, noor, ahead=2)
    payload = {"kind": "audio", "media": site.ids["audio"], "start_ms": 0, "end_ms": 9000, "pauses": [[2800, 3200], [5900, 6300]]}
    site.ctx.db.write(lambda c: c.execute(sa.update(t.microtask).values(payload=payload)))
    asked = ("clip?start_ms=0&end_ms=3000", "clip?start_ms=0&end_ms=9000", "clip?start_ms=0&end_ms=2000")
    assert [site.get("Noor", "audio", each).status_code for each in asked] == [200, 200, 404]


def test_what_a_subtitle_question_plays_is_one_of_its_pieces() -> None:
    """It comes with its surroundings, which its payload does not name."""
    task_type = registry.get("subtitle_quality")
    case = task_type.examples[0].case
    data = task_type.widget(case).data
    [piece] = set(_pieces(data, case.payload.media))
    assert piece[0] < case.payload.start_ms < case.payload.end_ms < (piece[1] or 0)


def test_a_part_of_a_picture_goes_to_whom_it_was_asked(site: Site) -> None:
    """A worker gets the parts of their own questions; suggestions belong to the picture; neither is made of sound."""
    noor = site.person("Noor", Role.WORKER)
    assert assign.next_assignments(site.ctx, noor, ahead=2)
    crop = {"x": 10, "y": 20, "width": 30, "height": 40}
    payload = {"kind": "image", "media": site.ids["image"], "width": 640, "height": 360, "crop": crop}
    site.ctx.db.write(lambda c: c.execute(sa.update(t.microtask).values(payload=payload)))
    asked = ("crop?x=10&y=20&width=30&height=40", "crop?x=11&y=20&width=30&height=40", "proposals")
    replies = [site.get("Noor", "image", each) for each in asked]
    assert [reply.status_code for reply in replies] == [200, 404, 200]
    assert set(replies[2].json()) == {"areas", "lines"}
    assert [site.get("Mo", "audio", each).status_code for each in ("proposals", "frame?at_ms=0", "crop")] == [404, 404, 404]
