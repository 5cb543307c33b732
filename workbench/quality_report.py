"""The quality report of a project: what a client's data scientist needs to trust the labels. No names, no times per answer.

Everything is counted in the database or on a sample of fixed size, so memory does not grow with the project.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from accessibility.sentences import sentence
from task_types import reading, registry
from task_types.opinions import wilson
from task_types.protocol import AnyTaskType, Case, differ
from workbench import __version__, gold, pdf
from workbench.context import Context
from workbench.domain import Json, Project, Step
from workbench.errors import BadInput
from workbench.manifest import agreed, agreement_of, gold_accuracy
from workbench.store import exporting, lab, measures
from workbench.store import projects as project_store

MOST_CLASSES = 12  # rows of a table of confusion; a longer one says nothing on paper
MOST_ROWS = 30  # of a distribution
ENDINGS = (".html", ".json", ".pdf")


def build(ctx: Context, project: Project) -> dict[str, Json]:
    """The report as plain JSON, of this moment."""
    with exporting.one_moment(ctx.db) as connection:
        steps = project_store.steps_of(connection, project.id)
        return {
            "project": project.name,
            "made_ms": ctx.now(),
            "workbench": __version__,
            "steps": [_step(connection, step) for step in steps],
        }


def make(ctx: Context, project: Project) -> dict[str, Json]:
    """Build it and keep it: what a client was told stays what it was."""
    body = build(ctx, project)
    ctx.db.write(lambda connection: measures.add_report(connection, project.id, body, ctx.now()))
    return body


def write(ctx: Context, project: Project, out: Path, locale: str) -> None:
    """
    Make the report and write it to a file: .html, .json or .pdf.

    Raises:
        BadInput: another ending, or a place that cannot be written to.
        Unavailable: a PDF without the extra that makes one.
    """
    if out.suffix.lower() not in ENDINGS:
        raise BadInput(
            sentence("{name} is no report. Give a name that ends in .html, .json or .pdf.", name=out.name), file=str(out)
        )
    body = make(ctx, project)
    made = _as_bytes(ctx, project, out.suffix.lower(), body, locale)
    try:
        out.write_bytes(made)
    except OSError as error:
        raise BadInput(
            sentence("Cannot write {out}: {reason}. Choose another place.", out=out, reason=error.strerror), file=str(out)
        ) from error


def _as_bytes(ctx: Context, project: Project, suffix: str, body: Mapping[str, Json], locale: str) -> bytes:
    if suffix == ".json":
        return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()
    return as_html(ctx, body, locale).encode() if suffix == ".html" else as_pdf(ctx, project, body, locale)


def as_pdf(ctx: Context, project: Project, body: Mapping[str, Json], locale: str) -> bytes:
    """
    The same page as a tagged PDF; made once, kept until the project's material is deleted.

    Raises:
        Unavailable: without the extra that makes one.
    """
    return pdf.kept(as_html(ctx, body, locale), pdfs_of(ctx, project))


def pdfs_of(ctx: Context, project: Project) -> Path:
    """Where a project's PDFs are kept."""
    return ctx.settings.data / "pdf" / project.public_id


def filled(body: Mapping[str, Json]) -> dict[str, Json]:
    """A report that an older version kept, with what it did not tell yet as unknown."""
    return {**body, "steps": [_filled(step) for step in body["steps"]]}


def _filled(step: Mapping[str, Json]) -> dict[str, Json]:
    found = {"kind": None, "no_agreement": "", "differ": False, **step}
    found["review"] = {"returned_because": {}, **step["review"]}
    for name, missing in _SINCE_THEN.items():
        if found.get(name):
            found[name] = {**missing, **found[name]}
    if found.get("confusion"):
        rows = [{"share": None, "answers": None, **row} for row in found["confusion"]["rows"]]
        found["confusion"] = {**found["confusion"], "rows": rows}
    return found


_SINCE_THEN: Mapping[str, Mapping[str, Json]] = {
    "gold_accuracy": {"people": None, "questions": None},
    "confidence": {"microtasks": None},
    "distribution": {"people": None},
    "audits": {"low": None, "high": None},
    "calibration": {"error": None},
}


def as_html(ctx: Context, body: Mapping[str, Json], locale: str) -> str:
    """One page that needs nothing else, and prints well; times by the lab's clock."""
    from workbench.web.pages import environment

    style = (Path(__file__).parent / "static" / "report.css").read_text(encoding="utf-8")
    zone = ctx.db.read(lambda connection: lab.time_zone(connection, ctx.now()))
    template = environment(locale).get_template("quality/standalone.html")
    made: str = template.render(report=filled(body), locale=locale, style=style, zone=zone)
    return made


# --- one step --------------------------------------------------------------------------------------------------------


def _step(connection: Connection, step: Step) -> dict[str, Json]:
    task_type = registry.get(step.task_type)
    settings = reading.settings(task_type, step.settings, step.task_type_version)
    answers, dont_know = exporting.answer_counts(connection, [step.id])
    by_version = exporting.answers_by_version(connection, step.id)
    opinion = settings.opinion or task_type.scoring is None
    found: dict[str, Json] = {
        "step": step.name,
        "type": task_type.name,
        "type_version": task_type.version,
        "kind": task_type.aggregator.table if task_type.aggregator else None,
        "title": dict(task_type.title),
        "opinion": opinion,
        "counts": _counts(exporting.by_status(connection, [step.id])) | {"answers": answers, "dont_know": dont_know},
        "versions": [
            {"version": each.number, "answers": by_version.get(each.number, 0)}
            for each in project_store.versions_of(connection, step.id)
        ],
        "methods": exporting.methods(connection, step.id),
        "settled_by": _settled_by(connection, step, settings),
        "returned": measures.returns(connection, step.id),
        "asked_again": measures.asked_again(connection, step.id),
        "review": _review(connection, step),
    }
    if opinion:
        return found | _distribution(connection, step, task_type)
    known = measures.calibration_of(connection, step.id)
    people = agreed(connection, step, task_type, settings)
    return found | {
        "agreement": agreement_of(task_type, people),
        "no_agreement": people.reason,
        "gold_accuracy": gold_accuracy(connection, step),
        "confusion": _confusion(connection, step),
        "confidence": _confidence(connection, step, known),
        "calibration": _calibration(known),
        "audits": _audits(connection, step, task_type, settings),
    }


def _counts(status: Mapping[str, int]) -> dict[str, int]:
    return {
        "microtasks": sum(status.values()),
        "settled": status.get("settled", 0),
        "open": status.get("open", 0),
        "gold": sum(status.get(each, 0) for each in ("gold", "learning")),
        "withdrawn": status.get("withdrawn", 0),
    }


def _settled_by(connection: Connection, step: Step, settings: Any) -> dict[str, Json]:
    counts = measures.by_answers(connection, step.id)
    total = sum(counts.values())
    used = sum(answers * count for answers, count in counts.items())
    most = settings.most_answers
    return {
        "by": [{"answers": answers, "microtasks": count, "share": round(count / total, 4)} for answers, count in counts.items()],
        "mean": round(used / total, 3) if total else None,
        "most": most,
        "adaptive": settings.adaptive is not None,
        "budget": settings.adaptive.budget if settings.adaptive else None,
        "promised": measures.answers_promised(connection, step.id),
        # Beside asking everybody as often as the hardest question: what adapting saved.
        "saved": round(1 - used / (most * total), 4) if total and settings.adaptive else None,
    }


def _confusion(connection: Connection, step: Step) -> dict[str, Json] | None:
    """What people said (columns) where this was right (rows); None where answers are no classes."""
    cells: Counter[tuple[str, str]] = Counter()
    for accepted, answer in measures.given_to_gold(connection, step.id):
        right, given = [gold.value_of(one) for one in accepted], gold.value_of(answer)
        if not given or not right:
            return None  # marks, fields and texts are no classes: an answer that has some is not right by that
        cells[given if given in right else right[0], given] += 1
    names = sorted({name for pair in cells for name in pair} - {"?"}, key=_number_first)
    if not names or "" in names or len(names) > MOST_CLASSES:
        return None
    shown = [*names, "?"] if any(given == "?" for _, given in cells) else names
    rows = [_confused(name, [cells[name, given] for given in shown], cells[name, name]) for name in names]
    return {"given": shown, "rows": [row for row in rows if row["answers"]]}


def _confused(name: str, counts: list[int], right: int) -> dict[str, Json]:
    """One row: where this was right, what people said, and the share of them that was right."""
    answers = sum(counts)
    return {"right": name, "counts": counts, "answers": answers, "share": round(right / answers, 4) if answers else None}


def _number_first(name: str) -> tuple[float, str]:
    try:
        return float(name), name
    except ValueError:
        return float("inf"), name


def _confidence(connection: Connection, step: Step, known: measures.Known | None) -> dict[str, Json] | None:
    """How sure the settled answers are, as it is shown: the mean, and how many in each tenth."""
    found = measures.by_confidence(connection, step.id)
    if not found:
        return None
    shown = [(known.shown(sure) if known and known.is_used else sure, count) for sure, count in found]
    total = sum(count for _, count in shown)
    tenths: Counter[int] = Counter()
    for sure, count in shown:
        tenths[min(int(sure * 10), 9)] += count
    return {
        "microtasks": total,
        "mean": round(sum(sure * count for sure, count in shown) / total, 4),
        "corrected": bool(known and known.is_used),
        "tenths": [{"from": place / 10, "to": (place + 1) / 10, "microtasks": tenths[place]} for place in sorted(tenths)],
    }


def _calibration(known: measures.Known | None) -> dict[str, Json] | None:
    if known is None or not known.gold:
        return None
    curve = [{"shown": shown, "right": right, "microtasks": many} for shown, right, many in known.curve]
    error = None if known.error is None else round(known.error, 4)
    return {"gold": known.gold, "error": error, "good": known.is_good, "curve": curve}


def _audits(connection: Connection, step: Step, task_type: AnyTaskType, settings: Any) -> dict[str, Json]:
    reopened, changed = 0, 0
    for one in measures.audits(connection, step.id):
        reopened, changed = reopened + 1, changed + is_changed(task_type, settings, one)
    low, high = wilson(changed, reopened)
    return {"reopened": reopened, "changed": changed, "low": round(low, 4), "high": round(high, 4)}


def is_changed(task_type: AnyTaskType, settings: Any, one: measures.Audited) -> bool:
    """Whether the second answer says something else, as the type compares answers: another box, not another pixel."""
    if one.before is None or one.after is None or task_type.scoring is None:
        return bool(one.before != one.after)
    case = Case(settings, reading.payload(task_type, one.payload, one.task_type_version), "en")
    before, after = (reading.answer(task_type, each, one.task_type_version) for each in (one.before, one.after))
    return task_type.scoring.distance(case, before, after) > 0


def _review(connection: Connection, step: Step) -> dict[str, Json]:
    drawn = measures.random_verdicts(connection, step.id)
    looked, good = sum(drawn.values()), drawn.get("accepted", 0)
    low, high = wilson(good, looked)
    share = {"looked": looked, "accepted": good, "share": round(good / looked, 4)} if looked else None
    interval = {"low": round(low, 4), "high": round(high, 4)}
    return {
        "verdicts": measures.verdicts(connection, step.id),
        "returned_because": measures.why_returned(connection, step.id),
        "random": share | interval if share else None,
    }


def _distribution(connection: Connection, step: Step, task_type: AnyTaskType) -> dict[str, Json]:
    """How often each answer was given, over everything asked, with 95% intervals. A minority is a result."""
    questions, total, given = measures.distributions(connection, step.id)
    if questions > 1 and differ(task_type):
        return {"distribution": None, "differ": True}
    people = len(exporting.workers(connection, [step.id]))
    return {"distribution": shares_of(given, total, people) if total else None, "differ": False}


def shares_of(given: Mapping[str, float], answers: int, people: int) -> dict[str, Json]:
    """
    The shares of values, the most frequent first.

    Three hundred answers of ten people say as much about taste as ten people do: each person counts once in the intervals.
    """
    worth, rows = min(answers, people), []
    for value, count in sorted(given.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_ROWS]:
        share = count / answers
        low, high = wilson(share * worth, worth)
        rows.append({"value": value, "share": round(share, 4), "low": round(low, 4), "high": round(high, 4)})
    return {"answers": answers, "people": people, "rows": rows}
