"""The database, as SQLAlchemy tables. One database is one lab.

Ids are bigints inside and random `public_id`s outside; times are integer UTC milliseconds (`*_ms`) from the injected
clock. Rows are added, not erased: an expired lease or a returned microtask is a row of its own (`work_return`).

Each subject has a module; here they are together.
"""

from workbench.tables.columns import metadata
from workbench.tables.people import (
    block,
    client,
    credential,
    group_member,
    lab,
    person,
    person_role,
    sign_in_failure,
    web_session,
    work_group,
)
from workbench.tables.projects import (
    blob,
    clearance,
    dataset,
    derivative,
    ingest_problem,
    media,
    project,
    source,
    step,
    step_version,
    upload,
)
from workbench.tables.quality import gold_score, outcome, to_settle, worker_skill
from workbench.tables.running import audit, job, repeat_key
from workbench.tables.work import annotation, assignment, cursor, draft, gold, lane, microtask, progress, work_return

__all__ = [
    "annotation",
    "assignment",
    "audit",
    "blob",
    "block",
    "clearance",
    "client",
    "credential",
    "cursor",
    "dataset",
    "derivative",
    "draft",
    "gold",
    "gold_score",
    "group_member",
    "ingest_problem",
    "job",
    "lab",
    "lane",
    "media",
    "metadata",
    "microtask",
    "outcome",
    "person",
    "person_role",
    "progress",
    "project",
    "repeat_key",
    "sign_in_failure",
    "source",
    "step",
    "step_version",
    "to_settle",
    "upload",
    "web_session",
    "work_group",
    "work_return",
    "worker_skill",
]
