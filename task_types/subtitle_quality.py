"""`subtitle_quality`: hear the programme, read the subtitle, and say one thing about it at a time.

Each cue is asked about in several questions: is the meaning the same, are names and numbers right, is it on time, is it
clear who speaks; and how bad it is, where the meaning differs. What a machine can measure stands in the payload.

Source: the NER model, Romero-Fresco & Martínez 2015, doi:10.1057/9781137552891_3
"""

# ruff: noqa: ARG002  (a type answers the whole protocol, also with arguments it has no use for)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from task_types import forms, subjects, voting, wording
from task_types.errors import NotSplittable
from task_types.exports import exporters_for
from task_types.exports.captions import Cue, parse
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
from task_types.settings import StepSettings

Ask = Literal["meaning", "names", "timing", "speaker", "seriousness"]
BEFORE_MS, AFTER_MS = 1500, 1500  # of the programme, around the cue: speech often starts before its subtitle


class SubtitleSettings(StepSettings):
    """Settings of a step that judges subtitles. The limits are those of the client's style guide."""

    ask: tuple[Literal["meaning", "names", "timing", "speaker"], ...] = Field(
        default=("meaning", "names", "timing", "speaker"), min_length=1, description="which questions, in this order"
    )
    most_lines: int = Field(default=2, ge=1, le=4, description="lines of a subtitle")
    line_length: int = Field(default=42, ge=10, le=100, description="characters of a line")
    speed_warning: float = Field(default=13, gt=0, description="characters per second from which it is fast")
    speed_limit: float = Field(default=17, gt=0, description="characters per second from which it is too fast")


class Measures(BaseModel):
    """What a machine counts: characters per second, lines, characters of the longest line, ms shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    characters_per_second: float
    lines: int
    longest_line: int
    duration_ms: int
    too_fast: bool = False
    fast: bool = False
    too_long: bool = False
    too_many_lines: bool = False


class SubtitlePayload(BaseModel):
    """One question about one cue; times are ms from the start of the programme."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: Ask
    media: str
    kind: Literal["audio", "video"] = "video"
    text: str = Field(min_length=1)
    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)
    measures: Measures | None = None


class SubtitleAnswer(BaseModel):
    """One of the question's answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    value: str


SubtitleCase = Case[SubtitleSettings, SubtitlePayload]

TITLES: Mapping[str, wording.Words] = {
    "meaning": {"nl": "Zegt de ondertitel hetzelfde?", "en": "Does the subtitle say the same?"},
    "names": {"nl": "Kloppen de namen en getallen?", "en": "Are the names and numbers right?"},
    "timing": {"nl": "Komt de ondertitel op tijd?", "en": "Is the subtitle on time?"},
    "speaker": {"nl": "Is duidelijk wie er praat?", "en": "Is it clear who speaks?"},
    "seriousness": {"nl": "Hoe erg is de fout?", "en": "How bad is the mistake?"},
}
STEPS: Sequence[wording.Words] = (
    {"nl": "Luister naar het stukje.", "en": "Listen to the fragment."},
    {"nl": "Lees de ondertitel.", "en": "Read the subtitle."},
    {"nl": "Kies wat past.", "en": "Choose what fits."},
)
ANSWERS: Mapping[str, Mapping[str, wording.Words]] = {
    "meaning": {
        "same": {"nl": "hetzelfde", "en": "the same"},
        "partly": {"nl": "er mist iets", "en": "something is missing"},
        "different": {"nl": "iets anders", "en": "something else"},
    },
    "names": {
        "right": {"nl": "ja", "en": "yes"},
        "wrong": {"nl": "nee", "en": "no"},
        "none": {"nl": "er zijn er geen", "en": "there are none"},
    },
    "timing": {
        "on_time": {"nl": "op tijd", "en": "on time"},
        "early": {"nl": "te vroeg", "en": "too early"},
        "late": {"nl": "te laat", "en": "too late"},
    },
    "speaker": {
        "clear": {"nl": "ja", "en": "yes"},
        "unclear": {"nl": "nee", "en": "no"},
    },
    "seriousness": {
        "minor": {"nl": "een beetje", "en": "a little"},
        "normal": {"nl": "best erg", "en": "rather bad"},
        "serious": {"nl": "heel erg", "en": "very bad"},
    },
}
CHOOSE: wording.Words = {"nl": "Kies een van de antwoorden.", "en": "Choose one of the answers."}
UNKNOWN: wording.Words = {
    "nl": "\u201c{value}\u201d past niet bij deze vraag. Kies: {known}.",
    "en": "\u201c{value}\u201d does not go with this question. Choose: {known}.",
}


def measure(cue: Cue, settings: SubtitleSettings) -> Measures:
    """What a machine can say about a cue."""
    lines = [line for line in cue.text.splitlines() if line.strip()]
    speed = sum(len(line) for line in lines) / max(cue.end_ms - cue.start_ms, 1) * 1000
    longest = max((len(line) for line in lines), default=0)
    return Measures(
        characters_per_second=round(speed, 2),
        lines=len(lines),
        longest_line=longest,
        duration_ms=cue.end_ms - cue.start_ms,
        too_fast=speed > settings.speed_limit,
        fast=speed > settings.speed_warning,
        too_long=longest > settings.line_length,
        too_many_lines=len(lines) > settings.most_lines,
    )


class SubtitleScoring:
    """The same answer or another."""

    agreement: Agreement = "alpha"

    def gold_score(self, case: SubtitleCase, answer: SubtitleAnswer, accepted: Sequence[SubtitleAnswer]) -> float:
        """1 when it is accepted."""
        return float(answer in accepted)

    def distance(self, case: SubtitleCase, left: SubtitleAnswer, right: SubtitleAnswer) -> float:
        """0 when equal, else 1."""
        return float(left != right)


class SubtitleModel:
    """The most likely answer, given each worker's share of right answers."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → share of right answers."""
        return self._skills

    def settle(self, case: SubtitleCase, judgements: Sequence[Judgement[SubtitleAnswer]]) -> Outcome[SubtitleAnswer]:
        """One answer; in an opinion project how often each was given."""
        votes = voting.given_values(judgements, lambda answer: answer.value)
        known = list(ANSWERS[case.payload.ask])
        if case.settings.opinion:
            return distribution((value for _, value in votes), known)
        if not votes:
            return Settled(answer=None, confidence=None)
        value, chance = voting.most_likely(voting.chances(votes, known, self._skills))
        return Settled(SubtitleAnswer(value=value), round(chance, 4))


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
        return SubtitleModel(voting.skills(work, lambda answer: answer.value))


def _payload(ask: Ask, text: str = "De burgemeester opent de brug.") -> SubtitlePayload:
    cue = Cue(4000, 6500, text)
    return SubtitlePayload(
        ask=ask, media="news", text=text, start_ms=cue.start_ms, end_ms=cue.end_ms, measures=measure(cue, SubtitleSettings())
    )


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
    exporters = exporters_for(SubtitleAnswer, None)
    examples: Sequence[Example[SubtitleSettings, SubtitlePayload, SubtitleAnswer]] = (
        _example("The subtitle says the same in fewer words", _payload("meaning"), "same", "different"),
        _example("A name that is wrong", _payload("names", "Burgemeester Jansen opent de brug."), "wrong", "right"),
        _example("It comes too late", _payload("timing"), "late", "on_time"),
        _example("Two people in one subtitle", _payload("speaker", "- Gaat u mee?\n- Nee."), "clear", "unclear"),
        _example("The meaning is turned round", _payload("seriousness", "De brug blijft dicht."), "serious", "minor"),
    )

    def needs(self, settings: SubtitleSettings, payload: SubtitlePayload) -> frozenset[Need]:
        """Hearing the programme and reading the subtitle."""
        return frozenset({Need.HEARING, Need.READING})

    def split(self, source: Source, settings: SubtitleSettings, media: MediaReader) -> Iterator[tuple[str, SubtitlePayload]]:
        """Each cue with words in it, in each question; a cue without words or without length is never asked."""
        programme = source.first("video", "audio")
        subtitle = source.first("subtitle")
        if programme is None or programme.media is None or subtitle is None:
            raise NotSplittable(f'"{source.key}" needs a programme and its subtitle file in one source.')
        name = subtitle.file_name or subtitle.name
        cues = list(parse(subjects.text_of(subtitle, media), name))
        if not cues:
            raise NotSplittable(f'"{name}" holds no subtitles that can be read. Give SRT or WebVTT.')
        for cue in cues:
            if cue.text.strip() and cue.end_ms > cue.start_ms:
                for ask in settings.ask:
                    yield f"{cue.start_ms}-{cue.end_ms}-{ask}", self._payload(ask, programme.media, programme.kind, cue, settings)

    def _payload(self, ask: Ask, media: str, kind: str, cue: Cue, settings: SubtitleSettings) -> SubtitlePayload:
        return SubtitlePayload(
            ask=ask,
            media=media,
            kind="video" if kind == "video" else "audio",
            text=cue.text,
            start_ms=cue.start_ms,
            end_ms=cue.end_ms,
            measures=measure(cue, settings),
        )

    def question(self, case: SubtitleCase) -> Question:
        """One thing at a time."""
        return wording.ask(case.settings, case.locale, TITLES[case.payload.ask], STEPS)

    def widget(self, case: SubtitleCase) -> Widget:
        """The fragment with the subtitle under it, and radio buttons."""
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
                    for value, words in ANSWERS[payload.ask].items()
                ],
            },
        )

    def dialogue(self, case: SubtitleCase) -> Dialogue | NotByVoice:
        """The programme with a tone at the subtitle's in and out, then the subtitle spoken line by line."""
        data = self.widget(case).data
        answers = [{"value": one["value"], "text": one["text"]} for one in data["options"]]
        cue = {**data["cue"], "language": case.settings.language}
        return Dialogue("choose", {"subject": data["subject"], "cue": cue, "field": "value", "options": answers})

    def parse(self, case: SubtitleCase, raw: Mapping[str, Any]) -> SubtitleAnswer:
        """Field `value`."""
        value = forms.text(raw, "value")
        if not value:
            raise AnswerError(wording.say(CHOOSE, case.locale), field="value")
        return SubtitleAnswer(value=value)

    def check(self, case: SubtitleCase, answer: SubtitleAnswer) -> None:
        """An answer of this question."""
        known = ANSWERS[case.payload.ask]
        if answer.value not in known:
            words = wording.say(UNKNOWN, case.locale, value=answer.value[:40], known=", ".join(known))
            raise AnswerError(words, field="value")

    def follow_up(self, case: SubtitleCase, outcome: Outcome[SubtitleAnswer]) -> Iterator[SubtitlePayload]:
        """How bad is it, where something is wrong."""
        wrong = {("meaning", "partly"), ("meaning", "different"), ("names", "wrong")}
        settled = outcome.answer if isinstance(outcome, Settled) else None
        if settled is not None and (case.payload.ask, settled.value) in wrong:
            yield case.payload.model_copy(update={"ask": "seriousness"})

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = SubtitleQuality()
