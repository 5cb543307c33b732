"""Bring a database to the newest revision, from empty or from any former one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

HERE = Path(__file__).parent
HEAD = max(path.name.split("_")[0] for path in (HERE / "versions").glob("[0-9]*.py"))  # the newest file


def current(url: str) -> str | None:
    """The revision a database is at; None when it is empty."""
    engine = sa.create_engine(_driver(url))
    try:
        with engine.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    finally:
        engine.dispose()


def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations that are missing; nothing to do costs one small query."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    if revision == "head" and current(url) == HEAD:
        return
    from alembic import command

    command.upgrade(_config(url), revision)


def _driver(url: str) -> sa.URL:
    parsed = sa.make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername in ("postgresql", "postgres") else parsed


def _config(url: str):  # type: ignore[no-untyped-def]  # alembic is imported only where a migration runs
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["url"] = _driver(url)
    return config
