"""Tables: corrections of hours. The hours themselves are blocks (people.py); how the lab prices is in its settings."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import metadata, ms, public_id, row_id, text, to

hours_correction = sa.Table(
    # A block that was not noted, or ran on by mistake: a row that adds or takes minutes, never a changed block.
    "hours_correction",
    metadata,
    row_id(),
    public_id(),
    to("person"),
    text("day", 10),  # the lab's own calendar day, ISO
    text("kind", 20),  # of block: work, break, training …
    sa.Column("minutes", sa.Integer, nullable=False),  # may be below zero
    text("reason", 400),
    to("person", name="made_by", null=True),
    ms("at_ms"),
    sa.Index("ix_hours_correction_person", "person_id", "day"),
)
