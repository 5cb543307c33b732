"""Pictures of every kind become upright sRGB of 8 bits, and unsafe ones are refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.media.make_heic import heic
from workbench.errors import BadInput, RefusedUpload
from workbench.media import images
from workbench.media.probe import probe

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def corners() -> Image.Image:
    """60 × 40 pixels: red, green, blue, white from the upper left corner clockwise."""
    image = Image.new("RGB", (60, 40))
    for box, colour in zip(((0, 0), (30, 0), (30, 20), (0, 20)), (RED, GREEN, BLUE, WHITE), strict=True):
        image.paste(colour, (*box, box[0] + 30, box[1] + 20))
    return image


def corner_colours(image: Image.Image) -> list[str]:
    """The nearest of the four colours in each corner, clockwise from the upper left."""
    width, height = image.size
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    found = []
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)):
        pixel: Any = image.convert("RGB").getpixel((int(width * x), int(height * y)))
        found.append(min(names, key=lambda n: sum(abs(a - b) for a, b in zip(names[n], pixel, strict=True))))
    return found


def made(path: Path, folder: Path) -> Image.Image:
    (name,) = images.make_upright(path, folder, name="photo")
    return Image.open(folder / name)


# How the sensor's picture must be turned back for each EXIF orientation.
STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tiff", "avif"])
def test_turned_pictures_come_upright(orientation: int, ending: str, tmp_path: Path) -> None:
    """All eight EXIF orientations, in every format that has them, give the same picture and the same size."""
    stored = corners().transpose(STORED_AS[orientation]) if orientation > 1 else corners()
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{ending}"
    stored.save(path, exif=exif)
    image = made(path, tmp_path)
    assert image.size == (60, 40)
    assert corner_colours(image) == ["red", "green", "blue", "white"]
    found = probe(path, "a")
    assert (found.width, found.height) == (60, 40)


def test_grey_of_16_bits_is_scaled_and_not_clipped(tmp_path: Path) -> None:
    """A ramp over the whole range stays a ramp; Pillow's own conversion would make it white."""
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)
    for ending in ("png", "tiff"):
        path = tmp_path / f"ramp.{ending}"
        Image.fromarray(np.tile(ramp, (4, 1))).save(path)
        assert np.asarray(made(path, tmp_path).convert("L"))[0].tolist() == list(range(256))


def test_declared_depth_of_a_tiff_is_used(tmp_path: Path) -> None:
    """12 bits in a 16-bit file, as scanners write, are not nearly black."""
    path = tmp_path / "scan.tiff"
    Image.fromarray(np.full((4, 4), 4095, np.uint16)).save(path, tiffinfo={281: 4095})
    assert np.asarray(made(path, tmp_path).convert("L")).min() == 255


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-2.0, 6.0)])
def test_floating_greys_span_black_to_white(low: float, high: float, tmp_path: Path) -> None:
    """Measured values without a stated range go from the least to the greatest."""
    path = tmp_path / "float.tiff"
    Image.fromarray(np.linspace(low, high, 100, dtype=np.float32).reshape(10, 10)).save(path)
    pixels = np.asarray(made(path, tmp_path).convert("L"))
    assert (pixels.min(), pixels.max()) == (0, 255)


def test_colours_of_16_bits_are_kept(tmp_path: Path) -> None:
    """A 16-bit RGB PNG, written by hand because Pillow cannot."""
    pixel = struct.pack(">3H", 65535, 32768, 0)
    path = tmp_path / "deep.png"
    path.write_bytes(png(4, 4, depth=16, colour_type=2, raw=(b"\0" + pixel * 4) * 4))
    colour: Any = made(path, tmp_path).getpixel((1, 1))
    assert abs(np.array(colour) - (255, 128, 0)).max() <= 1


def png(width: int, height: int, *, depth: int, colour_type: int, raw: bytes) -> bytes:
    """A PNG out of its raw rows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def test_cmyk_becomes_screen_colours(tmp_path: Path) -> None:
    """A print-ready JPEG shows its colours, and the person is told."""
    path = tmp_path / "print.jpg"
    corners().convert("CMYK").save(path, quality=95)
    image = made(path, tmp_path)
    assert image.mode == "RGB"
    assert corner_colours(image) == ["red", "green", "blue", "white"]
    assert "CMYK" in " ".join(probe(path, "print").warnings)


def test_a_transparent_palette_keeps_its_holes(tmp_path: Path) -> None:
    """Palette with transparency becomes colours with alpha."""
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.paste(0, (0, 0, 4, 8))
    path = tmp_path / "logo.png"
    image.save(path, transparency=0)
    result = made(path, tmp_path)
    assert result.mode == "RGBA"
    assert (result.getpixel((0, 0)), result.getpixel((7, 0))) == ((0, 0, 0, 0), (255, 0, 0, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"])
def test_every_mode_of_pixels_can_be_shown(mode: str, tmp_path: Path) -> None:
    """Whatever a file holds comes out as RGB or RGBA."""
    path = tmp_path / "any.tiff"
    if mode in {"I;16", "I", "F"}:
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        Image.fromarray(np.arange(64).reshape(8, 8).astype(kind)).save(path)
    elif mode == "LAB":
        Image.new("LAB", (8, 8), (128, 128, 128)).save(path)
    else:
        Image.new("RGB", (8, 8), RED).convert(mode).save(path)
    assert made(path, tmp_path).convert("RGB").size == (8, 8)


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_of_a_moving_picture_the_first_frame_is_used(ending: str, tmp_path: Path) -> None:
    """And the person is told."""
    path = tmp_path / f"moving.{ending}"
    Image.new("RGB", (8, 8), RED).save(path, save_all=True, append_images=[Image.new("RGB", (8, 8), BLUE)], duration=100)
    found = probe(path, "moving")
    assert found.frames == 2
    assert "first of its 2 frames" in found.warnings[0]
    colour: Any = made(path, tmp_path).convert("RGB").getpixel((4, 4))
    assert colour[0] > 200
    assert colour[2] < 60


def test_a_tiff_of_several_pages_says_so(tmp_path: Path) -> None:
    """Pages are counted; the first is the picture."""
    path = tmp_path / "pages.tiff"
    corners().save(path, save_all=True, append_images=[corners()] * 2)
    found = probe(path, "pages")
    assert (found.pages, found.frames) == (3, None)
    assert "3 pictures" in found.warnings[0]


@pytest.mark.parametrize("quarter_turns", [0, 1])
def test_photos_of_phones_can_be_shown(quarter_turns: int, tmp_path: Path) -> None:
    """HEIC, also when the phone was held upright."""
    stored = corners().resize((120, 80), Image.Resampling.NEAREST)
    path = tmp_path / "IMG_1.HEIC"
    if quarter_turns:
        stored = stored.transpose(Image.Transpose.ROTATE_270)
    path.write_bytes(heic(stored, tmp_path, quarter_turns=quarter_turns))
    found = probe(path, "IMG_1.HEIC")
    assert (found.kind, found.mime, found.width, found.height) == ("image", "image/heic", 120, 80)
    image = made(path, tmp_path)
    assert image.size == (120, 80)
    assert corner_colours(image) == ["red", "green", "blue", "white"]


def test_colour_profiles_are_honoured(tmp_path: Path) -> None:
    """A picture whose profile swaps red and green comes out as its maker saw it, and without the profile."""
    path = tmp_path / "profile.png"
    Image.new("RGB", (8, 8), (200, 100, 50)).save(path, icc_profile=linear_profile())
    image = made(path, tmp_path)
    colour: Any = image.getpixel((4, 4))
    # Linear light 200/255 is 0.90 in sRGB, 100/255 is 0.66, 50/255 is 0.48.
    assert np.abs(np.array(colour) - (228, 168, 122)).max() <= 3
    assert "icc_profile" not in image.info


def linear_profile() -> bytes:
    """sRGB's own profile with its curves replaced by straight lines."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    for number in range(count):
        tag, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        if tag in {b"rTRC", b"gTRC", b"bTRC"}:
            profile[offset : offset + size] = (b"curv" + bytes(8)).ljust(size, b"\0")
    return bytes(profile)


def test_a_broken_profile_does_not_spoil_the_picture(tmp_path: Path) -> None:
    """It is left aside."""
    path = tmp_path / "broken.png"
    corners().save(path, icc_profile=b"not a profile at all")
    assert corner_colours(made(path, tmp_path)) == ["red", "green", "blue", "white"]


def test_nothing_of_the_camera_goes_along(tmp_path: Path) -> None:
    """Place and owner in the EXIF data stay in the original."""
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    path = tmp_path / "a.jpg"
    corners().save(path, exif=exif)
    (name,) = images.make_upright(path, tmp_path, name="a")
    assert b"Secret camera" not in (tmp_path / name).read_bytes()


def test_image_bombs_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    """A small file that claims 40,000 × 40,000 pixels."""
    path = tmp_path / "bomb.png"
    path.write_bytes(png(40_000, 40_000, depth=8, colour_type=0, raw=bytes(40_001) * 3))
    with pytest.raises(RefusedUpload, match=r'"bomb.png" (is 40,000 × 40,000|has more) pixels'):
        probe(path, "bomb.png")


def moving_gif(frames: int, *, wide: int = 1) -> bytes:
    """Frames of so many pixels either way on a canvas of one pixel; each takes 15 bytes."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    return screen + (struct.pack("<BHHHHB", 0x2C, 0, 0, wide, wide, 0) + b"\2\2\x44\1\0") * frames + b";"


def moving_png(frames: int) -> bytes:
    """A PNG that says it moves, with so many frames."""
    whole = png(1, 1, depth=8, colour_type=0, raw=b"\0\0")
    told = b"acTL" + struct.pack(">II", frames, 0)
    return whole[:33] + struct.pack(">I", 8) + told + struct.pack(">I", zlib.crc32(told)) + whole[33:]


def moving_webp(wide: int) -> bytes:
    """The head of a WebP that moves, on a canvas of so many pixels either way."""
    side = (wide - 1).to_bytes(3, "little")
    chunks = b"VP8X" + struct.pack("<I", 10) + b"\2\0\0\0" + side * 2 + b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def endless_tiff(pages: int, folder: Path) -> bytes:
    """One page, whose description stands in the file over and over, each naming the next."""
    path = folder / "page.tiff"
    Image.new("L", (1, 1)).save(path)
    data = bytearray(path.read_bytes())
    (first,) = struct.unpack("<I", data[4:8])
    size = 2 + 12 * struct.unpack("<H", data[first : first + 2])[0]
    page, start = bytes(data[first : first + size]), len(data) + len(data) % 2
    data[first + size : first + size + 4] = struct.pack("<I", start)
    data += bytes(start - len(data))
    for number in range(1, pages):
        data += page + struct.pack("<I", start + number * (size + 4) if number < pages - 1 else 0)
    return bytes(data)


def test_moving_bombs_are_refused_with_a_sentence(tmp_path: Path) -> None:
    """Frames without end, pages without end, a canvas or a first frame that would fill the memory: none is decoded."""
    many, large = "holds more than 5,000 pictures. Only the first would be used", "pixels"
    bombs = {
        "frames.gif": (moving_gif(5_001), many),
        "frames.png": (moving_png(2_000_000_000), many),
        "pages.tiff": (endless_tiff(5_001, tmp_path), many),
        "canvas.webp": (moving_webp(16_000), large),
        "frame.gif": (moving_gif(1, wide=60_000), large),
    }
    told = {}
    for name, (data, _) in bombs.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(RefusedUpload) as refused:
            probe(tmp_path / name, name)
        told[name] = refused.value.message
    assert {name: words in told[name] and f'"{name}"' in told[name] for name, (_, words) in bombs.items()} == dict.fromkeys(
        bombs, True
    ), told


def test_a_large_frame_behind_a_small_one_is_never_opened(tmp_path: Path) -> None:
    """Of a moving picture only the first frame is used, so what follows cannot hurt."""
    (tmp_path / "later.gif").write_bytes(moving_gif(1)[:-1] + moving_gif(1, wide=60_000)[19:])
    found = probe(tmp_path / "later.gif", "later.gif")
    assert (found.width, found.height, found.frames) == (1, 1, 2)
    assert made(tmp_path / "later.gif", tmp_path).size == (1, 1)


def test_the_limit_of_pixels_is_exact(tmp_path: Path) -> None:
    """At the limit is fine, one more is not, and the sentence gives both numbers."""
    path = tmp_path / "a.png"
    corners().save(path)
    images.make_upright(path, tmp_path, name="a.png", max_pixels=2400)
    with pytest.raises(RefusedUpload, match="is 60 × 40 pixels; the limit is 2,399 pixels"):
        images.make_upright(path, tmp_path, name="a.png", max_pixels=2399)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif", "tiff", "bmp", "avif"])
def test_a_damaged_picture_gets_a_sentence(ending: str, tmp_path: Path) -> None:
    """A file that lost its second half is told by name, whatever its format."""
    path = tmp_path / f"half.{ending}"
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadInput, match=r'"half" (is damaged|is not a picture)'):
        probe(path, "half")


def test_thumbnails_are_small_and_upright(tmp_path: Path) -> None:
    """At most so many pixels either way, in the picture's own shape, never enlarged."""
    path = tmp_path / "a.jpg"
    corners().resize((1200, 800)).save(path)
    (name,) = images.make_thumbnail(path, tmp_path, name="a", max_side=300)
    assert Image.open(tmp_path / name).size == (300, 200)
    corners().save(path)
    (name,) = images.make_thumbnail(path, tmp_path, name="a", max_side=300)
    assert Image.open(tmp_path / name).size == (60, 40)


def test_a_crop_is_a_rectangle_of_the_upright_picture(tmp_path: Path) -> None:
    """Fractional edges are widened to whole pixels; what lies outside is cut off."""
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "a.png"
    corners().transpose(STORED_AS[6]).save(path, exif=exif)
    (name,) = images.make_crop(path, tmp_path, name="a", x=30.5, y=-5, width=100, height=24.5)
    crop = Image.open(tmp_path / name)
    assert crop.size == (30, 20)
    assert crop.convert("RGB").getcolors() == [(600, GREEN)]
    with pytest.raises(BadInput, match="lies outside"):
        images.make_crop(path, tmp_path, name="a", x=60, y=0, width=5, height=5)
