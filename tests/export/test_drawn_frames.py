"""A box on a frame of a video: exactly the frame that was asked about, and an export that says which one it is."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from tests.builders import key
from tests.media.test_video import SERIES, decoded_times, number_of, write_video
from workbench import assign, export, people, projects, review, submit
from workbench.context import Context
from workbench.domain import Role
from workbench.ingest import ingest
from workbench.web.app import create_app


@pytest.mark.parametrize("series", ["29.97", "variable"])
def test_the_frame_that_is_boxed_is_the_frame_that_is_exported(ctx: Context, tmp_path: Path, series: str) -> None:
    """Asked each half second; what a worker sees carries its number, and file and answer come back under it."""
    times, rate, base = SERIES[series]
    (tmp_path / "in").mkdir()
    film = write_video(tmp_path / "in" / "numbers.mp4", times, rate=rate, base=base)
    project = projects.create(ctx, "Film", "bounding_box", {"labels": ["field"], "gold": "off", "every_seconds": 0.5})
    assert not ingest(ctx, project, [tmp_path / "in"]).problems
    noor, web = people.enrol(ctx, "Noor", [Role.WORKER]), TestClient(create_app(ctx))
    asked = {}
    for mine in iter(lambda: assign.next_assignments(ctx, noor.person), []):
        payload = mine[0].microtask.payload
        address = f"/media/{payload['media']}/frame?at_ms={payload['at_ms']}"
        picture = web.get(address, headers={"authorization": f"Bearer {noor.token}"})
        assert picture.status_code == 200
        pixels = np.asarray(Image.open(io.BytesIO(picture.content)).convert("RGB"))
        assert number_of(pixels) == payload["frame"]
        asked[payload["frame"]] = payload["at_ms"]
        box = {"label": "field", "x": 1.0 + payload["frame"] / 4, "y": 2.0, "width": 20.0, "height": 9.0}
        submit.submit(ctx, noor.person, mine[0].public_id, {"boxes": [box]}, key=key(), via="api")
    review.drain(ctx)
    shown = decoded_times(film)
    assert len(asked) > 3
    assert all(at_ms == pytest.approx(shown[frame], abs=0.01) for frame, at_ms in asked.items())
    check_exports(ctx, project, tmp_path, asked)


def check_exports(ctx: Context, project: projects.Project, folder: Path, asked: dict[int, float]) -> None:
    """COCO has a picture for each frame, with the video's name; JSONL a line; both come back under the frame's key."""
    for name in ("coco", "jsonl"):
        export.export(ctx, project, name, folder / name)
        back = list(export.read_answers("bounding_box", name, folder / name))
        found = {int(one.key.removeprefix("frame-")): one.answer.boxes[0].x for one in back if one.key}
        assert found == {frame: 1.0 + frame / 4 for frame in asked}
        assert {one.source for one in back} == {"numbers.mp4"}
    pictures = json.loads((folder / "coco").read_text())["images"]
    assert {each["frame"]: each["time_ms"] for each in pictures} == asked
    assert {each["file_name"] for each in pictures} == {f"numbers.mp4#frame-{frame}" for frame in asked}
    lines = [json.loads(line) for line in (folder / "jsonl").read_text().splitlines()]
    assert {each["frame"]: each["time_ms"] for each in lines} == asked
