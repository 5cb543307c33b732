"""Both file stores, the second against a real S3 API over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.media.storage import FileStore, LocalStore
from workbench.media.storage_s3 import S3Store

# moto's server on a port that the system picks, printed once it listens.
_SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """Address of a running S3 service with one bucket, `lab`."""
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert server.stdin is not None
    assert server.stdout is not None
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    before = {name: os.environ.get(name) for name in keys}
    os.environ.update(keys)
    try:
        endpoint = f"http://127.0.0.1:{int(server.stdout.readline())}"
        _make_bucket(endpoint)
        yield f"s3://lab/files?endpoint={endpoint}&region=us-east-1"
    finally:
        server.stdin.close()
        server.wait(timeout=60)
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _make_bucket(endpoint: str) -> None:
    import boto3

    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="lab")


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    """An empty file store, of each kind."""
    if request.param == "local":
        return LocalStore(tmp_path / "files")
    address = request.getfixturevalue("s3_address")
    base, query = address.split("?")
    return S3Store(f"{base}/{tmp_path.name}?{query}", cache_folder=tmp_path / "cache")
