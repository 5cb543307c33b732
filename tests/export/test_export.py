"""A project's work as files: read back by the programs that clients use."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pycocotools.coco import COCO

from task_types import registry
from tests.builders import rating
from tests.export.builders import everybody_answers, photos, sounds, workers
from tests.task_types.builders import item
from workbench import __version__, export
from workbench.context import Context
from workbench.domain import Json, Person
from workbench.errors import BadInput, Invalid

BOAT = {"label": "boat", "x": 10, "y": 10, "width": 50, "height": 40}
FIVE = [f"map/{name}.jpg" for name in "abcde"]


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def boat(_person: Person, _payload: Mapping[str, Json]) -> Json:
    """Everybody sees the same boat."""
    return {"boxes": [BOAT]}


def lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_coco_holds_one_consensus_per_photo(each_db_ctx: Context, tmp_path: Path) -> None:
    """Five photos, three workers, the same box: pycocotools reads five images and five annotations, not fifteen."""
    ctx = each_db_ctx
    project = photos(ctx, FIVE)
    assert everybody_answers(ctx, workers(ctx, 3), boat) == 15
    export.export(ctx, project, "coco", tmp_path / "out" / "coco.json")
    coco = COCO(str(tmp_path / "out" / "coco.json"))
    assert [image["file_name"] for image in coco.loadImgs(coco.getImgIds())] == FIVE
    boxes = coco.loadAnns(coco.getAnnIds())
    assert [box["bbox"] for box in boxes] == [[10, 10, 50, 40]] * 5
    assert [box["area"] for box in boxes] == [2000] * 5
    assert {category["name"] for category in coco.loadCats(coco.getCatIds())} == {"boat", "person"}


def test_jsonl_says_everything(each_db_ctx: Context, tmp_path: Path) -> None:
    """One line per microtask: the answer, how sure it is, how many answered, whether it was gold."""
    ctx = each_db_ctx
    project = rating(ctx, ["a", "b"], overlap=2)
    everybody_answers(ctx, workers(ctx, 2), lambda _, payload: {"value": 5 if payload["text"] == "a" else 2})
    out = tmp_path / "ratings.jsonl"
    export.export(ctx, project, "jsonl", out)
    first, second = lines(out)
    assert (first["source"], first["answer"], first["answers"], first["gold"], first["status"]) == (
        "a",
        {"value": 5},
        2,
        False,
        "settled",
    )
    assert (second["source"], second["answer"]) == ("b", {"value": 2})
    assert 0.5 < first["confidence"] <= 1
    assert "given" not in first


def test_open_and_gold_are_told_apart(ctx: Context, tmp_path: Path) -> None:
    """What is not answered yet stands there as open; a check question with what was known."""
    from tests.builders import add_texts

    project = rating(ctx, ["asked"])
    add_texts(ctx, project, ["known"], gold={"known": 4})
    export.export(ctx, project, "jsonl", tmp_path / "out.jsonl")
    asked, known = lines(tmp_path / "out.jsonl")
    assert (asked["status"], asked["answer"]) == ("open", None)
    assert (known["status"], known["answer"], known["accepted"], known["gold"]) == ("gold", {"value": 4}, [{"value": 4}], True)


def test_an_opinion_comes_out_as_a_distribution(ctx: Context, tmp_path: Path) -> None:
    """Shares with intervals, no single answer, no confidence."""
    project = rating(ctx, ["a"], overlap=4, opinion=True)
    people = workers(ctx, 4)
    everybody_answers(ctx, people, lambda person, _: {"value": 5 if person == people[0] else 2})
    export.export(ctx, project, "jsonl", tmp_path / "out.jsonl")
    (row,) = lines(tmp_path / "out.jsonl")
    assert (row["answer"], row["confidence"], row["status"]) == (None, None, "distribution")
    assert row["shares"]["2"] == 0.75
    assert row["shares"]["5"] == 0.25
    low, high = row["intervals"]["5"]
    assert low < 0.25 < high


def test_every_answer_names_nobody(ctx: Context, tmp_path: Path) -> None:
    """On request each worker's own answer, under a number that changes with every export and links nothing."""
    project = rating(ctx, [f"text {i}" for i in range(12)], overlap=3)
    people = workers(ctx, 3)
    everybody_answers(
        ctx, people, lambda person, _: {"value": 1 + people.index(person)} if person != people[2] else {"dont_know": True}
    )
    seen = set()
    for seed in range(12):
        out = tmp_path / f"{seed}.jsonl"
        export.export(ctx, project, "jsonl", out, every_answer=True, rng=random.Random(seed))
        rows = lines(out)
        by_worker = {tuple(sorted((one["worker"], json.dumps(one["answer"])) for one in row["given"])) for row in rows}
        assert len(by_worker) == 1, "within one export a number is one person"
        seen.add(by_worker.pop())
        assert not any(person.name in out.read_text() or person.public_id in out.read_text() for person in people)
    assert len(seen) > 1


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(ctx: Context, tmp_path: Path) -> None:
    """Columns with the answer as text and as JSON; a cell that begins like a formula is quoted."""
    project = rating(ctx, ["=HYPERLINK(1)", "plain"])
    everybody_answers(ctx, workers(ctx, 1), lambda *_: {"value": 3})
    out = tmp_path / "out.csv"
    export.export(ctx, project, "csv", out, every_answer=True)
    rows = csv_rows(out)
    assert [row["source"] for row in rows] == ["'=HYPERLINK(1)"] * 2 + ["plain"] * 2
    assert [row["value"] for row in rows] == ["3"] * 4
    assert [row["worker"] for row in rows] == ["", "1", "", "1"]
    read = list(export.read_answers("rating", "csv", out))
    assert [(one.source, one.answer.value) for one in read] == [("=HYPERLINK(1)", 3), ("plain", 3)]


def test_a_csv_says_that_somebody_did_not_know(ctx: Context, tmp_path: Path) -> None:
    """In that person's own row; nothing is settled by it."""
    project, out = rating(ctx, ["a"]), tmp_path / "out.csv"
    everybody_answers(ctx, workers(ctx, 1), lambda *_: {"dont_know": True})
    export.export(ctx, project, "csv", out, every_answer=True)
    assert [(row["worker"], row["value"]) for row in csv_rows(out)] == [("", ""), ("1", "dont_know")]


def test_a_piece_of_a_text_says_where_it_begins(tmp_path: Path) -> None:
    """A span counts from the piece; the line of the export has what is to be added for its place in the original."""
    task_type = registry.get("text_spans")
    original = "Yesterday it rained. 🎉 Philips of Eindhoven hired Jan Vos. Jan Vos smiled."
    example, start = task_type.examples[0], original.index("🎉")
    cut = replace(example, case=replace(example.case, payload=example.case.payload.model_copy(update={"text_start": start})))
    [out] = task_type.exporters["jsonl"].write([item(task_type, cut, 1), item(task_type, example, 2)], tmp_path / "out.jsonl")
    piece, whole = lines(out)
    span = piece["answer"]["spans"][0]
    assert original[piece["text_start"] + span["start"] : piece["text_start"] + span["end"]] == span["text"] == "Philips"
    assert "text_start" not in whole


def test_transcripts_become_subtitles_of_the_original(ctx: Context, tmp_path: Path) -> None:
    """One file per recording, cues in order of time with the times of the original, nothing where nobody spoke."""
    project = sounds(ctx, {"map/news.wav": [(0, 4200), (4200, 9000), (9000, 3_725_250)], "sport.wav": [(500, 2000)]})
    texts = {0: "Good <evening> & welcome", 4200: "", 9000: "line one\n\nline --> two", 500: "Goal!"}
    everybody_answers(ctx, workers(ctx, 1), lambda _, payload: {"text": texts[payload["start_ms"]]})
    manifest = export.export(ctx, project, "webvtt", tmp_path / "vtt")
    export.export(ctx, project, "srt", tmp_path / "srt")
    assert (tmp_path / "vtt/map/news.wav.vtt").read_text() == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:04.200\nGood &lt;evening&gt; &amp; welcome\n\n"
        "00:00:09.000 --> 01:02:05.250\nline one\nline → two\n"
    )
    assert (tmp_path / "srt/sport.wav.srt").read_text() == "1\n00:00:00,500 --> 00:00:02,000\nGoal!\n"
    assert [file["file"] for file in manifest.files] == ["vtt/map/news.wav.vtt", "vtt/sport.wav.vtt"]
    assert (tmp_path / "vtt.manifest.json").is_file()


def test_label_studio_takes_what_we_write(ctx: Context, tmp_path: Path) -> None:
    """The real SDK validates each task's annotation against the config beside it."""
    from label_studio_sdk.label_interface import LabelInterface

    project = photos(ctx, FIVE[:2])
    everybody_answers(ctx, workers(ctx, 3), boat)
    out = tmp_path / "studio.json"
    export.export(ctx, project, "label_studio", out, every_answer=True)
    interface = LabelInterface((tmp_path / "studio.config.xml").read_text())
    tasks = json.loads(out.read_text())
    assert [task["data"]["image"] for task in tasks] == FIVE[:2]
    assert [len(task["annotations"]) for task in tasks] == [4, 4]
    assert all(interface.validate_annotation(annotation) for task in tasks for annotation in task["annotations"])
    read = list(export.read_answers("bounding_box", "label_studio", out))
    assert [one.answer.model_dump()["boxes"][0] for one in read] == [BOAT, BOAT]


def test_the_manifest_tells_how_good_the_work_is(each_db_ctx: Context, tmp_path: Path) -> None:
    """Counts, agreement, gold accuracy with its interval, settings, methods and checksums; no name and no time."""
    ctx = each_db_ctx
    from tests.builders import add_texts

    project = rating(ctx, [f"text {i}" for i in range(10)], overlap=2, gold={"first_share": 1.0, "share": 1.0})
    add_texts(ctx, project, ["known"], gold={"known": 5})
    people = workers(ctx, 2)
    everybody_answers(ctx, people, lambda person, payload: {"value": 1 + len(payload["text"]) % 5})
    out = tmp_path / "out.jsonl"
    manifest = export.export(ctx, project, "jsonl", out)
    stored = json.loads((tmp_path / "out.jsonl.manifest.json").read_text())
    assert stored["workbench"] == __version__
    assert stored["counts"] == {
        "microtasks": 11,
        "settled": 10,
        "gold": 1,
        "open": 0,
        "withdrawn": 0,
        "annotations": 22,
        "dont_know": 0,
    }
    assert stored["files"] == [
        {"file": "out.jsonl", "bytes": out.stat().st_size, "sha256": hashlib.sha256(out.read_bytes()).hexdigest()}
    ]
    (step,) = stored["steps"]
    assert step["settings"]["overlap"] == 2
    assert step["instruction_versions"] == [{"version": 1, "answers": 22}]
    assert step["methods"] == [{"method": "one-coin median", "version": 1, "outcomes": 10}]
    assert step["gold_accuracy"]["answers"] == 2
    assert step["gold_accuracy"]["low"] <= step["gold_accuracy"]["mean"] <= step["gold_accuracy"]["high"]
    assert not any(person.name in json.dumps(stored) or person.public_id in json.dumps(stored) for person in people)
    assert not any(str(ctx.now())[:6] in json.dumps(part) for part in (stored["counts"], stored["steps"]))
    assert manifest.counts == stored["counts"]


def test_agreement_is_one_where_all_agree_and_low_where_nobody_does(ctx: Context, tmp_path: Path) -> None:
    """Agreement in the manifest goes with what people did."""
    same = rating(ctx, [f"t{i}" for i in range(8)], name="same", overlap=2)
    everybody_answers(ctx, workers(ctx, 2), lambda _, payload: {"value": 1 + int(payload["text"][1:]) % 5})
    agreed = export.export(ctx, same, "jsonl", tmp_path / "same.jsonl").steps[0]["agreement"]
    assert agreed["value"] == 1.0
    assert agreed["microtasks"] == 8
    mixed = rating(ctx, [f"t{i}" for i in range(8)], name="mixed", overlap=2)
    rng = random.Random(3)
    everybody_answers(ctx, [*workers(ctx, 2)], lambda *_: {"value": rng.randint(1, 5)})
    assert export.export(ctx, mixed, "jsonl", tmp_path / "mixed.jsonl").steps[0]["agreement"]["value"] < 0.6


def test_pages_leave_nothing_out_and_the_order_is_stable(ctx: Context, tmp_path: Path) -> None:
    """More microtasks than a page holds, in the order of the sources; twice the same bytes."""
    names = [f"text {i:04}" for i in range(export.PAGE + 7)]
    project = rating(ctx, names)
    other = rating(ctx, ["not this one"], name="other")
    told: list[tuple[int, int | None]] = []
    export.export(ctx, project, "jsonl", tmp_path / "a.jsonl", progress=lambda done, total: told.append((done, total)))
    export.export(ctx, project, "jsonl", tmp_path / "b.jsonl")
    assert [row["source"] for row in lines(tmp_path / "a.jsonl")] == names
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert told == [(export.PAGE, len(names)), (len(names), len(names))]
    assert other.id != project.id


def test_files_and_manifest_are_of_one_moment(each_db_ctx: Context, tmp_path: Path) -> None:
    """An answer that comes in while the file is written is not in the manifest either."""
    project = rating(each_db_ctx, ["a", "b"])
    people = workers(each_db_ctx, 1)

    def meanwhile(_done: int, _total: int | None) -> None:
        everybody_answers(each_db_ctx, people, lambda *_: {"value": 3})

    manifest = export.export(each_db_ctx, project, "jsonl", tmp_path / "out.jsonl", progress=meanwhile)
    later = export.export(each_db_ctx, project, "jsonl", tmp_path / "out.jsonl")
    assert (manifest.counts["annotations"], manifest.counts["open"], later.counts["annotations"]) == (0, 2, 2)


def test_what_fails_leaves_what_was_there(ctx: Context, tmp_path: Path) -> None:
    """A failed export leaves the former file whole and no pieces beside it."""
    project = rating(ctx, ["a"])
    out = tmp_path / "out.jsonl"
    export.export(ctx, project, "jsonl", out)
    before = out.read_bytes()

    def stop(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export.export(ctx, project, "jsonl", out, progress=stop)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "lab") == ["out.jsonl", "out.jsonl.manifest.json"]


def test_a_format_that_does_not_fit_is_refused(ctx: Context, tmp_path: Path) -> None:
    """Ratings are no COCO, and COCO has no room for every answer: both say what is possible."""
    ratings = rating(ctx, ["a"])
    with pytest.raises(Invalid, match="Known for this project: csv, jsonl, label_studio"):
        export.export(ctx, ratings, "coco", tmp_path / "x.json")
    with pytest.raises(Invalid, match="csv, jsonl, label_studio"):
        export.export(ctx, photos(ctx, FIVE), "coco", tmp_path / "x.json", every_answer=True)
    assert export.formats(ctx, ratings) == ["csv", "jsonl", "label_studio"]


def test_a_place_that_cannot_be_written_gives_a_sentence(ctx: Context, tmp_path: Path) -> None:
    """A file where a folder should be."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="Choose another place"):
        export.export(ctx, rating(ctx, ["a"]), "jsonl", tmp_path / "file" / "out.jsonl")


@pytest.mark.parametrize(
    ("name", "format_name", "text", "message"),
    [
        ("g.jsonl", "jsonl", '{"source": "a", "answer": {"boxes": []}}\nnonsense\n', "g.jsonl line 2 is not JSON"),
        ("g.jsonl", "jsonl", '{"answer": {"boxes": []}}\n', 'line 1 has no "source"'),
        ("g.jsonl", "jsonl", '{"source": "a", "answer": {"boxes": [{"label": "x"}]}}\n', 'line 1: "boxes.0.x": Field required'),
        ("g.json", "coco", "[]", "images, annotations, categories"),
        ("g.json", "coco", '{"images": [], "annotations": [{"image_id": 1}], "categories": []}', "not complete COCO"),
        ("g.csv", "csv", "a;b\n1;2\n", 'columns "source" and "answer"'),
    ],
)
def test_a_gold_file_that_is_wrong_says_where(tmp_path: Path, name: str, format_name: str, text: str, message: str) -> None:
    """The file, the line and what is wrong."""
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(BadInput, match=message):
        list(export.read_answers("bounding_box", format_name, path))


def test_a_broken_subtitle_time_says_where(tmp_path: Path) -> None:
    """The line of a time that is none."""
    path = tmp_path / "g.vtt"
    path.write_text("WEBVTT\n\n00:00 --> soon\nHello\n")
    with pytest.raises(BadInput, match="line 3: a time is like"):
        list(export.read_answers("transcription", "webvtt", path))
