"""Choosing one answer, or all that fit: a rating, a label, the better of two, a judgement of a subtitle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from accessibility.dialogues import aloud
from accessibility.dialogues.heard import Heard, Number, Order, Spoken, Typed
from accessibility.dialogues.subject import Subject
from accessibility.dialogues.turns import Draft, Json, Listening, Locale, Say, Submit, Tone, Turns
from accessibility.dialogues.words import numbered, words
from accessibility.speech import commands
from accessibility.speech.numbers import heard_number, number_phrases

COMMANDS = ("submit", "play", "hear_back", "undo", "skip", "dont_know")


@dataclass(frozen=True)
class Option:
    """
    One thing to choose.

    Args:
        value: what is stored.
        text: what is said.
    """

    value: str
    text: str


@dataclass(frozen=True)
class Choosing:
    """
    Args:
        field: the form field that holds the answer.
        always: fields that go along, e.g. the order in which two recordings were heard.
        several: more than one may be chosen.
        nothing: choosing none is an answer.
    """

    assignment: str
    locale: Locale
    subject: Subject
    field: str
    options: tuple[Option, ...]
    always: Mapping[str, Json]
    several: bool = False
    nothing: bool = False
    chosen: tuple[str, ...] = ()

    @staticmethod
    def of(assignment: str, locale: Locale, data: Mapping[str, Json], draft: Mapping[str, Json] | None) -> Choosing:
        """From a dialogue's data, with what was chosen before."""
        options = tuple(Option(str(each["value"]), each["text"]) for each in data["options"])
        kept = (draft or {}).get(data["field"])
        before = tuple(str(each) for each in (kept if isinstance(kept, list | tuple) else [kept]))
        known = tuple(option.value for option in options if option.value in before)
        flags = {"several": bool(data.get("several")), "nothing": bool(data.get("nothing"))}
        return Choosing(
            assignment, locale, Subject.of(data), data["field"], options, data.get("always", {}), chosen=known, **flags
        )

    def begin(self) -> Turns:
        """The recording or text, and what there is to choose."""
        return (*self.clip(), Say(words("options", self.locale, list=self._list()), self.locale))

    def clip(self) -> Turns:
        """What it is about."""
        return self.subject.turns(self.locale)

    def slower(self, by: float) -> Choosing | None:
        """At another speed."""
        return replace(self, subject=self.subject.at(by)) if self.subject.plays else None

    def step(self, heard: Heard) -> tuple[Choosing, Turns] | None:
        """A number or an answer's own words choose it."""
        if isinstance(heard, Number):
            return self._number(heard.value)
        if isinstance(heard, Typed | Spoken):
            return self._words(heard.text)
        if isinstance(heard, Order):
            return self._order(heard)
        return None

    def listening(self) -> Listening:
        """The answers, their numbers, and commands."""
        texts = aloud.phrases([option.text for option in self.options], self.locale)
        numbers = number_phrases(len(self.options), self.locale)[1:]
        orders = commands.grammar(commands.named(*COMMANDS, "no"), self.locale)
        return Listening(self.locale, tuple(dict.fromkeys((*texts, *numbers, *orders))))

    def commands(self) -> tuple[str, ...]:
        """What can be said here."""
        return COMMANDS

    def where(self) -> str:
        """What there is to choose."""
        return words("where_choose", self.locale, list=self._list())

    def draft(self) -> Mapping[str, Json] | None:
        """What is chosen so far."""
        return {self.field: list(self.chosen) if self.several else self.chosen[0]} if self.chosen else None

    def shown(self) -> Mapping[str, Json]:
        """The options, and which are chosen."""
        return {
            "text": "",
            "options": [{"text": each.text, "chosen": each.value in self.chosen} for each in self.options],
        }

    def _order(self, order: Order) -> tuple[Choosing, Turns] | None:
        if order.name in ("yes", "no") and (found := self._words(words(order.name, self.locale))):
            return found
        if order.name == "hear_back":
            return self, self._now()
        if order.name == "undo" and self.chosen:
            made = replace(self, chosen=())
            return made, (Say(words("undone", self.locale), self.locale),)
        return self._submit() if order.name == "submit" else None

    def _submit(self) -> tuple[Choosing, Turns]:
        if self.chosen:
            value: Json = list(self.chosen) if self.several else self.chosen[0]
            return self, (Submit(self.assignment, {**self.always, self.field: value}),)
        if self.nothing:
            return self, (Submit(self.assignment, {**self.always, "nothing": "1"}),)
        return self, (Tone("error"), Say(words("choose_first", self.locale, list=self._list()), self.locale))

    def _number(self, number: int) -> tuple[Choosing, Turns]:
        if not 1 <= number <= len(self.options):
            return self, (Tone("error"), Say(words("no_option", self.locale, list=self._list()), self.locale))
        return self._take(self.options[number - 1])

    def _words(self, text: str) -> tuple[Choosing, Turns] | None:
        said = text.lower().strip()
        named = (one for one in self.options if said == one.value.lower() or aloud.fits(said, one.text, self.locale))
        found = next(named, None)
        if found is not None:
            return self._take(found)
        number = heard_number(said, self.locale)
        return None if number is None else self._number(number)

    def _take(self, option: Option) -> tuple[Choosing, Turns]:
        if self.several and option.value in self.chosen:
            made = replace(self, chosen=tuple(value for value in self.chosen if value != option.value))
            return made, (Say(words("unchosen", self.locale, text=option.text), self.locale), *made._draft())
        made = replace(self, chosen=(*self.chosen, option.value) if self.several else (option.value,))
        return made, (*made._now(), *made._draft())

    def _now(self) -> Turns:
        if not self.chosen:
            return (Say(words("options", self.locale, list=self._list()), self.locale),)
        texts = ", ".join(option.text for option in self.options if option.value in self.chosen)
        then = "chosen_more" if self.several else "chosen_then"
        return (
            Say(words("chosen", self.locale, text=texts), self.locale),
            Say(words(then, self.locale), self.locale, hint=True),
        )

    def _draft(self) -> Turns:
        draft = self.draft()
        return (Draft(self.assignment, draft),) if draft else ()

    def _list(self) -> str:
        return numbered([option.text for option in self.options], self.locale)
