"""Tables: what waits to be settled, gold scores, outcomes, skills."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import Id, json, metadata, ms, number, row_id, text, to

to_settle = sa.Table(
    "to_settle",
    metadata,
    sa.Column("microtask_id", Id, sa.ForeignKey("microtask.id"), primary_key=True),
    ms("since_ms"),
    number("asked", 1),
    number("tries"),  # what could not be settled waits longer each time, and holds nobody else up
)

gold_score = sa.Table(
    "gold_score",
    metadata,
    row_id(),
    to("annotation"),
    to("gold"),
    to("person"),
    to("step"),
    sa.Column("score", sa.Float, nullable=False),
    ms("at_ms"),
    sa.UniqueConstraint("annotation_id"),
    sa.Index("ix_gold_score_person", "person_id", "step_id"),
    sa.Index("ix_gold_score_step", "step_id"),
)

outcome = sa.Table(
    "outcome",
    metadata,
    row_id(),
    to("microtask"),
    number("number", 1),
    text("kind", 20),  # settled, distribution, collected
    json("answer", null=True),
    sa.Column("confidence", sa.Float, nullable=True),
    number("answers"),
    text("method", 60),
    number("method_version", 1),
    json("detail"),
    ms("at_ms"),
    sa.UniqueConstraint("microtask_id", "number"),
)

worker_skill = sa.Table(
    "worker_skill",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("step_id", Id, sa.ForeignKey("step.id"), primary_key=True),
    sa.Column("skill", sa.Float, nullable=False),
    ms("updated_ms"),
)
