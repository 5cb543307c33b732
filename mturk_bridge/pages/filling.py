"""
`${name}` in a page becomes a value, written as its place asks: as text, in an attribute, in a script, in a style.

Only names of the table are replaced and nothing is evaluated: `${…}` of a script's own stays as it is. A value is text;
a column that is said to hold HTML goes into text as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from mturk_bridge.pages import libraries, scanning
from mturk_bridge.pages.scanning import Stretch, Where

PLACE = re.compile(r"\$\{([^{}]*)\}")
_PLAIN_CSS = re.compile(r"[^\w\s.,%#:/?&=-]")


@dataclass(frozen=True)
class Place:
    """Where a value goes. `inside`: for a script, what it stands in."""

    name: str
    where: Where
    inside: scanning.Inside = "code"
    raw: bool = False


Compiled = tuple[str | Place, ...]


@lru_cache(maxsize=64)
def compiled(html: str, names: frozenset[str], raw: frozenset[str] = frozenset()) -> Compiled:
    """A page, cut at the places where something is filled in; libraries that are known come from here."""
    return tuple(_joined(part for stretch in scanning.stretches(html) for part in _parts(stretch, names, raw)))


def filled(page: Compiled, values: Mapping[str, str]) -> str:
    """The page with these values."""
    return "".join(part if isinstance(part, str) else written(part, values[part.name]) for part in page)


def names_in(html: str) -> list[str]:
    """What stands in `${…}`, in order, each once."""
    return list(dict.fromkeys(found.strip() for found in PLACE.findall(html)))


def _joined(parts: Iterator[str | Place]) -> Iterator[str | Place]:
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        yield "".join(texts)
        texts.clear()
        yield part
    yield "".join(texts)


def _parts(stretch: Stretch, names: frozenset[str], raw: frozenset[str]) -> Iterator[str | Place]:
    if stretch.where is None:
        yield stretch.text
        return
    here = libraries.here(stretch.tag, stretch.attribute, stretch.text)
    if here is not None:
        yield here
        return
    done, state, before = 0, "code", ""
    for found in PLACE.finditer(stretch.text):
        name = found.group(1).strip()
        if name not in names:
            continue
        text = stretch.text[done : found.start()]
        if stretch.where in ("script", "handler"):
            state, before = scanning.inside(text, state, before)  # type: ignore[arg-type]
            before = before if state != "code" else "x"  # what is filled in is a value
        yield text
        yield Place(name, stretch.where, state, name in raw and stretch.where == "text" and not stretch.tag)  # type: ignore[arg-type]
        done = found.end()
    yield stretch.text[done:]


def written(place: Place, value: str) -> str:
    """One value as its place asks."""
    return value if place.raw else _WAYS[place.where](value, place)


def _as_code(found: re.Match[str]) -> str:
    return f"&#{ord(found.group())};"


_WAYS: Mapping[Where, Callable[[str, Place], str]] = {
    "text": lambda value, _: escape(value, quote=False),
    "quoted": lambda value, _: escape(value),
    "unquoted": lambda value, _: re.sub(r"[\s=`]", _as_code, escape(value)),
    "name": lambda value, _: re.sub(r"[^\w .:-]", "", value),
    "script": lambda value, place: in_script(value, place.inside),
    "handler": lambda value, place: escape(in_script(value, place.inside)),
    "style": lambda value, _: _PLAIN_CSS.sub(lambda found: f"\\{ord(found.group()):x} ", value),
    "comment": lambda value, _: value.replace("--", "- -").replace(">", ""),
}


def in_script(value: str, inside: scanning.Inside) -> str:
    """A value in JavaScript: in a string as its text; bare as the JSON that it is, or else as a string."""
    if inside == "code":
        return _no_markup(value if _is_json(value) else json.dumps(value, ensure_ascii=False))
    text = json.dumps(value, ensure_ascii=False)[1:-1]
    if inside == "'":
        text = text.replace('\\"', '"').replace("'", "\\'")
    if inside == "`":
        text = text.replace('\\"', '"').replace("`", "\\`").replace("${", "\\${")
    return _no_markup(text.replace("*/", "*\\/") if inside == "/*" else text)


def _no_markup(text: str) -> str:
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _is_json(value: str) -> bool:
    try:
        json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are no JSON
