"""
A template asked as questions of the workbench itself: one by one, by keyboard, by voice, without anybody's HTML.

It goes where the page is a plain form: labelled fields and text. A page with pictures, sound or a script of its own means
more than its fields, and stays a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from accessibility.sentences import noted
from mturk_bridge.pages import filling, libraries, reading
from mturk_bridge.pages.reading import VOID, Element
from task_types.fields import FormField
from task_types.settings import Label
from workbench.domain import Json
from workbench.errors import Invalid

MORE_THAN_WORDS = ("img", "audio", "video", "canvas", "svg", "object", "embed", "iframe")
KINDS = {"": "text", "text": "text", "search": "text", "number": "number", "radio": "one", "checkbox": "several", "email": "text"}
LEFT_OUT = frozenset({"hidden", "submit", "button", "reset", "image"})
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "li", "tr", "section", "fieldset", "legend", "br", "ul", "ol", "table"})
MOST = 50


def convert(html: str) -> dict[str, Json]:
    """
    The form that asks what this page asks: `overview`, `fields` and `names` of `kinds.form.FormPayload`, with places.

    Raises:
        Invalid: the page is more than a form; says why.
    """
    page = reading.read(html)
    _check(page)
    labels = _labels(page)
    fields: dict[str, dict[str, Any]] = {}
    for element in page.all("input", "select", "textarea"):
        name = element.get("name")
        kind = element.get("type").lower() if element.tag == "input" else element.tag
        if kind in LEFT_OUT:
            continue
        if not name or (element.tag == "input" and kind not in KINDS):
            raise Invalid(noted("A field of this page has no name, or is of a kind that only a page can ask."))
        _add(fields, element, kind, name, labels.get(id(element), ""))
    if not 0 < len(fields) <= MOST:
        raise Invalid(noted("This page has no fields, or more than 50."))
    made = []
    for number, (name, one) in enumerate(fields.items(), 1):
        made.append(_field(f"q{number}", name, one))
    names = {f"q{number}": name for number, name in enumerate(fields, 1)}
    return {"overview": _overview(page), "fields": [f.model_dump(mode="json", exclude_none=True) for f in made], "names": names}


def filled(template: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """A form with a row's values in its words."""

    def said(text: str) -> str:
        return filling.PLACE.sub(lambda found: values.get(found.group(1).strip(), found.group()), text)

    fields = []
    for each in template["fields"]:
        options = [{**option, "text": said(str(option.get("text") or option["value"]))} for option in each.get("options", ())]
        fields.append({**each, "label": said(str(each["label"])), **({"options": options} if options else {})})
    return {"overview": said(template["overview"]), "fields": fields, "names": template["names"]}


def _check(page: Element) -> None:
    if page.all(*MORE_THAN_WORDS):
        raise Invalid(noted("This page shows pictures, plays sound, or draws: that stays a page."))
    own = [each for each in page.all("script") if not libraries.known(each.get("src"))]
    if own:
        raise Invalid(noted("This page has a script of its own: what it does cannot be known."))
    if any(each.tag.startswith("crowd-") for each in page.all()):
        raise Invalid(noted("This page is made of crowd elements: they work here as they are."))


def _add(fields: dict[str, dict[str, Any]], element: Element, kind: str, name: str, label: str) -> None:
    required = "required" in element.attributes
    if kind in ("radio", "checkbox"):
        one = fields.setdefault(name, {"kind": KINDS[kind], "options": [], "label": "", "required": False})
        value = element.get("value") or "on"
        one["options"].append(Label(value=value[:200], text=label or value))
        one["label"] = one["label"] or element.get("data-group")
    elif kind == "select":
        options = [(o.attributes.get("value", o.text()), o.text()) for o in element.all("option")]
        chosen = [Label(value=value[:200], text=text or value) for value, text in options if value]
        fields[name] = {"kind": "several" if "multiple" in element.attributes else "one", "options": chosen, "label": label}
        one = fields[name]
    else:
        fields[name] = {"kind": "long_text" if kind == "textarea" else KINDS[kind], "options": [], "label": label}
        one = fields[name]
    one["required"] = one.get("required", False) or required


def _field(short: str, name: str, one: Mapping[str, Any]) -> FormField:
    label = one["label"] or _as_words(name)
    try:
        return FormField(name=short, label=label, kind=one["kind"], required=one["required"], options=tuple(one["options"]))
    except ValueError as error:
        raise Invalid(noted("A field of this page has choices that cannot be told apart, or none.")) from error


def _as_words(name: str) -> str:
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", name).split()).capitalize()


def _labels(page: Element) -> dict[int, str]:
    """The words beside each field; those of a group of choices stand in `data-group` of its fields."""
    by_id = {each.get("for"): each.text() for each in page.all("label") if each.get("for")}
    found = {id(inner): label.text() for label in page.all("label") for inner in label.all("input", "select", "textarea")}
    for element in page.all("input", "select", "textarea"):
        own = by_id.get(element.get("id")) if element.get("id") else None
        found[id(element)] = own or found.get(id(element), "") or element.get("aria-label") or element.get("placeholder")
    for group in page.all("fieldset"):
        legend = next(iter(group.all("legend")), None)
        for inner in group.all("input"):
            if legend is not None:
                inner.attributes["data-group"] = legend.text()
    return found


def _overview(page: Element) -> str:
    """The words of the page that are no field's own, line by line."""
    lines = " ".join(_lines(page)).split("\n")
    kept = [" ".join(line.split()) for line in lines]
    return "\n".join(line for line in kept if line)


def _lines(element: Element) -> Iterator[str]:
    if element.tag in reading.UNSEEN or element.tag in ("label", "legend", "select", "textarea", "button"):
        return
    if element.tag in BLOCKS:
        yield "\n"
    for each in element.inside:
        if isinstance(each, str):
            yield " ".join(each.split())
        else:
            yield from _lines(each)
    if element.tag in BLOCKS and element.tag not in VOID:
        yield "\n"
