"""`choice`: one label out of a list, for a picture, a sound, a video or a text. `text_label` is the same for texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from task_types import forms, labels, spoken, studio, subjects, voting, wording
from task_types.exports import exporters_for
from task_types.opinions import distribution
from task_types.protocol import (
    Agreement,
    AnswerError,
    Case,
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


class ChoiceSettings(labels.LabelSettings, SubjectSettings):
    """Settings of a step with one choice."""


class ChoiceAnswer(BaseModel):
    """The value of one label."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    label: str


ChoiceCase = Case[ChoiceSettings, Subject]

THEN: wording.Words = {"nl": "Kies het antwoord dat het best past.", "en": "Choose the answer that fits best."}
CHOOSE: wording.Words = {"nl": "Kies een van de antwoorden.", "en": "Choose one of the answers."}


class ChoiceScoring:
    """The same label or another."""

    agreement: Agreement = "alpha"

    def gold_score(self, case: ChoiceCase, answer: ChoiceAnswer, accepted: Sequence[ChoiceAnswer]) -> float:
        """1 when it is accepted."""
        return float(answer in accepted)

    def distance(self, case: ChoiceCase, left: ChoiceAnswer, right: ChoiceAnswer) -> float:
        """0 when equal, else 1."""
        return float(left != right)


class ChoiceModel:
    """The most likely label, given each worker's share of right answers and what they say instead."""

    def __init__(self, crowd: voting.Crowd) -> None:
        self.crowd = crowd

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → share of right answers."""
        return self.crowd.skills

    def settle(self, case: ChoiceCase, judgements: Sequence[Judgement[ChoiceAnswer]]) -> Outcome[ChoiceAnswer]:
        """One label; in an opinion project how often each was chosen."""
        votes = voting.given_values(judgements, lambda answer: answer.label)
        known = [label.value for label in case.settings.labels]
        if case.settings.opinion:
            return distribution((value for _, value in votes), known)
        if not votes:
            return Settled(answer=None, confidence=None)
        value, chance = voting.most_likely(voting.chances(votes, known, self.crowd.skills, self.crowd.confusions))
        return Settled(ChoiceAnswer(label=value), round(chance, 4))


class ChoiceAggregator:
    """Skills and confusions from the mean of four models over the step; each microtask by the mean of both posteriors."""

    method = "mean of models with confusions"
    version = 2
    table = "nominal"

    def model(self, skills: Mapping[int, float]) -> ChoiceModel:
        """With known skills."""
        return ChoiceModel(voting.Crowd(dict(skills)))

    def fit(self, work: Sequence[Judged[ChoiceSettings, Subject, ChoiceAnswer]]) -> ChoiceModel:
        """Each worker's share of right answers, and what each says where something else is right."""
        return ChoiceModel(voting.crowd(work, lambda answer: answer.label))

    def model_of(self, skills: Mapping[int, float], habits: Mapping[int, Json]) -> ChoiceModel:
        """With known skills, and per worker what `habits_of` kept."""
        return ChoiceModel(voting.remembered(skills, habits))

    def habits_of(self, model: ChoiceModel) -> Mapping[int, Json]:
        """Worker → {"said": {what is right: {what the worker says then: how often}}}."""
        return model.crowd.remember()


class ChoiceControl:
    """`Choices` with `choice="single"`."""

    control = "Choices"

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self._tag = studio.Control("Choices", kinds, child="Choice")

    def config(self, settings: ChoiceSettings, payload: Subject) -> str:
        """The labelling config."""
        values = [label.value for label in settings.labels]
        return self._tag.config(settings, payload.kind, values, {"choice": "single"})

    def from_config(self, xml: str) -> ChoiceSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        if found is None or found.element.get("choice", "single").startswith("multiple"):
            return None
        return ChoiceSettings.model_validate(found.settings("labels"))

    def task_data(self, case: ChoiceCase, url: str) -> dict[str, Json]:
        """The address or the text."""
        return subjects.studio_data(case.payload, studio.data_name(case.settings, case.payload.kind), url)

    def to_result(self, case: ChoiceCase, answer: ChoiceAnswer) -> list[dict[str, Json]]:
        """One region."""
        return [studio.region(case.settings, "choices", {"choices": [answer.label]})]

    def from_result(self, case: ChoiceCase, result: Sequence[Mapping[str, Json]]) -> ChoiceAnswer:
        """The choice.

        Raises:
            ValueError: there is none.
        """
        found = studio.only(studio.values(case.settings, "choices", result), "choice")
        return ChoiceAnswer(label=found["choices"][0])


class Choice:
    """The type object, for one name and the kinds of parts it asks about."""

    version = 1
    settings_model = ChoiceSettings
    payload_model = Subject
    answer_model = ChoiceAnswer
    scoring = ChoiceScoring()
    aggregator = ChoiceAggregator()

    def __init__(
        self,
        name: str,
        title: Mapping[str, str],
        accepts: frozenset[str],
        examples: Sequence[Example[ChoiceSettings, Subject, ChoiceAnswer]],
    ) -> None:
        self.name = name
        self.title = title
        self.accepts = accepts
        self.examples = examples
        self.label_studio = ChoiceControl(("text",) if "image" not in accepts else ("image", "audio", "video", "text"))
        self.exporters = exporters_for(ChoiceAnswer, self.label_studio)

    def needs(self, settings: ChoiceSettings, payload: Subject) -> frozenset[Need]:
        """A choice about a picture is not a choice about a sound."""
        return subjects.NEEDS[payload.kind]

    def split(self, source: Source, settings: ChoiceSettings, media: MediaReader) -> Iterator[tuple[str, Subject]]:
        """Texts whole, pictures whole or in parts, sound at pauses, video at scenes."""
        return subjects.subjects(source, self.accepts, self.name, media, time=settings, text=settings, pictures=settings)

    def question(self, case: ChoiceCase) -> Question:
        """Look, then choose."""
        kind = case.payload.kind
        steps, heard = (subjects.FIRST[kind], THEN), (subjects.HEARD[kind], THEN)
        return wording.ask(case.settings, case.locale, subjects.WHAT[kind], steps, heard)

    def widget(self, case: ChoiceCase) -> Widget:
        """Radio buttons, searchable when there are many."""
        shown = subjects.shown(case.payload, case.settings.language)
        return Widget("choice", {"subject": shown, **labels.shown(case.settings, case.locale)})

    def dialogue(self, case: ChoiceCase) -> Dialogue | NotByVoice:
        """A label by its words or its number; a picture needs eyes."""
        shown = labels.shown(case.settings, case.locale)["labels"]
        return spoken.choose(case.payload, shown, case.settings.language, case.locale, field="label")

    def parse(self, case: ChoiceCase, raw: Mapping[str, Any]) -> ChoiceAnswer:
        """Field `label`."""
        value = forms.text(raw, "label")
        if not value:
            raise AnswerError(wording.say(CHOOSE, case.locale), field="label")
        return ChoiceAnswer(label=value)

    def check(self, case: ChoiceCase, answer: ChoiceAnswer) -> None:
        """A label of the list."""
        labels.check(answer.label, case.settings, case.locale, "label")

    def follow_up(self, case: ChoiceCase, outcome: Outcome[ChoiceAnswer]) -> Iterator[Subject]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def _example(
    title: str, subject: Subject, accepted: Sequence[str], wrong: str | None, **settings: Any
) -> Example[ChoiceSettings, Subject, ChoiceAnswer]:
    return Example(
        title=title,
        case=Case(ChoiceSettings.model_validate(settings), subject, "en"),
        accepted=[ChoiceAnswer(label=label) for label in accepted],
        wrong=None if wrong is None else ChoiceAnswer(label=wrong),
        form={"label": accepted[0]},
    )


ANIMALS = [
    {"value": "dog", "text": {"nl": "hond", "en": "dog"}, "group": {"nl": "dieren", "en": "animals"}},
    {"value": "cat", "text": {"nl": "kat", "en": "cat"}, "group": {"nl": "dieren", "en": "animals"}},
    {"value": "boat", "text": {"nl": "boot", "en": "boat"}, "group": {"nl": "dingen", "en": "things"}},
    {"value": "none", "text": {"nl": "geen van deze", "en": "none of these"}},
]
TASK_TYPE = Choice(
    "choice",
    {"nl": "Kiezen", "en": "Choose one"},
    frozenset({"image", "audio", "video", "text", "row"}),
    (
        _example(
            "An animal in a photo", Subject(kind="image", media="cat", width=640, height=480), ["cat"], "dog", labels=ANIMALS
        ),
        _example(
            "What a sound is",
            Subject(kind="audio", media="street", start_ms=4000, end_ms=9000),
            ["traffic", "noise"],
            "music",
            labels=["music", "speech", "traffic", "noise"],
            question="Which sound do you hear?",
        ),
        _example(
            "The best headline colour: an opinion",
            Subject(kind="text", text="Red, green or blue?"),
            ["green"],
            None,
            labels=["red", "green", "blue"],
            opinion=True,
        ),
    ),
)
TEXT_LABEL = Choice(
    "text_label",
    {"nl": "Tekst indelen", "en": "Label a text"},
    frozenset({"text", "row"}),
    (
        _example(
            "A news item",
            Subject(kind="text", text="De brug bij Zwolle is weer open na de storm."),
            ["weather", "traffic"],
            "sport",
            labels=["weather", "traffic", "sport", "politics"],
            language="nl",
        ),
        _example(
            "An introduction of a talk show",
            Subject(kind="text", text="Tonight: a singer who became a baker. Welcome!"),
            ["guest"],
            "politics",
            labels=["guest", "politics", "music"],
            question="What does the introduction announce?",
        ),
    ),
)
