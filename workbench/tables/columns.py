"""What every table is made of: the metadata, the kinds of columns."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)

# SQLite only makes rowids of columns declared INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Ms = sa.BigInteger()
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def row_id() -> sa.Column[int]:
    """The key inside; never in an address."""
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def public_id() -> sa.Column[str]:
    """The random id that addresses show."""
    return sa.Column("public_id", sa.String(32), nullable=False, unique=True)


def to(table: str, *, name: str | None = None, null: bool = False, index: bool = False) -> sa.Column[int]:
    """A foreign key to `table`, as `table_id` unless `name` says otherwise."""
    return sa.Column(name or f"{table}_id", Id, sa.ForeignKey(f"{table}.id"), nullable=null, index=index)


def ms(name: str, *, null: bool = False) -> sa.Column[int]:
    """A moment, UTC ms."""
    return sa.Column(name, Ms, nullable=null)


def text(name: str, length: int = 200, *, null: bool = False, default: str | None = None) -> sa.Column[str]:
    """A short text."""
    return sa.Column(name, sa.String(length), nullable=null, server_default=default)


def json(name: str, *, null: bool = False) -> sa.Column[object]:
    """Plain JSON."""
    return sa.Column(name, Json, nullable=null)


def number(name: str, default: int = 0) -> sa.Column[int]:
    """A whole number."""
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def yes_no(name: str, default: bool = False) -> sa.Column[bool]:
    """A yes or no."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false())
