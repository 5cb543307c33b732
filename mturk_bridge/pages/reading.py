"""A page of HTML as its elements: what stands in it, for looking at it and for asking it another way."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})


@dataclass
class Element:
    """One element with what is in it, in order: texts and elements."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """This element and those below with one of these tags (none named: all), in the order of the page."""
        found = [self] if not tags or self.tag in tags else []
        for each in self.inside:
            if isinstance(each, Element):
                found += each.all(*tags)
        return found

    def text(self) -> str:
        """The words that a person sees, in one line."""
        return " ".join(_words(self).split())

    def get(self, name: str) -> str:
        """An attribute; empty where it is not there."""
        return self.attributes.get(name, "")


def _words(element: Element) -> str:
    if element.tag in UNSEEN:
        return ""
    return " ".join(each if isinstance(each, str) else _words(each) for each in element.inside)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID and len(self.open) < 200:  # deeper than any page; what is below hangs at that depth
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for number in range(len(self.open) - 1, 0, -1):
            if self.open[number].tag == tag:
                del self.open[number:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Element:
    """The whole page; whatever is wrong with it, something comes of it."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
