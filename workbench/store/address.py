"""Where the database is, and what to tell when it is not what it should be."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from accessibility.sentences import sentence
from workbench.errors import Conflict, Invalid, Unavailable, first_line


def read_address(url: str) -> sa.URL:
    """The address, with our driver for PostgreSQL. Raises Invalid."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        # The address itself is not told: there may be a password in it.
        raise Invalid(
            "WORKBENCH_DATABASE_URL is no address of a database. Write postgresql+psycopg://user@host/name, "
            "or leave it out for SQLite in the data folder."
        ) from error
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername in ("postgresql", "postgres") else parsed


def is_missing(url: str) -> bool:
    """Is this an SQLite file that is not there yet? A look at it would make one."""
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()


def unusable(address: sa.URL, reason: str) -> Unavailable:
    """It does not answer, may not be read, or is no database."""
    shown, first = address.render_as_string(hide_password=True), first_line(reason)
    return Unavailable(
        sentence("The database {address} cannot be used: {reason}. Mend that, then try again.", address=shown, reason=first)
    )


def too_new(found: str, head: str) -> Conflict:
    """Of a revision that this workbench does not know."""
    return Conflict(
        sentence(
            "A newer workbench has used this lab: its database is at revision {found}, and this one knows {head} at most. "
            "Start the newer one, or restore a backup from before.",
            found=found,
            head=head,
        )
    )
