"""Where the lab keeps its things, from the environment and the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """One lab's settings.

    data: folder for the database, files, keys and logs.
    database_url: SQLAlchemy URL.
    storage_url: folder or `s3://bucket/prefix?endpoint=…`.
    """

    data: Path
    database_url: str
    storage_url: str
    demo: bool = False

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
        )
