"""A client's house style for subtitles: the limits that new projects of this client start with.

Without one the public defaults hold (`task_types.subtitle_measures.SubtitleLimits`). A project keeps what it was made with:
a newer house style changes no project that is there.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.engine import Connection

from accessibility.sentences import noted, sentence
from task_types import registry
from task_types.settings import StepSettings
from task_types.subtitle_measures import SubtitleLimits
from workbench.domain import Client, Json
from workbench.errors import Conflict, Invalid
from workbench.store import lab, people

KEY = "subtitle_styles"  # the part of the lab's settings that is ours: public id of a client → limits
LIMITS = tuple(name for name in SubtitleLimits.model_fields if name not in StepSettings.model_fields)
WRONG = noted("This number does not fit here. Give a number that is more than 0, as in the examples.")
NO_LAB = noted("This lab is not set up yet. Open it in a browser and answer its three questions first.")
CROSSED = noted("“Too fast” is less than “fast”. Give it a higher number.")


def limits(connection: Connection, client: Client) -> dict[str, Json]:
    """What this client decided otherwise than the public defaults; empty: nothing."""
    kept = _kept(connection).get(client.public_id)
    return {name: kept[name] for name in LIMITS if name in kept} if isinstance(kept, Mapping) else {}


def in_force(connection: Connection, client: Client) -> dict[str, Json]:
    """All limits, by name: what this client decided, else the public default."""
    held = SubtitleLimits.model_validate(limits(connection, client))
    return {name: getattr(held, name) for name in LIMITS}


def named(wanted: Mapping[str, Json]) -> Mapping[str, Json]:
    """
    What a program or a file asks for.

    Raises:
        Invalid: something in it is no limit: a typing error would change nothing, and nobody would see.
    """
    for name in wanted:
        if name not in LIMITS:
            said = sentence('"{name}" is no limit of a house style. Known: {known}.', name=name, known=", ".join(LIMITS))
            raise Invalid(said, field=name)
    return wanted


def change(connection: Connection, client: Client, wanted: Mapping[str, Json]) -> None:
    """
    Keep these limits instead of the earlier ones.

    Raises:
        Invalid: a number that cannot be (`field` says which). Conflict: there is no lab yet to keep them.
    """
    from pydantic import ValidationError

    if lab.the_lab(connection) is None:
        raise Conflict(NO_LAB)

    given = {name: wanted[name] for name in LIMITS if name in wanted}
    try:
        checked = SubtitleLimits.model_validate(given)
    except ValidationError as error:
        raise Invalid(WRONG, field=str(error.errors()[0]["loc"][0])) from None
    if checked.speed_limit < checked.speed_warning:
        raise Invalid(CROSSED, field="speed_limit")
    lab.change_settings(connection, KEY, {**_kept(connection), client.public_id: given})


def with_style(connection: Connection, type_name: str, settings: Mapping[str, Json], client: str | None) -> dict[str, Json]:
    """Settings of a new step with the client's limits where the settings say nothing; client: name or public id."""
    found = people.client_by_name(connection, client) if client and type_name in registry.names() else None
    if found is None or not issubclass(registry.get(type_name).settings_model, SubtitleLimits):
        return dict(settings)
    return {**limits(connection, found), **settings}


def _kept(connection: Connection) -> Mapping[str, Json]:
    there = lab.the_lab(connection)
    kept = there.settings.get(KEY) if there else None
    return kept if isinstance(kept, Mapping) else {}
