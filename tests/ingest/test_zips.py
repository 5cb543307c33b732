"""Zips: good ones are opened, dangerous ones refused with a sentence and without a trace."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from tests.ingest.conftest import keys, parts_of, picture, project, said
from workbench import ingest
from workbench import tables as t
from workbench.context import Context
from workbench.errors import RefusedUpload


def png(width: int = 40, height: int = 30) -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "PNG")
    return out.getvalue()


def zipped(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes | str]) -> Path:
    """A zip with these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries:
            out.writestr(name, content)
    return path


def test_a_zip_is_like_its_folder(each_db_ctx: Context, tmp_path: Path) -> None:
    """Pictures, a table that names some, subfolders; the zip itself is kept; the folder afterwards adds nothing."""
    ctx, ours = each_db_ctx, project(each_db_ctx)
    files = {"fotos/a.png": png(41), "fotos/b.png": png(42), "items.csv": b"image,titel\nfotos/a.png,Een\n", "__MACOSX/._x": b"x"}
    path = zipped(tmp_path / "upload.zip", *files.items())
    for name, content in files.items():
        target = tmp_path / "in" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    first = ingest.ingest(ctx, ours, [path])
    second = ingest.ingest(ctx, ours, [tmp_path / "in"])

    assert (first.sources_added, second.sources_added, second.sources_known, said(first)) == (2, 0, 2, [])
    assert keys(ctx) == ["fotos/a.png", "fotos/b.png"]
    assert parts_of(ctx, "fotos/a.png")[0]["fields"] == {"image": "fotos/a.png", "titel": "Een"}
    names = ctx.db.read(lambda c: c.scalars(sa.select(t.upload.c.name).where(t.upload.c.dataset_id == 1)).all())
    assert "upload.zip" in names
    assert list((ctx.settings.data / "incoming").iterdir()) == []


def test_a_zip_among_other_files(ctx: Context, tmp_path: Path) -> None:
    """As a browser sends it: a folder with what was chosen."""
    picture(tmp_path / "in" / "los.png")
    zipped(tmp_path / "in" / "fotos.zip", ("a.png", png()))
    report = ingest.ingest(ctx, project(ctx), [tmp_path / "in"])
    assert (sorted(keys(ctx)), said(report)) == (["a.png", "los.png"], [])


def link() -> zipfile.ZipInfo:
    """An entry that is a link to the passwords of this machine."""
    info = zipfile.ZipInfo("a.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([("../../slip.png", png())], "slip.png"),
        ([("/etc/slip.png", png())], "slip.png"),
        ([(link(), "/etc/passwd")], "holds a link"),
        ([("a.png", png()), ("bom.txt", b"0" * (40 << 20))], "looks like an attack"),
        ([("binnen.zip", b"PK\x05\x06" + b"\0" * 18)], "another archive"),
    ],
)
def test_a_dangerous_zip_is_refused(
    ctx: Context, tmp_path: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes | str]], sentence: str
) -> None:
    """Whole, before anything is added; nothing is left on the disk."""
    path = zipped(tmp_path / "upload.zip", *entries)
    with pytest.raises(RefusedUpload, match=sentence):
        ingest.ingest(ctx, project(ctx), [path])
    assert keys(ctx) == []
    assert ctx.db.read(lambda c: c.scalars(sa.select(t.dataset.c.id)).all()) == []
    assert list((ctx.settings.data / "incoming").iterdir()) == []
    assert not list(tmp_path.rglob("slip.png"))


def test_a_picture_of_too_many_pixels_is_told(ctx: Context, tmp_path: Path) -> None:
    """A few kilobytes that would unpack to gigabytes; the picture beside it is kept."""
    header = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    (tmp_path / "in").mkdir()
    import zlib

    (tmp_path / "in" / "bom.png").write_bytes(header + zlib.crc32(header[12:29]).to_bytes(4, "big") + b"\0\0\0\0IEND\xaeB`\x82")
    picture(tmp_path / "in" / "goed.png")
    report = ingest.ingest(ctx, project(ctx), [tmp_path / "in"])
    assert keys(ctx) == ["goed.png"]
    assert [each.file for each in report.problems] == ["bom.png"]
