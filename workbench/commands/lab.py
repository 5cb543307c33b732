"""`workbench backup`, `restore` and `label-studio …`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.commands import opened
from workbench.commands.telling import tell
from workbench.settings import Settings

studio = typer.Typer(help="A live Label Studio server, through its SDK.", no_args_is_help=True, rich_markup_mode=None)


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.command("backup", epilog="Example: workbench backup lab-2026-11-23.zip")(backup)
    parent.command("restore", epilog="Example: workbench --data data2 restore lab-2026-11-23.zip")(restore)
    parent.add_typer(studio, name="label-studio")


def backup(file: Annotated[Path, typer.Argument(help="zip file to write")]) -> None:
    """Write the whole lab (database, files, key) to one file, while it goes on working."""
    from workbench import backups

    with opened(must_be=True) as ctx:
        summary = backups.backup(ctx, file)
    tell(summary)


def restore(file: Annotated[Path, typer.Argument(help="zip file made by `workbench backup`")]) -> None:
    """Put a backup into an empty data folder."""
    from workbench import backups

    tell(backups.restore(Settings.load(), file))


@studio.command("pull", epilog="Example: workbench label-studio pull boats --url http://127.0.0.1:8080 --project 3")
def pull(
    project: Annotated[str, typer.Argument(help="project of the workbench to put the tasks into")],
    url: Annotated[str, typer.Option(help="address of Label Studio")],
    their_project: Annotated[int, typer.Option("--project", help="id of the Label Studio project")],
    api_key: Annotated[str, typer.Option(envvar="LABEL_STUDIO_API_KEY", help="its API key")],
) -> None:
    """Take a Label Studio project's tasks into a project here."""
    from workbench import label_studio, projects

    with opened() as ctx:
        tell(label_studio.pull(ctx, projects.named(ctx, project), url=url, api_key=api_key, project_id=their_project))


@studio.command("push", epilog="Example: workbench label-studio push boats --url http://127.0.0.1:8080 --project 3")
def push(
    project: Annotated[str, typer.Argument(help="project of the workbench whose answers go there")],
    url: Annotated[str, typer.Option(help="address of Label Studio")],
    their_project: Annotated[int, typer.Option("--project", help="id of the Label Studio project")],
    api_key: Annotated[str, typer.Option(envvar="LABEL_STUDIO_API_KEY", help="its API key")],
) -> None:
    """Bring settled answers to a Label Studio project."""
    from workbench import label_studio, projects

    with opened() as ctx:
        tell(label_studio.push(ctx, projects.named(ctx, project), url=url, api_key=api_key, project_id=their_project))
