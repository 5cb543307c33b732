"""Label Studio configs become projects, and their answers go back under the config's own names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.builders import key, workers
from tests.export.builders import add
from workbench import assign, export, label_studio, review, submit
from workbench.context import Context
from workbench.domain import Json
from workbench.errors import Conflict, Invalid, Unavailable
from workbench.store import projects as store

TWO_QUESTIONS = """<View>
  <Image name="photo" value="$picture"/>
  <Header value="About the photo"/>
  <RectangleLabels name="where" toName="photo"><Label value="boat"/><Label value="person"/></RectangleLabels>
  <Choices name="weather" toName="photo" choice="single"><Choice value="sunny" alias="s"/><Choice value="rainy"/></Choices>
</View>"""


def one(control: str, thing: str = '<Image name="o" value="$image"/>') -> str:
    """A config with one control."""
    return f"<View>{thing}{control}</View>"


@pytest.mark.parametrize(
    ("xml", "task_type"),
    [
        (one('<RectangleLabels name="c" toName="o"><Label value="a"/></RectangleLabels>'), "bounding_box"),
        (one('<Choices name="c" toName="o"><Choice value="a"/></Choices>'), "choice"),
        (one('<Choices name="c" toName="o" choice="multiple"><Choice value="a"/></Choices>'), "tags"),
        (one('<Rating name="c" toName="o" maxRating="7"/>'), "rating"),
        (one('<TextArea name="c" toName="o"/>'), "description"),
        (one('<TextArea name="c" toName="o"/>', '<Audio name="o" value="$audio"/>'), "transcription"),
        (one('<Labels name="c" toName="o"><Label value="a"/></Labels>', '<Audio name="o" value="$audio"/>'), "sound_events"),
        (one('<Labels name="c" toName="o"><Label value="a"/></Labels>', '<Text name="o" value="$text"/>'), "text_spans"),
    ],
)
def test_each_control_is_a_kind_of_work(xml: str, task_type: str) -> None:
    """The control and what it stands on decide."""
    (plan,) = label_studio.steps_of(xml)
    assert (plan.name, plan.task_type) == ("c", task_type)


def test_a_control_nobody_does_is_named() -> None:
    """All strange controls are told at once, with what is known."""
    xml = '<View><Image name="o" value="$i"/><Brush name="b" toName="o"/><Ellipse name="e" toName="o"/></View>'
    with pytest.raises(Invalid, match=r'<Brush name="b">, <Ellipse name="e">.*RectangleLabels'):
        label_studio.steps_of(xml)


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("boats", "not a Label Studio config"),
        ("<View><Image name='i' value='$i'/></View>", "asks nothing"),
        ('<!DOCTYPE v [<!ENTITY a "b">]><View><Header value="&a;"/></View>', "not a Label Studio config"),
    ],
)
def test_what_is_no_config_is_refused(xml: str, message: str) -> None:
    """Also one that defines entities: they can be made to fill the memory."""
    with pytest.raises(Invalid, match=message):
        label_studio.steps_of(xml)


def test_answers_of_two_controls_are_joined_again(ctx: Context, tmp_path: Path) -> None:
    """One config, two steps of one question each, one annotation with both answers that the client's own config takes."""
    from label_studio_sdk.label_interface import LabelInterface

    project = label_studio.create_project(ctx, "Harbour", TWO_QUESTIONS)
    assert project.status == "open"
    steps = ctx.db.read(lambda connection: store.steps_of(connection, project.id))
    assert [(step.name, step.task_type) for step in steps] == [("where", "bounding_box"), ("weather", "choice")]
    _ask(ctx, project, steps)
    (worker,) = workers(ctx, 1)
    box = {"boxes": [{"label": "boat", "x": 64, "y": 48, "width": 320, "height": 240}]}
    while found := assign.next_assignments(ctx, worker):
        answer = box if found[0].task_type == "bounding_box" else {"label": "s"}
        submit.submit(ctx, worker, found[0].public_id, answer, key=key(), via="api")
    review.drain(ctx)
    export.export(ctx, project, "label_studio", tmp_path / "out.json")
    (task,) = json.loads((tmp_path / "out.json").read_text())
    (annotation,) = task["annotations"]
    assert task["data"] == {"picture": "map/a.jpg"}
    assert [(region["from_name"], region["to_name"]) for region in annotation["result"]] == [
        ("where", "photo"),
        ("weather", "photo"),
    ]
    assert annotation["result"][1]["value"] == {"choices": ["s"]}
    assert LabelInterface(TWO_QUESTIONS.replace(' alias="s"', "").replace("sunny", "s")).validate_annotation(annotation)


def _ask(ctx: Context, project: Any, steps: Any) -> None:
    """One photo, asked about in both steps."""
    import sqlalchemy as sa

    from workbench import tables as t
    from workbench.store import lanes

    photo = {"media": "m", "width": 640, "height": 480}
    add(ctx, project, {"map/a.jpg": [("image", photo)]}, kind="image", overlap=1)
    payload = json.dumps({"kind": "image", **photo})

    def write(connection: Any) -> None:
        source = connection.scalar(sa.select(t.source.c.id))
        row = lanes.MicrotaskRow(source, lanes.LaneKey(steps[1].id, 0, ""), "image", payload, 1, 1)
        lanes.add_microtasks(connection, [row], now=ctx.now())

    ctx.db.write(write)


def test_a_name_can_be_taken_once(ctx: Context) -> None:
    """The second project of a name is refused, and leaves nothing behind."""
    label_studio.create_project(ctx, "Harbour", TWO_QUESTIONS)
    with pytest.raises(Conflict, match="already a project"):
        label_studio.create_project(ctx, "Harbour", TWO_QUESTIONS)
    assert len(ctx.db.read(lambda connection: store.projects_of(connection, None))) == 1


@contextmanager
def server(answers: Mapping[str, tuple[int, Json]], seen: list[tuple[str, Json]]) -> Iterator[str]:
    """Answers HTTP as a Label Studio server does, for the real SDK; keeps what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            seen.append((self.path.split("?")[0], json.loads(self.rfile.read(length) or "null")))
            status, body = answers.get(self.path.split("?")[0], (404, {"detail": "Not found."}))
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = _reply

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        running.server_close()


def test_settled_work_is_pushed(ctx: Context) -> None:
    """The SDK sends the tasks with their annotations, without our numbers."""
    from tests.builders import rating
    from tests.export.builders import everybody_answers

    project = rating(ctx, ["a", "b"])
    everybody_answers(ctx, workers(ctx, 1), lambda *_: {"value": 4})
    seen: list[tuple[str, Json]] = []
    with server({"/api/projects/7/import": (201, {"task_count": 2})}, seen) as url:
        sentence = label_studio.push(ctx, project, url=url, api_key="x", project_id=7)
    assert sentence == f"2 tasks sent to {url}."
    ((path, tasks),) = [one for one in seen if one[1] is not None]
    assert path == "/api/projects/7/import"
    assert [task["annotations"][0]["result"][0]["value"] for task in tasks] == [{"rating": 4}] * 2
    assert "id" not in tasks[0]


def test_a_server_that_refuses_gives_a_sentence(ctx: Context) -> None:
    """A wrong key, a wrong number, nobody there."""
    from tests.builders import rating

    project = rating(ctx, ["a"])
    with server({"/api/tasks/": (401, {"detail": "Invalid token."})}, []) as url:
        with pytest.raises(Unavailable, match=r"answered 401\. Check the API key"):
            label_studio.pull(ctx, project, url=url, api_key="x", project_id=7)
        gone = url
    with pytest.raises(Unavailable, match="does not answer"):
        label_studio.pull(ctx, project, url=gone, api_key="x", project_id=7)


def test_tasks_are_pulled_once(ctx: Context) -> None:
    """The SDK fetches the tasks of a project; fetching them again adds nothing twice."""
    from workbench import projects

    project = projects.create(ctx, "Headlines", "rating", {"gold": "off"})
    tasks = [{"id": i, "data": {"text": f"headline {i}"}, "project": 7} for i in (1, 2)]
    page = {"tasks": tasks, "total": 2, "total_annotations": 0, "total_predictions": 0}
    with server({"/api/tasks/": (200, page)}, []) as url:
        first = label_studio.pull(ctx, project, url=url, api_key="x", project_id=7)
        again = label_studio.pull(ctx, project, url=url, api_key="x", project_id=7)
    assert first == "2 tasks fetched: 2 sources added, 0 known already."
    assert again == "2 tasks fetched: 0 sources added, 2 known already."
