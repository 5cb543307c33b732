"""Tables: reports about somebody's time here, which the worker reads first."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import json, metadata, ms, public_id, row_id, text, to

report = sa.Table(
    "report",
    metadata,
    row_id(),
    public_id(),
    to("person", index=True),
    text("kind", 20),  # progress, wage_value
    text("audience", 20),  # municipality, uwv, employer, expert
    text("from_day", 10),
    text("until_day", 10),
    text("status", 20, default="draft"),  # draft, with_worker, read, sent, withdrawn
    json("content"),  # figures as they were when it was drafted: hours, kinds of work, goals
    sa.Column("coach_words", sa.Text, nullable=False, server_default=""),
    sa.Column("own_words", sa.Text, nullable=False, server_default=""),
    text("asked_by", null=True),  # who asked for a wage-value extract
    to("person", name="created_by", null=True),
    ms("created_ms"),
    ms("shown_ms", null=True),  # when it went to the worker
    ms("read_ms", null=True),  # when the worker said: I have read this
    ms("sent_ms", null=True),
    to("person", name="sent_by", null=True),
    ms("ended_ms", null=True),
)
