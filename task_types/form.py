"""`form`: type a receipt, a card or a page over into fields that the client defines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, field_validator

from task_types import crowds, fields, spoken, subjects, voting, wording
from task_types.exports import exporters_for
from task_types.fields import Fields, FieldsAnswer, FormField
from task_types.protocol import (
    Agreement,
    Case,
    Collected,
    Dialogue,
    Example,
    Json,
    Judged,
    Judgement,
    MediaReader,
    Need,
    NotByVoice,
    Outcome,
    Question,
    Settled,
    Source,
    Widget,
)
from task_types.subjects import Subject, SubjectSettings


class FormSettings(SubjectSettings):
    """Settings of a step that types something over."""

    fields: Fields = Field(default=(FormField(name="text", label={"nl": "Tekst", "en": "Text"}, kind="long_text"),))
    unreadable: bool = Field(default=True, description="\u201ccannot be read\u201d may be said of each field")

    @field_validator("fields")
    @classmethod
    def _names_differ(cls, found: tuple[FormField, ...]) -> tuple[FormField, ...]:
        fields.check_names(found)
        return found


FormCase = Case[FormSettings, Subject]

TITLE: wording.Words = {"nl": "Typ over wat er staat", "en": "Type over what it says"}
THEN: wording.Words = {"nl": "Vul elk vak in. Typ precies wat er staat.", "en": "Fill in every field. Type exactly what it says."}
SAID: wording.Words = {"nl": "Beantwoord elke vraag precies.", "en": "Answer every question exactly."}
UNREAD: wording.Words = {"nl": "Kun je iets niet lezen? Zeg dat bij het vak.", "en": "Can't read something? Say so at the field."}
UNREADABLE = "\x00unreadable"
NOTHING = "\x00nothing"


def _said(answer: FieldsAnswer, field: FormField) -> str:
    """What was answered to one field, as text to compare: spaces and capitals of typed text do not count."""
    if field.name in answer.unreadable:
        return UNREADABLE
    value = answer.fields.get(field.name)
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    return repr(float(value)) if isinstance(value, int | float) and not isinstance(value, bool) else json.dumps(value)


class FormScoring:
    """Share of the fields that are the same."""

    agreement: Agreement = "alpha"

    def gold_score(self, case: FormCase, answer: FieldsAnswer, accepted: Sequence[FieldsAnswer]) -> float:
        """Share of the fields that are as in the accepted answer it fits best."""
        return max((1.0 - self.distance(case, answer, one) for one in accepted), default=0.0)

    def distance(self, case: FormCase, left: FieldsAnswer, right: FieldsAnswer) -> float:
        """Share of the fields that differ."""
        asked = case.settings.fields
        return sum(_said(left, field) != _said(right, field) for field in asked) / len(asked)


class FormModel:
    """Field by field, the most likely value."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → share of fields as they came out."""
        return self._skills

    def settle(self, case: FormCase, judgements: Sequence[Judgement[FieldsAnswer]]) -> Outcome[FieldsAnswer]:
        """A filled-in form; `detail["fields"]` holds how sure each field is, the confidence is the least of them."""
        given = [(one.worker, one.answer) for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return Collected([answer for _, answer in given])
        if not given:
            return Settled(answer=None, confidence=None)
        values: dict[str, Any] = {}
        unreadable: list[str] = []
        sure: dict[str, float] = {}
        for field in case.settings.fields:
            said, sure[field.name] = self._one(field, given)
            if said == UNREADABLE:
                unreadable.append(field.name)
            elif said != NOTHING:
                # The first who said so: their own capitals and spaces.
                values[field.name] = next(a.fields[field.name] for _, a in given if _said(a, field) == said)
        answer = FieldsAnswer(fields=values, unreadable=tuple(unreadable))
        return Settled(answer, round(min(sure.values()), 4), {"fields": {name: round(value, 4) for name, value in sure.items()}})

    def _one(self, field: FormField, given: Sequence[tuple[int, FieldsAnswer]]) -> tuple[str, float]:
        votes = [(worker, _said(answer, field)) for worker, answer in given]
        # Typed values are open-ended: two more that nobody said keep a lone answer from being certain.
        return voting.most_likely(voting.chances(votes, [value for _, value in votes] + ["\x00other", "\x00more"], self._skills))


class FormAggregator:
    """Per field, by the posterior."""

    method = "per field"
    version = 1
    table = "nominal"

    def model(self, skills: Mapping[int, float]) -> FormModel:
        """With known skills."""
        return FormModel(skills)

    def fit(self, work: Sequence[Judged[FormSettings, Subject, FieldsAnswer]]) -> FormModel:
        """Share of fields as in gold, or as they came out."""
        return FormModel(crowds.fit_by_scores(work, FormModel({}), FormScoring()))


PAID = ["cash", "card"]
RECEIPT = FormSettings.model_validate(
    {
        "fields": [
            {"name": "shop", "label": {"nl": "Winkel", "en": "Shop"}},
            {"name": "date", "label": {"nl": "Datum", "en": "Date"}, "kind": "date"},
            {"name": "total", "label": {"nl": "Totaal", "en": "Total"}, "kind": "amount", "min": 0},
            {
                "name": "paid",
                "label": {"nl": "Betaald met", "en": "Paid by"},
                "kind": "one",
                "options": PAID,
                "required": False,
            },
        ]
    }
)
PAPER = Subject(kind="image", media="receipt", width=480, height=900)


def _answer(unreadable: Sequence[str] = (), **values: Any) -> FieldsAnswer:
    return FieldsAnswer(fields=values, unreadable=tuple(unreadable))


EXAMPLES: Sequence[Example[FormSettings, Subject, FieldsAnswer]] = (
    Example(
        title="A receipt",
        case=Case(RECEIPT, PAPER, "en"),
        accepted=[_answer(shop="De Groentekar", date="2026-11-21", total=12.5, paid="card")],
        wrong=_answer(shop="Bakker Bart", date="2026-11-12", total=125.0),
        form={"field-shop": "De Groentekar", "field-date": "2026-11-21", "field-total": "12,50", "field-paid": "card"},
    ),
    Example(
        title="A receipt with a stain",
        case=Case(RECEIPT, PAPER, "en"),
        accepted=[_answer(["date"], shop="De Groentekar", total=3.0)],
        wrong=_answer(shop="x", date="2026-01-01", total=1.0),
        form={"field-shop": "De Groentekar", "field-date": "", "unreadable-date": "1", "field-total": "3"},
    ),
)


class Form:
    """The type object."""

    name = "form"
    version = 1
    title: Mapping[str, str] = {"nl": "Overtypen", "en": "Fill in a form"}
    settings_model = FormSettings
    payload_model = Subject
    answer_model = FieldsAnswer
    accepts = frozenset({"image", "audio", "video", "text", "row"})
    scoring = FormScoring()
    aggregator = FormAggregator()
    label_studio = None  # several controls at once: Label Studio has no single one for it
    exporters = exporters_for(FieldsAnswer, None)
    examples = EXAMPLES

    def needs(self, settings: FormSettings, payload: Subject) -> frozenset[Need]:
        """Those of what is shown or heard; and reading, since there is text in it."""
        return subjects.NEEDS[payload.kind] | ({Need.READING} if payload.kind in ("image", "text") else frozenset())

    def split(self, source: Source, settings: FormSettings, media: MediaReader) -> Iterator[tuple[str, Subject]]:
        """Texts whole, pictures whole or in parts, sound at pauses, video at scenes."""
        return subjects.subjects(source, self.accepts, self.name, media, time=settings, text=settings, pictures=settings)

    def question(self, case: FormCase) -> Question:
        """Read, then type."""
        steps = (subjects.FIRST[case.payload.kind], THEN, *([UNREAD] if case.settings.unreadable else []))
        return wording.ask(case.settings, case.locale, TITLE, steps, (subjects.HEARD[case.payload.kind], SAID))

    def widget(self, case: FormCase) -> Widget:
        """The subject with the fields beside it."""
        settings = case.settings
        asked = fields.shown(settings.fields, case.locale, unreadable=settings.unreadable)
        return Widget("form", {"subject": subjects.shown(case.payload, settings.language), "fields": asked})

    def dialogue(self, case: FormCase) -> Dialogue | NotByVoice:
        """Field by field; a picture needs eyes."""
        asked = fields.shown(case.settings.fields, case.locale, unreadable=case.settings.unreadable)
        return spoken.fill(case.payload, asked, case.settings.language, case.locale)

    def parse(self, case: FormCase, raw: Mapping[str, Any]) -> FieldsAnswer:
        """Form fields `field-<name>`, `unreadable-<name>`."""
        return fields.parse(case.settings.fields, raw, case.locale)

    def check(self, case: FormCase, answer: FieldsAnswer) -> None:
        """Every value fits its field."""
        fields.check(case.settings.fields, answer, case.locale, unreadable=case.settings.unreadable)

    def follow_up(self, case: FormCase, outcome: Outcome[FieldsAnswer]) -> Iterator[Subject]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = Form()
