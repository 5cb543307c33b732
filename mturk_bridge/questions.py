"""The Question of a HIT, read: a page (HTMLQuestion), a page elsewhere (ExternalQuestion), or a form (QuestionForm)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mturk_bridge import patterns
from mturk_bridge.errors import OURS, RequestError
from mturk_bridge.fair_pay import estimate
from mturk_bridge.kinds.form import OTHER, Rule
from task_types.fields import FormField
from task_types.settings import Label

LARGEST_BYTES = 65_535
MOST_QUESTIONS = 50
PERSONAL = re.compile(
    r"\b(e-?mail ?(address|adres)?|phone number|telephone|telefoonnummer|home address|woonadres|full name|last name|surname|"
    r"achternaam|date of birth|geboortedatum|social security|bsn|passport|paspoort|bank account|iban|facebook|linkedin)\b",
    re.IGNORECASE,
)
_SCRIPTS = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_INPUTS = re.compile(r"<(input|select|textarea|crowd-(?!form)[a-z-]+)\b[^>]*", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """
    What a HIT asks. Exactly one of `html`, `url` and `form` is there.

    form: `overview`, `fields`, `names` and `rules` of `kinds.form.FormPayload`; seconds: estimated, before anybody was
    measured; personal: it seems to ask for somebody's personal data.
    """

    seconds: float
    html: str | None = None
    url: str | None = None
    frame_height: int = 0
    form: Mapping[str, Any] = field(default_factory=dict)
    personal: bool = False

    @property
    def task_type(self) -> str:
        """The kind of work that asks it."""
        return "mturk_form" if self.form else "mturk_html"


def read(xml: str) -> Asked:
    """
    The question of a HIT.

    Raises:
        RequestError: not XML, too large, of another kind, or something that this lab can't ask; says what.
    """
    if len(xml.encode()) > LARGEST_BYTES:
        raise _wrong(f"Question has {len(xml.encode())} bytes; {LARGEST_BYTES} fit.")
    root = _root(xml, "Question")
    kind = _name(root)
    if kind == "HTMLQuestion":
        return of_page(_text(root, "HTMLContent"), _height(root))
    if kind == "ExternalQuestion":
        return _external(root)
    if kind == "QuestionForm":
        return _form(root)
    raise _wrong(f"Question is a <{kind}>. It must be an HTMLQuestion, an ExternalQuestion or a QuestionForm.")


def of_page(html: str, frame_height: int = 0) -> Asked:
    """A page that is kept here: of an HTMLQuestion, or a layout filled in."""
    if not html.strip():
        raise _wrong("HTMLContent is empty.")
    words = words_of(html)
    inputs = _INPUTS.findall(html)
    long = sum(name.lower() == "textarea" for name in inputs)
    seconds = estimate(len(words.split()), max(1, len(inputs)), long)
    return Asked(seconds, html=html, frame_height=frame_height, personal=bool(PERSONAL.search(words)))


def words_of(html: str) -> str:
    """The text that a page shows, roughly: without scripts, styles and tags."""
    return " ".join(unescape(_TAGS.sub(" ", _SCRIPTS.sub(" ", html))).split())


def form_of(xml: str, name: str) -> Asked:
    """A QuestionForm where only that will do: a qualification's test."""
    root = _root(xml, name)
    if _name(root) != "QuestionForm":
        raise _wrong(f"{name} is a <{_name(root)}>. It must be a QuestionForm.")
    return _form(root)


def _root(xml: str, what: str) -> Element:
    try:
        found: Element = fromstring(xml)
    except (ParseError, ValueError, DefusedXmlException) as error:
        raise _wrong(f"{what} is not valid XML: {error}.") from error
    return found


# --- elsewhere -------------------------------------------------------------------------------------------------------


def _external(root: Element) -> Asked:
    url = _text(root, "ExternalURL").strip()
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise _wrong("ExternalURL must be an https address.")
    return Asked(60.0, url=url, frame_height=_height(root))


def _height(root: Element) -> int:
    text = _text(root, "FrameHeight", "0").strip()
    if not text.isascii() or not text.isdigit() or int(text[:6]) > 20_000:
        raise _wrong("FrameHeight must be a number of pixels up to 20000.")
    return int(text)


# --- forms -----------------------------------------------------------------------------------------------------------


def _form(root: Element) -> Asked:
    overview = "\n\n".join(text for each in _children(root, "Overview") if (text := _content(each)))
    questions = _children(root, "Question")
    if not 0 < len(questions) <= MOST_QUESTIONS:
        raise _wrong(f"QuestionForm has {len(questions)} questions; 1 to {MOST_QUESTIONS} fit.")
    made: list[FormField] = []
    names: dict[str, str] = {}
    rules: dict[str, Rule] = {}
    for number, question in enumerate(questions, 1):
        identifier = _text(question, "QuestionIdentifier").strip()
        if identifier in names.values():
            raise _wrong(f'QuestionIdentifier "{identifier}" stands there twice.')
        for one, rule in _fields(question, f"q{number}", identifier):
            made.append(one)
            names[one.name] = identifier
            if rule is not None:
                rules[one.name] = rule
    words = " ".join([overview, *(str(one.label) for one in made)])
    long = sum(one.kind == "long_text" for one in made)
    return Asked(
        estimate(len(words.split()), len(made), long),
        form={
            "overview": overview,
            "fields": [one.model_dump(mode="json", exclude_none=True) for one in made],
            "names": names,
            "rules": {name: rule.model_dump(exclude_none=True) for name, rule in rules.items()},
        },
        personal=bool(PERSONAL.search(words)),
    )


def _fields(question: Element, name: str, identifier: str) -> Iterator[tuple[FormField, Rule | None]]:
    answer = next(iter(_children(question, "AnswerSpecification")), None)
    kinds = list(answer) if answer is not None else []
    if len(kinds) != 1:
        raise _wrong(f'Question "{identifier}" needs one AnswerSpecification with one kind of answer.')
    content = next(iter(_children(question, "QuestionContent")), None)
    shown = _text(question, "DisplayName", "").strip()
    label = " ".join(part for part in (shown, _content(content) if content is not None else "") if part) or identifier
    required = _text(question, "IsRequired", "false").strip().lower() in ("true", "1")
    kind = _name(kinds[0])
    if kind == "FreeTextAnswer":
        yield _free_text(kinds[0], name, label, required)
    elif kind == "SelectionAnswer":
        yield from _selection(kinds[0], name, label, required, identifier)
    else:
        raise _not_here(f'Question "{identifier}" wants a {kind}; this lab asks FreeTextAnswer and SelectionAnswer.')


def _free_text(answer: Element, name: str, label: str, required: bool) -> tuple[FormField, Rule | None]:
    constraints = next(iter(_children(answer, "Constraints")), Element("none"))
    numeric = next(iter(_children(constraints, "IsNumeric")), None)
    if numeric is not None:
        low, high = (_number(numeric.get(each)) for each in ("minValue", "maxValue"))
        return FormField(name=name, label=label, kind="number", required=required, min=low, max=high), None
    length = next(iter(_children(constraints, "Length")), Element("none"))
    pattern = next(iter(_children(constraints, "AnswerFormatRegex")), Element("none"))
    shortest, longest = (_whole(length.get(each)) for each in ("minLength", "maxLength"))
    lines = _whole(_text(answer, "NumberOfLinesSuggestion", "1").strip()) or 1
    rule = Rule(shortest=shortest, longest=longest, pattern=_pattern(pattern), pattern_words=pattern.get("errorText"))
    kind = "long_text" if lines > 1 or (longest or 0) > 500 else "text"
    return FormField(name=name, label=label, kind=kind, required=required), None if rule == Rule() else rule  # type: ignore[arg-type]


def _pattern(element: Element) -> str | None:
    found = element.get("regex")
    if found is None:
        return None
    try:
        quick = patterns.is_quick(found)
    except re.error as error:
        raise _wrong(f"AnswerFormatRegex {found} cannot be read: {error}.") from error
    if not quick:
        # A pattern runs on this lab's server: one that repeats a repetition can take for ever on a few words.
        raise _not_here(f"AnswerFormatRegex {found[:80]} is not taken here: it is too long, or repeats a repetition.")
    return found if not element.get("flags") else f"(?{'i' if 'i' in (element.get('flags') or '') else 's'}){found}"


def _selection(
    answer: Element, name: str, label: str, required: bool, identifier: str
) -> Iterator[tuple[FormField, Rule | None]]:
    listed = next(iter(_children(answer, "Selections")), Element("none"))
    options = [_option(each) for each in _children(listed, "Selection")]
    if not options or len({option.value for option in options}) < len(options):
        raise _wrong(f'Question "{identifier}" needs selections, each with a SelectionIdentifier of its own.')
    fewest = _whole(_text(answer, "MinSelectionCount", "").strip() or None)
    most = _whole(_text(answer, "MaxSelectionCount", "1").strip() or "1")
    other = next(iter(_children(listed, "OtherSelection")), None)
    several = (most or 1) > 1
    kind = "several" if several else "one"
    rule = Rule(fewest=fewest, most=most) if several else None
    # Where something else may be written, nothing of the list needs to be chosen.
    yield FormField(name=name, label=label, kind=kind, required=required and other is None, options=tuple(options)), rule  # type: ignore[arg-type]
    if other is not None:
        words = {"nl": "Iets anders", "en": "Something else"}
        yield FormField(name=name + OTHER, label=words, kind="text", required=False), None  # type: ignore[arg-type]


def _option(selection: Element) -> Label:
    value = _text(selection, "SelectionIdentifier").strip()
    rest = [each for each in selection if _name(each) != "SelectionIdentifier"]
    return Label(value=value[:200], text=" ".join(filter(None, map(_one_content, rest))) or value)


# --- XML -------------------------------------------------------------------------------------------------------------


def _content(element: Element) -> str:
    """The words of a QuestionContent or an Overview. A picture or a film is named with its address: it is not fetched."""
    return "\n".join(text for each in element if (text := _one_content(each)))


def _one_content(element: Element) -> str:
    name = _name(element)
    if name == "List":
        return "\n".join(f"– {' '.join((each.text or '').split())}" for each in _children(element, "ListItem"))
    if name == "FormattedContent":
        return words_of(element.text or "")
    if name in ("Binary", "EmbeddedBinary"):
        alternative, address = _text(element, "AltText", "").strip(), _text(element, "DataURL", "").strip()
        return " ".join(part for part in (alternative, address) if part)
    if name in ("Title", "Text"):
        return (element.text or "").strip()
    raise _not_here(f"<{name}> cannot be asked here. Use Title, Text, List, FormattedContent or Binary.")


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _text(element: Element, name: str, default: str | None = None) -> str:
    found = _children(element, name)
    if not found:
        if default is None:
            raise _wrong(f"<{_name(element)}> has no <{name}>.")
        return default
    return found[0].text or ""


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _whole(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise _wrong(f'"{text}" must be a whole number.')
    return int(text)


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError as error:
        raise _wrong(f'"{text}" must be a number.') from error


def _wrong(message: str) -> RequestError:
    return RequestError(message, "ParameterValidationError")


def _not_here(message: str) -> RequestError:
    return RequestError(message, f"{OURS}QuestionRefused")
