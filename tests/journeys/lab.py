"""A lab over HTTP for journeys: people who sign in by their card's link, and projects with a little work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Page

from tests.widgets import stand
from workbench import people, projects
from workbench import tables as t
from workbench.context import Context
from workbench.domain import Json, Person, Project, Role
from workbench.ingest import ingest
from workbench.web.app import create_app

POINTS: list[Json] = [
    {"value": 1, "text": {"en": "Hard to read", "nl": "Moeilijk te lezen"}},
    {"value": 2, "text": {"en": "Fine", "nl": "Gaat wel"}},
    {"value": 3, "text": {"en": "Easy to read", "nl": "Makkelijk te lezen"}, "symbol": "yes"},
]


@dataclass
class Server:
    """The app on one port; it can go away and come back. `furnish` gets each app before it serves."""

    ctx: Context
    port: int = 0
    running: uvicorn.Server | None = None
    thread: threading.Thread | None = None
    furnish: Callable[[Any], None] = lambda _: None

    def start(self) -> None:
        """Serve, on the same port as before."""
        app = create_app(self.ctx)
        self.furnish(app)
        config = uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="error", timeout_graceful_shutdown=1)
        socket = config.bind_socket()
        socket.listen()  # who comes before the thread has begun waits, and is not refused
        self.port = socket.getsockname()[1]
        self.running = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.running.run, kwargs={"sockets": [socket]}, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Gone: connections are refused."""
        if self.running and self.thread:
            self.running.should_exit = True
            self.thread.join(timeout=20)
        self.running = self.thread = None


@dataclass
class Lab:
    """The lab of one test."""

    ctx: Context
    server: Server
    links: dict[str, str] = field(default_factory=dict)
    badges: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it answers. Chromium counts localhost as secure, so there is a service worker."""
        return f"http://localhost:{self.server.port}"

    def person(self, name: str = "Noor", role: Role = Role.WORKER, *, locale: str = "en", client: str | None = None) -> Person:
        """Somebody with a card."""
        enrolled = people.enrol(self.ctx, name, [role], locale=locale, client=client)
        self.links[name] = enrolled.link_path
        self.badges[name] = enrolled.badge_code or ""
        return enrolled.person

    def sign_in(self, page: Page, name: str = "Noor") -> None:
        """Hold the card."""
        page.goto(self.url + self.links[name])

    def hold_badge(self, page: Page, name: str = "Noor") -> None:
        """Hold the badge to a reader: it types the code and Enter, wherever the page put the cursor."""
        page.goto(self.url + "/sign-in")
        page.keyboard.type(self.badges[name])
        page.keyboard.press("Enter")
        page.wait_for_url("**/work")

    def project(self, name: str, kind: str, files: dict[str, bytes], folder: Path, **settings: Any) -> Project:
        """An open project with these files in it."""
        project = projects.create(self.ctx, name, kind, {"gold": "off", **settings})
        folder.mkdir(parents=True, exist_ok=True)
        for file_name, content in files.items():
            (folder / file_name).write_bytes(content)
        report = ingest(self.ctx, project, [folder])
        assert not report.problems, report.problems
        return project

    def texts(self, folder: Path, texts: Sequence[str], **settings: Any) -> Project:
        """Texts to rate."""
        files = {f"{number}.txt": text.encode() for number, text in enumerate(texts)}
        return self.project("Texts", "rating", files, folder / "texts", scale=POINTS, question="How does this read?", **settings)

    def pictures(self, folder: Path, **settings: Any) -> Project:
        """One picture to draw a box on."""
        files = {"street.png": stand.picture()}
        return self.project("Street", "bounding_box", files, folder / "pictures", labels=["door", "ball"], **settings)

    def sounds(self, folder: Path, **settings: Any) -> Project:
        """One sound to type."""
        return self.project("Speech", "transcription", {"one.wav": stand.sound()}, folder / "sounds", **settings)

    def annotations(self) -> list[Any]:
        """What is in the database, oldest first."""
        query = t.annotation.select().order_by(t.annotation.c.id)
        return self.ctx.db.read(lambda connection: list(connection.execute(query)))


@contextmanager
def opened(ctx: Context) -> Iterator[Lab]:
    """The lab, answering until the test ends."""
    server = Server(ctx)
    server.start()
    try:
        yield Lab(ctx, server)
    finally:
        server.stop()
