"""
Recognition models on this machine: one folder for each language, put there whole or not at all.

    folder/nl/am/final.mdl …
    folder/en/…
"""

from __future__ import annotations

import contextlib
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from accessibility.sentences import sentence
from accessibility.speech.errors import ModelRefused, NoConnection, NoModel
from accessibility.speech.model_catalogue import KNOWN_MODELS, LANGUAGES, VOSK_SITE, by_name, recommended
from accessibility.speech.model_files import TEST_MARKER, copy_model, missing_files, model_root, takes_commands, unpack

__all__ = ["KNOWN_MODELS", "Installed", "find", "install", "installed"]

Progress = Callable[[int, int | None], None]
"""Called with (bytes so far, bytes in all or None) while a model is fetched."""

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Installed:
    """
    A model on this machine.

    Args:
        path: the folder that Vosk opens.
        size_bytes: on disk.
        commands: takes a closed command grammar.
    """

    language: str
    path: Path
    size_bytes: int
    commands: bool


def install(
    language: str,
    archive: Path | None,
    folder: Path,
    *,
    for_tests: bool = False,
    site: str = VOSK_SITE,
    progress: Progress | None = None,
) -> Installed:
    """
    Put a model in place, instead of the one that was there.

    Args:
        archive: a ZIP or a folder; None fetches the recommended model from Vosk's own site.
        folder: holds the models, a folder for each language.
        for_tests: take a model that says it is for tests only.

    Raises:
        NoModel: we know no model of this language.
        ModelRefused, UnsafeArchive: it is no model, not of this language, or for tests only.
        NoConnection: it could not be fetched.
    """
    _refuse_language(language)
    if archive is not None and not archive.exists():
        raise ModelRefused(sentence("There is no file {archive}. Check the name after --from.", archive=archive))
    _refuse_other_language(language, archive)
    folder.mkdir(parents=True, exist_ok=True)
    # beside the target: a rename within one file system is all or nothing
    with tempfile.TemporaryDirectory(dir=folder, prefix=".installing-") as work:
        source = archive or _fetch(language, Path(work) / "model.zip", site, progress)
        unpacked = Path(work) / "unpacked"
        copy_model(source, unpacked) if source.is_dir() else unpack(source, unpacked)
        root = model_root(unpacked)
        _refuse_test_model(root, for_tests)
        _swap(root, folder / language, Path(work) / "old")
    return _describe(language, folder / language)


def find(folder: Path, language: str, *, for_tests: bool = False) -> Path:
    """
    The model of a language.

    Raises:
        NoModel: none, with the command that installs it.
        ModelRefused: incomplete, or for tests only.
    """
    path = folder / language
    if not path.is_dir():
        raise NoModel(
            sentence(
                "There is no model to understand speech in {name}. Install it with: workbench voice install-model {language}",
                name=_name(language),
                language=language,
            )
        )
    if missing := missing_files(path):
        raise ModelRefused(
            sentence(
                "The model in {path} is not complete. Missing: {names}. Install it again with: workbench voice install-model "
                "{language}",
                path=path,
                names=", ".join(missing),
                language=language,
            )
        )
    _refuse_test_model(path, for_tests)
    return path


def installed(folder: Path, *, for_tests: bool = False) -> tuple[str, ...]:
    """The languages that can be understood."""
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return tuple(name for name in names if name in LANGUAGES and _usable(folder, name, for_tests))


def describe(folder: Path, language: str, *, for_tests: bool = False) -> Installed:
    """What is installed for a language; raises as `find`."""
    return _describe(language, find(folder, language, for_tests=for_tests))


def _usable(folder: Path, language: str, for_tests: bool) -> bool:
    with contextlib.suppress(ModelRefused, NoModel):
        find(folder, language, for_tests=for_tests)
        return True
    return False


def _describe(language: str, path: Path) -> Installed:
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return Installed(language, path, size, takes_commands(path))


def _refuse_language(language: str) -> None:
    if recommended(language) is None:
        raise NoModel(
            sentence(
                'We know no model for the language "{language}". Choose from: {names}.',
                language=language,
                names=", ".join(LANGUAGES),
            )
        )


def _refuse_other_language(language: str, archive: Path | None) -> None:
    known = by_name(archive.stem if archive.suffix == ".zip" else archive.name) if archive else None
    if known is not None and known.language != language:
        raise ModelRefused(
            sentence(
                "{name} is for {other}. Install it with: workbench voice install-model {language} --from {archive}",
                name=known.name,
                other=_name(known.language),
                language=known.language,
                archive=archive,
            )
        )


def _refuse_test_model(root: Path, for_tests: bool) -> None:
    if (root / TEST_MARKER).exists() and not for_tests:
        raise ModelRefused(
            "This model is made for tests: it knows a computer voice and a few hundred words, and does not understand "
            "people. Install a model from https://alphacephei.com/vosk/models instead."
        )


def _swap(root: Path, target: Path, old: Path) -> None:
    if target.exists():
        target.rename(old)
    try:
        root.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _fetch(language: str, target: Path, site: str, progress: Progress | None) -> Path:
    known = recommended(language)
    assert known is not None  # checked before
    address = f"{site}/{known.name}.zip"
    try:
        with _opened(address) as (source, total), target.open("wb") as file:
            _copy(source, file, total, progress)
    except (urllib.error.URLError, OSError, TimeoutError) as error:
        raise NoConnection(
            sentence(
                "The model could not be fetched ({reason}). On a computer with a connection, fetch {address} ({megabytes} MB), "
                "bring it here, and run: workbench voice install-model {language} --from {name}.zip",
                reason=_reason(error),
                address=address,
                megabytes=known.megabytes,
                language=language,
                name=known.name,
            )
        ) from error
    return target


@contextlib.contextmanager
def _opened(address: str) -> Iterator[tuple[BinaryIO, int | None]]:
    request = urllib.request.Request(address, headers={"User-Agent": "annotation-lab"})  # noqa: S310  # address is ours
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as source:  # noqa: S310  # as above
        length = source.headers.get("Content-Length")
        yield source, int(length) if length else None


def _copy(source: BinaryIO, file: BinaryIO, total: int | None, progress: Progress | None) -> None:
    done = 0
    while chunk := source.read(1 << 20):
        file.write(chunk)
        done += len(chunk)
        if progress:
            progress(done, total)
    if total is not None and done < total:
        raise OSError(sentence("the connection broke after {done} of {total} bytes", done=done, total=total))


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", None) or error)


def _name(language: str) -> str:
    return {"nl": sentence("Dutch"), "en": sentence("English")}.get(language, f'"{language}"')
