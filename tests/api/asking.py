"""Short words for what a program asks."""

from __future__ import annotations

from typing import Any

import httpx

from tests.builders import key

Json = Any


def next_one(client: httpx.Client) -> dict[str, Json]:
    """The assignment that this person holds now."""
    answer = client.post("/work/next")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["assignment"])


def annotate(client: httpx.Client, assignment: str, answer: Json, name: str | None = None, **headers: str) -> httpx.Response:
    """Send an answer, under a new key where none is given."""
    body = {"answer": answer, "key": name or key()}
    raw = [(each.encode(), value.encode("latin-1")) for each, value in headers.items()]
    return client.post(f"/work/assignments/{assignment}/annotation", json=body, headers=raw)


def give_back(client: httpx.Client, assignment: str, reason: str, name: str | None = None) -> httpx.Response:
    """Return a microtask without an answer."""
    return client.post(f"/work/assignments/{assignment}/return", json={"reason": reason, "key": name or key()})


def refused(answer: httpx.Response, status: int) -> dict[str, Json]:
    """The problem document (RFC 9457) of a refusal, checked for its form."""
    body = dict(answer.json()) if answer.content else {}
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    assert len(body["detail"]) > 10
    return body
