"""`recording`: read a sentence aloud, or make a gesture before the camera; check it, keep it or do it again.

Off until a manager allows it for the project, and the person agrees each time: without that tick nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from task_types import forms, subjects, wording
from task_types.errors import NotSplittable
from task_types.exports import exporters_for
from task_types.protocol import (
    AnswerError,
    Case,
    Dialogue,
    Example,
    Json,
    MediaReader,
    Need,
    NotByVoice,
    Outcome,
    Question,
    Source,
    Widget,
)
from task_types.settings import StepSettings


class RecordingSettings(StepSettings):
    """Settings of a step that records. Nothing is right or wrong in it."""

    opinion: Literal[True] = Field(default=True, description="always: recordings are collected, never judged here")
    guarded: ClassVar[Mapping[str, Literal["always", "open"]]] = {"allowed": "always"}

    allowed: bool = Field(default=False, description="a manager allows recording in this project")
    record: Literal["audio", "video"] = Field(default="audio", description="what is recorded: a voice, or a gesture on camera")
    most_seconds: int = Field(default=30, ge=2, le=300, description="a recording is no longer")
    text_column: str | None = Field(default=None, description="the column of a table row that is read aloud")


class RecordingPayload(BaseModel):
    """What to say or to show."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=2000)


class RecordingAnswer(BaseModel):
    """The media id of what was recorded and kept; `agreed`: the person said so this time."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    media: str = Field(max_length=64)
    agreed: bool


RecordingCase = Case[RecordingSettings, RecordingPayload]

TITLES: Mapping[str, wording.Words] = {
    "audio": {"nl": "Lees dit voor", "en": "Read this aloud"},
    "video": {"nl": "Doe dit voor de camera", "en": "Do this before the camera"},
}
STEPS: Mapping[str, Sequence[wording.Words]] = {
    "audio": (
        {"nl": "Lees de zin.", "en": "Read the sentence."},
        {"nl": "Druk op \u201copnemen\u201d en lees voor.", "en": "Press \u201crecord\u201d and read aloud."},
        {"nl": "Luister terug. Niet goed? Doe het opnieuw.", "en": "Listen back. Not good? Do it again."},
    ),
    "video": (
        {"nl": "Lees wat je moet doen.", "en": "Read what to do."},
        {"nl": "Druk op \u201copnemen\u201d en doe het.", "en": "Press \u201crecord\u201d and do it."},
        {"nl": "Kijk terug. Niet goed? Doe het opnieuw.", "en": "Look back. Not good? Do it again."},
    ),
}
AGREE: wording.Words = {
    "nl": "Ik wil dat deze opname wordt gebruikt.",
    "en": "I want this recording to be used.",
}
NOTHING_YET: wording.Words = {"nl": "Er is nog geen opname. Neem iets op.", "en": "There is no recording yet. Record something."}
NOT_AGREED: wording.Words = {
    "nl": "Zet een vinkje bij \u201cIk wil dat deze opname wordt gebruikt\u201d, of geef de taak terug.",
    "en": "Tick \u201cI want this recording to be used\u201d, or give the task back.",
}


def _answer(media: str) -> RecordingAnswer:
    return RecordingAnswer(media=media, agreed=True)


EXAMPLES: Sequence[Example[RecordingSettings, RecordingPayload, RecordingAnswer]] = (
    Example(
        title="A sentence read aloud",
        case=Case(RecordingSettings(allowed=True), RecordingPayload(text="The train leaves from platform five."), "en"),
        accepted=[_answer("5f0c1d2e3a4b5c6d7e8f9a0b")],
        wrong=None,
        form={"media": "5f0c1d2e3a4b5c6d7e8f9a0b", "agreed": "1"},
    ),
    Example(
        title="A wave before the camera",
        case=Case(RecordingSettings(allowed=True, record="video"), RecordingPayload(text="Wave with your right hand."), "en"),
        accepted=[_answer("0a1b2c3d4e5f60718293a4b5")],
        wrong=None,
        form={"media": "0a1b2c3d4e5f60718293a4b5", "agreed": "1"},
    ),
)


class Recording:
    """The type object."""

    name = "recording"
    version = 1
    title: Mapping[str, str] = {"nl": "Opnemen", "en": "Record"}
    settings_model = RecordingSettings
    payload_model = RecordingPayload
    answer_model = RecordingAnswer
    accepts = frozenset({"text", "row"})
    scoring = None
    aggregator = None
    label_studio = None
    exporters = exporters_for(RecordingAnswer, None)
    examples = EXAMPLES

    def needs(self, settings: RecordingSettings, payload: RecordingPayload) -> frozenset[Need]:
        """Reading, and speech for a voice."""
        return frozenset({Need.READING, Need.SPEECH}) if settings.record == "audio" else frozenset({Need.READING})

    def split(self, source: Source, settings: RecordingSettings, media: MediaReader) -> Iterator[tuple[str, RecordingPayload]]:
        """Each line of the text, once a manager allowed it."""
        if not settings.allowed:
            raise NotSplittable("Recording is off in this project. A manager can allow it: set allowed: true.", field="allowed")
        part = subjects.first_part(source, self.accepts, self.name)
        lines = [line.strip() for line in subjects.text_of(part, media, settings.text_column).splitlines() if line.strip()]
        for number, line in enumerate(lines, 1):
            yield f"line-{number}", RecordingPayload(text=line[:2000])

    def question(self, case: RecordingCase) -> Question:
        """Read, record, check."""
        return wording.ask(case.settings, case.locale, TITLES[case.settings.record], STEPS[case.settings.record])

    def widget(self, case: RecordingCase) -> Widget:
        """The words, a recorder and the tick."""
        settings = case.settings
        return Widget(
            "recording",
            {
                "text": case.payload.text,
                "language": settings.language,
                "record": settings.record,
                "most_seconds": settings.most_seconds,
                "agree_text": wording.say(AGREE, case.locale),
            },
        )

    def dialogue(self, case: RecordingCase) -> Dialogue | NotByVoice:
        """The page has a recorder; what is said here serves recognition and is not kept."""
        words = {"nl": "Opnemen gaat op de pagina, met de opnameknop.", "en": "Recording is done on the page, with its button."}
        return NotByVoice(wording.say(words, case.locale))

    def parse(self, case: RecordingCase, raw: Mapping[str, Any]) -> RecordingAnswer:
        """Fields `media` and `agreed`."""
        return RecordingAnswer(media=forms.text(raw, "media")[:64], agreed=forms.ticked(raw, "agreed"))

    def check(self, case: RecordingCase, answer: RecordingAnswer) -> None:
        """There is a recording, and the person wants it to be used."""
        if not answer.media.isalnum() or not answer.media.isascii():
            raise AnswerError(wording.say(NOTHING_YET, case.locale), field="media")
        if not answer.agreed:
            raise AnswerError(wording.say(NOT_AGREED, case.locale), field="agreed")

    def follow_up(self, case: RecordingCase, outcome: Outcome[RecordingAnswer]) -> Iterator[RecordingPayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = Recording()
