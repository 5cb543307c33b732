"""Bring a database to the newest revision, from empty or from any former one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from workbench.store.address import read_address, too_new, unusable

HERE = Path(__file__).parent
HEAD = max(path.name.split("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))  # the newest file


def current(url: str) -> str | None:
    """
    The revision a database is at; None when it is empty.

    Raises:
        Invalid: this is no address of a database.
        Unavailable: it does not answer, may not be read, or is none.
    """
    address = read_address(url)
    try:
        engine = sa.create_engine(address)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise unusable(address, str(error)) from error
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except sa.exc.DBAPIError as error:
        raise unusable(address, str(error.orig)) from error
    finally:
        engine.dispose()


def known(url: str) -> str | None:
    """
    Like `current`.

    Raises:
        Conflict: a newer workbench brought the database to a revision that this one does not know.
    """
    found = current(url)
    if found is not None and found > HEAD:
        raise too_new(found, HEAD)
    return found


def upgrade(url: str, revision: str = "head") -> None:
    """
    Run the migrations that are missing; nothing to do costs one small query.

    Raises:
        Invalid, Unavailable, Conflict: as `current` and `known`.
    """
    address = read_address(url)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    if revision == "head" and known(url) == HEAD:
        return
    from alembic import command

    command.upgrade(_config(address), revision)


def _config(address: sa.URL):  # type: ignore[no-untyped-def]  # alembic is imported only where a migration runs
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = address
    return config
