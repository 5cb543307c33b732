"""Tables: the timetable of a group, what differs for one person, and what a worker says: requests, check-ins, wishes.

Days are the lab's own calendar days, as ISO text ("2026-11-23"); minutes of a timetable count from local midnight.
"""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import json, metadata, ms, public_id, row_id, text, to, yes_no

timetable = sa.Table(
    # A row is a version of a group's week; the newest one that has begun holds.
    "timetable",
    metadata,
    row_id(),
    to("work_group"),
    text("from_day", 10),
    json("lines"),  # [{"weekday": 0–6, "kind", "start_minute", "minutes", "title"?}]
    to("person", name="created_by", null=True),
    ms("created_ms"),
    sa.Index("ix_timetable_group", "work_group_id", "from_day"),
)

adjustment = sa.Table(
    # What differs for one person, agreed with them. It may be health data: least access, short retention.
    "adjustment",
    metadata,
    row_id(),
    public_id(),
    to("person", index=True),
    text("from_day", 10),
    text("until_day", 10, null=True),
    json("changes"),  # {"work_minutes"?, "break_minutes"?, "start_minute"?, "end_minute"?, "most_blocks"?}
    text("reason", 20, default="agreed"),  # there is no other: nothing is imposed, and no cause is kept
    sa.Column("words", sa.Text, nullable=True),
    to("person", name="agreed_with", null=True),
    ms("created_ms"),
    ms("ended_ms", null=True),
)

week_plan = sa.Table(
    # Half days and days off. `week` is its Monday; empty: every week. The newest row of a week holds.
    "week_plan",
    metadata,
    row_id(),
    to("person"),
    text("week", 10, default=""),
    json("days"),  # seven of: whole, morning, afternoon, off
    to("person", name="created_by", null=True),
    ms("created_ms"),
    sa.Index("ix_week_plan_person", "person_id", "week"),
)

planned_block = sa.Table(
    # One thing at one time, for one person or a whole group: a training, job-application practice, a talk.
    "planned_block",
    metadata,
    row_id(),
    public_id(),
    to("person", null=True, index=True),
    to("work_group", null=True, index=True),
    text("kind", 20),  # training, application, talk, other
    text("title"),
    ms("start_ms"),
    ms("end_ms"),
    to("person", name="created_by", null=True),
    ms("created_ms"),
    ms("ended_ms", null=True),  # taken off the plan
)

trajectory = sa.Table(
    "trajectory",
    metadata,
    row_id(),
    public_id(),
    to("person", index=True),
    text("start_day", 10),
    text("end_day", 10, null=True),
    sa.Column("leads_to", sa.Text, nullable=True),
    to("person", name="created_by", null=True),
    ms("created_ms"),
    ms("ended_ms", null=True),
)

goal = sa.Table(
    "goal",
    metadata,
    row_id(),
    public_id(),
    to("trajectory", index=True),
    sa.Column("words", sa.Text, nullable=False),
    text("status", 20, default="open"),  # open, reached, let_go
    ms("created_ms"),
    ms("changed_ms", null=True),
)

request = sa.Table(
    # What a worker asks of the coach. Never closed by the machine: a person answers, or the worker takes it back.
    "request",
    metadata,
    row_id(),
    public_id(),
    to("person"),
    text("kind", 20),  # talk, other_work, longer_break, stop_today
    sa.Column("words", sa.Text, nullable=True),
    text("via", 20, default="page"),
    text("key", 64),
    ms("asked_ms"),
    ms("answered_ms", null=True),
    to("person", name="answered_by", null=True),
    text("answer", 20, null=True),  # coming, yes, later, talk, taken_back
    sa.Column("answer_words", sa.Text, nullable=True),
    ms("seen_ms", null=True),  # when the worker saw the answer
    sa.UniqueConstraint("person_id", "key"),
    sa.Index("ix_request_person", "person_id", "asked_ms"),
    sa.Index(
        "ix_request_open",
        "asked_ms",
        sqlite_where=sa.text("answered_ms IS NULL"),
        postgresql_where=sa.text("answered_ms IS NULL"),
    ),
)

check_in = sa.Table(
    # About the work, never about the body. It belongs to the worker; only what is shared is seen by the coach.
    "check_in",
    metadata,
    row_id(),
    public_id(),
    to("person"),
    to("block", null=True),
    text("pace", 20, null=True),  # too_fast, fine, too_slow
    text("difficulty", 20, null=True),  # too_easy, fine, too_hard
    text("work_kind", 20, null=True),  # more, fine, other: of today's kind of work
    yes_no("shared"),
    text("key", 64),
    ms("at_ms"),
    sa.UniqueConstraint("person_id", "key"),
    sa.Index("ix_check_in_person", "person_id", "at_ms"),
)

wish = sa.Table(
    # What somebody would like to learn or do, in text, by voice or with symbols.
    "wish",
    metadata,
    row_id(),
    public_id(),
    to("person", index=True),
    text("form", 20),  # text, voice, symbols
    sa.Column("words", sa.Text, nullable=True),
    json("symbols"),  # names of symbols
    ms("at_ms"),
    ms("withdrawn_ms", null=True),
)

work_choice = sa.Table(
    # Which work somebody chose, alone or with the coach, and why. The newest row holds; no step: whatever fits.
    "work_choice",
    metadata,
    row_id(),
    to("person", index=True),
    to("step", null=True),
    to("person", name="chosen_by", null=True),
    sa.Column("words", sa.Text, nullable=True),
    ms("at_ms"),
)
