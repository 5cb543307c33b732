"""`text_spans`: mark companies, people, advertisements … in a text. Spans may overlap; offsets count code points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from task_types import crowds, forms, labels, shapes, studio, subjects, wording
from task_types.exports import exporters_for
from task_types.passages import TextSettings
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
from task_types.settings import AnyLabel, Label
from task_types.subjects import Subject

KEEP = 0.5  # share of the votes that keeps a span: with fewer, chance overlaps of words come through
NAMES = (
    Label(value="person", text={"nl": "persoon", "en": "person"}),
    Label(value="company", text={"nl": "bedrijf", "en": "company"}),
    Label(value="place", text={"nl": "plaats", "en": "place"}),
)


class SpanSettings(labels.LabelSettings, TextSettings):
    """Settings of a step that marks words. min_spans 0: a person may say that there is nothing."""

    labels: tuple[AnyLabel, ...] = Field(default=NAMES, min_length=1, max_length=200)
    min_spans: int = Field(default=0, ge=0, le=500, description="0: \u201cthere is nothing here\u201d is an answer too")


class Span(BaseModel):
    """From `start` up to `end` (exclusive), in code points of the text; `text`: the words there, for whoever reads the export."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    start: int = Field(strict=True)
    end: int = Field(strict=True)
    text: str | None = None


class SpanAnswer(BaseModel):
    """All spans in order of the text, each once; none: there is nothing here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spans: tuple[Span, ...]

    @field_validator("spans")
    @classmethod
    def _in_order(cls, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        once = {(one.start, one.end, one.label): one for one in spans}
        return tuple(once[place] for place in sorted(once))

    @property
    def places(self) -> set[tuple[str, int, int]]:
        """What counts in a comparison."""
        return {(one.label, one.start, one.end) for one in self.spans}


SpanCase = Case[SpanSettings, Subject]

TITLE: wording.Words = {"nl": "Zoek in de tekst: {labels}", "en": "Find in the text: {labels}"}
STEPS: Sequence[wording.Words] = (
    {"nl": "Lees de tekst.", "en": "Read the text."},
    {"nl": "Markeer de woorden die je zoekt.", "en": "Mark the words you look for."},
    {"nl": "Kies bij elk stuk wat het is.", "en": "Choose for each one what it is."},
)
NAMED: wording.Words = {"nl": "Stuk {number} ({label})", "en": "Span {number} ({label})"}
EMPTY: wording.Words = {
    "nl": "Er is nog niets gemarkeerd. Markeer woorden, of kies \u201cEr is hier niets\u201d.",
    "en": "Nothing is marked yet. Mark words, or choose \u201cThere is nothing here\u201d.",
}
EMPTY_ROW: wording.Words = {
    "nl": "Stuk {number} is niet af. Vul de woorden in, en wat het is.",
    "en": "Span {number} is not complete. Fill in the words, and what it is.",
}
NOT_THERE: wording.Words = {
    "nl": "\u201c{copied}\u201d staat niet (nog een keer) in de tekst. Neem de woorden precies over.",
    "en": "\u201c{copied}\u201d is not (once more) in the text. Copy the words exactly.",
}
OUTSIDE: wording.Words = {
    "nl": "{span}: loopt van teken {start} tot {end}, maar de tekst heeft {length} tekens. Markeer de woorden opnieuw.",
    "en": "{span}: runs from character {start} to {end}, but the text has {length}. Mark the words again.",
}
OTHER_WORDS: wording.Words = {
    "nl": "{span}: op die plaats staat \u201c{there}\u201d. Markeer de woorden opnieuw.",
    "en": "{span}: at that place it says \u201c{there}\u201d. Mark the words again.",
}
TOO_FEW: wording.Words = {"nl": "Markeer er ten minste {least}.", "en": "Mark at least {least}."}


class SpanScoring:
    """Spans are the same when label, start and end are."""

    agreement: Agreement = "pairwise"

    def gold_score(self, case: SpanCase, answer: SpanAnswer, accepted: Sequence[SpanAnswer]) -> float:
        """F1 against the accepted answer it fits best."""
        return max((1.0 - self.distance(case, answer, one) for one in accepted), default=0.0)

    def distance(self, case: SpanCase, left: SpanAnswer, right: SpanAnswer) -> float:
        """1 − F1."""
        from quality.distances import set_distance

        return set_distance(left.places, right.places)


class SpanModel:
    """Spans that at least half of the votes have."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → mean F1 with what came out."""
        return self._skills

    def settle(self, case: SpanCase, judgements: Sequence[Judgement[SpanAnswer]]) -> Outcome[SpanAnswer]:
        """One set of spans; `detail["votes"]` holds each one's share."""
        given = [(one.worker, one.answer) for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return Collected([answer for _, answer in given])
        if not given:
            return Settled(answer=None, confidence=None)
        weights = {worker: crowds.skill(self._skills, worker) for worker, _ in given}
        votes: dict[tuple[str, int, int], float] = defaultdict(float)
        for worker, answer in given:
            for place in answer.places:
                votes[place] += weights[worker] / sum(weights.values())
        kept = sorted((place for place, share in votes.items() if share >= KEEP - 1e-9), key=lambda place: place[1:])
        certain = [share if share >= KEEP - 1e-9 else 1.0 - share for share in votes.values()]
        answer = SpanAnswer(spans=tuple(_span(case, *place) for place in kept))
        alone = weights[given[0][0]] if len(given) == 1 else None
        return Settled(answer, crowds.confidence(certain, alone), {"votes": [round(votes[place], 4) for place in kept]})


def _span(case: SpanCase, label: str, start: int, end: int) -> Span:
    return Span(label=label, start=start, end=end, text=(case.payload.text or "")[start:end])


class SpanAggregator:
    """Votes per span, weighed by skill."""

    method = "span votes"
    version = 1
    table = "set"

    def model(self, skills: Mapping[int, float]) -> SpanModel:
        """With known skills."""
        return SpanModel(skills)

    def fit(self, work: Sequence[Judged[SpanSettings, Subject, SpanAnswer]]) -> SpanModel:
        """Skill: how well a worker's spans fit gold, or what came out."""
        return SpanModel(crowds.fit_by_scores(work, SpanModel({}), SpanScoring()))


class SpanControl:
    """`Labels` on `Text`. Label Studio's browser counts UTF-16 units, so offsets are changed where a text needs it."""

    control = "Labels"
    _tag = studio.Control("Labels", ("text",))

    def config(self, settings: SpanSettings, payload: Subject) -> str:
        """The labelling config."""
        return self._tag.config(settings, "text", [label.value for label in settings.labels])

    def from_config(self, xml: str) -> SpanSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        return None if found is None else SpanSettings.model_validate(found.settings("labels"))

    def task_data(self, case: SpanCase, url: str) -> dict[str, Json]:
        """The text."""
        return {studio.data_name(case.settings, "text"): case.payload.text}

    def to_result(self, case: SpanCase, answer: SpanAnswer) -> list[dict[str, Json]]:
        """One region per span."""
        text = case.payload.text or ""
        shown = [
            {
                "start": _units(text, one.start),
                "end": _units(text, one.end),
                "text": text[one.start : one.end],
                "labels": [one.label],
            }
            for one in answer.spans
        ]
        return [studio.region(case.settings, "labels", value, number=i) for i, value in enumerate(shown)]

    def from_result(self, case: SpanCase, result: Sequence[Mapping[str, Json]]) -> SpanAnswer:
        """Code points again."""
        text = case.payload.text or ""
        found = studio.values(case.settings, "labels", result)
        places = [(label, _points(text, v["start"]), _points(text, v["end"])) for v in found for label in v["labels"]]
        return SpanAnswer(spans=tuple(_span(case, *place) for place in places))


def _units(text: str, points: int) -> int:
    """Code points → UTF-16 units."""
    return len(text[:points].encode("utf-16-le")) // 2


def _points(text: str, units: int) -> int:
    """UTF-16 units → code points."""
    return len(text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore"))


HIRED = "🎉 Philips of Eindhoven hired Jan Vos. Jan Vos smiled."
NEWS: SpanCase = Case(SpanSettings(language="en"), Subject(kind="text", text=HIRED), "en")


def _answer(*places: tuple[str, int, int]) -> SpanAnswer:
    return SpanAnswer(spans=tuple(_span(NEWS, *place) for place in places))


FOUND = _answer(("company", 2, 9), ("place", 13, 22), ("person", 29, 36), ("person", 38, 45))
EXAMPLES: Sequence[Example[SpanSettings, Subject, SpanAnswer]] = (
    Example(
        title="A company, a place, and one person twice",
        case=NEWS,
        accepted=[FOUND],
        wrong=_answer(("person", 2, 9)),
        form={
            "spans": '[{"label": "company", "start": 2, "end": 9}, {"label": "place", "start": 13, "end": 22}, '
            '{"label": "person", "start": 29, "end": 36}, {"label": "person", "start": 38, "end": 45}]'
        },
    ),
    Example(
        title="Words typed over, without a script",
        case=NEWS,
        accepted=[_answer(("person", 29, 36), ("person", 38, 45))],
        wrong=_answer(("place", 13, 22)),
        form={"span-0-label": "person", "span-0-words": "Jan Vos", "span-1-label": "person", "span-1-words": "Jan Vos"},
    ),
    Example(
        title="A text without names",
        case=Case(NEWS.settings, Subject(kind="text", text="It rained all day."), "en"),
        accepted=[SpanAnswer(spans=())],
        wrong=SpanAnswer(spans=(Span(label="place", start=0, end=2),)),
        form={"nothing": "1"},
    ),
)


class TextSpans:
    """The type object."""

    name = "text_spans"
    version = 1
    title: Mapping[str, str] = {"nl": "Woorden aanwijzen", "en": "Mark words"}
    settings_model = SpanSettings
    payload_model = Subject
    answer_model = SpanAnswer
    accepts = frozenset({"text", "row"})
    scoring = SpanScoring()
    aggregator = SpanAggregator()
    label_studio = SpanControl()
    exporters = exporters_for(SpanAnswer, label_studio)
    examples = EXAMPLES

    def needs(self, settings: SpanSettings, payload: Subject) -> frozenset[Need]:
        """Reading."""
        return frozenset({Need.READING})

    def split(self, source: Source, settings: SpanSettings, media: MediaReader) -> Iterator[tuple[str, Subject]]:
        """The text whole."""
        return subjects.subjects(source, self.accepts, self.name, media, text=settings)

    def question(self, case: SpanCase) -> Question:
        """What to look for."""
        words = ", ".join(label.words(case.locale) for label in case.settings.labels[:5])
        return wording.ask(case.settings, case.locale, TITLE, STEPS, labels=words)

    def widget(self, case: SpanCase) -> Widget:
        """The text with its marks."""
        settings = case.settings
        return Widget(
            "text_spans",
            {
                "subject": subjects.shown(case.payload, settings.language),
                **labels.shown(settings, case.locale),
                "nothing_allowed": settings.min_spans == 0,
                "nothing_text": wording.say(wording.NOTHING_HERE, case.locale),
            },
        )

    def dialogue(self, case: SpanCase) -> Dialogue | NotByVoice:
        """Pointing at words by voice was tried by nobody yet."""
        words = {
            "nl": "Woorden aanwijzen gaat op de pagina. Met een schermlezer kun je ze overtypen.",
            "en": "Marking words is done on the page. With a screen reader you can type them over.",
        }
        return NotByVoice(wording.say(words, case.locale))

    def parse(self, case: SpanCase, raw: Mapping[str, Any]) -> SpanAnswer:
        """Field `spans` (JSON), or rows `span-0-label`, `span-0-words`; `nothing` when there is nothing."""
        rows = forms.json_rows(raw, "spans", case.locale)
        if not rows:
            rows = list(_typed(case, forms.plain_rows(raw, "span", ("label", "words"))))
        if not rows and not (case.settings.min_spans == 0 and forms.ticked(raw, "nothing")):
            raise AnswerError(wording.say(EMPTY, case.locale), field="spans")
        try:
            found = SpanAnswer.model_validate({"spans": rows})
        except ValidationError as error:
            raise AnswerError(wording.say(forms.BROKEN, case.locale), field="spans") from error
        return SpanAnswer(spans=tuple(_span(case, one.label, one.start, one.end) for one in found.spans))

    def check(self, case: SpanCase, answer: SpanAnswer) -> None:
        """Known labels, within the text, and the words that stand there."""
        text, locale = case.payload.text or "", case.locale
        for i, one in enumerate(answer.spans):
            name, field = wording.say(NAMED, locale, number=i + 1, label=one.label), f"spans[{i}]"
            shapes.check_label(one.label, case.settings.labels, name, locale, f"{field}.label")
            if not 0 <= one.start < one.end <= len(text):
                size = {"start": one.start, "end": one.end, "length": len(text)}
                raise AnswerError(wording.say(OUTSIDE, locale, span=name, **size), field=field)
            if one.text is not None and one.text != text[one.start : one.end]:
                raise AnswerError(wording.say(OTHER_WORDS, locale, span=name, there=text[one.start : one.end]), field=field)
        if len(answer.spans) < case.settings.min_spans:
            raise AnswerError(wording.say(TOO_FEW, locale, least=case.settings.min_spans), field="spans")

    def follow_up(self, case: SpanCase, outcome: Outcome[SpanAnswer]) -> Iterator[Subject]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def _typed(case: SpanCase, rows: Iterator[tuple[int, dict[str, str]]]) -> Iterator[dict[str, Json]]:
    """Words that were typed over: each time the next place where they stand."""
    text, after = case.payload.text or "", dict[str, int]()
    for i, row in rows:
        if not all(row.values()):
            raise AnswerError(wording.say(EMPTY_ROW, case.locale, number=i + 1), field=f"span-{i}")
        words = row["words"]
        start = text.find(words, after.get(words, 0))
        if start < 0:
            raise AnswerError(wording.say(NOT_THERE, case.locale, copied=words[:60]), field=f"span-{i}-words")
        after[words] = start + len(words)
        yield {"label": row["label"], "start": start, "end": start + len(words)}


TASK_TYPE = TextSpans()
