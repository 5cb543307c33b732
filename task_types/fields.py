"""Fields that a client defines, for `form` and `survey`: what is asked, how it is read from a page, and the checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from accessibility.dates import is_date
from accessibility.sentences import sentence
from task_types import forms, wording
from task_types.protocol import AnswerError, Json, Locale
from task_types.settings import AnyLabel, Localised, in_locale

Kind = Literal["text", "long_text", "number", "integer", "amount", "date", "yes_no", "one", "several", "scale"]
# Strict, or a yes would become the number 1.
Value = Annotated[StrictBool | StrictInt | StrictFloat | StrictStr | tuple[StrictStr, ...], Field(union_mode="left_to_right")]
CHOICES = ("one", "several", "scale")
LONGEST = {"text": 500, "long_text": 10_000}


class FormField(BaseModel):
    """One thing to fill in. `amount`: money with two decimals; `date`: as 2026-11-23."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    label: Localised
    kind: Kind = "text"
    hint: Localised | None = None
    required: bool = True
    options: tuple[AnyLabel, ...] = ()
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _options_fit(self) -> FormField:
        if (self.kind in CHOICES) != bool(self.options):
            raise ValueError(
                sentence('Field "{name}" of kind {kind} needs options.', name=self.name, kind=self.kind)
                if self.kind in CHOICES
                else sentence('Field "{name}" of kind {kind} needs no options.', name=self.name, kind=self.kind)
            )
        wording.check_labels(self.options)
        return self

    def words(self, locale: Locale) -> str:
        """What a person reads."""
        return in_locale(self.label, locale, self.name)


def _named(raw: Any) -> Any:
    """`[name, total]` is short for text fields."""
    if isinstance(raw, list | tuple):
        return [{"name": one, "label": one} if isinstance(one, str) else one for one in raw]
    return raw


Fields = Annotated[tuple[FormField, ...], BeforeValidator(_named), Field(min_length=1, max_length=60)]


def check_names(fields: Sequence[FormField]) -> None:
    """Two fields of one name could not be told apart."""
    names = [field.name for field in fields]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(sentence('Field "{name}" stands there twice. Give every field a name of its own.', name=twice))


class FieldsAnswer(BaseModel):
    """Values by field name; what was left empty is not there, what could not be read stands in `unreadable`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: dict[str, Value]
    unreadable: tuple[str, ...] = ()


REQUIRED: wording.Words = {"nl": "{label}: vul dit in.", "en": "{label}: please fill this in."}
UNKNOWN_FIELD: wording.Words = {
    "nl": "\u201c{name}\u201d wordt hier niet gevraagd. Gevraagd: {known}.",
    "en": "\u201c{name}\u201d is not asked here. Asked: {known}.",
}
NOT_UNREADABLE: wording.Words = {
    "nl": "{label}: \u201cniet te lezen\u201d kan hier niet, of er is toch iets ingevuld.",
    "en": "{label}: \u201cunreadable\u201d does not go here, or something is filled in all the same.",
}
WRONG: Mapping[str, wording.Words] = {
    "text": {"nl": "{label}: schrijf een korte tekst.", "en": "{label}: write a short text."},
    "long_text": {"nl": "{label}: schrijf een tekst.", "en": "{label}: write a text."},
    "number": {"nl": "{label}: vul een getal in{range}.", "en": "{label}: fill in a number{range}."},
    "integer": {"nl": "{label}: vul een heel getal in{range}.", "en": "{label}: fill in a whole number{range}."},
    "amount": {"nl": "{label}: vul een bedrag in, zoals 12,50{range}.", "en": "{label}: fill in an amount such as 12.50{range}."},
    "date": {"nl": "{label}: vul een datum in, zoals 2026-11-23.", "en": "{label}: fill in a date such as 2026-11-23."},
    "yes_no": {"nl": "{label}: kies ja of nee.", "en": "{label}: choose yes or no."},
    "one": {"nl": "{label}: kies een van de antwoorden.", "en": "{label}: choose one of the answers."},
    "scale": {"nl": "{label}: kies een punt van de schaal.", "en": "{label}: choose a point of the scale."},
    "several": {"nl": "{label}: kies uit de antwoorden.", "en": "{label}: choose from the answers."},
}


RANGES: Mapping[str, tuple[str, str, str]] = {
    "nl": (" van {a} tot en met {b}", " vanaf {a}", " tot en met {b}"),
    "en": (" from {a} to {b}", " from {a}", " up to {b}"),
}


def shown(fields: Sequence[FormField], locale: Locale, *, unreadable: bool) -> list[dict[str, Json]]:
    """The `fields` of the form widget's data."""
    return [
        {
            "name": field.name,
            "label": field.words(locale),
            "hint": in_locale(field.hint, locale) or None,
            "kind": field.kind,
            "required": field.required,
            "options": [{"value": one.value, "text": one.words(locale), "symbol": one.symbol} for one in field.options],
            "min": field.min,
            "max": field.max,
            "unreadable_allowed": unreadable,
        }
        for field in fields
    ]


def parse(fields: Sequence[FormField], raw: Mapping[str, Any], locale: Locale) -> FieldsAnswer:
    """Form fields `field-<name>` and `unreadable-<name>`."""
    values: dict[str, Any] = {}
    for field in fields:
        found = _parsed(field, raw, locale)
        if found is not None:
            values[field.name] = found
    return FieldsAnswer(fields=values, unreadable=tuple(f.name for f in fields if forms.ticked(raw, f"unreadable-{f.name}")))


def _parsed(field: FormField, raw: Mapping[str, Any], locale: Locale) -> Any:
    where = f"field-{field.name}"
    if field.kind == "several":
        return tuple(sorted(set(forms.several(raw, where)))) or None
    text = forms.text(raw, where)
    if not text:
        return None
    if field.kind == "yes_no":
        return {"yes": True, "no": False}.get(text, text)
    if field.kind == "integer":
        return forms.whole_number(text, locale, where)
    if field.kind in ("number", "amount"):
        return forms.number(text, locale, where)
    return text


def check(fields: Sequence[FormField], answer: FieldsAnswer, locale: Locale, *, unreadable: bool) -> None:
    """Every value fits its field, and what is required is there."""
    by_name = {field.name: field for field in fields}
    for name in (*answer.fields, *answer.unreadable):
        if name not in by_name:
            words = wording.say(UNKNOWN_FIELD, locale, name=name[:40], known=", ".join(by_name))
            raise AnswerError(words, field=f"field-{name[:40]}")
    for name in answer.unreadable:
        if not unreadable or name in answer.fields:
            raise AnswerError(wording.say(NOT_UNREADABLE, locale, label=by_name[name].words(locale)), field=f"unreadable-{name}")
    for field in fields:
        _check_one(field, answer, locale)


def _check_one(field: FormField, answer: FieldsAnswer, locale: Locale) -> None:
    value, where = answer.fields.get(field.name), f"field-{field.name}"
    label = field.words(locale)
    if value is None:
        if field.required and field.name not in answer.unreadable:
            raise AnswerError(wording.say(REQUIRED, locale, label=label), field=where)
        return
    if not _fits(field, value):
        raise AnswerError(wording.say(WRONG[field.kind], locale, label=label, range=_range(field, locale)), field=where)
    if isinstance(value, str):
        wording.check_readable(value, locale, where)


def _fits(field: FormField, value: Any) -> bool:
    values = {one.value for one in field.options}
    if field.kind == "several":
        return isinstance(value, tuple) and len(set(value)) == len(value) and set(value) <= values
    if field.kind in ("one", "scale"):
        return value in values if isinstance(value, str) else False
    if field.kind == "yes_no":
        return isinstance(value, bool)
    if field.kind in ("number", "integer", "amount"):
        return _number_fits(field, value)
    if field.kind == "date":
        return isinstance(value, str) and is_date(value)
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST[field.kind]


def _number_fits(field: FormField, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        return False
    if field.kind == "integer" and not isinstance(value, int):
        return False
    if field.kind == "amount" and abs(value * 100 - round(value * 100)) > 1e-6:
        return False
    return (field.min is None or value >= field.min) and (field.max is None or value <= field.max)


def _range(field: FormField, locale: Locale) -> str:
    both, low, high = RANGES[locale]
    numbers = {"a": f"{field.min or 0:g}", "b": f"{field.max or 0:g}"}
    if field.min is not None and field.max is not None:
        return both.format(**numbers)
    if field.min is not None:
        return low.format(**numbers)
    return high.format(**numbers) if field.max is not None else ""
