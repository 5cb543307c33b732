"""What files a Vosk model must have, and unpacking an archive of unknown origin without trusting it."""

from __future__ import annotations

import shutil
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from accessibility.sentences import sentence
from accessibility.speech.errors import ModelRefused, UnsafeArchive

TEST_MARKER = "FOR-TESTS-ONLY.txt"
MAX_FILES = 2000
MAX_BYTES = 6 << 30
_MAX_RATIO = 200  # model files are numbers: they shrink by a half, not to nothing
_RATIO_FROM_BYTES = 10 << 20


@dataclass(frozen=True)
class _Layout:
    """Where the files of a model are; Vosk knows an old and a new way."""

    needed: tuple[str, ...]
    graph: str  # prefix of the files of the graph

    @property
    def static_graph(self) -> str:
        return f"{self.graph}HCLG.fst"

    @property
    def lookahead_graph(self) -> tuple[str, ...]:
        return tuple(self.graph + name for name in ("HCLr.fst", "Gr.fst", "disambig_tid.int"))


_NEW = _Layout(("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/phones/word_boundary.int"), "graph/")
_OLD = _Layout(("final.mdl", "mfcc.conf", "word_boundary.int"), "")
_SPEAKER_PARTS = (
    "ivector/final.dubm",
    "ivector/final.ie",
    "ivector/final.mat",
    "ivector/global_cmvn.stats",
    "ivector/online_cmvn.conf",
    "ivector/splice.conf",
)


def missing_files(folder: Path) -> list[str]:
    """What a model in this folder lacks, as a person can look it up; empty where it is complete."""
    layout = _layout(folder)
    missing = [name for name in layout.needed if not _has(folder, name)]
    if not _has(folder, layout.static_graph):
        lacking = [name for name in layout.lookahead_graph if not _has(folder, name)]
        missing += [" and ".join(lacking) + f" (or {layout.static_graph})"] if lacking else []
    elif not _has(folder, f"{layout.graph}words.txt"):
        missing.append(f"{layout.graph}words.txt")
    if (folder / "ivector").is_dir():
        missing += [name for name in _SPEAKER_PARTS if not _has(folder, name)]
    return missing


def takes_commands(folder: Path) -> bool:
    """Can it listen for a closed grammar? With a static graph Vosk ignores grammars."""
    layout = _layout(folder)
    return all(_has(folder, name) for name in layout.lookahead_graph) and not _has(folder, layout.static_graph)


def _layout(folder: Path) -> _Layout:
    return _OLD if _has(folder, "final.mdl") and not _has(folder, "am/final.mdl") else _NEW


def model_root(folder: Path) -> Path:
    """
    The folder that is the model: this one, or the only folder in it, as in Vosk's archives.

    Raises:
        ModelRefused: says which files are missing.
    """
    if not missing_files(folder):
        return folder
    inside = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    root = inside[0] if len(inside) == 1 and not (folder / "am").is_dir() else folder
    if missing := missing_files(root):
        raise ModelRefused(
            sentence(
                "This is no complete Vosk model. Missing: {names}. Take a ZIP from https://alphacephei.com/vosk/models as it is.",
                names=", ".join(missing),
            )
        )
    return root


def unpack(archive: Path, target: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """
    Unpack a ZIP into a folder that is not there yet.

    Raises:
        ModelRefused: no ZIP, or damaged.
        UnsafeArchive: links, paths outside the folder, too many files, too large when unpacked.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            _refuse_unsafe(members, max_bytes)
            target.mkdir(parents=True)
            left = max_bytes
            for member in members:
                left -= _extract(opened, member, target, left)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelRefused(
            sentence("{name} is not a ZIP that can be read ({error}). Fetch it again.", name=archive.name, error=error)
        ) from error


def copy_model(source: Path, target: Path) -> None:
    """
    Copy a model folder.

    Raises:
        UnsafeArchive: a link in it.
    """
    for path in source.rglob("*"):
        if path.is_symlink():
            raise UnsafeArchive(sentence("{file} is a link. A model has plain files only.", file=path.relative_to(source)))
    shutil.copytree(source, target)


def _refuse_unsafe(members: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(members) > MAX_FILES:
        raise UnsafeArchive(sentence("The archive has {count} files; a Vosk model has a few dozen.", count=len(members)))
    total = sum(member.file_size for member in members)
    if total > max_bytes:
        raise UnsafeArchive(
            sentence(
                "Unpacked, the archive would be {megabytes} MB; at most {most} MB is taken.",
                megabytes=total >> 20,
                most=max_bytes >> 20,
            )
        )
    for member in members:
        _refuse_unsafe_member(member)


def _refuse_unsafe_member(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        raise UnsafeArchive(sentence('"{filename}" would be written outside the folder of the model.', filename=member.filename))
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise UnsafeArchive(
            sentence('"{filename}" is a link or a device. A model has plain files only.', filename=member.filename)
        )
    if member.file_size > _RATIO_FROM_BYTES and member.file_size > _MAX_RATIO * max(1, member.compress_size):
        raise UnsafeArchive(sentence('"{filename}" shrinks too well to be a part of a model.', filename=member.filename))


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write one member; how many bytes that really were (an archive may lie about it)."""
    path = target / PurePosixPath(member.filename.replace("\\", "/"))
    if member.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with opened.open(member) as source, path.open("xb") as file:
        while chunk := source.read(1 << 20):
            written += len(chunk)
            if written > left:
                raise UnsafeArchive("The archive holds more than it says.")
            file.write(chunk)
    return written


def _has(folder: Path, name: str) -> bool:
    return (folder / name).is_file()
