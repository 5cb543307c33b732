"""Where the lab keeps its things, from the environment and the command line."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workbench.errors import Invalid

OURS_ONLY = 0o700  # a lab's folder, where we make it: everything that people here have said is in it
ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Settings:
    """One lab's settings.

    data: folder for the database, files, keys and logs.
    database_url: SQLAlchemy URL.
    storage_url: folder or `s3://bucket/prefix?endpoint=…`.
    public_url: where people reach the lab, as printed on cards; None: the name that the browser used.
    pages_url: another name of this same server, from which pages of others are shown: scheme, host and port; None: it has none.
    processes: how many server processes share the work of this machine.
    """

    data: Path
    database_url: str
    storage_url: str
    demo: bool = False
    shared_secret: str | None = None
    public_url: str | None = None
    pages_url: str | None = None
    processes: int = 1

    def secret(self) -> bytes:
        """The lab's secret: given, or made once in the data folder, readable by its owner only."""
        return self.shared_secret.encode() if self.shared_secret else _secret_in(self.data / "secret.key")

    @staticmethod
    def load(environ: Mapping[str, str] | None = None, *, data: Path | None = None, demo: bool = False) -> Settings:
        """Settings from `WORKBENCH_DATA`, `WORKBENCH_DATABASE_URL` and `WORKBENCH_STORAGE_URL`."""
        environ = os.environ if environ is None else environ
        folder = (data or Path(environ.get("WORKBENCH_DATA") or "data")).expanduser().absolute()
        return Settings(
            data=folder,
            database_url=environ.get("WORKBENCH_DATABASE_URL") or f"sqlite:///{folder / 'workbench.sqlite3'}",
            storage_url=environ.get("WORKBENCH_STORAGE_URL") or str(folder / "files"),
            demo=demo,
            shared_secret=environ.get("WORKBENCH_SECRET") or None,
            public_url=(environ.get("WORKBENCH_PUBLIC_URL") or "").rstrip("/") or None,
            processes=int(environ.get("WORKBENCH_PROCESSES") or 1),
            pages_url=_origin(environ.get("WORKBENCH_PAGES_URL") or ""),
        )


def _origin(url: str) -> str | None:
    """It goes into headers, so it is just an address. Raises Invalid."""
    url = url.strip().rstrip("/").lower()
    if url and not ORIGIN.fullmatch(url):
        raise Invalid("WORKBENCH_PAGES_URL must be an address without a path, such as https://pages.lab.example.")
    return url or None


@lru_cache(maxsize=64)
def _secret_in(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Whole or not there: of two processes that start together one puts its key in place, and both read that one.
        made = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_bytes()
