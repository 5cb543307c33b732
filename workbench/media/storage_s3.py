"""Files in a bucket: any service that speaks S3, through obstore.

Bytes are spooled to this machine's disk first: the key is their hash, which is known only at the end, and a file that
is there already then costs no transfer. The upload itself is multipart for large files and atomic for all.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from accessibility.sentences import sentence
from workbench.errors import BadInput, Unavailable
from workbench.media.storage import Deletion, Readable, Stored, is_sha256, not_found, spooled, sweep_folder

if TYPE_CHECKING:
    from obstore.store import S3Store as Bucket

PART_BYTES = 8 << 20
MAX_PARTS = 9_000  # S3 takes 10,000; a margin
READ_BYTES = 1 << 20


class S3Store:
    """
    Files in a bucket, by content.

    Args:
        url: `s3://bucket/prefix?endpoint=https://…&region=…`.
        cache_folder: where copies for decoders stay for a while; a folder of the system's own temporary one by default.
        cache_bytes: how much of the disk those copies may take.
    """

    def __init__(self, url: str, *, cache_folder: Path | None = None, cache_bytes: int = 20 << 30) -> None:
        self.location = url.split("?", 1)[0].rstrip("/")
        self._bucket = _connect(url)
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        self._cache_folder = cache_folder or Path(tempfile.gettempdir()) / f"workbench-s3-{os.getuid()}-{name}"
        self._cache_bytes = cache_bytes

    @cached_property
    def _cache(self) -> Path:
        """The folder for copies, ours alone: in a shared temporary folder somebody else may have made it first."""
        self._cache_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = self._cache_folder.lstat()
        if stat.S_ISLNK(facts.st_mode) or facts.st_uid != os.getuid():
            raise Unavailable(
                sentence(
                    'The folder "{folder}" belongs to somebody else. Set TMPDIR to a folder of your own.',
                    folder=self._cache_folder,
                )
            )
        return self._cache_folder

    def put(self, stream: Readable | Iterable[bytes], *, limit_bytes: int | None = None) -> Stored:
        import obstore

        with spooled(stream, self._cache, limit_bytes) as (temporary, stored):
            if self._size_or_none(stored.sha256) == stored.size:
                return stored
            part = max(PART_BYTES, -(-stored.size // MAX_PARTS))
            obstore.put(self._bucket, _key(stored.sha256), temporary, chunk_size=part, max_concurrency=4)
        return stored

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        import obstore

        size = self.size(sha256)
        end = size if end is None else min(end, size)
        if start >= end:
            return iter(())
        result = obstore.get(self._bucket, _key(sha256), options={"range": (start, end)})
        return (bytes(chunk) for chunk in result.stream(min_chunk_size=READ_BYTES))

    def size(self, sha256: str) -> int:
        size = self._size_or_none(sha256)
        if size is None:
            raise not_found(sha256)
        return size

    def exists(self, sha256: str) -> bool:
        return self._size_or_none(sha256) is not None

    def delete(self, sha256: str, *, now: int) -> Deletion:
        import obstore

        size = self.size(sha256)
        obstore.delete(self._bucket, _key(sha256))
        (self._cache / sha256).unlink(missing_ok=True)
        return Deletion(sha256, size, f"{self.location}/{_key(sha256)}", now)

    @contextmanager
    def local_path(self, sha256: str) -> Iterator[Path]:
        size = self.size(sha256)  # asked of the bucket each time: a deleted file must not come out of the cache
        mine = self._cache / f"use-{uuid.uuid4().hex}"
        try:
            self._link_or_fetch(sha256, size, mine)
            yield mine
        finally:
            mine.unlink(missing_ok=True)

    def _link_or_fetch(self, sha256: str, size: int, mine: Path) -> None:
        # A link of our own: another process may drop the cached name while we read.
        cached = self._cache / sha256
        try:
            mine.hardlink_to(cached)
            os.utime(cached)
        except FileNotFoundError:
            self._make_room(size)
            with mine.open("wb") as out:
                out.writelines(self.open(sha256))
            spare = self._cache / f"put-{uuid.uuid4().hex}"
            spare.hardlink_to(mine)
            spare.replace(cached)

    def _make_room(self, size: int) -> None:
        """Drop the copies used longest ago until `size` more bytes fit."""
        copies = sorted((p for p in self._cache.iterdir() if is_sha256(p.name)), key=lambda p: p.stat().st_mtime)
        total = sum(p.stat().st_size for p in copies)
        for path in copies:
            if total + size <= self._cache_bytes:
                return
            total -= path.stat().st_size
            path.unlink(missing_ok=True)

    def signed_url(self, sha256: str, *, seconds: int) -> str | None:
        import obstore

        return obstore.sign(self._bucket, "GET", _key(sha256), timedelta(seconds=seconds))

    def sweep(self, *, now: int, older_than_seconds: int = 86_400) -> int:
        return sweep_folder(self._cache, now=now, older_than_seconds=older_than_seconds)

    def _size_or_none(self, sha256: str) -> int | None:
        import obstore

        if not is_sha256(sha256):
            return None
        try:
            return int(obstore.head(self._bucket, _key(sha256))["size"])
        except FileNotFoundError:
            return None


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _connect(url: str) -> Bucket:
    try:
        from obstore.store import S3Store as Bucket
    except ImportError as error:
        raise Unavailable('Files on S3 need obstore. Install it with: pip install "annotation-lab[s3]"') from error

    parts = urlsplit(url)
    if not parts.netloc:
        raise BadInput(sentence('The storage address "{url}" names no bucket. Write s3://bucket/prefix.', url=url))
    options: dict[str, Any] = {}
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := query.keys() - {"endpoint", "region"}:
        raise BadInput(
            sentence(
                "The storage address has unknown parts: {unknown}. Known: endpoint, region.", unknown=", ".join(sorted(unknown))
            )
        )
    if "endpoint" in query:
        options["endpoint"] = query["endpoint"]
        options["client_options"] = {"allow_http": query["endpoint"].startswith("http://")}
    if "region" in query:
        options["region"] = query["region"]
    return Bucket(parts.netloc, prefix=parts.path.strip("/") or None, **options)
