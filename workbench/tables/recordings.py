"""Tables: what people record of themselves for a question."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import metadata, ms, row_id, text, to

recording = sa.Table(
    # One take: who made it, for which question. A take that is not kept has `dropped_ms`, and its file is gone.
    "recording",
    metadata,
    row_id(),
    to("assignment", index=True),
    to("person", index=True),
    to("media"),
    text("key", 64),
    ms("at_ms"),
    ms("dropped_ms", null=True),
    sa.UniqueConstraint("assignment_id", "key"),
)
