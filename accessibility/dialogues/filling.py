"""A few questions one after another: a survey, or a form about something that can be heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from accessibility.dates import is_date
from accessibility.dialogues import aloud
from accessibility.dialogues.heard import Heard, Number, Order, Spoken, Typed
from accessibility.dialogues.subject import Subject
from accessibility.dialogues.turns import Draft, Json, Listening, Locale, Say, Submit, Tone, Turns, Write
from accessibility.dialogues.words import numbered, spoken, words
from accessibility.speech import commands
from accessibility.speech.numbers import HIGHEST, heard_number, number_phrases

COMMANDS = ("next", "back", "hear_back", "undo", "type", "play", "submit", "skip", "dont_know")
TEXTS = ("text", "long_text")
CHOICES = ("one", "scale", "several")
Values = tuple[tuple[str, Json], ...]


@dataclass(frozen=True)
class Filling:
    """
    Args:
        fields: as the form widget gets them: name, label, kind, required, options, unreadable_allowed.
        at: the field that is asked now; as many as there are fields: all were asked.
        values: (field name, value as a form posts it).
        unreadable: names of fields that cannot be made out.
    """

    assignment: str
    locale: Locale
    subject: Subject
    fields: tuple[Mapping[str, Json], ...]
    at: int = 0
    values: Values = ()
    unreadable: tuple[str, ...] = ()

    @staticmethod
    def of(assignment: str, locale: Locale, data: Mapping[str, Json], draft: Mapping[str, Json] | None) -> Filling:
        """From a dialogue's data, with what was filled in before."""
        kept = (draft or {}).get("fields") or {}
        fields = tuple(data["fields"])
        values = tuple((f["name"], _posted(kept[f["name"]])) for f in fields if kept.get(f["name"]) not in (None, ""))
        unreadable = tuple((draft or {}).get("unreadable") or ())
        return Filling(assignment, locale, Subject.of(data), fields, values=values, unreadable=unreadable)

    def begin(self) -> Turns:
        """What it is about, and the first question."""
        return (*self.clip(), *self._ask())

    def clip(self) -> Turns:
        """What it is about."""
        return self.subject.turns(self.locale)

    def slower(self, by: float) -> Filling | None:
        """At another speed."""
        return replace(self, subject=self.subject.at(by)) if self.subject.plays else None

    def step(self, heard: Heard) -> tuple[Filling, Turns] | None:
        """An answer to the question that is asked now, or a way to another one."""
        if isinstance(heard, Order):
            return self._order(heard)
        if self._field is None:
            return None
        if isinstance(heard, Number):
            return self._answer(str(heard.value), number=heard.value)
        if isinstance(heard, Typed):
            return self._answer(heard.text.strip(), number=heard_number(heard.text, self.locale))
        if isinstance(heard, Spoken) and (heard.dictated or self._field["kind"] not in TEXTS):
            return self._said(heard)
        return None

    def listening(self) -> Listening:
        """Freely for a text, else for what fits this question."""
        orders = commands.grammar(commands.named(*COMMANDS, "yes", "no"), self.locale)
        field = self._field
        if field is None:
            return Listening(self.locale, tuple(orders))
        if field["kind"] in TEXTS:
            return Listening(self.locale)
        texts = aloud.phrases([option["text"] for option in field["options"]], self.locale)
        most = len(texts) if texts else HIGHEST
        return Listening(self.locale, tuple(dict.fromkeys((*texts, *number_phrases(most, self.locale), *orders))))

    def commands(self) -> tuple[str, ...]:
        """What can be said here."""
        return COMMANDS

    def where(self) -> str:
        """The question that is asked now."""
        return " ".join(turn.text for turn in self._ask() if isinstance(turn, Say))

    def draft(self) -> Mapping[str, Json] | None:
        """What is filled in so far."""
        return {"fields": dict(self.values), "unreadable": list(self.unreadable)} if self.values or self.unreadable else None

    def shown(self) -> Mapping[str, Json]:
        """The question's options, or the text so far."""
        field = self._field
        value = self._value
        chosen = value if isinstance(value, list) else [value]
        options = [{"text": o["text"], "chosen": o["value"] in chosen} for o in (field or {}).get("options", [])]
        return {"text": "" if options or value is None else str(value), "options": options}

    @property
    def _field(self) -> Mapping[str, Json] | None:
        return self.fields[self.at] if self.at < len(self.fields) else None

    @property
    def _value(self) -> Json:
        return dict(self.values).get(self._field["name"]) if self._field else None

    def _order(self, order: Order) -> tuple[Filling, Turns] | None:
        field = self._field
        if field is not None and (found := self._of_field(field, order)) is not None:
            return found
        if order.name in ("next", "back"):
            return self._move(1 if order.name == "next" else -1)
        if order.name == "hear_back":
            return self, self._ask()
        return self._submit() if order.name == "submit" else None

    def _of_field(self, field: Mapping[str, Json], order: Order) -> tuple[Filling, Turns] | None:
        if order.name in ("yes", "no") and field["kind"] == "yes_no":
            return self._with(order.name)
        if order.name == "dont_know" and field.get("unreadable_allowed"):
            return self._cannot_read(field)
        if order.name == "type":
            return self, (Write("" if self._value is None else str(self._value)),)
        return self._forgotten(field) if order.name == "undo" else None

    def _forgotten(self, field: Mapping[str, Json]) -> tuple[Filling, Turns]:
        others = tuple(pair for pair in self.values if pair[0] != field["name"])
        made = replace(self, values=others, unreadable=self._readable(field))
        return made, (Say(words("undone", self.locale), self.locale), *made._ask())

    def _cannot_read(self, field: Mapping[str, Json]) -> tuple[Filling, Turns]:
        others = tuple(pair for pair in self.values if pair[0] != field["name"])
        made = replace(self, values=others, unreadable=(*self.unreadable, field["name"]), at=self.at + 1)
        kept = Draft(self.assignment, made.draft() or {"fields": {}})
        return made, (Say(words("unreadable", self.locale), self.locale), kept, *made._ask())

    def _move(self, by: int) -> tuple[Filling, Turns]:
        if by > 0 and self._missing(self.at):
            return self, (Tone("error"), Say(words("field_required", self.locale), self.locale), *self._ask())
        made = replace(self, at=min(max(0, self.at + by), len(self.fields)))
        return made, made._ask()

    def _submit(self) -> tuple[Filling, Turns]:
        missing = next((place for place in range(len(self.fields)) if self._missing(place)), None)
        if missing is not None:
            made = replace(self, at=missing)
            return made, (Tone("error"), Say(words("field_required", self.locale), self.locale), *made._ask())
        unreadable = {f"unreadable-{name}": "1" for name in self.unreadable}
        return self, (Submit(self.assignment, {f"field-{name}": value for name, value in self.values} | unreadable),)

    def _readable(self, field: Mapping[str, Json]) -> tuple[str, ...]:
        return tuple(name for name in self.unreadable if name != field["name"])

    def _missing(self, place: int) -> bool:
        field = self.fields[place] if place < len(self.fields) else None
        return field is not None and bool(field["required"]) and field["name"] not in {*dict(self.values), *self.unreadable}

    def _said(self, heard: Spoken) -> tuple[Filling, Turns] | None:
        return self._answer(heard.text, number=heard_number(heard.text, self.locale))

    def _answer(self, text: str, *, number: int | None) -> tuple[Filling, Turns] | None:
        field = self._field
        if field is None or not text:
            return None
        if field["kind"] in CHOICES:
            return self._choice(field, text, number)
        if field["kind"] == "yes_no":
            given = {words(name, self.locale): name for name in ("yes", "no")} | {"yes": "yes", "no": "no"}
            return self._with(given[text.lower()]) if text.lower() in given else None
        if field["kind"] in ("number", "integer", "amount"):
            return self._with(str(number)) if number is not None else self._with(text) if text[0] in "+-0123456789" else None
        return self._date(text) if field["kind"] == "date" else self._with(text)

    def _date(self, text: str) -> tuple[Filling, Turns] | None:
        """Told at once where it is none; what has no figures is a command, or nothing."""
        if is_date(text):
            return self._with(text)
        wrong = [Say(words(name, self.locale), self.locale) for name in ("field_no", "field_date")]
        return (self, (Tone("error"), *wrong)) if text[0].isdigit() else None

    def _choice(self, field: Mapping[str, Json], text: str, number: int | None) -> tuple[Filling, Turns] | None:
        said = text.lower()
        named = [o for o in field["options"] if said == o["value"].lower() or aloud.fits(said, o["text"], self.locale)]
        counted = field["options"][number - 1 : number] if number else []
        # an option's own words win: a scale may be called by numbers
        option = next(iter([*named, *counted]), None)
        if option is None:
            return None
        if field["kind"] != "several":
            return self._with(option["value"])
        before = list(self._value or [])
        value = option["value"]
        return self._with([one for one in before if one != value] if value in before else [*before, value])

    def _with(self, value: Json) -> tuple[Filling, Turns]:
        field = self._field
        assert field is not None  # only asked while there is one
        others = tuple(pair for pair in self.values if pair[0] != field["name"])
        values = (*others, (field["name"], value)) if value not in ("", []) else others
        made = replace(self, values=values, unreadable=self._readable(field))
        told = made._now(value)
        kept = Draft(self.assignment, made.draft() or {"fields": {}})
        if field["kind"] == "several":
            return made, (told, kept)
        onward = replace(made, at=made.at + 1)
        return onward, (told, kept, *onward._ask())

    def _told(self, value: Json) -> str:
        texts = {option["value"]: option["text"] for option in (self._field or {}).get("options", [])}
        if (self._field or {}).get("kind") == "date":
            return aloud.day(str(value), self.locale)
        if isinstance(value, list):
            return ", ".join(texts[one] for one in value)
        return words(value, self.locale) if value in ("yes", "no") and not texts else texts.get(value, str(value))

    def _ask(self) -> Turns:
        field = self._field
        if field is None:
            return (Say(words("fields_done", self.locale), self.locale),)
        place = {"number": spoken(self.at + 1, self.locale), "count": spoken(len(self.fields), self.locale)}
        asked = [Say(words("field", self.locale, label=field["label"], **place), self.locale)]
        texts = [option["text"] for option in field["options"]]
        if texts:
            asked.append(Say(words("options", self.locale, list=numbered(texts, self.locale)), self.locale))
        asked += [Say(words(name, self.locale), self.locale, hint=True) for name in self._hints(field)]
        value = self._value
        return (*asked, *([] if value is None else [self._now(value)]))

    def _now(self, value: Json) -> Say:
        return Say(words("field_now", self.locale, text=self._told(value)), self.locale, own=True)

    def _hints(self, field: Mapping[str, Json]) -> list[str]:
        by_kind = {"text": "field_text", "long_text": "field_text", "integer": "field_number", "one": "", "scale": ""}
        found = by_kind.get(field["kind"], f"field_{field['kind']}")
        unreadable = ["field_unreadable"] if field.get("unreadable_allowed") else []
        return [*([found] if found else []), *unreadable, *([] if field["required"] else ["optional"])]


def _posted(value: Json) -> Json:
    """A stored value as a form posts it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)
