"""`workbench voice …`"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.commands import opened, progress
from workbench.commands.people import Language
from workbench.commands.telling import filled, tell
from workbench.settings import Settings

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.keyboard import Keyboard
    from workbench.sign_in import SignedIn

app = typer.Typer(help="Work by voice.", invoke_without_command=True, rich_markup_mode=None)
EXAMPLE = "Example: workbench voice --badge ABCD-EFGH"


class Verbosity(StrEnum):
    """How much is said."""

    FULL = "full"
    NORMAL = "normal"
    BRIEF = "brief"


def register(parent: typer.Typer) -> None:
    """Hang these commands on."""
    parent.add_typer(app, name="voice", epilog=EXAMPLE)


@app.callback(epilog=EXAMPLE)
def voice(
    context: typer.Context,
    badge: Annotated[str, typer.Option(help="badge code; asked for when it is not given")] = "",
    verbosity: Annotated[Verbosity | None, typer.Option(help="how much is said; without it as you have chosen")] = None,
) -> None:
    """Work by voice in this terminal, with the machine's microphone. Space: talk. Tab: say a command. H: help."""
    if context.invoked_subcommand is None:
        _converse(badge, verbosity)


def _converse(badge: str, verbosity: Verbosity | None) -> None:
    from workbench import audio_devices
    from workbench.keyboard import Keyboard
    from workbench.speech import Engines
    from workbench.terminal import Conversation

    devices, keyboard = audio_devices.devices(), Keyboard()
    with opened() as ctx, keyboard.raw():
        begun = _signed_in(ctx, badge or keyboard.line(filled("Badge: ")), keyboard)
        engines = Engines.of(ctx.settings)
        microphone = audio_devices.DeviceMicrophone(devices, keyboard.waiting)
        loudspeaker = audio_devices.DeviceLoudspeaker(devices)
        conversation = Conversation(
            ctx,
            begun.person,
            engines,
            microphone,
            loudspeaker,
            show=print,
            read_line=keyboard.line,
            verbosity=verbosity.value if verbosity else None,
        )
        try:
            conversation.run(keyboard)
        finally:
            loudspeaker.stop()
            engines.close()
            _signed_out(ctx, begun)


def _signed_in(ctx: Context, badge: str, keyboard: Keyboard) -> SignedIn:
    from workbench import sign_in

    try:
        return sign_in.by_badge(ctx, badge, address="terminal")
    except sign_in.PinNeeded:
        return sign_in.by_badge(ctx, badge, address="terminal", pin=keyboard.line(filled("PIN: ")))


def _signed_out(ctx: Context, begun: SignedIn) -> None:
    from workbench import sign_in
    from workbench.people import sha256
    from workbench.store import sessions

    found = ctx.db.read(lambda connection: sessions.find(connection, sha256(begun.token), now=ctx.now()))
    if found is not None:
        sign_in.sign_out(ctx, found.id)


@app.command("install-model", epilog="Example: workbench voice install-model nl --from vosk-model-small-nl-0.22.zip")
def install_model(
    language: Annotated[Language, typer.Argument(help="language that is spoken")],
    archive: Annotated[Path | None, typer.Option("--from", help="zip or folder; without it the model is fetched")] = None,
) -> None:
    """Put a model in place that understands speech in this language, and try it."""
    from accessibility.speech import models
    from accessibility.speech.errors import SpeechError
    from workbench.errors import BadInput
    from workbench.speech import Engines, models_folder

    settings = Settings.load()
    folder = models_folder(settings)
    try:
        with progress("Fetching the model") as told:
            installed = models.install(language.value, archive, folder, progress=told)
        engines = Engines.of(settings)
        try:
            engines.ears.check(language.value)
        finally:
            engines.close()
    except SpeechError as error:
        raise BadInput(error.message) from error
    size = installed.size_bytes // 1_000_000
    tell("Speech in {language} is understood now: {path} ({size} MB)", language=language.value, path=installed.path, size=size)
