"""The hot path as design.md §7 promises it: next, draft, return, annotation."""

from __future__ import annotations

import threading

import httpx
import pytest

from tests.api.asking import annotate, give_back, next_one, refused
from tests.api.conftest import Caller
from tests.builders import key, rating, rows
from tests.conftest import MONDAY_NINE, Clock
from workbench import review
from workbench import tables as t
from workbench.context import Context
from workbench.domain import MINUTE_MS, Role


def test_next_may_be_repeated(ctx: Context, caller: Caller) -> None:
    """A program that lost the reply asks again and gets the same assignment."""
    rating(ctx, question="How clear?", overlap=2)
    noor = caller()
    first, again = next_one(noor), next_one(noor)
    assert first == again
    assert first.keys() == {"id", "microtask", "type", "payload", "settings", "expires_ms", "token"}
    assert (first["type"], first["payload"]["text"], first["settings"]["question"]) == ("rating", "a", "How clear?")
    assert first["expires_ms"] == MONDAY_NINE + 60 * MINUTE_MS
    assert not {"gold", "overlap"} & set(first["settings"])
    assert len(rows(ctx, t.assignment)) == 1


def test_no_work_is_204_without_a_body(caller: Caller) -> None:
    """Nothing to do now is no error."""
    answer = caller().post("/work/next")
    assert (answer.status_code, answer.content) == (204, b"")


def test_ahead_leases_for_work_without_a_connection(ctx: Context, caller: Caller) -> None:
    """Several at once, the open one among them; a repeat leases no more; the number has limits."""
    rating(ctx, [str(number) for number in range(6)])
    noor = caller()
    first = next_one(noor)
    ahead = noor.post("/work/next", params={"ahead": 4}).json()
    assert ahead["assignment"]["id"] == first["id"] == ahead["assignments"][0]["id"]
    assert [each["payload"]["text"] for each in ahead["assignments"]] == ["0", "1", "2", "3"]
    assert noor.post("/work/next", params={"ahead": 4}).json() == ahead
    for number in (0, 21, "many"):
        assert refused(noor.post("/work/next", params={"ahead": number}), 422)["field"] == "ahead"


def test_a_break_is_409_with_reason_and_end(ctx: Context, caller: Caller, clock: Clock) -> None:
    """The first call starts a block of 45 minutes; the break says until when, and then there is work again."""
    rating(ctx, overlap=2)
    noor = caller()
    annotate(noor, next_one(noor)["id"], {"value": 3})
    clock.forward(minutes=45)
    until = clock.now_ms + 15 * MINUTE_MS
    for _ in range(2):
        body = refused(noor.post("/work/next"), 409)
        assert (body["reason"], body["until"]) == ("break", until)
        clock.forward(minutes=5)
    clock.now_ms = until
    assert next_one(noor)["payload"]["text"] == "b"


def test_an_answer_is_201_then_200_then_a_newer_revision(ctx: Context, caller: Caller) -> None:
    """The same key gives the first body; another answer under it is refused; a new key is a newer revision."""
    rating(ctx)
    noor, name = caller(), key()
    mine = next_one(noor)
    first = annotate(noor, mine["id"], {"value": 4}, name)
    assert first.status_code == 201
    expected = {"annotation": first.json()["annotation"], "assignment": mine["id"], "microtask": mine["microtask"], "revision": 1}
    assert first.json() == expected
    again = annotate(noor, mine["id"], {"value": 4}, name)
    assert (again.status_code, again.json()) == (200, expected)
    assert "key" in refused(annotate(noor, mine["id"], {"value": 5}, name), 422)["detail"]
    newer = annotate(noor, mine["id"], {"value": 5})
    assert (newer.status_code, newer.json()["revision"]) == (201, 2)
    assert [(row.revision, row.answer) for row in rows(ctx, t.annotation)] == [(1, {"value": 4}), (2, {"value": 5})]


def test_repeats_that_race_are_stored_once(ctx: Context, caller: Caller) -> None:
    """One 201, the rest 200, one row, one body."""
    rating(ctx)
    noor, name = caller(), key()
    mine = next_one(noor)["id"]
    found: list[httpx.Response] = []
    crowd = [threading.Thread(target=lambda: found.append(annotate(noor, mine, {"value": 2}, name))) for _ in range(8)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert sorted(each.status_code for each in found) == [200] * 7 + [201]
    assert len({each.text for each in found}) == 1
    assert len(rows(ctx, t.annotation)) == 1


def test_after_settling_a_newer_revision_is_409(ctx: Context, caller: Caller) -> None:
    """What is settled stays; a repeat of the first answer still gets its receipt."""
    rating(ctx)
    noor, name = caller(), key()
    mine = next_one(noor)["id"]
    annotate(noor, mine, {"value": 4}, name)
    review.drain(ctx)
    assert "reason" not in refused(annotate(noor, mine, {"value": 5}), 409)
    assert annotate(noor, mine, {"value": 4}, name).status_code == 200


def test_an_expired_assignment_still_takes_its_answer(ctx: Context, caller: Caller, clock: Clock) -> None:
    """Also when somebody else has the microtask by then."""
    rating(ctx, ["only"])
    noor, sam = caller(), caller("Sam")
    late = next_one(noor)["id"]
    clock.forward(minutes=61)
    assert next_one(sam)["payload"]["text"] == "only"
    assert annotate(noor, late, {"value": 1}).status_code == 201


def test_i_dont_know_is_an_answer(ctx: Context, caller: Caller) -> None:
    """It is stored, and not asked again."""
    rating(ctx, ["only"])
    noor = caller()
    assert annotate(noor, next_one(noor)["id"], {"dont_know": True}).status_code == 201
    assert [row.dont_know for row in rows(ctx, t.annotation)] == [True]
    assert noor.post("/work/next").status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answer": {"value": 99}, "key": "k-12345678"}, "value"),
        ({"answer": {"valeu": 4}, "key": "k-12345678"}, "value"),
        ({"answer": {"value": 4, "extra": 1}, "key": "k-12345678"}, "extra"),
        ({"answer": {}, "key": "k-12345678"}, "value"),
        ({"answer": [4], "key": "k-12345678"}, "answer"),
        ({"answer": {"value": 4}, "key": "short"}, "key"),
        ({"answer": {"value": 4}}, "key"),
        ({"answer": {"value": 4}, "key": "k-12345678", "anwser": 1}, "anwser"),
        ({"answer": {"value": 4}, "key": "k-12345678", "active_ms": -1}, "active_ms"),
    ],
)
def test_a_wrong_body_names_its_field_and_leaves_nothing(ctx: Context, caller: Caller, body: object, field: str) -> None:
    """422 in problem+json, and the assignment is still open."""
    rating(ctx)
    noor = caller()
    mine = next_one(noor)["id"]
    assert refused(noor.post(f"/work/assignments/{mine}/annotation", json=body), 422)["field"] == field
    assert rows(ctx, t.annotation) == []
    assert next_one(noor)["id"] == mine


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'"text"'])
def test_a_body_that_is_no_object_is_422(ctx: Context, caller: Caller, content: bytes) -> None:
    """Never 500, whatever arrives."""
    rating(ctx)
    noor = caller()
    path = f"/work/assignments/{next_one(noor)['id']}/annotation"
    refused(noor.post(path, content=content, headers={"content-type": "application/json"}), 422)


@pytest.mark.parametrize("text", ["NaN", "Infinity", r'"\ud800"', r'"a\u0000b"', r'{"\u0000": 1}'])
def test_what_no_database_can_keep_is_422(ctx: Context, caller: Caller, text: str) -> None:
    """Numbers and characters that do not exist: as an answer, as a draft, and as words of a return."""
    rating(ctx)
    noor = caller()
    path = f"/work/assignments/{next_one(noor)['id']}"
    as_json = {"content-type": "application/json"}
    answer = f'{{"answer": {{"value": {text}}}, "key": "k-12345678"}}'
    refused(noor.post(f"{path}/annotation", content=answer, headers=as_json), 422)
    refused(noor.put(f"{path}/draft", content=f'{{"answer": {text}, "rev": 1}}', headers=as_json), 422)
    words = f'{{"reason": "other", "key": "k-12345678", "words": {text}}}'
    refused(noor.post(f"{path}/return", content=words, headers=as_json), 422)
    assert noor.get(path).json()["draft"] is None


def test_a_draft_comes_back_and_an_older_one_changes_nothing(ctx: Context, caller: Caller) -> None:
    """Saves may arrive in any order; submitting ends the draft."""
    rating(ctx)
    noor = caller()
    mine = next_one(noor)["id"]
    path = f"/work/assignments/{mine}"
    assert noor.get(path).json()["draft"] is None
    for rev, expected in ((3, 3), (2, 3), (4, 4)):
        assert noor.put(f"{path}/draft", json={"answer": {"value": rev}, "rev": rev}).json() == {"rev": expected}
    assert noor.get(path).json()["draft"] == {"answer": {"value": 4}, "rev": 4}
    assert refused(noor.put(f"{path}/draft", json={"answer": {}, "rev": -1}), 422)["field"] == "rev"
    annotate(noor, mine, {"value": 4})
    assert noor.get(path).json()["draft"] is None


def test_what_is_given_back_goes_to_somebody_else(ctx: Context, caller: Caller) -> None:
    """201, then 200 for the repeat; never this person's again, except after "later"."""
    rating(ctx, ["one", "two"])
    noor, name = caller(), key()
    mine = next_one(noor)
    first = give_back(noor, mine["id"], "cannot_hear", name)
    assert first.status_code == 201
    assert first.json() == {"assignment": mine["id"], "microtask": mine["microtask"], "reason": "cannot_hear"}
    again = give_back(noor, mine["id"], "cannot_hear", name)
    assert (again.status_code, again.json()) == (200, first.json())
    refused(give_back(noor, mine["id"], "later", name), 422)
    other = next_one(noor)
    assert other["payload"]["text"] == "two"
    assert give_back(noor, other["id"], "later").status_code == 201
    assert next_one(noor)["payload"]["text"] == "two"
    assert next_one(caller("Sam"))["payload"]["text"] == "one"


def test_a_return_is_refused_in_words(ctx: Context, caller: Caller) -> None:
    """An unknown reason, and a question that is answered already."""
    rating(ctx)
    noor = caller()
    mine = next_one(noor)["id"]
    body = refused(give_back(noor, mine, "bored"), 422)
    assert body["field"] == "reason"
    assert "cannot_hear" in body["detail"]
    annotate(noor, mine, {"value": 3})
    refused(give_back(noor, mine, "later"), 409)


def test_somebody_elses_assignment_is_not_found(ctx: Context, caller: Caller) -> None:
    """Reading, drafting, returning and answering: each looks as if it did not exist."""
    rating(ctx, overlap=2)
    noor, sam = caller(), caller("Sam")
    mine = next_one(noor)["id"]
    for assignment in (mine, "no-such"):
        path = f"/work/assignments/{assignment}"
        refused(sam.get(path), 404)
        refused(sam.put(f"{path}/draft", json={"answer": {}, "rev": 1}), 404)
        refused(give_back(sam, assignment, "later"), 404)
        refused(annotate(sam, assignment, {"value": 3}), 404)
    assert rows(ctx, t.annotation) == []


def test_an_outbox_delivers_after_sign_out_with_the_assignments_own_token(ctx: Context, caller: Caller) -> None:
    """The token stands for its one person, for this assignment only, and never for whoever is signed in now."""
    rating(ctx, overlap=2)
    noor, sam, nobody = caller(), caller("Sam"), caller(role=None)
    mine, theirs = next_one(noor), next_one(sam)
    token = {"X-Assignment-Token": mine["token"]}
    refused(annotate(nobody, mine["id"], {"value": 1}), 401)
    for wrong in ("", "wrong", "caf\xe9", theirs["token"]):
        refused(annotate(nobody, mine["id"], {"value": 1}, **{"X-Assignment-Token": wrong}), 404)
    refused(annotate(nobody, theirs["id"], {"value": 1}, **token), 404)
    name = key()
    assert annotate(nobody, mine["id"], {"value": 1}, name, **token).status_code == 201
    assert annotate(sam, mine["id"], {"value": 1}, name, **token).status_code == 200
    [row] = rows(ctx, t.annotation)
    [holder] = [each for each in rows(ctx, t.assignment) if each.public_id == mine["id"]]
    assert (row.person_id, row.via) == (holder.person_id, "offline")


def test_only_workers_work(ctx: Context, caller: Caller) -> None:
    """Somebody with another role is told so; nobody at all is asked to sign in, with the scheme to use."""
    rating(ctx)
    refused(caller("Maud", Role.MANAGER).post("/work/next"), 403)
    answer = caller(role=None).post("/work/next")
    refused(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    for header in ("Bearer wrong", "Bearer", "Basic bm9vcg==", "nonsense"):
        refused(caller(role=None).post("/work/next", headers={"Authorization": header}), 401)
