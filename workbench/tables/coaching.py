"""Tables: who coaches whom, what coach and worker agree, the person's file, feedback, looks, and questions about instructions.

What stands here about a person may tell about their health: least access (the person and their coaches), short retention.
"""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import json, metadata, ms, public_id, row_id, text, to

coaching = sa.Table(
    # Who coaches whom. A change of coach ends a row and adds one.
    "coaching",
    metadata,
    row_id(),
    to("person", name="coach_id"),
    to("person"),
    ms("since_ms"),
    ms("until_ms", null=True),
    to("person", name="given_by", null=True),
    sa.Index("ix_coaching_coach", "coach_id", "until_ms"),
    sa.Index("ix_coaching_person", "person_id", "until_ms"),
)

stand_in = sa.Table(
    # Somebody who takes over all people of a coach for a while.
    "stand_in",
    metadata,
    row_id(),
    public_id(),
    to("person", name="coach_id", index=True),
    to("person", name="stand_in_id", index=True),
    ms("from_ms"),
    ms("until_ms"),
    ms("withdrawn_ms", null=True),
    to("person", name="given_by", null=True),
    ms("created_ms"),
)

coach_look = sa.Table(
    # Each time somebody looked at a person's page: the person sees these.
    "coach_look",
    metadata,
    row_id(),
    to("person"),
    to("person", name="looked_by"),
    text("page", 20),  # person, file
    ms("at_ms"),
    sa.Index("ix_coach_look_person", "person_id", "at_ms"),
)

agreement = sa.Table(
    # What coach and worker agree on. It holds when both have said yes; either may end it.
    "agreement",
    metadata,
    row_id(),
    public_id(),
    to("person"),
    text("kind", 20),  # work, blocks, needs, practice, training, other, drift
    json("content"),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    to("person", name="proposed_by"),
    ms("proposed_ms"),
    to("person", name="coach_id", null=True),
    ms("coach_agreed_ms", null=True),
    ms("worker_agreed_ms", null=True),
    ms("done_ms", null=True),  # practice and training that were done
    to("person", name="ended_by", null=True),
    ms("ended_ms", null=True),
    sa.Column("end_reason", sa.Text, nullable=True),
    sa.Index("ix_agreement_person", "person_id", "ended_ms"),
)

coach_entry = sa.Table(
    # A line in a person's file, which the person reads too. A line that was wrong is ended, not changed.
    "coach_entry",
    metadata,
    row_id(),
    public_id(),
    to("person"),
    to("person", name="written_by"),
    text("kind", 20),  # talk, development_talk, note, guidance, suitable_work, integration, decision
    text("on_date", 10),  # the day it is about, as YYYY-MM-DD in the lab's time zone
    sa.Column("minutes", sa.Integer, nullable=True),
    sa.Column("words", sa.Text, nullable=False),
    ms("created_ms"),
    ms("ended_ms", null=True),
    sa.Index("ix_coach_entry_person", "person_id", "on_date"),
)

feedback = sa.Table(
    # Words about a worker's answers, from a client or a supervisor: the coach reads them first.
    "feedback",
    metadata,
    row_id(),
    public_id(),
    to("person"),
    to("project"),
    text("batch", 60),  # what belongs together: one review, one day of returned work
    text("origin", 20),  # review, returned, supervisor
    sa.Column("words", sa.Text, nullable=False),
    json("microtasks"),  # public ids
    text("key", 64),  # names this write: the same key again adds nothing
    ms("at_ms"),
    text("state", 20, default="waiting"),  # waiting, held, discuss, passed_on, closed
    to("person", name="moderated_by", null=True),
    ms("moderated_ms", null=True),
    sa.Column("passed_words", sa.Text, nullable=True),
    ms("read_ms", null=True),
    sa.UniqueConstraint("key"),
    sa.Index("ix_feedback_person", "person_id", "state"),
)

drift_sign = sa.Table(
    # "The pace differs from your usual": to the worker first; a person decides what it means.
    "drift_sign",
    metadata,
    row_id(),
    public_id(),
    to("person"),
    text("task_type", 60),
    text("on_date", 10),
    sa.Column("now_seconds", sa.Float, nullable=False),
    sa.Column("usual_seconds", sa.Float, nullable=False),
    sa.Column("p_value", sa.Float, nullable=False),
    ms("at_ms"),
    ms("seen_ms", null=True),
    ms("shared_ms", null=True),
    to("person", name="decided_by", null=True),
    ms("decided_ms", null=True),
    sa.Column("decision", sa.Text, nullable=True),
    sa.Index("ix_drift_sign_person", "person_id", "at_ms"),
)

instruction_question = sa.Table(
    # A worker's question about instructions; the answer is for everybody. Who asked is shown to nobody.
    "instruction_question",
    metadata,
    row_id(),
    public_id(),
    to("step"),
    to("step_version"),
    to("microtask", null=True),
    to("person", index=True),
    sa.Column("words", sa.Text, nullable=False),
    text("key", 64),
    ms("at_ms"),
    sa.Column("shown_as", sa.Text, nullable=True),  # the question in the supervisor's words
    sa.Column("answer", sa.Text, nullable=True),
    to("person", name="answered_by", null=True),
    ms("answered_ms", null=True),
    ms("withdrawn_ms", null=True),
    sa.UniqueConstraint("key"),
    sa.Index("ix_instruction_question_step", "step_id", "answered_ms"),
)
