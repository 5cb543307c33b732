"""The database, as SQLAlchemy tables. One database is one lab.

Ids are bigints inside and random `public_id`s outside; times are integer UTC milliseconds (`*_ms`) from the injected
clock. Rows are added, not erased: an expired lease or a returned microtask is a row of its own (`work_return`).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)

# SQLite only makes rowids of columns declared INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Ms = sa.BigInteger()
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _id() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def _public() -> sa.Column[str]:
    return sa.Column("public_id", sa.String(32), nullable=False, unique=True)


def _to(table: str, *, name: str | None = None, null: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column(name or f"{table}_id", Id, sa.ForeignKey(f"{table}.id"), nullable=null, index=index)


def _ms(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, Ms, nullable=null)


def _text(name: str, length: int = 200, *, null: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=null, server_default=default)


def _json(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, Json, nullable=null)


def _number(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def _yes_no(name: str, default: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false())


# --- lab and people --------------------------------------------------------------------------------------------------

lab = sa.Table("lab", metadata, _id(), _text("name"), _text("time_zone", 64), _json("settings"), _ms("created_ms"))

client = sa.Table("client", metadata, _id(), _public(), _text("name"), _ms("created_ms"), sa.UniqueConstraint("name"))

person = sa.Table(
    "person",
    metadata,
    _id(),
    _public(),
    _text("name"),
    _text("locale", 2, default="nl"),
    _to("client", null=True),
    _json("profile"),  # what this person uses and needs; there is no diagnosis field, and never will be
    _json("preferences"),
    _ms("created_ms"),
    _ms("ended_ms", null=True),
    _ms("erased_ms", null=True),
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
    _id(),
    _to("person", index=True),
    _text("kind", 20),  # token, badge, link, pin, password
    _text("secret_hash", 255),  # SHA-256 of tokens, badges and links; argon2 of pins and passwords
    _text("label", null=True),
    _ms("created_ms"),
    _ms("ended_ms", null=True),
    sa.Index("ix_credential_lookup", "secret_hash", "kind"),
)

web_session = sa.Table(
    "web_session",
    metadata,
    _id(),
    _text("token_hash", 64),
    _to("person", index=True),
    _text("csrf", 64),
    _ms("created_ms"),
    _ms("expires_ms"),
    _ms("ended_ms", null=True),
    sa.UniqueConstraint("token_hash"),
)

sign_in_failure = sa.Table(
    "sign_in_failure",
    metadata,
    _id(),
    _text("subject_hash", 64),
    _ms("at_ms"),
    sa.Index("ix_sign_in_failure_subject", "subject_hash", "at_ms"),
)

work_group = sa.Table("work_group", metadata, _id(), _public(), _text("name"), _json("timetable"), _ms("created_ms"))

group_member = sa.Table(
    "group_member",
    metadata,
    _id(),
    _to("work_group"),
    _to("person", index=True),
    _ms("since_ms"),
    _ms("until_ms", null=True),
)

block = sa.Table(
    "block",
    metadata,
    _id(),
    _to("person"),
    _text("kind", 20),  # work, break, training, other
    _ms("started_ms"),
    _ms("planned_end_ms", null=True),
    _ms("ended_ms", null=True),
    _text("reason", 60, null=True),
    sa.Index("ix_block_person", "person_id", "started_ms"),
)

# --- projects and what comes in --------------------------------------------------------------------------------------

project = sa.Table(
    "project",
    metadata,
    _id(),
    _public(),
    _to("client", null=True, index=True),
    _text("name"),
    _text("status", 20, default="draft"),  # draft, open, paused, closed, deleted
    _text("language", 2, default="nl"),
    _ms("embargo_until_ms", null=True),
    sa.Column("legal_basis", sa.Text, nullable=True),
    sa.Column("thanks", sa.Text, nullable=True),
    _json("settings"),
    _ms("created_ms"),
    _to("person", name="created_by", null=True),
    sa.UniqueConstraint("name"),
)

clearance = sa.Table(
    "clearance",
    metadata,
    sa.Column("project_id", Id, sa.ForeignKey("project.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    _ms("since_ms"),
    _to("person", name="given_by", null=True),
)

step = sa.Table(
    "step",
    metadata,
    _id(),
    _public(),
    _to("project", index=True),
    _number("position"),
    _text("name"),
    _text("task_type", 60),
    _number("task_type_version", 1),
    _json("depends", null=True),  # which outcome of an earlier step asks for this one
    _ms("created_ms"),
    sa.UniqueConstraint("project_id", "position"),
)

step_version = sa.Table(
    "step_version",
    metadata,
    _id(),
    _to("step"),
    _number("number", 1),
    _json("settings"),
    _text("note", 2000, null=True),
    _ms("created_ms"),
    _to("person", name="created_by", null=True),
    sa.UniqueConstraint("step_id", "number"),
)

dataset = sa.Table(
    "dataset",
    metadata,
    _id(),
    _public(),
    _to("project", index=True),
    _text("name"),
    _text("status", 20, default="receiving"),  # receiving, ready, refused, deleted
    _json("counts"),
    _ms("created_ms"),
    _to("person", name="created_by", null=True),
)

blob = sa.Table(
    "blob",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    _ms("created_ms"),
    _ms("deleted_ms", null=True),
    _json("proof", null=True),
)

upload = sa.Table(
    "upload",
    metadata,
    _id(),
    _to("dataset", index=True),
    _text("name", 1000),
    _text("sha256", 64),
    sa.Column("size", sa.BigInteger, nullable=False),
    _ms("at_ms"),
)

media = sa.Table(
    "media",
    metadata,
    _id(),
    _public(),
    _to("project"),
    _text("sha256", 64),
    _text("kind", 20),
    _text("mime", 120),
    _text("name", 1000),
    _json("probe"),
    _ms("created_ms"),
    _ms("deleted_ms", null=True),
    sa.UniqueConstraint("project_id", "sha256"),
    sa.Index("ix_media_sha256", "sha256"),
)

derivative = sa.Table(
    "derivative",
    metadata,
    _id(),
    _to("media"),
    _text("kind", 20),  # upright, thumbnail, peaks, clip, proxy, poster, strip, frames
    _text("parameters", 400, default=""),
    _text("sha256", 64),
    _text("mime", 120),
    _ms("created_ms"),
    sa.UniqueConstraint("media_id", "kind", "parameters"),
)

source = sa.Table(
    "source",
    metadata,
    _id(),
    _public(),
    _to("project"),
    _to("dataset", index=True),
    _text("key", 1000),
    _text("external_ref", 400, null=True),
    _number("position"),
    _json("parts"),
    _ms("created_ms"),
    _ms("deleted_ms", null=True),
    sa.UniqueConstraint("project_id", "key"),
)

ingest_problem = sa.Table(
    "ingest_problem",
    metadata,
    _id(),
    _to("dataset", index=True),
    _text("file", 1000, null=True),
    sa.Column("line", sa.Integer, nullable=True),
    sa.Column("message", sa.Text, nullable=False),
    _ms("at_ms"),
)

# --- work ------------------------------------------------------------------------------------------------------------

lane = sa.Table(
    # Microtasks of one step that the same people may get: same needs, same topic, gold or not. A cursor per person
    # and lane makes the next microtask one index look-up, however large the project is.
    "lane",
    metadata,
    _id(),
    _to("step", index=True),
    _number("needs"),  # bits: see domain.NEED_BITS
    _text("topic", 60, default=""),
    _yes_no("gold"),
    sa.Column("next_rank", sa.BigInteger, nullable=False, server_default="1"),
    sa.UniqueConstraint("step_id", "needs", "topic", "gold"),
)

microtask = sa.Table(
    "microtask",
    metadata,
    _id(),
    _public(),
    _to("step"),
    _to("source"),
    _to("lane"),
    _to("microtask", name="parent_id", null=True),
    _text("key", 200),
    _json("payload"),
    _number("task_type_version", 1),
    sa.Column("rank", sa.BigInteger, nullable=False),
    _number("wanted", 1),
    _number("answers"),
    _number("free", 1),  # wanted − answers − open leases; may fall below zero when a late answer arrives
    _text("status", 20, default="open"),  # open, settled, gold, withdrawn
    sa.Column("outcome_id", Id, nullable=True),
    _ms("created_ms"),
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
    _id(),
    _to("microtask"),
    _json("accepted"),
    _text("kind", 20, default="hidden"),  # hidden, learning
    _json("explanation", null=True),
    _text("origin", 60),
    _text("status", 20, default="active"),  # active, disputed, retired
    _ms("created_ms"),
    _to("person", name="created_by", null=True),
    sa.UniqueConstraint("microtask_id"),
)

assignment = sa.Table(
    "assignment",
    metadata,
    _id(),
    _public(),
    _to("microtask"),
    _to("person"),
    _to("step_version"),
    _to("work_group", null=True),
    _yes_no("together"),
    _text("status", 20, default="open"),  # open, submitted, returned, expired
    _ms("leased_ms"),
    _ms("expires_ms"),
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
    _json("answer"),
    _number("rev"),
    _ms("saved_ms"),
)

annotation = sa.Table(
    "annotation",
    metadata,
    _id(),
    _public(),
    _to("assignment"),
    _to("microtask"),
    _to("person"),
    _to("step"),
    _to("step_version"),
    _to("work_group", null=True),
    _number("task_type_version", 1),
    _number("revision", 1),
    _json("answer"),
    _yes_no("dont_know"),
    _yes_no("together"),
    _text("via", 20),  # page, api, voice, offline, bridge
    _text("key", 64),
    _text("fingerprint", 64),  # SHA-256 of the answer's canonical JSON
    sa.Column("active_ms", sa.Integer, nullable=True),
    _ms("submitted_ms"),
    sa.UniqueConstraint("assignment_id", "revision"),
    sa.UniqueConstraint("assignment_id", "key"),
    sa.Index("ix_annotation_microtask", "microtask_id"),
    sa.Index("ix_annotation_person", "person_id", "submitted_ms"),
    sa.Index("ix_annotation_step", "step_id"),
)

work_return = sa.Table(
    "work_return",
    metadata,
    _id(),
    _to("assignment", index=True),
    _to("microtask", index=True),
    _to("person", index=True),
    _text("reason", 40),  # cannot_hear, not_for_me, later …, or expired
    sa.Column("words", sa.Text, nullable=True),
    _text("key", 64, null=True),
    _ms("at_ms"),
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
    _number("given"),
    _number("gold_given"),
    _ms("last_ms"),
)

# --- quality ---------------------------------------------------------------------------------------------------------

to_settle = sa.Table(
    "to_settle",
    metadata,
    sa.Column("microtask_id", Id, sa.ForeignKey("microtask.id"), primary_key=True),
    _ms("since_ms"),
    _number("asked", 1),
    _number("tries"),  # what could not be settled waits longer each time, and holds nobody else up
)

gold_score = sa.Table(
    "gold_score",
    metadata,
    _id(),
    _to("annotation"),
    _to("gold"),
    _to("person"),
    _to("step"),
    sa.Column("score", sa.Float, nullable=False),
    _ms("at_ms"),
    sa.UniqueConstraint("annotation_id"),
    sa.Index("ix_gold_score_person", "person_id", "step_id"),
    sa.Index("ix_gold_score_step", "step_id"),
)

outcome = sa.Table(
    "outcome",
    metadata,
    _id(),
    _to("microtask"),
    _number("number", 1),
    _text("kind", 20),  # settled, distribution, collected
    _json("answer", null=True),
    sa.Column("confidence", sa.Float, nullable=True),
    _number("answers"),
    _text("method", 60),
    _number("method_version", 1),
    _json("detail"),
    _ms("at_ms"),
    sa.UniqueConstraint("microtask_id", "number"),
)

worker_skill = sa.Table(
    "worker_skill",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("step_id", Id, sa.ForeignKey("step.id"), primary_key=True),
    sa.Column("skill", sa.Float, nullable=False),
    _ms("updated_ms"),
)

# --- everything else -------------------------------------------------------------------------------------------------

repeat_key = sa.Table(
    # Writes that a browser or a program may repeat: the first outcome is kept and given again.
    "repeat_key",
    metadata,
    sa.Column("scope", sa.String(100), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    _text("fingerprint", 64),
    _json("body"),
    _ms("at_ms"),
)

audit = sa.Table(
    "audit",
    metadata,
    _id(),
    _ms("at_ms"),
    _to("person", null=True, index=True),
    _text("action", 60),
    _text("subject", 200),
    _json("detail"),
)

job = sa.Table(
    "job",
    metadata,
    _id(),
    _public(),
    _text("kind", 40),
    _json("arguments"),
    _text("status", 20, default="waiting"),  # waiting, running, done, failed, cancelled
    _number("done"),
    sa.Column("total", sa.Integer, nullable=True),
    sa.Column("message", sa.Text, nullable=True),
    _json("result", null=True),
    _yes_no("cancel_asked"),
    _to("project", null=True, index=True),
    _to("person", null=True),
    _ms("created_ms"),
    _ms("updated_ms"),
)
