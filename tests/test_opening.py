"""What a project may not open without, and what only the lab decides."""

from __future__ import annotations

import pytest

from workbench import people, projects
from workbench.context import Context
from workbench.domain import Person, Role, Step
from workbench.errors import Invalid
from workbench.store import projects as store

BASIS = "Contract with the cast, clause 7"


def client(ctx: Context) -> Person:
    """Somebody of a broadcaster."""
    return people.enrol(ctx, "Cleo", [Role.CLIENT], client="Omroep").person


def step_of(ctx: Context, project_id: int) -> Step:
    """The only step."""
    return ctx.db.read(lambda connection: store.steps_of(connection, project_id))[0]


def test_faces_are_not_named_without_a_legal_basis(ctx: Context) -> None:
    """Neither at once, nor by opening a draft; with a basis a project opens."""
    with pytest.raises(Invalid, match="needs a legal basis") as error:
        projects.create(ctx, "Cast", "video_faces", {"cast": ["anna"]})
    assert error.value.field == "legal_basis"
    assert projects.create(ctx, "Cast", "video_faces", {"legal_basis": BASIS}).status == "open"


def test_a_client_states_the_basis_and_cannot_change_it_once_open(ctx: Context) -> None:
    """As a draft it may; after a manager opened on that ground, only a manager."""
    cleo = client(ctx)
    project = projects.create_by(ctx, cleo, "Cast", "video_faces", {"legal_basis": "to be said"})
    step = projects.change_settings(ctx, step_of(ctx, project.id), {"legal_basis": BASIS}, by=cleo)
    ctx.db.write(lambda connection: store.set_status(connection, project.id, "open", ctx.now()))
    with pytest.raises(Invalid, match="Only the lab manager"):
        projects.change_settings(ctx, step, {"legal_basis": "another"}, by=cleo)
    projects.change_settings(ctx, step, {"legal_basis": BASIS, "cast": ["bram"]}, by=cleo)
    with pytest.raises(Invalid, match="needs a legal basis"):
        projects.change_settings(ctx, step, {"cast": ["bram"]})


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_basis_is_none(ctx: Context, text: str) -> None:
    """Blanks state nothing."""
    with pytest.raises(Invalid, match="needs a legal basis"):
        projects.create(ctx, "Cast", "video_faces", {"legal_basis": text})
