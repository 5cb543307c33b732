"""The lab leaves, with everything: one zip of documented formats that needs no workbench to read.

`tables/NAME.jsonl` has one JSON object per row; `schema.json` says what every column holds; `files/SHA256` are the
originals as they came; `files.csv` names them. Secrets (what signs people in, private keys) are not in it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from accessibility.sentences import sentence
from workbench import __version__, privacy
from workbench.context import Context
from workbench.errors import Conflict
from workbench.privacy import Activity, Table
from workbench.store import material as material_store
from workbench.store import whole

CHUNK = 1 << 20
READ_ME = """Everything that an AI annotation lab held, handed over by its workbench.

tables/NAME.jsonl  one JSON object per row, UTF-8; times are milliseconds since 1970-01-01 UTC (…_ms), days are ISO
schema.json        every table and column: what it holds about whom, why, and how rows point at each other
files.csv          name, dataset, size and SHA-256 of every original
files/SHA256       the originals, byte for byte

Left out: what signs people in, private keys, and files that can be made again from the originals.
"""
Progress = Callable[[int, int | None], None]


def write(ctx: Context, out: Path, progress: Progress = lambda _done, _total: None) -> dict[str, int]:
    """
    Write the whole lab to this file, whole or not at all; returns how many rows and files.

    Raises:
        Conflict: the file is there already.
    """
    if out.exists():
        raise Conflict(sentence("{out} is there already. Choose another name.", out=out))
    out.parent.mkdir(parents=True, exist_ok=True)
    started = out.with_name(out.name + ".part")
    try:
        with os.fdopen(os.open(started, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3, allowZip64=True) as archive:
                counts = _pack(ctx, archive, progress)
            file.flush()
            os.fsync(file.fileno())
        started.replace(out)
    finally:
        started.unlink(missing_ok=True)
    return counts


def _pack(ctx: Context, archive: zipfile.ZipFile, progress: Progress) -> dict[str, int]:
    archive.writestr("README.txt", READ_ME)
    rows = 0
    with ctx.db.reading() as connection:
        held = whole.activities(connection)
        archive.writestr("schema.json", json.dumps(schema(held), ensure_ascii=False, indent=1))
        for name, table in sorted(whole.described(connection).items()):
            with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as out:
                for row in whole.all_rows(connection, table):
                    out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
                    rows += 1
        originals = material_store.originals(connection)
    archive.writestr("files.csv", _listed(originals))
    hashes = sorted({each.sha256 for each in originals})
    for number, sha256 in enumerate(hashes, 1):
        _add_file(ctx, archive, sha256)
        progress(number, len(hashes))
    return {"rows": rows, "files": len(hashes)}


def schema(held: Sequence[Activity]) -> dict[str, object]:
    """Every table of the lab as it is described: for people who were not here."""
    described = {table.name: _described(table, activity) for activity in held for table in activity.tables}
    return {"workbench": __version__, "holds": dict(privacy.CLASSES), "tables": dict(sorted(described.items()))}


def _described(table: Table, activity: Activity) -> dict[str, object]:
    columns = {column: {"holds": kind} for column, kind in table.columns.items() if kind != "secret"}
    return {"why": dict(activity.why), "about": activity.about, "rows_of": table.of, "columns": columns}


def _listed(originals: list[material_store.Original]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["project", "dataset", "name", "size", "sha256"])
    writer.writerows([each.project, each.dataset, each.name, each.size, each.sha256] for each in originals)
    return out.getvalue()


def _add_file(ctx: Context, archive: zipfile.ZipFile, sha256: str) -> None:
    with archive.open(zipfile.ZipInfo(f"files/{sha256}"), "w", force_zip64=True) as out:
        for chunk in ctx.files.open(sha256):
            out.write(chunk)
