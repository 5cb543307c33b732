"""The database, as SQLAlchemy tables. One database is one lab.

Ids are bigints inside and random `public_id`s outside; times are integer UTC milliseconds (`*_ms`) from the injected
clock. Rows are added, not erased: an expired lease or a returned microtask is a row of its own (`work_return`).

Each subject has a module; here they are together.
"""

from workbench.tables.coaching import (
    agreement,
    coach_entry,
    coach_look,
    coaching,
    drift_sign,
    feedback,
    instruction_question,
    set_aside,
    stand_in,
)
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
    "agreement",
    "annotation",
    "assignment",
    "audit",
    "blob",
    "block",
    "clearance",
    "client",
    "coach_entry",
    "coach_look",
    "coaching",
    "credential",
    "cursor",
    "dataset",
    "derivative",
    "draft",
    "drift_sign",
    "feedback",
    "gold",
    "gold_score",
    "group_member",
    "ingest_problem",
    "instruction_question",
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
    "set_aside",
    "sign_in_failure",
    "source",
    "stand_in",
    "step",
    "step_version",
    "to_settle",
    "upload",
    "web_session",
    "work_group",
    "work_return",
    "worker_skill",
]
