"""What stands behind "more" on a worker's start page. A page that hangs on later names itself here, or calls `add`.

Only what has a route is shown: parts of the workbench may be left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from accessibility.sentences import noted

MY_DAY, MY_COACH, MINE = noted("My day"), noted("My coach and me"), noted("What is mine")
GROUPS = (MY_DAY, MY_COACH, MINE)


@dataclass(frozen=True)
class Link:
    """A page behind "more": its address, what it is called, in which group of links, with which drawing."""

    path: str
    words: str
    group: str
    symbol: str = "page"


LINKS = [
    Link("/work/more/day", noted("My day so far"), MY_DAY, "day"),
    Link("/work/more/work", noted("Other work now"), MY_DAY, "other_work"),
    Link("/work/more/fitting", noted("What else fits me"), MY_DAY, "fits"),
    Link("/work/more/limits", noted("Difficult pictures and sounds"), MY_DAY, "picture"),
    Link("/voice", noted("Work by voice"), MY_DAY, "voice"),
    Link("/work/more/coach", noted("Ask my coach"), MY_COACH, "talk"),
    Link("/work/more/check-in", noted("How is the work?"), MY_COACH, "check_in"),
    Link("/work/more/wish", noted("What I would like to learn"), MY_COACH, "wish"),
    Link("/work/more/growth", noted("What I can do"), MY_COACH, "fits"),
    Link("/work/more/agreed", noted("What we agreed"), MY_COACH, "agreed"),
    Link("/work/more/feedback", noted("About my work"), MY_COACH, "words"),
    Link("/work/more/pace", noted("My own pace"), MY_COACH, "pace"),
    Link("/work/more/coach-sees", noted("What my coach sees"), MY_COACH, "sees"),
    Link("/work/more/hours", noted("My hours"), MINE, "hours"),
    Link("/work/more/certificate", noted("My certificate"), MINE, "certificate"),
    Link("/work/more/thanks", noted("Where my work went"), MINE, "thanks"),
    Link("/work/more/reports", noted("Reports about me"), MINE, "page"),
    Link("/work/more/news", noted("News"), MINE, "words"),
    Link("/together", noted("Look along"), MY_DAY, "sees"),
    Link("/comments", noted("What I think of the workbench"), MINE, "words"),
    Link("/work/more/data", noted("My data"), MINE, "data"),
    Link("/account", noted("How my pages look"), MINE, "look"),
    Link("/help", noted("Help"), MINE, "help"),
]


def add(link: Link) -> None:
    """Hang a page on, once."""
    if link.path not in {each.path for each in LINKS}:
        LINKS.append(link)


def links(app: FastAPI) -> list[tuple[str, Sequence[Link]]]:
    """The groups with the links that lead somewhere."""
    known = _paths(app.routes)
    found = [(group, [each for each in LINKS if each.group == group and each.path in known]) for group in GROUPS]
    return [(group, members) for group, members in found if members]


def _paths(routes: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for route in routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        found |= _paths(inner.routes) if inner is not None else {getattr(route, "path", "")}
    return found
