"""`workbench voice …`"""

from __future__ import annotations

import time
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.commands import opened, progress
from workbench.commands.people import Language
from workbench.commands.telling import filled, in_words, locale, tell
from workbench.errors import WorkbenchError
from workbench.settings import Settings

if TYPE_CHECKING:
    from workbench.context import Context
    from workbench.keyboard import Keyboard
    from workbench.sign_in import SignedIn
    from workbench.speech import Engines
    from workbench.terminal import Loudspeaker

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
    with opened() as ctx, keyboard.raw(), closing(Engines.of(ctx.settings)) as engines:
        loudspeaker = audio_devices.DeviceLoudspeaker(devices)
        begun = _signed_in(ctx, badge, keyboard, engines, loudspeaker)
        microphone = audio_devices.DeviceMicrophone(devices, keyboard.waiting)
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
            _signed_out(ctx, begun)


def _signed_in(ctx: Context, badge: str, keyboard: Keyboard, engines: Engines, loudspeaker: Loudspeaker) -> SignedIn:
    from workbench.terminal import spoken_by
    from workbench.terminal_sign_in import signed_in

    speak = spoken_by(engines, loudspeaker, locale())

    def ask(words: str, prompt: str) -> str:
        tell(words)
        speak(in_words(words))
        return keyboard.line(filled(prompt))

    try:
        return signed_in(ctx, badge, ask=ask, speak=lambda words: speak(in_words(words)))
    except WorkbenchError:
        while loudspeaker.busy:  # until it is said: the program ends with it
            time.sleep(0.1)
        raise


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
