"""
One worker's conversation over a socket. Each frame waits for the one before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from workbench.context import Context
from workbench.domain import Json, Person
from workbench.web.languages import say
from workbench.web.voice_ears import Ears

if TYPE_CHECKING:
    from accessibility import dialogue
    from accessibility.dialogues.heard import Heard, Setting
    from accessibility.dialogues.turns import Turn, Turns
    from workbench.speech import Engines

MOST_SAYINGS = 4000  # over all conversations; what was said longest ago goes first
LONGEST_TEXT = 20_000
MOVED, ENDED = 4409, 4401
NEWS_SECONDS = 2.0


@dataclass(frozen=True)
class Saying:
    """What was said to whom, and how. `own`: the worker's own words, whose sound is not kept."""

    person_id: int
    text: str
    language: str
    rate: int
    own: bool = False


class Lines:
    """The lab's engines, what was said lately, and who is talking where."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines
        self.talking: dict[int, Talk] = {}
        self._sayings: OrderedDict[str, Saying] = OrderedDict()

    def token(self, person_id: int, text: str, language: str, *, rate: int, own: bool = False) -> str:
        """A name under which this person, and nobody else, can fetch the sound."""
        token = secrets.token_urlsafe(16)
        self._sayings[token] = Saying(person_id, text, language, rate, own)
        while len(self._sayings) > MOST_SAYINGS:
            self._sayings.popitem(last=False)
        return token

    async def wav(self, person_id: int, token: str) -> bytes | None:
        """
        The sound; None: not known, or somebody else's.

        Raises:
            SpeechError: no engine, or too busy.
        """
        from accessibility.speech.synthesis import Voice

        found = self._sayings.get(token)
        if found is None or found.person_id != person_id:
            return None
        out = await run_in_threadpool(lambda: self.engines.out)
        speech = await out.say_async(found.text, Voice(found.language, rate=found.rate), keep=not found.own)
        return speech.wav


class Talk:
    """
    One socket.

    Args:
        still_signed_in: asked before anything is done for this worker.
    """

    def __init__(
        self, socket: WebSocket, ctx: Context, person: Person, lines: Lines, still_signed_in: Callable[[], bool]
    ) -> None:
        self.socket, self.ctx, self.person, self.lines = socket, ctx, person, lines
        self.still_signed_in = still_signed_in
        self.state: dialogue.State | None = None
        self.ears = Ears(lines.engines)
        self._open = False  # the microphone stays open
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Until the worker or the line goes away."""
        await self._move_here()
        news = asyncio.create_task(self._tell_news())
        try:
            while (message := await self.socket.receive())["type"] != "websocket.disconnect":
                async with self._one_at_a_time:
                    if message.get("bytes") is not None:
                        await self._feed(message["bytes"])
                    elif not await self._do(message.get("text") or ""):
                        return
        except (WebSocketDisconnect, RuntimeError):
            pass  # the line is gone; the draft is on disk
        finally:
            news.cancel()
            self.ears.close()
            if self.lines.talking.get(self.person.id) is self:
                del self.lines.talking[self.person.id]

    async def _tell_news(self) -> None:
        """What the coach answers is said as it comes; not while the worker is talking."""
        from accessibility.dialogues.heard import Told
        from workbench import spoken_day

        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await asyncio.sleep(NEWS_SECONDS)
                async with self._one_at_a_time:
                    if self.state is None or self.state.place == "out" or self.ears.listening or not self.still_signed_in():
                        continue
                    if lines := await run_in_threadpool(spoken_day.news, self.ctx, self.person):
                        await self._hear(Told(lines), gently=True)
                        await self._attune()

    async def _move_here(self) -> None:
        """One conversation for a person: the newest tab has it, the older one says so."""
        older = self.lines.talking.get(self.person.id)
        self.lines.talking[self.person.id] = self
        if older is not None:
            await older.move_away()

    async def move_away(self) -> None:
        """Another tab goes on."""
        try:
            await self.socket.send_json({"moved": True})
            await self.socket.close(MOVED)
        except (WebSocketDisconnect, RuntimeError):
            pass  # it was gone already

    async def _do(self, text: str) -> bool:
        """One message; False: the conversation is over."""
        message = _read(text)
        if not self.still_signed_in():
            await self.socket.close(ENDED)
            return False
        if message.get("do") == "begin":
            await self._begin(message)
        elif self.state is not None:
            await self._after_begin(message)
        return True

    async def _after_begin(self, message: Mapping[str, Json]) -> None:
        if message["do"] == "talk":
            await self._listen(command=message.get("command") is True, hands_free=message.get("open") is True)
        elif message["do"] == "talked":
            await self._talked()
        elif (heard := heard_of(message)) is not None:
            await self._hear(heard, gently=message["do"] == "waited")
            await self._attune()

    async def _begin(self, message: Mapping[str, Json]) -> None:
        from accessibility import dialogue
        from workbench import spoken

        locale: Any = "nl" if self.person.locale == "nl" else "en"
        setting = setting_of(message)
        again, place = message.get("again") is True, _place_of(message)
        state, turns = dialogue.begin(locale, self.person.name, setting, again=again, place=place)
        self.state, turns = await run_in_threadpool(
            spoken.carried_out, self.ctx, self.person, state, turns, translate=self._translated
        )
        await self._tell(turns)

    async def _hear(self, heard: Heard, *, gently: bool = False) -> None:
        """`gently`: nobody asked for what comes of it, so it waits for what sounds."""
        from workbench import spoken

        assert self.state is not None  # only called after begin
        self.state, turns = await run_in_threadpool(
            spoken.advance, self.ctx, self.person, self.state, heard, translate=self._translated
        )
        self._wake()
        await self._tell(turns, gently=gently)

    def _translated(self, text: str) -> str:
        return say(self.person.locale, text)

    def _wake(self) -> None:
        settling = getattr(self.socket.app.state, "settling", None)
        if settling is not None:
            settling.wake()

    # --- listening ---------------------------------------------------------------------------------------------------

    async def _listen(self, *, command: bool = False, hands_free: bool = False) -> None:
        """The talk key is down, or the microphone stays open."""
        from accessibility import dialogue

        assert self.state is not None  # only called after begin
        heard = await self.ears.open(dialogue.listening(self.state, command=command), hands_free=hands_free)
        self._open = hands_free and heard
        await self.socket.send_json({"listening": heard})

    async def _attune(self) -> None:
        """After a key or news an open microphone listens for what may be said now."""
        from accessibility import dialogue

        assert self.state is not None  # only called after begin
        if self._open and self.ears.wanted != dialogue.listening(self.state):
            await self._listen(hands_free=True)

    async def _feed(self, chunk: bytes) -> None:
        partial, heard = await self.ears.feed(chunk)
        if partial is not None:
            await self.socket.send_json({"partial": partial})
        if heard is not None:
            await self._hear_open(heard)
        if self._open and self.ears.failed:
            self._open = False  # the page closes the microphone, and then hears why
            await self.socket.send_json({"listening": False})

    async def _hear_open(self, heard: Heard) -> None:
        """An open microphone: what it heard, then on with what may be said next. Noise between words is no trouble."""
        from accessibility.dialogues.heard import Spoken

        if isinstance(heard, Spoken):
            await self._hear(heard)
            await self._listen(hands_free=True)

    async def _talked(self) -> None:
        """The talk key is up, or the microphone is closed."""
        from accessibility.dialogues.heard import Spoken

        heard = await self.ears.finish()
        if not self._open or isinstance(heard, Spoken):
            await self._hear(heard)
        self._open = False

    async def _others(self) -> None:
        from accessibility.dialogues.heard import Others

        if readings := await self.ears.others():
            await self._hear(Others(readings))

    # --- telling -----------------------------------------------------------------------------------------------------

    async def _tell(self, turns: Turns, *, gently: bool = False) -> None:
        from accessibility.dialogues.turns import AskOthers

        told = [self._turn(turn) for turn in turns if not isinstance(turn, AskOthers)]
        await self.socket.send_json({"turns": told, "now": self._now(), "gently": gently})
        if any(isinstance(turn, AskOthers) for turn in turns):
            await self._others()

    def _turn(self, turn: Turn) -> dict[str, Json]:
        from accessibility.dialogues.turns import Play, Say, Tone, Wait, turn_json

        assert self.state is not None  # only called after begin
        made = turn_json(turn)
        if isinstance(turn, Wait):
            return {**made, "wait_ms": max(0, turn.until_ms - self.ctx.now())}
        if isinstance(turn, Say):
            token = self.lines.token(self.person.id, turn.text, turn.language, rate=self.state.rate, own=turn.own)
            return {**made, "url": f"/voice/said/{token}.wav"}
        if isinstance(turn, Tone):
            return {**made, "url": _tone_url(turn.name)}
        if isinstance(turn, Play):
            return {**made, "url": _clip_url(turn), "tones": [[at, _tone_url(name)] for at, name in turn.tones]}
        return made

    def _now(self) -> dict[str, Json]:
        """What the page shows."""
        assert self.state is not None  # only called after begin
        answering = self.state.answering
        shown = answering.shown() if answering else {"text": "", "options": []}
        title = self.state.given.title if self.state.given else ""
        return {"place": self.state.place, "rate": self.state.rate, "title": title, **shown}


def heard_of(message: Mapping[str, Json]) -> Heard | None:
    """A message from a page as the dialogue hears it; None: it makes no sense."""
    from accessibility.dialogues.heard import Key, Order, Typed, Waited

    at_ms = message.get("at_ms")
    at = at_ms if isinstance(at_ms, int) and not isinstance(at_ms, bool) else None
    name = message.get("name")
    if message.get("do") == "key" and isinstance(name, str):
        return Key(name[:20], at)
    if message.get("do") == "order" and isinstance(name, str):
        return Order(name[:40], at_ms=at)
    if message.get("do") == "type" and isinstance(message.get("text"), str):
        return Typed(message["text"][:LONGEST_TEXT])
    if message.get("do") == "waited":
        return Waited()
    return setting_of(message) if message.get("do") == "set" else None


def _place_of(message: Mapping[str, Json]) -> dialogue.Place:
    """Where the worker was when the line was lost."""
    found = message.get("place")
    return "home" if found == "home" else "break" if found == "break" else "work"


def setting_of(message: Mapping[str, Json]) -> Setting:
    """How the page wants it; what makes no sense stays as it was."""
    from accessibility.dialogues.heard import Setting
    from accessibility.voice_preferences import known_keys

    verbosity, rate, hands_free, keys = (message.get(name) for name in ("verbosity", "rate", "hands_free", "keys"))
    return Setting(
        verbosity if verbosity in ("full", "normal", "brief") else None,
        rate if isinstance(rate, int) and not isinstance(rate, bool) else None,
        hands_free if isinstance(hands_free, bool) else None,
        known_keys(keys) if isinstance(keys, dict) else None,
    )


def _read(text: str) -> dict[str, Json]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return {"do": "", **found} if isinstance(found, dict) else {"do": ""}


def _clip_url(turn: Any) -> str:
    times = {"start_ms": turn.start_ms, **({} if turn.end_ms is None else {"end_ms": turn.end_ms})}
    return f"/media/{turn.media}/clip?{urlencode(times)}"


def _tone_url(name: str) -> str:
    return f"/voice/tones/{name}.wav"
