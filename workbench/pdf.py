"""Pages as tagged PDF (PDF/UA), by WeasyPrint in a process of its own: the web process never loads it.

    python -m workbench.pdf < page.html > page.pdf

The page brings its style and pictures along: nothing is fetched.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from workbench import __version__
from workbench.errors import Unavailable

LONGEST_SECONDS = 60
KEPT = 50
_one_at_a_time = threading.Lock()  # a hundred MiB each: who presses twice waits, and gets the one that was made


def available() -> bool:
    """Is the extra `pdf` installed?"""
    return importlib.util.find_spec("weasyprint") is not None


def render(html: str) -> bytes:
    """
    The PDF of a page.

    Raises:
        Unavailable: the extra is not installed, or the libraries it needs are not on this machine.
    """
    if not available():
        raise Unavailable("PDF needs an extra. Ask the lab manager to install annotation-lab[pdf], or print this page instead.")
    command = [sys.executable, "-m", "workbench.pdf"]
    try:
        done = subprocess.run(command, input=html.encode(), capture_output=True, timeout=LONGEST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unavailable("Making the PDF took too long. Print this page instead.") from error
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise Unavailable("The PDF could not be made on this machine: Pango is missing. Print this page instead.")
    return done.stdout


def kept(html: str, folder: Path) -> bytes:
    """
    The PDF of a page, made once: the same page again is read from `folder`, which keeps the newest KEPT.

    Raises:
        Unavailable: as `render`.
    """
    place = folder / f"{sha256(f'{__version__} {html}'.encode()).hexdigest()}.pdf"
    with suppress(FileNotFoundError):
        return place.read_bytes()
    with _one_at_a_time:
        with suppress(FileNotFoundError):
            return place.read_bytes()
        return _keep(render(html), place)


def _keep(made: bytes, place: Path) -> bytes:
    folder = place.parent
    folder.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(f".{os.getpid()}.part")  # whole or not there
    part.write_bytes(made)
    part.replace(place)
    for old in sorted(folder.glob("*.pdf"), key=lambda each: each.stat().st_mtime_ns, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)
    return made


def forget(folder: Path) -> None:
    """Delete what `kept` put there."""
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Read a page on standard input, write its PDF on standard output."""
    import weasyprint
    from weasyprint.urls import URLFetcher

    nothing_but_what_is_in_the_page = URLFetcher(allowed_protocols={"data"})
    page = weasyprint.HTML(
        string=sys.stdin.buffer.read().decode(), url_fetcher=nothing_but_what_is_in_the_page, media_type="print"
    )
    sys.stdout.buffer.write(page.write_pdf(pdf_variant="pdf/ua-1"))


if __name__ == "__main__":
    main()
