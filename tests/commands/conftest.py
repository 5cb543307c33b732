"""One lab for all commands: people, three projects with work in them, and three workers' answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.builders import key
from tests.commands.running import Done, at_once, well, workbench
from tests.journeys import material
from workbench import assign, submit
from workbench.context import open_context
from workbench.domain import Assignment, Person
from workbench.people import sha256
from workbench.settings import Settings
from workbench.store import people as people_store

BOX = {"label": "door", "x": 100, "y": 120, "width": 80, "height": 160}
ANSWERS: dict[str, Any] = {"rating": {"value": 4}, "bounding_box": {"boxes": [BOX]}, "transcription": {"text": "hoog"}}
NAMES = {"rating": "Texts", "bounding_box": "Doors", "transcription": "Tones"}


@dataclass
class Commanded:
    """The lab's folder, what each command said, and the tokens of the workers."""

    data: Path
    said: dict[str, Done] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def commanded(tmp_path_factory: pytest.TempPathFactory) -> Commanded:
    """Made by commands alone, but for the answers, which are no command's business."""
    folder = tmp_path_factory.mktemp("commands")
    lab = Commanded(folder / "lab")
    make_files(folder)
    people = [well(lab.data, "person", "add", name, "--role", "worker", "--json") for name in ("Noor", "Sam")]
    lab.said["person"], lab.tokens = people[0], [each.told["token"] for each in people]
    for kind, name in NAMES.items():
        made = well(
            lab.data, "project", "create", name, "--type", kind, "--settings", folder / f"{kind}.yaml", "--client", "Omroep"
        )
        lab.said[f"create {kind}"] = made
    ingests = {
        "rating": ("texts.csv", "--gold", folder / "gold.jsonl"),
        "bounding_box": ("doors",),
        "transcription": ("short.wav",),
    }
    given = [("ingest", NAMES[kind], folder / first, *rest) for kind, (first, *rest) in ingests.items()]
    for kind, done in zip(ingests, at_once(lab.data, given), strict=True):
        lab.said[f"ingest {kind}"] = done
    answer_everything(lab)
    for kind, name in NAMES.items():
        lab.said[f"status {kind}"] = workbench(lab.data, "status", name, "--json")
    return lab


def make_files(folder: Path) -> None:
    """Settings, a table with a bad line, a gold file, pictures with one torn, a recording."""
    (folder / "rating.yaml").write_text('question: "How clear?"\noverlap: 2\ngold: {first: 10, first_share: 1.0}\n')
    (folder / "bounding_box.yaml").write_text("labels: [door, window]\noverlap: 2\ngold: off\n")
    (folder / "transcription.yaml").write_text("overlap: 2\ngold: off\nterms: [Hilversum]\n")
    (folder / "texts.csv").write_text("id,text\nt1,First.\nt2,Second.\nt3,Third.\nt4,one,field,too,many\n")
    (folder / "gold.jsonl").write_text('{"source": "t3", "answer": {"value": 4}}\n')
    (folder / "doors").mkdir()
    (folder / "doors" / "house.png").write_bytes(material.house((100, 120, 80, 160)))
    (folder / "doors" / "torn.png").write_bytes(material.house((1, 1, 9, 9))[:200])
    (folder / "short.wav").write_bytes(material.recording([(1200, 2.0)]))


def answer_everything(lab: Commanded) -> None:
    """Two workers answer all there is, by the same door as every page."""
    ctx = open_context(Settings.load({}, data=lab.data))
    for token in lab.tokens:
        person = ctx.db.read(partial(people_store.person_by_credential, kind="token", secret_hash=sha256(token)))
        assert isinstance(person, Person)
        while found := assign.next_assignments(ctx, person):
            submit.submit(ctx, person, found[0].public_id, _answer(found[0]), key=key(), via="api")
    ctx.close()


def _answer(assignment: Assignment) -> Any:
    return ANSWERS[assignment.task_type]
