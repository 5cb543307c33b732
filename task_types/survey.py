"""`survey`: a few questions about something, or about nothing but what people think. Never gold, never one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from task_types import fields, spoken, subjects, wording
from task_types.exports import exporters_for
from task_types.fields import Fields, FieldsAnswer, FormField
from task_types.protocol import (
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
from task_types.subjects import Subject


class SurveySettings(StepSettings):
    """Settings of a survey."""

    opinion: Literal[True] = Field(default=True, description="always: a survey has no right answers")
    fields: Fields = Field(
        default=(FormField(name="remark", label={"nl": "Wat vind je ervan?", "en": "What do you think?"}, kind="long_text"),)
    )

    @field_validator("fields")
    @classmethod
    def _names_differ(cls, found: tuple[FormField, ...]) -> tuple[FormField, ...]:
        fields.check_names(found)
        return found


class SurveyPayload(BaseModel):
    """What the survey is about; None: about nothing that is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Subject | None = None


SurveyCase = Case[SurveySettings, SurveyPayload]

TITLE: wording.Words = {"nl": "Wat vind je?", "en": "What do you think?"}
STEPS: Sequence[wording.Words] = (
    {"nl": "Beantwoord de vragen.", "en": "Answer the questions."},
    {"nl": "Geen antwoord is fout.", "en": "No answer is wrong."},
)
WEEK = [{"value": "1", "text": {"nl": "saai", "en": "dull"}}, {"value": "2", "text": {"nl": "leuk", "en": "fun"}}]
KINDS = ["pictures", "sounds", "texts"]
ABOUT_WORK = SurveySettings.model_validate(
    {
        "question": {"nl": "Hoe was deze week?", "en": "How was this week?"},
        "fields": [
            {
                "name": "week",
                "label": {"nl": "Hoe was je week?", "en": "How was your week?"},
                "kind": "scale",
                "options": [
                    {"value": "1", "text": {"nl": "saai", "en": "dull"}},
                    {"value": "2", "text": {"nl": "leuk", "en": "fun"}},
                ],
            },
            {
                "name": "liked",
                "label": "What did you like?",
                "kind": "several",
                "options": KINDS,
                "required": False,
            },
            {"name": "again", "label": "Would you do it again?", "kind": "yes_no", "required": False},
            {"name": "hours", "label": "How many hours?", "kind": "integer", "min": 0, "max": 40, "required": False},
        ],
    }
)
EXAMPLES: Sequence[Example[SurveySettings, SurveyPayload, FieldsAnswer]] = (
    Example(
        title="About a week of work",
        case=Case(ABOUT_WORK, SurveyPayload(), "en"),
        accepted=[FieldsAnswer(fields={"week": "2", "liked": ("pictures", "texts"), "again": True, "hours": 12})],
        wrong=None,
        form={"field-week": "2", "field-liked": ["texts", "pictures"], "field-again": "yes", "field-hours": "12"},
    ),
    Example(
        title="About a picture",
        case=Case(SurveySettings(), SurveyPayload(subject=Subject(kind="image", media="poster", width=400, height=600)), "en"),
        accepted=[FieldsAnswer(fields={"remark": "I would stop and look."})],
        wrong=None,
        form={"field-remark": "I would stop and look."},
    ),
)


class Survey:
    """The type object."""

    name = "survey"
    version = 1
    title: Mapping[str, str] = {"nl": "Vragenlijst", "en": "Survey"}
    settings_model = SurveySettings
    payload_model = SurveyPayload
    answer_model = FieldsAnswer
    accepts = frozenset({"image", "audio", "video", "text", "row"})
    scoring = None
    aggregator = None
    label_studio = None
    exporters = exporters_for(FieldsAnswer, None)
    examples = EXAMPLES

    def needs(self, settings: SurveySettings, payload: SurveyPayload) -> frozenset[Need]:
        """Reading the questions, and what the subject takes."""
        return frozenset({Need.READING}) | (subjects.NEEDS[payload.subject.kind] if payload.subject else frozenset())

    def split(self, source: Source, settings: SurveySettings, media: MediaReader) -> Iterator[tuple[str, SurveyPayload]]:
        """The source whole: one survey about it, or about nothing."""
        part = source.first(*sorted(self.accepts))
        if part is None:
            yield "survey", SurveyPayload()
            return
        found = subjects.subjects(source, self.accepts, self.name, media)  # about the whole of something: nothing is cut
        yield "survey", SurveyPayload(subject=next(subject for _, subject in found))

    def question(self, case: SurveyCase) -> Question:
        """No answer is wrong."""
        return wording.ask(case.settings, case.locale, TITLE, STEPS)

    def widget(self, case: SurveyCase) -> Widget:
        """The questions, with the subject where there is one."""
        subject = case.payload.subject
        shown = subjects.shown(subject, case.settings.language) if subject else None
        return Widget("form", {"subject": shown, "fields": fields.shown(case.settings.fields, case.locale, unreadable=False)})

    def dialogue(self, case: SurveyCase) -> Dialogue | NotByVoice:
        """Question by question; about a picture it needs eyes."""
        asked = fields.shown(case.settings.fields, case.locale, unreadable=False)
        return spoken.fill(case.payload.subject, asked, case.settings.language, case.locale)

    def parse(self, case: SurveyCase, raw: Mapping[str, Any]) -> FieldsAnswer:
        """Form fields `field-<name>`."""
        return fields.parse(case.settings.fields, raw, case.locale)

    def check(self, case: SurveyCase, answer: FieldsAnswer) -> None:
        """Every value fits its field."""
        fields.check(case.settings.fields, answer, case.locale, unreadable=False)

    def follow_up(self, case: SurveyCase, outcome: Outcome[FieldsAnswer]) -> Iterator[SurveyPayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = Survey()
