"""`rating`: how good, how clear, how far … on a scale with words, for a picture, a sound, a video or a text."""

# ruff: noqa: ARG002  (a type answers the whole protocol, also with arguments it has no use for)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from task_types import forms, subjects, wording
from task_types.opinions import distribution
from task_types.protocol import (
    AnswerError,
    Case,
    Dialogue,
    Distribution,
    Example,
    Exporter,
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
from task_types.settings import Localised, StepSettings, in_locale
from task_types.subjects import Subject


class Point(BaseModel):
    """One point of the scale, with its words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: int
    text: Localised | None = None
    symbol: str | None = None


FIVE = (
    Point(value=1, text={"nl": "heel slecht", "en": "very bad"}),
    Point(value=2, text={"nl": "slecht", "en": "bad"}),
    Point(value=3, text={"nl": "gaat wel", "en": "fair"}),
    Point(value=4, text={"nl": "goed", "en": "good"}),
    Point(value=5, text={"nl": "heel goed", "en": "very good"}),
)


def _scale(raw: Any) -> Any:
    """`5`, `[bad, fair, good]` and a full list are all scales."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return FIVE if raw == 5 else [{"value": i} for i in range(1, raw + 1)]
    if isinstance(raw, list) and all(isinstance(point, str) for point in raw):
        return [{"value": i, "text": point} for i, point in enumerate(raw, 1)]
    return raw


class RatingSettings(StepSettings):
    """Settings of a rating step."""

    scale: Annotated[tuple[Point, ...], BeforeValidator(_scale)] = Field(
        default=FIVE, description="points from low to high: a number, a list of words, or a list of {value, text, symbol}"
    )
    clip_seconds: int = Field(default=30, ge=3, le=300, description="sound longer than twice this is cut at pauses")
    text_column: str | None = Field(default=None, description="the column of a table row that is rated")

    @field_validator("scale")
    @classmethod
    def _is_a_scale(cls, scale: tuple[Point, ...]) -> tuple[Point, ...]:
        values = [point.value for point in scale]
        if not 2 <= len(values) <= 11 or values != sorted(set(values)):
            raise ValueError("A scale has 2 to 11 points with rising values, from low to high.")
        return scale

    @property
    def span(self) -> int:
        """Highest minus lowest value."""
        return self.scale[-1].value - self.scale[0].value


class RatingAnswer(BaseModel):
    """The value of one point."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    value: int


RatingCase = Case[RatingSettings, Subject]

TITLE: Mapping[str, wording.Words] = {
    "image": {"nl": "Hoe goed is deze foto?", "en": "How good is this picture?"},
    "audio": {"nl": "Hoe goed is dit geluid?", "en": "How good is this sound?"},
    "video": {"nl": "Hoe goed is deze video?", "en": "How good is this video?"},
    "text": {"nl": "Hoe goed is deze tekst?", "en": "How good is this text?"},
}
FIRST: Mapping[str, wording.Words] = {
    "image": {"nl": "Kijk naar de foto.", "en": "Look at the picture."},
    "audio": {"nl": "Luister naar het geluid.", "en": "Listen to the sound."},
    "video": {"nl": "Kijk naar de video.", "en": "Watch the video."},
    "text": {"nl": "Lees de tekst.", "en": "Read the text."},
}
THEN: wording.Words = {"nl": "Kies wat past.", "en": "Choose what fits."}
CHOOSE: wording.Words = {"nl": "Kies een van de antwoorden.", "en": "Choose one of the answers."}
OFF_SCALE: wording.Words = {
    "nl": "{value} staat niet op de schaal. Kies {known}.",
    "en": "{value} is not on the scale. Choose {known}.",
}


class RatingScoring:
    """Closer is better: a neighbour on the scale is nearly right."""

    def gold_score(self, case: RatingCase, answer: RatingAnswer, accepted: Sequence[RatingAnswer]) -> float:
        """1 − |difference| / range, for the nearest accepted answer."""
        return max((1.0 - self.distance(case, answer, one) for one in accepted), default=0.0)

    def distance(self, case: RatingCase, left: RatingAnswer, right: RatingAnswer) -> float:
        """|difference| / range."""
        return min(1.0, abs(left.value - right.value) / case.settings.span)


class RatingModel:
    """Skill-weighted median; filled in by `quality.ordinal`."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → chance of the right point."""
        return self._skills

    def settle(self, case: RatingCase, judgements: Sequence[Judgement[RatingAnswer]]) -> Settled[RatingAnswer] | Distribution:
        """One value, or in an opinion project how often each was given."""
        values = [judgement.answer.value for judgement in judgements if judgement.answer is not None]
        points = [point.value for point in case.settings.scale]
        if case.settings.opinion:
            return distribution(map(str, values), map(str, points))
        if not values:
            return Settled(answer=None, confidence=None)
        ordered = sorted(values)
        middle = ordered[(len(ordered) - 1) // 2]
        mean = sum(values) / len(values)
        return Settled(RatingAnswer(value=middle), values.count(middle) / len(values), {"mean": round(mean, 4)})


class RatingAggregator:
    """Median by value, mean for ranking."""

    method = "median"
    version = 1

    def model(self, skills: Mapping[int, float]) -> RatingModel:
        """With known skills."""
        return RatingModel(skills)

    def fit(self, work: Sequence[Judged[RatingSettings, Subject, RatingAnswer]]) -> RatingModel:
        """Nothing to learn yet."""
        return RatingModel({})


def _case(subject: Subject, **settings: Any) -> RatingCase:
    return Case(RatingSettings(**settings), subject, "en")


class Rating:
    """The type object."""

    name = "rating"
    version = 1
    title: Mapping[str, str] = {"nl": "Waarderen", "en": "Rating"}
    settings_model = RatingSettings
    payload_model = Subject
    answer_model = RatingAnswer
    accepts = frozenset({"image", "audio", "video", "text", "row"})
    scoring = RatingScoring()
    aggregator = RatingAggregator()
    exporters: Mapping[str, Exporter[RatingSettings, Subject, RatingAnswer]] = {}
    label_studio = None
    examples: Sequence[Example[RatingSettings, Subject, RatingAnswer]] = (
        Example(
            title="A sharp photo",
            case=_case(Subject(kind="image", media="photo-1", width=640, height=480)),
            accepted=[RatingAnswer(value=5)],
            wrong=RatingAnswer(value=1),
            form={"value": "5"},
        ),
    )

    def needs(self, settings: RatingSettings, payload: Subject) -> frozenset[Need]:
        """A rating of a picture is not a rating of a sound."""
        return subjects.NEEDS[payload.kind]

    def split(self, source: Source, settings: RatingSettings, media: MediaReader) -> Iterator[tuple[str, Subject]]:
        """Pictures and texts whole, sound at pauses, video at scenes."""
        return subjects.subjects(
            source, self.accepts, self.name, media, clip_seconds=settings.clip_seconds, text_column=settings.text_column
        )

    def question(self, case: RatingCase) -> Question:
        """Look, then choose."""
        kind = case.payload.kind
        return wording.ask(case.settings, case.locale, TITLE[kind], (FIRST[kind], THEN))

    def widget(self, case: RatingCase) -> Widget:
        """Radio buttons, low to high."""
        points = [
            {"value": p.value, "text": in_locale(p.text, case.locale, str(p.value)), "symbol": p.symbol}
            for p in case.settings.scale
        ]
        return Widget("rating", {"subject": subjects.shown(case.payload, case.settings.language), "points": points})

    def dialogue(self, case: RatingCase) -> Dialogue | NotByVoice:
        """Comes with the issue on voice."""
        return wording.not_yet_by_voice(case.locale)

    def parse(self, case: RatingCase, raw: Mapping[str, Any]) -> RatingAnswer:
        """Field `value`."""
        value = forms.text(raw, "value")
        if not value:
            raise AnswerError(wording.say(CHOOSE, case.locale), field="value")
        return RatingAnswer(value=round(forms.number(value, case.locale, "value")))

    def check(self, case: RatingCase, answer: RatingAnswer) -> None:
        """The value is a point of the scale."""
        points = [point.value for point in case.settings.scale]
        if answer.value not in points:
            known = ", ".join(map(str, points))
            raise AnswerError(wording.say(OFF_SCALE, case.locale, value=answer.value, known=known), field="value")

    def follow_up(self, case: RatingCase, outcome: Outcome[RatingAnswer]) -> Iterator[Subject]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = Rating()
