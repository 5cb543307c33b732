"""What people upload is walked safely: every trick is refused with a sentence, everything honest comes through."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from workbench.errors import RefusedUpload
from workbench.media.unpack import Limits, walk


def zipped(folder: Path, files: dict[str, bytes], *, name: str = "upload.zip", compression: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", compression) as archive:
        for inside, data in files.items():
            archive.writestr(inside, data)
    return path


def one_entry(folder: Path, info: zipfile.ZipInfo, data: bytes = b"x") -> Path:
    path = folder / "upload.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, data)
    return path


def contents(path: Path, limits: Limits | None = None) -> dict[str, bytes]:
    found = {}
    for entry in walk(path, limits=limits or Limits()):
        with entry.open() as file:
            found[entry.name] = file.read()
        assert len(found[entry.name]) == entry.size
    return found


def patched(path: Path, old: bytes, new: bytes) -> Path:
    """Change every occurrence of some bytes of a file."""
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


FILES = {"b/two.txt": b"2" * 5000, "a.txt": b"one", "b/empty.txt": b""}


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_gives_its_files_in_order_of_name(compression: int, tmp_path: Path) -> None:
    """The same order each time, whatever order they were packed in."""
    found = contents(zipped(tmp_path, FILES, compression=compression))
    assert found == FILES
    assert list(found) == ["a.txt", "b/empty.txt", "b/two.txt"]


def test_a_folder_gives_the_same_as_its_zip(tmp_path: Path) -> None:
    """Names are relative to the folder, with forward slashes."""
    for name, data in FILES.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    assert contents(tmp_path / "in") == FILES


def test_a_single_file_is_an_upload_too(tmp_path: Path) -> None:
    """Under the name the person gave it."""
    (tmp_path / "put-123").write_bytes(b"sound")
    ((name, size),) = [(entry.name, entry.size) for entry in walk(tmp_path / "put-123", name="news.wav")]
    assert (name, size) == ("news.wav", 5)


def test_a_zip_is_known_by_its_content(tmp_path: Path) -> None:
    """An upload in a temporary file has no ending; an office document is not unpacked."""
    path = zipped(tmp_path, FILES, name="put-123")
    assert contents(path) == FILES
    assert [entry.name for entry in walk(path, name="report.docx")] == ["report.docx"]


@pytest.mark.parametrize(
    "name", ["../evil.txt", "a/../../evil.txt", "/etc/passwd", "C:/evil.txt", "C:evil.txt", "..\\evil.txt", "\\\\host\\x", ".."]
)
def test_names_that_lead_outside_are_refused(name: str, tmp_path: Path) -> None:
    """Zip slips in all spellings, before anything comes out."""
    path = zipped(tmp_path, {"good.txt": b"x", name: b"x"})
    with pytest.raises(RefusedUpload, match=r'"upload.zip" holds a file that would land outside'):
        next(iter(walk(path)))


def test_invisible_characters_in_names_are_refused(tmp_path: Path) -> None:
    """A line feed or a zero byte makes a name that people cannot see."""
    with pytest.raises(RefusedUpload, match="invisible characters"):
        contents(zipped(tmp_path, {"a\nb.txt": b"x"}))
    path = patched(zipped(tmp_path, {"good.txtZ.exe": b"x"}), b"good.txtZ.exe", b"good.txt\0.exe")
    with pytest.raises(RefusedUpload, match="invisible characters"):
        contents(path)


@pytest.mark.parametrize(
    ("mode", "what"),
    [(stat.S_IFLNK, "a link"), (stat.S_IFIFO, "a device"), (stat.S_IFCHR, "a device"), (stat.S_IFSOCK, "a device")],
)
def test_links_and_devices_are_refused(mode: int, what: str, tmp_path: Path) -> None:
    """Only plain files are taken."""
    info = zipfile.ZipInfo("innocent.txt")
    info.external_attr = (mode | 0o777) << 16
    with pytest.raises(RefusedUpload, match=f'holds {what}, "innocent.txt"'):
        contents(one_entry(tmp_path, info, b"/etc/passwd"))


def test_encrypted_entries_are_refused(tmp_path: Path) -> None:
    """With the advice to leave out the password."""
    path = zipped(tmp_path, {"secret.txt": b"x"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(RefusedUpload, match=r'"secret.txt" in "upload.zip" is encrypted'):
        contents(path)


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    """20 MB of zeros in 20 kB."""
    with pytest.raises(RefusedUpload, match=r"would grow [\d,]+ times"):
        next(iter(walk(zipped(tmp_path, {"zeros.bin": bytes(20 << 20)}))))


def test_small_files_may_be_packed_tightly(tmp_path: Path) -> None:
    """A blank scan of a megabyte is no bomb."""
    assert len(contents(zipped(tmp_path, {"blank.bmp": bytes(1 << 20)}))) == 1


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(entries=2), "holds 3 files; 2 at most"),
        (Limits(total_bytes=5002), "unpacks to more than 5,002 bytes"),
        (Limits(entry_bytes=4999), "is larger than 4,999 bytes"),
    ],
)
def test_too_much_is_refused(limits: Limits, says: str, tmp_path: Path) -> None:
    """By number, by total, by file."""
    with pytest.raises(RefusedUpload, match=says):
        next(iter(walk(zipped(tmp_path, FILES), limits=limits)))
    assert len(contents(zipped(tmp_path, FILES), Limits(entries=3, total_bytes=5003, entry_bytes=5000))) == 3


@pytest.mark.parametrize("name", ["more.zip", "a/More.ZIP", "x.tar.gz", "x.7z"])
def test_archives_inside_are_refused(name: str, tmp_path: Path) -> None:
    """A bomb may be packed several times over."""
    with pytest.raises(RefusedUpload, match="holds another archive"):
        contents(zipped(tmp_path, {name: b"PK"}))


def test_a_file_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    """Both lists say 10 bytes, and the checksum fits the first ten: zipfile alone would not notice."""
    data = bytes(range(200))
    path = zipped(tmp_path, {"liar.bin": data})
    patched(path, struct.pack("<II", len(zlib_raw(data)), 200), struct.pack("<II", len(zlib_raw(data)), 10))
    patched(path, struct.pack("<I", zlib.crc32(data)), struct.pack("<I", zlib.crc32(data[:10])))
    with zipfile.ZipFile(path) as archive:
        assert archive.read("liar.bin") == data[:10]
    (entry,) = walk(path)
    with entry.open() as file, pytest.raises(RefusedUpload, match=r'"upload.zip: liar.bin" does not hold the 10 bytes it says'):
        file.read()


def zlib_raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def test_a_file_shorter_than_it_says_is_refused(tmp_path: Path) -> None:
    """The other way round."""
    data = bytes(range(200))
    path = zipped(tmp_path, {"liar.bin": data})
    patched(path, struct.pack("<II", len(zlib_raw(data)), 200), struct.pack("<II", len(zlib_raw(data)), 250))
    (entry,) = walk(path)
    with entry.open() as file, pytest.raises(RefusedUpload, match="does not hold the 250 bytes"):
        file.read()


def test_a_damaged_file_is_refused_while_it_is_read(tmp_path: Path) -> None:
    """One wrong byte in the middle."""
    data = os.urandom(5000)
    path = zipped(tmp_path, {"a.bin": data}, compression=zipfile.ZIP_STORED)
    patched(path, data[2000:2010], bytes(10))
    (entry,) = walk(path)
    with entry.open() as file, pytest.raises(RefusedUpload, match=r'"upload.zip: a.bin" does not hold the 5,000 bytes'):
        file.read()


def test_a_zip_cut_off_is_refused(tmp_path: Path) -> None:
    """The end, with the list of files, is missing."""
    path = zipped(tmp_path, {"a.bin": os.urandom(5000)})
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(RefusedUpload, match="is not a complete zip file"):
        contents(path)


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """The flat bomb: many names, one content."""
    path = zipped(tmp_path, {"a.txt": b"A" * 50, "b.txt": b"A" * 50})
    data = bytearray(path.read_bytes())
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[second + 42 : second + 46] = bytes(4)  # its place: that of the first
    path.write_bytes(data)
    with pytest.raises(RefusedUpload, match="overlap"):
        contents(path)


def test_a_list_out_of_proportion_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """One file, and a list of megabytes."""
    path = zipped(tmp_path, {"a.txt": b"x"})
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<I", 500_000_000)
    path.write_bytes(data)
    with pytest.raises(RefusedUpload, match="list of files"):
        contents(path)


def test_unusual_packing_is_refused(tmp_path: Path) -> None:
    """Methods whose size cannot be held in check while unpacking."""
    with pytest.raises(RefusedUpload, match="unusual way"):
        contents(zipped(tmp_path, {"a.txt": b"x" * 100}, compression=zipfile.ZIP_LZMA))


@pytest.mark.parametrize("names", [("Photo.jpg", "photo.JPG"), ("a/é.txt", "a/e\u0301.txt"), ("STRASSE", "straße")])
def test_names_alike_are_refused(names: tuple[str, str], tmp_path: Path) -> None:
    """They would be one file on Windows or a Mac."""
    with pytest.raises(RefusedUpload, match="cannot be told apart"):
        contents(zipped(tmp_path, dict.fromkeys(names, b"x")))


def test_names_keep_their_characters(tmp_path: Path) -> None:
    """UTF-8 with its mark, UTF-8 without, code page 437, and Info-ZIP's own field."""
    assert list(contents(zipped(tmp_path, {"café/日本.txt": b"x"}))) == ["café/日本.txt"]
    unmarked = patched(zipped(tmp_path, {"caf__.txt": b"x"}), b"caf__.txt", "café.txt".encode())
    assert list(contents(unmarked)) == ["café.txt"]
    dos = patched(zipped(tmp_path, {"caf_.txt": b"x"}), b"caf_.txt", "café.txt".encode("cp437"))
    assert list(contents(dos)) == ["café.txt"]
    info = zipfile.ZipInfo("caf?.txt")
    field = b"\x01" + struct.pack("<I", zlib.crc32(b"caf?.txt")) + "café€.txt".encode()
    info.extra = struct.pack("<HH", 0x7075, len(field)) + field
    assert list(contents(one_entry(tmp_path, info))) == ["café€.txt"]


def test_decomposed_names_are_composed(tmp_path: Path) -> None:
    """A Mac writes é as two characters; everywhere else it is one."""
    assert list(contents(zipped(tmp_path, {"e\u0301.txt": b"x"}))) == ["é.txt"]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "e\u0301.txt").write_bytes(b"x")
    assert list(contents(tmp_path / "in")) == ["é.txt"]


def test_what_computers_add_is_ignored_and_counted(tmp_path: Path) -> None:
    """In a zip and in a folder."""
    clutter = {"__MACOSX/._a.txt": b"", ".DS_Store": b"", "b/Thumbs.db": b"", "b/._a.txt": b"", "b/desktop.ini": b""}
    found = walk(zipped(tmp_path, {**FILES, **clutter}))
    assert [entry.name for entry in found] == sorted(FILES)
    assert found.ignored == len(clutter)
    for name, data in {**FILES, **clutter}.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    found = walk(tmp_path / "in")
    assert sorted(entry.name for entry in found) == sorted(FILES)
    assert found.ignored == len(clutter)


def test_a_link_in_a_folder_may_not_lead_outside(tmp_path: Path) -> None:
    """Neither to a file nor to a folder, nor to nowhere."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key.txt").write_bytes(b"secret")
    folder = tmp_path / "in"
    for target in (tmp_path / "secret" / "key.txt", tmp_path / "secret", tmp_path / "nowhere"):
        folder.mkdir()
        (folder / "link").symlink_to(target)
        with pytest.raises(RefusedUpload, match='"link" in "in" is a link to something outside'):
            contents(folder)
        (folder / "link").unlink()
        folder.rmdir()


def test_a_link_within_a_folder_is_followed_once(tmp_path: Path) -> None:
    """A link to a file is the file; a link to a folder may be a circle and is left out."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"one")
    (folder / "b.txt").symlink_to("a.txt")
    (folder / "circle").symlink_to(".")
    assert contents(folder) == {"a.txt": b"one", "b.txt": b"one"}


def test_devices_in_a_folder_are_refused(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever."""
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "pipe")
    with pytest.raises(RefusedUpload, match='"pipe" in "in" is a device'):
        contents(tmp_path / "in")


def test_a_large_entry_is_read_piece_by_piece(tmp_path: Path) -> None:
    """A reader asks for as much as it wants and gets no more."""
    data = os.urandom(3 << 20)
    (entry,) = walk(zipped(tmp_path, {"a.bin": data}))
    with entry.open() as file:
        pieces = list(iter(lambda: file.read(100_000), b""))
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) == 100_000


def test_the_wide_kind_of_zip_is_read(tmp_path: Path) -> None:
    """Zips of more than 65,535 files or 4 GB have another end, whose numbers count."""
    path = zipped(tmp_path, FILES)
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", data, end + 12)
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 3, 3, size, start)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    narrow = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(data[:end] + wide + locator + narrow)
    assert contents(path) == FILES
    with pytest.raises(RefusedUpload, match="holds 3 files; 2 at most"):
        contents(path, Limits(entries=2))
