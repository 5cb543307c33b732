"""What the guide's reader does once the plug-in is installed: a project, a page, an answer, an export. Run by test_guide."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from fastapi.testclient import TestClient

from workbench import export, people, projects, review
from workbench.context import open_context
from workbench.domain import Role
from workbench.ingest import ingest
from workbench.settings import Settings
from workbench.web.app import create_app


def main(folder: Path) -> None:
    """Print what came out, as JSON."""
    ctx = open_context(Settings.load({}, data=folder / "lab"))
    (folder / "note.txt").write_text("Thank you so much!")
    project = projects.create(ctx, "Kind letters", "kindness", {"language": "en"})
    assert not ingest(ctx, project, [folder / "note.txt"]).problems
    worker = people.enrol(ctx, "Noor", [Role.WORKER], locale="en")
    with TestClient(create_app(ctx), headers={"authorization": f"Bearer {worker.token}"}) as http:
        page = http.get("/work/next")
        assert page.status_code == 200, page.text
        key = re.search(r'name="key" value="([^"]+)"', page.text)
        assert key is not None
        sent = http.post(page.url.path, data={"label": "kind", "key": key[1]})
        assert sent.status_code == 200, sent.text
    review.drain(ctx)
    export.export(ctx, project, "jsonl", folder / "out.jsonl")
    row = json.loads((folder / "out.jsonl").read_text("utf-8"))
    heading = re.search(r"<h1[^>]*>([^<]+)", page.text)
    print(
        json.dumps({"asked": heading[1] if heading else "", "text": "Thank you so much!" in page.text, "answer": row["answer"]})
    )
    ctx.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
