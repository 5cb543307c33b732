"""`mturk_html`: a requester's own page, in a sandbox. What it posts are names and texts; nothing of it is trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accessibility.sentences import sentence
from mturk_bridge.kinds import facts
from mturk_bridge.kinds.facts import Batch, Facts
from mturk_bridge.kinds.form import MturkSettings
from task_types import forms, wording
from task_types.errors import NotSplittable
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

MOST_FIELDS = 2_000
LONGEST_VALUE = 1_000_000  # characters of one field
LONGEST_NAME = 500
LONGEST_LOOK = 6_000  # characters of an address
# The cookie by which the page around remembers whose page is open in this browser.
OPENED = "mturk_opened"
Value = str | tuple[str, ...]


class HtmlSettings(MturkSettings):
    """Of a batch, what all its rows share; a HIT brings its own."""

    page: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the page that all rows fill in")
    facts: Facts | None = Field(default=None, description="title, requester, expected time, pay per hour")
    columns: tuple[str, ...] = Field(default=(), description="columns of the table, as in its header")
    html_columns: tuple[str, ...] = Field(default=(), description="columns whose values are HTML, not text")
    hosts: tuple[str, ...] = Field(default=(), description="servers from which pictures and sound may be shown")
    batch: Batch | None = Field(default=None, description="what a results file tells of the batch")
    guarded: ClassVar[Mapping[str, Literal["always", "open"]]] = dict.fromkeys(
        ("page", "facts", "html_columns", "hosts", "batch"), "always"
    )


class HtmlPayload(BaseModel):
    """
    One HIT: a page that is kept here (`page`: its SHA-256), filled in with `variables`; or one elsewhere (`url`, https);
    neither: the page of the step.

    `frame_height`: pixels that the requester asks for; 0: as high as what is in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: Facts | None = None
    page: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    url: str | None = Field(default=None, max_length=4000)
    variables: dict[str, str] = Field(default_factory=dict)
    frame_height: int = Field(default=0, ge=0, le=20_000)

    @model_validator(mode="after")
    def _is_one_thing(self) -> HtmlPayload:
        if self.page is not None and self.url is not None:
            raise ValueError("A page is kept here or elsewhere: give page or url.")
        return self


class HtmlAnswer(BaseModel):
    """The fields of the page's form by name; a name that came more than once has all its values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, Value]


HtmlCase = Case[HtmlSettings, HtmlPayload]
EMPTY: wording.Words = {"nl": "Vul de pagina in. Verstuur haar dan.", "en": "Fill in the page. Then send it."}
TOO_MUCH: wording.Words = {
    "nl": "Dit is te veel om te bewaren. Kort het in.",
    "en": "This is too much to keep. Make it shorter.",
}
BY_EYE: wording.Words = {
    "nl": "Dit is een pagina van iemand anders. Die kan niet met de stem.",
    "en": "This is somebody else's page. It cannot be done by voice.",
}
_FACTS = Facts(title="Look at the page", description="", requester="Zender Noord", seconds=60, hourly_eur="15.20")
_PAGE = "0" * 64
EXAMPLES: Sequence[Example[HtmlSettings, HtmlPayload, HtmlAnswer]] = (
    Example(
        title="A page that is kept here",
        case=Case(HtmlSettings(), HtmlPayload(facts=_FACTS, page=_PAGE, variables={"name": "boat.jpg"}), "en"),
        accepted=[HtmlAnswer(fields={"tag": "boat", "colours": ("red", "white")})],
        wrong=None,
        form={"fields": '{"tag": "boat", "colours": ["red", "white"]}'},
    ),
    Example(
        title="A page elsewhere",
        case=Case(HtmlSettings(), HtmlPayload(facts=_FACTS, url="https://zender.example/task?id=1", frame_height=600), "en"),
        accepted=[HtmlAnswer(fields={"answer": "yes"})],
        wrong=None,
        form={"fields": '{"answer": "yes"}'},
    ),
)


class MturkHtml:
    """The type object."""

    name = "mturk_html"
    version = 1
    title: Mapping[str, str] = {"nl": "Pagina van een opdrachtgever (MTurk)", "en": "Requester's page (MTurk)"}
    settings_model = HtmlSettings
    payload_model = HtmlPayload
    answer_model = HtmlAnswer
    accepts = frozenset({"row"})  # of a batch; a HIT comes in through the endpoint
    scoring = None
    aggregator = None
    label_studio = None
    exporters = exporters_for(HtmlAnswer, None)
    examples = EXAMPLES

    def needs(self, settings: HtmlSettings, payload: HtmlPayload) -> frozenset[Need]:
        """Nobody knows what such a page needs until somebody has looked: eyes, reading and a pointer."""
        return frozenset({Need.SIGHT, Need.READING, Need.POINTER})

    def split(self, source: Source, settings: HtmlSettings, media: MediaReader) -> Iterator[tuple[str, HtmlPayload]]:
        """A row of a batch fills the step's page in. Whatever it holds is text."""
        row = source.first("row")
        if settings.page is None or row is None:
            raise NotSplittable(
                sentence(
                    '"{key}": a page needs a template. Use: workbench mturk import-batch TEMPLATE.html INPUT.csv', key=source.key
                )
            )
        yield "page", HtmlPayload(variables=dict(row.fields))

    def question(self, case: HtmlCase) -> Question:
        """The requester's title and description, the time it takes and what it pays."""
        known = facts_of(case)
        return facts.asked(known, case.locale)

    def widget(self, case: HtmlCase) -> Widget:
        """The page in its sandbox."""
        payload = case.payload
        site = urlsplit(payload.url).netloc.lower() if payload.url else None
        data = {"title": facts_of(case).title, "frame": "/mturk/frame/", "height": payload.frame_height, "site": site}
        return Widget("framed_page", {**data, "look": _look(case), "opened": OPENED})

    def dialogue(self, case: HtmlCase) -> Dialogue | NotByVoice:
        """A page made for eyes."""
        return NotByVoice(wording.say(BY_EYE, case.locale))

    def parse(self, case: HtmlCase, raw: Mapping[str, Any]) -> HtmlAnswer:
        """The field `fields`: a JSON object that the sandbox gave."""
        rows = forms.json_rows({"fields": f"[{forms.text(raw, 'fields') or '{}'}]"}, "fields", case.locale) or [{}]
        return HtmlAnswer(fields={str(name): _value(value) for name, value in rows[0].items()})

    def check(self, case: HtmlCase, answer: HtmlAnswer) -> None:
        """Something was filled in, and it is not too much."""
        if not any(answer.fields.values()):
            raise AnswerError(wording.say(EMPTY, case.locale), field="fields")
        sizes = [len(each) for value in answer.fields.values() for each in ([value] if isinstance(value, str) else value)]
        names = [len(name) for name in answer.fields]
        if len(sizes) > MOST_FIELDS or max(sizes, default=0) > LONGEST_VALUE or max(names) > LONGEST_NAME:
            raise AnswerError(wording.say(TOO_MUCH, case.locale), field="fields")

    def follow_up(self, case: HtmlCase, outcome: Outcome[HtmlAnswer]) -> Iterator[HtmlPayload]:
        """None."""
        return iter(())

    def upgrade(self, what: Literal["settings", "payload", "answer"], version: int, data: dict[str, Json]) -> dict[str, Json]:
        """Version 1 is the first."""
        return data


def facts_of(case: HtmlCase) -> Facts:
    """What is known of a HIT, or of the batch that it belongs to."""
    return case.payload.facts or case.settings.facts or Facts(title="–", requester="–", seconds=0, hourly_eur="0.00")


def _look(case: HtmlCase) -> str | None:
    """Where the page can be looked at without anybody's assignment; None where it is elsewhere."""
    page = case.payload.page or case.settings.page
    if case.payload.url is not None or page is None:
        return None
    address = f"/mturk/look/{page}?{urlencode(case.payload.variables)}"
    return address if len(address) <= LONGEST_LOOK else f"/mturk/look/{page}"


def _value(value: Json) -> Value:
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return "" if value is None else str(value)


TASK_TYPE = MturkHtml()
