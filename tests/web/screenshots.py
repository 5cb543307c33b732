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
from tests.conftest import Clock, lab
from tests.mturk.furnish import with_bridge
from tests.web.builders import furnish, with_coach, with_work
from tests.web.serving import serving
from tests.web.test_pages_in_browser import ROLES, Site, is_page, signed_in
from workbench.domain import Role
from workbench.web.app import create_app


def take(out: Path, roles: list[Role | None], locales: list[str]) -> int:
    """Take the pictures; returns how many."""
    taken, clock = 0, Clock()
    with tempfile.TemporaryDirectory() as folder, browsing.chromium() as chromium:
        ctx = lab(Path(folder) / "lab", clock)
        here = furnish(ctx)
        with_work(ctx, here, Path(folder) / "texts")
        with_coach(ctx, here)
        with_bridge(ctx, here)
        app = create_app(ctx)
        with serving(app) as url:
            site = Site(url, app, here, clock)
            for locale in locales:
                for role in roles:
                    taken += _of_role(site, chromium, role, locale, out / locale / str(role or "anybody"))
        ctx.close()
    return taken


def _of_role(site: Site, chromium: browsing.Browser, role: Role | None, locale: str, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    context = signed_in(site, chromium, role, locale)
    page = context.new_page()
    names = {value: name for name, value in site.here.paths.items()}
    found = [path for path in site.pages_of(role) if is_page(context, site.url + path)]
    for path in found:
        page.goto(site.url + path)
        name = "-".join(names.get(part, part) for part in path.strip("/").split("/")) or "start"
        page.screenshot(path=out / f"{name}.png", full_page=True)
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
