"""
A picture of every page that a person can open, in Dutch and English, to look at:

    .venv/bin/python -m tests.web.screenshots OUT [--role coach …] [--locale nl …]

The lab is the furnished one of the tests; pictures are OUT/LOCALE/ROLE/PATH.png, whole pages of 1280 pixels wide.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests import browsing
from tests.web.site import Site, running
from tests.web.test_pages_in_browser import ROLES, reader, signed_in
from workbench.domain import Role


def take(out: Path, roles: list[Role | None], locales: list[str]) -> int:
    """Take the pictures; returns how many."""
    with tempfile.TemporaryDirectory() as folder, browsing.chromium(windows=True) as chromium, running(Path(folder)) as site:
        return sum(
            _of_role(site, chromium, role, locale, out / locale / str(role or "anybody")) for locale in locales for role in roles
        )


def _of_role(site: Site, chromium: browsing.Browser, role: Role | None, locale: str, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    context = signed_in(site, chromium, role, locale)
    page, read = context.new_page(), reader(site, context, locale)
    names = {value: name for name, value in site.here.paths.items()}
    found = [path for path in site.pages_of(role) if read.page(path) is not None]
    for path in found:
        page.goto(site.url + path)
        name = "-".join(names.get(part, part) for part in path.strip("/").split("/")) or "start"
        # A window as high as the page: a frame that no window shows is not drawn.
        page.set_viewport_size({**browsing.VIEW, "height": page.evaluate("document.documentElement.scrollHeight")})
        page.screenshot(path=out / f"{name}.png", full_page=True)
        page.set_viewport_size(browsing.VIEW)
    browsing.leave(context)
    return len(found)


def main() -> None:
    """Read what is asked, and do it."""
    named = {str(role or "anybody"): role for role in ROLES}
    chosen = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    chosen.add_argument("out", type=Path)
    chosen.add_argument("--role", nargs="*", choices=named, default=list(named))
    chosen.add_argument("--locale", nargs="*", choices=["nl", "en"], default=["nl", "en"])
    asked = chosen.parse_args()
    print(take(asked.out, [named[each] for each in asked.role], asked.locale), "pictures in", asked.out)


if __name__ == "__main__":
    main()
