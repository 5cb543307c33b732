"""What every part of the application is handed: settings, database, files and the clock. Nothing is global."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accessibility.sentences import sentence
from workbench.errors import Unavailable
from workbench.settings import OURS_ONLY, Settings
from workbench.store.database import Database

if TYPE_CHECKING:
    from workbench.media.storage import FileStore


def wall_clock() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Context:
    """One running lab."""

    settings: Settings
    db: Database
    files: FileStore
    clock: Callable[[], int] = wall_clock

    def now(self) -> int:
        """UTC milliseconds of the injected clock."""
        return self.clock()

    def secret(self) -> bytes:
        """This lab's secret, for tokens that need no row. Made once; `WORKBENCH_SECRET` shares it between machines."""
        return self.settings.secret()

    def close(self) -> None:
        """Finish waiting writes."""
        self.db.close()


def open_context(settings: Settings, *, clock: Callable[[], int] = wall_clock) -> Context:
    """
    Open the lab of these settings; the database is brought to the newest revision first.

    Raises:
        Unavailable: the data folder or the database cannot be used.
        Invalid, Conflict: as `migrations.upgrade`.
    """
    from workbench.media.storage import open_store
    from workbench.migrations import upgrade

    try:
        settings.data.mkdir(mode=OURS_ONLY, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            sentence(
                "The data folder {folder} cannot be made: {reason}. Choose another with --data or WORKBENCH_DATA.",
                folder=settings.data,
                reason=error.strerror,
            )
        ) from error
    upgrade(settings.database_url)
    return Context(settings=settings, db=Database(settings.database_url), files=open_store(settings.storage_url), clock=clock)
