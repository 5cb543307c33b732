"""The database, as SQLAlchemy tables. One database is one lab.

Ids are bigints inside and random `public_id`s outside; times are integer UTC milliseconds (`*_ms`) from the injected
clock. Rows are added, not erased: an expired lease or a returned microtask is a row of its own (`work_return`).

Each subject has a module; here they are together.
"""

from workbench.tables.certificates import certificate, signing_key
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
from workbench.tables.day import (
    adjustment,
    check_in,
    goal,
    planned_block,
    request,
    timetable,
    trajectory,
    week_plan,
    wish,
    work_choice,
)
from workbench.tables.pay import hours_correction
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
from workbench.tables.reports import report
from workbench.tables.retention import day_hours, day_work, material_deletion, retention_run, step_time
from workbench.tables.running import audit, job, repeat_key
from workbench.tables.work import annotation, assignment, cursor, draft, gold, lane, microtask, progress, work_return

__all__ = [
    "adjustment",
    "agreement",
    "annotation",
    "assignment",
    "audit",
    "blob",
    "block",
    "certificate",
    "check_in",
    "clearance",
    "client",
    "coach_entry",
    "coach_look",
    "coaching",
    "credential",
    "cursor",
    "dataset",
    "day_hours",
    "day_work",
    "derivative",
    "draft",
    "drift_sign",
    "feedback",
    "goal",
    "gold",
    "gold_score",
    "group_member",
    "hours_correction",
    "ingest_problem",
    "instruction_question",
    "job",
    "lab",
    "lane",
    "material_deletion",
    "media",
    "metadata",
    "microtask",
    "outcome",
    "person",
    "person_role",
    "planned_block",
    "progress",
    "project",
    "repeat_key",
    "report",
    "request",
    "retention_run",
    "set_aside",
    "sign_in_failure",
    "signing_key",
    "source",
    "stand_in",
    "step",
    "step_time",
    "step_version",
    "timetable",
    "to_settle",
    "trajectory",
    "upload",
    "web_session",
    "week_plan",
    "wish",
    "work_choice",
    "work_group",
    "work_return",
    "worker_skill",
]
