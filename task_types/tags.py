"""`tags`: all labels that fit, for a picture, a sound, a video or a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from task_types import crowds, forms, labels, spoken, studio, subjects, voting, wording
from task_types.exports import exporters_for
from task_types.opinions import shares
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


class TagSettings(labels.LabelSettings, SubjectSettings):
    """Settings of a step with several labels. min_labels 0: a person may say that none fits."""

    min_labels: int = Field(default=0, ge=0, le=200, description="0: \u201cnone of these\u201d is an answer too")
    max_labels: int = Field(default=200, ge=1, le=200)


class TagAnswer(BaseModel):
    """The values of the labels that fit, in any order, each once; none: nothing fits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...]

    @field_validator("labels")
    @classmethod
    def _each_once(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        # Sorted, so that the same choice is the same answer whatever was ticked first.
        return tuple(sorted(set(labels)))


TagCase = Case[TagSettings, Subject]

THEN: wording.Words = {"nl": "Kies alles wat past.", "en": "Choose all that fit."}
NONE: wording.Words = {"nl": "Geen van deze", "en": "None of these"}
EMPTY: wording.Words = {
    "nl": "Je koos nog niets. Kies wat past, of kies \u201cGeen van deze\u201d.",
    "en": "You chose nothing yet. Choose what fits, or choose \u201cNone of these\u201d.",
}
TOO_FEW: wording.Words = {"nl": "Kies er ten minste {least}.", "en": "Choose at least {least}."}
TOO_MANY: wording.Words = {"nl": "Kies er niet meer dan {most}.", "en": "Choose no more than {most}."}


class TagScoring:
    """F1 over the labels."""

    agreement: Agreement = "alpha"

    def gold_score(self, case: TagCase, answer: TagAnswer, accepted: Sequence[TagAnswer]) -> float:
        """F1 against the accepted set it fits best."""
        return max((1.0 - self.distance(case, answer, one) for one in accepted), default=0.0)

    def distance(self, case: TagCase, left: TagAnswer, right: TagAnswer) -> float:
        """1 − F1 of the two sets."""
        from quality.distances import set_distance

        return set_distance(left.labels, right.labels)


class TagModel:
    """Every label is a yes/no question of its own."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → mean F1 with what most people chose."""
        return self._skills

    def settle(self, case: TagCase, judgements: Sequence[Judgement[TagAnswer]]) -> Outcome[TagAnswer]:
        """The labels that are more likely than not; `detail["chances"]` holds each one's chance."""
        given = [(one.worker, set(one.answer.labels)) for one in judgements if one.answer is not None]
        known = [label.value for label in case.settings.labels]
        if case.settings.opinion:
            return shares(Counter(label for _, chosen in given for label in sorted(chosen)), known, people=len(given))
        if not given:
            return Settled(answer=None, confidence=None)
        chances = {label: self._chance(label, given) for label in known}
        sure = [max(chance, 1.0 - chance) for chance in chances.values()]
        kept = TagAnswer(labels=tuple(label for label, chance in chances.items() if chance > 0.5))
        rounded = {label: round(chance, 4) for label, chance in chances.items() if chance > 0.05}
        return Settled(kept, round(min(sure), 4), {"chances": rounded})

    def _chance(self, label: str, given: Sequence[tuple[int, set[str]]]) -> float:
        votes = [(worker, "yes" if label in chosen else "no") for worker, chosen in given]
        return voting.chances(votes, ("yes", "no"), self._skills)["yes"]


class TagAggregator:
    """Per label, by the posterior of a yes/no question."""

    method = "per label"
    version = 1
    table = "set"

    def model(self, skills: Mapping[int, float]) -> TagModel:
        """With known skills."""
        return TagModel(skills)

    def fit(self, work: Sequence[Judged[TagSettings, Subject, TagAnswer]]) -> TagModel:
        """Skill: how well a worker's labels fit what came out, or gold."""
        scoring, even = TagScoring(), TagModel({})
        return TagModel(crowds.fit_by_scores(work, even, scoring))


class TagControl:
    """`Choices` with `choice="multiple"`."""

    control = "Choices"
    _tag = studio.Control("Choices", ("image", "audio", "video", "text"), child="Choice")

    def config(self, settings: TagSettings, payload: Subject) -> str:
        """The labelling config."""
        values = [label.value for label in settings.labels]
        return self._tag.config(settings, payload.kind, values, {"choice": "multiple"})

    def from_config(self, xml: str) -> TagSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        if found is None or not found.element.get("choice", "single").startswith("multiple"):
            return None
        return TagSettings.model_validate(found.settings("labels"))

    def task_data(self, case: TagCase, url: str) -> dict[str, Json]:
        """The address or the text."""
        return subjects.studio_data(case.payload, studio.data_name(case.settings, case.payload.kind), url)

    def to_result(self, case: TagCase, answer: TagAnswer) -> list[dict[str, Json]]:
        """One region with all labels; none when nothing fits."""
        chosen = list(answer.labels)
        return [studio.region(case.settings, "choices", {"choices": chosen})] if chosen else []

    def from_result(self, case: TagCase, result: Sequence[Mapping[str, Json]]) -> TagAnswer:
        """The labels of all its regions."""
        found = studio.values(case.settings, "choices", result)
        return TagAnswer(labels=tuple(label for value in found for label in value["choices"]))


def _example(
    title: str, subject: Subject, accepted: Sequence[Sequence[str]], wrong: Sequence[str] | None, **settings: Any
) -> Example[TagSettings, Subject, TagAnswer]:
    return Example(
        title=title,
        case=Case(TagSettings.model_validate(settings), subject, "en"),
        accepted=[TagAnswer(labels=tuple(one)) for one in accepted],
        wrong=None if wrong is None else TagAnswer(labels=tuple(wrong)),
        form={"labels": list(accepted[0])} if accepted[0] else {"nothing": "1"},
    )


HARBOUR = Subject(kind="image", media="harbour", width=640, height=480)
SEEN = ["boat", "person", "water", "dog"]


class Tags:
    """The type object."""

    name = "tags"
    version = 1
    title: Mapping[str, str] = {"nl": "Labels geven", "en": "Tag"}
    settings_model = TagSettings
    payload_model = Subject
    answer_model = TagAnswer
    accepts = frozenset({"image", "audio", "video", "text", "row"})
    scoring = TagScoring()
    aggregator = TagAggregator()
    label_studio = TagControl()
    exporters = exporters_for(TagAnswer, label_studio)
    examples: Sequence[Example[TagSettings, Subject, TagAnswer]] = (
        _example("A harbour", HARBOUR, [["boat", "water"], ["boat", "person", "water"]], ["dog"], labels=SEEN),
        _example("Nothing of the list", HARBOUR, [[]], ["dog", "cat"], labels=["dog", "cat", "horse"]),
        _example(
            "What a fragment makes you think of: an opinion",
            Subject(kind="audio", media="bach", start_ms=0, end_ms=10000),
            [["calm", "old"]],
            None,
            labels=["calm", "busy", "old", "new"],
            opinion=True,
        ),
    )

    def needs(self, settings: TagSettings, payload: Subject) -> frozenset[Need]:
        """Those of what is shown or heard."""
        return subjects.NEEDS[payload.kind]

    def split(self, source: Source, settings: TagSettings, media: MediaReader) -> Iterator[tuple[str, Subject]]:
        """Texts whole, pictures whole or in parts, sound at pauses, video at scenes."""
        return subjects.subjects(source, self.accepts, self.name, media, time=settings, text=settings, pictures=settings)

    def question(self, case: TagCase) -> Question:
        """Look, then choose all that fit."""
        kind = case.payload.kind
        steps, heard = (subjects.FIRST[kind], THEN), (subjects.HEARD[kind], THEN)
        return wording.ask(case.settings, case.locale, subjects.WHAT[kind], steps, heard)

    def widget(self, case: TagCase) -> Widget:
        """Checkboxes, searchable when there are many."""
        settings = case.settings
        return Widget(
            "tags",
            {
                "subject": subjects.shown(case.payload, settings.language),
                **labels.shown(settings, case.locale),
                "min_labels": settings.min_labels,
                "max_labels": min(settings.max_labels, len(settings.labels)),
                "nothing_allowed": settings.min_labels == 0,
                "nothing_text": wording.say(NONE, case.locale),
            },
        )

    def dialogue(self, case: TagCase) -> Dialogue | NotByVoice:
        """Labels one by one; a picture needs eyes."""
        settings, locale = case.settings, case.locale
        shown, nothing = labels.shown(settings, locale)["labels"], settings.min_labels == 0
        return spoken.choose(case.payload, shown, settings.language, locale, field="labels", several=True, nothing=nothing)

    def parse(self, case: TagCase, raw: Mapping[str, Any]) -> TagAnswer:
        """Field `labels`, once or more; `nothing` when none fits."""
        chosen = forms.several(raw, "labels")
        if not chosen and not (case.settings.min_labels == 0 and forms.ticked(raw, "nothing")):
            raise AnswerError(wording.say(EMPTY, case.locale), field="labels")
        return TagAnswer(labels=tuple(chosen))

    def check(self, case: TagCase, answer: TagAnswer) -> None:
        """Labels of the list, not too few and not too many."""
        settings, locale = case.settings, case.locale
        for label in answer.labels:
            labels.check(label, settings, locale, "labels")
        if len(answer.labels) < settings.min_labels:
            raise AnswerError(wording.say(TOO_FEW, locale, least=settings.min_labels), field="labels")
        if len(answer.labels) > settings.max_labels:
            raise AnswerError(wording.say(TOO_MANY, locale, most=settings.max_labels), field="labels")

    def follow_up(self, case: TagCase, outcome: Outcome[TagAnswer]) -> Iterator[Subject]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = Tags()
