"""The law pack: documents for data protection officer, works council and supervisor, out of this lab's own settings and schema.

Each is one HTML page that needs nothing else: to read, to print, to put in a file. They are a beginning, not legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from accessibility.sentences import noted
from workbench import __version__, hours, privacy, retention
from workbench.context import Context
from workbench.domain import Role
from workbench.lab_settings import LabSettings
from workbench.store import lab, people, projects, whole
from workbench.store import retention as retention_store
from workbench.web import pages

DOCUMENTS = ("dpia", "works-council", "retention", "register", "ai-act")
CLASS_WORDS: Mapping[str, str] = {
    "technical": noted("keys and states that say nothing about a person"),
    "time": noted("when somebody did something"),
    "identity": noted("who somebody is"),
    "secret": noted("what signs somebody in, as a hash or encrypted"),
    "work": noted("answers, hours, what was chosen"),
    "need": noted("what somebody uses, needs or agreed: may be health data"),
    "words": noted("free text of or about a person"),
    "material": noted("what a client brought"),
    "business": noted("projects, settings and prices"),
}
GROUND_WORDS: Mapping[str, str] = {
    "contract": noted("the contract or trajectory (GDPR 6(1)(b))"),
    "agreed": noted("agreed with the person, least access, short (GDPR 6(1)(b), 9(2)(b), UAVG 30)"),
    "law": noted("the lab must keep it (GDPR 6(1)(c))"),
    "interest": noted("the lab's interest in work that can be checked (GDPR 6(1)(f))"),
    "client": noted("on behalf of the client (GDPR 28)"),
    "none": noted("no personal data"),
}
READER_WORDS: Mapping[str, str] = {
    "self": noted("the person"),
    "coach": noted("their coach"),
    "supervisor": noted("supervisor"),
    "manager": noted("lab manager"),
    "client": noted("client"),
    "nobody": noted("nobody"),
}
ABOUT_WORDS: Mapping[str, str] = {
    "worker": noted("workers"),
    "staff": noted("staff"),
    "client": noted("clients, and people in their material"),
    "nobody": noted("nobody"),
}


def write(ctx: Context, folder: Path, locale: str) -> list[Path]:
    """Write every document to this folder; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    data = facts(ctx, locale)
    written = []
    for name in DOCUMENTS:
        path = folder / f"{name}.html"
        path.write_text(document(name, data), encoding="utf-8")
        written.append(path)
    return written


def document(name: str, data: Mapping[str, Any]) -> str:
    """One document as a page of its own."""
    return pages.environment(data["locale"]).get_template(f"law/{name}.html").render(data)


def facts(ctx: Context, locale: str) -> dict[str, Any]:
    """What the documents tell: settings, numbers of people, and the schema as it is."""
    now = ctx.now()

    def read(connection: Connection) -> dict[str, Any]:
        found = lab.the_lab(connection)
        everything = projects.projects_of(connection, None)
        return {
            "lab": found.name if found else "",
            "settings": LabSettings.of(found.settings if found else {}),
            "day": hours.day_of(now, lab.time_zone(connection, now)),
            "roles": {str(role): people.count_people(connection, role=role) for role in Role},
            "projects": len(everything),
            "embargoes": sum(each.embargo_until_ms is not None for each in everything),
            "last_run_ms": retention_store.last_run(connection),
            "zone": lab.time_zone(connection, now),
            "activities": whole.activities(connection),
        }

    about = {"classes": CLASS_WORDS, "grounds": GROUND_WORDS, "readers": READER_WORDS, "abouts": ABOUT_WORDS}
    found = ctx.db.read(read)
    columns = [table.columns for activity in found["activities"] for table in activity.tables]
    return {
        **found,
        **about,
        "locale": locale,
        "version": __version__,
        "rules": {rule.name: rule for rule in retention.RULES},
        "storage": "s3" if ctx.settings.storage_url.startswith("s3:") else "folder",
        "tables": len(columns),
        "columns": sum(len(each) for each in columns),
        "undescribed": privacy.undescribed(whole.schema()),
    }
