"""`workbench serve`, `demo` and `doctor`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.commands.telling import in_words
from workbench.settings import Settings


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.command("serve", epilog="Example: workbench serve --host 127.0.0.1 --port 8000")(serve)
    parent.command("demo", epilog="Example: workbench demo")(demo)
    parent.command("doctor", epilog="Example: workbench doctor")(doctor)


def serve(
    host: Annotated[str, typer.Option(help="address to listen on; other machines need TLS")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="server processes; more than one needs PostgreSQL", min=1)] = 1,
    tls: Annotated[bool, typer.Option(help="serve https with a certificate made here")] = False,
) -> None:
    """Serve the lab of this data folder."""
    from workbench import serving

    serving.serve(Settings.load(), host=host, port=port, workers=workers, tls=tls)


def demo(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on", min=0, max=65535)] = 8000,
    fresh: Annotated[bool, typer.Option(help="throw the demo lab away and make it anew")] = False,
) -> None:
    """Make a demo lab (once) and serve it, with one-click sign-ins for people of every role."""
    import os

    from workbench import demo as demo_lab
    from workbench import serving

    folder = Path(os.environ.get("WORKBENCH_DATA") or "data/demo")
    settings = Settings.load({**os.environ, "WORKBENCH_DATA": str(folder)}, demo=True)
    links = [(in_words(who), path) for who, path in demo_lab.prepare(settings, fresh=fresh)]
    serving.serve(settings, host=host, port=port, workers=1, tls=False, links=links)


def doctor() -> None:
    """Look at this machine and this lab: what is there, what is missing, what to do."""
    from workbench import doctor as examination

    findings = examination.examine(Settings.load())
    for finding in findings:
        print(finding.told(in_words))
    if any(finding.is_fault for finding in findings):
        raise typer.Exit(1)
