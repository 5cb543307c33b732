"""Taking everything along, being erased, handing the lab over, deleting material with proof."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from task_types import registry
from tests.builders import add_texts, key, person, rating, rows
from tests.test_certificate import a_lab, signed
from workbench import assign, certifying, export, handover, ingest, material, own_data, projects, refit, review, submit
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Person, Role, new_public_id
from workbench.errors import Conflict, Invalid
from workbench.jobs import enqueue
from workbench.signing import NotGenuine
from workbench.store import jobs, whole
from workbench.store import material as material_store
from workbench.web import law

SECRETS = {"secret_hash", "token_hash", "csrf", "sealed"}


def with_words(ctx: Context) -> tuple[Person, Person]:
    """A worker with answers, hours, a trajectory with a goal, a check-in, a certificate, and their coach."""
    noor, carla = a_lab(ctx)
    signed(ctx, noor, carla)
    now = ctx.now()

    def write(connection: sa.Connection) -> None:
        common = {"person_id": noor.id, "created_ms": now}
        made = sa.insert(t.trajectory).values(public_id=new_public_id(), start_day="2026-11-02", **common)
        trajectory = connection.execute(made).inserted_primary_key[0]  # type: ignore[index]
        goal = {"public_id": new_public_id(), "trajectory_id": trajectory, "words": "Leren ondertitelen", "created_ms": now}
        connection.execute(sa.insert(t.goal).values(goal))
        block = connection.scalar(sa.select(sa.func.max(t.block.c.id)))
        said = {"public_id": new_public_id(), "person_id": noor.id, "block_id": block, "pace": "fine", "key": "k", "at_ms": now}
        connection.execute(sa.insert(t.check_in).values(said))

    ctx.db.write(write)
    return noor, carla


def test_somebody_takes_along_everything_that_is_theirs_and_nothing_that_signs_in(each_db_ctx: Context) -> None:
    """Every described table of theirs; also what hangs on another table; no secrets, nobody else's rows."""
    noor, _ = with_words(each_db_ctx)
    found = json.loads("".join(own_data.as_json(each_db_ctx, noor)))
    tables = found["tables"]
    assert set(tables) == {name for name, table in each_db_ctx.db.read(whole.described).items() if table.of}
    assert [row["words"] for row in tables["goal"]["rows"]] == ["Leren ondertitelen"]
    assert len(tables["annotation"]["rows"]) == 7
    assert tables["check_in"]["why"]
    columns = {column for each in tables.values() for row in each["rows"] for column in row}
    assert not columns & SECRETS
    assert {row["id"] for row in tables["person"]["rows"]} == {noor.id}


def test_erasing_leaves_answers_without_a_person_and_a_record_of_itself(each_db_ctx: Context) -> None:
    """Words, needs, hours' reasons, sign-in: gone. Labels stay. Whoever looks at the rows finds no trace of the name."""
    ctx = each_db_ctx
    noor, _ = with_words(ctx)
    mia = person(ctx, "Mia B", Role.MANAGER)
    token = rows(ctx, t.certificate)[0].token
    own_data.ask_erase(ctx, noor)
    own_data.ask_erase(ctx, noor)
    assert [each for each, _ in own_data.asked(ctx)] == [noor.public_id]
    with pytest.raises(Invalid):
        own_data.erase(ctx, noor, by=mia, reason=" ")
    counts = own_data.erase(ctx, noor, by=mia, reason="Asked by the person")
    assert counts["goal"] == counts["trajectory"] == 1
    assert own_data.asked(ctx) == []
    left = json.loads("".join(own_data.as_json(ctx, noor)))["tables"]
    assert {name for name, each in left.items() if each["rows"]} <= {
        *("person", "assignment", "annotation", "block", "certificate", "audit", "instruction_question", "work_return"),
    }
    assert [(row["name"], row["profile"]) for row in left["person"]["rows"]] == [("", {})]
    assert "Noor" not in json.dumps(left)
    assert len(rows(ctx, t.annotation)) == 7
    assert rows(ctx, t.audit)[-1].action == "privacy.erase"
    assert certifying.check_token(ctx, token).state == "valid"  # what somebody took along stays genuine
    with pytest.raises(NotGenuine):
        certifying.check_token(ctx, "x")


def test_the_lab_hands_everything_over_in_one_documented_file(ctx: Context, tmp_path: Path) -> None:
    """Every table, every original byte for byte, what each column holds; no secret."""
    with_words(ctx)
    (tmp_path / "a.txt").write_text("Een tekst.")
    project = rating(ctx, [], name="Uploads")
    ingest.ingest(ctx, project, [tmp_path / "a.txt"], created_by=None, progress=lambda _done, _total: None)
    counts = handover.write(ctx, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = set(archive.namelist())
        schema = json.loads(archive.read("schema.json"))
        people = [json.loads(line) for line in archive.read("tables/person.jsonl").splitlines()]
        files = {name.removeprefix("files/"): archive.read(name) for name in names if name.startswith("files/")}
    there = set(whole.schema()) & ctx.db.read(whole.there)
    assert {f"tables/{name}.jsonl" for name in there} <= names
    assert set(schema["tables"]) == there
    assert not {column for table in schema["tables"].values() for column in table["columns"]} & SECRETS
    assert "Noor" in {row["name"] for row in people}
    assert counts["files"] == len(files) == 1
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in files.items())
    with pytest.raises(Conflict):
        handover.write(ctx, tmp_path / "out.zip")


def test_material_is_deleted_with_proof_and_labels_stay(ctx: Context, tmp_path: Path) -> None:
    """Originals and what was made of them are gone from the store; the export still has the answers; texts are emptied."""
    secret = "Een geheim stuk tekst over niemand."
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"{secret} {name}")
    project = projects.create(ctx, "Teksten", "rating", {"gold": "off"})
    ingest.ingest(ctx, project, [tmp_path / "a.txt", tmp_path / "b.txt"], created_by=None, progress=lambda _d, _t: None)
    noor = person(ctx)
    from tests.test_assign import answer

    answer(ctx, noor)
    hashes = [row.sha256 for row in rows(ctx, t.upload)]
    with pytest.raises(Invalid):
        material.delete(ctx, project, by=None, reason="")
    review.drain(ctx)
    proof = material.delete(ctx, project, by=None, reason="The contract ended")
    assert {each["sha256"] for each in proof} >= set(hashes)
    assert not any(ctx.files.exists(each["sha256"]) for each in proof)
    assert {row.deleted_ms for row in rows(ctx, t.blob)} == {ctx.now()}
    everything = json.dumps(
        [[str(value) for value in row] for table in (t.source, t.microtask, t.upload) for row in rows(ctx, table)]
    )
    assert secret not in everything
    assert assign.next_assignments(ctx, noor) == []
    export.export(ctx, projects.named(ctx, "Teksten"), "jsonl", tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(lines) == 1
    assert material.delete(ctx, project, by=None, reason="Once more, to be sure") == []


def test_what_was_marked_in_a_text_stays_when_the_text_goes(each_db_ctx: Context) -> None:
    """Answers settle before it goes, also those of a question that was begun; no refit unsettles them; no download stays."""
    ctx = each_db_ctx
    project = projects.create(ctx, "Namen", "text_spans", {"gold": "off", "labels": ["bedrijf"], "overlap": 2})
    add_texts(ctx, project, ["Philips maakt lampen."])
    marked = {"spans": [{"label": "bedrijf", "start": 0, "end": 7}]}
    submit.submit(ctx, noor := person(ctx), assign.next_assignments(ctx, noor)[0].public_id, marked, key=key(), via="page")
    asked = {"project": project.public_id, "format": "jsonl", "every_answer": False}
    job = enqueue(ctx, "export", asked, None, project.id)
    ctx.db.write(lambda connection: jobs.finish(connection, job, "done", now=ctx.now()))
    (download := ctx.settings.data / "exports" / job).mkdir(parents=True)
    with pytest.raises(Conflict, match="still being settled"):
        material.delete(ctx, project, by=None, reason="The contract ended", patience_seconds=0)
    assert "Philips" in rows(ctx, t.microtask)[0].payload["text"]
    review.drain(ctx)
    material.delete(ctx, project, by=None, reason="The contract ended")
    assert "Philips" not in rows(ctx, t.microtask)[0].payload["text"]
    assert not download.exists()
    refit.refit(ctx, rows(ctx, t.step)[0].id)
    review.drain(ctx)
    assert [[span["start"] for span in row.answer["spans"]] for row in rows(ctx, t.outcome)] == [[0]]


@pytest.mark.parametrize("name", registry.names())
def test_no_field_of_a_question_keeps_material_and_answers_still_read(name: str) -> None:
    """Cues, rows, addresses, variables: whatever a kind of work calls it; what is left is a payload of that kind."""
    task_type = registry.get(name)
    for example in task_type.examples:
        left = material_store.emptied(example.case.payload.model_dump(mode="json"))
        task_type.payload_model.model_validate(left)
        left.pop("names", None)  # of a form: which field is which, kept whole
        texts = re.findall(r'"(\w+)": "((?:[^"\\]|\\.)+)"', json.dumps(left))
        assert {field for field, words in texts if words != material_store.DELETED} <= material_store.KEPT
    row = {"name": "row", "kind": "row", "text": "Piet", "file_name": "piet.csv", "fields": {"phone": "0612345678"}}
    assert material_store.emptied([row]) == [
        {"name": "row", "kind": "row", "text": "[deleted]", "file_name": "[deleted]", "fields": {"phone": "[deleted]"}}
    ]


def test_the_same_bytes_in_another_project_stay_for_it(ctx: Context, tmp_path: Path) -> None:
    """Two clients brought one file; one of them leaves."""
    (tmp_path / "a.txt").write_text("Dezelfde tekst.")
    both = [projects.create(ctx, name, "rating", {"gold": "off"}) for name in ("Een", "Twee")]
    for project in both:
        ingest.ingest(ctx, project, [tmp_path / "a.txt"], created_by=None, progress=lambda _d, _t: None)
    assert material.delete(ctx, both[0], by=None, reason="The contract ended") == []
    assert ctx.files.exists(rows(ctx, t.upload)[0].sha256)


def test_material_stays_while_something_is_being_read(ctx: Context) -> None:
    """A deletion does not race with an upload."""
    project = rating(ctx)
    ctx.db.write(
        lambda connection: jobs.add(connection, kind="ingest", arguments={}, person_id=None, project_id=project.id, now=ctx.now())
    )
    with pytest.raises(Conflict):
        material.delete(ctx, project, by=None, reason="The contract ended")


@pytest.mark.parametrize("locale", ["nl", "en"])
def test_the_law_pack_tells_of_this_lab_and_every_column(ctx: Context, tmp_path: Path, locale: str) -> None:
    """Five documents, in the language asked for; the register names each column of the database."""
    with_words(ctx)
    written = law.write(ctx, tmp_path / "law", locale)
    assert [path.stem for path in written] == list(law.DOCUMENTS)
    register = (tmp_path / "law" / "register.html").read_text()
    assert not [name for name in ctx.db.read(whole.described) if name not in register]
    assert all("Proeflab" in path.read_text() and f'lang="{locale}"' in path.read_text() for path in written)
