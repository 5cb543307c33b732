"""What a worker may know before beginning: how long it takes, what an hour of it pays, who asks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from task_types import wording
from task_types.protocol import Locale, Question

TAKES: wording.Words = {"nl": "Dit duurt ongeveer {minutes}.", "en": "This takes about {minutes}."}
PAYS: wording.Words = {
    "nl": "{requester} betaalt het lab hiervoor {amount} per uur. Jij krijgt je uren, zoals altijd.",
    "en": "{requester} pays the lab {amount} an hour for this. You get your hours, as always.",
}
UNDER_A_MINUTE: wording.Words = {"nl": "een minuut", "en": "a minute"}
MINUTES: wording.Words = {"nl": "{n} minuten", "en": "{n} minutes"}


class Facts(BaseModel):
    """About one HIT. `hourly_eur`: euros that an hour of it pays, as text ("15.13"); `seconds`: expected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1)
    description: str = ""
    requester: str
    seconds: int = Field(ge=0)
    hourly_eur: str = Field(pattern=r"^\d+\.\d\d$")
    about: str | None = None  # public id of the requester: how it deals with people stands on a page


class Batch(BaseModel):
    """What a results file says of a batch as a whole. `reward`: dollars as text; durations in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reward: str = Field(default="0.00", pattern=r"^\d+\.\d\d$")
    keywords: str = ""
    duration_seconds: int = Field(default=3600, ge=1)
    lifetime_seconds: int = Field(default=7 * 24 * 3600, ge=1)
    created_ms: int = Field(default=0, ge=0)


def asked(facts: Facts, locale: Locale) -> Question:
    """The question, as it is read and as it is heard."""
    return Question(facts.title, told(facts, locale), told(facts, locale, aloud=True))


def told(facts: Facts, locale: Locale, *, aloud: bool = False) -> tuple[str, ...]:
    """The instructions of a question: how long it takes and what it pays, then what the requester says."""
    lines = [line.strip() for line in facts.description.splitlines() if line.strip()]
    amount = f"€ {facts.hourly_eur.replace('.', ',')}" if locale == "nl" else f"€{facts.hourly_eur}"
    amount = _amount_aloud(facts.hourly_eur, locale) if aloud else amount
    return (
        wording.say(TAKES, locale, minutes=_minutes(facts.seconds, locale)),
        wording.say(PAYS, locale, requester=facts.requester, amount=amount),
        *lines,
    )


def _amount_aloud(euros: str, locale: Locale) -> str:
    """As people say it: 15 euro 20."""
    whole, cents = euros.split(".")
    name = "euro" if locale == "nl" or whole == "1" else "euros"
    return f"{whole} {name} {int(cents)}" if int(cents) else f"{whole} {name}"


def _minutes(seconds: int, locale: Locale) -> str:
    number = round(seconds / 60)
    return wording.say(MINUTES, locale, n=number) if number > 1 else wording.say(UNDER_A_MINUTE, locale)
