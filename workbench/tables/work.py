"""Tables: microtasks, leases, answers."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import Id, json, metadata, ms, number, public_id, row_id, text, to, yes_no

lane = sa.Table(
    # Microtasks of one step that the same people may get: same needs, same topic, gold or not. A cursor per person
    # and lane makes the next microtask one index look-up, however large the project is.
    "lane",
    metadata,
    row_id(),
    to("step", index=True),
    number("needs"),  # bits: see domain.NEED_BITS
    text("topic", 60, default=""),
    yes_no("gold"),
    sa.Column("next_rank", sa.BigInteger, nullable=False, server_default="1"),
    sa.UniqueConstraint("step_id", "needs", "topic", "gold"),
)

microtask = sa.Table(
    "microtask",
    metadata,
    row_id(),
    public_id(),
    to("step"),
    to("source"),
    to("lane"),
    to("microtask", name="parent_id", null=True),
    text("key", 200),
    json("payload"),
    number("task_type_version", 1),
    sa.Column("rank", sa.BigInteger, nullable=False),
    number("wanted", 1),
    number("answers"),
    number("free", 1),  # wanted − answers − open leases; may fall below zero when a late answer arrives
    text("status", 20, default="open"),  # open, settled, gold (hidden), learning (gold that is shown and explained), withdrawn
    sa.Column("outcome_id", Id, nullable=True),
    # Assignments up to this id count no more: their answers were returned, or given under an older instruction.
    sa.Column("asked_after", Id, nullable=False, server_default="0"),
    ms("created_ms"),
    sa.UniqueConstraint("step_id", "source_id", "key"),
    sa.Index("ix_microtask_source", "source_id"),
    sa.Index("ix_microtask_status", "step_id", "status"),
    sa.Index(
        "ix_microtask_parent",
        "parent_id",
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    ),
    sa.Index("ix_microtask_queue", "lane_id", "rank", sqlite_where=sa.text("free > 0"), postgresql_where=sa.text("free > 0")),
)

gold = sa.Table(
    "gold",
    metadata,
    row_id(),
    to("microtask"),
    json("accepted"),
    text("kind", 20, default="hidden"),  # hidden, learning
    json("explanation", null=True),
    text("origin", 60),
    text("status", 20, default="active"),  # active, disputed, retired
    ms("created_ms"),
    to("person", name="created_by", null=True),
    sa.UniqueConstraint("microtask_id"),
)

assignment = sa.Table(
    "assignment",
    metadata,
    row_id(),
    public_id(),
    to("microtask"),
    to("person"),
    to("step_version"),
    to("work_group", null=True),
    yes_no("together"),
    text("status", 20, default="open"),  # open, submitted, returned, expired
    ms("leased_ms"),
    ms("expires_ms"),
    sa.Index("ix_assignment_pair", "microtask_id", "person_id"),
    sa.Index(
        "ix_assignment_expired",
        "person_id",
        sqlite_where=sa.text("status = 'expired'"),
        postgresql_where=sa.text("status = 'expired'"),
    ),
    sa.Index(
        "ix_assignment_open",
        "person_id",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    ),
    sa.Index(
        "ix_assignment_expiry",
        "expires_ms",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    ),
)

draft = sa.Table(
    "draft",
    metadata,
    sa.Column("assignment_id", Id, sa.ForeignKey("assignment.id"), primary_key=True),
    json("answer"),
    number("rev"),
    ms("saved_ms"),
)

annotation = sa.Table(
    "annotation",
    metadata,
    row_id(),
    public_id(),
    to("assignment"),
    to("microtask"),
    to("person"),
    to("step"),
    to("step_version"),
    to("work_group", null=True),
    number("task_type_version", 1),
    number("revision", 1),
    json("answer"),
    yes_no("dont_know"),
    yes_no("together"),
    text("via", 20),  # page, api, voice, offline, bridge
    text("key", 64),
    text("fingerprint", 64),  # SHA-256 of the answer's canonical JSON
    sa.Column("active_ms", sa.Integer, nullable=True),
    ms("submitted_ms"),
    sa.UniqueConstraint("assignment_id", "revision"),
    sa.UniqueConstraint("assignment_id", "key"),
    sa.Index("ix_annotation_microtask", "microtask_id"),
    sa.Index("ix_annotation_person", "person_id", "submitted_ms"),
    sa.Index("ix_annotation_step", "step_id"),
)

work_return = sa.Table(
    "work_return",
    metadata,
    row_id(),
    to("assignment", index=True),
    to("microtask", index=True),
    to("person", index=True),
    text("reason", 40),  # cannot_hear, not_for_me, later …, or expired
    sa.Column("words", sa.Text, nullable=True),
    text("key", 64, null=True),
    ms("at_ms"),
    sa.UniqueConstraint("assignment_id", "key"),
)

cursor = sa.Table(
    "cursor",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("lane_id", Id, sa.ForeignKey("lane.id"), primary_key=True),
    sa.Column("rank", sa.BigInteger, nullable=False),
)

progress = sa.Table(
    # How far a person is in a step: what the gold schedule needs, without counting.
    "progress",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("step_id", Id, sa.ForeignKey("step.id"), primary_key=True),
    number("given"),
    number("gold_given"),
    ms("last_ms"),
)
