"""`workbench project create`, `ingest`, `status`, `export`"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from accessibility.sentences import noted, sentence, unpacked
from workbench.commands import opened, progress
from workbench.commands.telling import filled, in_words, locale, number, tell
from workbench.errors import BadInput, Invalid

STATUSES = {"draft": noted("draft"), "open": noted("open"), "paused": noted("paused"), "closed": noted("closed")}
COUNTED = {
    "microtasks": noted("microtasks"),
    "settled": noted("settled"),
    "gold": noted("gold"),
    "annotations": noted("annotations"),
    "sources": noted("sources"),
}
app = typer.Typer(help="Projects.", no_args_is_help=True, rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.add_typer(app, name="project")
    parent.command("ingest", epilog="Example: workbench ingest boats photos.zip --gold gold.jsonl")(ingest)
    parent.command("status", epilog="Example: workbench status boats --json")(status)
    parent.command("export", epilog="Example: workbench export boats --format coco --out boats.json")(export)


@app.command("create", epilog='Example: workbench project create "Boats" --type bounding_box --settings boats.yaml')
def create(
    name: str,
    type_name: Annotated[str | None, typer.Option("--type", help="task type; `workbench types` lists them")] = None,
    settings: Annotated[Path | None, typer.Option(help="YAML file with question, labels, overlap, gold …")] = None,
    client: Annotated[str | None, typer.Option(help="the company this is for; made when it is new")] = None,
    steps: Annotated[
        Path | None, typer.Option(help="YAML file with `steps:`, several questions in order, instead of --type")
    ] = None,
    label_studio: Annotated[Path | None, typer.Option(help="a Label Studio labelling config (XML) instead of --type")] = None,
    draft: Annotated[bool, typer.Option(help="do not open it for work yet")] = False,
) -> None:
    """Make a project; it is open at once unless --draft is given."""
    from workbench import projects

    if [type_name, steps, label_studio].count(None) != 2:
        raise Invalid("Give one of --type TYPE, --steps FILE.yaml or --label-studio CONFIG.xml.")
    with opened() as ctx:
        if label_studio is not None:
            from workbench import label_studio as studio

            project = studio.create_project(ctx, name, _text(label_studio), client=client, draft=draft)
        elif steps is not None:
            from workbench import steps as several

            plans = several.plans_of({**read_settings(settings), **read_settings(steps)})
            project = several.create(ctx, name, plans, client=client, draft=draft)
        else:
            project = projects.create(ctx, name, type_name or "", read_settings(settings), client, draft=draft)
    tell("{project} ({id}) is {status}.", project=project.name, id=project.public_id, status=sentence(STATUSES[project.status]))


def ingest(
    project: str,
    paths: Annotated[list[Path], typer.Argument(help="files, folders, zip, csv, jsonl, Label Studio JSON")],
    gold: Annotated[Path | None, typer.Option(help="known answers: the export's JSONL, COCO, YOLO, CSV, subtitles")] = None,
    whole: Annotated[bool, typer.Option(help="refuse everything when one file or line is bad")] = False,
) -> None:
    """Put a dataset into a project; what is there already is not added twice."""
    from workbench import ingest as ingesting
    from workbench import projects

    with opened() as ctx, progress("Reading") as moved:
        report = ingesting.ingest(
            ctx, projects.named(ctx, project), paths, gold=gold, whole=whole, created_by=None, progress=moved
        )
    for problem in report.problems[:20]:
        where = ":".join(str(part) for part in (problem.file, problem.line) if part)
        message = in_words(problem.message)
        typer.echo(f"{where}: {message}" if where else message, err=True)
    if len(report.problems) > 20:
        tell("… and {count} more problems.", count=len(report.problems) - 20, error=True)
    for remark in report.remarks[:20]:
        tell("{file}: {message}", file=remark.file, message=remark.message, error=True)
    if len(report.remarks) > 20:
        tell("… and {count} more remarks.", count=len(report.remarks) - 20, error=True)
    for told in report.subtitles[:20]:
        typer.echo(_about_subtitles(told), err=True)
    tell(
        "{added} sources added, {known} known already, {microtasks} microtasks, {gold} gold, {problems} problems.",
        added=report.sources_added,
        known=report.sources_known,
        microtasks=report.microtasks_added,
        gold=report.gold_added,
        problems=len(report.problems),
    )
    if report.problems and not report.sources_added and not report.sources_known:
        raise BadInput("Nothing was added. Correct what is named above, then ingest again.")


def _about_subtitles(told: Mapping[str, Any]) -> str:
    from workbench.ingest import subtitles

    if "wrong" in told:
        return in_words(unpacked(told["wrong"]))
    lost = subtitles.in_words(told, "nl" if locale() == "nl" else "en")
    found = filled("{file}: {count} subtitles ({format}).", file=told["file"], count=told["subtitles"], format=told["format"])
    return found + (" " + filled("Cues have no place for: {lost}; your file keeps them.", lost=lost) if lost else "")


def status(project: str, as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False) -> None:
    """How far a project is."""
    from workbench import projects, review
    from workbench.store import projects as store

    with opened() as ctx:
        found = projects.named(ctx, project)
        review.drain(ctx)
        counts = ctx.db.read(lambda connection: store.counts(connection, found.id))
    if as_json:
        print(json.dumps({"project": found.name, "id": found.public_id, "status": found.status, **counts}))
        return
    tell("{project} is {status}", project=found.name, status=sentence(STATUSES[found.status]))
    for name, count in counts.items():
        print(f"  {in_words(COUNTED[name]):<12} {number(count):>9}")


def export(
    project: str,
    format_name: Annotated[str, typer.Option("--format", help="`workbench formats` lists them")],
    out: Annotated[Path, typer.Option(help="file or folder to write")],
    every_answer: Annotated[bool, typer.Option(help="also all answers, not only the consensus")] = False,
) -> None:
    """Write the settled work to a file, with a manifest beside it."""
    from workbench import export as exporting
    from workbench import projects, review

    with opened() as ctx, progress("Writing") as moved:
        found = projects.named(ctx, project)
        review.drain(ctx)
        exporting.export(ctx, found, format_name, out, every_answer=every_answer, progress=moved)
    tell("{out} and its manifest are written.", out=out)


def read_settings(path: Path | None) -> dict[str, Any]:
    """A step's settings from a YAML file.

    Raises:
        BadInput: not YAML, or not a mapping; with the line.
    """
    import yaml

    if path is None:
        return {}
    try:
        found = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadInput(
            sentence(
                "{name} is not valid YAML: {problem}. Correct it and try again.",
                name=path.name,
                problem=getattr(error, "problem", error),
            ),
            file=path.name,
            line=mark.line + 1 if mark else None,
        ) from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise BadInput(sentence('{name} holds no settings. Write lines such as "overlap: 3".', name=path.name), file=path.name)
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(
            sentence("{path} cannot be read: {strerror}. Check the name and try again.", path=path, strerror=error.strerror),
            file=str(path),
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(
            sentence("{name} is not UTF-8 text. Save it as UTF-8 and try again.", name=path.name), file=path.name
        ) from error
