"""
How well people can use a requester's page: what it needs of them, what stands in their way, what it cannot get here.

Read from the page alone, so it is there at once and on any machine; axe looks at the same page in the manager's browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from accessibility.sentences import noted
from mturk_bridge.pages import converting, filling, libraries, reading
from mturk_bridge.pages.reading import Element
from task_types.protocol import Need
from workbench.errors import Invalid

CROWD_HERE = frozenset(
    {
        "crowd-form", "crowd-input", "crowd-text-area", "crowd-checkbox", "crowd-radio-group", "crowd-radio-button",
        "crowd-slider", "crowd-button", "crowd-classifier", "crowd-classifier-multi-select", "crowd-instructions",
        "crowd-card", "crowd-alert", "crowd-toggle-button", "crowd-tabs", "crowd-tab",
    }
)  # fmt: skip
FIELDS = ("input", "select", "textarea")
HIDDEN = frozenset({"hidden", "submit", "button", "image", "reset"})
_ACTS = re.compile(r"\bon(click|mouse\w+|drag\w*|touch\w*)\b|addEventListener\(\s*['\"](mouse|drag|touch|pointer)", re.IGNORECASE)
_TIMED = re.compile(r"set(Timeout|Interval)\b[^;]{0,200}submit", re.IGNORECASE | re.DOTALL)
_RECORDS = re.compile(r"getUserMedia|MediaRecorder|SpeechRecognition")
ELSEWHERE = {
    ("script", "src"): "script-src", ("link", "href"): "style-src", ("img", "src"): "img-src", ("audio", "src"): "media-src",
    ("video", "src"): "media-src", ("source", "src"): "media-src", ("iframe", "src"): "frame-src",
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What stands in somebody's way: a sentence with its values, in how many places."""

    words: str
    places: int
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words % self.values


@dataclass(frozen=True)
class Checked:
    """
    A page looked at.

    needs: of people; elsewhere: (kind of thing, server) that will not load; here: libraries that come from this lab;
    unknown: `${…}` that is no column; unused: columns that the page does not name; not_native: why it cannot be asked as
    questions of our own ("": it can).
    """

    needs: frozenset[Need]
    findings: Sequence[Finding]
    elsewhere: Sequence[tuple[str, str]]
    here: Sequence[str]
    unknown: Sequence[str]
    unused: Sequence[str]
    not_native: str


def check(html: str, columns: Sequence[str]) -> Checked:
    """Look at a template. `columns`: of its table."""
    page, names = reading.read(html), filling.names_in(html)
    addresses = list(_addresses(page))
    known = [(what, address) for what, address in addresses if libraries.known(address)]
    return Checked(
        needs=_needs(page, html),
        findings=[each for each in _findings(page, html) if each.places],
        elsewhere=sorted({(what, libraries.host_of(address)) for what, address in addresses if (what, address) not in known}),
        here=sorted({address.rpartition("/")[2] for _, address in known}),
        unknown=[name for name in names if name not in columns],
        unused=[name for name in columns if name not in names],
        not_native=_not_native(html),
    )


def _not_native(html: str) -> str:
    try:
        converting.convert(html)
    except Invalid as error:
        return error.message
    return ""


def _addresses(page: Element) -> Iterator[tuple[str, str]]:
    for (tag, attribute), what in ELSEWHERE.items():
        for element in page.all(tag):
            address = element.get(attribute)
            if libraries.is_elsewhere(address) and (tag != "link" or "stylesheet" in element.get("rel").lower()):
                yield what, address


def _needs(page: Element, html: str) -> frozenset[Need]:
    found = {Need.READING}
    if page.all("img", "video", "canvas", "svg", "object") or "background-image" in html:
        found.add(Need.SIGHT)
    if page.all("audio", "video"):
        found.add(Need.HEARING)
    if page.all("canvas") or _ACTS.search(html) or [each for each in _crowd(page) if each.tag not in CROWD_HERE]:
        found |= {Need.POINTER, Need.SIGHT}
    if _RECORDS.search(html):
        found.add(Need.SPEECH)
    return frozenset(found)


def _crowd(page: Element) -> list[Element]:
    return [each for each in page.all() if each.tag.startswith("crowd-")]


def _findings(page: Element, html: str) -> Iterator[Finding]:
    fields = [each for each in page.all(*FIELDS) if each.get("type").lower() not in HIDDEN]
    labelled = {each.get("for") for each in page.all("label")} | {
        id(f) for label in page.all("label") for f in label.all(*FIELDS)
    }
    bare = [f for f in fields if f.get("id") not in labelled - {""} and id(f) not in labelled and not _is_named(f)]
    yield Finding(noted("A field has no label: somebody who does not see it cannot know what it asks."), len(bare))
    pictures = [each for each in page.all("img") if "alt" not in each.attributes]
    yield Finding(noted("A picture has no text that says what it shows."), len(pictures))
    clicked = [e for e in page.all() if "onclick" in e.attributes and e.tag not in ("a", "button", "input", "label", "option")]
    yield Finding(noted("Something can be clicked that the keyboard does not reach."), len(clicked))
    ahead = [each for each in page.all() if each.get("tabindex").isdigit() and int(each.get("tabindex")) > 0]
    yield Finding(noted("A tabindex changes the order in which the keyboard goes through the page."), len(ahead))
    plays = [each for each in page.all("audio", "video") if "autoplay" in each.attributes]
    yield Finding(noted("Sound or film begins by itself."), len(plays))
    frames = [each for each in page.all("iframe") if not each.get("title")]
    yield Finding(noted("A frame has no title."), len(frames))
    yield Finding(
        noted("The page does not say in which language it is."),
        int(bool(page.all("html")) and not page.all("html")[0].get("lang")),
    )
    yield Finding(noted("Something moves or blinks."), len(page.all("marquee", "blink")))
    yield Finding(noted("The page sends by itself after a while: nobody may be hurried here."), len(_TIMED.findall(html)))
    for tag in sorted({each.tag for each in _crowd(page)} - CROWD_HERE):
        count = len(page.all(tag))
        yield Finding(noted("<%(tag)s> is not here. Make a project of the workbench's own for it."), count, {"tag": tag})


def _is_named(element: Element) -> bool:
    return any(element.get(name).strip() for name in ("aria-label", "aria-labelledby", "title"))
