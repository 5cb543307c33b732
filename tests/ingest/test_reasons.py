"""Every reason that a file can be refused for is said in Dutch as well: no English is left in it, and no Python's names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import task_types
from accessibility.sentences import Sentence, said
from task_types import cues, reasons, registry
from task_types.cues.reading import MOST_BYTES
from tests.cues.builders import ebu_tt_d, stl
from workbench import gold_files, tabular
from workbench.errors import WorkbenchError
from workbench.ingest import json_tasks, rows
from workbench.start.words import texts
from workbench.store.datasets import Problem
from workbench.web import catalogue

Reader = Callable[[Path], Iterator[object]]
NAME = "kapot"
ZERO_FRAMES = (
    b"<tt xmlns='http://www.w3.org/ns/ttml' xmlns:p='http://www.w3.org/ns/ttml#parameter' p:frameRate='0'>"
    b"<body><div><p begin='1f' end='5f'>x</p></div></body></tt>"
)
NO_JSON = (
    b'{"a": }',
    b"{a: 1}",
    b'{"a" 1}',
    b'{"a": 1 "b": 2}',
    b'{"a": "\t"}',
    b'{"a": "\\x"}',
    b"{} {}",
    b'{"a": 1,}',
    b"[" * 100_000,
    b'{"a": ' + b"1" * 5000 + b"}",
    b'{"a": "b',  # the end of the file
)
WALKED = (
    *sorted(Path(task_types.__file__).parent.glob("cues/*.py")),
    Path(reasons.__file__),
    Path(rows.__file__),
    Path(json_tasks.__file__),
)
# Never met here, each with why.
NOT_WALKED = {
    "{name} has more than {most_cues:,} subtitles. Cut it in parts.": "200,000 subtitles take seconds to write",
    "it is broken off": "what newer Pythons may say",
    "the answer": "in sentences about answers as a whole, which gold of other types shows",
    "It has another shape.": "for mistakes that no known file makes",
    "there is a comma too many": "from Python 3.13 on; before, a name or a value is missing",
    "a list": "said of one kind below for all",
}


def of_cues(path: Path) -> Iterator[object]:
    """Subtitles."""
    cues.read(path.read_bytes(), NAME)
    yield from ()


def with_start(path: Path) -> Iterator[object]:
    """Subtitles of a programme that begins at a time that is none."""
    cues.read(path.read_bytes(), NAME, programme_start="tien uur")
    yield from ()


def of_csv(path: Path) -> Iterator[object]:
    """A table."""
    yield from rows.read_csv(path, NAME).rows


def of_json_lines(path: Path) -> Iterator[object]:
    """JSON lines."""
    yield from rows.read_jsonl(path, NAME).rows


def of_json(path: Path) -> Iterator[object]:
    """Label Studio tasks, or rows in a list."""
    yield from json_tasks.read_json(path, NAME).rows


def of_gold(path: Path) -> Iterator[object]:
    """Known answers for ratings."""
    kind = registry.get("rating")
    for each in gold_files.read(path, path.name, kind):
        if isinstance(each, Problem):
            yield each
        else:
            each.as_answer(kind, kind.examples[0].case)


def of_export(path: Path) -> Iterator[object]:
    """Answers as the workbench writes them: COCO, JSON lines, Label Studio."""
    name = {".coco": "coco", ".jsonl": "jsonl", ".json": "label_studio"}[path.suffix]
    yield from registry.get("bounding_box").exporters[name].read(path)


def of_labels(path: Path) -> Iterator[object]:
    """Labels of others, for `workbench aggregate`."""
    tabular.aggregate(path, "choice", path.with_name("out.csv"))
    yield from ()


BROKEN: tuple[tuple[Reader, bytes, str], ...] = (
    (of_cues, b"", "srt"),
    (of_cues, b"\x00\x01\x02\x03" * 50, "srt"),
    (of_cues, bytes(MOST_BYTES + 1), "srt"),
    (of_cues, b"1\n00:00:01,000 --> soon\nText\n", "srt"),
    (of_cues, b"WEBVTT\n\n00:01 --> x\nText\n", "vtt"),
    (of_cues, ebu_tt_d()[:900], "xml"),
    (of_cues, ebu_tt_d().replace(b"<tt:tt", b'<!DOCTYPE x [<!ENTITY a "b">]><tt:tt', 1), "xml"),
    (of_cues, ZERO_FRAMES, "xml"),
    (of_cues, b"<notes><tt>x</tt></notes>", "xml"),
    (of_cues, stl()[:1060], "stl"),
    (of_cues, stl(rate=b"STL99.01"), "stl"),
    (of_cues, b"{1}{2}Text\n", "sub"),
    (of_cues, b"[Script Info]\n\n[Events]\nFormat: Start, End, Text\nDialogue: x,y\n", "ass"),
    (with_start, b"1\n00:00:01,000 --> 00:00:02,000\nText\n", "srt"),
    (of_csv, b"", "csv"),
    (of_csv, b"id,zin\n", "csv"),
    (of_csv, b"PK\x03\x04" + bytes(99), "csv"),
    (of_csv, b"id,id\n1,2\n", "csv"),
    (of_csv, b"id,,zin\n1,2,3\n", "csv"),
    (of_csv, b"id,zin\n1,a\x00b\n", "csv"),
    (of_csv, b"a,b,c,d\n1,2,3,4\n1,2,3\n1\n", "csv"),
    (of_csv, "id,zin\n1,één café\n2,".encode() + b"caf\xe9" + "\n3,vóór\n".encode(), "csv"),
    (of_csv, b'id,zin\n1,goed\n2,"nooit dicht\n' + b"3,een gewone zin\n" * 70_000, "csv"),
    (of_json_lines, b"\n\n", "jsonl"),
    (of_json_lines, b'[1]\n"x"\n3\n3.5\ntrue\nnull\n', "jsonl"),
    (of_json_lines, b"\n".join(NO_JSON), "jsonl"),
    (of_json_lines, b'{"a": "\\ud800"}\n', "jsonl"),
    (of_json, b"[]", "json"),
    (of_json, b"[1]", "json"),
    (of_json, b"[{}", "json"),
    (of_json, b'[{"a": }]', "json"),
    (of_json, b'{"images": [], "annotations": [], "categories": []}', "json"),
    (of_gold, b'{"source": "a.jpg", "answer": {}}\n', "jsonl"),
    (of_gold, b'{"source": "a.jpg", "answer": {"value": "veel"}}\n', "jsonl"),
    (of_gold, b'{"source": "a.jpg", "answer": 3}\n', "jsonl"),
    (of_gold, b'{"answer": {}}\n', "jsonl"),
    (of_gold, b'{"source": "a.jpg"}\n', "jsonl"),
    (of_gold, b"bron,answer\na.jpg,3\n", "csv"),
    (of_gold, b'[{"data": {"text": "a"}, "annotations": [{"result": [{}]}]}]', "json"),
    (of_gold, b"niets", "txt"),
    (of_export, b"{", "coco"),
    (of_export, b"{}", "coco"),
    (of_export, b'{"images": [{"id": 1}], "annotations": [{}], "categories": []}', "coco"),
    (of_export, b"{", "jsonl"),
    (of_export, b"[]", "jsonl"),
    (of_export, b"{}", "jsonl"),
    (of_export, b'{"source": "a.jpg", "answer": {"boxes": [{}]}}', "jsonl"),
    (of_export, b"{", "json"),
    (of_export, b"{}", "json"),
    (of_labels, b"task,worker\n1,ann\n", "csv"),
    (of_labels, b"task,worker,label\n1,ann\n", "csv"),
    (of_labels, b'task,worker,label\n1,ann,"' + b"x" * (tabular.LONGEST_CELL + 1) + b'"\n', "csv"),
)


def told(reader: Reader, path: Path) -> list[str]:
    """What is wrong with this file, one sentence for each thing."""
    found: list[str] = []
    try:
        found += [each.message for each in reader(path) if isinstance(each, Problem)]
    except (WorkbenchError, task_types.errors.TaskTypeError) as error:
        found.append(error.message)
    return found


@pytest.fixture(scope="module")
def reasons_found(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    """Every sentence about the broken files, with what stands in the file."""
    folder, found = tmp_path_factory.mktemp("broken"), []
    for number, (reader, data, suffix) in enumerate(BROKEN):
        path = folder / f"{NAME}-{number}.{suffix}"
        path.write_bytes(data)
        wrong = told(reader, path)
        assert wrong, (reader, data[:60])
        found += [(each, path.name.encode() + b" " + data + b" tien uur") for each in wrong]
    return found


def parts(sentence: str) -> Iterator[str]:
    """A sentence and those that are among its values."""
    yield sentence
    if isinstance(sentence, Sentence):
        for value in sentence.values.values():
            if isinstance(value, str):
                yield from parts(value)


@pytest.mark.filterwarnings("ignore:Failed to parse")  # pysubs2 of the broken files
def test_every_reason_has_dutch_words(reasons_found: list[tuple[str, bytes]]) -> None:
    """Each of its parts is in the catalogue, but for what stands in the file itself and the names of formats."""
    for sentence, data in reasons_found:
        for part in parts(sentence):
            words = part.words if isinstance(part, Sentence) else part
            of_the_file = all(each in NAMES or each.encode() in data for each in words.replace(",", " ").split())
            an_example = words.startswith('{"')
            assert words in texts("nl") or of_the_file or an_example, (part, sentence)


NAMES = {
    "SSA",
    "MicroDVD",
    "rating",
    "choice",
    *["JSON", "lines", "(.jsonl)", "CSV", "COCO", "(.json)", "YOLO", "(.zip)"],
    *(f"STL{rate}.01" for rate in (23, 24, 25, 30, 50)),
    *[
        "task",
        "worker",
        "label",
        "value",
        "dont_know",
        "source",
        "answer",
        "images",
        "annotations",
        "categories",
        "image_id",
        "boxes.0.label",
    ],
    *(f".{each}" for each in ("jsonl", "csv")),
}


def test_no_name_of_python_is_shown(reasons_found: list[tuple[str, bytes]]) -> None:
    """In neither language."""
    names: Any = ("list", "dict", "int", "float", "bool", "NoneType", "Error", "object at", "Expecting", "pydantic", "Traceback")
    for sentence, _ in reasons_found:
        dutch = said(sentence, lambda words: texts("nl").get(words, words)).replace("_", " ").split()
        assert not {each.strip("(),.:\"'") for each in dutch} & set(names), sentence
        assert not any(each in sentence for each in names[5:]), sentence


def test_every_reason_of_the_parsers_was_met(reasons_found: list[tuple[str, bytes]]) -> None:
    """A new sentence needs a broken file that makes it."""
    met = {part.words if isinstance(part, Sentence) else part for sentence, _ in reasons_found for part in parts(sentence)}
    there = set()
    for path in WALKED:
        with path.open("rb") as file:
            found = catalogue.texts_in_python(file, {"sentence"}, (), {})
            there |= {text if isinstance(text, str) else (text or [""])[0] for _, _, text, _ in found}
    there |= set(reasons.JSON.values()) | set(rows.KINDS_OF_JSON.values())
    assert {each for each in there if each} - met - set(NOT_WALKED) == set()
