"""`transcription`: write down what is said in a short piece of sound."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accessibility.sentences import sentence
from task_types import crowds, forms, studio, subjects, wording
from task_types.cues import Cue
from task_types.cutting import Pauses, pauses_within
from task_types.errors import NotSplittable
from task_types.exports import exporters_for
from task_types.exports.captions import Captions
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
from task_types.settings import AnyLabel, Label, StepSettings
from task_types.spelling import Words, as_written, words

UNCLEAR = (
    Label(value="[?]", text={"nl": "Niet te verstaan", "en": "Cannot make it out"}),
    Label(value="[...]", text={"nl": "Woorden door elkaar", "en": "Several people at once"}),
)


class TranscriptionSettings(StepSettings):
    """Settings of a step that writes speech down."""

    target_seconds: float = Field(default=5, ge=1, le=60, description="wanted length of a piece; cut at pauses")
    limit_seconds: float = Field(
        default=10, ge=1, le=120, description="no piece is longer; a group that hears shorter ones better gets it in parts"
    )
    markers: tuple[AnyLabel, ...] = Field(default=UNCLEAR, max_length=12, description="marks for what cannot be heard well")
    terms: tuple[str, ...] = Field(default=(), max_length=2000, description="names and terms of the programme")
    no_speech: bool = Field(default=True, description="\u201cnobody speaks here\u201d is an answer too")
    max_length: int = Field(default=2000, ge=10, le=20000, description="characters")

    @model_validator(mode="after")
    def _lengths_fit(self) -> TranscriptionSettings:
        if self.target_seconds > self.limit_seconds:
            raise ValueError(sentence("target_seconds is more than limit_seconds."))
        return self


class SoundPayload(BaseModel):
    """A piece of a recording, ms from the start of the original; `pauses`: (start, end) of each stretch without speech in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str] = "audio"

    media: str
    start_ms: int = Field(ge=0)
    end_ms: int
    pauses: Pauses | None = None

    @model_validator(mode="after")
    def _has_length(self) -> SoundPayload:
        if self.end_ms <= self.start_ms:
            raise ValueError(
                sentence(
                    "The piece ends at {end_ms} ms, not after its start at {start_ms} ms.",
                    end_ms=self.end_ms,
                    start_ms=self.start_ms,
                )
            )
        return self


class TranscriptAnswer(BaseModel):
    """What was said; an empty text: nobody speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    text: str


SoundCase = Case[TranscriptionSettings, SoundPayload]

TITLE: wording.Words = {"nl": "Wat wordt er gezegd?", "en": "What is said?"}
STEPS: Sequence[wording.Words] = (
    {"nl": "Luister naar het geluid.", "en": "Listen to the sound."},
    {"nl": "Schrijf op wat je hoort.", "en": "Write down what you hear."},
    {"nl": "Schrijf elk woord, ook \u201ceh\u201d.", "en": "Write every word, also \u201cuh\u201d."},
    {"nl": "Hoor je een woord niet goed? Kies een teken.", "en": "Can't make out a word? Choose a mark."},
)
# By voice the dialogue says the rest.
HEARD: Sequence[wording.Words] = ({"nl": "Zeg elk woord, ook \u201ceh\u201d.", "en": "Say every word, also \u201cuh\u201d."},)
NO_SPEECH: wording.Words = {"nl": "Er wordt niet gesproken", "en": "Nobody speaks"}
EMPTY: wording.Words = {
    "nl": "Er staat nog niets. Schrijf op wat je hoort, of kies \u201cEr wordt niet gesproken\u201d.",
    "en": "There is no text yet. Write down what you hear, or choose \u201cNobody speaks\u201d.",
}
BOTH: wording.Words = {
    "nl": "Er staat tekst, en je koos \u201cEr wordt niet gesproken\u201d. Kies een van de twee.",
    "en": "There is a text, and you chose \u201cNobody speaks\u201d. Choose one of the two.",
}
NEEDS_TEXT: wording.Words = {
    "nl": "De tekst is leeg. In dit project wordt altijd gesproken: schrijf op wat je hoort.",
    "en": "The text is empty. In this project somebody always speaks: write down what you hear.",
}
TOO_LONG: wording.Words = {
    "nl": "De tekst heeft {count} tekens. Er passen er {most}. Maak de tekst korter.",
    "en": "The text has {count} characters. At most {most} fit. Make it shorter.",
}


def _words(case: SoundCase, text: str) -> Words:
    return words(text, [one.value for one in case.settings.markers], case.settings.language)


class TranscriptScoring:
    """Words count, and marks for what cannot be heard; capitals and punctuation do not."""

    agreement: Agreement = "pairwise"

    def gold_score(self, case: SoundCase, answer: TranscriptAnswer, accepted: Sequence[TranscriptAnswer]) -> float:
        """1 − word error rate, for the nearest accepted text."""
        from quality.distances import word_error_rate

        given = _words(case, answer.text).text
        rates = [word_error_rate(_words(case, one.text).text, given) for one in accepted]
        return max(0.0, 1.0 - min(rates, default=1.0))

    def distance(self, case: SoundCase, left: TranscriptAnswer, right: TranscriptAnswer) -> float:
        """Character error rate of the normalised texts."""
        from quality.distances import character_error_rate

        return character_error_rate(_words(case, left.text).text, _words(case, right.text).text)


class TranscriptModel:
    """Word by word, weighed by each worker's expected errors."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → 1 − expected word error rate."""
        return self._skills

    def settle(self, case: SoundCase, judgements: Sequence[Judgement[TranscriptAnswer]]) -> Outcome[TranscriptAnswer]:
        """The merged text; `detail["words"]` holds each word with its share."""
        given = [(one.worker, one.answer.text) for one in judgements if one.answer is not None]
        if case.settings.opinion:
            return Collected([_text(text) for _, text in given])
        if not given:
            return Settled(answer=None, confidence=None)
        if len({text for _, text in given}) == 1:  # all wrote the same: their own spaces and line ends are kept
            share = 1.0 if len(given) > 1 else crowds.skill(self._skills, given[0][0])
            return Settled(_text(given[0][1]), round(share, 4))
        return self._merge(case, given)

    def _merge(self, case: SoundCase, given: Sequence[tuple[int, str]]) -> Settled[TranscriptAnswer]:
        from quality.transcripts import TranscriptFit, rover

        fit = TranscriptFit({worker: 1.0 - value for worker, value in self._skills.items()}, crowd=self._crowd())
        texts = [_words(case, text) for _, text in given]
        weights = [fit.weight(worker) for worker, _ in given]
        merged = rover([text.text for text in texts], weights, language=case.settings.language)
        written = as_written(merged.normalised.split(), texts, weights)
        sure = [[word, round(share, 3)] for word, (_, share) in zip(written.split(), merged.words, strict=False)]
        return Settled(_text(written), round(merged.confidence, 4), {"words": sure})

    def _crowd(self) -> float:
        return 1.0 - sum(self._skills.values()) / len(self._skills) if self._skills else 0.2


class TranscriptAggregator:
    """Weighted, re-aligned ROVER."""

    method = "rover"
    version = 1
    table = "transcripts"

    def model(self, skills: Mapping[int, float]) -> TranscriptModel:
        """With known skills."""
        return TranscriptModel(skills)

    def fit(self, work: Sequence[Judged[TranscriptionSettings, SoundPayload, TranscriptAnswer]]) -> TranscriptModel:
        """Expected word errors of each worker, from agreement with the merged texts."""
        from quality.transcripts import fit_transcripts

        texts = [
            [(j.worker, _words(one.case, j.answer.text).text) for j in one.judgements if j.answer is not None] for one in work
        ]
        found = fit_transcripts(texts, language=work[0].case.settings.language if work else "")
        return TranscriptModel({int(str(worker)): 1.0 - error for worker, error in found.errors.items()})


class TextAreaControl:
    """`TextArea` on `Audio`."""

    control = "TextArea"
    _tag = studio.Control("TextArea", ("audio",))

    def config(self, settings: TranscriptionSettings, payload: SoundPayload) -> str:
        """The labelling config."""
        return self._tag.config(settings, "audio", attributes={"rows": "4", "maxSubmissions": "1", "editable": "true"})

    def from_config(self, xml: str) -> TranscriptionSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        return None if found is None else TranscriptionSettings.model_validate(found.settings())

    def task_data(self, case: SoundCase, url: str) -> dict[str, Json]:
        """The recording's address, and which piece of it."""
        piece = {"start_ms": case.payload.start_ms, "end_ms": case.payload.end_ms}
        return {studio.data_name(case.settings, "audio"): url, **piece}

    def to_result(self, case: SoundCase, answer: TranscriptAnswer) -> list[dict[str, Json]]:
        """One region with the text; none when nobody speaks."""
        return [studio.region(case.settings, "textarea", {"text": [answer.text]})] if answer.text else []

    def from_result(self, case: SoundCase, result: Sequence[Mapping[str, Json]]) -> TranscriptAnswer:
        """Several submissions become lines."""
        return TranscriptAnswer(text="\n".join(studio.lines(case.settings, result)))


def _cue(case: SoundCase, answer: TranscriptAnswer) -> Cue | None:
    return Cue(case.payload.start_ms, case.payload.end_ms, answer.text) if answer.text.strip() else None


def _from_cue(cue: Cue) -> TranscriptAnswer:
    return TranscriptAnswer(text=cue.text)


def _text(text: str) -> TranscriptAnswer:
    return TranscriptAnswer(text=text)


NEWS: SoundCase = Case(
    TranscriptionSettings(language="en", terms=("Hilversum",)), SoundPayload(media="news", start_ms=3200, end_ms=7900), "en"
)
EXAMPLES: Sequence[Example[TranscriptionSettings, SoundPayload, TranscriptAnswer]] = (
    Example(
        title="One sentence of a news reader",
        case=NEWS,
        accepted=[_text("Good evening, this is the news from Hilversum."), _text("good evening this is the news from Hilversum")],
        wrong=_text("Tomorrow it will rain."),
        form={"text": "Good evening, this is the news from Hilversum."},
    ),
    Example(
        title="A word that cannot be made out",
        case=Case(NEWS.settings, SoundPayload(media="news", start_ms=7900, end_ms=12000), "en"),
        accepted=[_text("The mayor of [?] opened the bridge.")],
        wrong=_text("Sport."),
        form={"text": "  The mayor of [?] opened the bridge.\r\n"},
    ),
    Example(
        title="Only music",
        case=Case(NEWS.settings, SoundPayload(media="news", start_ms=12000, end_ms=15500), "en"),
        accepted=[_text("")],
        wrong=_text("la la la"),
        form={"text": "", "no_speech": "1"},
    ),
)


class Transcription:
    """The type object."""

    name = "transcription"
    version = 1
    title: Mapping[str, str] = {"nl": "Spraak opschrijven", "en": "Write down speech"}
    settings_model = TranscriptionSettings
    payload_model = SoundPayload
    answer_model = TranscriptAnswer
    accepts = frozenset({"audio", "video"})
    examples = EXAMPLES
    scoring = TranscriptScoring()
    aggregator = TranscriptAggregator()
    label_studio = TextAreaControl()
    exporters = exporters_for(
        TranscriptAnswer, label_studio, webvtt=Captions("vtt", _cue, _from_cue), srt=Captions("srt", _cue, _from_cue)
    )

    def needs(self, settings: TranscriptionSettings, payload: SoundPayload) -> frozenset[Need]:
        """Hearing; writing can be by keys, braille or, later, by voice."""
        return frozenset({Need.HEARING})

    def split(self, source: Source, settings: TranscriptionSettings, media: MediaReader) -> Iterator[tuple[str, SoundPayload]]:
        """Cut at pauses, the same for everybody, so that answers line up."""
        part = subjects.first_part(source, self.accepts, self.name)
        if part.media is None:
            raise NotSplittable(sentence('"{key}" has no sound file.', key=source.key))
        lengths = {"target_ms": round(settings.target_seconds * 1000), "limit_ms": round(settings.limit_seconds * 1000)}
        pauses = media.pauses(part.media)
        for start, end in media.pieces_at_pauses(part.media, **lengths):
            quiet = pauses_within(pauses, start, end)
            yield f"{start}-{end}", SoundPayload(media=part.media, start_ms=start, end_ms=end, pauses=quiet)

    def question(self, case: SoundCase) -> Question:
        """Listen and write."""
        return wording.ask(case.settings, case.locale, TITLE, STEPS if case.settings.markers else STEPS[:3], HEARD)

    def widget(self, case: SoundCase) -> Widget:
        """A player and a text field."""
        settings, payload = case.settings, case.payload
        pauses = {"pauses": [list(each) for each in payload.pauses]} if payload.pauses else {}
        times = {"start_ms": payload.start_ms, "end_ms": payload.end_ms}
        return Widget(
            "transcription",
            {
                "subject": {"kind": "audio", "media": payload.media, **times, **pauses},
                "markers": [{"value": one.value, "text": one.words(case.locale)} for one in settings.markers],
                "terms": list(settings.terms),
                "no_speech_allowed": settings.no_speech,
                "no_speech_text": wording.say(NO_SPEECH, case.locale),
                "language": settings.language,
                "max_length": settings.max_length,
            },
        )

    def dialogue(self, case: SoundCase) -> Dialogue | NotByVoice:
        """Hear it, say it again, hear what was understood, fix it, send it."""
        data = self.widget(case).data
        return Dialogue(
            "speak",
            {
                "subject": data["subject"],
                "language": case.settings.language,
                "terms": data["terms"],
                "no_speech": case.settings.no_speech,
                "exact": True,
            },
        )

    def parse(self, case: SoundCase, raw: Mapping[str, Any]) -> TranscriptAnswer:
        """Field `text`; `no_speech` when nobody speaks."""
        text = unicodedata.normalize("NFC", forms.text(raw, "text").replace("\r\n", "\n").replace("\r", "\n"))
        silent = forms.ticked(raw, "no_speech")
        if text and silent:
            raise AnswerError(wording.say(BOTH, case.locale), field="text")
        if not text and not silent:
            raise AnswerError(wording.say(EMPTY if case.settings.no_speech else NEEDS_TEXT, case.locale), field="text")
        return TranscriptAnswer(text=text)

    def check(self, case: SoundCase, answer: TranscriptAnswer) -> None:
        """Some text, not too long, and nothing unreadable in it."""
        settings, locale = case.settings, case.locale
        if not answer.text.strip() and not settings.no_speech:
            raise AnswerError(wording.say(NEEDS_TEXT, locale), field="text")
        if len(answer.text) > settings.max_length:
            raise AnswerError(wording.say(TOO_LONG, locale, count=len(answer.text), most=settings.max_length), field="text")
        wording.check_readable(answer.text, locale, "text")

    def follow_up(self, case: SoundCase, outcome: Outcome[TranscriptAnswer]) -> Iterator[SoundPayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = Transcription()
