"""`image_choice`: one picture out of 2 to 9, such as the most attractive thumbnail. An opinion, unless the project says not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from task_types import options, voting, wording
from task_types.exports import exporters_for
from task_types.opinions import distribution
from task_types.options import Option, OptionAnswer, OptionsPayload
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
    Question,
    Settled,
    Source,
    Widget,
)
from task_types.settings import StepSettings
from task_types.subjects import Subject


class ImageChoiceSettings(StepSettings):
    """Settings of a step that chooses a picture."""

    opinion: bool = Field(
        default=True, description="what people like best has no right answer; false: there is one, so gold fits"
    )


ImageChoiceCase = Case[ImageChoiceSettings, OptionsPayload]

TITLE: wording.Words = {"nl": "Welke foto vind je het mooist?", "en": "Which picture do you like best?"}
STEPS: Sequence[wording.Words] = (
    {"nl": "Bekijk alle foto's.", "en": "Look at all the pictures."},
    {"nl": "Kies er een.", "en": "Choose one."},
)
NAMED: wording.Words = {"nl": "Foto {number}", "en": "Picture {number}"}


class ImageChoiceModel:
    """How often each picture was chosen, or the most likely one."""

    def __init__(self, skills: Mapping[int, float]) -> None:
        self._skills = dict(skills)

    @property
    def skills(self) -> Mapping[int, float]:
        """Worker → share of right answers; nobody's in an opinion."""
        return self._skills

    def settle(self, case: ImageChoiceCase, judgements: Sequence[Judgement[OptionAnswer]]) -> Outcome[OptionAnswer]:
        """A distribution over the pictures; one of them where the project has right answers."""
        votes = voting.given_values(judgements, lambda answer: answer.chosen)
        if case.settings.opinion:
            return distribution((value for _, value in votes), case.payload.keys)
        if not votes:
            return Settled(answer=None, confidence=None)
        value, chance = voting.most_likely(voting.chances(votes, case.payload.keys, self._skills))
        return Settled(OptionAnswer(chosen=value), round(chance, 4))


class ImageChoiceAggregator:
    """The posterior where something is right; in an opinion how often each was chosen."""

    method = "mean of models"
    version = 2
    table = "nominal"

    def model(self, skills: Mapping[int, float]) -> ImageChoiceModel:
        """With known skills."""
        return ImageChoiceModel(skills)

    def fit(self, work: Sequence[Judged[ImageChoiceSettings, OptionsPayload, OptionAnswer]]) -> ImageChoiceModel:
        """Skills only where something is right."""
        judged = [one for one in work if not one.case.settings.opinion]
        return ImageChoiceModel(voting.skills(judged, lambda answer: answer.chosen))


def _picture(key: str) -> Option:
    return Option(key=key, subject=Subject(kind="image", media=f"thumbnail-{key}", width=640, height=360))


THREE = OptionsPayload(options=(_picture("a"), _picture("b"), _picture("c")))
EXAMPLES: Sequence[Example[ImageChoiceSettings, OptionsPayload, OptionAnswer]] = (
    Example(
        title="The most attractive thumbnail of a film",
        case=Case(ImageChoiceSettings(), THREE, "en"),
        accepted=[OptionAnswer(chosen="b")],
        wrong=None,
        form={"chosen": "b"},
    ),
    Example(
        title="The sharpest of three: here there is a right answer",
        case=Case(ImageChoiceSettings(opinion=False, question="Which picture is the sharpest?"), THREE, "en"),
        accepted=[OptionAnswer(chosen="c")],
        wrong=OptionAnswer(chosen="a"),
        form={"chosen": "c"},
    ),
)


class ImageChoice:
    """The type object."""

    name = "image_choice"
    version = 1
    title: Mapping[str, str] = {"nl": "Foto kiezen", "en": "Choose a picture"}
    settings_model = ImageChoiceSettings
    payload_model = OptionsPayload
    answer_model = OptionAnswer
    accepts = frozenset({"image"})
    values_differ = True  # "thumb1" is another picture in each row
    scoring = options.OptionScoring()
    aggregator = ImageChoiceAggregator()
    label_studio = None  # no control chooses one picture out of several
    exporters = exporters_for(OptionAnswer, None)
    examples = EXAMPLES

    def needs(self, settings: ImageChoiceSettings, payload: OptionsPayload) -> frozenset[Need]:
        """Sight."""
        return frozenset({Need.SIGHT})

    def split(self, source: Source, settings: ImageChoiceSettings, media: MediaReader) -> Iterator[tuple[str, OptionsPayload]]:
        """All pictures of the source together."""
        yield "choice", options.payload(source, [part for part in source.parts if part.kind == "image"], media)

    def question(self, case: ImageChoiceCase) -> Question:
        """Look at all, choose one."""
        return wording.ask(case.settings, case.locale, TITLE, STEPS)

    def widget(self, case: ImageChoiceCase) -> Widget:
        """Pictures as radio buttons, mixed."""
        return Widget("image_choice", options.shown(case, case.settings, NAMED))

    def dialogue(self, case: ImageChoiceCase) -> Dialogue | NotByVoice:
        """Pictures need eyes."""
        words = {"nl": "Voor dit werk moet je de foto's zien.", "en": "For this work you need to see the pictures."}
        return NotByVoice(wording.say(words, case.locale))

    def parse(self, case: ImageChoiceCase, raw: Mapping[str, Any]) -> OptionAnswer:
        """Fields `chosen` and `order`."""
        return options.parse(raw, case.locale)

    def check(self, case: ImageChoiceCase, answer: OptionAnswer) -> None:
        """One of the pictures."""
        options.check(answer, case, same=False)

    def follow_up(self, case: ImageChoiceCase, outcome: Outcome[OptionAnswer]) -> Iterator[OptionsPayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


TASK_TYPE = ImageChoice()
