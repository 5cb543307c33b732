"""A form for a step's settings, made from the task type's own pydantic model: a new type needs no page of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel

from accessibility.preferences import LOCALES
from accessibility.sentences import sentence
from workbench.domain import Json
from workbench.errors import Invalid
from workbench.web import settings_words
from workbench.web.forms import Fields
from workbench.web.languages import NAMES, say

Schema = Mapping[str, Any]
FIRST = ("question", "instructions", "labels")  # what a worker reads comes first
COMMON = ("overlap", "opinion", "language")
# What most projects leave as it is.
CUTTING = ("grid_columns", "grid_rows", "grid_overlap", "crops_column", "limit_seconds", "moments_column")
LATER = ("adaptive", "gold", "lease_minutes", "topic", "distressing", *CUTTING)
ADAPTIVE = ("most", "budget")
NEVER = ("label_studio",)  # comes with a client's own config, never by hand


@dataclass(frozen=True)
class FormField:
    """One control. kind: text, area, lines, number, check, select, yaml. `value` is what the control shows."""

    name: str
    kind: str
    label: str
    hint: str = ""
    value: Any = ""
    options: Sequence[tuple[str, str]] = ()
    later: bool = False


def fields_of(model: type[BaseModel], values: Mapping[str, Json], locale: str) -> list[FormField]:
    """Controls for every setting of a model, with what they hold now."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})
    names = sorted((name for name in schema["properties"] if name not in NEVER), key=_place)
    controls: list[FormField] = []
    for name in names:
        # A default is said beside the control, not filled in: a better default of a later version must reach this
        # project too.
        controls += _controls(name, schema["properties"][name], definitions, values.get(name), locale)
    return controls


def filled(fields: Sequence[FormField], form: Fields | None) -> dict[str, Any]:
    """What each control shows: what holds, or what somebody has just sent and must not type again."""
    if form is None:
        return {field.name: field.value for field in fields}
    return {field.name: form.flag(field.name) if field.kind == "check" else form.text(field.name) for field in fields}


def read(model: type[BaseModel], form: Fields) -> dict[str, Json]:
    """
    Settings out of the form these controls make; what was left empty is left out.

    Raises:
        Invalid: a number or a piece of YAML that cannot be read (`field` says which).
    """
    schema = model.model_json_schema()
    found: dict[str, Json] = {}
    for name, shape in schema["properties"].items():
        if name in NEVER:
            continue
        kind = _kind(name, shape, schema.get("$defs", {}))
        value = _read_adaptive(form) if name == "adaptive" else _read_one(name, kind, form, shape.get("default"))
        if value is not None:
            found[name] = value
    return found


def cuts_of(values: Mapping[str, Json], locale: str) -> list[str]:
    """How a step cuts its material, where its settings say so: one line each, in words."""
    lines = [
        f"{label_of(name, locale)}: {say(locale, words[str(values[name])])}"
        for name, words in settings_words.OPTIONS.items()
        if values.get(name) in words
    ]
    numbers = ("clip_seconds", "every_seconds", "grid_columns", "grid_rows", "target_seconds", "limit_seconds")
    return [*lines, *(f"{label_of(name, locale)}: {values[name]}" for name in numbers if name in values)]


def label_of(name: str, locale: str) -> str:
    """What people call a setting; a type's own settings are called by their names."""
    return say(locale, settings_words.NAMES.get(name) or name.replace("_", " ").capitalize())


def _place(name: str) -> tuple[int, int]:
    for rank, group in ((0, FIRST), (2, COMMON), (3, LATER)):
        if name in group:
            return rank, group.index(name)
    return (1, 0)


def _controls(name: str, shape: Schema, definitions: Schema, value: Any, locale: str) -> list[FormField]:
    if name == "adaptive":
        return _adaptive(value, locale)
    kind, label = _kind(name, shape, definitions), label_of(name, locale)
    hint = _hint(name, shape, kind, locale)
    if kind == "words":
        return [_in_language(name, label, hint, value, each, locale) for each in sorted(LOCALES, key=lambda each: each != locale)]
    if kind == "lines" and not _plain(value):
        kind = "yaml"
    later = name in LATER or (kind == "yaml" and name not in FIRST)
    shown = {"lines": _as_lines, "yaml": _as_yaml, "gold": _as_gold}.get(kind, lambda raw: "" if raw is None else raw)(value)
    if kind == "check":
        shown = shape.get("default", False) if value is None else value
    options = _options(name, kind, shape, definitions, locale)
    return [FormField(name, "select" if kind == "gold" else kind, label, hint, shown, options, later)]


def _adaptive(value: Any, locale: str) -> list[FormField]:
    """Two numbers instead of a piece of YAML."""
    held = value or {}
    return [
        FormField(
            f"adaptive_{part}",
            "number",
            label_of(f"adaptive_{part}", locale),
            say(locale, settings_words.HINTS[f"adaptive_{part}"]),
            "" if held.get(part) is None else held[part],
            later=True,
        )
        for part in ADAPTIVE
    ]


def _read_adaptive(form: Fields) -> Json:
    said = {
        part: _number(f"adaptive_{part}", form.text(f"adaptive_{part}")) for part in ADAPTIVE if form.text(f"adaptive_{part}")
    }
    if said and "most" not in said:
        raise Invalid("A budget needs a number of most answers beside it.", field="adaptive_most")
    return said or None


def _hint(name: str, shape: Schema, kind: str, locale: str) -> str:
    # A type that says its own name here also says its hint here, or has none; a plug-in's own words stand as they are.
    words = settings_words.HINTS.get(name, "" if name in settings_words.NAMES else str(shape.get("description", "")))
    words = say(locale, words) if words else ""
    usual = shape.get("default")
    if kind == "number" and usual is not None:
        without = say(locale, "Empty: %(value)s.", value=usual)
        words = f"{words} {without}".strip()
    return words[:1].upper() + words[1:]


def _in_language(name: str, label: str, hint: str, value: Any, locale: str, spoken: str) -> FormField:
    text = value.get(locale, "") if isinstance(value, dict) else (value or "") if locale == LOCALES[0] else ""
    kind = "area" if name == "instructions" else "text"
    # The other language waits under "more": most projects need one.
    later = locale != spoken and not text
    return FormField(f"{name}_{locale}", kind, f"{label} ({NAMES[locale]})", hint, text, later=later)


def _kind(name: str, shape: Schema, definitions: Schema) -> str:
    if name == "gold":
        return "gold"
    shapes = [_resolved(each, definitions) for each in shape.get("anyOf", [shape]) if each.get("type") != "null"]
    if any(each.get("type") == "string" and "enum" not in each for each in shapes) and any(map(_is_by_language, shapes)):
        return "words"
    return _simple_kind(shapes[0], definitions) if len(shapes) == 1 else "yaml"


def _simple_kind(shape: Schema, definitions: Schema) -> str:
    if "enum" in shape:
        return "select"
    if shape.get("type") == "array":
        item = _resolved(shape.get("items", {}), definitions)
        return "lines" if item.get("type") == "string" or item.get("title") == "Label" else "yaml"
    kinds = {"boolean": "check", "integer": "number", "number": "number", "string": "text"}
    return kinds.get(str(shape.get("type")), "yaml")


def _resolved(shape: Schema, definitions: Schema) -> Schema:
    reference = shape.get("$ref", "")
    found: Schema = definitions[reference.rpartition("/")[2]] if reference else shape
    return found


def _is_by_language(shape: Schema) -> bool:
    return shape.get("type") == "object" and {"nl", "en"} == set(shape.get("propertyNames", {}).get("enum", ()))


def _options(name: str, kind: str, shape: Schema, definitions: Schema, locale: str) -> Sequence[tuple[str, str]]:
    if kind == "gold":
        return (("", say(locale, "As usual")), ("on", say(locale, "On")), ("off", say(locale, "Off")))
    if kind != "select":
        return ()
    shapes = [_resolved(each, definitions) for each in shape.get("anyOf", [shape])]
    choices = [choice for each in shapes for choice in each.get("enum", ())]
    words = settings_words.OPTIONS.get(name, {})
    named = [(str(choice), NAMES.get(str(choice)) or say(locale, words.get(str(choice), str(choice)))) for choice in choices]
    usual = dict(named).get(str(shape.get("default")), "–")
    return [("", f"{say(locale, 'As usual')} ({usual})"), *named]


def _read_one(name: str, kind: str, form: Fields, usual: Json) -> Json:
    if kind == "words":
        given = {locale: form.text(f"{name}_{locale}") for locale in LOCALES if form.text(f"{name}_{locale}")}
        return given if len(given) > 1 else next(iter(given.values()), None)
    if kind == "check":
        return form.flag(name) if form.flag(name) != bool(usual) else None
    text = form.text(name)
    if not text:
        return None
    if kind == "number":
        return _number(name, text)
    if kind == "lines":
        return _lines(name, text)
    return _yaml(name, text) if kind == "yaml" else text


def _number(name: str, text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise Invalid("Please give a number here.", field=name) from error


def _lines(name: str, text: str) -> Json:
    # Labels with words and symbols are written as YAML: "- value: …"; plain ones as a list, one on each line.
    looks_like_yaml = text.lstrip().startswith(("-", "["))
    return _yaml(name, text) if looks_like_yaml else [line.strip() for line in text.splitlines() if line.strip()]


def _yaml(name: str, text: str) -> Json:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is None:
            raise Invalid("This is not YAML. Correct it, or leave it empty.", field=name) from error
        message = sentence("This is not YAML in line {line}. Correct it, or leave it empty.", line=mark.line + 1)
        raise Invalid(message, field=name) from error


def _plain(value: Any) -> bool:
    return all(isinstance(each, str) or set(each) == {"value"} for each in value or ())


def _as_lines(value: Any) -> str:
    return "\n".join(each if isinstance(each, str) else each["value"] for each in value or ())


def _as_yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False) if value not in (None, [], {}) else ""


def _as_gold(value: Any) -> str:
    return "off" if value in (False, "off") else "on" if value else ""
