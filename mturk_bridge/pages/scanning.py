"""
Where in a page of HTML something stands: text, an attribute, a script, a style.

This is no browser: it knows as much of HTML's grammar as it takes to say how a value must be written at each place. A
page that is broken in a way that a browser mends otherwise is still only a page in its sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Where = Literal["text", "quoted", "unquoted", "name", "script", "handler", "style", "comment"]

_OPENS = re.compile(r"<!--|<(/?)([a-zA-Z][^\s/>]*)")
_ATTRIBUTE = re.compile(
    r"""\s*/?\s*(?P<name>(?:\$\{[^}]*\}|[^\s"'<>/=])+)(?P<is>\s*=\s*)?"""
    r"""(?P<value>(?(is)(?:"[^"]*"|'[^']*'|(?:\$\{[^}]*\}|[^\s>])+)|))"""
)
_ENDS = re.compile(r"[^>]*>")
WHOLE = {"script": "script", "style": "style", "textarea": "text", "title": "text"}  # what is in these is no markup


@dataclass(frozen=True)
class Stretch:
    """A piece of a page. `tag` and `attribute`: in small letters, where it is an attribute's value."""

    text: str
    where: Where | None  # None: markup in which nothing is filled in
    tag: str = ""
    attribute: str = ""


def stretches(html: str) -> Iterator[Stretch]:
    """A page cut into pieces; together they are the page again."""
    place = 0
    while found := _OPENS.search(html, place):
        yield Stretch(html[place : found.start()], "text")
        if found.group() == "<!--":
            end = html.find("-->", found.end())
            end = len(html) if end < 0 else end + 3
            yield Stretch(html[found.start() : end], "comment")
            place = end
            continue
        yield Stretch(found.group(), None)
        tag = found.group(2).lower()
        place = found.end()
        while attribute := _ATTRIBUTE.match(html, place):
            yield from _attribute(attribute, tag)
            place = attribute.end()
        mark = _ENDS.match(html, place)
        place, rest = (mark.end(), mark.group()) if mark else (len(html), html[place:])
        yield Stretch(rest, None, tag)
        if tag in WHOLE and not found.group(1):
            closing = re.compile(rf"</{tag}\b", re.IGNORECASE).search(html, place)
            stop = closing.start() if closing else len(html)
            yield Stretch(html[place:stop], WHOLE[tag], tag)  # type: ignore[arg-type]
            place = stop
    yield Stretch(html[place:], "text")


def _attribute(found: re.Match[str], tag: str) -> Iterator[Stretch]:
    name, value = found["name"], found["value"] or ""
    lower = name.lower()
    before = found.group()[: found.start("name") - found.start()]
    yield Stretch(before, None)
    yield Stretch(name, "name", tag)
    yield Stretch(found["is"] or "", None)
    if not value:
        return
    mark = value[0] if value[0] in "\"'" else ""
    inner = value[1:-1] if mark else value
    is_script = lower.startswith("on") or inner.lstrip().lower().startswith("javascript:")
    where: Where = "handler" if is_script else "quoted" if mark else "unquoted"
    yield Stretch(mark, None)
    yield Stretch(inner, where, tag, lower)
    yield Stretch(mark, None)


# --- inside a script -------------------------------------------------------------------------------------------------

Inside = Literal["code", "'", '"', "`", "//", "/*"]
_BEFORE_A_PATTERN = frozenset("(,=:[!&|?{};+-*%<>~^")


def inside(script: str, state: Inside = "code", before: str = "") -> tuple[Inside, str]:
    """
    What a piece of JavaScript ends in: code, a string (by its mark), or a comment.

    Args:
        state: what it began in; before: the last sign of the code so far.

    Returns:
        the state, and the last sign of code.
    """
    place = 0
    while place < len(script):
        sign, two = script[place], script[place : place + 2]
        if state == "code":
            if two in ("//", "/*"):
                state, place = two, place + 2  # type: ignore[assignment]
                continue
            if sign in "'\"`":
                state = sign  # type: ignore[assignment]
            elif sign == "/" and (not before or before in _BEFORE_A_PATTERN):
                place = _after_pattern(script, place)
                before = "/"
                continue
            if not sign.isspace():
                before = sign
        elif state == "//":
            state = "code" if sign == "\n" else state
        elif state == "/*":
            if two == "*/":
                state, place = "code", place + 1
        elif sign == "\\":
            place += 1
        elif sign == state or (sign == "\n" and state != "`"):
            state = "code"
        place += 1
    return state, before


def _after_pattern(script: str, place: int) -> int:
    """After a regular expression that begins here: quotation marks in it are none."""
    in_set = False
    for here in range(place + 1, len(script)):
        sign = script[here]
        if sign == "\n":
            return here
        if script[here - 1] == "\\" and script[here - 2] != "\\":
            continue
        if sign == "[":
            in_set = True
        elif sign == "]":
            in_set = False
        elif sign == "/" and not in_set:
            return here + 1
    return len(script)
