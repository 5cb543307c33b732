"""The demo's pictures: drawn scenes, and real photographs that come inside scikit-image where that is installed."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 640)
PHOTOS = {  # file inside scikit-image → name here; their origin stands in scikit-image's own data/README.txt
    "astronaut.png": "astronaut.png",
    "chelsea.png": "cat.png",
    "coffee.png": "coffee.png",
    "rocket.jpg": "rocket.jpg",
    "coins.png": "coins.png",
    "hubble_deep_field.jpg": "stars.jpg",
}


def make(folder: Path) -> list[Path]:
    """All pictures of the demo, as files in this folder."""
    folder.mkdir(parents=True)
    drawn = [_save(folder / f"harbour-{number}.png", harbour(random.Random(number))) for number in range(1, 4)]  # noqa: S311 - a drawing
    receipts = [_save(folder / f"receipt-{number}.png", receipt(random.Random(number))) for number in range(1, 3)]  # noqa: S311
    return [*drawn, *receipts, *_photos(folder)]


def harbour(rng: random.Random) -> Image.Image:
    """Sky, water, and boats to draw boxes around."""
    picture = Image.new("RGB", SIZE, "#bfe3f7")
    draw = ImageDraw.Draw(picture)
    horizon = SIZE[1] // 2
    draw.rectangle((0, horizon, *SIZE), fill="#2b6c99")
    draw.ellipse((760, 60, 860, 160), fill="#ffd84d")
    for _ in range(60):
        x, y = rng.randrange(SIZE[0]), rng.randrange(horizon + 10, SIZE[1])
        draw.line((x, y, x + rng.randrange(15, 60), y), fill="#4f8fba", width=2)
    for _ in range(rng.randint(2, 4)):
        _boat(draw, rng.randrange(40, 760), rng.randrange(horizon - 10, SIZE[1] - 110), rng)
    return picture


def _boat(draw: ImageDraw.ImageDraw, x: int, y: int, rng: random.Random) -> None:
    width, height = rng.randint(110, 190), rng.randint(30, 45)
    sail = rng.choice(["#ffffff", "#f7d7c4", "#e8eef2"])
    draw.polygon(
        [(x, y), (x + width, y), (x + width - 25, y + height), (x + 25, y + height)],
        fill=rng.choice(["#8a3324", "#3a3f44", "#0f5132"]),
    )
    draw.line((x + width // 2, y, x + width // 2, y - 110), fill="#50382a", width=5)
    draw.polygon([(x + width // 2 + 6, y - 108), (x + width // 2 + 6, y - 8), (x + width - 10, y - 8)], fill=sail)


def receipt(rng: random.Random) -> Image.Image:
    """A shop receipt to type over."""
    picture = Image.new("RGB", (480, 640), "#fbfaf5")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=26)
    things = rng.sample([("Brood", 285), ("Melk", 139), ("Kaas", 649), ("Appels", 310), ("Koffie", 525)], 3)
    lines = ["DE GROENE WINKEL", f"{rng.randint(1, 28):02}-11-2026", ""]
    lines += [f"{name:<10}{cents / 100:>8.2f}".replace(".", ",") for name, cents in things]
    lines += ["", f"{'TOTAAL':<10}{sum(cents for _, cents in things) / 100:>8.2f}".replace(".", ",")]
    for number, line in enumerate(lines):
        draw.text((60, 60 + 48 * number), line, fill="#1c1c1c", font=font)
    return picture


def _photos(folder: Path) -> list[Path]:
    try:
        import skimage
    except ImportError:
        return []
    inside = Path(next(iter(skimage.__path__))) / "data"
    found = [(inside / name, folder / here) for name, here in PHOTOS.items() if (inside / name).exists()]
    for source, target in found:
        target.write_bytes(source.read_bytes())
    return [target for _, target in found]


def _save(path: Path, picture: Image.Image) -> Path:
    picture.save(path)
    return path
