"""Files that browsers fetch. Under an address that names their content they are asked for once, and never looked up again."""

from __future__ import annotations

import hashlib
import re
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


@cache
def version() -> str:
    """
    What names the content of all styles, scripts and drawings of the pages. One for all of them: modules import each other
    by their place. Read once: who changes a file starts the server again.
    """
    found = hashlib.sha256()
    for folder in (STATIC, WIDGETS):
        for path in sorted(path for path in folder.rglob("*") if path.suffix in SERVED):
            content = path.read_bytes()
            found.update(f"{path.relative_to(folder)}:{len(content)}:".encode() + content)
    return "v" + found.hexdigest()[:12]


class BrowserFiles(StaticFiles):
    """
    These folders also hold templates, examples and Python: only what a browser needs is served.

    With the version before them, files may be kept for good. A page that was open while the lab was updated still finds
    its files, under the address of before, as they are now.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or 404."""
        if Path(path).suffix not in SERVED:
            raise HTTPException(404)
        first, _, rest = path.partition("/")
        versioned = bool(rest) and _VERSION.fullmatch(first) is not None
        found = await super().get_response(rest if versioned else path, scope)
        if versioned and first == version():
            found.headers["cache-control"] = FOR_GOOD
        return found
