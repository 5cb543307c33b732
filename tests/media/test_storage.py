"""One store, two implementations, the same tests."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.errors import BadInput, NotFound, RefusedUpload, Unavailable
from workbench.media.storage import FileStore, LocalStore, Stored, open_store
from workbench.media.storage_s3 import S3Store

NOW = 1_800_000_000_000
DATA = bytes(range(256)) * 5000  # 1.28 MB: more than one chunk


def put(store: FileStore, data: bytes = DATA) -> str:
    return store.put(io.BytesIO(data)).sha256


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_comes_back_byte_for_byte(store: FileStore) -> None:
    """What went in comes out, under the hash of its bytes."""
    stored = store.put(io.BytesIO(DATA))
    assert stored == Stored(hashlib.sha256(DATA).hexdigest(), len(DATA))
    assert b"".join(store.open(stored.sha256)) == DATA
    assert (store.size(stored.sha256), store.exists(stored.sha256)) == (len(DATA), True)


def test_an_iterable_of_bytes_will_do(store: FileStore) -> None:
    """A stream may be an iterable of chunks, as web servers give."""
    assert store.put([b"one ", b"two"]).sha256 == hashlib.sha256(b"one two").hexdigest()


def test_an_empty_file_is_a_file(store: FileStore) -> None:
    """No bytes is content too."""
    sha256 = put(store, b"")
    assert b"".join(store.open(sha256)) == b""
    assert store.size(sha256) == 0


def test_the_same_bytes_twice_are_one_object(store: FileStore, tmp_path: Path) -> None:
    """A repeat of an upload changes nothing and leaves nothing behind."""
    first = store.put(io.BytesIO(DATA))
    before = files_in(tmp_path)
    assert store.put(io.BytesIO(DATA)) == first
    assert files_in(tmp_path) == before


@pytest.mark.parametrize(
    ("start", "end"), [(0, 10), (5, 6), (1_048_570, 1_048_590), (1_279_990, None), (1_279_990, 9_999_999), (7, 7)]
)
def test_a_range_is_read_without_the_rest(store: FileStore, start: int, end: int | None) -> None:
    """Players ask for pieces: the start counts, the end does not."""
    assert b"".join(store.open(put(store), start, end)) == DATA[start:end]


def test_a_range_behind_the_end_is_empty(store: FileStore) -> None:
    """Nothing is there, and that is no error."""
    assert b"".join(store.open(put(store), 2_000_000)) == b""


def test_too_large_a_file_is_refused_and_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    """The limit is checked while bytes come in, not after."""
    with pytest.raises(RefusedUpload, match="larger than 1,000 bytes"):
        store.put(io.BytesIO(DATA), limit_bytes=1000)
    assert files_in(tmp_path) == []
    assert not store.exists(hashlib.sha256(DATA).hexdigest())


def test_a_stream_that_breaks_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    """A connection lost half way is as if nothing came."""

    def breaking() -> Iterator[bytes]:
        yield DATA
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        store.put(breaking())
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("sha256", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_what_is_not_there_is_told_at_once(store: FileStore, sha256: str) -> None:
    """Also before the first chunk, so that a server can still answer 404; and no hash becomes a path."""
    assert not store.exists(sha256)
    with pytest.raises(NotFound):
        store.open(sha256)
    with pytest.raises(NotFound):
        store.size(sha256)
    with pytest.raises(NotFound):
        store.delete(sha256, now=NOW)
    with pytest.raises(NotFound), store.local_path(sha256):
        pass


def test_deleting_gives_proof(store: FileStore, tmp_path: Path) -> None:
    """The record says what, where and when; the file and this machine's copies of it are gone."""
    sha256 = put(store)
    with store.local_path(sha256) as path:
        assert path.read_bytes() == DATA
    proof = store.delete(sha256, now=NOW)
    assert (proof.sha256, proof.size, proof.deleted_ms) == (sha256, len(DATA), NOW)
    assert sha256 in proof.location
    assert not store.exists(sha256)
    assert files_in(tmp_path) == []


def test_a_decoder_gets_a_real_path(store: FileStore) -> None:
    """Twice in a row and twice at once."""
    sha256 = put(store)
    with store.local_path(sha256) as one, store.local_path(sha256) as two:
        assert one.read_bytes() == two.read_bytes() == DATA


def test_half_written_files_are_swept(store: FileStore, tmp_path: Path) -> None:
    """What a crash left goes after a day; what is being written now stays."""
    folder = tmp_path / ("files/incoming" if isinstance(store, LocalStore) else "cache")
    put(store)
    left = folder / "put-left"
    left.write_bytes(b"half")
    changed_ms = int(left.stat().st_mtime * 1000)
    assert store.sweep(now=changed_ms + 3_600_000) == 0
    assert store.sweep(now=changed_ms + 90_000_000) == 1
    assert not left.exists()


def peak_kb() -> int:
    """The most memory this process held since the mark was last reset (Linux)."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text()).group(1))  # type: ignore[union-attr]


def test_memory_does_not_grow_with_the_file(store: FileStore) -> None:
    """120 MB in and out, in less than 80 MB more of memory."""
    Path("/proc/self/clear_refs").write_text("5")  # resets the high-water mark
    before = peak_kb()
    stored = store.put(bytes(1 << 20) for _ in range(120))
    assert stored.size == sum(len(chunk) for chunk in store.open(stored.sha256)) == 120 << 20
    store.delete(stored.sha256, now=NOW)
    assert (peak_kb() - before) / 1024 < 80


def test_a_truncated_local_file_is_healed_by_putting_it_again(tmp_path: Path) -> None:
    """A disk that lost the tail of a file gets it back with the next upload of the same bytes."""
    store = LocalStore(tmp_path)
    sha256 = put(store)
    with store.local_path(sha256) as path:
        path.chmod(0o600)
        path.write_bytes(DATA[:100])
    put(store)
    assert b"".join(store.open(sha256)) == DATA


def test_the_cache_of_s3_keeps_within_its_size(s3_address: str, tmp_path: Path) -> None:
    """The copy used longest ago makes room for the next."""
    store = S3Store(s3_address, cache_folder=tmp_path, cache_bytes=2500)
    hashes = [put(store, bytes([n]) * 1000) for n in range(3)]
    for sha256 in hashes:
        with store.local_path(sha256) as path:
            assert path.stat().st_size == 1000
    assert sum(path.stat().st_size for path in files_in(tmp_path)) == 2000


def test_a_signed_address_can_be_read_by_a_browser(s3_address: str, tmp_path: Path) -> None:
    """S3 may serve a file by itself for a while."""
    import httpx

    store = S3Store(s3_address, cache_folder=tmp_path)
    sha256 = put(store, b"signed")
    url = store.signed_url(sha256, seconds=60)
    assert url is not None
    assert httpx.get(url).content == b"signed"


def test_an_address_names_the_store(s3_address: str, tmp_path: Path) -> None:
    """A folder, a file: address and an s3: address open the store they name."""
    for address in (tmp_path / "a", str(tmp_path / "a"), (tmp_path / "a").as_uri()):
        local = open_store(address)
        assert isinstance(local, LocalStore)
        assert local.folder == tmp_path / "a"
    assert isinstance(open_store(s3_address), S3Store)


@pytest.mark.parametrize(
    ("address", "says"),
    [("ftp://host/x", 'kind "ftp" is not known'), ("s3:///x", "names no bucket"), ("s3://lab/x?key=1", "unknown parts: key")],
)
def test_a_wrong_address_is_explained(address: str, says: str) -> None:
    """What is wrong and what would be right."""
    with pytest.raises(BadInput, match=says):
        open_store(address)


def test_copies_of_s3_are_not_kept_in_somebody_elses_folder(s3_address: str, tmp_path: Path) -> None:
    """A folder that another user prepared, or a link, could give away or replace a client's files."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").symlink_to("elsewhere")
    store = S3Store(s3_address, cache_folder=tmp_path / "cache")
    with pytest.raises(Unavailable, match="belongs to somebody else"):
        put(store)
    assert files_in(tmp_path) == []
