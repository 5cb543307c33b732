"""Tables: projects, their steps, and what comes in."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import Id, json, metadata, ms, number, public_id, row_id, text, to

project = sa.Table(
    "project",
    metadata,
    row_id(),
    public_id(),
    to("client", null=True, index=True),
    text("name"),
    text("status", 20, default="draft"),  # draft, open, paused, closed, deleted
    text("language", 2, default="nl"),
    ms("embargo_until_ms", null=True),
    sa.Column("legal_basis", sa.Text, nullable=True),
    sa.Column("thanks", sa.Text, nullable=True),
    json("settings"),
    ms("created_ms"),
    to("person", name="created_by", null=True),
    sa.UniqueConstraint("client_id", "name"),
)
# For a database two empty clients are two: the lab's own projects need a rule of their own.
sa.Index(
    "uq_project_name_of_the_lab",
    project.c.name,
    unique=True,
    sqlite_where=project.c.client_id.is_(None),
    postgresql_where=project.c.client_id.is_(None),
)

clearance = sa.Table(
    "clearance",
    metadata,
    sa.Column("project_id", Id, sa.ForeignKey("project.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    ms("since_ms"),
    to("person", name="given_by", null=True),
)

step = sa.Table(
    "step",
    metadata,
    row_id(),
    public_id(),
    to("project", index=True),
    number("position"),
    text("name"),
    text("task_type", 60),
    number("task_type_version", 1),
    json("depends", null=True),  # which outcome of an earlier step asks for this one
    ms("created_ms"),
    sa.UniqueConstraint("project_id", "position"),
)

step_version = sa.Table(
    "step_version",
    metadata,
    row_id(),
    to("step"),
    number("number", 1),
    json("settings"),
    text("note", 2000, null=True),
    ms("created_ms"),
    to("person", name="created_by", null=True),
    sa.UniqueConstraint("step_id", "number"),
)

dataset = sa.Table(
    "dataset",
    metadata,
    row_id(),
    public_id(),
    to("project", index=True),
    text("name"),
    text("status", 20, default="receiving"),  # receiving, ready, refused, deleted
    json("counts"),
    ms("created_ms"),
    to("person", name="created_by", null=True),
)

blob = sa.Table(
    "blob",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    ms("created_ms"),
    ms("deleted_ms", null=True),
    json("proof", null=True),
)

upload = sa.Table(
    "upload",
    metadata,
    row_id(),
    to("dataset", index=True),
    text("name", 1000),
    text("sha256", 64),
    sa.Column("size", sa.BigInteger, nullable=False),
    ms("at_ms"),
)

media = sa.Table(
    "media",
    metadata,
    row_id(),
    public_id(),
    to("project"),
    text("sha256", 64),
    text("kind", 20),
    text("mime", 120),
    text("name", 1000),
    json("probe"),
    ms("created_ms"),
    ms("deleted_ms", null=True),
    sa.UniqueConstraint("project_id", "sha256"),
    sa.Index("ix_media_sha256", "sha256"),
)

derivative = sa.Table(
    "derivative",
    metadata,
    row_id(),
    to("media"),
    text("kind", 20),  # upright, thumbnail, peaks, clip, proxy, poster, strip, frames
    text("parameters", 400, default=""),
    text("sha256", 64),
    text("mime", 120),
    ms("created_ms"),
    sa.UniqueConstraint("media_id", "kind", "parameters"),
)

source = sa.Table(
    "source",
    metadata,
    row_id(),
    public_id(),
    to("project"),
    to("dataset", index=True),
    text("key", 1000),
    text("external_ref", 400, null=True),
    number("position"),
    json("parts"),
    ms("created_ms"),
    ms("deleted_ms", null=True),
    sa.UniqueConstraint("project_id", "key"),
)

ingest_problem = sa.Table(
    "ingest_problem",
    metadata,
    row_id(),
    to("dataset", index=True),
    text("file", 1000, null=True),
    sa.Column("line", sa.Integer, nullable=True),
    sa.Column("message", sa.Text, nullable=False),
    json("made_of", null=True),  # the message's words and values, to say it in another language
    ms("at_ms"),
)

project_term = sa.Table(
    # Names and terms of a programme, with what recognisers made of them. Nobody's name stands here: a list is the project's.
    "project_term",
    metadata,
    row_id(),
    public_id(),
    to("project"),
    text("text"),
    json("heard_as"),
    text("origin", 20),  # learnt, added, subtitles
    ms("created_ms"),
    ms("ended_ms", null=True),
    sa.UniqueConstraint("project_id", "text"),
)
