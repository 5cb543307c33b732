"""Tables: the lab, its people, their sign-in, their groups and blocks."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import Id, json, metadata, ms, number, public_id, row_id, text, to

lab = sa.Table("lab", metadata, row_id(), text("name"), text("time_zone", 64), json("settings"), ms("created_ms"))

client = sa.Table("client", metadata, row_id(), public_id(), text("name"), ms("created_ms"), sa.UniqueConstraint("name"))

person = sa.Table(
    "person",
    metadata,
    row_id(),
    public_id(),
    text("name"),
    text("locale", 2, default="nl"),
    to("client", null=True),
    json("profile"),  # what this person uses and needs; there is no diagnosis field, and never will be
    json("preferences"),
    ms("created_ms"),
    ms("ended_ms", null=True),
    ms("erased_ms", null=True),
)

person_role = sa.Table(
    "person_role",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("role", sa.String(20), primary_key=True),
)

credential = sa.Table(
    "credential",
    metadata,
    row_id(),
    to("person", index=True),
    text("kind", 20),  # token, badge, link, pin, password
    text("secret_hash", 255),  # SHA-256 of tokens, badges and links; argon2 of pins and passwords
    text("label", null=True),
    ms("created_ms"),
    ms("ended_ms", null=True),
    sa.Index("ix_credential_lookup", "secret_hash", "kind"),
)

web_session = sa.Table(
    "web_session",
    metadata,
    row_id(),
    text("token_hash", 64),
    to("person", index=True),
    text("csrf", 64),
    ms("created_ms"),
    ms("expires_ms"),
    ms("ended_ms", null=True),
    sa.UniqueConstraint("token_hash"),
)

sign_in_failure = sa.Table(
    "sign_in_failure",
    metadata,
    row_id(),
    text("subject_hash", 64),
    ms("at_ms"),
    sa.Index("ix_sign_in_failure_subject", "subject_hash", "at_ms"),
)

work_group = sa.Table(
    "work_group",
    metadata,
    row_id(),
    public_id(),
    text("name"),
    # {"work_minutes"?, "break_minutes"?} for days without a timetable; {"target_seconds"?, "limit_seconds"?}: see listening
    json("rhythm", null=True),
    ms("created_ms"),
    ms("ended_ms", null=True),
)

group_member = sa.Table(
    "group_member",
    metadata,
    row_id(),
    to("work_group"),
    to("person", index=True),
    ms("since_ms"),
    ms("until_ms", null=True),
)

block = sa.Table(
    "block",
    metadata,
    row_id(),
    to("person"),
    text("kind", 20),  # work, break, training, application, talk, other
    ms("started_ms"),
    ms("planned_end_ms", null=True),
    ms("ended_ms", null=True),
    text("reason", 60, null=True),  # why it ended or began where it did: stop, early, longer, away …
    to("step", null=True),  # the kind of work of this block: it changes only at a block's edge, or when asked
    json("topics_off", null=True),  # "not for me", for the rest of the day
    number("distressing"),  # microtasks of distressing material given this day so far
    sa.Index("ix_block_person", "person_id", "started_ms"),
    sa.Index(
        "ix_block_running", "person_id", sqlite_where=sa.text("ended_ms IS NULL"), postgresql_where=sa.text("ended_ms IS NULL")
    ),
)
