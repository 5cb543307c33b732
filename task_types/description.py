"""`description`: say in a few sentences what is there, by the client's rubric."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accessibility.sentences import sentence
from task_types import crowds, forms, spoken, studio, subjects, wording
from task_types.exports import exporters_for
from task_types.protocol import (
    Agreement,
    AnswerError,
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
from task_types.settings import Localised, in_locale
from task_types.subjects import Subject, SubjectSettings


class DescriptionSettings(SubjectSettings):
    """Settings of a step that describes. Lengths are in words."""

    rubric: tuple[Localised, ...] = Field(default=(), max_length=12, description="what a good description tells, one point each")
    min_words: int = Field(default=1, ge=1, le=1000)
    max_words: int | None = Field(default=None, ge=1, le=2000)

    @model_validator(mode="after")
    def _lengths_fit(self) -> DescriptionSettings:
        if self.max_words is not None and self.max_words < self.min_words:
            raise ValueError(sentence("max_words is less than min_words."))
        return self


class DescriptionAnswer(BaseModel):
    """The description."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    text: str


DescriptionCase = Case[DescriptionSettings, Subject]

LONGEST = 20_000  # characters: a limit for machines, far above any word limit
TITLE: wording.Words = {"nl": "Beschrijf wat er is", "en": "Describe what is there"}
THEN: wording.Words = {"nl": "Schrijf op wat er is. Gebruik gewone woorden.", "en": "Write down what is there. Use plain words."}
SAID: wording.Words = {"nl": "Zeg wat er is. Gebruik gewone woorden.", "en": "Say what is there. Use plain words."}
EMPTY: wording.Words = {"nl": "Er staat nog niets. Schrijf een beschrijving.", "en": "There is no text yet. Write a description."}
TOO_SHORT: wording.Words = {
    "nl": "Je schreef {count} woorden. Schrijf er ten minste {least}.",
    "en": "You wrote {count} words. Write at least {least}.",
}
TOO_LONG: wording.Words = {
    "nl": "Je schreef {count} woorden. Schrijf er niet meer dan {most}.",
    "en": "You wrote {count} words. Write no more than {most}.",
}


class DescriptionScoring:
    """How alike two texts are."""

    agreement: Agreement = "pairwise"

    def gold_score(self, case: DescriptionCase, answer: DescriptionAnswer, accepted: Sequence[DescriptionAnswer]) -> float:
        """Similarity to the nearest accepted text; capitals and punctuation do not count."""
        return max((1.0 - self.distance(case, answer, one) for one in accepted), default=0.0)

    def distance(self, case: DescriptionCase, left: DescriptionAnswer, right: DescriptionAnswer) -> float:
        """Character error rate of the normalised texts."""
        from quality.distances import character_error_rate, normalise_text

        language = case.settings.language
        return character_error_rate(normalise_text(left.text, language), normalise_text(right.text, language))


class DescriptionModel:
    """The text that is nearest to all the others, as its writer wrote it: mixing would make nonsense."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → similarity to what came out."""
        return self._skills

    def settle(self, case: DescriptionCase, judgements: Sequence[Judgement[DescriptionAnswer]]) -> Outcome[DescriptionAnswer]:
        """One of the texts; its confidence is its mean similarity to the others."""
        from quality.transcripts import medoid

        texts = [one.answer.text for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return Collected([DescriptionAnswer(text=text) for text in texts])
        if not texts:
            return Settled(answer=None, confidence=None)
        found = medoid(texts, language=case.settings.language)
        return Settled(DescriptionAnswer(text=found.text), round(found.confidence, 4))


class DescriptionAggregator:
    """The medoid, unweighted: where people differ widely, weights do harm."""

    method = "medoid"
    version = 1
    table = "medoid"

    def model(self, skills: Mapping[int, float]) -> DescriptionModel:
        """With known skills, which only say how alike a worker's texts are."""
        return DescriptionModel(skills)

    def fit(self, work: Sequence[Judged[DescriptionSettings, Subject, DescriptionAnswer]]) -> DescriptionModel:
        """Similarity to gold, or to what came out."""
        return DescriptionModel(crowds.fit_by_scores(work, DescriptionModel({}), DescriptionScoring()))


class DescriptionControl:
    """`TextArea` on anything; on sound alone that is `transcription`, so a config with that is not taken."""

    control = "TextArea"
    _tag = studio.Control("TextArea", ("image", "video", "text"))

    def config(self, settings: DescriptionSettings, payload: Subject) -> str:
        """The labelling config."""
        return self._tag.config(settings, payload.kind, attributes={"rows": "6", "maxSubmissions": "1", "editable": "true"})

    def from_config(self, xml: str) -> DescriptionSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        return None if found is None else DescriptionSettings.model_validate(found.settings())

    def task_data(self, case: DescriptionCase, url: str) -> dict[str, Json]:
        """The address or the text."""
        return subjects.studio_data(case.payload, studio.data_name(case.settings, case.payload.kind), url)

    def to_result(self, case: DescriptionCase, answer: DescriptionAnswer) -> list[dict[str, Json]]:
        """One region with the text."""
        return [studio.region(case.settings, "textarea", {"text": [answer.text]})]

    def from_result(self, case: DescriptionCase, result: Sequence[Mapping[str, Json]]) -> DescriptionAnswer:
        """Several submissions become lines."""
        return DescriptionAnswer(text="\n".join(studio.lines(case.settings, result)))


def _text(text: str) -> DescriptionAnswer:
    return DescriptionAnswer(text=text)


SCENE = Subject(kind="image", media="harbour", width=640, height=480)
RUBRIC = [{"nl": "Wie is er te zien?", "en": "Who is in it?"}, {"nl": "Waar is het?", "en": "Where is it?"}]
ASKED = DescriptionSettings.model_validate({"rubric": RUBRIC, "min_words": 4, "max_words": 40, "language": "en"})
EXAMPLES: Sequence[Example[DescriptionSettings, Subject, DescriptionAnswer]] = (
    Example(
        title="A harbour scene",
        case=Case(ASKED, SCENE, "en"),
        accepted=[_text("A woman ties a small boat to the quay of a harbour.")],
        wrong=_text("It is very nice weather today I think."),
        form={"text": "A woman ties a small boat to the quay of a harbour."},
    ),
    Example(
        title="A film fragment",
        case=Case(DescriptionSettings(language="nl"), Subject(kind="video", media="film", start_ms=1000, end_ms=8000), "nl"),
        accepted=[_text("Een man rent door de regen."), _text("Iemand rent in de regen.")],
        wrong=_text("Twee honden slapen."),
        form={"text": "Een man rent door de regen."},
    ),
)


class Description:
    """The type object."""

    name = "description"
    version = 1
    title: Mapping[str, str] = {"nl": "Beschrijven", "en": "Describe"}
    settings_model = DescriptionSettings
    payload_model = Subject
    answer_model = DescriptionAnswer
    accepts = frozenset({"image", "audio", "video", "text", "row"})
    scoring = DescriptionScoring()
    aggregator = DescriptionAggregator()
    label_studio = DescriptionControl()
    exporters = exporters_for(DescriptionAnswer, label_studio)
    examples = EXAMPLES

    def needs(self, settings: DescriptionSettings, payload: Subject) -> frozenset[Need]:
        """Those of what is shown or heard."""
        return subjects.NEEDS[payload.kind]

    def split(self, source: Source, settings: DescriptionSettings, media: MediaReader) -> Iterator[tuple[str, Subject]]:
        """Texts whole, pictures whole or in parts, sound at pauses, video at scenes."""
        return subjects.subjects(source, self.accepts, self.name, media, time=settings, text=settings, pictures=settings)

    def question(self, case: DescriptionCase) -> Question:
        """Look, then write."""
        steps, heard = (subjects.FIRST[case.payload.kind], THEN), (subjects.HEARD[case.payload.kind], SAID)
        return wording.ask(case.settings, case.locale, TITLE, steps, heard)

    def widget(self, case: DescriptionCase) -> Widget:
        """A text field with the rubric beside it."""
        settings = case.settings
        return Widget(
            "description",
            {
                "subject": subjects.shown(case.payload, settings.language),
                "rubric": [in_locale(point, case.locale) for point in settings.rubric],
                "min_words": settings.min_words,
                "max_words": settings.max_words,
                "max_length": LONGEST,
                "language": settings.language,
            },
        )

    def dialogue(self, case: DescriptionCase) -> Dialogue | NotByVoice:
        """In the worker's own words; a picture needs eyes."""
        language = case.settings.language
        shown = subjects.shown(case.payload, language)
        refusal = spoken.not_for_ears(case.payload, case.locale)
        return refusal or Dialogue("speak", {"subject": shown, "language": language, "exact": False})

    def parse(self, case: DescriptionCase, raw: Mapping[str, Any]) -> DescriptionAnswer:
        """Field `text`."""
        text = unicodedata.normalize("NFC", forms.text(raw, "text").replace("\r\n", "\n").replace("\r", "\n"))
        return DescriptionAnswer(text=text)

    def check(self, case: DescriptionCase, answer: DescriptionAnswer) -> None:
        """Some words, not too few and not too many, and nothing unreadable."""
        settings, locale = case.settings, case.locale
        count = len(answer.text.split())
        if not count:
            raise AnswerError(wording.say(EMPTY, locale), field="text")
        if count < settings.min_words:
            raise AnswerError(wording.say(TOO_SHORT, locale, count=count, least=settings.min_words), field="text")
        if len(answer.text) > LONGEST or count > (settings.max_words or count):
            most = settings.max_words or LONGEST // 5
            raise AnswerError(wording.say(TOO_LONG, locale, count=count, most=most), field="text")
        wording.check_readable(answer.text, locale, "text")

    def follow_up(self, case: DescriptionCase, outcome: Outcome[DescriptionAnswer]) -> Iterator[Subject]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = Description()
