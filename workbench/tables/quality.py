"""Tables: what waits to be settled, gold scores, outcomes, skills."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import Id, json, metadata, ms, number, public_id, row_id, text, to

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
    json("habit", null=True),  # what else the type remembers of how this person answers, such as a margin around boxes
    ms("updated_ms"),
)

calibration = sa.Table(
    # What a confidence of this step is worth, learned on its gold: quality.calibration.
    "calibration",
    metadata,
    sa.Column("step_id", Id, sa.ForeignKey("step.id"), primary_key=True),
    sa.Column("slope", sa.Float, nullable=False),
    sa.Column("intercept", sa.Float, nullable=False),
    number("gold"),
    sa.Column("error", sa.Float, nullable=True),
    json("curve"),  # [[promised, right, microtasks], …] after calibrating
    sa.Column("crowd", sa.Float, nullable=True),  # mean skill of the step's people, 0–1
    ms("updated_ms"),
)

audit_reopening = sa.Table(
    # A settled microtask that was asked once more at random, to see whether settling was right.
    "audit_reopening",
    metadata,
    row_id(),
    to("microtask", index=True),
    to("step", index=True),
    to("outcome"),  # as it was before
    ms("at_ms"),
)

gold_event = sa.Table(
    # What happened to a check question, in order. The row in `gold` is how it stands now; nothing here is changed.
    "gold_event",
    metadata,
    row_id(),
    to("gold", index=True),
    text("what", 20),  # made, disputed, kept, corrected, retired, learning, hidden
    json("accepted", null=True),
    json("explanation", null=True),
    sa.Column("words", sa.Text, nullable=True),
    to("person", null=True),
    ms("at_ms"),
)

gold_score_before = sa.Table(
    # Scores that count no more, because their gold was corrected or retired.
    "gold_score_before",
    metadata,
    row_id(),
    to("annotation"),
    to("gold", index=True),
    to("person", index=True),
    to("step"),
    sa.Column("score", sa.Float, nullable=False),
    ms("at_ms"),
    ms("replaced_ms"),
)

expert = sa.Table(
    # People whose equal answers make check questions, once somebody approves.
    "expert",
    metadata,
    sa.Column("project_id", Id, sa.ForeignKey("project.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    ms("since_ms"),
    to("person", name="given_by", null=True),
)

review_batch = sa.Table(
    # A sample that a client or supervisor looks at.
    "review_batch",
    metadata,
    row_id(),
    public_id(),
    to("project", index=True),
    to("person"),
    ms("at_ms"),
    ms("finished_ms", null=True),
)

review_item = sa.Table(
    "review_item",
    metadata,
    row_id(),
    to("review_batch"),
    to("microtask"),
    to("outcome"),  # what was looked at
    number("position"),
    text("why", 20),  # random, doubtful
    sa.UniqueConstraint("review_batch_id", "microtask_id"),
)

review_verdict = sa.Table(
    # A look at one settled answer. A newer verdict on the same outcome follows the older one; both stay.
    "review_verdict",
    metadata,
    row_id(),
    to("review_batch", null=True, index=True),
    to("microtask", index=True),
    to("step", index=True),
    to("outcome"),
    text("verdict", 20),  # accepted, corrected, returned
    json("answer", null=True),
    sa.Column("words", sa.Text, nullable=True),
    to("person"),
    ms("at_ms"),
)

asked_again = sa.Table(
    # A microtask whose answers so far count no more: returned by a reviewer, or given under an older instruction.
    "asked_again",
    metadata,
    row_id(),
    to("microtask", index=True),
    to("step", index=True),
    text("reason", 20),  # returned, instructions
    sa.Column("after", Id, nullable=False),  # assignments up to this id count no more
    to("person", null=True),
    ms("at_ms"),
)

quality_report = sa.Table(
    # Reports as they were made: what a client was told stays what it was.
    "quality_report",
    metadata,
    row_id(),
    to("project", index=True),
    json("body"),
    ms("made_ms"),
)
