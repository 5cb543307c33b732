"""`rating`: how good, how clear, how far … on a scale with words, for a picture, a sound, a video or a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from accessibility.sentences import sentence
from task_types import crowds, forms, spoken, studio, subjects, voting, wording
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
from task_types.settings import Localised, in_locale
from task_types.subjects import Subject, SubjectSettings


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


class RatingSettings(SubjectSettings):
    """Settings of a rating step."""

    scale: Annotated[tuple[Point, ...], BeforeValidator(_scale)] = Field(
        default=FIVE, description="points from low to high: a number, a list of words, or a list of {value, text, symbol}"
    )

    @field_validator("scale")
    @classmethod
    def _is_a_scale(cls, scale: tuple[Point, ...]) -> tuple[Point, ...]:
        values = [point.value for point in scale]
        if not 2 <= len(values) <= 11 or values != sorted(set(values)):
            raise ValueError(sentence("A scale has 2 to 11 points with rising values, from low to high."))
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
THEN: wording.Words = {"nl": "Kies wat past.", "en": "Choose what fits."}
CHOOSE: wording.Words = {"nl": "Kies een van de antwoorden.", "en": "Choose one of the answers."}
OFF_SCALE: wording.Words = {
    "nl": "{value} staat niet op de schaal. Kies {known}.",
    "en": "{value} is not on the scale. Choose {known}.",
}


class RatingScoring:
    """Closer is better: a neighbour on the scale is nearly right."""

    agreement: Agreement = "alpha interval"

    def gold_score(self, case: RatingCase, answer: RatingAnswer, accepted: Sequence[RatingAnswer]) -> float:
        """1 − |difference| / range, for the nearest accepted answer."""
        return max((1.0 - self.distance(case, answer, one) for one in accepted), default=0.0)

    def distance(self, case: RatingCase, left: RatingAnswer, right: RatingAnswer) -> float:
        """|difference| / range."""
        return min(1.0, abs(left.value - right.value) / case.settings.span)


class RatingModel:
    """The middle of what is likely, given each worker's share of right answers."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → chance of the right point."""
        return self._skills

    def settle(self, case: RatingCase, judgements: Sequence[Judgement[RatingAnswer]]) -> Outcome[RatingAnswer]:
        """The median of the posterior, with `detail["mean"]` for ranking; in an opinion project how often each was given."""
        from quality.ordinal import settle

        points = [point.value for point in case.settings.scale]
        given = [(one.worker, one.answer.value) for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return distribution((str(value) for _, value in given), map(str, points))
        if not given:
            return Settled(answer=None, confidence=None)
        places = {value: i for i, value in enumerate(points)}
        worth = [crowds.skill(self._skills, worker) for worker, _ in given]
        found = settle([places[value] for _, value in given], len(points), worth)
        mean = sum(value * chance for value, chance in zip(points, found.posterior, strict=True))
        return Settled(RatingAnswer(value=points[found.value]), round(found.confidence, 4), {"mean": round(mean, 4)})


class RatingAggregator:
    """Median and mean of a one-coin posterior."""

    method = "one-coin median"
    version = 1
    table = "ordinal"

    def model(self, skills: Mapping[int, float]) -> RatingModel:
        """With known skills."""
        return RatingModel(skills)

    def fit(self, work: Sequence[Judged[RatingSettings, Subject, RatingAnswer]]) -> RatingModel:
        """Each worker's chance of the right point."""
        return RatingModel(voting.skills(work, lambda answer: str(10**6 + answer.value), scale="ordinal"))


class RatingControl:
    """`Rating`: stars from 1, so the place on the scale."""

    control = "Rating"
    _tag = studio.Control("Rating", ("image", "audio", "video", "text"))

    def config(self, settings: RatingSettings, payload: Subject) -> str:
        """The labelling config."""
        return self._tag.config(settings, payload.kind, attributes={"maxRating": str(len(settings.scale))})

    def from_config(self, xml: str) -> RatingSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        if found is None:
            return None
        return RatingSettings.model_validate(found.settings() | {"scale": int(found.element.get("maxRating", "5"))})

    def task_data(self, case: RatingCase, url: str) -> dict[str, Json]:
        """The address or the text."""
        return subjects.studio_data(case.payload, studio.data_name(case.settings, case.payload.kind), url)

    def to_result(self, case: RatingCase, answer: RatingAnswer) -> list[dict[str, Json]]:
        """One region."""
        place = [point.value for point in case.settings.scale].index(answer.value)
        return [studio.region(case.settings, "rating", {"rating": place + 1})]

    def from_result(self, case: RatingCase, result: Sequence[Mapping[str, Json]]) -> RatingAnswer:
        """The point at this place.

        Raises:
            ValueError: there is no rating in it.
        """
        found = studio.only(studio.values(case.settings, "rating", result), "rating")
        return RatingAnswer(value=case.settings.scale[int(found["rating"]) - 1].value)


def _value(value: int) -> RatingAnswer:
    return RatingAnswer(value=value)


CLEAR = [
    {"value": 1, "text": {"nl": "niet te volgen", "en": "cannot follow it"}},
    {"value": 2, "text": {"nl": "een beetje", "en": "a little"}},
    {"value": 3, "text": {"nl": "goed te volgen", "en": "easy to follow"}},
]
EXAMPLES: Sequence[Example[RatingSettings, Subject, RatingAnswer]] = (
    Example(
        title="A sharp photo",
        case=Case(RatingSettings(), Subject(kind="image", media="boat-photo", width=640, height=480), "en"),
        accepted=[_value(5)],
        wrong=_value(1),
        form={"value": "5"},
    ),
    Example(
        title="A recording with noise",
        case=Case(
            RatingSettings.model_validate({"question": "How clear is the speech?", "scale": CLEAR}),
            Subject(kind="audio", media="news", start_ms=0, end_ms=8000),
            "en",
        ),
        accepted=[_value(2), _value(3)],
        wrong=_value(1),
        form={"value": "2"},
    ),
    Example(
        title="A headline",
        case=Case(
            RatingSettings.model_validate({"scale": ["onduidelijk", "gaat wel", "duidelijk"], "language": "nl"}),
            Subject(kind="text", text="Brug in Zwolle weer open na storm"),
            "nl",
        ),
        accepted=[_value(3)],
        wrong=_value(1),
        form={"value": "3"},
    ),
    Example(
        title="How attractive is this picture? An opinion",
        case=Case(
            RatingSettings.model_validate({"question": "How attractive is this picture?", "opinion": True, "scale": 3}),
            Subject(kind="image", media="boat-photo", width=640, height=480),
            "en",
        ),
        accepted=[_value(2)],
        wrong=None,
        form={"value": "2"},
    ),
)


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
    label_studio = RatingControl()
    exporters = exporters_for(RatingAnswer, label_studio)
    examples = EXAMPLES

    def needs(self, settings: RatingSettings, payload: Subject) -> frozenset[Need]:
        """A rating of a picture is not a rating of a sound."""
        return subjects.NEEDS[payload.kind]

    def split(self, source: Source, settings: RatingSettings, media: MediaReader) -> Iterator[tuple[str, Subject]]:
        """Texts whole, pictures whole or in parts, sound at pauses, video at scenes."""
        return subjects.subjects(source, self.accepts, self.name, media, time=settings, text=settings, pictures=settings)

    def question(self, case: RatingCase) -> Question:
        """Look, then choose."""
        kind = case.payload.kind
        steps, heard = (subjects.FIRST[kind], THEN), (subjects.HEARD[kind], THEN)
        return wording.ask(case.settings, case.locale, TITLE[kind], steps, heard)

    def widget(self, case: RatingCase) -> Widget:
        """Radio buttons, low to high."""
        points = [
            {"value": p.value, "text": in_locale(p.text, case.locale, str(p.value)), "symbol": p.symbol}
            for p in case.settings.scale
        ]
        return Widget("rating", {"subject": subjects.shown(case.payload, case.settings.language), "points": points})

    def dialogue(self, case: RatingCase) -> Dialogue | NotByVoice:
        """A number or its words; a picture needs eyes."""
        settings, locale = case.settings, case.locale
        points = [{"value": p.value, "text": in_locale(p.text, locale, str(p.value))} for p in settings.scale]
        return spoken.choose(case.payload, points, settings.language, locale, field="value")

    def parse(self, case: RatingCase, raw: Mapping[str, Any]) -> RatingAnswer:
        """Field `value`."""
        value = forms.text(raw, "value")
        if not value:
            raise AnswerError(wording.say(CHOOSE, case.locale), field="value")
        return RatingAnswer(value=forms.whole_number(value, case.locale, "value"))

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
