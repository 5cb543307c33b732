"""Serve a lab: the web process, its settling and its background jobs, started and stopped together."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import structlog

from accessibility.sentences import sentence
from workbench.commands.telling import tell
from workbench.context import Context, open_context
from workbench.errors import Invalid, Unavailable
from workbench.settings import Settings

log = structlog.get_logger()
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def serve(settings: Settings, *, host: str, port: int, workers: int, tls: bool, links: Sequence[tuple[str, str]] = ()) -> None:
    """
    Serve until stopped.

    Args:
        workers: server processes; SQLite has one writer, so more than one needs PostgreSQL.
        tls: https with a certificate made in the data folder.
        links: (who, path) sign-ins to print: a demo's.

    Raises:
        Invalid: several workers on SQLite.
        Unavailable: the port is taken.
    """
    if workers > 1 and settings.database_url.startswith("sqlite"):
        raise Invalid(
            "Several server processes need PostgreSQL: SQLite has one writer. Set WORKBENCH_DATABASE_URL, or use --workers 1."
        )
    settings = replace(settings, processes=workers)
    # uvicorn raises SIGTERM again when it is done: by default that would end us before our children are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listening = _listen(host, port)
    code = _setup_code(settings)  # first: it makes the folder
    certificate = _certificate(settings, host) if tls else None
    scheme = "https" if tls else "http"
    _print_welcome(
        f"{scheme}://{'localhost' if host in LOOPBACK and tls else host}:{listening.getsockname()[1]}", links, host, tls
    )
    if code:
        tell("This lab is empty. Who sets it up from another machine is asked for this code:  {code}", code=code)
    stop = threading.Event()
    starts = [partial(_serve_one_in_child, settings, listening, certificate, code, number) for number in range(2, workers + 1)]
    helpers = [threading.Thread(target=_keep_running, args=(start, stop), daemon=True) for start in starts]
    for helper in helpers:
        helper.start()
    try:
        run_server(settings, listening, certificate, code)
    finally:
        stop.set()
        for helper in helpers:
            helper.join(timeout=20)


def run_server(
    settings: Settings,
    listening: socket.socket,
    certificate: tuple[Path, Path] | None,
    setup_code: str | None = None,
    log_name: str = "web",
) -> None:
    """One server process on a socket that already listens. Each process has a log of its own."""
    import uvicorn

    from workbench.web import logs
    from workbench.web.app import create_app

    logs.begin(settings, log_name)
    # Large uploads wait on the disk of the lab: /tmp may be memory.
    incoming = settings.data / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(incoming)
    ctx = open_context(settings)
    with background(ctx) as settling:
        app = create_app(ctx, setup_code=setup_code)
        app.state.settling = settling
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ssl_certfile=str(certificate[0]) if certificate else None,
            ssl_keyfile=str(certificate[1]) if certificate else None,
            timeout_graceful_shutdown=5,
            server_header=False,
        )
        uvicorn.Server(config).run(sockets=[listening])
    ctx.close()


@contextlib.contextmanager
def background(ctx: Context) -> Iterator[object]:
    """Settling, the end of leases and the jobs process, for as long as the server runs."""
    from workbench import jobs
    from workbench.review import Settling

    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep, args=(ctx, stop), name="sweeper", daemon=True)
    sweeper.start()
    start = partial(jobs.start_process, ctx.settings)
    background_jobs = threading.Thread(target=_keep_running, args=(start, stop), name="jobs", daemon=True)
    background_jobs.start()
    with Settling(ctx) as settling:
        try:
            yield settling
        finally:
            stop.set()
            sweeper.join(timeout=5)
            background_jobs.join(timeout=15)


def _sweep(ctx: Context, stop: threading.Event) -> None:
    """Leases that ran out are offered again, blocks of people who went home end; plug-ins look after what is theirs."""
    from task_types import plug_ins
    from workbench import planning
    from workbench.store import offering

    more: list[Callable[[Context], None]] = [point.load() for point in plug_ins.points("workbench.sweeps")]
    while not stop.wait(20):
        try:
            now = ctx.now()
            ctx.db.write(lambda connection, now=now: offering.expire(connection, now=now))  # type: ignore[misc]
            ctx.db.write(lambda connection, now=now: planning.tidy(connection, now))  # type: ignore[misc]
            for sweep in more:
                sweep(ctx)
        except Exception as error:
            log.error("leases were not looked at; the next round does it", error=type(error).__name__)


def _keep_running(start: Callable[[], subprocess.Popen[bytes]], stop: threading.Event) -> None:
    """A process of ours, started again whenever it dies, until `stop`."""
    while not stop.is_set():
        child = start()
        while child.poll() is None and not stop.wait(0.5):
            pass
        if child.poll() is None:
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=10)
            if child.poll() is None:
                child.kill()
        elif not stop.is_set():
            log.error("a process of the server died; a new one is started", status=child.returncode)
            stop.wait(2)  # not in a tight circle


def _setup_code(settings: Settings) -> str | None:
    """Who reaches an empty lab from elsewhere must have seen this server's own screen to become its manager."""
    # Also where it listens to this machine only: a proxy on it lets all the world in.
    from workbench.web.app import new_setup_code
    from workbench.web.setup import is_needed

    ctx = open_context(settings)
    try:
        return new_setup_code() if is_needed(ctx) else None
    finally:
        ctx.close()


def _serve_one_in_child(
    settings: Settings, listening: socket.socket, certificate: tuple[Path, Path] | None, setup_code: str | None, number: int
) -> subprocess.Popen[bytes]:
    listening.set_inheritable(True)
    arguments = [
        str(os.getpid()),
        str(listening.fileno()),
        str(number),
        setup_code or "-",
        *(str(path) for path in certificate or ()),
    ]
    environ = {
        **os.environ,
        "WORKBENCH_DATA": str(settings.data),
        "WORKBENCH_DATABASE_URL": settings.database_url,
        "WORKBENCH_STORAGE_URL": settings.storage_url,
        "WORKBENCH_PROCESSES": str(settings.processes),
    }
    command = [sys.executable, "-m", "workbench.serving", *arguments]
    return subprocess.Popen(command, pass_fds=[listening.fileno()], env=environ)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise Unavailable(
                sentence(
                    "The workbench cannot listen at {host}, port {port}: {strerror}. "
                    "Choose another address with --host, or another port with --port.",
                    port=port,
                    host=host,
                    strerror=error.strerror,
                )
            ) from error
        raise Unavailable(
            sentence(
                "Port {port} on {host} cannot be used: {strerror}. Is another workbench running? "
                "Stop it, or choose another port with --port.",
                port=port,
                host=host,
                strerror=error.strerror,
            )
        ) from error
    return listening


def _certificate(settings: Settings, host: str) -> tuple[Path, Path]:
    from workbench import certificates

    return certificates.for_host(settings.data / "tls", host)


def _print_welcome(address: str, links: Sequence[tuple[str, str]], host: str, tls: bool) -> None:
    tell("The workbench is at {address}   (stop with Ctrl+C)", address=address)
    if links:
        print()
        tell("Sign in with one click:")
        width = max(len(who) for who, _ in links)
        for who, path in links:
            print(f"  {who:<{width}}  {address}{path}")
    if host not in LOOPBACK and not tls:
        tell("Other machines reach this without encryption: microphone and offline work need https. Add --tls.")
    sys.stdout.flush()


def _end_with(parent: int) -> None:
    """When the first process is killed nobody would end this one, and it would keep the port."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _main() -> None:
    parent, descriptor, number, setup_code, *files = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process hears Ctrl+C and ends the others
    threading.Thread(target=_end_with, args=(int(parent),), name="parent", daemon=True).start()
    listening = socket.socket(fileno=int(descriptor))
    certificate = (Path(files[0]), Path(files[1])) if files else None
    run_server(Settings.load(), listening, certificate, None if setup_code == "-" else setup_code, f"web-{number}")


if __name__ == "__main__":
    _main()
