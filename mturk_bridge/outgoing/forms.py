"""
A microtask as a QuestionForm for people elsewhere, and their answers back into form fields.

The spoken form of a microtask is its plainest: a text and questions about it. So what can be asked by voice about a text
can go out, whatever its type; pictures and sound can't, and never leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from accessibility.sentences import sentence
from task_types.protocol import Case, Dialogue, Json
from workbench.errors import Invalid

NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2017-11-06/QuestionForm.xsd"
MINUTES = "lab_minutes"  # what somebody says it took: pay follows the longer of that and what was measured
NOTHING = "nothing"
ASK_MINUTES = {"nl": "Hoeveel minuten was je hiermee bezig?", "en": "How many minutes did this take you?"}
YES_NO = {"nl": ("Ja", "Nee"), "en": ("Yes", "No")}
NONE_FITS = {"nl": "Geen van deze", "en": "None of these"}
CHOICES = ("one", "several", "scale")
PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+"  # mail
    r"|(?<!\d)(?:\+\d{2}|0)[\d\s-]{8,12}\d(?!\d)"  # telephone
    r"|\b[A-Z]{2}\d{2}[A-Z]{4}\d{10}\b"  # IBAN
    r"|(?<!\d)\d{9}(?!\d)"  # citizen service number
)


class CannotGoOut(Invalid):
    """This microtask stays in the lab."""


def form(task_type: Any, case: Case[Any, Any]) -> str:
    """
    The QuestionForm of a microtask.

    Raises:
        CannotGoOut: pictures, sound, personal data, or a question that no form can ask.
    """
    spoken = task_type.dialogue(case)
    if not isinstance(spoken, Dialogue) or spoken.name not in ("choose", "fill", "speak"):
        raise CannotGoOut(sentence("Work of the kind {kind} cannot be asked as a form, so it stays here.", kind=task_type.name))
    text = _text(spoken.data)
    question = task_type.question(case)
    body = "".join(_questions(spoken, question.title, case.locale))
    words = "".join(f"<Text>{escape(each)}</Text>" for each in (*question.steps, text) if each)
    overview = f"<Overview><Title>{escape(question.title)}</Title>{words}</Overview>"
    minutes = _question(MINUTES, ASK_MINUTES[case.locale], _numeric(0, 600), required=False)
    return f'<QuestionForm xmlns="{NAMESPACE}">{overview}{body}{minutes}</QuestionForm>'


def _text(data: Mapping[str, Json]) -> str:
    subject = data.get("subject")
    if subject is None:
        return ""
    if subject["kind"] != "text":
        raise CannotGoOut("Pictures, sound and video never leave this lab: only questions about texts can go out.")
    if PERSONAL.search(subject["text"]):
        raise CannotGoOut("This text seems to hold somebody's address or number, so it stays here.")
    return str(subject["text"])


def _questions(spoken: Dialogue, title: str, locale: str) -> Iterator[str]:
    data = spoken.data
    if spoken.name == "speak":
        if data.get("exact", True):
            raise CannotGoOut("Writing down speech cannot go out.")
        yield _question("text", title, "<FreeTextAnswer><NumberOfLinesSuggestion>6</NumberOfLinesSuggestion></FreeTextAnswer>")
    elif spoken.name == "choose":
        options = list(data["options"])
        if data.get("nothing"):
            options.append({"value": NOTHING, "text": NONE_FITS[locale]})
        yield _question(data["field"], title, _selections(options, several=bool(data.get("several"))))
    else:
        for field in data["fields"]:
            answer = _answer(field, YES_NO[locale])
            yield _question(f"field-{field['name']}", field["label"], answer, required=field["required"])


def _answer(field: Mapping[str, Json], yes_no: tuple[str, str]) -> str:
    kind = field["kind"]
    if kind in CHOICES:
        return _selections(field["options"], several=kind == "several")
    if kind == "yes_no":
        options = [{"value": value, "text": text} for value, text in zip(("yes", "no"), yes_no, strict=True)]
        return _selections(options, several=False)
    if kind in ("number", "integer", "amount"):
        return _numeric(field.get("min"), field.get("max"))
    lines = 6 if kind == "long_text" else 1
    return f"<FreeTextAnswer><NumberOfLinesSuggestion>{lines}</NumberOfLinesSuggestion></FreeTextAnswer>"


def _question(name: str, label: str, answer: str, *, required: bool = True) -> str:
    return (
        f"<Question><QuestionIdentifier>{escape(name)}</QuestionIdentifier><IsRequired>{str(required).lower()}</IsRequired>"
        f"<QuestionContent><Text>{escape(label)}</Text></QuestionContent>"
        f"<AnswerSpecification>{answer}</AnswerSpecification></Question>"
    )


def _selections(options: Sequence[Mapping[str, Json]], *, several: bool) -> str:
    listed = "".join(
        f"<Selection><SelectionIdentifier>{escape(str(each['value']))}</SelectionIdentifier>"
        f"<Text>{escape(str(each['text']))}</Text></Selection>"
        for each in options
    )
    most = f"<MaxSelectionCount>{len(options)}</MaxSelectionCount>" if several else ""
    style = "checkbox" if several else "radiobutton"
    return (
        f"<SelectionAnswer><MinSelectionCount>1</MinSelectionCount>{most}<StyleSuggestion>{style}</StyleSuggestion>"
        f"<Selections>{listed}</Selections></SelectionAnswer>"
    )


def _numeric(low: float | None, high: float | None) -> str:
    limits = "".join(f' {name}="{value:g}"' for name, value in (("minValue", low), ("maxValue", high)) if value is not None)
    return f"<FreeTextAnswer><Constraints><IsNumeric{limits}/></Constraints></FreeTextAnswer>"


# --- and back --------------------------------------------------------------------------------------------------------


def fields_of(xml: str) -> dict[str, str | list[str]]:
    """The fields of a QuestionFormAnswers document, as a page's form would post them."""
    found: dict[str, str | list[str]] = {}
    for answer in _all(fromstring(xml), "Answer"):
        name = "".join(each.text or "" for each in _all(answer, "QuestionIdentifier"))
        chosen = [each.text or "" for each in _all(answer, "SelectionIdentifier")]
        texts = [each.text or "" for each in _all(answer, "FreeText")]
        if chosen == [NOTHING]:
            found[NOTHING] = "1"
        elif chosen:
            found[name] = chosen if len(chosen) > 1 else chosen[0]
        elif texts:
            found[name] = texts[0]
    return found


def reported_seconds(fields: Mapping[str, Any]) -> int | None:
    """What somebody says it took."""
    try:
        return round(float(str(fields.get(MINUTES, "")).replace(",", ".")) * 60)
    except (ValueError, OverflowError):
        return None


def _all(element: Element, name: str) -> list[Element]:
    return [child for child in element if str(child.tag).rpartition("}")[2] == name]
