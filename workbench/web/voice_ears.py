"""
Listening to one worker: the present utterance, and the last one that was dictated, for its other readings.

Sound is fed to the recogniser as it comes and kept nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from accessibility.dialogues.heard import Heard
    from accessibility.dialogues.turns import Listening
    from accessibility.speech.heard import Alternative, Event
    from accessibility.speech.recognition import Session
    from workbench.speech import Engines


class Ears:
    """Each method waits for the recogniser, so that a slow one slows down its own speaker and nobody else."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._session: Session | None = None
        self._dictated: Session | None = None
        self._wanted: Listening | None = None
        self._failed: str | None = None  # why listening stopped
        self._talking = False
        self._odd: str | None = None  # something about the sound that came before its end

    @property
    def listening(self) -> bool:
        """Is the worker talking, as far as we know?"""
        return self._talking

    @property
    def wanted(self) -> Listening | None:
        """What is listened with; None: nothing was yet."""
        return self._wanted

    @property
    def failed(self) -> bool:
        """Nothing more is heard until the next `open`."""
        return self._failed is not None

    async def open(self, wanted: Listening, *, hands_free: bool = False) -> bool:
        """Begin to listen; False: it cannot be, and the end of the utterance will say why."""
        from accessibility.speech.errors import SpeechError

        self._let_go()
        self._failed, self._odd, self._wanted, self._talking = None, None, wanted, not hands_free
        try:
            ears = await run_in_threadpool(lambda: self._engines.ears)
            self._session = await ears.open_async(wanted.language, grammar=wanted.phrases, hands_free=hands_free)
        except SpeechError as error:
            self._failed = error.code
        return self._failed is None

    async def feed(self, chunk: bytes) -> tuple[str | None, Heard | None]:
        """(what is being said, where that changed; what was heard, where an open microphone heard a pause)."""
        from accessibility.speech.errors import SpeechError
        from accessibility.speech.heard import Final, Partial, Trouble

        if self._session is None or self._failed is not None:
            return None, None
        try:
            events = await self._session.feed_async(chunk)
        except SpeechError as error:
            self._failed = error.code
            return None, None
        self._odd = next((event.code for event in events if isinstance(event, Trouble)), self._odd)
        partial = next((event.text for event in events if isinstance(event, Partial)), None)
        ended = any(isinstance(event, Final) for event in events)
        return partial, self._heard(events) if ended else None

    async def finish(self) -> Heard:
        """The talk key is up."""
        self._talking = False
        from accessibility.speech.errors import SpeechError

        try:
            events = await self._session.finish_async() if self._session and not self._failed else []
        except SpeechError as error:
            events, self._failed = [], error.code
        return self._heard(events)

    async def others(self) -> tuple[Alternative, ...]:
        """Other readings of the last dictated utterance, for fixing; going without them is no harm."""
        from accessibility.speech.errors import SpeechError

        try:
            return await self._dictated.alternatives_async() if self._dictated else ()
        except SpeechError:
            return ()

    def close(self) -> None:
        """Forget all sound."""
        self._let_go()
        if self._dictated is not None:
            self._dictated.close()
            self._dictated = None

    def _heard(self, events: list[Event]) -> Heard:
        from accessibility.dialogues.heard import Spoken, Trouble
        from accessibility.speech.heard import Final
        from accessibility.speech.heard import Trouble as SoundTrouble

        final = next((event for event in events if isinstance(event, Final)), Final(""))
        if not final.text or self._wanted is None:
            trouble = next((event.code for event in events if isinstance(event, SoundTrouble)), "not_understood")
            return Trouble(self._failed or self._odd or trouble)
        dictated = self._wanted.phrases is None
        if dictated and self._dictated is not self._session:
            if self._dictated is not None:
                self._dictated.close()
            self._dictated = self._session
        return Spoken(final.text, final.words, dictated=dictated)

    def _let_go(self) -> None:
        if self._session is not None and self._session is not self._dictated:
            self._session.close()
        self._session = None
