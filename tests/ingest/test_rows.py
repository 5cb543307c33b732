"""Tables as people make them."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.ingest import json_tasks, rows, sniff
from workbench.store.datasets import Problem

HEADER, FIRST, SECOND = "naam{0}zin\n", "café{0}Eén zin.\n", "bar{0}“Twee zinnen”, zei hij – nu.\n"


def read(path: Path) -> list[dict[str, str] | str]:
    """Rows as dictionaries, problems as sentences."""
    found = rows.read_csv(path, "items.csv").rows
    return [row.message if isinstance(row, Problem) else row.fields for row in found]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_every_encoding_and_delimiter_is_found_out(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """The same table, however a program wrote it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["naam", "zin"], ["café", "Eén zin."], ["bar", "“Twee zinnen”, zei hij; nu\tof | later – ja."]])
    path = tmp_path / "items.csv"
    path.write_bytes(out.getvalue().encode(encoding))

    assert read(path) == [
        {"naam": "café", "zin": "Eén zin."},
        {"naam": "bar", "zin": "“Twee zinnen”, zei hij; nu\tof | later – ja."},
    ]


def test_the_sep_line_of_excel_is_no_data(tmp_path: Path) -> None:
    """`sep=;` stands before the header and decides."""
    path = tmp_path / "items.csv"
    path.write_text("sep=;\nid;tekst\n1;een, twee, drie\n", "utf-8-sig")

    table = rows.read_csv(path, "items.csv")

    assert table.columns == ("id", "tekst")
    assert list(table.rows) == [rows.Row(3, {"id": "1", "tekst": "een, twee, drie"})]


def test_a_column_of_sentences_is_not_cut_at_its_commas(tmp_path: Path) -> None:
    """One column, no quotes: the commas belong to the text."""
    path = tmp_path / "items.csv"
    path.write_text("tekst\nJa, nee, misschien\nEen\n")
    assert read(path) == [{"tekst": "Ja, nee, misschien"}, {"tekst": "Een"}]


def test_a_ragged_row_is_told_with_its_line_and_the_rest_is_read(tmp_path: Path) -> None:
    """Lines are those of the file, also after a value of several lines."""
    path = tmp_path / "items.csv"
    path.write_text('a,b,c,d\n1,"twee\nregels",3,4\n1,2,3\n1,2,3,4,5\n1,2,3,4,\n\n5,6,7,8\n')
    assert read(path) == [
        {"a": "1", "b": "twee\nregels", "c": "3", "d": "4"},
        "items.csv line 4 has 3 fields, the header has 4. Quote values that contain commas, then ingest again.",
        "items.csv line 5 has 5 fields, the header has 4. Quote values that contain commas, then ingest again.",
        {"a": "1", "b": "2", "c": "3", "d": "4"},
        {"a": "5", "b": "6", "c": "7", "d": "8"},
    ]


def test_bytes_that_are_no_utf8_are_told_by_line(tmp_path: Path) -> None:
    """A file that is nearly all UTF-8 is UTF-8 with mistakes, not another encoding."""
    path = tmp_path / "items.csv"
    path.write_bytes("id,zin\n1,één café\n2,".encode() + b"caf\xe9" + "\n3,vóór\n".encode())
    assert read(path) == [
        {"id": "1", "zin": "één café"},
        "items.csv line 3 has byte 0xE9, which does not fit its encoding. Save the file as UTF-8, then ingest again.",
        {"id": "3", "zin": "vóór"},
    ]


def test_a_quotation_mark_that_is_never_closed_does_not_eat_the_memory(tmp_path: Path) -> None:
    """It ends at the longest value that is sensible, and says where it began."""
    path = tmp_path / "items.csv"
    with path.open("w") as file:
        file.write('id,zin\n1,goed\n2,"nooit dicht\n')
        file.writelines(f"{number},een gewone zin\n" for number in range(100_000))
    found = read(path)
    assert found[0] == {"id": "1", "zin": "goed"}
    assert str(found[1]).startswith("items.csv line 3 has a value of more than 1,000,000 characters. Look for a quotation mark")
    assert found[-1] == {"id": "99999", "zin": "een gewone zin"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "items.csv is empty. Put a header line and at least one row in it."),
        ("id,zin\n", "items.csv has a header but no rows. Add at least one row, then ingest again."),
        ("id,id\n1,2\n", 'items.csv has two columns called "id". Give each its own name, then ingest again.'),
        ("id,,zin\n1,2,3\n", "items.csv has no name for column 2 in its header. Name it, then ingest again."),
        ("id,zin\n1,a\x00b\n", "items.csv line 2 has a zero byte in it. Remove it, then ingest again."),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, text: str, sentence: str) -> None:
    """One sentence: what, where, what next."""
    path = tmp_path / "items.csv"
    path.write_text(text)
    assert read(path) == [sentence]


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), min_size=1, max_size=30)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=3, max_size=20), st.sampled_from([",", ";", "\t"]))
def test_a_written_table_is_read_back(values: list[tuple[str, str, str]], delimiter: str) -> None:
    """Whatever stands in the cells."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
            writer.writerows([("eerste", "tweede", "derde"), *values])
        assert read(path) == [dict(zip(("eerste", "tweede", "derde"), row, strict=True)) for row in values]


def test_json_lines_keep_text_and_tell_bad_lines(tmp_path: Path) -> None:
    """Nested values become their JSON, nothing becomes empty."""
    path = tmp_path / "items.jsonl"
    path.write_text(
        '{"id": 1, "text": "één", "tags": ["a"], "more": null}\n\n{"t": \n["a"]\n"\\ud800"\n{"t": "\\u0000"}\n', "utf-8"
    )
    found = list(rows.read_jsonl(path, "items.jsonl").rows)
    assert found[0] == rows.Row(1, {"id": "1", "text": "één", "tags": '["a"]', "more": ""})
    assert [str(problem) for problem in found[1:]] == [
        "items.jsonl line 3 is not JSON (a value is missing, at character 7). Write one JSON object per line, then ingest again.",
        'items.jsonl line 4 is a list, not an object such as {"text": "…"}. Change it, then ingest again.',
        'items.jsonl line 5 is a text, not an object such as {"text": "…"}. Change it, then ingest again.',
        "items.jsonl line 6 has a zero byte in it. Remove it, then ingest again.",
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(VALUES, max_size=8), st.sampled_from([None, 2]))
def test_a_json_list_is_read_piece_by_piece(values: list[object], indent: int | None) -> None:
    """The same values as reading it whole."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tasks.json"
        path.write_text(json.dumps(values, indent=indent), "utf-8")
        found = [each[1] for each in json_tasks.objects(path, "tasks.json", "utf-8") if not isinstance(each, Problem)]
        assert found == values


def test_a_json_list_larger_than_what_is_read_at_once(tmp_path: Path) -> None:
    """Values and lines come out right across the pieces, and a break at the end is told."""
    tasks = [{"id": number, "data": {"text": "x" * (number % 977)}} for number in range(3000)]
    path = tmp_path / "tasks.json"
    text = "[\n" + ",\n".join(json.dumps(task) for task in tasks)
    path.write_text(text)
    found = list(json_tasks.objects(path, "tasks.json", "utf-8"))
    assert found[:-1] == [(number + 2, task) for number, task in enumerate(tasks)]
    assert str(found[-1]) == "tasks.json ends in the middle of its list. Save or send the file again."


def test_json_lines_under_the_name_of_json_come_in_whole(tmp_path: Path) -> None:
    """Each value after the other, and what is none is told; so is what comes after a list."""
    path = tmp_path / "tasks.json"
    path.write_text('{"text": "a"}\n{"text": "b"}\n[{"text": "c"}]\n{"text": }\n{"text": "e"}\n')
    *found, last = json_tasks.objects(path, "tasks.json", "utf-8")
    assert found == [(1, {"text": "a"}), (2, {"text": "b"}), (3, {"text": "c"})]
    assert str(last).startswith("tasks.json line 4 is not JSON")


HALF = "{} line {} has half a character, which does not fit its encoding. Save the file as UTF-8, then ingest again."


@pytest.mark.parametrize("wide", ["utf-16-le", "utf-16-be", "utf-32"])
def test_a_wide_encoding_that_breaks_off_is_told_by_line(tmp_path: Path, wide: str) -> None:
    """A byte too many at the end; the rows before it come in."""
    path = tmp_path / "items.csv"
    path.write_bytes("id,zin\n1,goed\n2,één\n".encode(wide) + b"x")
    assert read(path) == [{"id": "1", "zin": "goed"}, {"id": "2", "zin": "één"}, HALF.format("items.csv", 4)]


def test_half_a_character_is_told_wherever_it_stands(tmp_path: Path) -> None:
    """As bytes of UTF-16 and as an escape: in a row, in the annotations of a task, in a line; a whole one may be escaped."""
    path = tmp_path / "items.csv"
    path.write_bytes("id,zin\n1,goed\n2,".encode("utf-16-le") + b"\x3d\xd8" + "\n3,ook\n".encode("utf-16-le"))
    assert read(path) == [{"id": "1", "zin": "goed"}, HALF.format("items.csv", 3), {"id": "3", "zin": "ook"}]
    path = tmp_path / "tasks.json"
    tasks = ('{"data": {"text": "a"}, "annotations": [{"id": "\\ud800"}]}', '{"text": "\\ud83d\\ude00"}')
    path.write_text(f"[{','.join(tasks)}]")
    first, second = json_tasks.objects(path, "tasks.json", "utf-8")
    assert (str(first), second) == (HALF.format("tasks.json", 1), (1, {"text": "😀"}))
    path.write_text("\n".join(tasks))
    first, second = rows.json_lines(path, "tasks.jsonl", "utf-8")
    assert (str(first), second) == (HALF.format("tasks.jsonl", 1), (2, {"text": "😀"}))


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_workbook_that_is_called_csv_is_told_once(tmp_path: Path, head: bytes) -> None:
    """Excel's own files, of today and of before."""
    path = tmp_path / "items.csv"
    path.write_bytes(head + bytes(range(256)) * 20)
    assert read(path) == ["items.csv is a workbook, not a table of text. Save it as CSV, then ingest again."]


def test_line_ends_are_counted_for_the_progress_bar(tmp_path: Path) -> None:
    """Also in wide encodings, where a line end is several bytes."""
    path = tmp_path / "items.csv"
    path.write_bytes("a\nb\nĊĊ\n".encode("utf-16"))
    assert sniff.encoding_of(path) == ("utf-16", 3)
