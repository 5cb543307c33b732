"""Where files live: one store, addressed by what is in the file.

A file is known by the SHA-256 of its bytes, so the same upload twice is one object, and nothing is ever overwritten
by something else. `LocalStore` keeps files in a folder; `S3Store` (storage_s3.py) keeps them in a bucket. Both are
held to the same tests.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from accessibility.sentences import sentence
from workbench.errors import BadInput, NotFound, RefusedUpload

CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Readable(Protocol):
    """Anything with `read(n) -> bytes`: an upload, an open file, an entry of a zip."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""
        ...


@dataclass(frozen=True)
class Stored:
    """A file that is safely in the store: its SHA-256 in hex, its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Deletion:
    """Proof that a file is gone: what it was, where it was, when it went, and that it can no longer be read."""

    sha256: str
    size: int
    location: str
    deleted_ms: int


class FileStore(Protocol):
    """
    Files by content. Every method that takes a hash raises NotFound where there is no such file, unless it says else.
    """

    def put(self, stream: Readable | Iterable[bytes], *, limit_bytes: int | None = None) -> Stored:
        """
        Keep these bytes; on return they survive a power cut. Memory use does not grow with the file.

        Raises:
            RefusedUpload: more than `limit_bytes` came in; nothing is kept.
        """
        ...

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Bytes `start` up to `end` (not included), in chunks. A missing file is told at once, not at the first chunk."""
        ...

    def size(self, sha256: str) -> int:
        """Size in bytes."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether the file is there."""
        ...

    def delete(self, sha256: str, *, now: int) -> Deletion:
        """Remove the file and every copy this machine keeps of it. `now`: UTC ms, for the proof."""
        ...

    def local_path(self, sha256: str) -> AbstractContextManager[Path]:
        """A real path for programs that need one, good for as long as the `with` block lasts. Never write to it."""
        ...

    def signed_url(self, sha256: str, *, seconds: int) -> str | None:
        """An address a browser may read from for a while, or None where files go through the server."""
        ...

    def sweep(self, *, now: int, older_than_seconds: int = 86_400) -> int:
        """Remove what a crash left half written, and return how many files that were. Safe at any time."""
        ...


def open_store(url: str | Path) -> FileStore:
    """
    Open the store that an address names: a folder, `file:///folder`, or
    `s3://bucket/prefix?endpoint=https://…&region=…`. Keys of S3 come from AWS_ACCESS_KEY_ID and its family, never
    from the address.
    """
    text = str(url)
    if text.startswith("s3://"):
        from workbench.media.storage_s3 import S3Store

        return S3Store(text)
    if text.startswith("file://"):
        return LocalStore(Path(unquote(urlsplit(text).path)))
    if "://" in text:
        scheme = text.split("://", 1)[0]
        raise BadInput(
            sentence(
                'Storage of kind "{scheme}" is not known. Use a folder, file:///folder or s3://bucket/prefix.', scheme=scheme
            )
        )
    return LocalStore(Path(text))


class LocalStore:
    """Files in a folder: `ab/abcdef…`, written beside it first and moved into place when they are whole."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder).absolute()
        self._incoming = self.folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, stream: Readable | Iterable[bytes], *, limit_bytes: int | None = None) -> Stored:
        with spooled(stream, self._incoming, limit_bytes) as (temporary, stored):
            self._place(temporary, stored)
        return stored

    def _place(self, temporary: Path, stored: Stored) -> None:
        target = self._target(stored.sha256)
        if target.is_file() and target.stat().st_size == stored.size:
            return
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            _sync_folder(self.folder)
        temporary.chmod(0o440)
        temporary.replace(target)
        _sync_folder(target.parent)

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        return _chunks_of(self._existing(sha256), start, end)

    def size(self, sha256: str) -> int:
        return self._existing(sha256).stat().st_size

    def exists(self, sha256: str) -> bool:
        return is_sha256(sha256) and self._target(sha256).is_file()

    def delete(self, sha256: str, *, now: int) -> Deletion:
        path = self._existing(sha256)
        size = path.stat().st_size
        path.unlink()
        _sync_folder(path.parent)
        return Deletion(sha256, size, str(path), now)

    @contextmanager
    def local_path(self, sha256: str) -> Iterator[Path]:
        yield self._existing(sha256)

    def signed_url(self, sha256: str, *, seconds: int) -> str | None:  # noqa: ARG002 - a folder has no address
        return None

    def sweep(self, *, now: int, older_than_seconds: int = 86_400) -> int:
        return sweep_folder(self._incoming, now=now, older_than_seconds=older_than_seconds)

    def _target(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _existing(self, sha256: str) -> Path:
        # The hash may come from an address a browser sent: it must never become a path of its own.
        if not self.exists(sha256):
            raise not_found(sha256)
        return self._target(sha256)


def is_sha256(text: str) -> bool:
    """Whether this is a SHA-256 in small hex, and so safe as part of a path."""
    return _SHA256.fullmatch(text) is not None


def not_found(sha256: str) -> NotFound:
    """The error for a file that is not in the store."""
    return NotFound(
        sentence('File "{sha256}" is not in the store. It may have been deleted; upload it again.', sha256=sha256[:64])
    )


@contextmanager
def spooled(stream: Readable | Iterable[bytes], folder: Path, limit_bytes: int | None) -> Iterator[tuple[Path, Stored]]:
    """Write a stream to a temporary file in `folder`, hashed and flushed to disk; gone afterwards unless moved."""
    handle, name = tempfile.mkstemp(dir=folder, prefix="put-")
    temporary = Path(name)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks(stream):
                size += len(chunk)
                if limit_bytes is not None and size > limit_bytes:
                    raise RefusedUpload(
                        sentence("The file is larger than {limit_bytes:,} bytes. Send a smaller file.", limit_bytes=limit_bytes)
                    )
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        yield temporary, Stored(digest.hexdigest(), size)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def chunks(stream: Readable | Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a readable, or of an iterable of bytes, piece by piece."""
    read = getattr(stream, "read", None)
    if read is None:
        yield from stream  # type: ignore[misc]  # no `read`: an iterable of bytes
        return
    while chunk := read(CHUNK_BYTES):
        yield chunk


def sweep_folder(folder: Path, *, now: int, older_than_seconds: int) -> int:
    """Remove files in `folder` last changed more than `older_than_seconds` before `now` (UTC ms); return how many."""
    gone = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process may sweep at the same time
            if now / 1000 - path.stat().st_mtime > older_than_seconds:
                path.unlink()
                gone += 1
    return gone


def _chunks_of(path: Path, start: int, end: int | None) -> Iterator[bytes]:
    file = path.open("rb")

    def read() -> Iterator[bytes]:
        with file:
            file.seek(start)
            left = None if end is None else max(0, end - start)
            while chunk := file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left)):
                left = None if left is None else left - len(chunk)
                yield chunk

    return read()


def _sync_folder(folder: Path) -> None:
    """A rename is only on disk once the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
