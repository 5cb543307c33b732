"""Every kind of work that the demo lab asks has its picture on its page, and the command that makes them works."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.demo import screenshots

PAGES = Path(__file__).parents[2] / "docs" / "task-types"
PICTURES = PAGES / "screenshots"


def test_each_type_of_the_demo_has_its_picture_on_its_page() -> None:
    """Missing? Run: python -m tests.demo.screenshots docs/task-types/screenshots TYPE"""
    missing = [name for name in screenshots.asked() if not screenshots.path_of(PICTURES, name).exists()]
    unshown = [
        name for name in screenshots.asked() if f"(screenshots/{name}-nl.webp)" not in (PAGES / f"{name}.md").read_text("utf-8")
    ]
    assert (missing, unshown) == ([], [])
    assert {path.name for path in PICTURES.iterdir()} == {f"{name}-nl.webp" for name in screenshots.asked()}


def test_all_pictures_together_are_small() -> None:
    """Who clones the project gets them as well: at most 2 MB."""
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 2 << 20


def test_the_command_makes_the_picture_of_a_type(tmp_path: Path) -> None:
    """In a demo lab of its own; it shows something."""
    [made] = screenshots.make(tmp_path, ["text_label"])
    with Image.open(made) as picture:
        assert picture.width == 960
        assert picture.height >= 540
        assert len(set(picture.convert("L").tobytes())) > 50
