"""What every table and column holds about whom, why, and for how long: one YAML file per subject beside this module.

It drives the law pack, what a person can take along, and what goes when they ask to be erased, so a table that is not
described here is a table that nobody can account for: a test fails until it is. A plug-in brings files of its own
(workbench/store/holdings.py).

An activity in a file:

    - name: day                    once in all files
      about: worker                worker, staff, client, nobody
      why: {en: …, nl: …}          for the register
      plain: {en: …, nl: …}        where a table has rows of somebody: the same, said to them in plain words
      ground: contract             key of GROUNDS
      keep: day                    name of a rule in retention.RULES
      seen_by: [self, coach]       self, coach, supervisor, manager, client, nobody
      stays: {en: …, nl: …}        only where some rows stay when somebody is erased: why
      stays_plain: {en: …, nl: …}  that, said to them
      tables:
        wish:
          of: person_id            whose rows these are: a column, or a path over one other table (trajectory_id.person_id)
          erase: delete            delete, keep, or blank
          blank: words             columns that are emptied, where rows stay
          columns:                 every column, by class
            technical: id public_id
            words: words
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workbench.store import holdings

CLASSES: Mapping[str, str] = {
    "technical": "keys, states and numbers that say nothing about a person by themselves",
    "time": "when somebody did something",
    "identity": "who somebody is, and how they are reached",
    "secret": "what signs somebody in, or signs for the lab; kept as a hash or encrypted",
    "work": "answers, hours, what was chosen",
    "need": "what somebody uses and needs, or agreed: may be health data",
    "words": "free text of or about a person",
    "material": "what a client brought",
    "business": "projects, settings and prices of the lab",
}
GROUNDS: Mapping[str, str] = {
    "contract": "GDPR 6(1)(b): the contract or trajectory with this person",
    "agreed": "GDPR 6(1)(b), with 9(2)(b) and UAVG 30 where it may be health data: agreed with the person, least access, short",
    "law": "GDPR 6(1)(c): the lab must keep it",
    "interest": "GDPR 6(1)(f): the lab's interest in work that can be checked, weighed against the person's",
    "client": "GDPR 28: the lab processes it for its client",
    "none": "no personal data",
}
ABOUT = ("worker", "staff", "client", "nobody")
READERS = ("self", "coach", "supervisor", "manager", "client", "nobody")
ERASURES = ("delete", "keep", "blank")


@dataclass(frozen=True)
class Table:
    """One table: its columns by name → class, whose rows they are, what erasing does."""

    name: str
    columns: Mapping[str, str]
    of: str | None
    erase: str
    blank: Sequence[str]


@dataclass(frozen=True)
class Activity:
    """One line of the processing register, with its tables."""

    name: str
    about: str
    why: Mapping[str, str]
    ground: str
    keep: str
    seen_by: Sequence[str]
    plain: Mapping[str, str]
    stays: Mapping[str, str]
    stays_plain: Mapping[str, str]
    tables: Sequence[Table]
    subject: str  # the file


@cache
def activities() -> tuple[Activity, ...]:
    """Every activity, file by file: the workbench's own, then those of plug-ins."""
    folders = [Path(__file__).parent, *(each.folder for each in holdings.holdings())]
    files = [path for folder in folders for path in sorted(folder.glob("*.yaml"))]
    return tuple(_activity(each, path.stem) for path in files for each in yaml.safe_load(path.read_text(encoding="utf-8")))


def tables() -> dict[str, tuple[Table, Activity]]:
    """Every described table by name."""
    return {table.name: (table, activity) for activity in activities() for table in activity.tables}


def undescribed(schema: Mapping[str, Sequence[str]]) -> list[str]:
    """
    What this schema has and no file describes, and what a file describes that is gone: one clear line each.

    Args:
        schema: table → names of its columns.
    """
    known = tables()
    missing = [_missing(name, column, known) for name, columns in schema.items() for column in columns]
    gone = [
        f"{name}.{column} is not in the database any more: take it out of workbench/privacy/{activity.subject}.yaml."
        for name, (table, activity) in known.items()
        for column in table.columns
        if column not in schema.get(name, ())
    ]
    return [line for line in missing if line] + gone


def _missing(table: str, column: str, known: Mapping[str, tuple[Table, Activity]]) -> str:
    if table not in known:
        return f"{table}.{column} is not described: add table {table} to an activity in workbench/privacy/*.yaml."
    found, activity = known[table]
    if column in found.columns:
        return ""
    return f"{table}.{column} is not described: add it under its class in workbench/privacy/{activity.subject}.yaml."


def _activity(raw: Mapping[str, Any], subject: str) -> Activity:
    return Activity(
        name=raw["name"],
        about=raw["about"],
        why=raw["why"],
        ground=raw["ground"],
        keep=raw["keep"],
        seen_by=raw.get("seen_by", ()),
        plain=raw.get("plain", {}),
        stays=raw.get("stays", {}),
        stays_plain=raw.get("stays_plain", {}),
        tables=[_table(name, each) for name, each in raw["tables"].items()],
        subject=subject,
    )


def _table(name: str, raw: Mapping[str, Any]) -> Table:
    columns = {column: kind for kind, names in raw["columns"].items() for column in str(names).split()}
    return Table(name, columns, raw.get("of"), raw.get("erase", "keep"), str(raw.get("blank", "")).split())
