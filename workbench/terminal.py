"""The spoken day in a terminal, on a machine without a screen: keys, a microphone and a loudspeaker."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from accessibility import dialogue
from accessibility.dialogues.heard import Heard, Key, Others, Setting, Spoken, Told, Trouble, Typed, Waited
from accessibility.dialogues.turns import AskOthers, Hush, Listening, Play, Say, SignOut, Tone, Turns, Wait, Write
from accessibility.speech.earcons import earcon_wav
from accessibility.speech.errors import SpeechError
from accessibility.speech.heard import Final
from accessibility.speech.heard import Trouble as SoundTrouble
from accessibility.speech.recognition import Session
from accessibility.speech.synthesis import Voice
from accessibility.voice_preferences import voice_preferences
from workbench import derivatives, spoken, spoken_day
from workbench.context import Context
from workbench.domain import Person
from workbench.speech import Engines
from workbench.start.words import translated
from workbench.store import media

TALK, COMMAND, LINE = " ", "\t", "t"


@dataclass(frozen=True)
class Sound:
    """
    One thing to hear.

    Args:
        wav: a complete WAV file.
        speed: 1.0 as it is.
        recording: a piece of what the question is about, not something that is said.
        start_ms: where that stands in its original.
        tones: (ms in the original, WAV) to sound along.
    """

    wav: bytes
    speed: float = 1.0
    recording: bool = False
    start_ms: int = 0
    tones: tuple[tuple[int, bytes], ...] = ()


class Microphone(Protocol):
    """Where the worker's voice comes from."""

    @property
    def rate_hz(self) -> int:
        """Samples per second."""
        ...

    def record(self) -> Iterator[bytes]:
        """16-bit mono chunks, until the worker presses a key again."""
        ...


class Loudspeaker(Protocol):
    """Where sound goes."""

    def play(self, sounds: Iterable[Sound]) -> None:
        """Begin to sound them one after another; returns at once."""
        ...

    def stop(self) -> None:
        """Silence, now."""
        ...

    @property
    def busy(self) -> bool:
        """Is anything to be heard now?"""
        ...

    def at_ms(self) -> int | None:
        """How far the recording is, from the start of its original; None where none was played."""
        ...


def spoken_by(engines: Engines, loudspeaker: Loudspeaker, language: str) -> Callable[[str], None]:
    """Says a text, and waits for nothing; where there is no voice it stands on the screen all the same."""

    def speak(text: str) -> None:
        with contextlib.suppress(SpeechError):
            loudspeaker.play([Sound(engines.out.say(text, Voice(language)).wav)])

    return speak


class Conversation:
    """
    One worker's spoken day in a terminal.

    Args:
        show: prints a line, for somebody who looks along or reads braille.
        read_line: asks for a typed text.
        verbosity: how much is said; None: as this person has chosen.
    """

    def __init__(
        self,
        ctx: Context,
        person: Person,
        engines: Engines,
        microphone: Microphone,
        loudspeaker: Loudspeaker,
        *,
        show: Callable[[str], None],
        read_line: Callable[[str], str],
        verbosity: dialogue.Verbosity | None = None,
    ) -> None:
        self.ctx, self.person, self.engines = ctx, person, engines
        self.microphone, self.loudspeaker = microphone, loudspeaker
        self.show, self.read_line = show, read_line
        chosen = voice_preferences(person.preferences.get("voice") or {})
        self.setting = Setting(verbosity or chosen.verbosity, chosen.rate, keys=chosen.keys)  # type: ignore[arg-type]
        self.state = dialogue.State("nl" if person.locale == "nl" else "en")
        self.ended = False
        self._until: int | None = None  # when a break is over, UTC ms
        self._session: Session | None = None
        self._dictated: Session | None = None  # the last free utterance, for its other readings

    def run(self, keys: Iterable[str | None]) -> None:
        """From hello to goodbye; the keys are names as `speech.commands` has them, None where none came for a moment."""
        self.state, turns = dialogue.begin(self.state.locale, self.person.name, self.setting)
        self._do(turns)
        for key in keys:
            if key is None:
                self._look_up()
            else:
                self.press(key)
            if self.ended:
                return

    def press(self, key: str) -> None:
        """One key; whatever sounds is cut off by it."""
        at_ms = self.loudspeaker.at_ms()
        # marking goes on while the recording plays; all else interrupts
        if key not in ("m", "."):
            self.loudspeaker.stop()
        if key in (TALK, COMMAND):
            self._talk(command=key == COMMAND)
        elif key == LINE:
            self.hear(Typed(self.read_line("> ")))
        else:
            self.hear(Key(key, at_ms))

    def hear(self, heard: Heard) -> None:
        """One step of the dialogue."""
        translate = partial(translated, locale=self.person.locale)
        self.state, turns = spoken.advance(self.ctx, self.person, self.state, heard, translate=translate)
        self._do(turns)

    def _look_up(self) -> None:
        """While nothing sounds: is the break over, did the coach answer?"""
        if self.loudspeaker.busy:
            return
        if self._until is not None and self.ctx.now() >= self._until:
            self._until = None
            self.hear(Waited())
        elif lines := spoken_day.news(self.ctx, self.person):
            self.hear(Told(lines))

    def _talk(self, *, command: bool) -> None:
        wanted = dialogue.listening(self.state, command=command)
        try:
            events = self._listen(wanted)
        except SpeechError as error:
            self.hear(Trouble(error.code))
            return
        final = next((event for event in events if isinstance(event, Final)), Final(""))
        trouble = next((event for event in events if isinstance(event, SoundTrouble)), None)
        if final.text:
            self._remember(dictated=wanted.phrases is None)
            self.show(f"< {final.text}")
            self.hear(Spoken(final.text, final.words, dictated=wanted.phrases is None))
        else:
            self.hear(Trouble(trouble.code if trouble else "not_understood"))

    def _remember(self, *, dictated: bool) -> None:
        if dictated:
            if self._dictated is not None and self._dictated is not self._session:
                self._dictated.close()
            self._dictated = self._session

    def _listen(self, wanted: Listening) -> list[object]:
        if self._session is not None and self._session is not self._dictated:
            self._session.close()
        self._session = self.engines.ears.open(wanted.language, grammar=wanted.phrases, rate=self.microphone.rate_hz)
        for chunk in self.microphone.record():
            self._session.feed(chunk)
        return list(self._session.finish())

    def _do(self, turns: Turns) -> None:
        sounds: list[Sound] = []
        for turn in turns:
            if isinstance(turn, AskOthers):
                self._others()
            elif isinstance(turn, Hush):
                self.loudspeaker.stop()
            elif isinstance(turn, Write) and turn.text:
                self.show(f"  {turn.text}")
            elif isinstance(turn, Wait):
                self._until = turn.until_ms
            elif isinstance(turn, SignOut):
                self.ended = True
            else:
                sounds += self._sound(turn)
        if sounds:
            self.loudspeaker.play(sounds)

    def _others(self) -> None:
        if self._dictated is not None:
            self.state, _ = dialogue.step(self.state, Others(self._dictated.alternatives()))

    def _sound(self, turn: object) -> list[Sound]:
        if isinstance(turn, Say):
            self.show(turn.text)
            try:
                said = self.engines.out.say(turn.text, Voice(turn.language, rate=self.state.rate), keep=not turn.own)
            except SpeechError:
                return []  # it stands on the screen and on the braille line
            return [Sound(said.wav)]
        if isinstance(turn, Tone):
            return [Sound(earcon_wav(turn.name))]
        return [self._clip(turn)] if isinstance(turn, Play) else []

    def _clip(self, turn: Play) -> Sound:
        medium = self.ctx.db.read(lambda connection: media.medium(connection, turn.media))
        assert medium is not None  # an assignment's medium is there
        made = derivatives.clip(self.ctx, medium, turn.start_ms, turn.end_ms)
        wav = b"".join(self.ctx.files.open(made.sha256))
        tones = tuple((at, earcon_wav(name)) for at, name in turn.tones)
        return Sound(wav, turn.speed, recording=True, start_ms=turn.start_ms, tones=tones)
