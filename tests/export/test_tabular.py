"""`workbench aggregate` and `agreement` on files as strangers write them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from task_types.errors import UnknownTaskType
from workbench import tabular
from workbench.errors import BadInput


def written(folder: Path, text: str, name: str = "labels.csv") -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def settled(path: Path) -> dict[str, str]:
    """task → label of a result."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)
    return {row["task"]: row["label"] for row in rows}


def test_ratings_settle_on_the_middle(tmp_path: Path) -> None:
    """Plain numbers, columns in another order and one too many."""
    labels = written(tmp_path, "seconds,label,worker,task\n3,4,ann,1\n5,4,bob,1\n2,2,cas,1\n9,1,ann,2\n1,1,bob,2\n")
    sentence = tabular.aggregate(labels, "rating", tmp_path / "out.csv")
    assert settled(tmp_path / "out.csv") == {"1": "4", "2": "1"}
    assert sentence == "5 labels of 2 tasks settled into out.csv."


def test_gold_wins(tmp_path: Path) -> None:
    """A task with a known answer keeps it, whatever the crowd says."""
    labels = written(tmp_path, "task,worker,label\n1,a,5\n1,b,5\n2,a,3\n2,b,3\n")
    gold = written(tmp_path, "task,label\n1,2\n", "gold.csv")
    tabular.aggregate(labels, "rating", tmp_path / "out.csv", gold)
    assert settled(tmp_path / "out.csv")["1"] == "2"


def test_boxes_as_corners_and_as_answers(tmp_path: Path) -> None:
    """Boxes come back in the form in which they came."""
    corners = 'task,worker,label\n1,a,"[[10,10,60,50]]"\n1,b,"[[12,10,62,50]]"\n1,c,"[]"\n'
    tabular.aggregate(written(tmp_path, corners), "bounding_box", tmp_path / "out.csv")
    assert json.loads(settled(tmp_path / "out.csv")["1"]) == [[11, 10, 61, 50]]
    answer = json.dumps({"boxes": [{"label": "boat", "x": 1, "y": 2, "width": 3, "height": 4}]}).replace('"', '""')
    tabular.aggregate(written(tmp_path, f'task,worker,label\n1,a,"{answer}"\n'), "bounding_box", tmp_path / "out.csv")
    assert json.loads(settled(tmp_path / "out.csv")["1"])["boxes"][0]["label"] == "boat"


def test_transcripts_merge_word_by_word(tmp_path: Path) -> None:
    """Three people, one slip each: the merged text has none."""
    rows = ["a,the cat sat on a mat", "b,the cat sad on the mat", "c,the hat sat on the mat"]
    labels = written(tmp_path, "task,worker,label\n" + "".join(f"1,{row}\n" for row in rows))
    tabular.aggregate(labels, "transcription", tmp_path / "out.csv")
    assert settled(tmp_path / "out.csv") == {"1": "the cat sat on the mat"}


def test_agreement_has_an_interval(tmp_path: Path) -> None:
    """The same file gives the same figures."""
    text = "task,worker,label\n" + "".join(f"{i},{w},{(i + (w == 'c' and i % 4 == 0)) % 3}\n" for i in range(40) for w in "abc")
    labels = written(tmp_path, text)
    found = tabular.agreement(labels, "rating")
    assert found == tabular.agreement(labels, "rating")
    assert found["low"] < found["agreement"] < found["high"]
    assert found["tasks"] == 40


def test_files_of_excel(tmp_path: Path) -> None:
    """A byte order mark, semicolons or tabs, quoted headers in capitals, empty lines, the same row twice."""
    text = '\ufeff"Task";"Worker";"Label"\r\n1;a;"4"\r\n1;b;4\r\n\r\n1;b;4\r\n;;\r\n'
    for given in (text, text.replace(";", "\t")):
        sentence = tabular.aggregate(written(tmp_path, given), "rating", tmp_path / "out.csv")
        assert settled(tmp_path / "out.csv")["1"] == "4"
        assert sentence == "3 labels of 1 tasks settled into out.csv."


def test_one_answer_each_gives_a_reason(tmp_path: Path) -> None:
    """Nothing to compare is said, not shown as a figure."""
    found = tabular.agreement(written(tmp_path, "task,worker,label\n1,a,2\n2,a,3\n"), "rating")
    assert found["agreement"] is None
    assert found["reason"] == "No question has two answers yet."


@pytest.mark.parametrize(
    ("text", "type_name", "message"),
    [
        ("task,label\n1,2\n", "rating", "needs the columns task, worker, label; it has task, label"),
        ("", "rating", "it has nothing"),
        ("task,worker,label\n1,a,2\n1,b\n", "rating", "line 3 has 2 fields, the header has 3"),
        ("task,worker,label\n1,a,boat\n", "bounding_box", "labels.csv line 2: task 1"),
    ],
)
def test_a_bad_file_says_where(tmp_path: Path, text: str, type_name: str, message: str) -> None:
    """The file, the line and what to do; nothing is written."""
    with pytest.raises(BadInput, match=message):
        tabular.aggregate(written(tmp_path, text), type_name, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_what_cannot_be_read_or_written_gives_a_sentence(tmp_path: Path) -> None:
    """A missing file, another encoding, a place that is none, a type that is none."""
    good = written(tmp_path, "task,worker,label\n1,a,2\n")
    (tmp_path / "latin.csv").write_bytes("task,worker,label\n1,a,é\n".encode("latin-1"))
    with pytest.raises(BadInput, match="Cannot read"):
        tabular.aggregate(tmp_path / "none.csv", "rating", tmp_path / "out.csv")
    with pytest.raises(BadInput, match="not UTF-8"):
        tabular.aggregate(tmp_path / "latin.csv", "rating", tmp_path / "out.csv")
    with pytest.raises(BadInput, match="Cannot write"):
        tabular.aggregate(good, "rating", tmp_path / "no" / "out.csv")
    with pytest.raises(UnknownTaskType, match='Did you mean "rating"'):
        tabular.agreement(good, "ratings")
