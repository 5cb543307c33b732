"""What other packages hang on, by entry point. A plug-in that names an extra is there only where that extra is installed."""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata


@cache  # it reads a file of every installed package
def points(group: str) -> tuple[metadata.EntryPoint, ...]:
    """
    The entry points of this group that may be loaded here, in the order of their names. Loads none of them.

    What is installed while the process runs is seen by the next process.
    """
    found = [point for point in metadata.entry_points(group=group) if _is_complete(point)]
    return tuple(sorted(found, key=lambda point: point.name))


def _is_complete(point: metadata.EntryPoint) -> bool:
    return all(_has_extra(point.dist, extra) for extra in point.extras)


def _has_extra(distribution: metadata.Distribution | None, extra: str) -> bool:
    wanted = re.compile(rf"extra\s*==\s*['\"]{re.escape(extra)}['\"]")
    needed = [each for each in (distribution.requires if distribution else None) or () if wanted.search(each)]
    return all(_is_installed(each) for each in needed)


def _is_installed(requirement: str) -> bool:
    name = re.match(r"[\w.-]+", requirement)
    try:
        return name is not None and bool(metadata.version(name.group()))
    except metadata.PackageNotFoundError:
        return False
