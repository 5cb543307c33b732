"""Tables: what is left when details have had their time: totals per day."""

from __future__ import annotations

import sqlalchemy as sa

from workbench.tables.columns import Id, json, metadata, ms, number, row_id, text, to

day_hours = sa.Table(
    # Blocks of a day, added up. The blocks themselves are gone.
    "day_hours",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),  # the lab's own calendar day, ISO
    sa.Column("kind", sa.String(20), primary_key=True),
    number("minutes"),
    number("blocks"),
)

day_work = sa.Table(
    # Answers of a day, counted. The answers stay; when and how long is gone.
    "day_work",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("step_id", Id, sa.ForeignKey("step.id"), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    number("annotations"),
    sa.Column("active_ms", sa.BigInteger, nullable=False, server_default="0"),
    number("timed"),  # of these annotations, how many had a time
)

step_time = sa.Table(
    # How long the answers of a step took, over everybody together: what a quote needs when the details are gone.
    "step_time",
    metadata,
    row_id(),
    to("step", index=True),
    number("people"),
    number("annotations"),
    json("seconds"),  # {"low", "middle", "high"}: quartiles over people of their own medians
    ms("at_ms"),
)

retention_run = sa.Table(
    "retention_run",
    metadata,
    row_id(),
    ms("at_ms"),
    json("counts"),  # rule → rows
    text("via", 20),  # command, jobs
)

material_deletion = sa.Table(
    # Client material that was deleted for good, with the proof of each file. Labels stay.
    "material_deletion",
    metadata,
    row_id(),
    to("project", index=True),
    to("person", name="deleted_by", null=True),
    ms("at_ms"),
    text("reason", 400),
    json("proof"),  # [{"sha256", "size", "what", "location", "deleted_ms"}]
)
