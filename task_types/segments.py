"""`sound_events` and `video_segments`: from when to when something is heard or seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import ValidationError

from task_types import forms, labels, shapes, spoken, studio, subjects, wording
from task_types.exports import exporters_for
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
from task_types.segment_answers import (
    AGGREGATOR,
    SCORING,
    Segment,
    SegmentAnswer,
    SegmentCase,
    SegmentSettings,
)
from task_types.settings import Label
from task_types.subjects import Subject

TITLE: Mapping[str, wording.Words] = {
    "audio": {"nl": "Wanneer hoor je: {labels}?", "en": "When do you hear: {labels}?"},
    "video": {"nl": "Wanneer zie je: {labels}?", "en": "When do you see: {labels}?"},
}
STEPS: Sequence[wording.Words] = (
    {"nl": "Speel het af.", "en": "Play it."},
    {
        "nl": "Kies wat begint, en druk op \u201cHet begint nu\u201d.",
        "en": "Choose what begins, and press \u201cIt starts now\u201d.",
    },
    {"nl": "Druk op \u201cHet stopt nu\u201d als het stopt.", "en": "Press \u201cIt stops now\u201d when it stops."},
)
NAMED: wording.Words = {"nl": "Stuk {number} ({label})", "en": "Segment {number} ({label})"}
EMPTY: wording.Words = {
    "nl": "Er is nog niets gemarkeerd. Markeer een stuk, of kies \u201cEr is hier niets\u201d.",
    "en": "Nothing is marked yet. Mark a segment, or choose \u201cThere is nothing here\u201d.",
}
EMPTY_ROW: wording.Words = {
    "nl": "Stuk {number} is niet af. Vul in wat het is, het begin en het eind.",
    "en": "Segment {number} is not complete. Fill in what it is, its start and its end.",
}
NO_LENGTH: wording.Words = {
    "nl": "{segment}: begint op {start} en eindigt op {end}. Het eind moet later zijn.",
    "en": "{segment}: starts at {start} and ends at {end}. The end must be later.",
}
OUTSIDE: wording.Words = {
    "nl": "{segment}: {start} tot {end} ligt niet binnen het stuk van {first} tot {last}.",
    "en": "{segment}: {start} to {end} is not within the piece from {first} to {last}.",
}
OVERLAPS: wording.Words = {
    "nl": "{segment}: begint voor het vorige stuk is afgelopen. Dat kan hier niet.",
    "en": "{segment}: starts before the one before it has ended. That cannot be here.",
}
NOT_A_TIME: wording.Words = {
    "nl": "\u201c{value}\u201d is geen tijd. Schrijf 1:02,5 of 62,5.",
    "en": "\u201c{value}\u201d is not a time. Write 1:02.5 or 62.5.",
}
TOO_FEW: wording.Words = {"nl": "Markeer er ten minste {least}.", "en": "Mark at least {least}."}
TOO_MANY: wording.Words = {"nl": "Markeer er niet meer dan {most}.", "en": "Mark no more than {most}."}


class SegmentControl:
    """`Labels` on `Audio` (seconds there, ms here); videos go by the same control on their sound track's times."""

    control = "Labels"

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._tag = studio.Control("Labels", (kind,))

    def config(self, settings: SegmentSettings, payload: Subject) -> str:
        """The labelling config."""
        return self._tag.config(settings, self._kind, [label.value for label in settings.labels])

    def from_config(self, xml: str) -> SegmentSettings | None:
        """Settings from a config with this control."""
        found = self._tag.find(xml)
        return None if found is None else SegmentSettings.model_validate(found.settings("labels"))

    def task_data(self, case: SegmentCase, url: str) -> dict[str, Json]:
        """The recording's address, and which piece of it."""
        return subjects.studio_data(case.payload, studio.data_name(case.settings, self._kind), url)

    def to_result(self, case: SegmentCase, answer: SegmentAnswer) -> list[dict[str, Json]]:
        """One region per segment."""
        shown = [{"start": one.start_ms / 1000, "end": one.end_ms / 1000, "labels": [one.label]} for one in answer.segments]
        return [studio.region(case.settings, "labels", {**value, "channel": 0}, number=i) for i, value in enumerate(shown)]

    def from_result(self, case: SegmentCase, result: Sequence[Mapping[str, Json]]) -> SegmentAnswer:
        """Milliseconds again; a region with several labels gives a segment each."""
        found = studio.values(case.settings, "labels", result)
        rows = [
            Segment(label=label, start_ms=round(value["start"] * 1000), end_ms=round(value["end"] * 1000))
            for value in found
            for label in value["labels"]
        ]
        return SegmentAnswer(segments=tuple(rows))


class Segments:
    """The type object, for one name and kind of recording."""

    version = 1
    settings_model = SegmentSettings
    payload_model = Subject
    answer_model = SegmentAnswer
    scoring = SCORING
    aggregator = AGGREGATOR

    def __init__(
        self,
        name: str,
        title: Mapping[str, str],
        kind: Literal["audio", "video"],
        examples: Sequence[Example[SegmentSettings, Subject, SegmentAnswer]],
    ) -> None:
        self.name = name
        self.title = title
        self.accepts = frozenset({kind})
        self.examples = examples
        self.label_studio = SegmentControl("audio") if kind == "audio" else None  # no control marks video to the ms
        self.exporters = exporters_for(SegmentAnswer, self.label_studio)

    def needs(self, settings: SegmentSettings, payload: Subject) -> frozenset[Need]:
        """Hearing, and for video sight as well."""
        return subjects.NEEDS[payload.kind]

    def split(self, source: Source, settings: SegmentSettings, media: MediaReader) -> Iterator[tuple[str, Subject]]:
        """Sound at pauses, video at scenes."""
        return subjects.subjects(source, self.accepts, self.name, media, time=settings)

    def question(self, case: SegmentCase) -> Question:
        """What to mark."""
        words = ", ".join(label.words(case.locale) for label in case.settings.labels[:5])
        # by voice the dialogue says which keys to press: the page's buttons are not there
        return wording.ask(case.settings, case.locale, TITLE[case.payload.kind], STEPS, (), labels=words)

    def widget(self, case: SegmentCase) -> Widget:
        """A player with marks, and a table of segments."""
        settings = case.settings
        return Widget(
            "segments",
            {
                "subject": subjects.shown(case.payload, settings.language),
                **labels.shown(settings, case.locale),
                "min_segments": settings.min_segments,
                "max_segments": settings.max_segments,
                "overlap_allowed": settings.overlap_allowed,
                "nothing_allowed": settings.min_segments == 0,
                "nothing_text": wording.say(wording.NOTHING_HERE, case.locale),
                "frames": case.payload.kind == "video",
            },
        )

    def dialogue(self, case: SegmentCase) -> Dialogue | NotByVoice:
        """ "Now" and "end" by key, while it plays; video needs eyes."""
        settings, locale = case.settings, case.locale
        shown = [{"value": one["value"], "text": one["text"]} for one in labels.shown(settings, locale)["labels"]]
        subject = subjects.shown(case.payload, settings.language)
        found = {"subject": subject, "options": shown, "nothing": settings.min_segments == 0}
        return spoken.not_for_ears(case.payload, locale) or Dialogue("mark", found)

    def parse(self, case: SegmentCase, raw: Mapping[str, Any]) -> SegmentAnswer:
        """Field `segments` (JSON), or rows `segment-0-label`, `segment-0-start` …; `nothing` when there is nothing."""
        rows = forms.json_rows(raw, "segments", case.locale) or [
            _row(i, row, case) for i, row in forms.plain_rows(raw, "segment", ("label", "start", "end"))
        ]
        if not rows and not (case.settings.min_segments == 0 and forms.ticked(raw, "nothing")):
            raise AnswerError(wording.say(EMPTY, case.locale), field="segments")
        try:
            return SegmentAnswer.model_validate({"segments": rows})
        except ValidationError as error:
            raise AnswerError(wording.say(forms.BROKEN, case.locale), field="segments") from error

    def check(self, case: SegmentCase, answer: SegmentAnswer) -> None:
        """Known labels, within the piece, with a length; the sentence says which segment."""
        settings, locale = case.settings, case.locale
        for i, one in enumerate(answer.segments):
            name = wording.say(NAMED, locale, number=i + 1, label=one.label)
            shapes.check_label(one.label, settings.labels, name, locale, f"segments[{i}].label")
            _check_times(one, case, name, f"segments[{i}]")
            if not settings.overlap_allowed and i and one.start_ms < answer.segments[i - 1].end_ms:
                raise AnswerError(wording.say(OVERLAPS, locale, segment=name), field=f"segments[{i}]")
        if len(answer.segments) < settings.min_segments:
            raise AnswerError(wording.say(TOO_FEW, locale, least=settings.min_segments), field="segments")
        if len(answer.segments) > settings.max_segments:
            raise AnswerError(wording.say(TOO_MANY, locale, most=settings.max_segments), field="segments")

    def follow_up(self, case: SegmentCase, outcome: Outcome[SegmentAnswer]) -> Iterator[Subject]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def _check_times(one: Segment, case: SegmentCase, name: str, field: str) -> None:
    times = {"start": subjects.clock(one.start_ms), "end": subjects.clock(one.end_ms)}
    if one.end_ms <= one.start_ms:
        raise AnswerError(wording.say(NO_LENGTH, case.locale, segment=name, **times), field=field)
    first, last = case.payload.start_ms, case.payload.end_ms
    if one.start_ms < first or (last is not None and one.end_ms > last):
        piece = {"first": subjects.clock(first), "last": subjects.clock(last) if last is not None else "…"}
        raise AnswerError(wording.say(OUTSIDE, case.locale, segment=name, **times, **piece), field=field)


def _row(i: int, row: Mapping[str, str], case: SegmentCase) -> dict[str, Json]:
    if not all(row.values()):
        raise AnswerError(wording.say(EMPTY_ROW, case.locale, number=i + 1), field=f"segment-{i}")
    times = {f"{edge}_ms": _time(row[edge], case, f"segment-{i}-{edge}") for edge in ("start", "end")}
    return {"label": row["label"], **times}


def _time(value: str, case: SegmentCase, field: str) -> int:
    """`1:02:03.5`, `62.5` or `62,5` in milliseconds."""
    found = re.fullmatch(r"(?:(?:(\d{1,3}):)?(\d{1,5}):)?(\d{1,6})(?:[.,](\d{1,3}))?", value)
    if not found:
        raise AnswerError(wording.say(NOT_A_TIME, case.locale, value=value[:30]), field=field)
    hours, minutes, seconds, rest = found.groups()
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    return whole * 1000 + int((rest or "0").ljust(3, "0"))


def _answer(*segments: tuple[str, int, int]) -> SegmentAnswer:
    return SegmentAnswer(segments=tuple(Segment(label=label, start_ms=start, end_ms=end) for label, start, end in segments))


RADIO: SegmentCase = Case(SegmentSettings(), Subject(kind="audio", media="radio", start_ms=60000, end_ms=90000), "en")
FILM: SegmentCase = Case(
    SegmentSettings(
        labels=(
            Label(value="indoors", text={"nl": "binnen", "en": "indoors"}),
            Label(value="outdoors", text={"nl": "buiten", "en": "outdoors"}),
        ),
        overlap_allowed=False,
        min_segments=1,
    ),
    Subject(kind="video", media="film", width=640, height=360, start_ms=0, end_ms=20000),
    "en",
)
TASK_TYPE = Segments(
    "sound_events",
    {"nl": "Geluiden aanwijzen", "en": "Mark sounds"},
    "audio",
    (
        Example(
            title="Music with somebody talking over its end",
            case=RADIO,
            accepted=[_answer(("music", 61500, 75250), ("speech", 74000, 90000))],
            wrong=_answer(("applause", 80000, 82000)),
            form={
                "segments": '[{"label": "music", "start_ms": 61500, "end_ms": 75250}, '
                '{"label": "speech", "start_ms": 74000, "end_ms": 90000}]'
            },
        ),
        Example(
            title="Times typed in without a script",
            case=RADIO,
            accepted=[_answer(("applause", 62500, 65000))],
            wrong=_answer(("applause", 70000, 72000)),
            form={"segment-0-label": "applause", "segment-0-start": "1:02,5", "segment-0-end": "65", "segment-1-label": ""},
        ),
        Example(
            title="Nothing but noise",
            case=RADIO,
            accepted=[_answer()],
            wrong=_answer(("music", 60000, 62000)),
            form={"nothing": "1"},
        ),
    ),
)
VIDEO_SEGMENTS = Segments(
    "video_segments",
    {"nl": "Stukken video aanwijzen", "en": "Mark parts of a video"},
    "video",
    (
        Example(
            title="Where the scene moves outdoors",
            case=FILM,
            accepted=[_answer(("indoors", 0, 8040), ("outdoors", 8040, 20000))],
            wrong=_answer(("outdoors", 0, 20000)),
            form={
                "segments": '[{"label": "outdoors", "start_ms": 8040, "end_ms": 20000}, '
                '{"label": "indoors", "start_ms": 0, "end_ms": 8040}]'
            },
        ),
        Example(
            title="Two typed times",
            case=FILM,
            accepted=[_answer(("indoors", 500, 3000))],
            wrong=_answer(("outdoors", 500, 3000)),
            form={"segment-0-label": "indoors", "segment-0-start": "0.5", "segment-0-end": "0:03"},
        ),
    ),
)
