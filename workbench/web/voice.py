"""Work by voice: the page, its sounds, and the socket that carries a worker's voice in and turns out."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from fastapi.responses import Response
from starlette.datastructures import Headers

from accessibility.voice_preferences import VoicePreferences, voice_preferences
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Invalid, NotFound, Unavailable
from workbench.people import sha256
from workbench.store import people, sessions
from workbench.store.sessions import Session
from workbench.web import pages
from workbench.web.access import Ctx, Signed, require, same_origin
from workbench.web.forms import Form
from workbench.web.voice_talk import Lines, Talk

Worker = Annotated[Signed, Depends(require(Role.WORKER))]
NOT_SIGNED_IN, NOT_ALLOWED = 4401, 4403  # as HTTP's 401 and 403, in the range for applications
# Said where the line or the page itself is what is broken, so fetched beforehand.
AHEAD = ("line_lost", "no_microphone", "session_over")


@contextlib.asynccontextmanager
async def _ending(app: FastAPI) -> AsyncIterator[None]:
    """The engines' processes end with the server, where they were ever started."""
    yield
    lines = getattr(app.state, "voice", None)
    if lines is not None:
        lines.engines.close()


router = APIRouter(include_in_schema=False, lifespan=_ending)


@router.get("/voice")
def voice_page(request: Request, signed: Worker) -> Response:
    """
    Work by voice, beside a screen reader or without a screen.

    Who may: worker.
    """
    from accessibility.dialogues.words import words
    from accessibility.speech.commands import CHORD

    chosen = _chosen(signed)
    said = {name: words(name, _locale(signed)) for name in AHEAD}
    shown: dict[str, Any] = {"keys": _keys(signed, chosen.keys), "chord": CHORD, "said": said, "chosen": chosen}
    return pages.render(request, "voice/page.html", signed, **shown)


@router.post("/voice/settings")
def change_settings(ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    How it speaks and listens; the page sends this by itself whenever something changes.

    Who may: worker.
    """
    names = ("way", "verbosity", "rate", "hands_free", "headphones", "first")
    _keep(ctx, signed, {**{name: form.text(name) for name in names}, "keys": _chosen(signed).keys})
    return pages.see_other("/voice")


@router.get("/voice/keys")
def keys_page(request: Request, signed: Worker, saved: bool = False) -> Response:
    """
    A worker's own keys.

    Who may: worker.
    """
    keys = _keys(signed, _chosen(signed).keys)
    return pages.render(request, "voice/keys.html", signed, keys=keys, saved=saved, error=None)


@router.post("/voice/keys")
def change_keys(request: Request, ctx: Ctx, signed: Worker, form: Form) -> Response:
    """
    Keep a worker's own keys, all or none.

    Who may: worker.
    """
    from accessibility.speech.commands import COMMANDS, with_keys

    typed = {one.name: form.secret(f"key_{one.name}")[:12].strip() for one in COMMANDS}
    usual = {one.name: one.key for one in COMMANDS}
    own = {name: " " if key == "Space" else key for name, key in typed.items() if key and key not in (usual[name], "")}
    own = {name: key for name, key in own.items() if key != usual[name]}
    try:
        with_keys(COMMANDS, own)
    except ValueError:
        error = Invalid("Two commands have the same key. Choose another key for one of them.", field="keys")
        return pages.render(request, "voice/keys.html", signed, status=422, keys=_keys(signed, own), saved=False, error=error)
    _keep(ctx, signed, {**_chosen(signed).as_json(), "keys": own})
    return pages.see_other("/voice/keys?saved=1")


@router.get("/voice/tones/{name}.wav")
def tone(name: str, _signed: Worker) -> Response:
    """
    A tone that says what happens.

    Who may: worker.
    """
    from accessibility.speech.earcons import EARCONS

    if name not in EARCONS:
        raise NotFound("There is no such tone.")
    return _sound(_tone(name), "private, max-age=86400")


@router.get("/voice/words/{name}.wav")
async def ahead(request: Request, ctx: Ctx, signed: Worker, name: str) -> Response:
    """
    Words that are said when the line is lost.

    Who may: worker.
    """
    from accessibility.dialogues.words import words

    if name not in AHEAD:
        raise NotFound("There are no such words.")
    lines, locale = lines_of(request.app, ctx), _locale(signed)
    return await _spoken(lines, signed, lines.token(signed.person.id, words(name, locale), locale, rate=165))


@router.get("/voice/said/{token}.wav")
async def said(request: Request, ctx: Ctx, signed: Worker, token: str) -> Response:
    """
    What the dialogue said to this person, as sound.

    Who may: worker.
    """
    return await _spoken(lines_of(request.app, ctx), signed, token)


@router.websocket("/voice/socket")
async def socket(socket: WebSocket) -> None:
    """
    A worker's spoken day. Text frames are JSON; binary frames are 16 kHz, 16-bit mono PCM while the talk key is held.

    Who may: worker.
    """
    ctx: Context = socket.app.state.ctx
    session = _session(ctx, socket)
    # A page of another site could open this with the worker's own cookie: browsers always say where they come from.
    if not _from_our_page(socket.headers):
        await _refuse(socket, NOT_ALLOWED)
    elif session is None:
        await _refuse(socket, NOT_SIGNED_IN)
    elif not session.person.has(Role.WORKER):
        await _refuse(socket, NOT_ALLOWED)
    else:
        await socket.accept()
        await Talk(socket, ctx, session.person, lines_of(socket.app, ctx), lambda: _session(ctx, socket) is not None).run()


def lines_of(app: FastAPI, ctx: Context) -> Lines:
    """The lab's engines and open conversations; made when the first worker speaks."""
    found: Lines | None = getattr(app.state, "voice", None)
    if found is None:
        from workbench.speech import Engines

        found = app.state.voice = Lines(Engines.of(ctx.settings))
    return found


# --- what a worker chose ---------------------------------------------------------------------------------------------


def _chosen(signed: Signed) -> VoicePreferences:
    return voice_preferences(signed.person.preferences.get("voice") or {})


def _keep(ctx: Context, signed: Signed, raw: Mapping[str, Any]) -> None:
    kept = {**signed.person.preferences, "voice": voice_preferences(raw).as_json()}
    locale = signed.person.locale
    ctx.db.write(lambda connection: people.update_preferences(connection, signed.person.id, kept, locale=locale))


def _keys(signed: Signed, own: Mapping[str, str]) -> list[dict[str, str]]:
    from accessibility.speech.commands import COMMANDS

    locale = _locale(signed)
    return [
        {"name": one.name, "key": own.get(one.name, one.key), "word": one.words[locale][0], "help": one.help[locale]}
        for one in COMMANDS
    ]


# --- parts -----------------------------------------------------------------------------------------------------------


async def _spoken(lines: Lines, signed: Signed, token: str) -> Response:
    from accessibility.speech.errors import SpeechError

    try:
        wav = await lines.wav(signed.person.id, token)
    except SpeechError as error:
        raise Unavailable(error.message) from error
    if wav is None:
        raise NotFound("This was said a while ago. Ask to hear it again.")
    return _sound(wav, "no-store")


def _sound(wav: bytes, cache: str) -> Response:
    return Response(wav, media_type="audio/wav", headers={"cache-control": cache, "vary": "Cookie"})


@lru_cache
def _tone(name: str) -> bytes:
    from accessibility.speech.earcons import earcon_wav

    return earcon_wav(name)


def _session(ctx: Context, socket: WebSocket) -> Session | None:
    name = "__Host-session" if socket.url.scheme == "wss" else "session"
    token = socket.cookies.get(name)
    return ctx.db.read(lambda connection: sessions.find(connection, sha256(token), now=ctx.now())) if token else None


def _from_our_page(headers: Headers) -> bool:
    return headers.get("origin") is not None and same_origin(headers)


async def _refuse(socket: WebSocket, code: int) -> None:
    """Accepted first: a browser tells its page nothing of a refusal before that."""
    await socket.accept()
    await socket.close(code)


def _locale(signed: Signed) -> str:
    return "nl" if signed.person.locale == "nl" else "en"
