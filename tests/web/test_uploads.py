"""What is uploaded: nothing is read for a stranger, and everything goes into the store that all machines share."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from starlette.types import Message, Scope

from tests.web.builders import Furnished
from tests.web.conftest import SignIn
from workbench.domain import Role

MIB = 1 << 20
BOUNDARY = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'


def bytes_read(app: FastAPI, path: str, total: int, token: str | None = None) -> tuple[int, int]:
    """The status, and how much of a large upload (with this token) was read before the answer."""
    read = status = 0

    async def receive() -> Message:
        nonlocal read
        chunk = BOUNDARY if read == 0 else b"a" * min(MIB, total)
        read += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": read < total}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = [(b"host", b"testserver"), (b"content-type", b"multipart/form-data; boundary=x")]
    headers += [(b"authorization", f"Bearer {token}".encode())] if token else []
    scope: Scope = {
        "type": "http",
        "method": "POST",
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


def test_the_interface_still_says_what_to_send(browser: SignIn) -> None:
    """A program's author reads in the document that the files are a multipart field."""
    document = browser(Role.MANAGER).get("/api/v1/openapi.json").json()
    body = document["paths"]["/api/v1/projects/{project_id}/datasets"]["post"]["requestBody"]
    assert list(body["content"]["multipart/form-data"]["schema"]["properties"]) == ["files"]


def test_an_upload_without_files_is_refused(browser: SignIn, here: Furnished) -> None:
    """With the name of the field to use."""
    client = browser(None)
    headers = {"authorization": f"Bearer {here.by_role[Role.MANAGER].token}"}
    answer = client.post(f"/api/v1/projects/{here.paths['project_id']}/datasets", headers=headers, data={"whole": "1"})
    assert (answer.status_code, answer.json()["field"]) == (422, "files")
