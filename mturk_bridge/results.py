"""
Results as the files that requesters' scripts read: MTurk's (27 columns, then Input, Answer, Approve, Reject) and Turkle's.

Every value is quoted, lines end as MTurk's do. What the two tell of people is not told here: a WorkerId holds for one
project only, a time is the hour, and WorkTimeInSeconds is what the work was expected to take.
"""

from __future__ import annotations

import contextlib
import csv
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import Connection

from mturk_bridge import answers, ids, migrations, money
from mturk_bridge.store import results as store
from mturk_bridge.store.results import Result
from workbench.context import Context
from workbench.domain import Json, Project, Step

MTURK = (
    "HITId", "HITTypeId", "Title", "Description", "Keywords", "Reward", "CreationTime", "MaxAssignments", "RequesterAnnotation",
    "AssignmentDurationInSeconds", "AutoApprovalDelayInSeconds", "Expiration", "NumberOfSimilarHITs", "LifetimeInSeconds",
    "AssignmentId", "WorkerId", "AssignmentStatus", "AcceptTime", "SubmitTime", "AutoApprovalTime", "ApprovalTime",
    "RejectionTime", "RequesterFeedback", "WorkTimeInSeconds", "LifetimeApprovalRate", "Last30DaysApprovalRate",
    "Last7DaysApprovalRate",
)  # fmt: skip
TURKLE = (
    "HITId", "HITTypeId", "Title", "CreationTime", "MaxAssignments", "AssignmentDurationInSeconds", "AssignmentId", "WorkerId",
    "AcceptTime", "SubmitTime", "WorkTimeInSeconds",
)  # fmt: skip
TYPES = frozenset({"mturk_html", "mturk_form"})
TOGETHER = 500  # answers that are looked up at once
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class ResultsFile:
    """One format of a whole project: what `workbench.export` calls for a format that is no type's own."""

    before: Sequence[str]
    after: Sequence[str]
    in_order: bool  # Input columns as in the table; else by name
    types: frozenset[str] = TYPES
    suffix: str = ".csv"

    def write(
        self, ctx: Context, connection: Connection, project: Project, steps: Sequence[Step], out: Path, progress: Progress
    ) -> Iterator[Path]:
        """Write the file; memory does not grow with the project."""
        inputs: dict[str, None] = {}
        named: dict[str, None] = {}
        with contextlib.ExitStack() as stack:
            if not migrations.is_used(ctx) and migrations.kept(ctx):
                # Tables were brought to the newest after this connection's view of the database began.
                connection = stack.enter_context(ctx.db.reading())
            kept = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
            for row in _rows(ctx, connection, project, steps, progress):
                inputs.update(dict.fromkeys(row["input"]))
                named.update(dict.fromkeys(row["answer"]))
                kept.write(json.dumps(row) + "\n")
            kept.seek(0)
            columns = list(inputs) if self.in_order else sorted(inputs)
            self._write(kept, out, columns, sorted(named))
        yield out

    def _write(self, kept: IO[str], out: Path, inputs: Sequence[str], named: Sequence[str]) -> None:
        header = [*self.before, *(f"Input.{name}" for name in inputs), *(f"Answer.{name}" for name in named), *self.after]
        with out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            writer.writerow(header)
            for line in kept:
                row = json.loads(line)
                values = [row["told"].get(name, "") for name in self.before]
                values += [row["input"].get(name, "") for name in inputs]
                values += [row["answer"].get(name, "") for name in named]
                writer.writerow([*values, *(row["told"].get(name, "") for name in self.after)])


mturk_csv = ResultsFile(MTURK, ("Approve", "Reject"), in_order=True)
turkle_csv = ResultsFile(TURKLE, ("Turkle.Username",), in_order=False)


def _rows(
    ctx: Context, connection: Connection, project: Project, steps: Sequence[Step], progress: Progress
) -> Iterator[dict[str, Any]]:
    used = migrations.is_used(ctx)
    asked = {step.id: (step.task_type, step.settings) for step in steps if step.task_type in TYPES}
    total, done = store.count(connection, list(asked)), 0
    found = store.results(connection, asked)
    while part := list(islice(found, TOGETHER)):
        hits = store.hits_of(connection, [each.microtask_id for each in part]) if used else {}
        verdicts = store.verdicts_of(connection, [each.assignment_id for each in part]) if used else {}
        for each in part:
            hit = hits.get(each.microtask_id)
            told = _of_batch(ctx, project, each) if hit is None else _of_hit(ctx, hit, each, verdicts.get(each.assignment_id))
            yield {"told": told, "input": _input(each), "answer": dict(answers.named(each.task_type, each.payload, each.answer))}
        done += len(part)
        progress(done, total)


def _input(found: Result) -> Mapping[str, Json]:
    row: Mapping[str, Json] = next((part["fields"] for part in found.parts if part.get("kind") == "row"), {})
    return row or dict(found.payload.get("variables", {}))


def _of_batch(ctx: Context, project: Project, found: Result) -> dict[str, Json]:
    facts, batch = found.settings.get("facts") or {}, found.settings.get("batch") or {}
    who = ids.worker_id(ctx.secret(), 0, project.id, found.person_id)
    made = batch.get("created_ms") or project.created_ms
    lifetime = batch.get("lifetime_seconds", 0)
    return {
        **_of_answer(found, who, made, facts.get("seconds", 0)),
        "HITId": ids.assignment_id(found.microtask),
        "HITTypeId": ids.assignment_id(project.public_id),
        "Title": facts.get("title", project.name),
        "Description": facts.get("description", ""),
        "Keywords": batch.get("keywords", ""),
        "Reward": f"${batch.get('reward', '0.00')}",
        "CreationTime": _time(made),
        "MaxAssignments": found.wanted,
        "AssignmentDurationInSeconds": batch.get("duration_seconds", 3600),
        "LifetimeInSeconds": lifetime or "",
        "AssignmentStatus": "Submitted",
    }


def _of_hit(ctx: Context, hit: Any, found: Result, verdict: Any) -> dict[str, Json]:
    who = ids.worker_id(ctx.secret(), hit.requester_id, hit.hit_type_id, found.person_id)
    facts = found.payload.get("facts") or {}
    said = {"approved": "Approved", "rejected": "Rejected"}.get(verdict.verdict if verdict else "", "Submitted")
    about = {
        "HITId": hit.hit_id,
        "HITTypeId": hit.type_name,
        "Title": hit.type_title,
        "Description": hit.type_description,
        "Keywords": hit.type_keywords or "",
        "Reward": f"${money.dollars(hit.type_reward_cents)}",
        "CreationTime": _time(hit.created_ms),
        "MaxAssignments": hit.max_assignments,
        "RequesterAnnotation": hit.annotation or "",
        "AssignmentDurationInSeconds": hit.type_duration_seconds,
        "AutoApprovalDelayInSeconds": hit.type_approval_seconds,
        "Expiration": _time(hit.expires_ms),
        "LifetimeInSeconds": (hit.expires_ms - hit.created_ms) // 1000,
        "AssignmentStatus": said,
    }
    if verdict is not None:
        when = "ApprovalTime" if verdict.verdict == "approved" else "RejectionTime"
        about |= {when: _time(verdict.at_ms), "RequesterFeedback": verdict.feedback or ""}
        about |= {"Approve": "x"} if verdict.verdict == "approved" else {"Reject": verdict.feedback or "x"}
    return {**_of_answer(found, who, hit.created_ms, facts.get("seconds", 0)), **about}


def _of_answer(found: Result, who: str, made_ms: int, seconds: int) -> dict[str, Json]:
    hour = _time(ids.coarse_ms(found.submitted_ms, made_ms))
    known = {"AssignmentId": ids.assignment_id(found.assignment), "WorkerId": who, "Turkle.Username": who}
    return {**known, "AcceptTime": hour, "SubmitTime": hour, "WorkTimeInSeconds": seconds}


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
