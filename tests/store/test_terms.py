"""A project's names: taught once, right ever after; and no trace of who taught them."""

from __future__ import annotations

from workbench import projects
from workbench import tables as t
from workbench.context import Context
from workbench.store import terms


def project(ctx: Context) -> int:
    """A project to have names in."""
    return projects.create(ctx, "News", "transcription", {"question": "What is said?"}, None).id


def known(ctx: Context, project_id: int) -> dict[str, tuple[str, ...]]:
    """Names, and what they were heard as."""
    return {term.text: tuple(term.heard_as) for term in ctx.db.read(lambda c: terms.terms_of(c, project_id))}


def test_a_name_is_learnt_with_what_was_heard_for_it(each_db_ctx: Context) -> None:
    """Each form belongs to one name, the newest; capitals and spaces of what was heard make no difference."""
    ctx, here = each_db_ctx, project(each_db_ctx)
    for heard, wanted in (("Rut  ta", "Rutte"), ("route", "Rutte"), ("route", "Ruth"), ("rutte", "Rutte")):
        ctx.db.write(lambda c, heard=heard, wanted=wanted: terms.learn(c, here, heard, wanted, now=ctx.now()))
    assert known(ctx, here) == {"Ruth": ("route",), "Rutte": ("rut ta",)}


def test_what_a_supervisor_takes_away_is_not_learnt_again(ctx: Context) -> None:
    """A wrong name would spoil the work of others."""
    here = project(ctx)
    assert ctx.db.write(lambda c: terms.add(c, here, ["Hilversum", " Hilversum ", "", "Gooi"], origin="added", now=1)) == 2
    gone = next(term for term in ctx.db.read(lambda c: terms.terms_of(c, here)) if term.text == "Gooi")
    assert ctx.db.write(lambda c: terms.remove(c, here, gone.public_id, now=2))
    ctx.db.write(lambda c: terms.learn(c, here, "goy", "Gooi", now=3))
    assert known(ctx, here) == {"Hilversum": ()}
    assert not ctx.db.write(lambda c: terms.remove(c, here, gone.public_id, now=4))


def test_no_person_is_kept_with_a_name() -> None:
    """The list is the project's."""
    assert {column.name for column in t.project_term.columns if "person" in column.name} == set()
