"""Pictures as browsers and people want them: upright, sRGB, 8 bits, of a size that is safe to open.

All coordinates are pixels of the upright original. Runs in the sandbox: Pillow decodes foreign files here.
"""

from __future__ import annotations

import errno
import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pi_heif
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from accessibility.sentences import noted, sentence
from workbench.errors import BadInput, RefusedUpload
from workbench.media.depth import eight_bits
from workbench.media.probe import Probe

pi_heif.register_heif_opener()

MAX_PIXELS = 120_000_000  # 12,000 × 10,000: about 2 GB of memory while it is turned and converted
# Named one by one: Pillow also knows formats that start other programs (EPS) or that nobody sends.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "HEIF", "AVIF", "JPEG2000", "PPM")
JPEG_MAX_SIDE, WEBP_MAX_SIDE = 65_500, 16_383
MOST_FRAMES = 5_000  # of a moving picture, or pages of a file: only the first is used, and counting takes time
LOSSLESS_PIXELS = 2_000_000  # up to here a picture without loss stays without loss
_SWAPPED = {5, 6, 7, 8}
_TURNED_BY_PILLOW = {"TIFF", "HEIF"}  # their readers apply the orientation themselves
_ORIENTATION_TAG = 0x0112
_DAMAGED = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, RuntimeError, AttributeError,
    AssertionError, struct.error,
)  # fmt: skip


@contextmanager
def opened(path: str | Path, name: str, *, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """
    Open a picture without decoding it yet.

    Raises:
        RefusedUpload: it has more than `max_pixels` pixels.
        BadInput: it is damaged, here or while it is decoded inside the `with` block.
    """
    with _reading(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oddities that are no errors; size is checked below
        Image.MAX_IMAGE_PIXELS = max_pixels  # Pillow's own guard, for what it decodes while opening
        with Image.open(path, formats=FORMATS) as image:
            _check_size(image.size, name, max_pixels)
            yield image


def _check_size(size: tuple[int, int], name: str, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise RefusedUpload(
            sentence(
                '"{name}" is {width:,} × {height:,} pixels; the limit is {max_pixels:,} pixels. Send a smaller picture.',
                name=name,
                width=width,
                height=height,
                max_pixels=max_pixels,
            ),
            file=name,
        )


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError as error:
        raise RefusedUpload(
            sentence('"{name}" has more pixels than is safe. Send a smaller picture.', name=name), file=name
        ) from error
    except MemoryError as error:
        raise BadInput(
            sentence('"{name}" needs more memory than one file may use. Make it smaller.', name=name), file=name
        ) from error
    except UnidentifiedImageError as error:
        raise BadInput(
            sentence('"{name}" is not a picture that can be opened. Save it as JPEG or PNG.', name=name), file=name
        ) from error
    except _DAMAGED as error:
        if isinstance(error, OSError) and error.errno in {errno.EFBIG, errno.ENOSPC}:
            raise  # that is about what we write
        # Pillow's readers raise all of these on damaged files.
        raise BadInput(sentence('"{name}" is damaged. Save it again as JPEG or PNG.', name=name), file=name) from error


def describe(path: Path, name: str) -> Probe:
    """What a picture is. It is decoded once, as small as its format allows, so that a damaged file is found here."""
    with opened(path, name) as image:
        image_format, mode, frames = str(image.format), image.mode, _frames(image, name)
        orientation = _orientation(image)
        width, height = image.size[::-1] if orientation in _SWAPPED else image.size
        pages = frames if image_format in {"TIFF", "HEIF"} else None
        animated = frames > 1 and image_format in {"GIF", "PNG", "WEBP", "AVIF"}
        profile = bool(image.info.get("icc_profile"))
        _decode_small(image)
    return Probe(
        "image", _mime(image_format), path.stat().st_size,
        container=image_format, codecs=(image_format.lower(),), width=width, height=height, orientation=orientation,
        pixel_format=mode, colour_profile=profile, pages=pages, frames=frames if animated else None,
        warnings=tuple(_warnings(mode, frames if animated else 1, pages or 1)),
    )  # fmt: skip


def _frames(image: Image.Image, name: str) -> int:
    """
    How many pictures the file holds, or says that it holds; none of them is decoded.

    Raises:
        RefusedUpload: more than MOST_FRAMES.
    """
    frames = _pages(image) if image.format == "TIFF" else int(getattr(image, "n_frames", 1))
    if frames > MOST_FRAMES:
        raise RefusedUpload(
            sentence(
                '"{name}" holds more than {most:,} pictures. Only the first would be used: save that one as JPEG or PNG.',
                name=name,
                most=MOST_FRAMES,
            ),
            file=name,
        )
    return frames


def _pages(image: Image.Image) -> int:
    """Pages of a TIFF, found one by one: Pillow's own count would go on for as long as the file does."""
    with suppress(EOFError):
        for page in range(1, MOST_FRAMES + 1):
            image.seek(page)
    pages = image.tell() + 1
    image.seek(0)
    return pages


def _mime(image_format: str) -> str:
    return {"MPO": "image/jpeg", "HEIF": "image/heic"}.get(image_format) or Image.MIME[image_format]


def _decode_small(image: Image.Image) -> None:
    image.seek(0)
    image.draft("L", (image.width // 8 + 1, image.height // 8 + 1))
    image.load()


def _orientation(image: Image.Image) -> int:
    if image.format in _TURNED_BY_PILLOW:
        return 1
    value = image.getexif().get(_ORIENTATION_TAG, 1)
    return value if value in range(1, 9) else 1


def _warnings(mode: str, frames: int, pages: int) -> Iterator[str]:
    if frames > 1:
        yield sentence("The picture moves: only the first of its {frames} frames is used.", frames=frames)
    if pages > 1:
        yield sentence("The file holds {pages} pictures: only the first is used.", pages=pages)
    if mode == "CMYK":
        yield noted("The colours are meant for print (CMYK) and are converted for screens.")
    if mode in {"I", "F"}:
        yield noted("The file does not say which value is white: the brightest pixel is taken.")


def upright(image: Image.Image) -> Image.Image:
    """The first frame as people see it: turned, sRGB, 8 bits; mode RGB, or RGBA where something is transparent."""
    image.seek(0)
    profile = image.info.get("icc_profile")
    turned = image if image.format in _TURNED_BY_PILLOW else ImageOps.exif_transpose(image)
    turned.load()
    return _srgb(eight_bits(turned), profile)


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    transparent = image.has_transparency_data
    if image.mode in {"P", "PA", "LA", "La", "RGBa", "1"} or (transparent and image.mode != "RGBA"):
        image = image.convert("RGBA" if transparent else "RGB")
    if not transparent:
        return _convert(image, profile)
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return _convert(image.convert("RGB"), profile)
    coloured = _convert(image.convert("RGB"), profile)
    coloured.putalpha(alpha)
    return coloured


def _convert(image: Image.Image, profile: bytes | None) -> Image.Image:
    """To RGB through the picture's own colour profile; without one, or with a broken one, the plain way."""
    source = ImageCms.createProfile("LAB") if image.mode == "LAB" else None
    try:
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))  # type: ignore[assignment]
        if source is not None:
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            assert converted is not None
            return converted
    except (ImageCms.PyCMSError, OSError):
        pass  # a profile for another kind of picture: common, and no reason to refuse it
    return image if image.mode == "RGB" else image.convert("RGB")


def make_upright(path: str | Path, out_dir: str | Path, *, name: str, max_pixels: int = MAX_PIXELS) -> list[str]:
    """Write `upright.jpg`, `.png` or `.webp`: the whole picture for browsers. See `opened` for the errors."""
    with opened(path, name, max_pixels=max_pixels) as image:
        lossless = image.format in {"PNG", "BMP", "GIF", "TIFF", "PPM"} and image.width * image.height <= LOSSLESS_PIXELS
        return [_save(upright(image), Path(out_dir) / "upright", lossless=lossless)]


def make_thumbnail(path: str | Path, out_dir: str | Path, *, name: str, max_side: int = 320) -> list[str]:
    """Write `thumbnail.jpg` (or `.webp`, where it is see-through), at most `max_side` pixels either way."""
    with opened(path, name) as image:
        image.draft("RGB", (max_side * 2, max_side * 2))  # JPEG decodes at an eighth for nothing
        small = upright(image)
        small.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
        return [_save(small, Path(out_dir) / "thumbnail", quality=82)]


def make_crop(path: str | Path, out_dir: str | Path, *, name: str, x: float, y: float, width: float, height: float) -> list[str]:
    """
    Write `crop.*`: a rectangle of the upright picture, widened to whole pixels.

    Raises:
        BadInput: nothing of the rectangle lies inside the picture.
    """
    with opened(path, name) as image:
        whole = upright(image)
        left, top = max(0, int(x)), max(0, int(y))
        right, bottom = min(whole.width, -int(-(x + width) // 1)), min(whole.height, -int(-(y + height) // 1))
        if left >= right or top >= bottom:
            raise BadInput(
                sentence(
                    'The crop at {x:g}, {y:g} lies outside "{name}" ({width} × {height} pixels).',
                    x=x,
                    y=y,
                    name=name,
                    width=whole.width,
                    height=whole.height,
                ),
                file=name,
            )
        lossless = (right - left) * (bottom - top) <= LOSSLESS_PIXELS
        return [_save(whole.crop((left, top, right, bottom)), Path(out_dir) / "crop", lossless=lossless)]


def _save(image: Image.Image, target: Path, *, lossless: bool = False, quality: int = 92) -> str:
    """Write in the format that suits, return the name with its ending. Nothing of the original's metadata goes along."""
    image.info.clear()
    if lossless or (image.mode == "RGBA" and max(image.size) > WEBP_MAX_SIDE):
        return _write(image, target.with_suffix(".png"), compress_level=4)
    if image.mode == "RGBA":
        return _write(image, target.with_suffix(".webp"), quality=quality, method=2)
    if max(image.size) > JPEG_MAX_SIDE:
        return _write(image, target.with_suffix(".png"), compress_level=4)
    return _write(image, target.with_suffix(".jpg"), quality=quality, subsampling=0, optimize=False)


def _write(image: Image.Image, target: Path, **options: Any) -> str:
    image.save(target, **options)
    return target.name
