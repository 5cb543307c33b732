"""`mturk_form`: a requester's QuestionForm, asked as a native accessible form, and by voice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from accessibility.sentences import sentence
from mturk_bridge import patterns
from mturk_bridge.kinds import facts
from mturk_bridge.kinds.facts import Batch, Facts
from mturk_bridge.pages import converting
from task_types import fields, spoken, wording
from task_types.errors import NotSplittable
from task_types.exports import exporters_for
from task_types.fields import Fields, FieldsAnswer, FormField
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
from task_types.settings import GoldSchedule, StepSettings
from task_types.subjects import Subject, shown

OTHER = "_other"  # the field beside a selection in which somebody writes what is not in the list


class MturkSettings(StepSettings):
    """Settings of a step that came in through the bridge. There is no gold: the requester's answers are nobody's."""

    gold: GoldSchedule | None = Field(default=None, description="always off: HITs have no check questions")


class FormSettings(MturkSettings):
    """Of a batch that is asked as questions of our own, what all its rows share; a HIT brings its own."""

    template: dict[str, Json] | None = Field(
        default=None, description="overview, fields and names with ${places} for a row's values"
    )
    page: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the page that it was made of")
    facts: Facts | None = Field(default=None, description="title, requester, expected time, pay per hour")
    columns: tuple[str, ...] = Field(default=(), description="columns of the table, as in its header")
    batch: Batch | None = Field(default=None, description="what a results file tells of the batch")
    guarded: ClassVar[Mapping[str, Literal["always", "open"]]] = dict.fromkeys(("template", "page", "facts", "batch"), "always")


class Rule(BaseModel):
    """What a QuestionForm asks of one answer besides its kind. Lengths in characters, counts of selections."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shortest: int | None = None
    longest: int | None = None
    fewest: int | None = None
    most: int | None = None
    pattern: str | None = None
    pattern_words: str | None = None


class FormPayload(BaseModel):
    """One HIT. `names`: the requester's QuestionIdentifier of each field; `rules`: by field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: Facts
    overview: str = ""
    fields: Fields
    names: dict[str, str]
    rules: dict[str, Rule] = Field(default_factory=dict)

    @property
    def subject(self) -> Subject | None:
        """What stands above the questions."""
        return Subject(kind="text", text=self.overview) if self.overview else None


FormCase = Case[FormSettings, FormPayload]
BROKEN: Mapping[str, wording.Words] = {
    "short": {"nl": "{label}: schrijf minstens {n} tekens.", "en": "{label}: write at least {n} characters."},
    "long": {"nl": "{label}: schrijf hoogstens {n} tekens.", "en": "{label}: write at most {n} characters."},
    "few": {"nl": "{label}: kies er minstens {n}.", "en": "{label}: choose at least {n}."},
    "many": {"nl": "{label}: kies er hoogstens {n}.", "en": "{label}: choose at most {n}."},
    "pattern": {"nl": "{label}: schrijf het zoals gevraagd. {words}", "en": "{label}: write it as asked. {words}"},
}
NOTHING: wording.Words = {"nl": "Vul minstens één antwoord in.", "en": "Fill in at least one answer."}

_FACTS = Facts(
    title="Is this a boat?", description="Read the line and answer.", requester="Zender Noord", seconds=30, hourly_eur="15.20"
)
EXAMPLES: Sequence[Example[FormSettings, FormPayload, FieldsAnswer]] = (
    Example(
        title="A choice and a remark",
        case=Case(
            FormSettings(),
            FormPayload(
                facts=_FACTS,
                overview="A white sail on the IJsselmeer.",
                fields=(
                    FormField(name="q1", label="Is this about a boat?", kind="one", options=("yes", "no")),  # type: ignore[arg-type]
                    FormField(name="q2", label="Why?", kind="long_text", required=False),
                ),
                names={"q1": "isBoat", "q2": "why"},
            ),
            "en",
        ),
        accepted=[FieldsAnswer(fields={"q1": "yes", "q2": "It sails."})],
        wrong=None,
        form={"field-q1": "yes", "field-q2": "It sails."},
    ),
    Example(
        title="Several choices, a number and something else",
        case=Case(
            FormSettings(opinion=True, gold=None),
            FormPayload(
                facts=_FACTS.model_copy(update={"title": "What did you watch?", "seconds": 150}),
                fields=(
                    FormField(name="q1", label="Which programmes?", kind="several", options=("news", "sport", "film")),  # type: ignore[arg-type]
                    FormField(name="q1_other", label="Something else", kind="text", required=False),
                    FormField(name="q2", label="How many hours?", kind="number", min=0, max=24),
                ),
                names={"q1": "programmes", "q1_other": "programmes", "q2": "hours"},
                rules={"q1": Rule(fewest=1, most=2)},
            ),
            "en",
        ),
        accepted=[FieldsAnswer(fields={"q1": ("film", "news"), "q1_other": "a quiz", "q2": 1.5})],
        wrong=None,
        form={"field-q1": ["news", "film"], "field-q1_other": "a quiz", "field-q2": "1,5"},
    ),
)


class MturkForm:
    """The type object."""

    name = "mturk_form"
    version = 1
    title: Mapping[str, str] = {"nl": "Formulier van een opdrachtgever (MTurk)", "en": "Requester's form (MTurk)"}
    settings_model = FormSettings
    payload_model = FormPayload
    answer_model = FieldsAnswer
    accepts = frozenset({"row"})  # of a batch; a HIT comes in through the endpoint
    scoring = None
    aggregator = None
    label_studio = None
    exporters = exporters_for(FieldsAnswer, None)
    examples = EXAMPLES

    def needs(self, settings: FormSettings, payload: FormPayload) -> frozenset[Need]:
        """Reading, which a voice may do."""
        return frozenset({Need.READING})

    def split(self, source: Source, settings: FormSettings, media: MediaReader) -> Iterator[tuple[str, FormPayload]]:
        """A row of a batch fills the step's form in. A HIT is one question already."""
        row = source.first("row")
        if settings.template is None or settings.facts is None or row is None:
            raise NotSplittable(sentence('"{key}": HITs come in through the MTurk bridge, not by upload.', key=source.key))
        yield "form", FormPayload.model_validate({"facts": settings.facts, **converting.filled(settings.template, row.fields)})

    def question(self, case: FormCase) -> Question:
        """The requester's title and description, the time it takes and what it pays."""
        return facts.asked(case.payload.facts, case.locale)

    def widget(self, case: FormCase) -> Widget:
        """The questions under the overview."""
        subject = case.payload.subject
        asked = fields.shown(case.payload.fields, case.locale, unreadable=False)
        return Widget("form", {"subject": shown(subject, case.settings.language) if subject else None, "fields": asked})

    def dialogue(self, case: FormCase) -> Dialogue | NotByVoice:
        """Question by question."""
        asked = fields.shown(case.payload.fields, case.locale, unreadable=False)
        return spoken.fill(case.payload.subject, asked, case.settings.language, case.locale)

    def parse(self, case: FormCase, raw: Mapping[str, Any]) -> FieldsAnswer:
        """Form fields `field-<name>`."""
        return fields.parse(case.payload.fields, raw, case.locale)

    def check(self, case: FormCase, answer: FieldsAnswer) -> None:
        """Every value fits its field and the requester's rules; nothing at all is no answer."""
        fields.check(case.payload.fields, answer, case.locale, unreadable=False)
        if not answer.fields:
            raise AnswerError(wording.say(NOTHING, case.locale), field=f"field-{case.payload.fields[0].name}")
        by_name = {field.name: field for field in case.payload.fields}
        for name, value in answer.fields.items():
            broken = _broken(case.payload.rules.get(name), value)
            if broken:
                words = wording.say(BROKEN[broken[0]], case.locale, label=by_name[name].words(case.locale), **broken[1])
                raise AnswerError(words.strip(), field=f"field-{name}")

    def follow_up(self, case: FormCase, outcome: Outcome[FieldsAnswer]) -> Iterator[FormPayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def _broken(rule: Rule | None, value: Any) -> tuple[str, dict[str, object]] | None:
    """The first rule that a value breaks, with what its sentence needs."""
    if rule is None:
        return None
    size = len(value) if isinstance(value, str | tuple) else 0
    low, high = (rule.shortest, rule.longest) if isinstance(value, str) else (rule.fewest, rule.most)
    names = ("short", "long") if isinstance(value, str) else ("few", "many")
    if low is not None and size < low:
        return names[0], {"n": low}
    if high is not None and size > high:
        return names[1], {"n": high}
    if rule.pattern and isinstance(value, str) and not patterns.fits(rule.pattern, value):
        return "pattern", {"words": rule.pattern_words or ""}
    return None


TASK_TYPE = MturkForm()
