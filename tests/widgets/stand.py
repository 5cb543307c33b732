"""A stand to try widgets on: each example on a page of its own, under the strict policy of the real pages."""

from __future__ import annotations

import io
import json
import math
import struct
import tempfile
import threading
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from PIL import Image, ImageDraw

from accessibility import widgets
from task_types import registry
from workbench.media import derive

STATIC = Path(__file__).parents[2] / "workbench" / "static"
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-stand'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'"
)
KEEP = {"cache-control": "max-age=3600"}  # one visitor tries many widgets
PAGE = """<!doctype html>
<html lang="{{ locale }}"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/workbench.css">
{% for style in folder.styles %}<link rel="stylesheet" href="/widgets/{{ style }}">{% endfor %}
<script type="importmap" nonce="stand">{"imports": {"workbench/": "/static/", "widgets/": "/widgets/"}}</script>
{% for module in folder.modules %}<script type="module" src="/widgets/{{ module }}"></script>{% endfor %}
</head><body><main id="main"><h1 id="question">{{ title }}</h1>
<form method="post" action="/post" id="task">{% include folder.template %}
<button class="button button--primary" type="submit">Send</button></form></main></body></html>"""


def picture(doors: int = 1) -> bytes:
    """A street with a green door (or more, for another picture), 640 × 360."""
    image = Image.new("RGB", (640, 360), "#bcd4e6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 260, 640, 360), fill="#8a8a8a")
    draw.rectangle((220, 100, 420, 262), fill="#c98e63")
    for door in range(doors):
        draw.rectangle((290 + 100 * door, 160, 350 + 100 * door, 262), fill="#2c7a3f")
    draw.ellipse((500, 270, 560, 330), fill="#e08020")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def sound(seconds: float = 2.0, rate: int = 8000) -> bytes:
    """A tone, as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        samples = (int(9000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()


def media_url(media: str, variant: str, **_parameters: Any) -> str:
    """Where the stand keeps its media."""
    return f"/media/{media}/{variant}"


def stand(cases: Mapping[str, tuple[str, Any]] | None = None, **films: Path) -> FastAPI:
    """
    Pages /try/{widget}/{number}; what is posted comes back as JSON.

    cases: name → (type, case), at /case/{name}; films: more media, by name.
    """
    app = FastAPI()
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.DictLoader({"page.html": PAGE}), widgets.loader()]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    folder = Path(tempfile.mkdtemp(prefix="stand-"))
    (folder / "picture.png").write_bytes(picture())
    (folder / "sound.wav").write_bytes(sound())
    files = {path.stem: path for path in folder.iterdir()} | films

    def show(title: str, folder: widgets.WidgetFolder, data: Any, draft: Any, broken: str) -> HTMLResponse:
        errors = {broken: "Please answer this."} if broken else {}
        given = {"title": title, "folder": folder, "data": data, "draft": draft, "errors": errors}
        html = environment.get_template("page.html").render(given, locale="en", typed={}, media_url=media_url)
        return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})

    @cache
    def suggestions(name: str) -> Path:
        made = folder / f"of-{name}"
        made.mkdir()
        return derive("proposals", files[name], made)[0]

    @app.get("/try/{name}/{number}")
    def page(name: str, number: int, broken: str = "") -> HTMLResponse:
        example = widgets.examples(name)[number]
        return show(example.title, widgets.find(name), example.data, example.draft, broken)

    @app.get("/type/{name}/{number}")
    def type_page(name: str, number: int, drafted: bool = False) -> HTMLResponse:
        task_type: Any = registry.get(name)
        example = task_type.examples[number]
        widget = task_type.widget(example.case)
        draft = example.accepted[0].model_dump(mode="json", exclude_none=True) if drafted else None
        return show(task_type.question(example.case).title, widgets.find(widget.name), widget.data, draft, "")

    @app.get("/case/{name}")
    def case_page(name: str) -> HTMLResponse:
        type_name, case = (cases or {})[name]
        task_type: Any = registry.get(type_name)
        widget = task_type.widget(case)
        return show(task_type.question(case).title, widgets.find(widget.name), widget.data, None, "")

    @app.get("/film/{name}")
    def film_page(name: str) -> HTMLResponse:
        example = widgets.examples("segments")[-1]
        data = {**example.data, "subject": {"kind": "video", "media": name, "start_ms": 0, "end_ms": None}}
        return show(name, widgets.find("segments"), data, None, "")

    @app.get("/media/{name}/frames")
    def frames(name: str) -> Response:
        if name not in films:
            return Response(status_code=404)
        [made] = derive("frames", films[name], folder)
        return JSONResponse({"first": 0, **json.loads(made.read_text())})

    @app.get("/media/{name}/peaks")
    def peaks(name: str) -> Response:
        return Response(derive("peaks", files["sound"], folder)[0].read_bytes())

    @app.get("/media/{name}/{variant}")
    def media(name: str, variant: str) -> Response:
        if variant == "proposals":
            return FileResponse(suggestions(name if name in files else "picture"))
        meant = name if name in files else "picture" if variant in ("upright", "crop", "frame") else "sound"
        return FileResponse(files[meant])  # knows Range: without it a browser cannot seek

    @app.get("/widgets/{path:path}")
    def widget_file(path: str) -> Response:
        found = widgets.static_file(path)
        return Response(found[0].read_bytes(), media_type=found[1], headers=KEEP) if found else Response(status_code=404)

    @app.get("/assets/{path:path}")
    def asset(path: str) -> Response:
        return Response(resources.files("workbench_assets").joinpath(path).read_bytes(), headers=KEEP)

    @app.get("/static/{path:path}")
    def static_file(path: str) -> Response:
        file = STATIC / path
        if not file.is_file():
            return Response(status_code=404)
        return Response(file.read_bytes(), media_type="text/css" if path.endswith("css") else "text/javascript", headers=KEEP)

    @app.post("/post")
    async def post(request: Request) -> JSONResponse:
        form = await request.form()
        return JSONResponse({key: form.getlist(key) if len(form.getlist(key)) > 1 else form[key] for key in form})

    return app


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of a running server, on a port that was free."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning")
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    socket.listen()  # who comes before the thread has begun waits, and is not refused
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def posted(text: str) -> dict[str, Any]:
    """What the stand says it was sent."""
    return dict(json.loads(text))
