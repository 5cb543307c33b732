"""Tables: doing a question together, tips between colleagues, pairs, news of a group, and comments on the workbench itself."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import metadata, ms, public_id, row_id, text, to

joining = sa.Table(
    # Somebody looks along with a question. The code is short because it is said aloud; it opens nothing else.
    "joining",
    metadata,
    row_id(),
    public_id(),
    to("assignment", index=True),
    text("code", 8),
    ms("opened_ms"),
    to("person", name="joined_by", null=True, index=True),
    ms("joined_ms", null=True),
    ms("ended_ms", null=True),
    sa.Index(
        "ix_joining_code",
        "code",
        sqlite_where=sa.text("ended_ms IS NULL"),
        postgresql_where=sa.text("ended_ms IS NULL"),
    ),
)

tip = sa.Table(
    # From a colleague, about a kind of work; shown once a supervisor has read it. Readers see no name.
    "tip",
    metadata,
    row_id(),
    public_id(),
    to("step"),
    to("person", index=True),
    sa.Column("words", sa.Text, nullable=False),
    ms("at_ms"),
    text("state", 20, default="waiting"),  # waiting, shown, held
    sa.Column("shown_words", sa.Text, nullable=True),
    to("person", name="moderated_by", null=True),
    ms("moderated_ms", null=True),
    ms("withdrawn_ms", null=True),
    sa.Index("ix_tip_step", "step_id", "state"),
)

pair = sa.Table(
    # Two colleagues who help each other. Either may end it, without a reason.
    "pair",
    metadata,
    row_id(),
    public_id(),
    to("person", index=True),
    to("person", name="with_id", index=True),
    to("person", name="made_by", null=True),
    ms("since_ms"),
    ms("ended_ms", null=True),
)

news = sa.Table(
    # For a group, or (no group) for the whole lab.
    "news",
    metadata,
    row_id(),
    public_id(),
    to("work_group", null=True, index=True),
    sa.Column("words", sa.Text, nullable=False),
    to("person", name="written_by"),
    ms("at_ms"),
    ms("until_ms", null=True),
    ms("ended_ms", null=True),
)

comment = sa.Table(
    # What people say about the workbench itself, for its manager and the workers' council. A name only where wanted.
    "comment",
    metadata,
    row_id(),
    public_id(),
    to("person", null=True, index=True),
    sa.Column("words", sa.Text, nullable=False),
    text("page", 200, null=True),
    ms("at_ms"),
    sa.Column("answer", sa.Text, nullable=True),
    to("person", name="answered_by", null=True),
    ms("answered_ms", null=True),
)
