"""Pictures beside words: only what is safe to show is kept, labels name what is there, and a worker sees it."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.web.builders import Furnished
from tests.web.conftest import SignIn, csrf
from workbench import projects, symbol_files, symbols
from workbench.context import Context
from workbench.domain import Role
from workbench.errors import Conflict, Invalid, NotFound

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"{more}>{inside}</svg>'


def svg(inside: str = '<path d="M0 0h8"/>', more: str = "") -> bytes:
    """A small SVG."""
    return SVG.format(inside=inside, more=more).encode()


def png(side: int = 8, note: str = "") -> bytes:
    """A small PNG, perhaps with a text in it."""
    info, out = PngInfo(), io.BytesIO()
    info.add_text("comment", note)
    Image.new("RGBA", (side, side), "red").save(out, "PNG", pnginfo=info)
    return out.getvalue()


def test_the_symbols_of_the_workbench_pass_their_own_check(ctx: Context) -> None:
    """Each is an SVG of shapes only."""
    own = symbols.symbols(ctx).values()
    assert len(own) >= 20
    assert {symbol_files.checked(each.path.read_bytes())[0] for each in own} == {".svg"}


@pytest.mark.parametrize(
    "data",
    [
        svg("<script>alert(1)</script>"),
        svg('<path d="M0 0" onclick="alert(1)"/>'),
        svg('<image href="https://example.org/x.png"/>'),
        svg('<a href="javascript:alert(1)"><path d="M0 0"/></a>'),
        svg('<path d="M0 0" fill="url(https://example.org/x)"/>'),
        svg('<path d="M0 0" fill="url( \'//example.org\')"/>'),
        svg('<path d="M0 0" style="fill:url(x)"/>'),
        svg("<style>@import url(x)</style>"),
        svg("<foreignObject/>"),
        svg('<use xlink:href="#x"/>', ' xmlns:xlink="http://www.w3.org/1999/xlink"'),
        b'<!DOCTYPE svg [<!ENTITY x "y">]>' + svg(),
        b"<html/>",
        b"GIF89a",
        b"",
        png()[:-6],
        png().replace(b"IDAT", b"IDAX"),
        png(3000),
        svg('<path d="' + "M0 0" * 60_000 + '"/>'),
    ],
)
def test_what_might_run_or_load_or_is_no_picture_is_refused(ctx: Context, data: bytes) -> None:
    """In a sentence beside the file; nothing is kept."""
    with pytest.raises(Invalid) as refused:
        symbols.add(ctx, "mine", data)
    assert refused.value.field == "file"
    assert "mine" not in symbols.symbols(ctx)


def test_what_an_editor_noted_for_itself_is_left_out(ctx: Context) -> None:
    """Other vocabularies, metadata, classes, texts in a PNG; the shapes stay."""
    noted = svg(
        '<metadata>me</metadata><e:view xmlns:e="urn:e"/><path class="a" e:x="1" xmlns:e="urn:e" d="M0 0h8" fill="url(#a)"/>'
    )
    kept = symbols.add(ctx, "mine", noted).path.read_text()
    assert 'd="M0 0h8"' in kept
    assert not [word for word in ("metadata", "urn:e", "class") if word in kept]
    assert b"secret" not in symbols.add(ctx, "mine", png(note="secret")).path.read_bytes()
    assert symbols.find(ctx, "mine").mime == "image/png", "the newer file replaces the older one of another kind"
    assert Image.open(symbols.find(ctx, "mine").path).size == (8, 8)


def test_labels_name_symbols_that_are_there(ctx: Context) -> None:
    """A typing error is told with the nearest; a sign needs no picture; a symbol in use stays."""
    with pytest.raises(Invalid, match=r'no symbol "boot"\. Did you mean "boat"'):
        projects.create(ctx, "One", "choice", {"labels": [{"value": "a", "symbol": "boot"}]})
    symbols.add(ctx, "harbour", svg())
    labels = [{"value": "a", "symbol": "harbour"}, {"value": "b", "symbol": "⛵"}]
    projects.create(ctx, "One", "choice", {"labels": labels})
    with pytest.raises(Conflict):
        symbols.remove(ctx, "harbour")
    symbols.add(ctx, "boat", svg())
    symbols.remove(ctx, "boat")
    assert symbols.find(ctx, "boat").own
    for name in ("boat", "nothing", "../secret"):
        with pytest.raises(NotFound):
            symbols.remove(ctx, name)


def test_a_manager_adds_a_symbol_and_everybody_sees_it(browser: SignIn, here: Furnished, ctx: Context) -> None:
    """On the page, in a project as a worker sees it, and served so that it can do nothing else."""
    manager, worker = browser(Role.MANAGER), browser(Role.WORKER)
    form = {"csrf": csrf(manager), "name": "zeilboot"}
    assert manager.post("/manager/symbols", data=form).status_code == 422
    assert manager.post("/manager/symbols", data={**form, "name": "Zeil Boot"}, files={"file": svg()}).status_code == 422
    assert manager.post("/manager/symbols", data=form, files={"file": ("x.svg", svg())}).status_code == 303
    assert "zeilboot" in manager.get("/manager/symbols").text
    served = worker.get("/symbols/zeilboot")
    assert served.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in served.headers["content-security-policy"]
    assert worker.get("/symbols/nothing").status_code == 404
    labels = [{"value": "boot", "symbol": "zeilboot"}, {"value": "water", "symbol": "≈"}]
    made = projects.create(ctx, "Boten", "choice", {"labels": labels}, "Omroep Oost")
    page = manager.get(f"/projects/{made.public_id}/preview").text
    assert '<img class="choice__symbol choice__picture" src="/symbols/zeilboot" alt=""' in page
    assert "≈</span>" in page
    assert manager.post("/manager/symbols/zeilboot/remove", data={"csrf": csrf(manager)}).status_code == 409
