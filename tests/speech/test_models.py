"""Putting a model in place: whole or not at all, and never more than a model."""

from __future__ import annotations

import http.server
import shutil
import stat
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessibility.speech import models
from accessibility.speech.errors import ModelRefused, NoConnection, NoModel, UnsafeArchive
from accessibility.speech.model_catalogue import KNOWN_MODELS, LANGUAGES, recommended
from accessibility.speech.model_files import MAX_FILES, TEST_MARKER, missing_files, unpack
from tests.speech.conftest import DATA

TINY = DATA / "tinymodel-nl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def zipped(path: Path, source: Path = TINY, *, top: str = "vosk-model-small-nl-0.22/", leave_out: str = "") -> Path:
    """A ZIP as Vosk makes them: one folder with everything in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(source.rglob("*")):
            name = file.relative_to(source).as_posix()
            if file.is_file() and name != leave_out:
                archive.write(file, top + name)
    return path


@pytest.mark.parametrize("top", ["vosk-model-small-nl-0.22/", ""])
def test_a_zip_is_installed(tmp_path: Path, folder: Path, top: str) -> None:
    """With or without a folder around it."""
    done = models.install("nl", zipped(tmp_path / "m.zip", top=top), folder, for_tests=True)
    assert done.path == folder / "nl" == models.find(folder, "nl", for_tests=True)
    assert done.commands
    assert done.size_bytes == sum(file.stat().st_size for file in TINY.rglob("*") if file.is_file())
    assert models.installed(folder, for_tests=True) == ("nl",)


def test_a_folder_is_installed_as_well(folder: Path) -> None:
    """What was unpacked by hand can be used as it is; the original stays."""
    assert models.install("nl", TINY, folder, for_tests=True).commands
    assert not missing_files(TINY)


def test_a_test_model_is_refused_for_workers(tmp_path: Path, folder: Path) -> None:
    """The marker stops it at the door, and again where it was put in by hand."""
    with pytest.raises(ModelRefused, match="does not understand people"):
        models.install("nl", zipped(tmp_path / "m.zip"), folder)
    assert list(folder.iterdir()) == []
    shutil.copytree(TINY, folder / "nl")
    with pytest.raises(ModelRefused, match="does not understand people"):
        models.find(folder, "nl")


@pytest.mark.parametrize("name", ["am/final.mdl", "conf/mfcc.conf", "graph/Gr.fst", "graph/disambig_tid.int"])
def test_what_is_missing_is_named(tmp_path: Path, folder: Path, name: str) -> None:
    """An incomplete model is refused with the name of the file, and leaves nothing behind."""
    with pytest.raises(ModelRefused, match=name):
        models.install("nl", zipped(tmp_path / "m.zip", leave_out=name), folder, for_tests=True)
    assert list(folder.iterdir()) == []


def test_an_incomplete_model_leaves_the_old_one_in_place(tmp_path: Path, folder: Path) -> None:
    """A failed renewal costs nothing; a good one replaces everything."""
    models.install("nl", TINY, folder, for_tests=True)
    (folder / "nl" / "extra").write_text("of the old one")
    with pytest.raises(ModelRefused):
        models.install("nl", zipped(tmp_path / "m.zip", leave_out="am/final.mdl"), folder, for_tests=True)
    assert (folder / "nl" / "extra").exists()
    models.install("nl", TINY, folder, for_tests=True)
    assert not (folder / "nl" / "extra").exists()
    assert [path.name for path in folder.iterdir()] == ["nl"]


def test_a_model_with_speaker_parts_needs_all_of_them(tmp_path: Path) -> None:
    """An ivector folder that is half there makes Vosk end the process; we say it first."""
    shutil.copytree(TINY, tmp_path / "m")
    (tmp_path / "m" / "ivector").mkdir()
    assert "ivector/final.ie" in missing_files(tmp_path / "m")


def test_the_old_layout_is_known(tmp_path: Path, folder: Path) -> None:
    """Vosk's older models have everything in one folder; what they lack is named in their own way."""
    old = tmp_path / "old"
    old.mkdir()
    for name in ("am/final.mdl", "conf/mfcc.conf", "graph/Gr.fst", "graph/HCLr.fst", "graph/words.txt"):
        shutil.copy(TINY / name, old / Path(name).name)
    shutil.copy(TINY / "graph" / "phones" / "word_boundary.int", old)
    with pytest.raises(ModelRefused, match=r"disambig_tid\.int \(or HCLG\.fst\)"):
        models.install("nl", old, folder)
    (old / "disambig_tid.int").touch()
    assert models.install("nl", old, folder).commands


def test_a_static_graph_takes_no_commands(tmp_path: Path, folder: Path) -> None:
    """Vosk ignores grammars with HCLG.fst: it is told, so that a page can offer keys alone."""
    shutil.copytree(TINY, tmp_path / "m")
    (tmp_path / "m" / "graph" / "HCLG.fst").write_bytes(b"x")
    assert not models.install("nl", tmp_path / "m", folder, for_tests=True).commands
    assert not models.describe(folder, "nl", for_tests=True).commands


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "a/../../evil", "..\\evil", "C:\\evil", "a/b/../../../evil"])
def test_paths_outside_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    """Zip slip in all its spellings: nothing is written."""
    archive = tmp_path / "m.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(zipfile.ZipInfo("am/final.mdl"), "x")
        member = zipfile.ZipInfo("x")
        member.filename = name
        opened.writestr(member, "evil")
    with pytest.raises(UnsafeArchive, match="outside"):
        unpack(archive, tmp_path / "target")
    assert not (tmp_path / "target").exists()
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    """Only plain files and folders come out of an archive."""
    archive = tmp_path / "m.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        member = zipfile.ZipInfo("am/final.mdl")
        member.external_attr = (kind | 0o777) << 16
        opened.writestr(member, "/etc/passwd")
    with pytest.raises(UnsafeArchive, match="plain files"):
        unpack(archive, tmp_path / "target")


def test_a_link_in_a_folder_is_refused(tmp_path: Path, folder: Path) -> None:
    """Copying a folder follows no link either."""
    shutil.copytree(TINY, tmp_path / "m")
    (tmp_path / "m" / "am" / "secret").symlink_to("/etc/passwd")
    with pytest.raises(UnsafeArchive, match="is a link"):
        models.install("nl", tmp_path / "m", folder, for_tests=True)


def test_bombs_are_refused(tmp_path: Path) -> None:
    """Too large, too good to be true, or too many: refused before anything is written."""
    large, many = tmp_path / "large.zip", tmp_path / "many.zip"
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("am/final.mdl", bytes(12 << 20))
    with zipfile.ZipFile(many, "w") as opened:
        for number in range(MAX_FILES + 1):
            opened.writestr(f"f{number}", "")
    with pytest.raises(UnsafeArchive, match="shrinks too well"):
        unpack(large, tmp_path / "target")
    with pytest.raises(UnsafeArchive, match="at most"):
        unpack(large, tmp_path / "target", max_bytes=1 << 20)
    with pytest.raises(UnsafeArchive, match="files"):
        unpack(many, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path, folder: Path) -> None:
    """The header says little, the data is much."""
    archive = zipped(tmp_path / "m.zip")
    data = archive.read_bytes()
    size = (TINY / "am" / "final.mdl").stat().st_size.to_bytes(4, "little")
    archive.write_bytes(data.replace(size, (100).to_bytes(4, "little")))
    with pytest.raises(ModelRefused):
        models.install("nl", archive, folder, for_tests=True)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("damage", ["empty", "text", "half", "flipped"])
def test_damaged_archives_are_refused(tmp_path: Path, folder: Path, damage: str) -> None:
    """Whatever is wrong with the file, the sentence says to fetch it again."""
    archive = zipped(tmp_path / "m.zip")
    data = bytearray(archive.read_bytes())
    data[5000:5010] = bytes(10)
    damaged = {"empty": b"", "text": b"<html>404</html>", "half": bytes(data[: len(data) // 2]), "flipped": bytes(data)}
    archive.write_bytes(damaged[damage])
    with pytest.raises(ModelRefused, match="Fetch it again"):
        models.install("nl", archive, folder, for_tests=True)
    assert list(folder.iterdir()) == []


def test_names_are_checked(tmp_path: Path, folder: Path) -> None:
    """An unknown language, a file that is not there, and a model of another language."""
    with pytest.raises(NoModel, match="nl, en"):
        models.install("fr", None, folder)
    with pytest.raises(ModelRefused, match="--from"):
        models.install("nl", tmp_path / "nothing.zip", folder)
    english = tmp_path / "vosk-model-small-en-us-0.15.zip"
    zipped(english)
    with pytest.raises(ModelRefused, match="install-model en --from"):
        models.install("nl", english, folder)


def test_the_table_of_known_models() -> None:
    """Each language has a free model that takes commands as its first."""
    assert len({model.name for model in KNOWN_MODELS}) == len(KNOWN_MODELS)
    for language in LANGUAGES:
        first = recommended(language)
        assert first is not None
        assert first.commands
        assert first.licence == "Apache-2.0"
        assert first.address == f"https://alphacephei.com/vosk/models/{first.name}.zip"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web site that has the Dutch model, and a broken English one."""
    root = tmp_path / "site"
    root.mkdir()
    zipped(root / "vosk-model-small-nl-0.22.zip")
    handler = _Site
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: handler(*args, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


class _Site(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if "en-us" not in self.path:
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.wfile.write(b"only the beginning")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_model_is_fetched_where_there_is_a_connection(site: str, folder: Path) -> None:
    """Over real HTTP, with progress up to the whole."""
    steps: list[tuple[int, int | None]] = []
    models.install("nl", None, folder, for_tests=True, site=site, progress=lambda *step: steps.append(step))
    assert models.installed(folder, for_tests=True) == ("nl",)
    assert steps[-1][0] == steps[-1][1]
    assert [path.name for path in folder.iterdir()] == ["nl"]


def test_no_connection_says_how_to_carry_it_in(folder: Path) -> None:
    """No server there at all."""
    with pytest.raises(NoConnection, match=r"install-model nl --from vosk-model-small-nl-0\.22\.zip"):
        models.install("nl", None, folder, site="http://127.0.0.1:9")
    assert list(folder.iterdir()) == []


def test_a_connection_that_breaks_leaves_nothing(site: str, folder: Path) -> None:
    """Half a download is no model."""
    with pytest.raises(NoConnection, match="could not be fetched"):
        models.install("en", None, folder, site=site)
    assert list(folder.iterdir()) == []


def test_both_carried_models_say_what_they_are() -> None:
    """The marker is there and explains itself."""
    for language in LANGUAGES:
        assert "must never be given to workers" in (DATA / f"tinymodel-{language}" / TEST_MARKER).read_text()
