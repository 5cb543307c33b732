"""Files that browsers fetch. Under an address that names their content they are asked for once, and never looked up again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import accessibility

STATIC = Path(__file__).parents[1] / "static"
WIDGETS = Path(accessibility.__file__).parent / "widgets"
SERVED = frozenset((".js", ".css", ".svg", ".json", ".woff2", ".wav"))
FOR_GOOD = "public, max-age=31536000, immutable"
_VERSION = re.compile(r"v[0-9a-f]{12}")  # sw.js and its kept files know addresses of this shape


@dataclass(frozen=True)
class Read:
    """
    Folders as they were read.

    version: names the content of all that is served of them.
    stamps: path → modification time (ns) and size (bytes) of each file then.
    """

    version: str
    stamps: Mapping[Path, tuple[int, int]]

    def holds(self, path: Path) -> bool:
        """Is this file still what the version names?"""
        return path in self.stamps and _stamp(path) == self.stamps[path]


def read(*folders: Path) -> Read:
    """What a browser may be given of these folders, as it is now."""
    found, stamps = hashlib.sha256(), {}
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in SERVED):
            stamps[path], content = _stamp(path), path.read_bytes()
            found.update(f"{path.relative_to(folder)}:{len(content)}:".encode() + content)
    return Read("v" + found.hexdigest()[:12], stamps)


def _stamp(path: Path) -> tuple[int, int]:
    seen = path.stat()
    return seen.st_mtime_ns, seen.st_size


@cache
def ours() -> Read:
    """Styles, scripts and drawings of the pages. Read once: who changes a file starts the server again."""
    return read(STATIC, WIDGETS)


def version() -> str:
    """One for all of them: modules import each other by their place."""
    return ours().version


class BrowserFiles(StaticFiles):
    """
    These folders also hold templates, examples and Python: only what a browser needs is served.

    With the version before them, files may be kept for good; not those that an update put there while this server runs on. A
    page that was open while the lab was updated still finds its files, under the address of before, as they are now.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404."""
        if Path(path).suffix not in SERVED:
            raise HTTPException(404)
        first, _, rest = path.partition("/")
        versioned = bool(rest) and _VERSION.fullmatch(first) is not None
        found = await super().get_response(rest if versioned else path, scope)
        if versioned and first == version() and self.directory is not None and ours().holds(Path(self.directory) / rest):
            found.headers["cache-control"] = FOR_GOOD
        return found
