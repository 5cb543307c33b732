"""Tables: repeatable writes, the audit trail, background jobs."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import json, metadata, ms, number, public_id, row_id, text, to, yes_no

repeat_key = sa.Table(
    # Writes that a browser or a program may repeat: the first outcome is kept and given again.
    "repeat_key",
    metadata,
    sa.Column("scope", sa.String(100), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    text("fingerprint", 64),
    json("body"),
    ms("at_ms"),
)

audit = sa.Table(
    "audit",
    metadata,
    row_id(),
    ms("at_ms"),
    to("person", null=True, index=True),
    text("action", 60),
    text("subject", 200),
    json("detail"),
)

job = sa.Table(
    "job",
    metadata,
    row_id(),
    public_id(),
    text("kind", 40),
    json("arguments"),
    text("status", 20, default="waiting"),  # waiting, running, done, failed, cancelled
    number("done"),
    sa.Column("total", sa.Integer, nullable=True),
    sa.Column("message", sa.Text, nullable=True),
    json("made_of", null=True),  # the message's words and values, to say it in another language
    json("result", null=True),
    yes_no("cancel_asked"),
    to("project", null=True, index=True),
    to("person", null=True),
    ms("created_ms"),
    ms("updated_ms"),
)
