"""`subtitle_quality`: hear the programme, read the subtitle, and say one thing about it at a time.

Each cue is asked about in several questions: is the meaning the same, are names and numbers right, is it on time, is it
clear who speaks; and how bad it is, where the meaning differs. What a machine can measure stands in the payload.

Source: the NER model, Romero-Fresco & Martínez 2015, doi:10.1057/9781137552891_3
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accessibility.sentences import sentence
from task_types import crowds, forms, voting, wording
from task_types.cues import Cue
from task_types.exports import exporters_for
from task_types.exports.subtitle_report import SubtitleReport
from task_types.opinions import distribution
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
from task_types.subtitle_measures import WRONG, Measures, SubtitleLimits, measure
from task_types.subtitle_pairs import Pair, pairs
from task_types.subtitle_words import (
    ANSWERS,
    CHOOSE,
    CORRECT,
    HEARD,
    SAY_BETTER,
    SERIOUS_ABOUT,
    STEPS,
    TITLES,
    TOO_LONG,
    TOO_MANY_LINES,
    UNCHANGED,
    UNKNOWN,
    WRITE,
)

Ask = Literal["meaning", "names", "timing", "speaker", "seriousness", "correction"]
BEFORE_MS, AFTER_MS = 1500, 1500  # of the programme, around the cue: speech often starts before its subtitle


class SubtitleSettings(SubtitleLimits):
    """Settings of a step that judges subtitles. The limits are those of the client's style guide."""

    ask: tuple[Literal["meaning", "names", "timing", "speaker"], ...] = Field(
        default=("meaning", "names", "timing", "speaker"), min_length=1, description="which questions, in this order"
    )
    correct: bool = Field(default=False, description="ask later for a better text where something is wrong")
    programme_start: str | None = Field(
        default=None,
        pattern=r"^\d{2}:\d{2}:\d{2}([:;.,]\d{2,3})?$",
        description="timecode of the programme's first frame, e.g. 10:00:00:00, where the file does not tell",
    )
    frame_rate: float | None = Field(
        default=None, gt=0, le=120, description="frames per second of timecodes, where the file does not tell"
    )


class SubtitlePayload(BaseModel):
    """
    One question about one cue; times are ms from the start of the programme.

    `written`: both times as they stand in the client's file, in `frame_rate` frames per second where it counts frames.
    `about`: the question whose answer made this one necessary.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: Ask
    media: str
    kind: Literal["audio", "video"] = "video"
    text: str = Field(min_length=1)
    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)
    measures: Measures | None = None
    written: tuple[str, str] | None = None
    frame_rate: float | None = None
    about: Literal["meaning", "names"] | None = None

    @property
    def once(self) -> str | None:
        """A cue has one better text, however many things are wrong with it."""
        return f"{self.start_ms}-{self.end_ms}-correction" if self.ask == "correction" else None

    @property
    def kind_of_question(self) -> str:
        """Meaning, names, timing … stand in one step, and have answers of their own."""
        return self.ask


class SubtitleAnswer(BaseModel):
    """One of the question's answers; of a correction the text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    value: str | None = None
    text: str | None = Field(default=None, max_length=1000)

    @model_validator(mode="after")
    def _is_one(self) -> SubtitleAnswer:
        if (self.value is None) == (self.text is None):
            raise ValueError(sentence("An answer has either a value or a text."))
        return self


SubtitleCase = Case[SubtitleSettings, SubtitlePayload]


def _apart(left: SubtitleAnswer, right: SubtitleAnswer) -> float:
    """0 when equal, else 1; of two texts the share of words that differ."""
    if left.text is None or right.text is None:
        return float(left != right)
    from rapidfuzz.distance import Levenshtein

    return float(Levenshtein.normalized_distance(left.text.split(), right.text.split()))


class SubtitleScoring:
    """The same answer or another; a correction by its words."""

    agreement: Agreement = "alpha"

    def gold_score(self, case: SubtitleCase, answer: SubtitleAnswer, accepted: Sequence[SubtitleAnswer]) -> float:
        """1 when it is accepted; a correction by its nearest accepted text."""
        return max((1.0 - _apart(answer, one) for one in accepted), default=0.0)

    def distance(self, case: SubtitleCase, left: SubtitleAnswer, right: SubtitleAnswer) -> float:
        """0 when equal, else 1; of two corrections the share of words that differ."""
        return _apart(left, right)


class SubtitleModel:
    """The most likely answer, given each worker's share of right answers; the correction that is nearest to the others."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → share of right answers."""
        return self._skills

    def settle(self, case: SubtitleCase, judgements: Sequence[Judgement[SubtitleAnswer]]) -> Outcome[SubtitleAnswer]:
        """One answer; in an opinion project how often each was given."""
        if case.payload.ask == "correction":
            return self._nearest(case, judgements)
        votes = voting.given_values(judgements, _value)
        known = list(ANSWERS[case.payload.ask])
        if case.settings.opinion:
            return distribution((value for _, value in votes), known)
        if not votes:
            return Settled(answer=None, confidence=None)
        value, chance = voting.most_likely(voting.chances(votes, known, self._skills))
        return Settled(SubtitleAnswer(value=value), round(chance, 4))

    def _nearest(self, case: SubtitleCase, judgements: Sequence[Judgement[SubtitleAnswer]]) -> Outcome[SubtitleAnswer]:
        given = [(crowds.skill(self._skills, one.worker), one.answer) for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return Collected([answer for _, answer in given])
        if not given:
            return Settled(answer=None, confidence=None)
        far = [sum(weight * _apart(answer, other) for weight, other in given) for _, answer in given]
        best = min(range(len(given)), key=lambda i: (round(far[i], 9), i))
        worth = sum(weight for weight, _ in given)
        confidence = given[0][0] if len(given) == 1 else 1.0 - far[best] / worth
        return Settled(given[best][1], round(confidence, 4))


class SubtitleAggregator:
    """Skills from the mean of four models over the step; each question by its posterior."""

    method = "mean of models"
    version = 1
    table = "nominal"

    def model(self, skills: Mapping[int, float]) -> SubtitleModel:
        """With known skills."""
        return SubtitleModel(skills)

    def fit(self, work: Sequence[Judged[SubtitleSettings, SubtitlePayload, SubtitleAnswer]]) -> SubtitleModel:
        """Each worker's share of right answers."""
        chosen = [one for one in work if one.case.payload.ask != "correction"]
        return SubtitleModel(voting.skills(chosen, _value))


def _value(answer: SubtitleAnswer) -> str:
    return answer.value or ""


def _payload(ask: Ask, text: str = "De burgemeester opent de brug.", **more: Any) -> SubtitlePayload:
    cue = Cue(4000, 6500, text)
    measures = measure(cue, SubtitleSettings())
    return SubtitlePayload(ask=ask, media="news", text=text, start_ms=cue.start_ms, end_ms=cue.end_ms, measures=measures, **more)


def _example(
    title: str, payload: SubtitlePayload, value: str, wrong: str
) -> Example[SubtitleSettings, SubtitlePayload, SubtitleAnswer]:
    return Example(
        title=title,
        case=Case(SubtitleSettings(), payload, "en"),
        accepted=[SubtitleAnswer(value=value)],
        wrong=SubtitleAnswer(value=wrong),
        form={"value": value},
    )


class SubtitleQuality:
    """The type object."""

    name = "subtitle_quality"
    version = 1
    title: Mapping[str, str] = {"nl": "Ondertitels beoordelen", "en": "Judge subtitles"}
    settings_model = SubtitleSettings
    payload_model = SubtitlePayload
    answer_model = SubtitleAnswer
    accepts = frozenset({"audio", "video", "subtitle"})
    scoring = SubtitleScoring()
    aggregator = SubtitleAggregator()
    label_studio = None  # no control shows a subtitle at its moment
    exporters = exporters_for(SubtitleAnswer, None, subtitle_report=SubtitleReport(SubtitleAnswer))
    examples: Sequence[Example[SubtitleSettings, SubtitlePayload, SubtitleAnswer]] = (
        _example("The subtitle says the same in fewer words", _payload("meaning"), "same", "different"),
        _example("A name that is wrong", _payload("names", "Burgemeester Jansen opent de brug."), "wrong", "right"),
        _example("It comes too late", _payload("timing"), "late", "on_time"),
        _example("Two people in one subtitle", _payload("speaker", "- Gaat u mee?\n- Nee."), "clear", "unclear"),
        _example(
            "The meaning is turned round", _payload("seriousness", "De brug blijft dicht.", about="meaning"), "serious", "minor"
        ),
        Example(
            title="A better text",
            case=Case(SubtitleSettings(correct=True), _payload("correction", "De brug blijft dicht.", about="meaning"), "en"),
            accepted=[SubtitleAnswer(text="De brug gaat open."), SubtitleAnswer(text="De brug is open.")],
            wrong=SubtitleAnswer(text="Morgen regent het."),
            form={"text": "De brug gaat open."},
        ),
    )

    def needs(self, settings: SubtitleSettings, payload: SubtitlePayload) -> frozenset[Need]:
        """Hearing the programme and reading the subtitle."""
        return frozenset({Need.HEARING, Need.READING})

    def split(self, source: Source, settings: SubtitleSettings, media: MediaReader) -> Iterator[tuple[str, SubtitlePayload]]:
        """Each cue with words in it, in each question; a cue without words or without length is never asked."""
        for pair in pairs(source, media, programme_start=settings.programme_start, frame_rate=settings.frame_rate):
            payload = _asked_about(pair, measure(pair.cue, settings, pair.before))
            for ask in settings.ask:
                yield f"{pair.cue.start_ms}-{pair.cue.end_ms}-{ask}", payload.model_copy(update={"ask": ask})

    def question(self, case: SubtitleCase) -> Question:
        """One thing at a time."""
        payload, settings = case.payload, case.settings
        title = SERIOUS_ABOUT[payload.about] if payload.ask == "seriousness" and payload.about else TITLES[payload.ask]
        steps = [*STEPS[:2], CORRECT] if payload.ask == "correction" else STEPS
        heard = [*HEARD[:2], SAY_BETTER] if payload.ask == "correction" else HEARD
        fits = {"lines": settings.most_lines, "length": settings.line_length}
        return wording.ask(settings, case.locale, title, steps, heard, **fits)

    def widget(self, case: SubtitleCase) -> Widget:
        """The fragment with the subtitle under it, and radio buttons; for a correction a field with the text."""
        payload, locale = case.payload, case.locale
        start, end = max(0, payload.start_ms - BEFORE_MS), payload.end_ms + AFTER_MS
        return Widget(
            "subtitle_quality",
            {
                "subject": {"kind": payload.kind, "media": payload.media, "start_ms": start, "end_ms": end},
                "cue": {"text": payload.text, "start_ms": payload.start_ms, "end_ms": payload.end_ms},
                "language": case.settings.language,
                "options": [
                    {"value": value, "text": wording.say(words, locale), "symbol": None}
                    for value, words in ANSWERS.get(payload.ask, {}).items()
                ],
                "most_lines": case.settings.most_lines,
            },
        )

    def dialogue(self, case: SubtitleCase) -> Dialogue | NotByVoice:
        """The programme with a tone at the subtitle's in and out, then the subtitle spoken line by line."""
        data = self.widget(case).data
        cue = {**data["cue"], "language": case.settings.language}
        if case.payload.ask == "correction":
            spoken = {"subject": data["subject"], "cue": cue, "language": case.settings.language}
            return Dialogue("speak", {**spoken, "terms": [], "no_speech": False, "exact": True})
        answers = [{"value": one["value"], "text": one["text"]} for one in data["options"]]
        return Dialogue("choose", {"subject": data["subject"], "cue": cue, "field": "value", "options": answers})

    def parse(self, case: SubtitleCase, raw: Mapping[str, Any]) -> SubtitleAnswer:
        """Field `value`; `text` of a correction."""
        if case.payload.ask == "correction":
            text = unicodedata.normalize("NFC", forms.text(raw, "text").replace("\r\n", "\n").replace("\r", "\n"))
            return SubtitleAnswer(text="\n".join(line.strip() for line in text.split("\n") if line.strip())[:1000])
        value = forms.text(raw, "value")
        if not value:
            raise AnswerError(wording.say(CHOOSE, case.locale), field="value")
        return SubtitleAnswer(value=value)

    def check(self, case: SubtitleCase, answer: SubtitleAnswer) -> None:
        """An answer of this question; a correction that fits on the screen."""
        if case.payload.ask == "correction":
            _check_text(case, answer.text or "")
            return
        known, value = ANSWERS[case.payload.ask], answer.value or ""
        if value not in known:
            words = wording.say(UNKNOWN, case.locale, value=value[:40], known=", ".join(known))
            raise AnswerError(words, field="value")

    def follow_up(self, case: SubtitleCase, outcome: Outcome[SubtitleAnswer]) -> Iterator[SubtitlePayload]:
        """How bad is it, where something is wrong; then, where the client wants it, a better text."""
        settled = outcome.answer if isinstance(outcome, Settled) else None
        if settled is None:
            return
        payload = case.payload
        if settled.value in WRONG.get(payload.ask, frozenset()):
            yield payload.model_copy(update={"ask": "seriousness", "about": payload.ask})
        if payload.ask == "seriousness" and case.settings.correct:
            yield payload.model_copy(update={"ask": "correction"})

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def _asked_about(pair: Pair, measures: Measures) -> SubtitlePayload:
    return SubtitlePayload(
        ask="meaning",
        media=pair.media,
        kind="video" if pair.kind == "video" else "audio",
        text=pair.cue.text,
        start_ms=pair.cue.start_ms,
        end_ms=pair.cue.end_ms,
        measures=measures,
        written=pair.cue.written,
        frame_rate=pair.frame_rate,
    )


def _check_text(case: SubtitleCase, text: str) -> None:
    settings, locale, lines = case.settings, case.locale, text.split("\n")
    if not text.strip():
        raise AnswerError(wording.say(WRITE, locale), field="text")
    wording.check_readable(text, locale, "text")
    if text == case.payload.text:
        raise AnswerError(wording.say(UNCHANGED, locale), field="text")
    if len(lines) > settings.most_lines:
        raise AnswerError(wording.say(TOO_MANY_LINES, locale, lines=len(lines), most=settings.most_lines), field="text")
    for number, line in enumerate(lines, 1):
        if len(line) > settings.line_length:
            words = wording.say(TOO_LONG, locale, line=number, count=len(line), most=settings.line_length)
            raise AnswerError(words, field="text")


TASK_TYPE = SubtitleQuality()
