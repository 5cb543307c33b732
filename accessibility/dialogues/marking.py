"""Marking from when to when something is heard: "now" and "end", by key while the sound plays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from accessibility.dialogues import aloud
from accessibility.dialogues.choosing import Option
from accessibility.dialogues.heard import Heard, Number, Order, Spoken, Typed
from accessibility.dialogues.subject import Subject
from accessibility.dialogues.turns import Draft, Json, Listening, Locale, Say, Submit, Tone, Turns
from accessibility.dialogues.words import numbered, spoken, words
from accessibility.speech import commands
from accessibility.speech.numbers import heard_number, number_phrases

COMMANDS = ("play", "now", "now_over", "undo", "hear_back", "no", "submit", "skip", "dont_know")


@dataclass(frozen=True)
class Marked:
    """From start to end, ms from the start of the original."""

    label: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Marking:
    """
    Args:
        label: the value of what is marked now.
        begun_ms: where the running one began.
        nothing: "there is nothing here" is an answer.
        empty: that is the answer.
    """

    assignment: str
    locale: Locale
    subject: Subject
    options: tuple[Option, ...]
    label: str
    marks: tuple[Marked, ...] = ()
    begun_ms: int | None = None
    nothing: bool = False
    empty: bool = False

    @staticmethod
    def of(assignment: str, locale: Locale, data: Mapping[str, Json], draft: Mapping[str, Json] | None) -> Marking:
        """From a dialogue's data, with what was marked before."""
        options = tuple(Option(str(each["value"]), each["text"]) for each in data["options"])
        known = {option.value for option in options}
        rows = [row for row in (draft or {}).get("segments") or [] if isinstance(row, Mapping) and row.get("label") in known]
        marks = tuple(Marked(row["label"], int(row["start_ms"]), int(row["end_ms"])) for row in rows)
        nothing = bool(data.get("nothing"))
        return Marking(assignment, locale, Subject.of(data), options, options[0].value, marks, nothing=nothing)

    def begin(self) -> Turns:
        """How it goes, and the sound."""
        hints = ["mark_how", *(["mark_nothing"] if self.nothing else [])]
        found = (Say(words("draft_here", self.locale), self.locale), *self._list()) if self.marks else ()
        return (*self._what(), *(Say(words(hint, self.locale), self.locale, hint=True) for hint in hints), *found, *self.clip())

    def clip(self) -> Turns:
        """The sound."""
        return self.subject.turns(self.locale)

    def slower(self, by: float) -> Marking | None:
        """At another speed."""
        return replace(self, subject=self.subject.at(by))

    def step(self, heard: Heard) -> tuple[Marking, Turns] | None:
        """A key marks; a word or number chooses what is marked."""
        if isinstance(heard, Order):
            return self._order(heard)
        if isinstance(heard, Number):
            return self._label(heard.value - 1)
        if isinstance(heard, Spoken | Typed):
            said = heard.text.lower().strip()
            found = [
                n for n, one in enumerate(self.options) if said == one.value.lower() or aloud.fits(said, one.text, self.locale)
            ]
            number = heard_number(said, self.locale)
            place = found[0] if found else None if number is None else number - 1
            return None if place is None else self._label(place)
        return None

    def listening(self) -> Listening:
        """What can be marked, and commands. "Now" by voice comes too late: that is for the keys."""
        texts = aloud.phrases([option.text for option in self.options], self.locale)
        orders = commands.grammar(commands.named(*COMMANDS), self.locale)
        return Listening(self.locale, (*texts, *number_phrases(len(self.options), self.locale)[1:], *orders))

    def commands(self) -> tuple[str, ...]:
        """What can be said here."""
        return COMMANDS

    def where(self) -> str:
        """What is marked, and what there is."""
        return self._what()[0].text + " " + self._list()[0].text

    def draft(self) -> Mapping[str, Json] | None:
        """What is marked so far."""
        return {"segments": self._rows()} if self.marks else None

    def shown(self) -> Mapping[str, Json]:
        """The marks."""
        return {
            "text": self._list()[0].text,
            "options": [{"text": option.text, "chosen": option.value == self.label} for option in self.options],
        }

    def _order(self, order: Order) -> tuple[Marking, Turns] | None:
        if order.name in ("now", "now_over"):
            return self._mark(order.name, order.at_ms)
        if order.name == "undo":
            return self._undo()
        if order.name == "hear_back":
            return self, self._list()
        if order.name == "no" and self.nothing and not self.marks:
            return replace(self, empty=True, begun_ms=None), (Say(words("mark_really_nothing", self.locale), self.locale),)
        return self._submit() if order.name == "submit" else None

    def _mark(self, name: str, at_ms: int | None) -> tuple[Marking, Turns]:
        if at_ms is None:
            return self, self._error("mark_play")
        if name == "now":
            made = replace(self, begun_ms=at_ms, empty=False)
            return made, (Tone("cue_in"),)  # a word would be in the way of what is to be heard
        if self.begun_ms is None:
            return self, self._error("mark_no_begin")
        if at_ms <= self.begun_ms:
            return self, self._error("mark_no_length")
        made = replace(self, marks=(*self.marks, Marked(self.label, self.begun_ms, at_ms)), begun_ms=None)
        return made, (Tone("cue_out"), Draft(self.assignment, {"segments": made._rows()}))

    def _undo(self) -> tuple[Marking, Turns]:
        if self.begun_ms is None and not self.marks:
            return self, (Say(words("nothing_undone", self.locale), self.locale),)
        made = replace(self, begun_ms=None) if self.begun_ms is not None else replace(self, marks=self.marks[:-1])
        rows = {"segments": made._rows()}
        return made, (Say(words("undone", self.locale), self.locale), *made._list(), Draft(self.assignment, rows))

    def _submit(self) -> tuple[Marking, Turns]:
        if self.begun_ms is not None:
            return self, self._error("mark_open", label=self._text(self.label))
        if not self.marks and not (self.empty and self.nothing):
            return self, self._error("mark_empty")
        raw = {"segments": json.dumps(self._rows())} if self.marks else {"nothing": "1"}
        return self, (Submit(self.assignment, raw),)

    def _label(self, place: int) -> tuple[Marking, Turns]:
        if not 0 <= place < len(self.options):
            texts = numbered([option.text for option in self.options], self.locale)
            return self, self._error("no_option", list=texts)
        made = replace(self, label=self.options[place].value)
        return made, made._what()

    def _what(self) -> tuple[Say]:
        others = numbered([option.text for option in self.options], self.locale) if len(self.options) > 1 else ""
        name = "mark_what" if others else "mark_only"
        return (Say(words(name, self.locale, label=self._text(self.label), list=others), self.locale),)

    def _list(self) -> tuple[Say]:
        if not self.marks:
            return (Say(words("mark_none", self.locale), self.locale),)
        texts = [
            words("mark_done", self.locale, label=self._text(one.label), start=self._at(one.start_ms), end=self._at(one.end_ms))
            for one in self.marks
        ]
        text = words("mark_list", self.locale, count=spoken(len(self.marks), self.locale), list=" ".join(texts))
        return (Say(text, self.locale),)

    def _at(self, ms: int) -> str:
        first = self.subject.parts[0].get("start_ms") or 0
        seconds = f"{(ms - first) / 1000:.1f}"
        return words("seconds", self.locale, seconds=seconds.replace(".", ",") if self.locale == "nl" else seconds)

    def _text(self, value: str) -> str:
        return next(option.text for option in self.options if option.value == value)

    def _rows(self) -> list[dict[str, Json]]:
        return [{"label": one.label, "start_ms": one.start_ms, "end_ms": one.end_ms} for one in self.marks]

    def _error(self, name: str, **values: object) -> Turns:
        return (Tone("error"), Say(words(name, self.locale, **values), self.locale))
