"""The demo lab, made once for all of these: everybody, every kind of work, on media made on the spot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from task_types import registry
from workbench import assign, demo, people, projects, sign_in
from workbench import tables as t
from workbench.context import Context, open_context
from workbench.demo import cast, jobs_of_demo
from workbench.domain import Assignment, Person, Project, Role
from workbench.errors import Conflict
from workbench.settings import Settings
from workbench.store import people as people_store
from workbench.store import projects as store
from workbench.web.app import create_app

HERE = "192.0.2.1"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A demo lab in a folder of its own."""
    return Settings.load({}, data=tmp_path_factory.mktemp("demo") / "lab", demo=True)


@pytest.fixture(scope="module")
def links(settings: Settings) -> dict[str, str]:
    """Name → sign-in path, as the first start prints them."""
    return {who.partition(",")[0]: path for who, path in demo.prepare(settings)}


@pytest.fixture(scope="module")
def lab(settings: Settings, links: dict[str, str]) -> Iterator[Context]:
    """That lab, open."""
    assert links
    ctx = open_context(settings)
    yield ctx
    ctx.close()


def person_of(lab: Context, link: str) -> Person:
    """Who is signed in by this link."""
    return sign_in.by_link(lab, link.removeprefix("/s/"), address=HERE).person


def projects_of(lab: Context) -> list[Project]:
    """All projects."""
    return list(lab.db.read(lambda connection: store.projects_of(connection, None)))


def test_there_is_somebody_of_every_role_and_each_link_signs_in(lab: Context, links: dict[str, str]) -> None:
    """Everybody under their own name; a client with a company."""
    found = [person_of(lab, link) for link in links.values()]
    assert [person.name for person in found] == list(links) == [name for name, *_ in cast.PEOPLE]
    assert {role for person in found for role in person.roles} == set(Role)
    assert [person.client_id is not None for person in found] == [person.has(Role.CLIENT) for person in found]


def test_every_kind_of_work_that_the_demo_lists_has_a_project(lab: Context) -> None:
    """Each listed project whose type is registered is there, open, for the demo's client, and has questions."""
    listed = {job.name: job.type for job in jobs_of_demo.jobs() if job.type in registry.names()}
    there = projects_of(lab)
    assert {project.name for project in there} == set(listed)
    counts = {project.name: lab.db.read(lambda c, p=project: store.counts(c, p.id)) for project in there}  # type: ignore[misc]
    assert [name for name, found in counts.items() if not found["microtasks"] - found["gold"]] == []
    assert {project.status for project in there} == {"open"}
    assert len({project.client_id for project in there}) == 1
    kinds = {step.task_type for project in there for step in lab.db.read(lambda c, p=project: store.steps_of(c, p.id))}  # type: ignore[misc]
    assert kinds == set(listed.values())


def test_every_kind_of_work_that_a_page_can_ask_is_in_the_demo() -> None:
    """A new type with a widget comes with a demo project; forms of the bridge come with batches of other people."""
    assert set(projects.askable()) <= {job.type for job in jobs_of_demo.jobs()}


def test_gold_of_the_demo_found_its_questions(lab: Context) -> None:
    """Every project that comes with known answers has as many check questions."""
    golden = Counter({job.name: len(job.gold) for job in jobs_of_demo.jobs() if job.gold and job.type in registry.names()})
    found = {p.name: lab.db.read(lambda c, p=p: store.counts(c, p.id))["gold"] for p in projects_of(lab)}  # type: ignore[misc]
    assert {name: found[name] for name in golden} == dict(golden)


def test_a_second_start_changes_nothing(settings: Settings, links: dict[str, str], lab: Context) -> None:
    """The same links, and nobody and nothing twice."""
    tables = (t.person, t.project, t.source, t.microtask, t.blob)

    def sizes() -> list[int | None]:
        return [lab.db.read(lambda c, each=each: c.scalar(sa.select(sa.func.count()).select_from(each))) for each in tables]  # type: ignore[misc]

    before = sizes()
    assert {who.partition(",")[0]: path for who, path in demo.prepare(settings)} == links
    assert sizes() == before


def held(lab: Context, links: dict[str, str], name: str) -> list[Assignment]:
    """What this worker is given, as much as may be held at once."""
    return assign.next_assignments(lab, person_of(lab, links[name]), ahead=assign.MOST_AHEAD)


def needs_of(assignment: Assignment) -> set[str]:
    """What a person must be able to use for this question."""
    task_type: Any = registry.get(assignment.task_type)
    settings = task_type.settings_model.model_validate(assignment.settings)
    payload = task_type.payload_model.model_validate(assignment.microtask.payload)
    return {str(need) for need in task_type.needs(settings, payload)}


@pytest.mark.parametrize("name", [name for name, role, *_ in cast.PEOPLE if role is Role.WORKER])
def test_every_worker_has_work_that_fits(lab: Context, links: dict[str, str], name: str) -> None:
    """Nothing asks for what this person does not use."""
    cannot = set(person_of(lab, links[name]).profile.get("cannot_use", ()))
    given = held(lab, links, name)
    assert given
    assert [each.task_type for each in given if needs_of(each) & cannot] == []


def test_bram_works_by_ear_and_fatma_by_eye(lab: Context, links: dict[str, str]) -> None:
    """Their profiles say what they do not use, and the questions that they get are of the other kind."""
    asked = {name: {need for each in held(lab, links, name) for need in needs_of(each)} for name in ("Bram", "Fatma")}
    assert "sight" not in asked["Bram"]
    assert "hearing" in asked["Bram"]
    assert "hearing" not in asked["Fatma"]
    assert "sight" in asked["Fatma"]


def test_every_project_can_be_seen_as_a_worker_sees_it(lab: Context, links: dict[str, str]) -> None:
    """Its own first question, from its own data, on a page; its media are served."""
    with TestClient(create_app(lab), follow_redirects=False) as client:
        assert client.get(links["Esra"]).status_code == 303
        for project in projects_of(lab):
            answer = client.get(f"/projects/{project.public_id}/preview")
            assert answer.status_code == 200, project.name
            assert "/static/example.svg" not in answer.text, project.name


def test_a_real_lab_never_becomes_a_demo(ctx: Context) -> None:
    """Nobody with a link that everybody knows gets into it, and `--fresh` takes nothing away."""
    mine = people.enrol(ctx, "Mia", [Role.MANAGER])
    for fresh in (False, True):
        with pytest.raises(Conflict, match="no demo"):
            demo.prepare(ctx.settings, fresh=fresh)
    assert person_of(ctx, mine.link_path).name == "Mia"
    assert ctx.db.read(people_store.count_people) == 1


def test_what_was_broken_off_is_made_again_and_other_files_stay(tmp_path: Path) -> None:
    """After a kill half way, and with `--fresh`; speech models and notes of a person are no part of the demo."""
    settings = Settings.load({}, data=tmp_path / "lab")
    ctx = open_context(settings)
    people.enrol(ctx, "Half", [Role.WORKER])
    ctx.close()
    (settings.data / demo.BEGUN).touch()
    (settings.data / "models").mkdir()
    (settings.data / "models" / "nl.bin").write_text("large")
    first = demo.prepare(settings)
    assert demo.prepare(settings) == first
    assert demo.prepare(settings, fresh=True) != first
    ctx = open_context(settings)
    assert ctx.db.read(people_store.count_people) == len(cast.PEOPLE)
    ctx.close()
    assert (settings.data / "models" / "nl.bin").read_text() == "large"
