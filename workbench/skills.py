"""Skills of an ESCO release that the lab put into its data folder. None is made up: an address that is not in it is refused.

The file is a CSV as ESCO publishes it, with the columns `conceptUri` and `preferredLabel`.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from accessibility.sentences import sentence
from workbench.certificate import Skill
from workbench.errors import BadInput, Invalid

MOST = 12


def choose(folder: Path, name: str, wanted: str) -> list[Skill]:
    """
    The skills that somebody named: one address or one label on each line.

    Raises:
        Invalid: one that the release does not have, or none where there is no release.
        BadInput: the file is missing, or is not a list of skills.
    """
    lines = [line.strip() for line in wanted.splitlines() if line.strip()]
    if not lines:
        return []
    if not name:
        raise Invalid("The lab has not loaded a release of ESCO, so no skills can be named.", field="skills")
    if len(lines) > MOST:
        raise Invalid("Please name at most 12 skills.", field="skills")
    path = folder / name
    known = _load(path, path.stat().st_mtime_ns if path.exists() else 0)
    return [_one(known, line) for line in lines]


def _one(known: Sequence[Skill], line: str) -> Skill:
    found = [skill for skill in known if line == skill.uri or line.lower() == skill.label.lower()]
    if len(found) != 1:
        raise Invalid("One of these skills is not in the lab's release of ESCO. Copy the address from its file.", field="skills")
    return found[0]


@lru_cache(maxsize=4)
def _load(path: Path, _changed: int) -> Sequence[Skill]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"conceptUri", "preferredLabel"} <= set(rows.fieldnames or ()):
                raise BadInput(
                    sentence(
                        "{file} has no columns conceptUri and preferredLabel. Put ESCO's own skills CSV there.", file=path.name
                    )
                )
            return [Skill(row["conceptUri"], row["preferredLabel"]) for row in rows if row["conceptUri"]]
    except OSError as error:
        raise BadInput(
            sentence("{file} cannot be read: {reason}. Put it into the data folder.", file=path.name, reason=error.strerror)
        ) from error
