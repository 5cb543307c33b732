"""A file is what its bytes say, whatever it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.media.make_media import beeps, write_audio
from workbench.media.browsers import needs_proxy, needs_upright
from workbench.media.probe import Probe, probe

TEXTS = {
    "text/plain": "Een gewone zin, met één accent.\n",
    "text/vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nHallo\n",
    "application/x-subrip": "1\r\n00:00:00,000 --> 00:00:01,000\r\nHallo\r\n",
    "application/ttml+xml": '<?xml version="1.0"?>\n<tt:tt xmlns:tt="http://www.w3.org/ns/ttml"><tt:body/></tt:tt>',
    "application/xml": '<?xml version="1.0"?><View><Image name="image"/></View>',
    "application/json": '[{"id": 1}]',
    "text/html": "<!DOCTYPE html><title>x</title>",
}


def written(folder: Path, data: bytes) -> Path:
    path = folder / "upload.mp4"  # a name that lies
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("mime", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_text_in_every_encoding(mime: str, encoding: str, tmp_path: Path) -> None:
    """Subtitles, tables and settings, as Windows and others write them."""
    found = probe(written(tmp_path, TEXTS[mime].encode(encoding)), "upload.mp4")
    assert (found.kind, found.mime) == ("text", mime)


def test_a_long_text_may_be_cut_in_the_middle_of_a_character(tmp_path: Path) -> None:
    """Only the beginning is looked at."""
    for shift in range(3):
        assert probe(written(tmp_path, b"x" * shift + "€".encode() * 10_000), "a").kind == "text"


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"%PDF-1.7\n\x00\x01", "application/pdf"), (b"PK\x03\x04\x00\x00", "application/zip"),
        (b"\x1f\x8b\x08\x00", "application/gzip"), (bytes(range(256)) * 40, "application/octet-stream"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"),
    ],
)  # fmt: skip
def test_what_is_no_media_is_other(data: bytes, mime: str, tmp_path: Path) -> None:
    """No error: whoever ingests says what it wanted. Drawings with scripts are not pictures."""
    found = probe(written(tmp_path, data), "a")
    assert (found.kind, found.mime) == ("other", mime)


def test_an_empty_file_is_empty_text(tmp_path: Path) -> None:
    """Nothing in it, and its size says so."""
    found = probe(written(tmp_path, b""), "a")
    assert (found.kind, found.size_bytes) == ("text", 0)


def test_the_ending_does_not_matter(tmp_path: Path) -> None:
    """A picture called .mp4 is a picture; sound called .jpg is sound."""
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.mp4")
    assert probe(tmp_path / "a.mp4", "a.mp4").mime == "image/png"
    write_audio(tmp_path / "b.wav", beeps(1, []), "pcm_s16le").rename(tmp_path / "b.jpg")
    assert probe(tmp_path / "b.jpg", "b.jpg").mime == "audio/wav"


def test_a_probe_survives_json(tmp_path: Path) -> None:
    """It is kept with the file in the database."""
    Image.new("RGB", (8, 6)).save(tmp_path / "a.gif")
    found = probe(tmp_path / "a.gif", "a")
    assert Probe.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_which_pictures_browsers_show_as_they_are(tmp_path: Path) -> None:
    """Plain ones; turned, printed, deep and moving ones are converted first."""
    exif = Image.Exif()
    exif[0x0112] = 6
    plain = Image.new("RGB", (8, 6))
    plain.save(tmp_path / "plain.jpg")
    plain.save(tmp_path / "turned.jpg", exif=exif)
    plain.convert("CMYK").save(tmp_path / "print.jpg")
    plain.save(tmp_path / "scan.tiff")
    plain.save(tmp_path / "moving.gif", save_all=True, append_images=[Image.new("RGB", (8, 6), (255, 0, 0))])
    Image.new("I;16", (8, 6)).save(tmp_path / "deep.png")
    needed = {path.name for path in tmp_path.iterdir() if needs_upright(probe(path, path.name))}
    assert needed == {"turned.jpg", "print.jpg", "scan.tiff", "moving.gif", "deep.png"}
    assert not needs_proxy(probe(tmp_path / "plain.jpg", "plain"))


@pytest.mark.parametrize(
    ("mime", "codecs", "reference", "refused"),
    [
        ("audio/wav", ("pcm_s16le",), None, False), ("audio/wav", ("pcm_s16le",), 0, True),
        ("audio/wav", ("adpcm_ms",), None, True),
        ("audio/mpeg", ("mp3",), None, False), ("audio/mp4", ("alac",), None, True), ("audio/ogg", ("opus",), None, True),
    ],
)  # fmt: skip
def test_which_sounds_browsers_play(mime: str, codecs: tuple[str, ...], reference: int | None, refused: bool) -> None:
    """What all three browsers play; Safari has no Ogg of old, and broadcast WAV is not for any."""
    assert needs_proxy(Probe("audio", mime, 1, codecs=codecs, time_reference_samples=reference)) is refused
