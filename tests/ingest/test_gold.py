"""Known answers find their microtasks, in every format."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from tests.ingest.conftest import Write, counts, picture, project, said
from tests.media.make_media import beeps, write_audio
from workbench import ingest
from workbench import tables as t
from workbench.context import Context
from workbench.errors import BadInput, Invalid
from workbench.store.lanes import NEVER_FULL

SENTENCES = "id,tekst\na,Een.\nb,Twee.\nc,Drie.\n"


def gold_of(ctx: Context) -> dict[str, Any]:
    """Accepted answers by source and piece."""
    query = (
        sa.select(t.source.c.key, t.microtask.c.key.label("piece"), t.gold.c.accepted)
        .join_from(t.gold, t.microtask, t.gold.c.microtask_id == t.microtask.c.id)
        .join(t.source, t.source.c.id == t.microtask.c.source_id)
        .order_by(t.gold.c.id)
    )
    return {row.key: row.accepted for row in ctx.db.read(lambda c: c.execute(query).all())}


def test_json_lines_make_gold(each_db_ctx: Context, write: Write) -> None:
    """Gold moves to a lane of its own that is never full; bad lines are told, good ones kept; again adds nothing."""
    ctx, ours = each_db_ctx, project(each_db_ctx)
    gold = write(
        "gold.jsonl",
        '{"source": "a", "answer": {"value": 4}}\n'
        '{"source": "b", "accepted": [{"value": 4}, {"value": 5}]}\n'
        '{"source": "x", "answer": {"value": 4}}\n'
        '{"source": "c", "answer": {"value": 9}}\n'
        '{"answer": {"value": 4}}\n'
        '{"source": "c"}\n'
        '{"source": "c", "status": "open", "answer": null}\n'
        "[]\n",
    )
    items = write("items.csv", SENTENCES)

    report = ingest.ingest(ctx, ours, [items], gold=gold)
    again = ingest.ingest(ctx, ours, [items], gold=gold)

    assert (report.gold_added, again.gold_added) == (2, 0)
    assert sorted(said(report)) == [
        "gold.jsonl line 3 names \"x\", and this project has no source of that name. Check the name, then ingest again.",
        "gold.jsonl line 4: 9 is not on the scale. Choose 1, 2, 3, 4, 5.",
        'gold.jsonl line 5 has no "source". Write {"source": "photo.jpg", "answer": {…}}.',
        'gold.jsonl line 6 has neither "answer" nor "accepted". Add one, or leave the line out.',
        'gold.jsonl line 8 has no "source". Write {"source": "photo.jpg", "answer": {…}}.',
    ]  # fmt: skip
    assert gold_of(ctx) == {"a": [{"value": 4}], "b": [{"value": 4}, {"value": 5}]}
    tasks = ctx.db.read(lambda c: c.execute(sa.select(t.microtask, t.lane.c.gold).join(t.lane).order_by(t.microtask.c.id)).all())
    assert [(task.status, task.gold, task.rank, task.free, task.wanted) for task in tasks] == [
        ("gold", True, 1, NEVER_FULL, 1), ("gold", True, 2, NEVER_FULL, 1), ("open", False, 3, 1, 1),
    ]  # fmt: skip
    assert counts(ctx, ours)["gold"] == 2


def test_gold_may_come_later(ctx: Context, write: Write) -> None:
    """With the same dataset, or with any other upload of the project."""
    ours = project(ctx)
    items = write("items.csv", SENTENCES)
    ingest.ingest(ctx, ours, [items])
    gold = write("gold.csv", 'source,answer\na,"{""value"": 2}"\nb,niets\n')
    report = ingest.ingest(ctx, ours, [write("more.csv", "id,tekst\nd,Vier.\n")], gold=gold)
    assert (report.sources_added, report.gold_added, gold_of(ctx)) == (1, 1, {"a": [{"value": 2}]})
    assert said(report) == ["gold.csv line 3: the column answer is not JSON. Write it as the export does."]


def test_a_table_may_hold_what_a_page_would_post(ctx: Context, write: Write) -> None:
    """For people with a spreadsheet: a column per field."""
    gold = write("gold.csv", "id;value\na;3\nb;\n")
    report = ingest.ingest(ctx, project(ctx), [write("items.csv", SENTENCES)], gold=gold)
    assert gold_of(ctx) == {"a": [{"value": 3}]}
    assert said(report) == ["gold.csv line 3: Choose one of the answers."]


def test_everything_is_refused_for_one_wrong_answer_when_asked(ctx: Context, write: Write) -> None:
    """Also what only shows when the answer meets its question."""
    ours = project(ctx)
    items = write("items.csv", SENTENCES)
    for line in ('{"source": "a", "answer": {"value": 9}}', '{"source": "x", "answer": {"value": 3}}', "geen json"):
        report = ingest.ingest(ctx, ours, [items], gold=write("gold.jsonl", line + "\n"), whole=True)
        assert (report.refused, report.sources_added, len(report.problems)) == (True, 0, 1)
    assert counts(ctx, ours)["sources"] == 0
    good = ingest.ingest(ctx, ours, [items], gold=write("gold.jsonl", '{"source": "a", "answer": {"value": 3}}\n'), whole=True)
    assert (good.sources_added, good.gold_added) == (3, 1)


def test_an_opinion_takes_no_gold(ctx: Context, write: Write) -> None:
    """Nothing is right or wrong in it. Nothing is added either."""
    gold = write("gold.jsonl", '{"source": "a", "answer": {"value": 4}}\n')
    items = write("items.csv", SENTENCES)
    with pytest.raises(Invalid, match="takes no gold"):
        ingest.ingest(ctx, project(ctx, name="mening", opinion=True), [items], gold=gold)
    with pytest.raises(Invalid, match="Gold is off"):
        ingest.ingest(ctx, project(ctx, name="zonder", gold="off"), [items], gold=gold)
    assert ctx.db.read(lambda c: c.scalars(sa.select(t.source.c.id)).all()) == []


def test_coco_makes_gold_of_pictures(each_db_ctx: Context, tmp_path: Path, write: Write) -> None:
    """By file name, in whatever folder the picture stands; one that occurs twice is not guessed."""
    for name in ("a.png", "sub/b.png", "een/c.png", "twee/c.png"):
        picture(tmp_path / "in" / name, width=200, height=100)
    coco = {
        "images": [{"id": number, "file_name": f"{name}.png", "width": 200, "height": 100} for number, name in enumerate("abc")],
        "annotations": [
            {"id": 1, "image_id": 0, "category_id": 1, "bbox": [10, 20, 30, 40], "area": 1200, "iscrowd": 0},
            {"id": 2, "image_id": 0, "category_id": 1, "bbox": [50, 20, 30, 40], "area": 1200, "iscrowd": 0},
        ],
        "categories": [{"id": 1, "name": "boot"}],
    }  # fmt: skip
    gold = tmp_path / "coco.json"
    gold.write_text(json.dumps(coco))
    ours = project(each_db_ctx, "bounding_box", labels=["boot"])
    report = ingest.ingest(each_db_ctx, ours, [tmp_path / "in"], gold=gold)
    found = gold_of(each_db_ctx)
    assert {key: [len(answer["boxes"]) for answer in accepted] for key, accepted in found.items()} == {
        "a.png": [2],
        "sub/b.png": [0],
    }
    assert said(report) == [
        'coco.json names "c.png", and this project has more than one source of that name. Write its whole path.'
    ]


def yolo(folder: Path, files: dict[str, str]) -> Path:
    """A folder with these text files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_yolo_makes_gold_of_pictures(each_db_ctx: Context, tmp_path: Path) -> None:
    """A zip with classes.txt and a text for each picture; an empty text says that there is nothing. Bad lines are told."""
    for name in "abcd":
        picture(tmp_path / "in" / f"{name}.png", width=200, height=100)
    labels = {
        "a": "1 0.25 0.5 0.1 0.2\n0 0.5 0.5 1 1 0.93\n",
        "b": "",
        "c": "7 0.5 0.5 0.1 0.1\n0 20 30 4 4\n0 0.5\nboot 1 1 1 1\n",
        "x": "0 0.5 0.5 0.1 0.1\n",
    }
    gold = tmp_path / "labels.zip"
    with zipfile.ZipFile(gold, "w") as archive:
        archive.writestr("classes.txt", "boot\r\npersoon\r\n")
        archive.writestr("images/a.png", (tmp_path / "in" / "a.png").read_bytes())
        for name, text in labels.items():
            archive.writestr(f"labels/{name}.txt", text)
    ours = project(each_db_ctx, "bounding_box", labels=["boot", "persoon"])
    report = ingest.ingest(each_db_ctx, ours, [tmp_path / "in"], gold=gold)
    assert gold_of(each_db_ctx) == {
        "a.png": [{"boxes": [
            {"label": "persoon", "x": 40.0, "y": 40.0, "width": 20.0, "height": 20.0},
            {"label": "boot", "x": 0.0, "y": 0.0, "width": 200.0, "height": 100.0},
        ]}],
        "b.png": [{"boxes": []}],
    }  # fmt: skip
    assert [line.split(". ")[0] for line in said(report)] == [
        "labels/c.txt line 1 names class 7, and there are 2 classes (from 0)",
        "labels/c.txt line 2 has figures outside of 0 to 1",
        "labels/c.txt line 3 has 1 figures after the class",
        "labels/c.txt line 4 is not a class number and figures",
        'labels/x.txt names "x", and this project has no source of that name',
    ]


def test_yolo_outlines_and_folders(ctx: Context, tmp_path: Path) -> None:
    """A folder with data.yaml; outlines stay outlines, and in a project of boxes they become the box around them."""
    picture(tmp_path / "in" / "a.png", width=200, height=100)
    names = "names:\n  0: boot\n"
    gold = yolo(tmp_path / "gold", {"data.yaml": names, "labels/a.txt": "0 0.1 0.1 0.5 0.1 0.5 0.9\n", "README.txt": "hello"})
    ingest.ingest(ctx, project(ctx, "polygon", labels=["boot"]), [tmp_path / "in"], gold=gold)
    ingest.ingest(ctx, project(ctx, "bounding_box", name="twee", labels=["boot"]), [tmp_path / "in"], gold=gold)
    found = ctx.db.read(lambda c: c.scalars(sa.select(t.gold.c.accepted).order_by(t.gold.c.id)).all())
    assert found == [
        [{"polygons": [{"label": "boot", "points": [[20.0, 10.0], [100.0, 10.0], [100.0, 90.0]]}]}],
        [{"boxes": [{"label": "boot", "x": 20.0, "y": 10.0, "width": 80.0, "height": 80.0}]}],
    ]


def test_yolo_that_cannot_be_used_is_refused(ctx: Context, tmp_path: Path) -> None:
    """No classes, no label files, a type that draws nothing, a box for an outline: a sentence says what to do."""
    items = picture(tmp_path / "in" / "a.png")
    boxes = project(ctx, "bounding_box", labels=["boot"])
    for files, words in (
        ({"labels/a.txt": ""}, "has no classes.txt"),
        ({"classes.txt": "boot"}, "has no label files"),
        ({"data.yaml": "nc: 3", "labels/a.txt": ""}, 'has no list "names"'),
    ):
        folder = yolo(tmp_path / words[:9], files)
        with pytest.raises(BadInput, match=words):
            ingest.ingest(ctx, boxes, [items], gold=folder)
    good = yolo(tmp_path / "good", {"classes.txt": "boot", "labels/a.txt": "0 0.5 0.5 0.1 0.1\n"})
    with pytest.raises(BadInput, match="is not a gold file that rating can read"):
        ingest.ingest(ctx, project(ctx, name="twee"), [items], gold=good)
    report = ingest.ingest(ctx, project(ctx, "polygon", name="drie", labels=["boot"]), [items], gold=good)
    assert said(report) == ["labels/a.txt is no answer of polygon: A box is no outline."]


def test_label_studio_answers_make_gold(ctx: Context, tmp_path: Path) -> None:
    """Percentages become pixels; an annotation that was cancelled is no answer."""
    picture(tmp_path / "boot.png", width=200, height=100)
    value = {"x": 10, "y": 20, "width": 50, "height": 40, "rectanglelabels": ["boot"]}
    region = {"type": "rectanglelabels", "from_name": "answer", "to_name": "subject", "value": value,
              "original_width": 200, "original_height": 100}  # fmt: skip
    tasks = [{"data": {"image": "boot.png"}, "annotations": [{"result": [region]}, {"result": [], "was_cancelled": True}]}]
    gold = tmp_path / "gold.json"
    gold.write_text(json.dumps(tasks))
    ingest.ingest(ctx, project(ctx, "bounding_box", labels=["boot"]), [tmp_path / "boot.png"], gold=gold)
    assert gold_of(ctx) == {"boot.png": [{"boxes": [{"label": "boot", "x": 20.0, "y": 20.0, "width": 100.0, "height": 40.0}]}]}


def test_subtitles_make_gold_of_the_pieces_they_fit(ctx: Context, tmp_path: Path) -> None:
    """A piece gets the words that stand in it; one through which a subtitle runs gets none."""
    sound = tmp_path / "nieuws.wav"
    write_audio(sound, beeps(24, list(np.arange(0, 24, 2.0)), length=1.0), "pcm_s16le")
    ours = project(ctx, "transcription")
    ingest.ingest(ctx, ours, [sound])
    spans = ctx.db.read(lambda c: c.scalars(sa.select(t.microtask.c.payload).order_by(t.microtask.c.rank)).all())
    clock = lambda ms: f"00:00:{ms / 1000:06.3f}"  # noqa: E731
    first, second, third = spans[:3]
    middle = (first["start_ms"] + first["end_ms"]) // 2
    cues = [
        (first["start_ms"], middle, "Goedenavond,"),
        (middle, first["end_ms"], "dit is het nieuws."),
        (second["end_ms"] - 1500, third["start_ms"] + 1500, "Over de grens."),
    ]
    gold = tmp_path / "nieuws.vtt"
    blocks = [f"{clock(start)} --> {clock(end)}\n{text}" for start, end, text in cues]
    gold.write_text("WEBVTT\n\n" + "\n\n".join(blocks) + "\n")

    report = ingest.ingest(ctx, ours, [sound], gold=gold)

    assert (report.gold_added, said(report)) == (1, [])
    assert gold_of(ctx) == {"nieuws.wav": [{"text": "Goedenavond, dit is het nieuws."}]}


def test_a_source_of_several_pieces_asks_which(ctx: Context, tmp_path: Path, write: Write) -> None:
    """With `key`, the answer finds its piece."""
    sound = tmp_path / "nieuws.wav"
    write_audio(sound, beeps(24, list(np.arange(0, 24, 2.0)), length=1.0), "pcm_s16le")
    ours = project(ctx, "transcription")
    report = ingest.ingest(ctx, ours, [sound], gold=write("gold.jsonl", '{"source": "nieuws", "answer": {"text": "ja"}}\n'))
    assert 'pieces. Say which with "key", one of: 0-' in said(report)[0]
    key = ctx.db.read(lambda c: c.scalar(sa.select(t.microtask.c.key).order_by(t.microtask.c.rank)))
    line = json.dumps({"source": "nieuws.wav", "key": key, "answer": {"text": "ja"}})
    assert ingest.ingest(ctx, ours, [sound], gold=write("gold.jsonl", line + "\n")).gold_added == 1


def test_the_projects_own_export_is_a_gold_file(ctx: Context, write: Write) -> None:
    """What one project settled is what the next one checks with."""
    line = {"source": "a", "microtask": "f00", "key": "text", "step": "rating", "type": "rating", "status": "settled",
            "answer": {"value": 4}, "confidence": 0.9, "answers": 3, "gold": False}  # fmt: skip
    gold = write("gold.jsonl", json.dumps(line) + "\n")
    ingest.ingest(ctx, project(ctx), [write("items.csv", SENTENCES)], gold=gold)
    assert gold_of(ctx) == {"a": [{"value": 4}]}


def test_a_gold_file_of_no_known_kind_is_refused(ctx: Context, write: Write) -> None:
    """Before anything is added; the sentence names what is known."""
    with pytest.raises(BadInput, match=r"gold\.vtt is not a gold file that rating can read\. Give JSON lines"):
        ingest.ingest(ctx, project(ctx), [write("items.csv", SENTENCES)], gold=write("gold.vtt", "WEBVTT\n"))
    with pytest.raises(BadInput, match="no column that names the source"):
        ingest.ingest(ctx, project(ctx, name="twee"), [write("items.csv", SENTENCES)], gold=write("gold.csv", "wat,value\na,3\n"))
    assert ctx.db.read(lambda c: c.scalars(sa.select(t.source.c.id)).all()) == []
