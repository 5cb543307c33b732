"""`comparison`: the better of two pictures, recordings, videos or texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal
from xml.etree import ElementTree as ET

from pydantic import Field

from accessibility.sentences import sentence
from task_types import options, spoken, studio, subjects, voting, wording
from task_types.errors import NotSplittable
from task_types.exports import exporters_for
from task_types.opinions import distribution
from task_types.options import SAME, Option, OptionAnswer, OptionsPayload
from task_types.protocol import (
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
    Part,
    Question,
    Settled,
    Source,
    Widget,
)
from task_types.settings import StepSettings, in_locale
from task_types.subjects import Subject


class ComparisonSettings(StepSettings):
    """Settings of a step that compares two."""

    same_allowed: bool = Field(default=True, description="\u201cno difference\u201d is an answer too")


ComparisonCase = Case[ComparisonSettings, OptionsPayload]

TITLE: wording.Words = {"nl": "Welke is beter?", "en": "Which one is better?"}
FIRST: Mapping[str, wording.Words] = {
    "image": {"nl": "Bekijk allebei.", "en": "Look at both."},
    "audio": {"nl": "Luister naar allebei.", "en": "Listen to both."},
    "video": {"nl": "Bekijk allebei.", "en": "Watch both."},
    "text": {"nl": "Lees allebei.", "en": "Read both."},
}
THEN: wording.Words = {"nl": "Kies de beste.", "en": "Choose the better one."}
NO_DIFFERENCE: wording.Words = {"nl": "Ik merk geen verschil", "en": "I notice no difference"}
NAMED: wording.Words = {"nl": "Nummer {number}", "en": "Number {number}"}


class ComparisonModel:
    """The more likely of the two, weighed by skill."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → share of answers that the ranking agrees with."""
        return self._skills

    def settle(self, case: ComparisonCase, judgements: Sequence[Judgement[OptionAnswer]]) -> Outcome[OptionAnswer]:
        """One of the two, or no difference; in an opinion project how often each was chosen."""
        votes = voting.given_values(judgements, lambda answer: answer.chosen)
        possible = [*case.payload.keys, *([SAME] if case.settings.same_allowed else [])]
        if case.settings.opinion:
            return distribution((value for _, value in votes), possible)
        if not votes:
            return Settled(answer=None, confidence=None)
        value, chance = voting.most_likely(voting.chances(votes, possible, self._skills))
        return Settled(OptionAnswer(chosen=value), round(chance, 4))


class ComparisonAggregator:
    """Skills from a Bradley–Terry ranking of everything that was compared in the step."""

    method = "weighted bradley-terry"
    version = 1
    table = "nominal"

    def model(self, skills: Mapping[int, float]) -> ComparisonModel:
        """With known skills."""
        return ComparisonModel(skills)

    def fit(self, work: Sequence[Judged[ComparisonSettings, OptionsPayload, OptionAnswer]]) -> ComparisonModel:
        """Share of each worker's answers that the ranking agrees with."""
        import numpy as np

        from quality.pairwise import weighted_bradley_terry

        wins = [win for one in work for win in _wins(one)]
        if not wins:
            return ComparisonModel({})
        items = {name: i for i, name in enumerate(dict.fromkeys(name for _, better, worse in wins for name in (better, worse)))}
        people = {worker: i for i, worker in enumerate(dict.fromkeys(worker for worker, _, _ in wins))}
        winners = np.array([items[better] for _, better, _ in wins])
        losers = np.array([items[worse] for _, _, worse in wins])
        who = np.array([people[worker] for worker, _, _ in wins])
        found = weighted_bradley_terry(winners, losers, who, len(items))
        return ComparisonModel({worker: float(found.skills[i]) for worker, i in people.items()})


def _wins(judged: Judged[ComparisonSettings, OptionsPayload, OptionAnswer]) -> Iterator[tuple[int, str, str]]:
    """(worker, better, worse), by what was shown: the same recording may stand in many pairs."""
    names = {option.key: option.subject.media or option.subject.text or option.key for option in judged.case.payload.options}
    for one in judged.judgements:
        if one.answer is not None and one.answer.chosen in names:
            other = next(key for key in names if key != one.answer.chosen)
            if names[one.answer.chosen] != names[other]:
                yield one.worker, names[one.answer.chosen], names[other]


class PairwiseControl:
    """`Pairwise`: left is the first of the source, right the second; no region: no difference."""

    control = "Pairwise"

    def config(self, settings: ComparisonSettings, payload: OptionsPayload) -> str:
        """The labelling config, with the two objects."""
        view = ET.Element("View")
        if title := in_locale(settings.question, settings.language):
            ET.SubElement(view, "Header", value=title)
        sides = _sides(settings.label_studio.to_name)
        for side, data, option in zip(sides, _sides(settings.label_studio.data), payload.options, strict=True):
            ET.SubElement(view, studio.OBJECTS[option.subject.kind], name=side, value=f"${data}")
        ET.SubElement(view, "Pairwise", name=settings.label_studio.from_name, toName=",".join(sides))
        ET.indent(view)
        return ET.tostring(view, encoding="unicode")

    def from_config(self, xml: str) -> ComparisonSettings | None:
        """Settings from a config with this control."""
        found = studio.Control("Pairwise", ("image", "audio", "video", "text")).find(xml)
        return None if found is None else ComparisonSettings.model_validate(found.settings())

    def task_data(self, case: ComparisonCase, url: str) -> dict[str, Json]:
        """Both; files by their media ids, since one address cannot stand for two."""
        shown = [option.subject.text or option.subject.media for option in case.payload.options]
        return dict(zip(_sides(case.settings.label_studio.data), shown, strict=True))

    def to_result(self, case: ComparisonCase, answer: OptionAnswer) -> list[dict[str, Json]]:
        """One region, or none."""
        if answer.chosen == SAME:
            return []
        side = "left" if answer.chosen == case.payload.keys[0] else "right"
        found = studio.region(case.settings, "pairwise", {"selected": side})
        first = _sides(case.settings.label_studio.to_name)[0]
        return [{**found, "to_name": first}]  # the SDK knows one object per region, though the control stands on two

    def from_result(self, case: ComparisonCase, result: Sequence[Mapping[str, Json]]) -> OptionAnswer:
        """The side that was selected."""
        found = studio.values(case.settings, "pairwise", result)
        if not found:
            return OptionAnswer(chosen=SAME)
        return OptionAnswer(chosen=case.payload.keys[0 if found[0]["selected"] == "left" else 1])


def _sides(names: str | None) -> list[str]:
    """The names of both in the client's config, or our own."""
    found = (names or "").split(",")
    return found if len(found) == 2 else ["left", "right"]


def _sound(key: str, media: str) -> Option:
    return Option(key=key, subject=Subject(kind="audio", media=media, end_ms=8000))


def _text(key: str, text: str) -> Option:
    return Option(key=key, subject=Subject(kind="text", text=text))


VOICES = OptionsPayload(options=(_sound("old", "voice-old"), _sound("new", "voice-new")))
EXAMPLES: Sequence[Example[ComparisonSettings, OptionsPayload, OptionAnswer]] = (
    Example(
        title="Two recordings of one sentence",
        case=Case(
            ComparisonSettings(question={"nl": "Welke stem is duidelijker?", "en": "Which voice is clearer?"}), VOICES, "en"
        ),
        accepted=[OptionAnswer(chosen="new")],
        wrong=OptionAnswer(chosen="old"),
        form={"chosen": "new"},
    ),
    Example(
        title="No difference to be heard",
        case=Case(
            ComparisonSettings(question={"nl": "Welke stem is duidelijker?", "en": "Which voice is clearer?"}), VOICES, "en"
        ),
        accepted=[OptionAnswer(chosen=SAME)],
        wrong=OptionAnswer(chosen="old"),
        form={"chosen": SAME},
    ),
    Example(
        title="Two headlines: an opinion",
        case=Case(
            ComparisonSettings(opinion=True, same_allowed=False),
            OptionsPayload(options=(_text("a", "Brug weer open"), _text("b", "Eindelijk: de brug is open!"))),
            "en",
        ),
        accepted=[OptionAnswer(chosen="a")],
        wrong=None,
        form={"chosen": "a"},
    ),
)


class Comparison:
    """The type object."""

    name = "comparison"
    version = 1
    title: Mapping[str, str] = {"nl": "Vergelijken", "en": "Compare two"}
    settings_model = ComparisonSettings
    payload_model = OptionsPayload
    answer_model = OptionAnswer
    accepts = frozenset({"image", "audio", "video", "text"})
    scoring = options.OptionScoring()
    aggregator = ComparisonAggregator()
    label_studio = PairwiseControl()
    exporters = exporters_for(OptionAnswer, label_studio)
    examples = EXAMPLES

    def needs(self, settings: ComparisonSettings, payload: OptionsPayload) -> frozenset[Need]:
        """Those of what is compared."""
        return frozenset(need for option in payload.options for need in subjects.NEEDS[option.subject.kind])

    def split(self, source: Source, settings: ComparisonSettings, media: MediaReader) -> Iterator[tuple[str, OptionsPayload]]:
        """The two parts of the source."""
        parts: list[Part] = [part for part in source.parts if part.kind in self.accepts]
        if len(parts) != 2 or parts[0].kind != parts[1].kind:
            has = ", ".join(part.kind for part in source.parts) or sentence("nothing")
            raise NotSplittable(
                sentence(
                    '"{key}" has {has}. To compare, give two pictures, recordings, videos or texts in one source.',
                    key=source.key,
                    has=has,
                )
            )
        yield "pair", options.payload(source, parts, media)

    def question(self, case: ComparisonCase) -> Question:
        """Take in both, then choose."""
        kind = case.payload.options[0].subject.kind
        return wording.ask(case.settings, case.locale, TITLE, (FIRST[kind], THEN), (FIRST["audio"], THEN))

    def widget(self, case: ComparisonCase) -> Widget:
        """Two side by side, mixed."""
        same = {"same_allowed": case.settings.same_allowed, "same_text": wording.say(NO_DIFFERENCE, case.locale)}
        return Widget("comparison", {**options.shown(case, case.settings, NAMED), **same})

    def dialogue(self, case: ComparisonCase) -> Dialogue | NotByVoice:
        """One after the other, then the better one; pictures need eyes."""
        settings, locale = case.settings, case.locale
        for option in case.payload.options:
            refusal = spoken.not_for_ears(option.subject, locale)
            if refusal is not None:
                return refusal
        shown = options.shown(case, settings, NAMED)
        answers = [{"value": one["key"], "text": one["text"]} for one in shown["options"]]
        same = [{"value": options.SAME, "text": wording.say(NO_DIFFERENCE, locale)}] if settings.same_allowed else []
        return Dialogue(
            "choose",
            {
                "subjects": [{"say": one["text"], **one["subject"]} for one in shown["options"]],
                "field": "chosen",
                "options": [*answers, *same],
                "always": {"order": ",".join(shown["order"])},
            },
        )

    def parse(self, case: ComparisonCase, raw: Mapping[str, Any]) -> OptionAnswer:
        """Fields `chosen` and `order`."""
        return options.parse(raw, case.locale)

    def check(self, case: ComparisonCase, answer: OptionAnswer) -> None:
        """One of the two, or no difference where that may be said."""
        options.check(answer, case, same=case.settings.same_allowed)

    def follow_up(self, case: ComparisonCase, outcome: Outcome[OptionAnswer]) -> Iterator[OptionsPayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = Comparison()
