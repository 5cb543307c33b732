"""What is uploaded: nothing is read for a stranger, and everything goes into the store that all machines share."""

from __future__ import annotations

import asyncio
import contextlib
import re

import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from tests.mturk.furnish import with_bridge
from tests.web.builders import Furnished
from tests.web.conftest import SignIn
from tests.web.test_access import routes, who_may
from workbench import sign_in
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import NotSignedIn
from workbench.throttling import FREE_TRIES
from workbench.web.security import LARGE_BODY, RECORDING_BODY, SMALL_BODY, Measures, Security

MIB = 1 << 20
BOUNDARY = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'


def bytes_read(
    app: FastAPI, path: str, total: int, token: str | None = None, *, method: str = "POST", kind: str = "multipart/form-data"
) -> tuple[int, int]:
    """The status, and how much of a large body (with this token) was read before the answer."""
    read = status = 0

    async def receive() -> Message:
        nonlocal read
        chunk = BOUNDARY if read == 0 else b"a" * min(MIB, total)
        read += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": read < total}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = [(b"host", b"testserver"), (b"content-type", f"{kind}; boundary=x".encode())]
    headers += [(b"authorization", f"Bearer {token}".encode())] if token else []
    scope: Scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
        "server": ("testserver", 80),
        "client": ("192.0.2.7", 5000),
        "http_version": "1.1",
        "root_path": "",
    }
    asyncio.run(app(scope, receive, send))
    return status, read


@pytest.mark.parametrize("path", ["/api/v1/projects/{}/datasets", "/projects/{}/upload"])
def test_nothing_of_an_upload_is_read_for_a_stranger(app: FastAPI, here: Furnished, path: str) -> None:
    """The guard answers before the body is asked for."""
    status, read = bytes_read(app, path.format(here.paths["project_id"]), 8 * MIB)
    assert (status in (401, 303), read) == (True, 0)


@pytest.mark.parametrize("path", ["/api/v1/projects/{}/datasets", "/projects/{}/upload"])
def test_nothing_of_an_upload_is_read_for_another_companys_project(app: FastAPI, here: Furnished, path: str) -> None:
    """Signed in, but not to know of this project: 404 before the body is asked for."""
    assert here.rival
    assert bytes_read(app, path.format(here.paths["project_id"]), 8 * MIB, here.rival.token) == (404, 0)


WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def test_no_route_reads_a_body_before_it_knows_who_sends_it(ctx: Context, app: FastAPI, here: Furnished) -> None:
    """Every route that takes one, as JSON and as a form: for a stranger, for somebody with another role, with a wrong token."""
    with_bridge(ctx, here)
    wrong = []
    for method, route in routes(app):
        path = re.sub(r"{(\w+)(:\w+)?}", lambda name: here.paths.get(name.group(1), "no-such"), route.path)
        may = who_may(route)
        if method not in WRITES or (None in may and "token" not in route.path and not route.path.endswith("/fields")):
            continue
        others = [role for role in Role if None not in may and role not in may][:1]
        for who, token in [("nobody", None), *((str(role), here.by_role[role].token) for role in others)]:
            for kind in ("application/json", "multipart/form-data"):
                status, read = bytes_read(app, path, 1 * MIB, token, method=method, kind=kind)
                if read or status not in (204, 303, 401, 403, 404):
                    wrong.append(f"{method} {route.path} as {who}, {kind}: {status} after {read} bytes")
    assert wrong == []


def test_only_the_routes_for_it_take_a_large_body(app: FastAPI) -> None:
    """Whatever word stands in an address: a card's secret is any word, and its route reads what a stranger sends."""
    layer = Security(app, measures=Measures())
    taken = set()
    for method, route in routes(app):
        for word in ("one", "upload", "datasets", "recording"):
            limit = layer._limit(re.sub(r"{[^}]*}", word, route.path))
            if method in WRITES and limit > SMALL_BODY:
                taken.add((route.path, limit))
    assert taken == {
        ("/projects/{project_id}/upload", LARGE_BODY),
        ("/api/v1/projects/{project_id}/datasets", LARGE_BODY),
        ("/manager/mturk/batches/upload", LARGE_BODY),
        ("/work/{assignment_id}/recording", RECORDING_BODY),
    }


def test_a_strangers_card_is_not_an_upload(app: FastAPI) -> None:
    """The form of a sign-in stays small, whatever the secret."""
    status, read = bytes_read(app, "/s/upload", 8 * MIB)
    assert (status, read < 4 * MIB) == (413, True)


def test_the_interface_still_says_what_to_send(browser: SignIn) -> None:
    """A program's author reads in the document that the files, and what is known, are multipart fields."""
    document = browser(Role.MANAGER).get("/api/v1/openapi.json").json()
    body = document["paths"]["/api/v1/projects/{project_id}/datasets"]["post"]["requestBody"]
    assert list(body["content"]["multipart/form-data"]["schema"]["properties"]) == ["files", "gold"]


def test_an_upload_without_files_is_refused(browser: SignIn, here: Furnished) -> None:
    """With the name of the field to use."""
    client = browser(None)
    headers = {"authorization": f"Bearer {here.by_role[Role.MANAGER].token}"}
    answer = client.post(f"/api/v1/projects/{here.paths['project_id']}/datasets", headers=headers, data={"whole": "1"})
    assert (answer.status_code, answer.json()["field"]) == (422, "files")


@pytest.mark.parametrize("path", ["/sign-in/badge", "/sign-in/password", "/s/guess"])
def test_who_tried_too_often_is_told_to_wait_before_anything_is_read(app: FastAPI, ctx: Context, path: str) -> None:
    """429 with the sign-in page, and not a byte of the form; from another address it is read."""
    kind = "application/x-www-form-urlencoded"
    assert bytes_read(app, path, MIB, kind=kind)[1] > 0
    for number in range(FREE_TRIES["address"]):
        with contextlib.suppress(NotSignedIn):
            sign_in.by_link(ctx, f"guess-{number}", address="192.0.2.7")
    assert bytes_read(app, path, MIB, kind=kind) == (429, 0)
