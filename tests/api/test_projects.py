"""Projects, uploads, jobs and people through the API, and the document that describes it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from openapi_spec_validator import validate
from PIL import Image

from tests.api.asking import refused
from tests.api.conftest import Caller
from workbench import jobs, people
from workbench.context import Context
from workbench.domain import Role

PATIENCE_SECONDS = 60
RESULTS: dict[str, dict[str, object]] = {"exports": {"format": "jsonl", "every_answer": True}, "report": {}}


@pytest.fixture
def doing_jobs(ctx: Context) -> Iterator[None]:
    """The process that does background work."""
    process = jobs.start_process(ctx.settings)
    yield
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def make(asking: httpx.Client, name: str, **more: object) -> str:
    """A new project of texts to rate; its id."""
    answer = asking.post("/projects", json={"name": name, "type": "rating", "settings": {"gold": "off"}, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def upload(client: httpx.Client, project: str, **files: str) -> str:
    """Send files; the id of the job that reads them."""
    sent = [("files", (name.replace("_", "."), text.encode())) for name, text in files.items()]
    answer = client.post(f"/projects/{project}/datasets", files=sent)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job"])


def wait_for(client: httpx.Client, job: str) -> dict[str, object]:
    """How the job ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = dict(client.get(f"/jobs/{job}").json())
        if found["status"] not in ("waiting", "running"):
            return found
        time.sleep(0.05)
    raise AssertionError(f"the job did not end: {found}")


def test_a_project_with_several_questions(caller: Caller) -> None:
    """As in a settings file; one more question later; a question that cannot be is told."""
    manager = caller("Maud", Role.MANAGER)
    asked = [
        {"name": "kind", "type": "choice", "labels": ["a", "b"]},
        {"type": "rating", "depends": {"step": "kind", "answer": "a"}},
    ]
    made = manager.post("/projects", json={"name": "Steps", "steps": asked, "settings": {"language": "en"}})
    assert made.status_code == 201, made.text
    url = f"/projects/{made.json()['id']}/steps"
    more = manager.post(url, json={"type": "tags", "name": "topics", "depends": "kind", "settings": {"labels": ["x"]}})
    assert (more.status_code, more.json()["name"]) == (201, "topics")
    assert refused(manager.post(url, json={"type": "tags", "depends": "nowhere"}), 422)["field"] == "steps"
    assert refused(manager.post("/projects", json={"name": "Neither"}), 422)["field"] == "type"


def test_an_upload_becomes_microtasks(caller: Caller, doing_jobs: None) -> None:
    """202 with a job; the job is done; the project's status counts what came in; a worker gets it."""
    client, boss = caller("Omroep Oost", Role.CLIENT), caller("Maud", Role.MANAGER)
    project = make(boss, "Teksten", client="Omroep Oost")
    job = upload(client, project, a_txt="Een.", b_txt="Twee.")
    done = wait_for(client, job)
    assert (done["id"], done["kind"], done["status"]) == (job, "ingest", "done"), done
    status = client.get(f"/projects/{project}/status").json()
    expected = {"sources": 2, "microtasks": 2, "settled": 0, "annotations": 0}
    assert {name: status[name] for name in expected} == expected
    assert caller("Noor").post("/work/next").json()["assignment"]["payload"]["text"] == "Een."


def test_a_program_gets_dataset_and_report(caller: Caller, doing_jobs: None) -> None:
    """An export and a report are asked for, waited for and fetched; by their own client, and before they are there not at all."""
    client, other = caller("Omroep Oost", Role.CLIENT), caller("Zender Noord", Role.CLIENT)
    project = make(client, "Nieuws")
    wait_for(client, upload(client, project, a_txt="Een.", b_txt="Twee."))
    refused(client.get(f"/projects/{project}/report"), 404)
    refused(client.post(f"/projects/{project}/exports", json={"format": "coco"}), 422)
    refused(other.post(f"/projects/{project}/exports", json={"format": "jsonl"}), 404)
    asked = {path: client.post(f"/projects/{project}/{path}", json=body) for path, body in RESULTS.items()}
    jobs_made = {path: str(answer.json()["job"]) for path, answer in asked.items()}
    assert {path: wait_for(client, job)["status"] for path, job in jobs_made.items()} == dict.fromkeys(RESULTS, "done")
    with ZipFile(BytesIO(client.get(f"/jobs/{jobs_made['exports']}/file").content)) as made:
        assert [name for name in made.namelist() if name.endswith("manifest.json")]
    refused(client.get(f"/jobs/{jobs_made['report']}/file"), 409)
    refused(other.get(f"/jobs/{jobs_made['exports']}/file"), 404)
    assert client.get(f"/projects/{project}/report").json()["project"] == "Nieuws"


def test_what_did_not_come_in_and_what_is_worth_knowing_is_told(caller: Caller, doing_jobs: None) -> None:
    """With the job that read the upload, in the language that is asked for."""
    client, boss = caller("Omroep Oost", Role.CLIENT), caller("Maud", Role.MANAGER)
    project, moving = make(boss, "Teksten", client="Omroep Oost", settings={}), BytesIO()
    Image.new("RGB", (9, 9)).save(moving, "GIF", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")])
    known = b'{"source": "a.gif", "answer": {"value": 4}}'
    files = [("files", ("a.gif", moving.getvalue())), ("files", ("b.txt", b"")), ("gold", ("known.jsonl", known))]
    job = str(client.post(f"/projects/{project}/datasets", files=files).json()["job"])
    assert wait_for(client, job)["status"] == "done"
    done = client.get(f"/jobs/{job}", headers={"Accept-Language": "nl"}).json()
    moves = "De afbeelding beweegt: alleen het eerste van de 2 beelden wordt gebruikt."
    assert done["remarks"] == [{"file": "a.gif", "message": moves}]
    (wrong,) = done["problems"]
    assert (wrong["file"], wrong["line"], wrong["message"][:14]) == ("b.txt", None, "b.txt is leeg.")
    counts = {"sources_added": 1, "sources_known": 0, "microtasks_added": 1, "gold_added": 1, "problem_count": 1}
    assert {name: done[name] for name in (*counts, "refused")} == {**counts, "refused": False}
    refused(client.post(f"/projects/{project}/datasets", files=[*files, files[-1]]), 422)


def test_an_upload_without_files_is_422(caller: Caller) -> None:
    """Nothing, another field, or no form at all; signed out it is 401 whatever it holds."""
    client = caller("Omroep Oost", Role.CLIENT)
    path = f"/projects/{make(client, 'Teksten')}/datasets"
    refused(client.post(path), 422)
    refused(client.post(path, files={"fiels": ("a.txt", b"x")}), 422)
    refused(client.post(path, json={"files": ["a.txt"]}), 422)
    refused(caller(role=None).post(path, files={"files": ("a.txt", b"x")}), 401)


def test_another_clients_things_do_not_exist(caller: Caller) -> None:
    """Projects and jobs of one company: 404 for the other, and in no list."""
    ours, theirs = caller("Omroep Oost", Role.CLIENT), caller("Zender Zuid", Role.CLIENT)
    project = make(ours, "Geheim")
    job = upload(ours, project, a_txt="Een.")
    assert [each["name"] for each in ours.get("/projects").json()["projects"]] == ["Geheim"]
    assert theirs.get("/projects").json() == {"projects": []}
    for path in (f"/projects/{project}/status", f"/jobs/{job}", "/jobs/no-such", "/projects/no-such/status"):
        refused(theirs.get(path), 404)
    refused(theirs.post(f"/projects/{project}/datasets", files={"files": ("a.txt", b"x")}), 404)
    assert ours.get(f"/jobs/{job}").json()["status"] == "waiting"


def test_work_of_the_lab_itself_is_no_clients_business(ctx: Context, caller: Caller) -> None:
    """A job without a project is for the lab's own people."""
    job = jobs.enqueue(ctx, "ingest", {}, None, None)
    refused(caller("Omroep Oost", Role.CLIENT).get(f"/jobs/{job}"), 404)
    assert caller("Maud", Role.MANAGER).get(f"/jobs/{job}").status_code == 200


def test_a_clients_project_is_its_own_whatever_the_body_says(ctx: Context, caller: Caller) -> None:
    """Naming another company changes nothing; the lab's manager may name one."""
    ours, boss = caller("Omroep Oost", Role.CLIENT), caller("Maud", Role.MANAGER)
    caller("Zender Zuid", Role.CLIENT)
    make(ours, "Een", client="Zender Zuid")
    make(boss, "Twee", client="Zender Zuid")
    assert [each["name"] for each in ours.get("/projects").json()["projects"]] == ["Een"]
    assert {each["name"] for each in boss.get("/projects").json()["projects"]} == {"Een", "Twee"}


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"name": "P", "type": "ratign"}, None, 'Did you mean "rating"'),
        ({"name": "P", "type": "rating", "settings": {"overlap": 0}}, "overlap", "overlap"),
        ({"name": "P", "type": "rating", "settings": {"overlpa": 3}}, "overlpa", "overlap"),
        ({"name": " ", "type": "rating"}, "name", "name"),
        ({"name": "P", "type": "rating", "setings": {}}, "setings", "setings"),
        ({"type": "rating"}, "name", "name"),
    ],
)
def test_wrong_settings_name_their_field(caller: Caller, body: object, field: str | None, words: str) -> None:
    """422, and no project is left behind."""
    boss = caller("Maud", Role.MANAGER)
    problem = refused(boss.post("/projects", json=body), 422)
    assert words in problem["detail"]
    assert field is None or problem["field"] == field
    assert boss.get("/projects").json() == {"projects": []}


def test_a_name_that_is_taken_is_409(caller: Caller) -> None:
    """And the first project stays as it was."""
    boss = caller("Maud", Role.MANAGER)
    make(boss, "Een")
    assert refused(boss.post("/projects", json={"name": "Een", "type": "rating"}), 409)["field"] == "name"


def test_a_new_person_can_begin_at_once(caller: Caller) -> None:
    """The manager gets token and link this once; the token works; nobody else may add people."""
    boss = caller("Maud", Role.MANAGER)
    made = boss.post("/people", json={"name": "Wim", "role": "worker", "locale": "en"})
    assert made.status_code == 201
    body = made.json()
    assert (body["name"], body["role"], body["link"].startswith("/s/")) == ("Wim", "worker", True)
    me = boss.get("/me", headers={"Authorization": f"Bearer {body['token']}"}).json()
    assert (me["name"], me["roles"], me["locale"]) == ("Wim", ["worker"], "en")
    refused(caller().post("/people", json={"name": "Eve", "role": "manager"}), 403)
    for wrong, field in (({"name": "", "role": "worker"}, "name"), ({"name": "X", "role": "boss"}, "role")):
        assert refused(boss.post("/people", json=wrong), 422)["field"] == field


def test_who_has_left_is_signed_out(ctx: Context, caller: Caller, server: str) -> None:
    """A token ends with the person."""
    made = people.enrol(ctx, "Wim", [Role.WORKER])
    client = caller(role=None)
    client.headers["Authorization"] = f"Bearer {made.token}"
    assert client.get("/me").status_code == 200
    people.end(ctx, made.person, by=None)
    refused(client.get("/me"), 401)


def test_types_tell_their_schemas(caller: Caller) -> None:
    """A program can read what an answer looks like; a name that is nearly right is helped."""
    noor = caller()
    names = {each["name"] for each in noor.get("/types").json()["types"]}
    assert {"bounding_box", "transcription", "rating"} <= names
    assert "boxes" in str(noor.get("/types/bounding_box").json())
    assert "bounding_box" in refused(noor.get("/types/bounding_bx"), 422)["detail"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("GET", "/work/next"), ("DELETE", "/projects")])
def test_an_address_that_is_none_is_a_problem_too(caller: Caller, method: str, path: str) -> None:
    """404 and 405 in the same form as every other refusal."""
    answer = caller().request(method, path)
    refused(answer, answer.status_code)
    assert answer.status_code in (404, 405)


def test_the_openapi_document_is_valid_and_says_everything(caller: Caller) -> None:
    """Every operation has words, who may, a tag and an id of its own; pages are not in it."""
    document = caller(role=None).get("/openapi.json").json()
    validate(document)
    operations = {(method, path): each for path, item in document["paths"].items() for method, each in item.items()}
    assert {path.split("/")[2] for _, path in operations} == {"v1"}
    assert all("Who may:" in each["description"] and each["tags"] for each in operations.values())
    ids = [each["operationId"] for each in operations.values()]
    assert len(ids) == len(set(ids))
    described = {("post", "/api/v1/work/next"), ("post", "/api/v1/work/assignments/{assignment_id}/annotation")}
    assert described <= set(operations)


def test_the_openapi_document_tells_how_to_sign_in_and_what_may_come_back(caller: Caller) -> None:
    """Bearer tokens, and the statuses that design.md promises for the hot path."""
    document = caller(role=None).get("/openapi.json").json()
    schemes = document["components"]["securitySchemes"].values()
    assert [(each["type"], each["scheme"]) for each in schemes] == [("http", "bearer")]
    paths = document["paths"]
    assert {"200", "204", "409"} <= set(paths["/api/v1/work/next"]["post"]["responses"])
    assert {"200", "201", "409", "422"} <= set(paths["/api/v1/work/assignments/{assignment_id}/annotation"]["post"]["responses"])
    assert all(each["security"] for each in paths["/api/v1/work/next"].values())
