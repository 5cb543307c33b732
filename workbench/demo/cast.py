"""The people of the demo lab."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from accessibility.sentences import listed, noted, sentence
from workbench import people
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Role
from workbench.store import people as store

CLIENT = "Omroep Polder"
PEOPLE: list[tuple[str, Role, str, str, dict[str, Any]]] = [
    # name, role, language, what the list of sign-ins says, profile
    ("Noor", Role.WORKER, "nl", noted("worker (Dutch)"), {}),
    ("Sam", Role.WORKER, "en", noted("worker (English)"), {}),
    ("Bram", Role.WORKER, "nl", noted("worker who does not use sight"), {"cannot_use": ["sight", "pointer"]}),
    ("Fatma", Role.WORKER, "nl", noted("worker who does not use hearing"), {"cannot_use": ["hearing"]}),
    ("Joke", Role.COACH, "nl", noted("jobcoach"), {}),
    ("Ruben", Role.SUPERVISOR, "nl", noted("supervisor"), {}),
    ("Esra", Role.CLIENT, "nl", noted("client of Omroep Polder"), {}),
    ("Maud", Role.MANAGER, "nl", noted("lab manager"), {}),
]


def name_lab(ctx: Context) -> None:
    """The demo lab has a name and a time zone: no set-up asks for them."""
    row = {"name": "Demo lab", "time_zone": "Europe/Amsterdam", "settings": {}, "created_ms": ctx.now()}
    ctx.db.write(lambda connection: connection.execute(sa.insert(t.lab).values(**row)))


def enrol_everybody(ctx: Context) -> list[tuple[str, str]]:
    """Everybody, each with a link that signs in with one click."""
    links = []
    for name, role, locale, described, profile in PEOPLE:
        made = people.enrol(ctx, name, [role], client=CLIENT if role is Role.CLIENT else None, locale=locale)
        if profile:
            ctx.db.write(lambda c, who=made.person.id, what=profile: store.update_profile(c, who, what))  # type: ignore[misc]
        links.append((listed([name, sentence(described)]), made.link_path))
    return links
