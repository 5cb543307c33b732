"""Widgets: the parts of a page that ask one kind of question.

Each folder holds `template.html` (Jinja), `widget.js` (an ES module that defines a custom element), `examples.yaml`
and, where it has a style of its own, `widget.css`. A widget works as a plain form without its module; the module makes
it better. What goes in (`data`) and which fields come out is written down in docs/widgets.md.

A template is rendered with `data` (of the task type's `Widget`), `draft` (an answer to fill in again, or None),
`media_url(media, variant, **parameters)`, `errors` (field → sentence) and gettext's `_`.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import BaseLoader

FOLDER = Path(__file__).parent
SERVED = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
# Style sheets of several widgets.
SHARED_STYLES = {
    "drawing/drawing.css": frozenset({"bounding_box", "line", "polygon", "video_faces"}),
    "common/labels.css": frozenset({"choice", "tags"}),
    "common/options.css": frozenset({"comparison", "image_choice"}),
}


class WidgetError(Exception):
    """Something is wrong with a widget's folder, or there is none of that name."""


class UnknownWidget(WidgetError):
    """No folder of this name."""


@dataclass(frozen=True)
class WidgetFolder:
    """Where one widget stands. Template names are Jinja's; styles and modules are paths under /widgets/."""

    name: str
    path: Path

    @property
    def template(self) -> str:
        """The name to include in a page."""
        return f"widgets/{self.name}/template.html"

    @property
    def styles(self) -> tuple[str, ...]:
        """The style sheet of all, those it shares with some, then its own where it has one."""
        shared = [sheet for sheet, users in SHARED_STYLES.items() if self.name in users]
        own = [f"{self.name}/widget.css"] if (self.path / "widget.css").is_file() else []
        return ("common/common.css", *shared, *own)

    @property
    def modules(self) -> tuple[str, ...]:
        """Its module, and what that imports: a page may preload these, a service worker keep them."""
        return (f"{self.name}/widget.js",)


@dataclass(frozen=True)
class WidgetExample:
    """One worked case of a widget: for docs, template tests and axe.

    data: as the task type gives it; form: the fields a plain page posts; answer: what the element says;
    criteria: what must hold for people, in words.
    """

    title: str
    data: Mapping[str, Any]
    draft: Mapping[str, Any] | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] | None = None
    criteria: tuple[str, ...] = ()


def names() -> list[str]:
    """All widgets there are."""
    return sorted(path.parent.name for path in FOLDER.glob("*/template.html"))


def find(name: str) -> WidgetFolder:
    """The folder of one widget. Raises UnknownWidget, with the nearest name there is."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        raise UnknownWidget(f'Unknown widget "{name}".{hint} Known: {", ".join(names())}')
    return WidgetFolder(name, FOLDER / name)


def loader() -> BaseLoader:
    """Jinja's loader for `widgets/<name>/template.html`."""
    from jinja2 import FileSystemLoader, PrefixLoader

    return PrefixLoader({"widgets": FileSystemLoader(FOLDER)})


def static_file(path: str) -> tuple[Path, str] | None:
    """The file and media type for an address under /widgets/, or None: only scripts, styles and drawings are given."""
    wanted = (FOLDER / path).resolve()
    if not wanted.is_relative_to(FOLDER) or wanted.suffix not in SERVED or not wanted.is_file():
        return None
    return wanted, SERVED[wanted.suffix]


def examples(name: str) -> list[WidgetExample]:
    """The worked cases of one widget."""
    import yaml

    path = find(name).path / "examples.yaml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [WidgetExample(**{**one, "criteria": tuple(one.get("criteria", ()))}) for one in raw["examples"]]
