"""Where the lab keeps its things, from the environment and the command line."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """One lab's settings.

    data: folder for the database, files, keys and logs.
    database_url: SQLAlchemy URL.
    storage_url: folder or `s3://bucket/prefix?endpoint=…`.
    public_url: where people reach the lab, as printed on cards; None: the name that the browser used.
    """

    data: Path
    database_url: str
    storage_url: str
    demo: bool = False
    shared_secret: str | None = None
    public_url: str | None = None

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
        )


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
